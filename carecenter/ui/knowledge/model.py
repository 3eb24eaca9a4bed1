"""What the knowledge pane and page know: the question asked, what it found, the article opened. No widgets.

Asking the store is a coroutine; that only the latest question counts is the callers' matter (`Tasks.latest`).
"""

from __future__ import annotations

from typing import Final

from carecenter.core import text
from carecenter.core.terms import ArticleKind
from carecenter.queries import articles, search
from carecenter.queries.articles import ArticleRow, ArticleView
from carecenter.store.desk import Desk

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

    def _is_chosen(self, row: ArticleRow) -> bool:
        of_kind = self.kind is None or row.kind is self.kind
        return of_kind and (self.body_code is None or row.body_code == self.body_code)


async def opened(desk: Desk, article_id: str) -> ArticleView:
    """The article in both languages. Raises `NotFound`."""
    return await desk.ask(articles.article, article_id)
