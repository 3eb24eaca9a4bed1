"""The line under every page: online or offline since when, what waits, who is signed in, the centre's time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from carecenter.core import i18n
from carecenter.core.i18n import gettext as _
from carecenter.core.i18n import ngettext
from carecenter.ui.language import Translated
from carecenter.ui.theme import set_icon
from carecenter.ui.widgets.icon_label import IconLabel
from carecenter.ui.widgets.plain_label import PlainLabel
from carecenter.ui.widgets.status_pill import StatusPill

if TYPE_CHECKING:
    from carecenter.store.desk import Desk, DeskStatus

_CLOCK_MS = 5_000


class StatusBar(Translated, QFrame):
    """Empty and hidden until `show_desk`. Emits `attention_asked` for what the centre did not take."""

    attention_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("part", "surface")
        self._desk: Desk | None = None
        self._stop: Callable[[], None] | None = None
        self._picture = IconLabel(16)
        self.connection, self.waiting, self.synced = PlainLabel(), PlainLabel(), PlainLabel()
        self.indexing = PlainLabel()
        self.account, self.clock = PlainLabel("", elide=True), PlainLabel()
        self.demo = StatusPill()
        self.attention = QPushButton()
        self.attention.clicked.connect(self.attention_asked)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 4, 16, 4)
        row.setSpacing(16)
        state = QHBoxLayout()
        state.setSpacing(8)
        state.addWidget(self._picture)
        state.addWidget(self.connection)
        row.addLayout(state)
        for part in (self.waiting, self.synced, self.indexing, self.attention):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(self.demo)
        row.addWidget(self.account)
        row.addWidget(self.clock)
        for label in (self.connection, self.waiting, self.synced, self.indexing, self.account, self.clock):
            label.setProperty("scale", "small")
            label.setProperty("tone", "muted")
            label.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        self._timer = QTimer(self)
        self._timer.setInterval(_CLOCK_MS)
        self._timer.timeout.connect(self._show_time)
        self.hide()

    def show_desk(self, desk: Desk | None, *, demo: bool = False) -> None:
        """Follows this desk from now on; None when nobody is signed in."""
        if self._stop is not None:
            self._stop()
        self._desk, self._stop = desk, desk.on_status(self._on_status) if desk else None
        if self._stop is not None:
            self.destroyed.connect(self._stop)  # a desk that outlives the window finds no labels here
        self.demo.setVisible(demo)
        if desk is not None:
            set_icon(self.demo.picture, "info", "warning")
            self._timer.start()
            self.retranslate()
        else:
            self._timer.stop()
        self.setVisible(desk is not None)

    def retranslate(self) -> None:
        """Everything, as it stands now."""
        if self._desk is None:
            return
        from carecenter.core.terms import label
        from carecenter.ui.views.words import name

        viewer = self._desk.viewer
        self.setAccessibleName(_("Status"))
        self.demo.set_status(_("Demo desk"), "warning")
        parts = (name(viewer.display_name_ar, viewer.display_name_en), label(viewer.role), _language_name())
        self.account.setText(" · ".join(i18n.isolate(part) for part in parts))
        self._on_status(self._desk.status)
        self._show_time()

    def _on_status(self, status: DeskStatus) -> None:
        since = _clock_of(status.since)
        self.connection.setText(_standing(status).format(time=since))
        well = status.online and not status.stuck
        set_icon(self._picture, "wifi" if status.online else "wifi-off", "success" if well else "warning")
        waiting = ngettext("{count} operation waiting", "{count} operations waiting", status.waiting)
        self.waiting.setText(waiting.format(count=i18n.number(status.waiting)))
        self.synced.setText(
            _("Synchronised {time}").format(time=_clock_of(status.last_sync))
            if status.last_sync
            else _("Not synchronised yet")
        )
        indexing = ngettext(
            "Search is being renewed: {count} left", "Search is being renewed: {count} left", status.indexing
        )
        self.indexing.setText(indexing.format(count=i18n.number(status.indexing)))
        self.indexing.setVisible(bool(status.indexing))
        attention = ngettext("{count} needs attention", "{count} need attention", status.attention)
        self.attention.setText(attention.format(count=i18n.number(status.attention)))
        self.attention.setVisible(bool(status.attention))
        set_icon(self.attention, "triangle-alert", "warning")

    def _show_time(self) -> None:
        if self._desk is not None:
            self.clock.setText(_("Kuwait {time}").format(time=_clock_of(self._desk.now())))


def _standing(status: DeskStatus) -> str:
    """How the desk stands with the centre; ``{time}``: online or offline since."""
    if status.signed_out:
        return _("Signed out by the centre — sign in again; everything is kept here")
    if status.upgrade:
        return _("This program is too old for the centre — everything is kept here until the upgrade")
    if status.stuck:
        return _("Nothing has got through for minutes — tell your administrator; everything is kept here")
    return _("Online since {time}") if status.online else _("Offline since {time} — everything is kept here")


def _clock_of(when: dt.datetime) -> str:
    return i18n.isolate(i18n.time(when))


def _language_name() -> str:
    return _("Arabic") if i18n.language() == "ar" else _("English")
