"""Search by meaning: which articles are near to a question whose words they may not have, in either language.

Each article has vectors of its own, kept in ``article_vector``: one for each way in which callers ask for it, one
for what it says. A thread brings them up to date in small pieces, from the first question on, and keeps them at
hand; nobody waits for it, and a question is compared with those that are there. The question is never written down.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractContextManager
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from carecenter.core.errors import UserError
from carecenter.models.article import Article
from carecenter.models.centre import ArticleVector
from carecenter.server import bulk, embedding
from carecenter.server.embedding import Embedder
from carecenter.server.unit import Unit
from carecenter.wire import Near

if TYPE_CHECKING:
    from carecenter.server.embedding import Vectors

log = logging.getLogger(__name__)

A_MINUTE: Final = 120
"""Questions that an account has a minute; each process counts for itself."""

LOOK_SECONDS: Final = 10.0
"""How long it may be unknown that an article has changed."""

MOST_NEAR: Final = 30
_PIECE = 1  # articles that the model reads between two transactions; closing waits for so many
_MOST_PHRASES = 40
_CHUNK = 500
_LOW = 10
_NEAREST_PHRASES: Final = (0.5, 0.3, 0.2)  # one phrase may be near by chance, three are not
_PASSAGE: Final = 0.5  # what an article's text weighs beside its phrases
_SHARED: Final = 0.5  # of what all phrases here have in common is taken from a question: every caller says it


class Parts(NamedTuple):
    """The texts of an article that vectors are made of."""

    phrases: list[str]
    passages: list[str]


class Held(NamedTuple):
    """The vectors of an article; a whole one is of a passage."""

    version: int
    vectors: Vectors
    whole: list[bool]


class Index(NamedTuple):
    """All vectors under each other, and where those of each article lie; the last row is nobody's."""

    ids: list[str]
    vectors: Vectors
    phrases: Any
    passages: Any
    shared: Any


class Meaning:
    """The vectors of one centre. Safe to use from several threads; ``close`` ends its own."""

    def __init__(
        self,
        transaction: Callable[[], AbstractContextManager[Unit]],
        load: Callable[[], Embedder] = embedding.load,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        self._transaction = transaction
        self._load = load
        self._elapsed = elapsed
        self._embedder: Embedder | None = None
        self._held: dict[str, Held] = {}
        self._index: Index | None = None
        self._looked_at = float("-inf")
        self._thread: threading.Thread | None = None
        self._is_broken = False
        self._lock = threading.Lock()
        self._closed = threading.Event()

    @property
    def able(self) -> bool:
        """Whether the model is here, and as far as is known works."""
        return embedding.is_installed() and not self._is_broken

    def near(self, question: str) -> tuple[Near, ...]:
        """The nearest articles, best first; nothing while the model is still being loaded. Never blocks on it."""
        self._wake()
        embedder, index = self._embedder, self._index
        if embedder is None or index is None or not question.strip():
            return ()
        return _nearest(index, embedder.phrases([question]))

    def catch_up(self) -> None:
        """Bring every vector up to date. Raises what ``embedding.load`` and the database raise."""
        if self._embedder is None:
            try:
                self._embedder = self._load()
            except (ImportError, OSError, RuntimeError):
                self._is_broken = True
                raise
        versions = self._versions()
        self._held = {one: held for one, held in self._held.items() if one in versions}
        owed = [
            one for one, version in versions.items() if one not in self._held or self._held[one].version != version
        ]
        for chunk in _chunks(owed, _CHUNK):
            self._held |= self._kept(chunk, versions)
        self._index = _index(self._held) if owed or self._index is None else self._index
        missing = [one for one in owed if one not in self._held or self._held[one].version != versions[one]]
        with ThreadPoolExecutor(1, thread_name_prefix="meaning", initializer=_step_back) as reader:
            for piece in _chunks(missing, _PIECE):
                if self._closed.is_set():
                    return
                self._held |= self._made(piece, self._embedder, reader)
                self._index = _index(self._held)

    def close(self) -> None:
        """Nothing is made any more."""
        self._closed.set()
        thread = self._thread
        if thread is not None:
            thread.join()

    def _wake(self) -> None:
        with self._lock:
            busy = self._thread is not None and self._thread.is_alive()
            if busy or self._closed.is_set() or self._elapsed() - self._looked_at < LOOK_SECONDS:
                return
            self._looked_at = self._elapsed()
            self._thread = threading.Thread(target=self._work, name="meaning", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        try:
            self.catch_up()
        except UserError as error:  # the database is away: the next look tries again
            log.warning("meaning was not brought up to date: %s", type(error).__name__)
        except Exception as error:
            log.error("search by meaning does not work", exc_info=error)

    def _versions(self) -> dict[str, int]:
        with self._transaction() as unit:
            versions: dict[str, int] = dict(unit.session.execute(select(Article.id, Article.version)).all())
            unit.session.execute(delete(ArticleVector).where(ArticleVector.article_id.not_in(select(Article.id))))
            return versions

    def _kept(self, ids: list[str], versions: dict[str, int]) -> dict[str, Held]:
        statement = (
            select(ArticleVector)
            .where(ArticleVector.article_id.in_(ids), ArticleVector.model == embedding.MODEL)
            .order_by(ArticleVector.article_id, ArticleVector.number)
        )
        rows: dict[str, list[tuple[bytes, bool]]] = {}
        with self._transaction() as unit:
            for row in unit.session.scalars(statement):
                if row.version == versions[row.article_id]:
                    rows.setdefault(row.article_id, []).append((row.vector, row.whole))
        return {one: _held(versions[one], kept) for one, kept in rows.items()}

    def _made(self, ids: list[str], embedder: Embedder, reader: Executor) -> dict[str, Held]:
        """The vectors of some articles; they are computed between two transactions, so that nobody waits."""
        with self._transaction() as unit:
            found = unit.session.execute(
                select(Article.id, Article.version, Article.content).where(Article.id.in_(ids))
            )
            articles = [(one, version, parts_of(content)) for one, version, content in found]
        each = reader.map(partial(_rows, embedder), [parts for _, _, parts in articles])
        made = {one: (version, rows) for (one, version, _), rows in zip(articles, each, strict=True)}
        with self._transaction() as unit:
            for one, (version, rows) in made.items():
                _keep(unit.session, one, version, rows)
        return {one: _held(version, rows) for one, (version, rows) in made.items()}


def _step_back() -> None:
    """Whoever asks comes first. Only who computes steps back: who waits for the processor in the middle of a
    transaction would keep everybody from writing."""
    if sys.platform == "linux":  # where a thread has a priority of its own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _LOW)


def parts_of(content: dict[str, Any]) -> Parts:
    """How callers ask for an article, and what it says, in each of its languages."""
    phrases: list[str] = []
    passages: list[str] = []
    for fields in content.values():
        title, summary = str(fields.get("title", "")), str(fields.get("summary", ""))
        asked = [str(question) for question in fields.get("questions", ())]
        lines = [line for line in summary.splitlines() if line.strip()]
        if asked or len(lines) > 1:
            phrases += [title, *asked, *(lines if len(lines) > 1 else ())]
        passages.append(f"{title}\n{summary}")
    return Parts([phrase for phrase in phrases if phrase.strip()][:_MOST_PHRASES], passages)


def _rows(embedder: Embedder, parts: Parts) -> list[tuple[bytes, bool]]:
    phrases = [(_packed(vector), False) for vector in embedder.phrases(parts.phrases)] if parts.phrases else []
    return phrases + [(_packed(vector), True) for vector in embedder.passages(parts.passages)]


def _keep(session: Session, article_id: str, version: int, rows: list[tuple[bytes, bool]]) -> None:
    session.execute(delete(ArticleVector).where(ArticleVector.article_id == article_id))
    values = [
        {
            "article_id": article_id,
            "number": number,
            "version": version,
            "model": embedding.MODEL,
            "whole": whole,
            "vector": vector,
        }
        for number, (vector, whole) in enumerate(rows)
    ]
    # Another process may have made the same at the same moment.
    bulk.insert(session, ArticleVector, values, replace=("version", "model", "whole", "vector"))


def _packed(vector: Any) -> bytes:
    """A byte a number, of which the largest is 127; the length is one again when it is read."""
    import numpy as np

    packed: bytes = np.rint(vector * (127 / max(float(np.abs(vector).max()), 1e-6))).astype(np.int8).tobytes()
    return packed


def _held(version: int, rows: list[tuple[bytes, bool]]) -> Held:
    import numpy as np

    read = np.array([np.frombuffer(vector, dtype=np.int8) for vector, _ in rows], dtype=np.float32)
    return Held(version, embedding.units(read), [whole for _, whole in rows])


def _index(held: dict[str, Held]) -> Index | None:
    import numpy as np

    if not held:
        return None
    ids = list(held)
    vectors = np.concatenate([held[one].vectors for one in ids])
    starts = np.cumsum([0, *(len(held[one].whole) for one in ids)])
    places: dict[bool, list[list[int]]] = {True: [], False: []}
    for one, start in zip(ids, starts[:-1], strict=True):
        for kind, listed in places.items():
            listed.append([int(start) + at for at, whole in enumerate(held[one].whole) if whole is kind])
    nobody = len(vectors)
    return Index(
        ids=ids,
        vectors=np.vstack([vectors, np.zeros((1, vectors.shape[1]), dtype=np.float32)]),
        phrases=_padded(places[False], nobody, len(_NEAREST_PHRASES)),
        passages=_padded(places[True], nobody, 1),
        shared=vectors[[place for listed in places[False] for place in listed]].sum(axis=0)
        / max(1, sum(map(len, places[False]))),
    )


def _padded(places: list[list[int]], nobody: int, least: int) -> Any:
    import numpy as np

    width = max(least, *map(len, places))
    return np.array([row + [nobody] * (width - len(row)) for row in places])


def _nearest(index: Index, question: Any) -> tuple[Near, ...]:
    """An article is as near as its three nearest phrases and its text; one without phrases as near as its text."""
    import numpy as np

    alike = index.vectors @ embedding.units(question - _SHARED * index.shared)[0]
    alike[-1] = -np.inf
    weights = np.array(_NEAREST_PHRASES, dtype=np.float32)
    phrases = -np.sort(-alike[index.phrases], axis=1)[:, : len(weights)]
    there = np.isfinite(phrases)
    weighed = np.where(there, weights, 0)
    asked = np.where(there, phrases, 0) * weighed
    by_phrases = asked.sum(axis=1) / np.maximum(weighed.sum(axis=1), 1e-6)
    by_passage = alike[index.passages].max(axis=1)
    scores = np.where(there[:, 0], (1 - _PASSAGE) * by_phrases + _PASSAGE * by_passage, by_passage)
    best = np.argsort(-scores)[:MOST_NEAR]
    return tuple(Near(id=index.ids[place], likeness=round(float(scores[place]), 4)) for place in best)


def _chunks(ids: list[str], size: int) -> Iterable[list[str]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))
