"""What a queue view shows: the focus with its counts, the filters and the order, as one row of controls each."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from carecenter.core import i18n
from carecenter.core.i18n import gettext as _
from carecenter.core.terms import TicketKind, TicketStatus, label
from carecenter.queries.tickets import QueueCounts, QueueFilter, QueueFocus, QueueOrder
from carecenter.ui.language import Translated
from carecenter.ui.supervisor.model import MOST_ROWS, QueueView
from carecenter.ui.theme import set_icon
from carecenter.ui.views import words
from carecenter.ui.widgets.choice_box import ChoiceBox
from carecenter.ui.widgets.flow_row import FlowRow
from carecenter.ui.widgets.segmented import Segmented

_LETTERS: Final = 7
_BOXES: Final = ("queue", "kind", "status", "assignee", "order")
_NARROWING: Final = ("queue", "kind", "status", "assignee")


class QueueFilters(Translated, QWidget):
    """`changed` tells that something else is to be shown; `wanted()` says what."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: QueueView | None = None
        self._descending = False
        self.focus_chips = Segmented(tuple(QueueFocus))
        self.focus_chips.chosen.connect(self.changed)
        self.boxes = {key: ChoiceBox(_LETTERS) for key in _BOXES}
        for key, box in self.boxes.items():
            box.setProperty("data", key in ("queue", "assignee"))
            box.activated.connect(self.changed)
        self.direction = QToolButton()
        self.direction.clicked.connect(self._on_direction)
        self.everything = QPushButton()
        self.everything.clicked.connect(self.clear)
        self.everything.hide()
        row = FlowRow(8)
        for key, box in self.boxes.items():
            row.addWidget(_beside(box, self.direction) if key == "order" else box)
        row.addWidget(self.everything)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.focus_chips)
        column.addLayout(row)
        self.retranslate()

    def retranslate(self) -> None:
        """Words of the filters; what is chosen stays chosen."""
        self.focus_chips.setAccessibleName(_("Which tickets"))
        for key, text in _box_names().items():
            self.boxes[key].setAccessibleName(text)
            self.boxes[key].set_hint(text)
        self.everything.setText(_("Clear the filters"))
        self._say_chips()
        self._offer()
        self._say_direction()

    def show_view(self, view: QueueView) -> None:
        """Counts on the chips, the queues and people there are, and the way back from what is filtered."""
        self._view = view
        self._say_chips()
        self._offer()
        self.everything.setVisible(self.narrowed())

    def wanted(self) -> QueueFilter:
        """What is chosen."""
        kind, status = self._chosen("kind"), self._chosen("status")
        return QueueFilter(
            focus=QueueFocus(self.focus_chips.choice()),
            queue_id=self._chosen("queue"),
            kind=TicketKind(kind) if kind else None,
            status=TicketStatus(status) if status else None,
            assignee_id=self._chosen("assignee"),
            order=QueueOrder(self._chosen("order") or QueueOrder.DUE),
            descending=self._descending,
            limit=MOST_ROWS,
        )

    def narrowed(self) -> bool:
        """Whether a filter leaves something out that the focus would hold."""
        return any(self._chosen(key) for key in _NARROWING)

    def set_order(self, order: QueueOrder, descending: bool) -> None:
        """Another order, asked for by a header."""
        self.boxes["order"].setCurrentIndex(self.boxes["order"].findData(order.value))
        self._descending = descending
        self._say_direction()
        self.changed.emit()

    def clear(self) -> None:
        """Takes every filter away; focus and order stay."""
        for key in _NARROWING:
            self.boxes[key].setCurrentIndex(0)
        self.changed.emit()

    def chip(self, focus: QueueFocus) -> str:
        """What a chip says."""
        return self.focus_chips.button(focus).text()

    def _chosen(self, key: str) -> str | None:
        value: str | None = self.boxes[key].currentData()
        return value or None

    def _on_direction(self) -> None:
        self._descending = not self._descending
        self._say_direction()
        self.changed.emit()

    def _say_direction(self) -> None:
        text = _("Descending") if self._descending else _("Ascending")
        self.direction.setAccessibleName(text)
        self.direction.setToolTip(_("{order}: turn the order round").format(order=text))
        set_icon(self.direction, "chevron-down" if self._descending else "chevron-up", "muted")

    def _say_chips(self) -> None:
        for focus, text in _focus_names().items():
            counted = "" if self._view is None else f" {i18n.number(_count(self._view.counts, focus))}"
            self.focus_chips.set_text(focus, f"{text}{counted}")

    def _offer(self) -> None:
        view = self._view
        queues = [(q.id, words.name(q.name_ar, q.name_en)) for q in view.queues] if view else []
        people = [(p.id, words.name(p.display_name_ar, p.display_name_en)) for p in view.people] if view else []
        _fill(self.boxes["queue"], [("", _("All queues")), *queues])
        _fill(self.boxes["kind"], [("", _("All kinds")), *((kind.value, label(kind)) for kind in TicketKind)])
        statuses = ((status.value, label(status)) for status in TicketStatus)
        _fill(self.boxes["status"], [("", _("Any status")), *statuses])
        _fill(self.boxes["assignee"], [("", _("Everybody")), *people])
        _fill(self.boxes["order"], [(order.value, text) for order, text in _order_names().items()])


def _fill(box: ChoiceBox, items: list[tuple[str, str]]) -> None:
    """New words for the same choices; a list that is the same is left alone, it may be open."""
    if items == [(box.itemData(at), box.itemText(at)) for at in range(box.count())]:
        return
    chosen = box.currentData()
    box.clear()
    for value, text in items:
        box.addItem(text, value)
    box.setCurrentIndex(max(0, box.findData(chosen)))


def _count(counts: QueueCounts, focus: QueueFocus) -> int:
    count: int = getattr(counts, focus.value)
    return count


def _box_names() -> dict[str, str]:
    return {
        "queue": _("Queue"),
        "kind": _("Kind"),
        "status": _("Status"),
        "assignee": _("Assigned to"),
        "order": _("Sorted by"),
    }


def _focus_names() -> dict[QueueFocus, str]:
    return {
        QueueFocus.ALL_OPEN: _("All open"),
        QueueFocus.OVERDUE: _("Overdue"),
        QueueFocus.DUE_SOON: _("Due soon"),
        QueueFocus.UNASSIGNED: _("Unassigned"),
        QueueFocus.RESTRICTED: _("Restricted"),
        QueueFocus.ESCALATED: _("Escalated"),
        QueueFocus.CLOSED: _("Closed"),
    }


def _order_names() -> dict[QueueOrder, str]:
    return {
        QueueOrder.DUE: _("by due date"),
        QueueOrder.OPENED: _("by opening"),
        QueueOrder.PRIORITY: _("by priority"),
        QueueOrder.STATUS: _("by status"),
        QueueOrder.QUEUE: _("by queue"),
        QueueOrder.ASSIGNEE: _("by assignee"),
    }


def _beside(box: QWidget, button: QWidget) -> QWidget:
    """The two in one piece, which a full line passes on to the next together."""
    both = QWidget()
    both.setSizePolicy(box.sizePolicy())
    row = QHBoxLayout(both)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(4)
    row.addWidget(box)
    row.addWidget(button)
    return both
