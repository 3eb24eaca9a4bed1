"""The one window: rail, top bar, message bar, the pages in a stack, status bar.

It makes the pages of the signed-in account when they are first wanted and carries what one asks of another; which
store they work on, and what signing in and out means, is the application's matter.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QByteArray, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QPaintEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from carecenter.core.i18n import N_
from carecenter.core.i18n import gettext as _
from carecenter.ui.language import Language, Translated
from carecenter.ui.messages import MessageBar, Messages
from carecenter.ui.preferences import Preferences
from carecenter.ui.theme import Theme, set_icon
from carecenter.ui.top_bar import TopBar
from carecenter.ui.widgets.line import Line
from carecenter.ui.widgets.page_stack import PageScroll, PageStack
from carecenter.ui.widgets.rail import Rail

if TYPE_CHECKING:
    from carecenter.store.desk import Desk
    from carecenter.ui.keys import KeysSheet
    from carecenter.ui.pages import Pages
    from carecenter.ui.status_bar import StatusBar

NAMES: Final = {
    "desk": (N_("Desk"), "headset"),
    "tickets": (N_("Tickets"), "ticket"),
    "knowledge": (N_("Knowledge"), "book-open"),
    "supervisor": (N_("Queues"), "users"),
    "settings": (N_("Settings"), "settings"),
}
"""The pages in the rail's order: word and icon."""


class MainWindow(Translated, QMainWindow):
    """Emits what a person asked for; `painted` once, when the first picture stands.

    What only a signed-in desk shows is made with its first use: the first picture does not wait for it.
    """

    painted = Signal()
    close_asked = Signal()
    sign_out_asked = Signal()

    def __init__(self, messages: Messages, language: Language, theme: Theme, preferences: Preferences) -> None:
        super().__init__()
        self._language, self._preferences = language, preferences
        self._pages: Pages | None = None
        self._was_painted, self._may_close = False, False
        self.rail, self.stack = Rail(), PageStack()
        self.top_bar, self.message_bar = TopBar(theme), MessageBar(messages)
        self._whole = self._built()
        self._show_frame(False)
        self._shortcuts: list[tuple[QShortcut, str]] = []
        self._connect()
        self.resize(1280, 800)
        if geometry := preferences.settings.window_geometry:
            self.restoreGeometry(QByteArray.fromBase64(geometry.encode()))
        self.retranslate()

    @cached_property
    def status_bar(self) -> StatusBar:
        """The line under the pages."""
        from carecenter.ui.status_bar import StatusBar

        bar = StatusBar()
        bar.attention_asked.connect(self._on_attention)
        self._foot.addWidget(bar)
        return bar

    @cached_property
    def keys_sheet(self) -> KeysSheet:
        """The keys of this screen, over the page."""
        from carecenter.ui.keys import KeysSheet

        return KeysSheet(self._whole)

    def retranslate(self) -> None:
        """The window's own words."""
        self.setWindowTitle(_("CareCenter 164"))
        self.rail.setAccessibleName(_("Pages"))
        for key in self._pages.keys() if self._pages else ():
            self.rail.set_text(key, _(NAMES[key][0]))
        for shortcut, does in self._shortcuts:
            shortcut.setWhatsThis(_(does))

    def show_front(self, panel: QWidget) -> None:
        """Shows a panel that stands before the desk: sign-in, or the lock. The pages stay as they are."""
        if self.stack.indexOf(panel) < 0:
            self.stack.addWidget(panel)
        self.stack.setCurrentWidget(panel)
        panel.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show_frame(False)

    def open_desk(self, desk: Desk, pages: Pages, *, demo: bool) -> None:
        """Somebody has signed in."""
        self._pages = pages
        pages.made.connect(self.stack.addWidget)
        pages.wanted.connect(self.go)
        for number, key in enumerate(pages.keys(), start=1):
            set_icon(self.rail.add(key, QKeySequence(f"Ctrl+{number}")), NAMES[key][1])
        self.top_bar.set_search(pages.search_box)
        self.status_bar.show_desk(desk, demo=demo)
        self.retranslate()
        self.go("desk")

    def close_desk(self) -> None:
        """Nobody is signed in any more; the pages go, and whoever comes next gets a rail of their own."""
        pages, self._pages = self._pages, None
        self.status_bar.show_desk(None)
        self.top_bar.set_search(None)
        rail = Rail()
        self._across.replaceWidget(self.rail, rail)
        self.rail.hide()
        self.rail.deleteLater()
        self.rail = rail
        rail.chosen.connect(self.go)
        self._show_frame(False)
        if pages is not None:
            for page in pages.all():
                self.stack.removeWidget(page)
                page.deleteLater()
            pages.deleteLater()

    def go(self, key: str) -> None:
        """Shows a page of the signed-in account; nothing for another one."""
        if self._pages is None or key not in self._pages.makers:
            return
        page = self._pages.page(key)
        self.rail.choose(key)
        self.stack.setCurrentWidget(page)
        self._show_frame(True)
        last: QWidget | None = page.focusWidget()  # where the keyboard was when this page was left
        back = last if last is not None and last.isVisible() else page
        back.setFocus(Qt.FocusReason.OtherFocusReason)

    def back_to_desk(self) -> None:
        """From the lock to the page that was open."""
        self.go(self.rail.choice() or "desk")

    def come_to_front(self) -> None:
        """Another start, or a call, wants this window to be seen."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def let_close(self) -> None:
        """What had to be done before the end is done."""
        geometry = base64.b64encode(self.saveGeometry().data()).decode()
        self._preferences.change(window_geometry=geometry)
        self._may_close = True
        self.close()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Tells of the first picture, once the parts of the window have painted theirs."""
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self.painted.emit)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Closing the window ends the program, once everything is on the disk."""
        if self._may_close:
            super().closeEvent(event)
            return
        event.ignore()
        self.close_asked.emit()

    def _built(self) -> QWidget:
        middle = QVBoxLayout()
        middle.setSpacing(0)
        for part in (self.top_bar, Line(), self.message_bar):
            middle.addWidget(part)
        middle.addWidget(PageScroll(self.stack), 1)
        self._line, self._under = Line(upright=True), QWidget()
        self._foot = QVBoxLayout(self._under)
        self._foot.setContentsMargins(0, 0, 0, 0)
        self._foot.setSpacing(0)
        self._foot.addWidget(Line())
        self._across = QHBoxLayout()
        self._across.setSpacing(0)
        self._across.addWidget(self.rail)
        self._across.addWidget(self._line)
        self._across.addLayout(middle, 1)
        whole = QWidget()
        down = QVBoxLayout(whole)
        down.setContentsMargins(0, 0, 0, 0)
        down.setSpacing(0)
        down.addLayout(self._across, 1)
        down.addWidget(self._under)
        self.setCentralWidget(whole)
        return whole

    def _connect(self) -> None:
        self.rail.chosen.connect(self.go)
        self.top_bar.language_asked.connect(self._preferences.toggle_language)
        self.top_bar.theme_asked.connect(self._preferences.toggle_theme)
        self.top_bar.keys_asked.connect(self._toggle_keys)
        self.top_bar.sign_out_asked.connect(self.sign_out_asked)
        self._shortcut("Ctrl+Shift+L", N_("Change the language"), self._preferences.toggle_language)
        self._shortcut("F1", N_("Keys of this screen"), self._toggle_keys)
        self._shortcut("Ctrl+K", N_("Search"), self._on_search)
        self._shortcut("Ctrl+Shift+Q", N_("Sign out"), self.sign_out_asked.emit)
        self._shortcut("Ctrl+Q", N_("Close CareCenter"), self.close_asked.emit)

    def _shortcut(self, keys: str, does: str, do: Callable[[], object]) -> None:
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.activated.connect(do)
        self._shortcuts.append((shortcut, does))

    def _on_search(self) -> None:
        if self._pages is not None and self.rail.isVisible():
            self._pages.search_box.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _on_attention(self) -> None:
        if self._pages is not None:
            self._pages.show_attention()

    def _toggle_keys(self) -> None:
        if self.keys_sheet.isVisible():
            self.keys_sheet.put_away()
        else:
            self.keys_sheet.open(self.stack.currentWidget())

    def _show_frame(self, shown: bool) -> None:
        """What surrounds the pages of a signed-in, unlocked desk."""
        for part in (self.rail, self._line, self._under):
            part.setVisible(shown)
        self.top_bar.show_desk(shown)
        if "keys_sheet" in vars(self) and not shown:  # else nobody has asked for it yet
            self.keys_sheet.hide()
