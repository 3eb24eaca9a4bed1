"""The search box and the knowledge pane on the workstation: what a line finds, in groups.

How rows get into the index is `search_index`'s matter, which of them are near to a question `search_ranking`'s.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from carecenter.core import analysis
from carecenter.core.i18n import N_
from carecenter.core.kuwait import KUWAIT
from carecenter.core.reading import Meaning, Reading, read
from carecenter.models.article import Article
from carecenter.models.ticket import Ticket
from carecenter.queries import articles, callers, people, search_fusion, search_ranking, tickets
from carecenter.queries.base import Row, Viewer
from carecenter.queries.search_index import ARTICLE, TICKET, index, index_owed, owe, start_over

__all__ = [
    "Answer",
    "SearchResults",
    "Why",
    "alike",
    "answers",
    "index",
    "index_owed",
    "knowledge",
    "nearest",
    "owe",
    "search",
    "start_over",
]

PER_GROUP = 8
_COMPARED: Final = 60  # by words, where the meaning has a say as well
_FRAGMENT = range(3, 10)  # digits of a reference that are not all of it
_MOST_SEEN_THROUGH = 8  # times as many tickets are looked at as are shown: some may not be seen by everybody


class Why(StrEnum):
    """Where in an article the words of a question were found, the likeliest to be meant first; or that it is found
    by what it means."""

    TITLE = "title"
    ASKED = "asked"
    SYNONYM = "synonym"
    DOCUMENTS = "documents"
    STEPS = "steps"
    FEES = "fees"
    TEXT = "text"
    MEANING = "meaning"
    ALIKE = "alike"

    def label(self) -> str:
        """Untranslated, as the interface shows it beside a result."""
        return _LABELS[self]


_LABELS: Final = {
    Why.TITLE: N_("in the title"),
    Why.ASKED: N_("as callers ask"),
    Why.SYNONYM: N_("another word for it"),
    Why.DOCUMENTS: N_("in the documents"),
    Why.STEPS: N_("in the steps"),
    Why.FEES: N_("in the fees"),
    Why.TEXT: N_("in the text"),
    Why.MEANING: N_("the meaning"),
    Why.ALIKE: N_("words like these"),
}
_WHERE: Final = {
    "title": Why.TITLE,
    "keywords": Why.SYNONYM,
    "questions": Why.ASKED,
    "documents": Why.DOCUMENTS,
    "steps": Why.STEPS,
    "fees": Why.FEES,
}


class Answer(Row, frozen=True, kw_only=True):
    """An article that was found, and why. ``stems``: those of the words by which it may have been found."""

    article: articles.ArticleRow
    why: Why
    stems: frozenset[str] = frozenset()


class Nearest(NamedTuple):
    """Articles in their order, and the stems of the words that some were found by."""

    order: list[search_fusion.Fused]
    stems: frozenset[str]


class SearchResults(Row, frozen=True, kw_only=True):
    """What a line found, in groups; ``readings`` say what the line was taken for and what is wrong with it.

    ``nearest``: what stands in where nothing is found (``alike``), for whoever asks for it.
    """

    line: str
    readings: tuple[Reading, ...]
    tickets: tuple[tickets.TicketRow, ...]
    callers: tuple[callers.CallerRow, ...]
    answers: tuple[Answer, ...]
    nearest: tuple[Answer, ...] = ()

    @property
    def articles(self) -> tuple[articles.ArticleRow, ...]:
        """The articles of the answers, the nearest first."""
        return tuple(answer.article for answer in self.answers)


def search(session: Session, viewer: Viewer, line: str, near: Mapping[str, float] | None = None) -> SearchResults:
    """Everything a line of the search box may mean, grouped. ``near``: article → likeness, by meaning."""
    readings = read(line, dt.datetime.now(KUWAIT).date())
    found_tickets: list[tickets.TicketRow] = []
    found_callers: list[callers.CallerRow] = []
    found_answers: tuple[Answer, ...] = ()
    for reading in readings:
        if reading.meaning is Meaning.REFERENCE and reading.valid:
            found_tickets.extend(tickets.by_reference(session, viewer, reading.value))
        elif reading.meaning is Meaning.PHONE:
            on_it = callers.by_phone(session, viewer, reading.value)
            found_callers.extend(on_it)
            for person in on_it:
                found_tickets.extend(tickets.of_caller(session, viewer, person.id, PER_GROUP))
        elif reading.meaning is Meaning.CIVIL_ID and reading.valid:
            found_callers.extend(callers.by_civil_id(session, viewer, reading.value))
        elif reading.meaning is Meaning.WORDS:
            found_tickets.extend(tickets.by_ids(session, viewer, _tickets(session, reading.value)))
            named = people.find(session, reading.value, PER_GROUP)
            found_callers.extend(callers.by_ids(session, viewer, tuple(named)))
            for person in found_callers[:3]:
                found_tickets.extend(tickets.of_caller(session, viewer, person.id, 3))
            found_answers = answers(session, viewer, reading.value, near)
    return SearchResults(
        line=line,
        readings=readings,
        tickets=_distinct(found_tickets),
        callers=_distinct(found_callers),
        answers=found_answers,
    )


def knowledge(
    session: Session, viewer: Viewer, question: str, limit: int = PER_GROUP
) -> tuple[articles.ArticleRow, ...]:
    """The articles nearest to a question, best first."""
    return articles.by_ids(session, viewer, tuple(search_ranking.nearest(session, ARTICLE, question, limit)))


def nearest(
    session: Session, question: str, near: Mapping[str, float] | None = None, limit: int = PER_GROUP
) -> Nearest:
    """The articles nearest to a question by its words and, where ``near`` is known, by its meaning; best first."""
    by_words = search_ranking.found(session, ARTICLE, question, _COMPARED if near else limit)
    return Nearest(search_fusion.fused(by_words.scores, near or {})[:limit], by_words.stems)


def answers(
    session: Session,
    viewer: Viewer,
    question: str,
    near: Mapping[str, float] | None = None,
    limit: int = PER_GROUP,
) -> tuple[Answer, ...]:
    """The articles nearest to a question, and why each is there. ``near``: article → likeness, by meaning."""
    order, stems = nearest(session, question, near, limit)
    by_meaning = {one.id for one in order if one.by_meaning}
    rows = articles.by_ids(session, viewer, tuple(one.id for one in order))
    contents = _contents(session, rows)
    reasons = {row.id: Why.MEANING if row.id in by_meaning else _why(contents[row.id], stems) for row in rows}
    return tuple(Answer(article=row, why=reasons[row.id], stems=stems) for row in rows)


def alike(session: Session, viewer: Viewer, question: str, limit: int = 3) -> tuple[Answer, ...]:
    """What comes nearest to a question that nothing answers."""
    ids = search_ranking.alike(session, ARTICLE, question, limit)
    return tuple(Answer(article=row, why=Why.ALIKE) for row in articles.by_ids(session, viewer, tuple(ids)))


def _contents(session: Session, rows: tuple[articles.ArticleRow, ...]) -> dict[str, dict[str, Any]]:
    held = session.execute(select(Article.id, Article.content).where(Article.id.in_([row.id for row in rows])))
    return dict(held.all())


def _why(content: dict[str, Any], asked: frozenset[str]) -> Why:
    """The part of an article that has most of the stems asked for; the earlier part where several have as many."""
    met: dict[Why, int] = dict.fromkeys((*_WHERE.values(), Why.TEXT), 0)
    for fields in content.values():
        for name, value in fields.items():
            words = " ".join(value) if isinstance(value, list) else str(value)
            part = _WHERE.get(name, Why.TEXT)
            met[part] = max(met[part], len(asked.intersection(analysis.stems(words))))
    return max(met, key=lambda part: (met[part], -list(Why).index(part)))


def _tickets(session: Session, line: str) -> tuple[str, ...]:
    if line.isdecimal():
        if len(line) not in _FRAGMENT:
            return ()
        fragment = select(Ticket.id).where(Ticket.reference.contains(line, autoescape=True))
        return tuple(session.scalars(fragment.order_by(Ticket.opened_at.desc()).limit(PER_GROUP)))
    return tuple(search_ranking.holding(session, TICKET, line, PER_GROUP * _MOST_SEEN_THROUGH))


def _distinct(rows: list[Any]) -> tuple[Any, ...]:
    return tuple({row.id: row for row in rows}.values())[:PER_GROUP]
