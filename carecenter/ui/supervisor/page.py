"""The supervisor's page: queues now, cards to be merged, what was done here. Whoever leads nobody is told so."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from carecenter.core.i18n import gettext as _
from carecenter.store.desk import Desk
from carecenter.ui.language import Language, Translated
from carecenter.ui.messages import Messages
from carecenter.ui.supervisor.activity_list import ActivityList
from carecenter.ui.supervisor.merging import MergeReview
from carecenter.ui.supervisor.review import QueueReview
from carecenter.ui.theme import set_icon
from carecenter.ui.widgets.empty_state import EmptyState


class SupervisorPage(Translated, QWidget):
    """`caller_requested` and `article_requested` lead from a ticket elsewhere."""

    ticket_requested = Signal(str)
    caller_requested = Signal(str)
    article_requested = Signal(str)
    new_call_requested = Signal()

    def __init__(self, desk: Desk, messages: Messages, language: Language, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.review: QueueReview | None = None
        self.activity: ActivityList | None = None
        self.merging: MergeReview | None = None
        self.refusal: EmptyState | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        if desk.viewer.leads:
            self._make_tabs(desk, messages, language)
            column.addWidget(self.tabs)
        else:
            self.refusal = EmptyState()
            set_icon(self.refusal.picture, "lock", "muted")
            column.addWidget(self.refusal)
        self.retranslate()

    def _make_tabs(self, desk: Desk, messages: Messages, language: Language) -> None:
        self.review = QueueReview(desk, messages, language)
        self.review.caller_requested.connect(self.caller_requested)
        self.review.article_requested.connect(self.article_requested)
        self.activity = ActivityList(desk, messages)
        self.activity.ticket_requested.connect(self.open_ticket)
        self.merging = MergeReview(desk, messages)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.addTab(self.review, "")
        self.tabs.addTab(self.activity, "")
        self.tabs.addTab(self.merging, "")
        self.setFocusProxy(self.review.list)

    def retranslate(self) -> None:
        """Names of the tabs, or why there are none."""
        self.setAccessibleName(_("Queues"))
        if self.refusal is not None:
            self.refusal.set_texts(
                _("Queues are reviewed by supervisors. Your own tickets are on the Tickets page.")
            )
        else:
            self.tabs.setTabText(0, _("Queue review"))
            self.tabs.setTabText(1, _("What was done here"))
            self.tabs.setTabText(2, _("Same person?"))

    def open_ticket(self, ticket_id: str) -> None:
        """Shows a ticket in the queue review; nothing for whoever leads nobody."""
        if self.review is not None:
            self.tabs.setCurrentWidget(self.review)
            self.review.open_ticket(ticket_id)

    def close_page(self) -> None:
        """Keeps what is half-typed and follows nothing any more."""
        if self.review is not None:
            self.review.close_review()
        if self.activity is not None:
            self.activity.close_list()
        if self.merging is not None:
            self.merging.close_review()
