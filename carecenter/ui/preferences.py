"""What this person chose at this workstation, applied to the program and written down at every change.

The values and their file are `core.config`'s; this is where a changed value becomes a changed screen.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication

from carecenter.core.config import Settings, read_settings, write_settings
from carecenter.core.errors import StoreFull
from carecenter.ui.language import Language
from carecenter.ui.theme import Theme

if TYPE_CHECKING:
    from carecenter.core.server_address import ServerAddress

log = logging.getLogger(__name__)


class Preferences(QObject):
    """`changed` comes after the screen has followed. A choice that cannot be written holds until the end."""

    changed = Signal()

    def __init__(self, path: Path, theme: Theme, language: Language, settings: Settings | None = None) -> None:
        super().__init__(theme)
        self._path, self._theme, self._language = path, theme, language
        self.settings = settings or read_settings(path)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_system_changed)

    def change(self, **fields: Any) -> None:
        """Take new values for fields of Settings. Raises ValueError, with nothing changed, for a bad one."""
        before = self.settings
        self.settings = before.with_(**fields)
        try:
            write_settings(self._path, self.settings)
        except (OSError, StoreFull):
            log.warning("a setting could not be written", exc_info=True)
        self._follow(before)
        self.changed.emit()

    def use_server(self, address: ServerAddress | None) -> None:
        """From the next sign-in on; None: the desk works on its own."""
        if address is None:
            self.change(server_url=None, ca_bundle=None, proxy=None)
        else:
            self.change(server_url=address.url, ca_bundle=address.ca_bundle, proxy=address.proxy)

    def toggle_language(self) -> None:
        """Arabic if the language is another, English if it is Arabic."""
        self.change(language="en" if self._language.code == "ar" else "ar")

    def toggle_theme(self) -> None:
        """The other half of the palette than the one in use."""
        self.change(theme="light" if self._theme.dark else "dark")

    def _follow(self, before: Settings) -> None:
        now = self.settings
        if now.digits != before.digits:
            self._language.set_digits(now.digits)
        if now.language != self._language.code:
            self._language.set(now.language)
        self._theme.set_scale(now.text_scale / 100)
        self._theme.set_dark(is_dark(now))

    def _on_system_changed(self) -> None:
        self._theme.set_dark(is_dark(self.settings))


def is_dark(settings: Settings) -> bool:
    """Whether these settings mean the dark half of the palette, on this system at this moment."""
    if settings.theme == "system":
        return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return settings.theme == "dark"
