"""What was done here: calls taken and lines written, newest first, by everybody or by one account."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from carecenter.core import i18n
from carecenter.core.i18n import gettext as _
from carecenter.core.terms import label
from carecenter.queries.accounts import AccountRow
from carecenter.queries.activity import ActivityRow
from carecenter.store.desk import Desk
from carecenter.ui import theme
from carecenter.ui.language import Translated
from carecenter.ui.messages import Messages
from carecenter.ui.supervisor.model import SupervisorModel
from carecenter.ui.tasks import Tasks
from carecenter.ui.views import words
from carecenter.ui.views.ticket_view_sentences import ICONS
from carecenter.ui.widgets.choice_box import ChoiceBox
from carecenter.ui.widgets.empty_state import EmptyState
from carecenter.ui.widgets.row_list import Row, RowList

_FOLLOWED = frozenset({"ticket_entry", "call", "account", "ticket"})


class ActivityList(Translated, QWidget):
    """`ticket_requested` carries the ticket of a line that was chosen."""

    ticket_requested = Signal(str)

    def __init__(self, desk: Desk, messages: Messages, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = SupervisorModel(desk)
        self._tasks = Tasks(messages.failure)
        self._lane = self._tasks.latest()
        self._acts: tuple[ActivityRow, ...] = ()
        self._people: tuple[AccountRow, ...] = ()
        self.account = ChoiceBox()
        self.account.setProperty("data", True)
        self.account.setMinimumWidth(240)
        self.account.activated.connect(lambda _index: self.refresh())
        self._label = QLabel()
        self._label.setProperty("tone", "muted")
        self._label.setBuddy(self.account)
        self.list = RowList()
        self.list.chosen.connect(self._on_chosen)
        self.empty = EmptyState()
        theme.set_icon(self.empty.picture, "history", "muted")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.list)
        self._stack.addWidget(self.empty)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self._label)
        top.addWidget(self.account)
        top.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self._stack, 1)
        self._stop_listening = desk.on_changed(self._on_changed)
        self.retranslate()
        self.refresh()

    def retranslate(self) -> None:
        """Words of the lines and of the filter."""
        self._label.setText(_("Done &by"))
        self.account.setAccessibleName(_("Done by"))
        self.list.setAccessibleName(_("What was done here"))
        self.empty.set_texts(_("Nothing was done here yet. Calls and tickets will be listed as they come."))
        self._show()

    def refresh(self) -> None:
        """Asks again, for the account chosen."""
        self._lane.start(self._load(self.account.currentData() or None))

    def close_list(self) -> None:
        """Follows nothing any more."""
        self._stop_listening()
        self._lane.cancel()

    async def _load(self, account_id: str | None) -> None:
        self._people = await self._model.people()
        self._acts = await self._model.activity(account_id)
        self._show()

    def _on_changed(self, entities: frozenset[str]) -> None:
        if entities & _FOLLOWED:
            self.refresh()

    def _show(self) -> None:
        chosen = self.account.currentData()
        self.account.clear()
        self.account.addItem(_("Everybody"), "")
        for person in self._people:
            self.account.addItem(words.name(person.display_name_ar, person.display_name_en), person.id)
        self.account.setCurrentIndex(max(0, self.account.findData(chosen)))
        self.list.set_rows([_row(at, act) for at, act in enumerate(self._acts)])
        self._stack.setCurrentWidget(self.list if self._acts else self.empty)

    def _on_chosen(self, key: str) -> None:
        act = self._acts[int(key.partition(" ")[0])]
        if act.ticket_id is not None:
            self.ticket_requested.emit(act.ticket_id)


def _row(at: int, act: ActivityRow) -> Row:
    """The key begins with the place, since two lines can be of one ticket and moment."""
    if act.kind is None:
        title = _("Call taken") if act.call_ended else _("Call in progress")
        icon = "phone"
    else:
        said = _("{what}: {reference}")
        title = said.format(what=label(act.kind), reference=words.reference(act.reference))
        icon = ICONS[act.kind]
    return Row(
        key=f"{at} {act.ticket_id or act.call_id}",
        title=title,
        subtitle=words.name(act.account_name_ar, act.account_name_en),
        meta=i18n.date_time(act.at),
        icon=partial(theme.icon, icon, "muted"),
    )
