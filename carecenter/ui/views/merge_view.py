"""Two cards side by side, and what is decided about them: one person, two people, or two again after all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from carecenter.core import i18n
from carecenter.core.i18n import gettext as _
from carecenter.core.kuwait import KUWAIT
from carecenter.core.terms import label
from carecenter.operations.looks import LookAtCaller
from carecenter.operations.merging import DismissMerge, MergeCallers, OfTwoCards, UnmergeCallers
from carecenter.queries import merging
from carecenter.queries.merging import Pair, Side
from carecenter.store.desk import Desk
from carecenter.ui.language import Translated
from carecenter.ui.messages import Action, Messages
from carecenter.ui.tasks import Tasks
from carecenter.ui.views import words
from carecenter.ui.widgets.plain_label import PlainLabel

_FACTS: Final = ("name_ar", "name_en", "phones", "civil_id", "language", "note", "registered", "tickets")
_NEVER_COMPARED: Final = frozenset({"registered", "tickets"})


class MergeView(Translated, QWidget):
    """Emits `left` when it is put away, and `decided` when something was saved."""

    left = Signal()
    decided = Signal()

    def __init__(self, desk: Desk, messages: Messages, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._messages = desk, messages
        self._tasks = Tasks(messages.failure)
        self._lane = self._tasks.latest()
        self._pair: Pair | None = None
        self._title, self._said = PlainLabel(), PlainLabel()
        self._title.setProperty("scale", "title")
        self._said.setProperty("tone", "muted")
        for line in (self._title, self._said):
            line.setWordWrap(True)
        self.labels = {fact: PlainLabel() for fact in ("head", *_FACTS)}
        self.values = {fact: (PlainLabel(), PlainLabel()) for fact in ("head", *_FACTS)}
        self.merge_button, self.two_button = QPushButton(), QPushButton()
        self.separate_button, self.close_button = QPushButton(), QPushButton()
        self.merge_button.setProperty("part", "primary")
        self.merge_button.clicked.connect(lambda: self._decide(MergeCallers))
        self.two_button.clicked.connect(lambda: self._decide(DismissMerge))
        self.separate_button.clicked.connect(lambda: self._decide(UnmergeCallers))
        self.close_button.clicked.connect(self.left)
        self._lay_out()
        self.retranslate()

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        for line, fact in enumerate(self.labels):
            self.labels[fact].setProperty("tone", "muted")
            grid.addWidget(self.labels[fact], line, 0, Qt.AlignmentFlag.AlignTop)
            for at, value in enumerate(self.values[fact], start=1):
                value.setWordWrap(True)
                value.setProperty("data", fact != "head")
                grid.addWidget(value, line, at, Qt.AlignmentFlag.AlignTop)
        for value in self.values["head"]:
            value.setProperty("scale", "section")
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.merge_button, self.two_button, self.separate_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(16)
        column.addWidget(self._title)
        column.addWidget(self._said)
        column.addLayout(grid)
        column.addLayout(buttons)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)

    def retranslate(self) -> None:
        """Words, names and dates."""
        self.setAccessibleName(_("Two cards side by side"))
        self.merge_button.setText(_("One person: merge the cards"))
        self.two_button.setText(_("These are two people"))
        self.separate_button.setText(_("Separate them again"))
        self.close_button.setText(_("Close"))
        self.close_button.setToolTip(_("Esc"))
        if self._pair is not None:
            self.show_pair(self._pair)

    def open_pair(self, kept_id: str, merged_id: str) -> None:
        """Reads two cards and shows them; that leaves a trace."""
        self._lane.start(self._open(kept_id, merged_id))

    def show_pair(self, pair: Pair) -> None:
        """Shows two cards, and what this account may decide about them."""
        self._pair = pair
        self._title.setText(_("Merged cards") if pair.is_merged else _("Are these one person?"))
        may = self._desk.viewer.role in MergeCallers.allowed
        self._said.setText(_about(pair, may=may))
        self.merge_button.setVisible(may and pair.is_possible and pair.same_civil_id is not False)
        self.two_button.setVisible(may and not pair.is_merged)
        self.separate_button.setVisible(may and pair.is_merged)
        names = {
            "head": "",
            "name_ar": _("Name in Arabic"),
            "name_en": _("Name in English"),
            "phones": _("Phone number"),
            "civil_id": _("Civil ID"),
            "language": _("Preferred language"),
            "note": _("Note"),
            "registered": _("On record since"),
            "tickets": _("Tickets"),
        }
        columns = (_told(pair.kept, _("This card stays")), _told(pair.merged, _("This one leads to it")))
        for fact, name in names.items():
            one, other = (told[fact] for told in columns)
            differs = fact != "head" and fact not in _NEVER_COMPARED and one != other
            self.labels[fact].setText(_("{fact}: differs").format(fact=name) if differs else name)
            for value, text in zip(self.values[fact], (one, other), strict=True):
                value.setText(text)
                value.setAccessibleName(f"{name} {text}".strip())

    def clear(self) -> None:
        """No pair is shown any more."""
        self._lane.cancel()
        self._pair = None

    def take_focus(self) -> None:
        """The keyboard goes to the first thing that can be decided."""
        buttons = (self.merge_button, self.separate_button, self.two_button, self.close_button)
        first = next(button for button in buttons if not button.isHidden())
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def said(self) -> str:
        """What is said about the two cards."""
        return self._said.text()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Esc puts the cards away."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    async def _open(self, kept_id: str, merged_id: str) -> None:
        pair = await self._desk.ask(merging.pair, kept_id, merged_id)
        for side in (pair.kept, pair.merged):
            await self._desk.perform(LookAtCaller(caller_id=side.card.id, how="search"))
        self.show_pair(pair)
        self.take_focus()

    def _decide(self, kind: type[OfTwoCards]) -> None:
        if self._pair is not None:
            self._tasks.spawn(self._take(kind, self._pair))

    async def _take(self, kind: type[OfTwoCards], pair: Pair) -> None:
        cards = {"kept_id": pair.kept.card.id, "merged_id": pair.merged.card.id}
        await self._desk.perform(kind(**cards))
        said, back = _done(kind)
        undo = Action(_("Undo"), lambda: self._undo(back, cards)) if back is not None else None
        self._messages.success(said, undo)
        self.decided.emit()

    def _undo(self, kind: type[OfTwoCards], cards: dict[str, Any]) -> None:
        self._tasks.spawn(self._desk.perform(kind(**cards)))


def _done(kind: type[OfTwoCards]) -> tuple[str, type[OfTwoCards] | None]:
    """What is said of a decision, and what undoes it."""
    done: dict[type[OfTwoCards], Callable[[], tuple[str, type[OfTwoCards] | None]]] = {
        MergeCallers: lambda: (_("The cards are merged."), UnmergeCallers),
        UnmergeCallers: lambda: (_("They are two cards again."), MergeCallers),
        DismissMerge: lambda: (_("They stay two people; this is not proposed again."), None),
    }
    return done[kind]()


def _about(pair: Pair, *, may: bool) -> str:
    if pair.is_merged:
        text = _(
            "All their tickets, calls and numbers are shown on the first card. Separated, each has its own again."
        )
    elif pair.same_civil_id is False:
        text = _("They have different Civil IDs, so these are two people.")
    elif not pair.is_possible:
        text = _("Other cards were merged into both. Separate those of one card first.")
    else:
        text = _("Nothing is lost: what was written for the second card is shown on the first. It can be undone.")
    return text if may else " ".join((text, _("A senior agent or a supervisor decides this.")))


def _told(side: Side, head: str) -> dict[str, str]:
    listed = [f"{words.reference(row.reference)} {row.summary}" for row in side.tickets]
    nothing = "–"
    return {
        "head": head,
        "name_ar": side.card.name_ar or nothing,
        "name_en": side.card.name_en or nothing,
        "phones": " · ".join(map(words.phone, side.phones)) or nothing,
        "civil_id": words.civil_id(side.civil_id_masked) if side.civil_id_masked else nothing,
        "language": label(side.language),
        "note": side.note or nothing,
        "registered": i18n.date(side.card.registered_at.astimezone(KUWAIT).date()),
        "tickets": "\n".join(listed) or nothing,
    }
