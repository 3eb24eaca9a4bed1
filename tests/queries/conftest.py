"""A small house by hand: three agents, one who leads, four queues' worth of tickets, two callers, two articles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from carecenter.core.promises import SOON
from carecenter.core.terms import (
    ArticleKind,
    CallbackState,
    Channel,
    Direction,
    EntryKind,
    Language,
    Outcome,
    Priority,
    Role,
    TicketKind,
    TicketStatus,
    Verification,
    WrapUp,
)
from carecenter.models.account import Account
from carecenter.models.article import Article
from carecenter.models.base import Side, Synced, entity_of
from carecenter.models.call import Call
from carecenter.models.caller import Caller, CallerPhone
from carecenter.models.directory import Body
from carecenter.models.queue import Queue, QueueMember
from carecenter.models.ticket import Callback, Ticket, TicketAlias, TicketEntry
from carecenter.models.viewer import Viewer, viewer_of
from carecenter.queries import search
from tests import houses

NOW = dt.datetime(2026, 3, 1, 9, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@dataclass
class Rows:
    """The session, and who looks: in general only, in general and restricted, leading, editing."""

    session: Session
    agent: Viewer
    member: Viewer
    leader: Viewer
    editor: Viewer

    def add(self, *rows: Synced) -> None:
        """Put rows into the store and the search index, as a page of the feed would."""
        self.session.add_all(rows)
        self.session.flush()
        search.index(self.session, {(entity_of(row), row.id) for row in rows})


def ticket(ticket_id: str, **changed: Any) -> Ticket:
    """An open complaint in the general queue that is due in two days."""
    fields: dict[str, Any] = {
        "id": ticket_id,
        "reference": f"00000000{len(ticket_id):02}",
        "kind": TicketKind.COMPLAINT,
        "status": TicketStatus.RECEIVED,
        "priority": Priority.NORMAL,
        "queue_id": "general",
        "language": Language.ENGLISH,
        "text": f"text of {ticket_id}",
        "opened_by": "agent",
        "opened_at": NOW - 5 * HOUR,
        "changed_at": NOW - 5 * HOUR,
        "due_at": NOW + 2 * SOON,
        "escalation": 0,
    }
    return Ticket(**{**fields, **changed})


def entry(entry_id: str, ticket_id: str, **changed: Any) -> TicketEntry:
    """A note by the agent."""
    fields: dict[str, Any] = {
        "id": entry_id,
        "ticket_id": ticket_id,
        "kind": EntryKind.NOTE,
        "author_id": "agent",
        "at": NOW - 4 * HOUR,
        "desk_at": NOW - 4 * HOUR,
        "text": f"note {entry_id}",
    }
    return TicketEntry(**{**fields, **changed})


def call(call_id: str, **changed: Any) -> Call:
    """A call the agent took and ended, from somebody known."""
    fields: dict[str, Any] = {
        "id": call_id,
        "agent_id": "agent",
        "caller_id": "maryam",
        "channel": Channel.LINE_164,
        "direction": Direction.INCOMING,
        "number": "+96599887766",
        "language": Language.ARABIC,
        "checks": ["phone"],
        "articles": ["card-renewal"],
        "started_at": NOW - 6 * HOUR,
        "ended_at": NOW - 5 * HOUR,
        "wrap_up": WrapUp.TICKET_OPENED,
    }
    return Call(**{**fields, **changed})


def article(article_id: str, **changed: Any) -> Article:
    """A service of PACI; ``keywords`` and texts may be given by language."""
    texts = {"summary": "", "who": [], "documents": [], "steps": [], "fees": [], "hours": [], "notes": []}
    content = {
        code: {**texts, "where": "", "title": f"{article_id} {code}", "keywords": [], **changed.pop(code, {})}
        for code in ("ar", "en")
    }
    fields: dict[str, Any] = {
        "id": article_id,
        "kind": ArticleKind.SERVICE,
        "directory": False,
        "body_code": "PACI",
        "title_ar": content["ar"]["title"],
        "title_en": content["en"]["title"],
        "audience": ["citizen"],
        "channels": ["sahel"],
        "verification": Verification.PRESS,
        "as_of": "2026",
        "reviewed_on": dt.date(2026, 2, 1),
        "sources": ["a newspaper"],
        "content": content,
    }
    return Article(**{**fields, **changed})


def _people() -> Iterator[Synced]:
    people = (
        ("agent", Role.AGENT, True),
        ("member", Role.AGENT, True),
        ("leader", Role.SUPERVISOR, True),
        ("editor", Role.EDITOR, True),
        ("former", Role.AGENT, False),
    )
    for name, role, active in people:
        yield Account(
            id=name,
            name=name,
            role=role,
            active=active,
            display_name_ar=f"ال{name}",
            display_name_en=name.title(),
            language=Language.ENGLISH,
        )
    for position, queue_id in enumerate(("general", "technical", "confidential")):
        names = {"name_ar": f"ط {queue_id}", "name_en": queue_id.title()}
        yield Queue(id=queue_id, position=position, restricted=queue_id == "confidential", **names)
    for account_id, queue_id in (
        *(("agent", "general"), ("member", "general")),
        *(("member", "confidential"), ("former", "general")),
    ):
        yield QueueMember(id=f"{account_id}-{queue_id}", account_id=account_id, queue_id=queue_id)
    yield Body(
        id="PACI", name_ar="الهيئة العامة للمعلومات المدنية", name_en="Public Authority for Civil Information"
    )
    yield Body(id="MOI", name_ar="وزارة الداخلية", name_en="Ministry of Interior")


def _callers() -> Iterator[Synced]:
    yield Caller(
        id="maryam",
        name_ar="مريم العنزي",
        name_en="Maryam Al-Enezi",
        civil_id="282040701483",
        language=Language.ARABIC,
        note="prefers mornings",
        registered_at=NOW,
    )
    yield Caller(id="john", name_ar="جون سميث", name_en="John Smith", registered_at=NOW)
    yield CallerPhone(id="p1", caller_id="maryam", e164="+96599887766")
    yield CallerPhone(id="p2", caller_id="maryam", e164="+442079460958")
    yield CallerPhone(id="p3", caller_id="john", e164="+96599887766")


def _tickets() -> Iterator[Synced]:
    yield ticket(
        "normal",
        reference="0472915644",
        caller_id="maryam",
        call_id="call",
        service_id="card-renewal",
        body_code="PACI",
        text="البطاقة المدنية لم تصل\nsecond line",
    )
    yield ticket(
        "overdue",
        reference="0000000002",
        due_at=NOW - HOUR,
        assignee_id="agent",
        caller_id="maryam",
        priority=Priority.HIGH,
        status=TicketStatus.IN_WORK,
        opened_by="member",
    )
    yield ticket(
        "soon",
        reference="0000000133",
        due_at=NOW + HOUR,
        assignee_id="member",
        escalation=1,
        kind=TicketKind.ENQUIRY,
        opened_by="member",
        priority=Priority.URGENT,
    )
    yield ticket(
        "closed",
        reference="0000000230",
        status=TicketStatus.CLOSED,
        outcome=Outcome.RESOLVED,
        closed_at=NOW - HOUR,
        due_at=NOW - 3 * HOUR,
        caller_id="maryam",
        opened_by="member",
    )
    yield ticket(
        "secret",
        reference="0000000327",
        queue_id="confidential",
        opened_by="member",
        caller_id="maryam",
        text="a bribe was asked",
        pin_hash="hash",
    )
    yield ticket("elsewhere", reference="0000000424", queue_id="technical", opened_by="leader",
                 text="the portal fails", assignee_id="leader")  # fmt: skip
    yield TicketAlias(id="alias", ticket_id="soon", reference="0472915644")
    yield entry("e2", "normal", at=NOW - 2 * HOUR)
    yield entry("e1", "normal", at=NOW - 3 * HOUR, kind=EntryKind.OPENED, now="complaint", text="")
    yield entry(
        "e3", "normal", at=NOW - HOUR, kind=EntryKind.STATUS, was="received", now="in_work", author_id="gone"
    )
    yield entry("e4", "secret", author_id="member")
    for callback_id, state in (("later", "promised"), ("done", "kept")):
        yield Callback(
            id=callback_id,
            ticket_id="normal",
            caller_id="maryam",
            owner_id="agent",
            number="+96599887766",
            due_at=NOW + HOUR,
            state=CallbackState(state),
        )


@pytest.fixture
def rows(tmp_path: Path) -> Iterator[Rows]:
    engine = houses.open_engine(tmp_path / "store.db", Side.DESK)
    with Session(engine) as session:
        made = [
            *_people(),
            *_callers(),
            call("call"),
            call("unknown", caller_id=None, number="", withheld=True, agent_id="member"),
            call("running", ended_at=None, wrap_up=None, started_at=NOW),
            article("card-renewal", en={"title": "Civil ID renewal", "keywords": ["lost card"], "steps": ["Pay."]},
                    ar={"title": "تجديد البطاقة المدنية", "keywords": ["ضاعت البطاقة"], "steps": ["الدفع"]}),
            article("passport", kind=ArticleKind.CENTRE, body_code=None, en={"title": "Passport"},
                    ar={"title": "الجواز"}),
            *_tickets(),
        ]  # fmt: skip
        session.add_all(made)
        session.flush()
        search.index(session, {(entity_of(row), row.id) for row in made})
        viewers = {name: viewer_of(session, name) for name in ("agent", "member", "leader", "editor")}
        yield Rows(session=session, **viewers)
        session.rollback()
    engine.dispose()
