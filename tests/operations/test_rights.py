"""Who may do what: the whole matrix in one place, and the queues of the tickets it is about."""

from __future__ import annotations

import pytest

from carecenter import operations
from carecenter.core.ids import new_id
from carecenter.core.terms import Role, TicketStatus
from carecenter.operations.articles import PublishBody
from carecenter.operations.rights import refusal
from carecenter.operations.tickets import AddNote, MoveTicket, OpenTicket
from tests.houses import GENERAL, START, TECHNICAL, open_ticket, somebody
from tests.operations.records import Records

_ANYBODY_AT_A_DESK = {"AGENT", "SENIOR_AGENT", "SUPERVISOR", "ADMINISTRATOR"}
_NOT_AGENTS = {"SENIOR_AGENT", "SUPERVISOR", "ADMINISTRATOR"}
_EDITORS = {"EDITOR", "ADMINISTRATOR"}
_EDITORS_AND_LEADERS = {"EDITOR", "SUPERVISOR", "ADMINISTRATOR"}

MATRIX: dict[str, set[str]] = {
    "AddNote": _ANYBODY_AT_A_DESK,
    "AddQuestion": _EDITORS,
    "AssignTicket": _ANYBODY_AT_A_DESK,
    "AttachPhone": _ANYBODY_AT_A_DESK,
    "BringAuthor": _ANYBODY_AT_A_DESK,
    "BringCall": _ANYBODY_AT_A_DESK,
    "BringCallback": _ANYBODY_AT_A_DESK,
    "BringCaller": _ANYBODY_AT_A_DESK,
    "BringTicket": _ANYBODY_AT_A_DESK,
    "ChangeQueue": _NOT_AGENTS,
    "CheckPin": _ANYBODY_AT_A_DESK,
    "ChooseCallLanguage": _ANYBODY_AT_A_DESK,
    "CloseTicket": _ANYBODY_AT_A_DESK,
    "CorrectCaller": _ANYBODY_AT_A_DESK,
    "DismissMerge": _NOT_AGENTS,
    "EndCall": _ANYBODY_AT_A_DESK,
    "EscalateTicket": _NOT_AGENTS,
    "IdentifyCaller": _ANYBODY_AT_A_DESK,
    "LinkArticle": _ANYBODY_AT_A_DESK,
    "LookAtCaller": _ANYBODY_AT_A_DESK,
    "MergeCallers": _NOT_AGENTS,
    "MoveTicket": _ANYBODY_AT_A_DESK,
    "OpenCall": _ANYBODY_AT_A_DESK,
    "OpenTicket": _ANYBODY_AT_A_DESK,
    "PinArticle": _EDITORS_AND_LEADERS,
    "PromiseCallback": _ANYBODY_AT_A_DESK,
    "PublishArticle": _EDITORS,
    "PublishBody": _EDITORS,
    "RegisterCaller": _ANYBODY_AT_A_DESK,
    "ReopenTicket": _ANYBODY_AT_A_DESK,
    "RequestArticle": _ANYBODY_AT_A_DESK,
    "RevealCivilId": _ANYBODY_AT_A_DESK,
    "SettleCallback": _ANYBODY_AT_A_DESK,
    "SettleRequest": _EDITORS_AND_LEADERS,
    "UnmergeCallers": _NOT_AGENTS,
    "UnpinArticle": _EDITORS_AND_LEADERS,
    "VerifyCaller": _ANYBODY_AT_A_DESK,
    "WriteNotes": _ANYBODY_AT_A_DESK,
}

INTAKE = {
    "AddNote",
    "AttachPhone",
    "BringAuthor",
    "BringCall",
    "BringCallback",
    "BringCaller",
    "BringTicket",
    "ChooseCallLanguage",
    "EndCall",
    "IdentifyCaller",
    "LinkArticle",
    "OpenCall",
    "OpenTicket",
    "PromiseCallback",
    "RegisterCaller",
    "RequestArticle",
    "VerifyCaller",
    "WriteNotes",
}
"""What a caller was promised: never refused at the centre."""


def test_every_operation_has_its_roles() -> None:
    allowed = {tag: {role.name for role in kind.allowed} for tag, kind in operations.registry().items()}

    assert allowed == MATRIX


def test_what_a_caller_was_promised_is_told_from_the_rest() -> None:
    assert {tag for tag, kind in operations.registry().items() if kind.intake} == INTAKE


@pytest.mark.parametrize("role", Role)
def test_the_role_decides_before_anything_else(desk: Records, role: Role) -> None:
    body = PublishBody(code="PACI", name_ar="س", name_en="PACI")
    call = operations.calls.OpenCall(call_id="1")

    assert (refusal(desk.session, somebody(role), body) is None) == (role.name in _EDITORS)
    assert (refusal(desk.session, somebody(role), call) is None) == (role.name in _ANYBODY_AT_A_DESK)


def _move(ticket: OpenTicket) -> MoveTicket:
    steps = {"was": TicketStatus.RECEIVED, "now": TicketStatus.IN_WORK}
    return MoveTicket(ticket_id=ticket.ticket_id, entry_id=new_id(), **steps)


def test_a_ticket_is_worked_on_in_its_queue_and_by_who_opened_it(desk: Records) -> None:
    ticket = open_ticket(queue_id=TECHNICAL)
    author = somebody(Role.AGENT, GENERAL)
    actor = operations.Actor(account_id=author.account_id, device_id="desk", desk_at=START)
    desk.apply(ticket, actor=actor)
    move = _move(ticket)

    assert refusal(desk.session, author, move) is None
    assert refusal(desk.session, somebody(Role.SENIOR_AGENT, TECHNICAL), move) is None
    reason = refusal(desk.session, somebody(Role.SENIOR_AGENT, GENERAL), move)
    assert reason == "This ticket belongs to a queue you do not work in."


def test_a_ticket_that_is_not_here_is_judged_by_the_centre(desk: Records) -> None:
    assert refusal(desk.session, somebody(), AddNote(ticket_id="elsewhere", entry_id="1", text="x")) is None
