"""People's text on labels and in tool tips."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from carecenter.ui.widgets.plain_label import PlainLabel, plain_tool_tip

ARABIC = "رقم المتابعة الخاص بكم هو صفر أربعة سبعة اثنان تسعة واحد خمسة ستة أربعة أربعة فاحتفظوا به"
LONG = "a sentence that is far too long for the room there is on the card"


@pytest.fixture(autouse=True)
def left_to_right_afterwards(qapp: QApplication) -> Iterator[None]:
    """English layout again at the end."""
    yield
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def ink(label: PlainLabel, top: int = 0, bottom: int | None = None) -> tuple[int, int]:
    """The first and last column of the label, or of some rows of it, in which something is drawn."""
    image: QImage = label.grab().toImage()
    ground = image.pixelColor(0, 0)
    rows = range(top, image.height() if bottom is None else bottom)
    columns = [x for x in range(image.width()) if any(image.pixelColor(x, y) != ground for y in rows)]
    return columns[0], columns[-1]


def test_markup_is_drawn_as_it_was_typed(qtbot: QtBot) -> None:
    typed, meant = PlainLabel("<b>no</b>"), PlainLabel("no")
    for label in (typed, meant):
        qtbot.addWidget(label)
    assert typed.sizeHint().width() > 2 * meant.sizeHint().width()


@pytest.mark.parametrize("text", ["02:41", "Mohammed", "محمد"])
def test_every_text_begins_where_the_layouts_lines_begin(qapp: QApplication, qtbot: QtBot, text: str) -> None:
    label = PlainLabel(text)
    qtbot.addWidget(label)
    label.resize(300, 30)
    label.show()
    assert ink(label)[0] < 10
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    assert ink(label)[1] > 290


def test_an_elided_label_gives_way_and_tells_the_rest_in_its_tool_tip(qtbot: QtBot) -> None:
    label = PlainLabel(LONG, elide=True)
    qtbot.addWidget(label)
    label.resize(100, 20)
    label.show()
    assert label.shown_text().endswith("…")
    assert LONG.startswith(label.shown_text()[:-1])
    assert (label.text(), label.toolTip()) == (LONG, LONG)
    assert label.minimumSizeHint().width() < 100
    label.resize(2000, 20)
    assert (label.shown_text(), label.toolTip()) == (LONG, "")


def test_a_long_note_wraps_inside_its_label(qtbot: QtBot) -> None:
    label = PlainLabel(LONG)
    label.setWordWrap(True)
    qtbot.addWidget(label)
    label.resize(150, label.heightForWidth(150))
    label.show()
    assert ink(label)[1] < 150
    assert label.height() > 2 * label.fontMetrics().height()


def test_all_lines_of_an_arabic_note_begin_at_one_place(qapp: QApplication, qtbot: QtBot) -> None:
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    label = PlainLabel(ARABIC)
    label.setWordWrap(True)
    qtbot.addWidget(label)
    label.resize(200, label.heightForWidth(200))
    label.show()
    height = label.fontMetrics().lineSpacing()
    begins = [ink(label, top, top + height)[1] for top in range(0, label.height() - height + 1, height)]
    assert len(begins) > 2
    assert max(begins) - min(begins) <= 1


@pytest.mark.parametrize("screen", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
def test_a_sentence_to_be_read_out_begins_on_its_own_side(
    qapp: QApplication, qtbot: QtBot, screen: Qt.LayoutDirection
) -> None:
    qapp.setLayoutDirection(screen)
    label = PlainLabel("رقم المتابعة: صفر", own_side=True)
    qtbot.addWidget(label)
    label.resize(400, 30)
    label.show()
    assert ink(label)[1] > 390
    label.setText("Your number is zero")
    assert ink(label)[0] < 10


def test_a_tool_tip_cannot_be_made_to_show_a_picture() -> None:
    tip = plain_tool_tip('<img src="file:///etc/passwd">')
    assert "<img" not in tip
    assert "&lt;img" in tip
    assert plain_tool_tip("a & b") == "a & b"
