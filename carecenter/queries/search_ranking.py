"""How a question is answered from the index: which rows, in which order.

Two stages. The full-text tables rank by BM25 whatever holds any of the question's terms; then the nearest are
ordered anew by how alike their words look, in runs of four letters, which sees what stemming does not (broken
plurals, dialect, typing errors). docs/search.md works through an example.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import Final, NamedTuple

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA
from sqlalchemy import Select, TextClause, func, select
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from carecenter.core import analysis
from carecenter.models.search import SearchRow, SearchWord
from carecenter.queries.search_favour import favour
from carecenter.queries.search_index import ALL_ROWS, ARTICLE

_WEIGHTS: Final = (3.0, 2.0, 1.0)  # of title, asked, body
_CANDIDATES: Final = 150
_MOST_WORDS: Final = 40
_COMMON: Final = 0.1  # a term in more than this share of the rows tells little, and costs most
_FEW_ROWS: Final = 200  # among so few, every term is cheap
_MOST_HELD: Final = 12_000  # rows that the terms of one question may lead to, the rarest terms first
_LOOKED_AT: Final = 60
_BEGUN: Final = 8
_SHORTEST_BEGUN: Final = 3
_NEAR: Final = 3
_SHORTEST_NEAR: Final = 4
_LOOKS: Final = 0.35  # what likeness of letters weighs beside BM25
_LOOKS_LATIN: Final = 0.1  # less where stemming sees most of it already
_SATURATION: Final = 1.2
_GUESSED: Final = 0.5
_MAY_PASS: Final = 8  # how many places behind the last one shown an article may still come forward from
_MOST_ALIKE: Final = 8
_WORDS_COMPARED: Final = 5_000
_LEAST_ALIKE: Final = 60


class Found(NamedTuple):
    """Ids of rows with their scores, best first, and the stems that led to them."""

    scores: dict[str, float]
    stems: frozenset[str]


def nearest(session: Session, entity: str, question: str, limit: int) -> dict[str, float]:
    """The scores of what ``found`` finds."""
    return found(session, entity, question, limit).scores


def found(session: Session, entity: str, question: str, limit: int) -> Found:
    """The rows nearest to a question, best first: any of its words will do.

    The last word counts as one that is still being typed. Of articles that are about as near, those stand first
    that are pinned or were used here.
    """
    words, begun = _words(question)
    terms = _terms(session, entity, words, begun)
    if not terms:
        return Found({}, frozenset())
    match = " OR ".join(f'"{term.stem}"' for term in terms if term.leads)
    rows = session.execute(_candidates(entity), {"match": match}).all()
    by_stem = _likeness([(f" {term.stem} ", term.weight) for term in terms], [row[1:4] for row in rows])
    order = sorted(range(len(rows)), key=lambda place: -by_stem[place])[:_LOOKED_AT]
    grams = {
        gram: _LOOKS_LATIN if word.isascii() else _LOOKS
        for word in words
        for gram in analysis.grams(word, begun=word == begun)
    }
    by_letters = _likeness(list(grams.items()), [rows[place][4].split("\n") for place in order], local=True)
    scores = {rows[place][0]: by_stem[place] + alike for place, alike in zip(order, by_letters, strict=True)}
    best = sorted(scores, key=lambda number: -scores[number])
    stems = frozenset(term.stem for term in terms)
    best = best[: limit + _MAY_PASS]
    ids = _ids(session, best)
    near = {one: scores[number] for number, one in zip(best, ids, strict=True)}
    if entity == ARTICLE:
        factors = favour(session, ids, dt.datetime.now(dt.UTC))
        near = {one: score * factors[one] for one, score in near.items()}
    return Found(dict(sorted(near.items(), key=lambda one: -one[1])[:limit]), stems)


def alike(session: Session, entity: str, question: str, limit: int) -> list[str]:
    """Where nothing has a word of a question: the rows with the words that look most like them, best first."""
    stems: list[str] = []
    for word in _words(question)[0][:_MOST_ALIKE]:
        begins = SearchWord.word.between(word[0], word[0] + "\U0010ffff")
        frequent = (
            select(SearchWord.word).where(SearchWord.entity == entity, begins).order_by(SearchWord.held.desc())
        )
        known = session.scalars(frequent.limit(_WORDS_COMPARED)).all()
        near = process.extract(word, known, scorer=fuzz.ratio, score_cutoff=_LEAST_ALIKE, limit=_NEAR)
        stems += [analysis.stem(other) for other, *_rest in near]
    if not stems:
        return []
    match = " OR ".join(f'"{stem}"' for stem in dict.fromkeys(stems))
    rows = session.execute(_candidates(entity), {"match": match}).all()
    return _ids(session, [row[0] for row in rows[:limit]])


def holding(session: Session, entity: str, words_of: str, limit: int) -> list[str]:
    """The ids of the rows that have every word, or one that it may become or was meant to be; best first."""
    words, begun = _words(words_of)
    groups = []
    for word in words:
        stem = analysis.stem(word)
        guessed = [stem, *_guessed(session, entity, word, begun, known=bool(_held(session, entity, [stem])))]
        groups.append("(" + " OR ".join(f'"{term}"' for term in dict.fromkeys(guessed)) + ")")
    if not groups:
        return []
    statement = sql(
        f"SELECT rowid FROM search_{entity} WHERE search_{entity} MATCH :match"  # noqa: S608 - our own names
        " ORDER BY rank LIMIT :limit"
    )
    return _ids(session, list(session.scalars(statement, {"match": " AND ".join(groups), "limit": limit})))


def _words(line: str) -> tuple[list[str], str]:
    """The words that say something, and the one that may not be finished."""
    words = list(dict.fromkeys(analysis.question_words(line)))[:_MOST_WORDS]
    return words, words[-1] if words and line[-1:].isalnum() else ""


def _ids(session: Session, numbers: list[int]) -> list[str]:
    names = select(SearchRow.number, SearchRow.entity_id).where(SearchRow.number.in_(numbers))
    ids = dict(session.execute(names).all())
    return [ids[number] for number in numbers]


def _candidates(entity: str) -> TextClause:
    return sql(
        f"SELECT rowid, title, asked, body, plain FROM search_{entity}"  # noqa: S608 - our own names
        f" WHERE search_{entity} MATCH :match ORDER BY bm25(search_{entity}, {', '.join(map(str, _WEIGHTS))})"
        f" LIMIT {_CANDIDATES}"
    )


class Term(NamedTuple):
    """A stem to look for. ``weight``: its rarity, less where it only stands in for a word of the question.
    ``leads``: to candidates; a term that too many rows have only helps to order them."""

    stem: str
    weight: float
    leads: bool


def _terms(session: Session, entity: str, words: list[str], begun: str) -> list[Term]:
    """The stems to look for, the rarest first; what is too common is left out while anything else is there."""
    said = [analysis.stem(word) for word in words]
    held = _held(session, entity, said)
    guessed = [
        stem for word in words for stem in _guessed(session, entity, word, begun, known=analysis.stem(word) in held)
    ]
    sure = set(held)
    held |= _held(session, entity, guessed)
    rows = session.scalar(_count_of(entity, ALL_ROWS)) or 0
    most_held = max(_FEW_ROWS, _COMMON * rows)
    chosen: list[Term] = []
    led_to = 0
    for term in sorted(held, key=lambda term: (held[term], term)):
        leads = not chosen or (held[term] <= most_held and led_to + held[term] <= _MOST_HELD)
        led_to += held[term] if leads else 0
        rarity = math.log(1 + max(0.0, rows - held[term] + 0.5) / (held[term] + 0.5))
        chosen.append(Term(term, rarity * (1 if term in sure else _GUESSED), leads))
    return chosen


def _guessed(session: Session, entity: str, word: str, begun: str, *, known: bool) -> list[str]:
    """The stems that may be meant by a word that is not finished, or that no row has."""
    may_become = word == begun and len(word.removeprefix("ال")) >= _SHORTEST_BEGUN
    completed = _completed(session, entity, word) if may_become else []
    return completed if completed or known else _mistyped(session, entity, word)


def _count_of(entity: str, word: str) -> Select[int]:
    return select(SearchWord.held).where(SearchWord.entity == entity, SearchWord.word == word)


def _held(session: Session, entity: str, stems: list[str]) -> dict[str, int]:
    """Stem → how many rows have it; those that none has are left out."""
    statement = sql(f"SELECT term, doc FROM search_{entity}_terms WHERE term = :term")  # noqa: S608 - our own names
    rows = [session.execute(statement, {"term": stem}).first() for stem in dict.fromkeys(stems)]
    return dict(row for row in rows if row is not None)


def _completed(session: Session, entity: str, begun: str) -> list[str]:
    """The stems of the most frequent words that begin so."""
    statement = (
        select(SearchWord.word)
        .where(SearchWord.entity == entity, SearchWord.word.between(begun, begun + "\U0010ffff"))
        .order_by(SearchWord.held.desc())
        .limit(_BEGUN)
    )
    return [analysis.stem(word) for word in session.scalars(statement)]


def _mistyped(session: Session, entity: str, word: str) -> list[str]:
    """The stems of words one slip of the finger away, beginning alike."""
    if len(word) < _SHORTEST_NEAR:
        return []
    start = word[:2]
    statement = select(SearchWord.word, SearchWord.held).where(
        SearchWord.entity == entity,
        SearchWord.word.between(start, start + "\U0010ffff"),
        func.length(SearchWord.word).between(len(word) - 1, len(word) + 1),
    )
    near = [
        (held, other)
        for other, held in session.execute(statement)
        if OSA.distance(word, other, score_cutoff=1) <= 1
    ]
    return [analysis.stem(other) for _held, other in sorted(near, reverse=True)[:_NEAR]]


def _likeness(
    terms: list[tuple[str, float]], texts: Sequence[Sequence[str]], *, local: bool = False
) -> list[float]:
    """BM25 of each text in its parts. ``local``: each term counts by its rarity among these texts as well."""
    lengths = [sum(map(len, parts)) for parts in texts]
    usual = sum(lengths) / max(1, len(texts)) or 1
    norms = [_SATURATION * (0.25 + 0.75 * length / usual) for length in lengths]
    scores = [0.0] * len(texts)
    wholes = ["".join(parts) for parts in texts]
    for term, weight in terms:
        counts = [
            _weighed(term, parts) if term in whole else 0.0 for parts, whole in zip(texts, wholes, strict=True)
        ]
        rarity = 1.0
        if local:
            having = sum(1 for count in counts if count)
            rarity = math.log(1 + (len(texts) - having + 0.5) / (having + 0.5))
        for place, count in enumerate(counts):
            if count:
                scores[place] += weight * rarity * count * (_SATURATION + 1) / (count + norms[place])
    return scores


def _weighed(term: str, parts: Sequence[str]) -> float:
    return sum(times * part.count(term) for times, part in zip(_WEIGHTS, parts, strict=True))
