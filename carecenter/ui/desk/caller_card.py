"""The person on the line: names, numbers, the masked Civil ID, what was checked, and what is open for them.

Nothing of it may be read out before the caller is verified; the card says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from carecenter.core import i18n
from carecenter.core.i18n import gettext as _
from carecenter.core.terms import Check, label
from carecenter.queries.callers import CallerCard as Card
from carecenter.ui.desk.model import FACTS_NEEDED, CallState
from carecenter.ui.language import Translated
from carecenter.ui.theme import set_icon
from carecenter.ui.views import words
from carecenter.ui.widgets.line_edit import LineEdit
from carecenter.ui.widgets.plain_label import PlainLabel
from carecenter.ui.widgets.row_list import Row, RowList
from carecenter.ui.widgets.section import Section
from carecenter.ui.widgets.status_pill import StatusPill

_ROWS_SHOWN = 4


class CallerCard(Translated, QWidget):
    """Emits what the agent asks for; `reveal_asked` carries the reason, `checks_changed` a tuple of `Check`,
    `merge_requested` the ids of the card that stands, or would stand, for both, and of the other.
    """

    reveal_asked = Signal(str)
    checks_changed = Signal(object)
    ticket_requested = Signal(str)
    merge_requested = Signal(str, str)
    somebody_else = Signal()

    def __init__(self, now: Callable[[], dt.datetime], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._now = now
        self._state: CallState | None = None
        self._card: Card | None = None
        self._revealed = ""
        self._name, self._other_name = PlainLabel("", elide=True), PlainLabel("", elide=True)
        self._name.setProperty("scale", "name")
        self._other_name.setProperty("scale", "title")
        self._phones, self._note = PlainLabel(), PlainLabel()
        self._note.setProperty("tone", "muted")
        for persons in (self._name, self._other_name, self._note):
            persons.setProperty("data", True)
        for lines in (self._phones, self._note):
            lines.setWordWrap(True)
        self.civil_id = PlainLabel()
        self.civil_id.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByKeyboard)
        self.reveal_button = QToolButton()
        set_icon(self.reveal_button, "eye")
        self.reveal_button.clicked.connect(self._on_reveal)
        self.reason = _Reason()
        self.reason.returnPressed.connect(self._on_reason)
        self.reason.left.connect(self._leave_reason)
        self.reason.hide()
        self.provisional = StatusPill()
        self.pill = StatusPill()
        self._may = PlainLabel()
        self._may.setWordWrap(True)
        self._may.setProperty("tone", "muted")
        self.checks = {check: QCheckBox() for check in Check}
        for box in self.checks.values():
            box.clicked.connect(self._on_check)
        self.else_button = QPushButton()
        self.else_button.clicked.connect(self.somebody_else)
        self.sections = {key: (Section(), RowList()) for key in ("same", "open", "callbacks", "calls", "closed")}
        for key, (section, rows) in self.sections.items():
            rows.setFrameShape(QFrame.Shape.NoFrame)
            section.body.addWidget(rows)
            if key == "same":
                rows.chosen.connect(self._on_same)
            if key in ("open", "closed"):
                rows.chosen.connect(self.ticket_requested)
        self._lay_out()
        self.retranslate()

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.civil_id)
        line.addWidget(self.reveal_button)
        line.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for part in (self._name, self._other_name, self._phones):
            column.addWidget(part)
        column.addLayout(line)
        column.addWidget(self.reason)
        column.addWidget(self._note)
        column.addSpacing(4)
        column.addWidget(self.provisional)
        column.addWidget(self.pill)
        column.addWidget(self._may)
        for box in self.checks.values():
            column.addWidget(box)
        for section, _rows in self.sections.values():
            column.addSpacing(8)
            column.addWidget(section)
        column.addSpacing(8)
        column.addWidget(self.else_button, 0, Qt.AlignmentFlag.AlignLeading)

    def retranslate(self) -> None:
        """Words, names and dates; a reason half-typed stays."""
        self.reveal_button.setToolTip(_("Show the whole Civil ID; the reason is recorded"))
        self.reveal_button.setAccessibleName(_("Show the whole Civil ID"))
        self.reason.setPlaceholderText(_("Why? Enter shows it, Esc leaves"))
        self.reason.setAccessibleName(_("Reason for showing the Civil ID"))
        self.else_button.setText(_("This is somebody else"))
        for check, box in self.checks.items():
            box.setText(label(check))
        if self._state is not None:
            self.show_state(self._state)
        elif self._card is not None:
            self.show_card(self._card)

    def show_card(self, card: Card) -> None:
        """Shows a card outside a call: there is nobody on the line to verify, or to be somebody else."""
        self._state = None
        self._show_person(card)
        for part in (self.pill, self._may, self.else_button, *self.checks.values()):
            part.hide()

    def show_state(self, state: CallState) -> None:
        """Shows the card of a state that has one."""
        card = state.card
        if card is None:
            return
        self._state = state
        self._show_person(card)
        self._show_checks(state)

    def _show_person(self, card: Card) -> None:
        if self._card is None or self._card.id != card.id:
            self._revealed = ""
            self._leave_reason()
        self._card = card
        self._name.setText(words.caller(card.name_ar, card.name_en))
        other = words.other_name(card.name_ar, card.name_en)
        self._other_name.setText(other)
        self._other_name.setVisible(bool(other))
        self._phones.setText(" · ".join(words.phone(number) for number in card.phones) or _("No phone number"))
        self._note.setText(card.note)
        self._note.setVisible(bool(card.note))
        self.provisional.setVisible(card.provisional)
        self.provisional.set_status(_("provisional: not yet seen by the centre"), "info")
        set_icon(self.provisional.picture, "info", "text")
        self._show_civil_id(card)
        self._show_lists(card)

    def show_civil_id(self, number: str) -> None:
        """The whole number, once its reason is on record."""
        self._revealed = number
        self._leave_reason()
        if self._card is not None:
            self._show_civil_id(self._card)

    def _show_civil_id(self, card: Card) -> None:
        shown = self._revealed or card.civil_id_masked
        self.civil_id.setText(words.civil_id(shown) if shown else _("No Civil ID"))
        self.civil_id.setAccessibleName(_("Civil ID"))
        self.reveal_button.setVisible(bool(card.civil_id_masked) and not self._revealed)

    def _show_checks(self, state: CallState) -> None:
        for check, box in self.checks.items():
            box.setChecked(check in state.call.checks)
        if state.verified:
            self.pill.set_status(_("verified for this call"), "success")
            self._may.setText(_("You may read out this person's own tickets and callbacks, nobody else's."))
        else:
            self.pill.set_status(_("not verified yet"), "warning")
            text = i18n.ngettext(
                "Read out nothing personal: ask for {count} of these facts. General information may be given.",
                "Read out nothing personal: ask for {count} of these facts. General information may be given.",
                FACTS_NEEDED,
            )
            self._may.setText(text.format(count=i18n.number(FACTS_NEEDED)))
        set_icon(self.pill.picture, "user-check" if state.verified else "shield", "text")

    def _show_lists(self, card: Card) -> None:
        now = self._now()
        tickets = {"open": card.open_tickets, "closed": card.closed_tickets}
        titles = {
            "same": _("Same person?"),
            "open": _("Open tickets"),
            "callbacks": _("Callbacks"),
            "calls": _("Last calls"),
            "closed": _("Closed tickets"),
        }
        rows: dict[str, list[Row]] = {
            key: [
                Row(row.id, words.reference(row.reference), row.summary, label(row.status)) for row in tickets[key]
            ]
            for key in tickets
        }
        rows["same"] = _same(card)
        rows["callbacks"] = [
            Row(row.id, words.phone(row.number), words.due(row.due_at, now)) for row in card.callbacks
        ]
        rows["calls"] = [
            Row(row.id, words.moment(row.started_at, now), row.notes, label(row.wrap_up) if row.wrap_up else "")
            for row in card.last_calls
        ]
        for key, (section, shown) in self.sections.items():
            section.set_title(f"{titles[key]}  {i18n.number(len(rows[key]))}")
            section.setVisible(bool(rows[key]) or key == "open")
            shown.setAccessibleName(titles[key])
            shown.set_rows(rows[key])
            shown.setVisible(bool(rows[key]))
            # The whole left column scrolls, so that a list inside it must not.
            height = shown.sizeHintForRow(0) if rows[key] else 0
            shown.setFixedHeight(min(len(rows[key]), _ROWS_SHOWN) * height + 4)

    def _on_same(self, key: str) -> None:
        kept_id, merged_id = key.split("\n")
        self.merge_requested.emit(kept_id, merged_id)

    def _on_reveal(self) -> None:
        self.reason.show()
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_reason(self) -> None:
        if self.reason.text().strip():
            self.reveal_asked.emit(self.reason.text())

    def _leave_reason(self) -> None:
        self.reason.clear()
        self.reason.hide()

    def _on_check(self) -> None:
        self.checks_changed.emit(tuple(check for check, box in self.checks.items() if box.isChecked()))


def _same(card: Card) -> list[Row]:
    """Cards that may be, and those that are, this person's; a key names both."""
    own = {card.id, *(one.id for one in card.merged)}
    rows = []
    for proposal in card.proposals:
        other = proposal.written if proposal.known.id in own else proposal.known
        key = f"{proposal.known.id}\n{proposal.written.id}"
        rows.append(Row(key, words.caller(other.name_ar, other.name_en), _("Enter compares the two cards")))
    for one in card.merged:
        key = f"{card.id}\n{one.id}"
        rows.append(Row(key, words.caller(one.name_ar, one.name_en), _("merged into this card")))
    return rows


class _Reason(LineEdit):
    """One line, left by Esc."""

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Esc leaves without showing anything."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
