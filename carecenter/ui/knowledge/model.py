"""What the knowledge pane and page know: the question asked, what it found, the article opened. No widgets.

Asking the store is a coroutine; that only the latest question counts is the callers' matter (`Tasks.latest`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from carecenter.core import text
from carecenter.core.terms import ArticleKind
from carecenter.queries import articles, search, search_fusion
from carecenter.queries.articles import ArticleRow, ArticleView
from carecenter.store.desk import Desk
from carecenter.ui.views.meant import meant

MOST_WORDS: Final = 12
"""How many words of the notes are asked about: what is typed now matters, not how the call began."""
_MOST_FOUND: Final = 50


def question_of(notes: str) -> str:
    """The end of the notes, as a question."""
    return " ".join(text.tokens(notes)[-MOST_WORDS:])


class KnowledgeBeside:
    """The answers beside a call. Notes are followed as long as no question of its own was asked."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.results: tuple[ArticleRow, ...] = ()
        self.by_meaning: frozenset[str] = frozenset()
        """The ids of those that are there for what they mean."""
        self.question = ""
        self.asked = False
        """Whether a person asked, rather than the notes being followed."""

    async def ask(self, question: str, *, asked: bool) -> bool:
        """Looks for answers; tells whether the list is another one now.

        Notes that lead to nothing leave the list as it is: what was found before is nearer than nothing.
        """
        found = await self._desk.ask(search.knowledge, question) if question else ()
        self.asked = asked
        if not asked and question and not found:
            return False
        self.question = question
        changed = found != self.results
        self.results = found
        self.by_meaning = frozenset()
        return changed

    async def refine(self, question: str, *, asked: bool, at_hand: Callable[[], str]) -> bool:
        """Puts what the centre finds by meaning among the answers; tells whether the list is another one now.

        `at_hand` says which row somebody is about to choose when the list is ready: it stays in its place.
        """
        near = await meant(self._desk, question)
        if not near:
            return False
        answers = await self._desk.ask(search.answers, question, near)
        kept, shown = at_hand(), {row.id: row for row in self.results}
        found = shown | {answer.article.id: answer.article for answer in answers}
        order = search_fusion.keeping([answer.article.id for answer in answers], list(shown), kept)
        results = tuple(found[one] for one in order)
        by_meaning = frozenset(answer.article.id for answer in answers if answer.why is search.Why.MEANING)
        changed = (results, by_meaning) != (self.results, self.by_meaning)
        self.question, self.asked = question, asked
        self.results, self.by_meaning = results, by_meaning
        return changed

    async def renew(self) -> bool:
        """Asks again after the articles changed; tells whether the list is another one now."""
        return await self.ask(self.question, asked=self.asked)


class Library:
    """The articles as they are browsed: by kind, by body, by question."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.kind: ArticleKind | None = None
        self.body_code: str | None = None
        self.question = ""
        self.rows: tuple[ArticleRow, ...] = ()
        self.bodies: tuple[ArticleRow, ...] = ()
        """One article of each body that has any: it carries the body's names."""
        self.loaded = False

    async def renew(self) -> None:
        """Brings `rows` and `bodies` up to date with what is chosen."""
        everything = await self._desk.ask(articles.browse)
        bodies = {row.body_code: row for row in everything if row.body_code}
        found = everything
        if self.question:
            found = await self._desk.ask(search.knowledge, self.question, _MOST_FOUND)
        self.bodies = tuple(bodies.values())
        self.rows = tuple(row for row in found if self._is_chosen(row))
        self.loaded = True

    async def refine(self, at_hand: Callable[[], str]) -> bool:
        """What the question means has its say, as in `KnowledgeBeside.refine`; tells whether `rows` are others."""
        near = await meant(self._desk, self.question)
        if not near:
            return False
        answers = await self._desk.ask(search.answers, self.question, near, _MOST_FOUND)
        chosen = {answer.article.id: answer.article for answer in answers if self._is_chosen(answer.article)}
        shown = {row.id: row for row in self.rows}
        order = search_fusion.keeping(list(chosen), list(shown), at_hand())
        rows = tuple((shown | chosen)[one] for one in order)
        changed = rows != self.rows
        self.rows = rows
        return changed

    def _is_chosen(self, row: ArticleRow) -> bool:
        of_kind = self.kind is None or row.kind is self.kind
        return of_kind and (self.body_code is None or row.body_code == self.body_code)


async def opened(desk: Desk, article_id: str) -> ArticleView:
    """The article in both languages. Raises `NotFound`."""
    return await desk.ask(articles.article, article_id)
