"""A window smaller than its page."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from carecenter.ui.widgets.page_stack import PageScroll, PageStack


def test_only_the_page_that_is_seen_asks_for_room(qtbot: QtBot) -> None:
    stack, small, large = PageStack(), QWidget(), QWidget()
    small.setMinimumSize(100, 100)
    large.setMinimumSize(900, 700)
    for page in (small, large):
        stack.addWidget(page)
    scroll = PageScroll(stack)
    qtbot.addWidget(scroll)
    scroll.resize(400, 300)
    scroll.show()
    assert (stack.width(), stack.height()) == (400, 300)
    stack.setCurrentWidget(large)
    qtbot.waitUntil(lambda: stack.width() == 900)
    assert scroll.horizontalScrollBar().maximum() > 0
    stack.setCurrentWidget(small)
    qtbot.waitUntil(lambda: stack.width() == 400)
    assert scroll.horizontalScrollBar().maximum() == 0
