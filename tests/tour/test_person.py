"""What the person of the tour sees on a screen, and what they do not."""

from PySide6.QtWidgets import QLabel, QListWidget, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from carecenter.core import phone, reference
from carecenter.core.i18n import Translator, isolate
from carecenter.tour.person import Windows, clickable, shows


def screen(qtbot: QtBot, *parts: QWidget) -> QWidget:
    whole = QWidget()
    column = QVBoxLayout(whole)
    for part in parts:
        column.addWidget(part)
    qtbot.addWidget(whole)
    whole.show()
    return whole


def test_a_number_is_seen_in_whichever_digits_it_is_written(qtbot: QtBot) -> None:
    arabic = Translator("ar", "arab")
    number, code = phone.display("+96533120012"), reference.format_grouped("8219971382")
    whole = screen(qtbot, QLabel(f"الهاتف {isolate(arabic.digits(number))}"), QLabel(arabic.digits(code)))
    assert shows(whole, number)
    assert shows(whole, code)
    assert not shows(whole, reference.format_grouped("8219971383"))


def test_what_is_hidden_is_not_seen(qtbot: QtBot) -> None:
    label = QLabel("Write down the recovery code")
    whole = screen(qtbot, label)
    assert shows(whole, "recovery code")
    label.hide()
    assert not shows(whole, "recovery code")


def test_the_rows_of_a_list_are_seen(qtbot: QtBot) -> None:
    rows = QListWidget()
    rows.addItems(["one", "٢٤"])
    assert shows(screen(qtbot, rows), "24")


def test_a_window_beside_the_window_is_noticed(qtbot: QtBot) -> None:
    window, part, stray = QWidget(), QLabel("a part"), QLabel("a part that has no place yet")
    for widget in (window, stray):
        qtbot.addWidget(widget)
    part.setParent(window)
    windows = Windows(window)
    window.show()
    assert windows.found == []
    stray.show()
    assert windows.found == ["QLabel"]


def test_what_waits_or_is_hidden_is_not_clicked(qtbot: QtBot) -> None:
    button = QPushButton("Add the note")
    whole = screen(qtbot, button)
    assert clickable(button)
    whole.setEnabled(False)
    assert not clickable(button)
    whole.setEnabled(True)
    button.hide()
    assert not clickable(button)
