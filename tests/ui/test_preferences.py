"""What a person chose at this workstation: the screen follows at once, and it is there again after a restart."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication

from carecenter.core import config, i18n
from carecenter.core.config import Settings, read_settings
from carecenter.ui.language import Language
from carecenter.ui.preferences import Preferences, is_dark
from carecenter.ui.theme import Theme


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.json"


@pytest.fixture
def preferences(file: Path, theme: Theme, language: Language) -> Preferences:
    return Preferences(file, theme, language, Settings(language="en", theme="light"))


class System(QObject):
    """The system's colours, which a test changes: without a screen there are none."""

    colorSchemeChanged = Signal(Qt.ColorScheme)  # noqa: N815 - Qt's name

    def __init__(self) -> None:
        super().__init__()
        self._scheme = Qt.ColorScheme.Light

    def colorScheme(self) -> Qt.ColorScheme:  # noqa: N802 - Qt's name
        return self._scheme

    def turn(self, scheme: Qt.ColorScheme) -> None:
        """Day or night."""
        self._scheme = scheme
        self.colorSchemeChanged.emit(scheme)


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> System:
    system = System()
    monkeypatch.setattr(QGuiApplication, "styleHints", lambda: system)
    return system


def test_a_choice_is_seen_at_once_and_after_a_restart(
    preferences: Preferences, file: Path, theme: Theme, language: Language
) -> None:
    preferences.change(language="ar", theme="dark", text_scale=150, digits="arab")
    assert (language.code, theme.dark, theme.scale) == ("ar", True, 1.5)
    assert QGuiApplication.layoutDirection() is Qt.LayoutDirection.RightToLeft
    assert i18n.number(164) == "١٦٤"
    assert Preferences(file, theme, language).settings == preferences.settings


def test_whoever_is_told_of_a_change_finds_the_screen_changed_already(
    preferences: Preferences, language: Language
) -> None:
    found: list[str] = []
    preferences.changed.connect(lambda: found.append(language.code))
    preferences.change(language="ar")
    assert found == ["ar"]


def test_one_choice_leaves_the_others_alone(preferences: Preferences, file: Path) -> None:
    preferences.change(text_scale=125)
    preferences.change(idle_lock_minutes=30)
    kept = read_settings(file)
    assert (kept.text_scale, kept.idle_lock_minutes, kept.language) == (125, 30, "en")


@pytest.mark.parametrize("choice", [{"language": "fr"}, {"text_scale": 40}, {"idle_lock_minutes": 0}])
def test_a_choice_that_does_not_exist_changes_nothing(
    preferences: Preferences, file: Path, language: Language, choice: dict[str, object]
) -> None:
    before = preferences.settings
    with pytest.raises(ValueError, match="not understood"):
        preferences.change(**choice)
    assert preferences.settings == before
    assert language.code == "en"
    assert not file.exists()


def test_the_keys_for_language_and_colours_lead_there_and_back(
    preferences: Preferences, theme: Theme, language: Language
) -> None:
    for _press in range(2):
        before = (language.code, theme.dark)
        preferences.toggle_language()
        preferences.toggle_theme()
        assert (language.code, theme.dark) != before
        assert language.code in ("ar", "en")
    assert (language.code, theme.dark) == ("en", False)


def test_a_choice_that_cannot_be_written_still_holds_until_the_end(
    preferences: Preferences, language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object) -> None:
        raise PermissionError(13, "no")

    monkeypatch.setattr("carecenter.ui.preferences.write_settings", refuse)
    preferences.change(language="ar")
    assert language.code == "ar"


def test_a_full_disk_does_not_keep_the_screen_from_following(
    preferences: Preferences, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object) -> None:
        raise config.disk_full()

    monkeypatch.setattr("carecenter.ui.preferences.write_settings", full)
    preferences.change(theme="dark")
    assert theme.dark


def test_the_systems_colours_are_followed_while_they_are_the_choice(
    system: System, preferences: Preferences, theme: Theme
) -> None:
    preferences.change(theme="system")
    for scheme, dark in ((Qt.ColorScheme.Dark, True), (Qt.ColorScheme.Light, False)):
        system.turn(scheme)
        assert is_dark(preferences.settings) is dark
        assert theme.dark is dark
    preferences.change(theme="light")
    system.turn(Qt.ColorScheme.Dark)
    assert not theme.dark, "who chose light keeps it at night"
