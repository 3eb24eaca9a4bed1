"""What a line in the search box leads to: remarks about what was typed, and rows in groups. No widgets.

How a line may be read is `core.reading`'s matter, what it finds `queries.search`'s; here both become words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from typing import Final, Literal

import msgspec

from carecenter.core import i18n
from carecenter.core.i18n import gettext as _
from carecenter.core.reading import Meaning, Reading
from carecenter.core.reference import Suspect
from carecenter.core.terms import label
from carecenter.operations.requests import without_personal
from carecenter.queries import search, search_fusion
from carecenter.queries.callers import CallerRow
from carecenter.queries.search import Answer, SearchResults
from carecenter.queries.tickets import TicketRow
from carecenter.store.desk import Desk
from carecenter.ui.views import words
from carecenter.ui.views.article_view import list_row
from carecenter.ui.views.meant import meant, says_enough
from carecenter.ui.views.request_line import REQUEST_KEYS, only_nearest

_MOST_SUSPECTS: Final = 3
_KUWAIT_PREFIX: Final = "+965"
REQUEST: Final = "request"
"""The key of the row that asks the editors."""


class Group(StrEnum):
    """The groups of results, in the order in which they stand."""

    CALL = "call"
    TICKETS = "tickets"
    CALLERS = "callers"
    KNOWLEDGE = "knowledge"
    EDITORS = "editors"
    CENTRE_CALLERS = "centre_callers"
    CENTRE_TICKETS = "centre_tickets"
    CENTRE = "centre"

    def label(self) -> str:
        """The group's title, in the language of the screen."""
        return {
            Group.CALL: _("Take a call"),
            Group.TICKETS: _("Tickets"),
            Group.CALLERS: _("Callers"),
            Group.KNOWLEDGE: _("Knowledge"),
            Group.EDITORS: _("No answer found?"),
            Group.CENTRE_CALLERS: _("Callers at the centre"),
            Group.CENTRE_TICKETS: _("Tickets at the centre"),
            Group.CENTRE: _("Beyond this workstation"),
        }[self]


_LIKELIEST: Final = (
    *(Group.CALLERS, Group.TICKETS, Group.KNOWLEDGE),
    *(Group.CENTRE_CALLERS, Group.CENTRE_TICKETS, Group.CALL, Group.CENTRE),
)


@dataclass(frozen=True)
class Hint:
    """A remark about what was typed; a warning is about something that cannot be right."""

    text: str
    tone: Literal["muted", "warning"]


@dataclass(frozen=True)
class Hit:
    """Something found: `key` is a ticket's, caller's or article's id, or the number of a call (E.164).

    `stems`: of the words by which an article was found, `marks`: where they stand in its title.
    """

    group: Group
    key: str
    title: str
    subtitle: str = ""
    meta: str = ""
    marks: tuple[tuple[int, int], ...] = ()
    stems: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Found:
    """All that is shown for a line; `likeliest` is what Enter opens. A `remark` stands under the rows.

    `is_reference`: the line is a whole reference, whether or not its ticket is here.
    """

    line: str
    hints: tuple[Hint, ...] = ()
    hits: tuple[Hit, ...] = ()
    remark: Hint | None = None
    is_reference: bool = False

    def of(self, group: Group) -> tuple[Hit, ...]:
        """The hits of one group."""
        return tuple(hit for hit in self.hits if hit.group is group)

    @property
    def answered(self) -> bool:
        """Whether something was found; else what is there only comes nearest, and the editors can be asked."""
        return not self.of(Group.EDITORS)

    @property
    def likeliest(self) -> Hit | None:
        """Who was looked for by number or name before their tickets, a call only if there is nothing else.

        What only comes nearest has to be chosen: the line may be a name that nobody here knows. So has a call from
        what is a reference: its ticket may come the next moment, and a call that nobody makes is begun at once.
        """
        for group in _LIKELIEST:
            nearest = group is Group.KNOWLEDGE and not self.answered
            no_call = group is Group.CALL and self.is_reference
            if not (nearest or no_call) and (hits := self.of(group)):
                return hits[0]
        return None


async def look(desk: Desk, line: str) -> SearchResults | None:
    """What the workstation has for `line`, or what comes nearest to a question; nothing for an empty one."""
    if not line.strip():
        return None
    results = await desk.ask(search.search, line)
    if not _in_vain(results):
        return results
    return msgspec.structs.replace(results, nearest=await desk.ask(search.alike, line))


async def refined(desk: Desk, results: SearchResults, at_hand: Callable[[], str]) -> SearchResults:
    """`results` with what the centre finds by meaning among the answers.

    `at_hand` says which answer somebody is about to choose when that is ready: it stays in its place. The others of
    what only came nearest make room.
    """
    is_name = bool(results.callers) and not results.answers
    if is_name or not any(reading.meaning is Meaning.WORDS for reading in results.readings):
        return results
    near = await meant(desk, results.line)
    if not near:
        return results
    answers = await desk.ask(search.answers, results.line, near)
    if not answers:
        return results
    before = results.answers or results.nearest
    known = {answer.article.id: answer for answer in (*before, *answers)}
    shown = [answer.article.id for answer in before]
    order = search_fusion.keeping([answer.article.id for answer in answers], shown, at_hand())
    return msgspec.structs.replace(results, answers=tuple(known[one] for one in order))


def spell(results: SearchResults | None) -> Found:
    """`results` in the words of the present language."""
    if results is None:
        return Found("")
    numbers = [reading.value for reading in results.readings if reading.meaning is Meaning.PHONE]
    hits = (
        *(_call(number) for number in numbers),
        *map(_ticket, results.tickets),
        *map(_caller, results.callers),
        *map(_answer, results.answers or results.nearest),
        *(_request() if _in_vain(results) else ()),
    )
    hints = [hint for reading in results.readings for hint in _hints(reading, results)]
    if not hints and not _anything(results):
        hints = [Hint(_nothing_anywhere(results), "muted")]
    is_reference = any(one.valid and one.meaning is Meaning.REFERENCE for one in results.readings)
    return Found(results.line, tuple(hints), hits, is_reference=is_reference)


def _hints(reading: Reading, results: SearchResults) -> tuple[Hint, ...]:
    if reading.meaning is Meaning.PHONE:
        return _about_phone(reading, results)
    if reading.problem is not None:
        return (Hint(_("Civil ID: {problem}").format(problem=reading.problem.label()), "warning"),)
    if not reading.valid:
        return (Hint(_wrong_check(reading), "warning"),)
    text = _nothing_found(reading, results)
    return (Hint(text, "muted"),) if text else ()


def _nothing_found(reading: Reading, results: SearchResults) -> str:
    """What to say of a number that is right and leads to nothing; empty where it leads somewhere."""
    match reading.meaning:
        case Meaning.REFERENCE if not results.tickets:
            text = _("The reference {reference} is right, but no ticket with it is on this workstation.")
            return text.format(reference=words.reference(reading.value))
        case Meaning.CIVIL_ID if not results.callers:
            return _("The Civil ID is right, but no caller with it is on this workstation.")
        case Meaning.WORDS if reading.value.isdecimal() and not _anything(results):
            return _("Go on typing: a reference has 10 digits, a phone number 8, a Civil ID 12.")
    return ""


def _wrong_check(reading: Reading) -> str:
    said = _("Reference {reference}: its check digits do not agree.")
    said = said.format(reference=words.reference(reading.value))
    if not 0 < len(reading.suspects) <= _MOST_SUSPECTS:
        advice = _("Ask the caller for all of it again.")
    else:
        advice = _("Ask again for {places}.").format(places=reduce(_either, map(_place, reading.suspects)))
    return f"{said} {advice}"


def _place(suspect: Suspect) -> str:
    """`digit 4`, or `digits 7 and 8`, which may have changed places."""
    first, *second = map(i18n.number, suspect.positions)
    if not second:
        return _("digit {number}").format(number=first)
    return _("digits {first} and {second}").format(first=first, second=second[0])


def _either(first: str, second: str) -> str:
    return _("{first} or {second}").format(first=first, second=second)


def _about_phone(reading: Reading, results: SearchResults) -> tuple[Hint, ...]:
    number = words.phone(reading.value)
    hints = []
    if len(results.readings) > 1 and not reading.value.startswith(_KUWAIT_PREFIX):
        hints.append(Hint(_("It may also be a number from abroad: {number}").format(number=number), "muted"))
    elif not any(reading.value in person.phones for person in results.callers):
        hints.append(Hint(_("No caller has the number {number} yet.").format(number=number), "muted"))
    return tuple(hints)


def _anything(results: SearchResults) -> bool:
    return bool(results.tickets or results.callers or results.answers)


def _in_vain(results: SearchResults) -> bool:
    """Whether the line is a question, or may be one, and nothing here answers it. Numbers and what is hardly begun
    are none."""
    worded = any(reading.meaning is Meaning.WORDS for reading in results.readings)
    return worded and not _anything(results) and says_enough(without_personal(results.line))


def _nothing_anywhere(results: SearchResults) -> str:
    if results.nearest:
        return only_nearest(len(results.nearest))
    return _("Nothing found. Try another spelling, fewer words, or a number.")


def _request() -> tuple[Hit, ...]:
    return (Hit(Group.EDITORS, REQUEST, _("Ask the editors for an article"), "", REQUEST_KEYS),)


def _call(number: str) -> Hit:
    return Hit(Group.CALL, number, _("Take a call from {number}").format(number=words.phone(number)))


def _ticket(row: TicketRow) -> Hit:
    caller = words.name(row.caller_name_ar, row.caller_name_en)
    about = " · ".join(part for part in (label(row.kind), i18n.isolate(caller) if caller else "") if part)
    return Hit(Group.TICKETS, row.id, words.reference(row.reference), about, label(row.status))


def _caller(row: CallerRow) -> Hit:
    other = words.other_name(row.name_ar, row.name_en)
    parts = (i18n.isolate(other) if other else "", *(words.phone(phone) for phone in row.phones))
    return Hit(Group.CALLERS, row.id, words.caller(row.name_ar, row.name_en), " · ".join(filter(None, parts)))


def _answer(answer: Answer) -> Hit:
    row = list_row(answer.article, stems=answer.stems)
    below = " · ".join(filter(None, (row.subtitle, row.meta)))
    return Hit(Group.KNOWLEDGE, row.key, row.title, below, _(answer.why.label()), row.marks, answer.stems)
