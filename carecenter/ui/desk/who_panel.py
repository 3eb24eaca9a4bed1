"""Who is calling, while nobody knows: the people on this number, a search among those on record, a new card."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from carecenter.core import civil_id, i18n, phone
from carecenter.core.civil_id import CivilId, CivilIdProblem
from carecenter.core.i18n import gettext as _
from carecenter.core.phone import PhoneNumber, PhoneProblem
from carecenter.core.terms import Language, label
from carecenter.queries.callers import CallerRow
from carecenter.ui.desk.model import CallState, NewCard
from carecenter.ui.language import Translated
from carecenter.ui.views import words
from carecenter.ui.widgets.flow_form import FlowForm
from carecenter.ui.widgets.line_edit import LineEdit
from carecenter.ui.widgets.number_edit import NumberEdit
from carecenter.ui.widgets.plain_label import PlainLabel
from carecenter.ui.widgets.row_list import Row, RowList
from carecenter.ui.widgets.section import Section
from carecenter.ui.widgets.segmented import Segmented
from carecenter.wire import CallerFound

SEARCH_PAUSE_MS = 150
_ROWS_SHOWN = 9
_ASK_CENTRE = "ask the centre"
"""The key of the row that does; no caller has it."""


class WhoPanel(Translated, QWidget):
    """Emits `chosen(caller_id)` for one of this number's people, `found_chosen(CallerFound)` for one of whom the
    centre alone knows, `attach_asked(caller_id)` and `attach_found_asked(CallerFound)` for a person found
    otherwise, `search_asked(line)` and `centre_asked(line)` for what is typed, and `register_asked(NewCard)`.
    """

    chosen = Signal(str)
    found_chosen = Signal(object)
    attach_asked = Signal(str)
    attach_found_asked = Signal(object)
    search_asked = Signal(str)
    centre_asked = Signal(str)
    register_asked = Signal(object)

    def __init__(self, today: Callable[[], dt.date], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._today = today
        self._call_id = ""
        self._language = Language.ARABIC
        self._found: tuple[CallerRow, ...] = ()
        self._matches: tuple[CallerRow, ...] = ()
        self._elsewhere: tuple[CallerFound, ...] = ()
        self._say_elsewhere: Callable[[], str] = str
        self._beyond: tuple[CallerFound, ...] = ()
        self._say_beyond: Callable[[], str] = str
        self._centre_offered = False
        self.matches = RowList(numbered=True, spell=i18n.number)
        self.found = RowList(numbered=True, spell=i18n.number)
        self.matches.chosen.connect(self._on_match)
        self._of_centre = PlainLabel()
        self._of_centre.setWordWrap(True)
        self._of_centre.setProperty("tone", "muted")
        self.found.chosen.connect(self._on_found)
        self._said = PlainLabel()
        self._said.setWordWrap(True)
        self._said.setProperty("tone", "muted")
        self.line = LineEdit()
        self.line.setClearButtonEnabled(True)
        self.line.returnPressed.connect(self._on_enter)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(SEARCH_PAUSE_MS)
        self._pause.timeout.connect(lambda: self.search_asked.emit(self.line.text()))
        self.line.textChanged.connect(self._pause.start)
        self.name_ar, self.name_en, self.number, self.civil_id = (
            LineEdit(),
            LineEdit(),
            NumberEdit(),
            NumberEdit(),
        )
        for edit in (self.name_ar, self.name_en):
            edit.setMaxLength(200)
        self.number.textChanged.connect(self._judge)
        self.civil_id.textChanged.connect(self._judge)
        self.language = Segmented(tuple(Language))
        self.save_button = QPushButton()
        self.save_button.clicked.connect(self.submit)
        self._lay_out()
        self.retranslate()

    def _lay_out(self) -> None:
        self._people, self._search, self._new = Section(), Section(), Section()
        self.form = FlowForm()
        self.form.add("name_ar", self.name_ar)
        self.form.add("name_en", self.name_en)
        self.form.add("number", self.number)
        self.form.add("civil_id", self.civil_id)
        self.form.add("language", self.language)
        for rows in (self.matches, self.found):
            rows.setFrameShape(QFrame.Shape.NoFrame)
            rows.hide()
        self._people.body.addWidget(self.matches)
        self._people.body.addWidget(self._of_centre)
        for part in (self.line, self._said, self.found):
            self._search.body.addWidget(part)
        self._new.body.addWidget(self.form)
        self._new.body.addWidget(self.save_button, 0, Qt.AlignmentFlag.AlignLeading)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        for section in (self._people, self._search, self._new):
            column.addWidget(section)

    def retranslate(self) -> None:
        """Words; nothing typed is touched."""
        self._people.set_title(_("People on this number: press 1 to 9"))
        self.matches.setAccessibleName(_("People on this number"))
        self._search.set_title(_("Already on record?"))
        self.line.setPlaceholderText(_("name, Civil ID, another number, reference"))
        self.line.setAccessibleName(_("Search for a person on record"))
        self.found.setAccessibleName(_("People found"))
        self._new.set_title(_("New caller"))
        for key, text in (
            ("name_ar", _("Name in Arabic")),
            ("name_en", _("Name in English")),
            ("number", _("Phone number")),
            ("civil_id", _("Civil ID")),
            ("language", _("Preferred language")),
        ):
            self.form.set_label(key, text)
        for language in Language:
            self.language.set_text(language, label(language))
        self.save_button.setText(_("Save the card"))
        self.save_button.setToolTip(_("Save the card (Alt+S)"))
        self.save_button.setShortcut("Alt+S")  # setText takes it away
        self._show_matches()
        self._show_found()
        self._judge()

    def show_state(self, state: CallState) -> None:
        """Another call, or other people on its number."""
        if state.call.id != self._call_id:
            self._call_id = state.call.id
            self._elsewhere, self._say_elsewhere = (), str
            self.number.setText(phone.display(state.call.number))
            self.language.choose(state.call.language)
            self._language = state.call.language
        elif self._language is not state.call.language:
            self._language = state.call.language
            self.language.choose(state.call.language)
        self._matches = state.matches
        self._show_matches()

    def focus_first(self) -> None:
        """The keyboard goes where the next thing is to be done."""
        first = self.matches if self._people_here() else self.name_ar if self.number.text() else self.line
        if people := self._people_here():
            self.matches.set_current(people[0].id, tell=False)
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_found(self, found: tuple[CallerRow, ...], *, offer_centre: bool = False) -> None:
        """What the search found here; with `offer_centre` the last row asks the centre for the same."""
        self._found = found
        self.show_beyond((), str, offer_centre=offer_centre and bool(self.line.text().strip()))

    def show_beyond(
        self, found: tuple[CallerFound, ...], say: Callable[[], str], *, offer_centre: bool = False
    ) -> None:
        """Whom the centre found by the same line, and what is said about asking it."""
        self._beyond, self._say_beyond, self._centre_offered = found, say, offer_centre
        current = self.found.current_key()
        self._show_found()
        if current:
            self.found.set_current(current, tell=False)

    def beyond(self) -> tuple[CallerFound, ...]:
        """Those found by the line of whom the centre alone knows."""
        return _not_here(self._beyond, self._found)

    def show_elsewhere(self, found: tuple[CallerFound, ...], say: Callable[[], str]) -> None:
        """Who else answers on this number, as the centre knows, and what is said about asking it."""
        self._elsewhere, self._say_elsewhere = found, say
        current = self.matches.current_key()
        self._show_matches()
        if current:
            self.matches.set_current(current, tell=False)

    def elsewhere(self) -> tuple[CallerFound, ...]:
        """Those of whom the centre alone knows."""
        return _not_here(self._elsewhere, self._matches)

    def said_of_centre(self) -> str:
        """What is said about asking the centre."""
        return self._of_centre.text()

    def said_of_search(self) -> str:
        """What is said under the people found."""
        return self._said.text()

    def choose(self, at: int) -> None:
        """The person beside a digit, counted from 0, in the list that is in use."""
        if rows := self.found.rows():
            if at < len(rows):
                self._on_found(rows[at].key)
        elif at < len(people := self._people_here()):
            self._on_match(people[at].id)

    def card(self) -> NewCard:
        """What is typed into the new card."""
        return NewCard(
            name_ar=self.name_ar.text(),
            name_en=self.name_en.text(),
            number=self.number.text(),
            civil_id=self.civil_id.text(),
            language=Language(self.language.choice()),
        )

    def submit(self) -> None:
        """Asks for the card to be saved."""
        self.register_asked.emit(self.card())

    def clear(self) -> None:
        """The person is known."""
        for edit in (self.name_ar, self.name_en, self.number, self.civil_id, self.line):
            edit.clear()
        self._call_id = ""
        self.show_found(())

    def _on_enter(self) -> None:
        if self.found.rows():
            self.choose(0)

    def _on_found(self, key: str) -> None:
        if key == _ASK_CENTRE:
            self.centre_asked.emit(self.line.text())
        elif one := next((one for one in self.beyond() if one.id == key), None):
            self.attach_found_asked.emit(one)
        else:
            self.attach_asked.emit(key)

    def _on_match(self, caller_id: str) -> None:
        if one := next((one for one in self.elsewhere() if one.id == caller_id), None):
            self.found_chosen.emit(one)
        else:
            self.chosen.emit(caller_id)

    def _people_here(self) -> tuple[CallerRow | CallerFound, ...]:
        return (*self._matches, *self.elsewhere())

    def _show_matches(self) -> None:
        _fill(self.matches, self._people_here())
        self._of_centre.setText(self._say_elsewhere())
        self._of_centre.setVisible(bool(self._of_centre.text()))
        self._people.setVisible(bool(self._people_here() or self._of_centre.text()))

    def _show_found(self) -> None:
        people: tuple[CallerRow | CallerFound, ...] = (*self._found, *self.beyond())
        _fill(self.found, people, offer_centre=self._centre_offered)
        text = self._say_beyond()
        if people and not text:
            text = _("Press 1 to 9 in the list: the number calling is added to that person's card.")
        elif self.line.text().strip() and not text:
            text = _("Nobody found on this workstation.")
        self._said.setText(text)
        self._said.setVisible(bool(text))

    def _judge(self) -> None:
        number = phone.parse(self.number.text())
        problem = ""
        if isinstance(number, PhoneNumber):
            problem = number.warning.label() if number.warning else ""
        elif number not in (PhoneProblem.EMPTY, PhoneProblem.TOO_SHORT):
            problem = number.label()
        self.form.set_complaint("number", problem)
        parsed = civil_id.parse(self.civil_id.text(), self._today())
        unfinished = parsed in (CivilIdProblem.EMPTY, CivilIdProblem.TOO_SHORT)
        complaint = "" if isinstance(parsed, CivilId) or unfinished else parsed.label()
        self.form.set_complaint("civil_id", complaint)


def _not_here(found: tuple[CallerFound, ...], rows: tuple[CallerRow, ...]) -> tuple[CallerFound, ...]:
    here = {row.id for row in rows}
    return tuple(one for one in found if one.id not in here)


def _fill(shown: RowList, people: tuple[CallerRow | CallerFound, ...], *, offer_centre: bool = False) -> None:
    rows = [
        Row(
            row.id,
            words.caller(row.name_ar, row.name_en),
            words.other_name(row.name_ar, row.name_en),
            _meta(row),
        )
        for row in people
    ]
    if offer_centre:
        rows.append(Row(_ASK_CENTRE, _("Search at the centre too")))
    shown.set_rows(rows)
    shown.setVisible(bool(rows))
    height = shown.sizeHintForRow(0) if rows else 0
    shown.setFixedHeight(min(len(rows), _ROWS_SHOWN) * height + 4)


def _meta(person: CallerRow | CallerFound) -> str:
    if isinstance(person, CallerFound):
        return _("at the centre")
    return words.phone(person.phones[0]) if person.phones else ""
