"""The sentences of a timeline."""

import datetime as dt
from typing import Any

import pytest

from carecenter.core.terms import EntryKind, Language, Outcome, Role, TicketStatus
from carecenter.queries.accounts import AccountRow, QueueRow
from carecenter.queries.tickets import EntryRow
from carecenter.ui.views.ticket_view_sentences import Names, author, what

AT = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
SARA = AccountRow(
    id="sara",
    name="sara",
    display_name_ar="سارة",
    display_name_en="Sara",
    role=Role.AGENT,
    language=Language.ARABIC,
    active=True,
)
NAMES = Names({"sara": SARA}, {"general": QueueRow(id="general", name_ar="", name_en="General", restricted=False)})


def entry(kind: EntryKind, was: Any = None, now: Any = None, name: str = "Huda") -> EntryRow:
    return EntryRow(
        id="1",
        kind=kind,
        author_id="huda",
        author_name_ar="",
        author_name_en=name,
        at=AT,
        desk_at=AT,
        text="",
        was=was,
        now=now,
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (entry(EntryKind.ASSIGNED, None, "sara"), "Assigned to Sara"),
        (entry(EntryKind.ASSIGNED, "gone", "sara"), "Assigned: a former account → Sara"),
        (entry(EntryKind.ASSIGNED, "sara", None), "No longer assigned to Sara"),
        (entry(EntryKind.QUEUE, "general", "elsewhere"), "Queue: General → another queue"),
        (entry(EntryKind.CLOSED, TicketStatus.ANSWERED, Outcome.DUPLICATE), "Ticket closed: Duplicate"),
        (entry(EntryKind.STATUS, "received", "from_a_newer_version"), "Status: Received → from_a_newer_version"),
        (entry(EntryKind.REOPENED), "Ticket reopened"),
    ],
)
def test_facts_are_told_by_name(line: EntryRow, said: str) -> None:
    assert _bare(what(line, NAMES)) == said


@pytest.mark.parametrize(
    ("was", "now", "meant"),
    [
        ("received", "in_work", "Status: Received → In progress"),
        ("answered", "resolved", "Ticket closed: Resolved"),
        (0, 1, "Escalated to level 1"),
        ("general", "x", "Queue: General → another queue"),
        (None, "sara", "Assigned to Sara"),
    ],
)
def test_what_came_too_late_says_what_it_would_have_been(was: Any, now: Any, meant: str) -> None:
    said = _bare(what(entry(EntryKind.OUTDATED, was, now), NAMES))
    assert said == f"Came too late and changed nothing; kept for the record. {meant}"


def test_a_reopening_that_came_too_late_has_no_facts_to_tell() -> None:
    assert what(entry(EntryKind.OUTDATED), NAMES).endswith("kept for the record.")


def test_a_line_without_an_author_is_the_centres() -> None:
    assert author(entry(EntryKind.NOTE, name="")) == "The centre"


def _bare(text: str) -> str:
    return text.replace("\u2068", "").replace("\u2069", "")
