"""Lists for the keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt
from PySide6.QtGui import QCursor
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from carecenter.ui import theme
from carecenter.ui.widgets.row_list import Row, RowList, RowModel

ROWS = (
    Row("a", "Renew a Civil ID card", "PACI", "10:42"),
    Row("b", "محمد المطيري", "0472 915 644", "2 min"),
    Row("c", "Replace a lost card"),
)


@pytest.fixture
def rows(qapp: QApplication, qtbot: QtBot) -> Iterator[RowList]:
    """Three rows on the screen, numbered."""
    rows = RowList(numbered=True)
    qtbot.addWidget(rows)
    rows.resize(320, 240)
    rows.set_rows(ROWS)
    rows.show()
    rows.setFocus()
    yield rows
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def test_arrows_move_and_enter_chooses(rows: RowList, qtbot: QtBot) -> None:
    moved: list[str] = []
    chosen: list[str] = []
    rows.current_changed.connect(moved.append)
    rows.chosen.connect(chosen.append)
    rows.set_current("a", tell=False)
    qtbot.keyClick(rows, Qt.Key.Key_Down)
    qtbot.keyClick(rows, Qt.Key.Key_Return)
    assert (moved, chosen, rows.current_key()) == (["b"], ["b"], "b")


def test_the_row_at_hand_is_under_the_mouse_or_else_under_the_keyboard(rows: RowList, qtbot: QtBot) -> None:
    rows.set_current("a", tell=False)
    assert rows.key_at_hand() == "a"
    where = rows.viewport().mapToGlobal(rows.visualRect(rows.model().index(2, 0)).center())
    QCursor.setPos(where)
    rows.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
    assert rows.key_at_hand() == "c"
    rows.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, on=False)
    QCursor.setPos(0, 0)


def test_the_icons_follow_the_theme(qtbot: QtBot, qapp: QApplication) -> None:
    dress = theme.Theme(qapp)
    rows = RowList()
    qtbot.addWidget(rows)
    rows.resize(320, 80)
    rows.set_rows([Row("a", "", icon=partial(theme.icon, "ticket", "danger"))])
    rows.show()
    seen = []
    for dark in (False, True):
        dress.set_dark(dark)
        image = rows.viewport().grab().toImage()
        points = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
        seen.append(theme.colour("danger").name() in points)
    dress.set_dark(False)
    assert seen == [True, True]


@pytest.mark.parametrize(("digit", "chosen"), [("1", ["a"]), ("3", ["c"]), ("٢", ["b"]), ("9", []), ("0", [])])
def test_a_digit_chooses_its_row(rows: RowList, qtbot: QtBot, digit: str, chosen: list[str]) -> None:
    told: list[str] = []
    rows.chosen.connect(told.append)
    qtbot.keyClicks(rows, digit) if digit.isascii() else _type(rows, digit)
    assert told == chosen


def _type(rows: RowList, text: str) -> None:
    """A key of an Arabic keyboard, which qtbot does not know."""
    from PySide6.QtCore import QCoreApplication, QEvent
    from PySide6.QtGui import QKeyEvent

    event = QKeyEvent(QEvent.Type.KeyPress, ord(text), Qt.KeyboardModifier.NoModifier, text)
    QCoreApplication.sendEvent(rows, event)


def test_new_results_keep_the_row_the_person_is_on(rows: RowList) -> None:
    told: list[str] = []
    rows.set_current("b")
    rows.current_changed.connect(told.append)
    rows.set_rows((Row("z", "New"), *ROWS))
    assert (rows.current_key(), told) == ("b", [])
    rows.set_rows(ROWS[:1])
    assert (rows.current_key(), told) == ("", [])


def test_a_screen_reader_hears_the_whole_row(rows: RowList) -> None:
    index = rows.model().index(0, 0)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "Renew a Civil ID card, PACI, 10:42"


def test_markup_in_a_row_stays_text_in_its_tool_tip(rows: RowList) -> None:
    rows.set_rows([Row("x", '<img src="file:///x">')])
    assert "<img" not in rows.model().index(0, 0).data(Qt.ItemDataRole.ToolTipRole)


def test_the_row_mirrors_with_the_layout(rows: RowList, qapp: QApplication) -> None:
    rows.set_rows([Row("a", "X", "", "")])
    rows.clearFocus()
    rows.setCurrentIndex(QModelIndex())
    assert _ink(rows)[1] < 100
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    assert _ink(rows)[0] > 200


def _ink(rows: RowList) -> tuple[int, int]:
    """The columns between which the first row is written on, away from its edges."""
    image = rows.viewport().grab(rows.visualRect(rows.model().index(0, 0)).adjusted(4, 4, -4, -4)).toImage()
    ground = image.pixelColor(image.width() // 2, 1)
    columns = [
        x for x in range(image.width()) if any(image.pixelColor(x, y) != ground for y in range(image.height()))
    ]
    return columns[0], columns[-1]


def test_ten_thousand_rows_are_measured_once(rows: RowList, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    data = RowModel.data

    def counted(self: RowModel, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        asked.append(index.row())
        return data(self, index, role)

    monkeypatch.setattr(RowModel, "data", counted)
    rows.set_rows([Row(str(n), f"Row {n}", "second line", "meta") for n in range(10_000)])
    rows.grab()
    rows.set_current("0")
    qtbot.keyClick(rows, Qt.Key.Key_End)
    rows.grab()
    assert rows.current_key() == "9999"
    assert len(set(asked)) < 100


def test_the_model_keeps_qts_rules(qapp: QApplication) -> None:
    model: QAbstractItemModel = RowModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert isinstance(model, RowModel)
    model.set_rows(ROWS)
    model.set_rows(())
    assert tester.model() is model
