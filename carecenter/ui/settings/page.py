"""The settings page: a list of parts, and the chosen one beside it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from carecenter.core.i18n import N_
from carecenter.core.i18n import gettext as _
from carecenter.ui.language import Language, Translated
from carecenter.ui.messages import Messages
from carecenter.ui.preferences import Preferences
from carecenter.ui.settings.about import AboutPart
from carecenter.ui.settings.accounts import AccountsPart
from carecenter.ui.settings.attention import AttentionPart
from carecenter.ui.settings.backup import BackupPart
from carecenter.ui.settings.office import Office
from carecenter.ui.settings.own_password import PasswordPart
from carecenter.ui.settings.part import Part
from carecenter.ui.settings.screen import ScreenPart
from carecenter.ui.settings.server import ServerPart
from carecenter.ui.tasks import Tasks
from carecenter.ui.theme import icon
from carecenter.ui.widgets.line import Line
from carecenter.ui.widgets.row_list import Row, RowList

if TYPE_CHECKING:
    from carecenter.store.desk import Desk

_NAMES: Final = {
    "screen": (N_("Screen"), "monitor"),
    "password": (N_("Your password"), "lock"),
    "accounts": (N_("Accounts"), "users"),
    "backup": (N_("Backup"), "save"),
    "server": (N_("Server"), "wifi"),
    "attention": (N_("Needs attention"), "triangle-alert"),
    "about": (N_("About"), "info"),
}
_LIST_WIDTH: Final = 232


class SettingsPage(Translated, QWidget):
    """Accounts and backups are shown to those who lead."""

    def __init__(
        self,
        desk: Desk,
        messages: Messages,
        language: Language,
        parent: QWidget | None = None,
        *,
        preferences: Preferences,
        office: Office,
        backups: Path,
    ) -> None:
        super().__init__(parent)
        del language  # the screen's part changes it through the preferences, which remember it
        self._tasks = Tasks(messages.failure)
        self.parts: dict[str, Part] = {
            "screen": ScreenPart(self._tasks, preferences),
        }
        if office.server is None:  # else these are done at the server
            self.parts["password"] = PasswordPart(self._tasks, messages, office)
        if desk.viewer.leads and office.server is None:
            self.parts["accounts"] = AccountsPart(self._tasks, desk, messages, office)
            self.parts["backup"] = BackupPart(self._tasks, messages, office, backups)
        self.parts["server"] = ServerPart(self._tasks, desk, office)
        self.parts["attention"] = AttentionPart(self._tasks, desk, messages)
        self.parts["about"] = AboutPart(self._tasks)
        self.list, self.stack = RowList(), QStackedWidget()
        self.list.setFixedWidth(_LIST_WIDTH)
        for part in self.parts.values():
            self.stack.addWidget(part)
        line = Line(upright=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.list)
        row.addWidget(line)
        row.addWidget(self.stack, 1)
        self.setFocusProxy(self.list)
        self.list.current_changed.connect(self.show_part)
        self.retranslate()
        self.list.set_current("screen")

    def retranslate(self) -> None:
        """The list; each part sets its own texts."""
        rows = [Row(key=key, title=_(_NAMES[key][0]), icon=partial(icon, _NAMES[key][1])) for key in self.parts]
        self.list.set_rows(rows)
        self.list.setAccessibleName(_("Parts of the settings"))

    def show_part(self, key: str) -> None:
        """One of `parts`."""
        part = self.parts[key]
        self.list.set_current(key, tell=False)
        self.stack.setCurrentWidget(part)
        part.shown()

    def show_attention(self) -> None:
        """The list of what the centre did not take."""
        self.show_part("attention")
        self.parts["attention"].setFocus(Qt.FocusReason.OtherFocusReason)

    async def close_page(self) -> None:
        """Ends what runs and listens no longer."""
        for part in self.parts.values():
            if isinstance(part, AccountsPart | AttentionPart):
                part.close_part()
        await self._tasks.close()
