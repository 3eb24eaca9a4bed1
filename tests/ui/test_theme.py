"""Colours that can be read, type in both scripts, icons that follow the theme and the direction."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetrics, QIcon, QImage, QRawFont
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from carecenter.ui import palette, theme


@pytest.fixture
def dress(qapp: QApplication) -> Iterator[theme.Theme]:
    """A theme that leaves nothing behind."""
    made = theme.Theme(qapp)
    yield made
    made.deleteLater()
    qapp.setStyleSheet("")
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, contrast ratio."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_contrast_formula_is_wcags() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("half", ["light", "dark"])
def test_every_text_can_be_read_and_every_shape_seen(half: str) -> None:
    colours = palette.LIGHT if half == "light" else palette.DARK
    weak = [(a, b) for a, b in palette.TEXT_ON if contrast(colours[a], colours[b]) < 4.5]
    weak += [(a, b) for a, b in palette.SHAPE_ON if contrast(colours[a], colours[b]) < 3]
    assert weak == []


def test_light_and_dark_know_the_same_roles() -> None:
    assert palette.LIGHT.keys() == palette.DARK.keys()


def test_the_style_sheet_lays_text_on_declared_grounds_only() -> None:
    sheet = (theme.resource_folder() / "theme" / "style.qss").read_text(encoding="utf-8")
    declared = set(palette.TEXT_ON)
    found = set()
    for body in re.findall(r"\{([^{}]*)\}", re.sub(r"\$\{\w+\}|/\*.*?\*/", "", sheet, flags=re.DOTALL)):
        text = re.search(r"(?:^|[;\s])color: \$(\w+)", body)
        ground = re.search(r"(?:^|[;\s])background: \$(\w+)", body)
        if text and ground and text[1] != "disabled":
            found.add((text[1], ground[1]))
    assert len(found) > 5
    assert found <= declared


def test_the_style_sheet_knows_no_left_and_right_but_dials_of_fields() -> None:
    sheet = (theme.resource_folder() / "theme" / "style.qss").read_text(encoding="utf-8")
    rules = re.sub(r"/\*.*?\*/|subcontrol-position: [a-z ]+;", "", sheet, flags=re.DOTALL)
    assert re.findall(r"(?:margin|padding|border)-(?:left|right)|text-align", rules) == []


def test_one_family_writes_both_scripts(dress: theme.Theme, qapp: QApplication) -> None:
    assert QFontInfo(qapp.font()).family() == theme.FAMILY
    regular = QRawFont(str(theme.resource_folder() / "fonts" / "IBMPlexSansArabic-Regular.ttf"), 14)
    assert [letter for letter in "Aaعيپگ٠٩…·×−" if not regular.supportsCharacter(ord(letter))] == []
    bold = QFont(qapp.font())
    bold.setWeight(QFont.Weight.DemiBold)
    assert QFontInfo(bold).weight() == QFont.Weight.DemiBold


def test_digits_of_a_clock_do_not_jump(dress: theme.Theme, qapp: QApplication) -> None:
    metrics = QFontMetrics(qapp.font())
    assert len({metrics.horizontalAdvance(digit) for digit in "0123456789"}) == 1


def test_dark_and_light_change_what_is_on_the_screen(dress: theme.Theme, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(40, 40)
    window.show()
    assert window.grab().toImage().pixelColor(20, 20) == theme.colour("window")
    dress.set_dark(True)
    assert dress.dark
    assert window.grab().toImage().pixelColor(20, 20) == QColor(palette.DARK["window"])


def test_text_can_be_doubled(dress: theme.Theme, qtbot: QtBot) -> None:
    label = QLabel("164")
    qtbot.addWidget(label)
    label.show()
    before = label.sizeHint().height()
    dress.set_scale(2.0)
    assert label.sizeHint().height() >= 1.8 * before


def drawn(icon: QIcon) -> tuple[QImage, set[str]]:
    """The icon's picture and the colours of its opaque points."""
    image = icon.pixmap(20, 20).toImage()
    points = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return image, {point.name() for point in points if point.alpha() == 255}


def difference(one: QImage, other: QImage) -> int:
    """How far apart two pictures of one size are, point by point."""
    points = [(x, y) for x in range(one.width()) for y in range(one.height())]
    return sum(abs(one.pixelColor(x, y).alpha() - other.pixelColor(x, y).alpha()) for x, y in points)


def test_an_icon_is_drawn_in_the_colour_of_its_role(dress: theme.Theme) -> None:
    assert drawn(theme.icon("phone", "danger"))[1] == {theme.colour("danger").name()}
    with pytest.raises(KeyError):
        theme.icon("phone", "nobody")
    with pytest.raises(FileNotFoundError):
        theme.icon("nothing")


def test_a_button_keeps_its_icon_readable_when_the_theme_changes(dress: theme.Theme, qtbot: QtBot) -> None:
    button = QPushButton()
    qtbot.addWidget(button)
    theme.set_icon(button, "phone")
    dress.set_dark(True)
    assert drawn(button.icon())[1] == {palette.DARK["text"]}


def test_only_icons_with_a_direction_are_turned_round(dress: theme.Theme, qapp: QApplication, qtbot: QtBot) -> None:
    onward, call = QPushButton(), QPushButton()
    for button, name in ((onward, "chevron-right"), (call, "phone")):
        qtbot.addWidget(button)
        theme.set_icon(button, name)
    before = [drawn(button.icon())[0] for button in (onward, call)]
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    after = [drawn(button.icon())[0] for button in (onward, call)]
    mirrored = before[0].flipped(Qt.Orientation.Horizontal)
    assert difference(after[0], mirrored) < 0.1 * difference(after[0], before[0])  # edges are smoothed anew
    assert after[1] == before[1]


def test_every_icon_can_be_drawn_and_those_that_turn_exist(dress: theme.Theme) -> None:
    names = {file.stem for file in (theme.resource_folder() / "icons").glob("*.svg")}
    assert names >= theme.MIRRORED
    empty = QImage(20, 20, QImage.Format.Format_ARGB32_Premultiplied)
    empty.fill(Qt.GlobalColor.transparent)
    assert [name for name in names if drawn(theme.icon(name))[0] == empty] == []
