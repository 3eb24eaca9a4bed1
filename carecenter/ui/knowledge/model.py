"""What the knowledge pane and page know: the question asked, what it found, the article opened. No widgets.

Asking the store is a coroutine; that only the latest question counts is the callers' matter (`Tasks.latest`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from carecenter.core import text
from carecenter.core.terms import ArticleKind, RequestState
from carecenter.operations.requests import SettleRequest
from carecenter.queries import articles, requests, search, search_fusion
from carecenter.queries.articles import ArticleRow, ArticleView
from carecenter.queries.requests import RequestRow, Settled
from carecenter.queries.search import Answer
from carecenter.store.desk import Desk
from carecenter.ui.knowledge.narrowing import Narrowing
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
        self.results: tuple[Answer, ...] = ()
        self.question = ""
        self.asked = False
        """Whether a person asked, rather than the notes being followed."""
        self.answered = True
        """Whether the results answer the question; else they are what comes nearest to it."""
        self.narrowing = Narrowing()
        self.found: tuple[Answer, ...] = ()
        """The answers before they are narrowed."""
        self._leading = self._led = ""
        """The best by words: of the last question, and of the one that the list answers."""

    async def ask(self, question: str, *, asked: bool) -> bool:
        """Looks for answers; tells whether the list is another one now.

        Notes leave the list as it is while the best answer to them is the same, and where they lead to nothing:
        what was found before is nearer than nothing.
        """
        everything = await self._answers(question)
        found = self._chosen(everything)
        followed, self.asked = not asked and not self.asked, asked
        self._leading = _first(found)
        if not asked and question and (not found or (followed and self._leading == self._led)):
            return False
        answered = bool(everything) or not question
        if not answered:
            found = await self._desk.ask(search.alike, question)
        return self._show(question, everything, found, answered=answered)

    async def refine(self, question: str, *, following: bool, at_hand: Callable[[], str]) -> bool:
        """Puts what the centre finds by meaning among the answers; tells whether the list is another one now.

        ``following``: the notes, which leave the list as it is while the best answer is the same. `at_hand` says
        which row somebody is about to choose when the list is ready: it stays in its place.
        """
        near = await meant(self._desk, question)
        if not near:
            return False
        everything = await self._answers(question, near)
        found = {answer.article.id: answer for answer in self._chosen(everything)}
        shown = {answer.article.id: answer for answer in self.results}
        order = search_fusion.keeping(list(found), list(shown), at_hand())
        if not found or (following and order[0] == _first(self.results)):
            return False
        results = tuple((shown | found)[one] for one in order)
        return self._show(question, everything, results, answered=True)

    async def _answers(self, question: str, near: Mapping[str, float] | None = None) -> tuple[Answer, ...]:
        limit = _MOST_FOUND if self.narrowing.chosen else search.PER_GROUP
        return await self._desk.ask(search.answers, question, near, limit) if question else ()

    def _chosen(self, answers: tuple[Answer, ...]) -> tuple[Answer, ...]:
        return tuple(one for one in answers if self.narrowing.fits(one.article))[: search.PER_GROUP]

    def _show(
        self, question: str, found: tuple[Answer, ...], results: tuple[Answer, ...], *, answered: bool
    ) -> bool:
        changed = (results, answered) != (self.results, self.answered)
        self.question, self.found, self.results, self.answered = question, found, results, answered
        self._led = self._leading
        return changed

    async def renew(self) -> bool:
        """Asks again after the articles or what is chosen changed; tells whether the list is another one now."""
        asked, self.asked = self.asked, True  # the list itself is wanted, not what is new at its head
        return await self.ask(self.question, asked=asked)

    def stems(self, article_id: str) -> frozenset[str]:
        """Of the words by which an article was found; none for one that was not."""
        return next((answer.stems for answer in self.results if answer.article.id == article_id), frozenset())


def _first(answers: tuple[Answer, ...]) -> str:
    return answers[0].article.id if answers else ""


class Library:
    """The articles as they are browsed: by kind, body, audience and channel, by question."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.kind: ArticleKind | None = None
        self.narrowing = Narrowing()
        self.question = ""
        self.answers: dict[str, Answer] = {}
        """Why an article was found, by its id; empty without a question."""
        self.answered = True
        """Whether the rows answer the question; else they are what comes nearest to it."""
        self.rows: tuple[ArticleRow, ...] = ()
        self.bodies: tuple[ArticleRow, ...] = ()
        """One article of each body that has any: it carries the body's names."""
        self.found: tuple[ArticleRow, ...] = ()
        """The rows before they are narrowed."""
        self.audiences: tuple[str, ...] = ()
        self.channels: tuple[str, ...] = ()
        self.loaded = False

    async def renew(self) -> None:
        """Brings everything up to date with what is chosen."""
        everything = await self._desk.ask(articles.browse)
        self.bodies = tuple({row.body_code: row for row in everything if row.body_code}.values())
        self.audiences = tuple(sorted({code for row in everything for code in row.audience}))
        self.channels = tuple(sorted({code for row in everything for code in row.channels}))
        answers: tuple[Answer, ...] = ()
        self.found, self.answered = everything, True
        if self.question:
            answers = await self._desk.ask(search.answers, self.question, limit=_MOST_FOUND)
            self.answered = bool(answers)
            if not answers:
                answers = await self._desk.ask(search.alike, self.question)
            self.found = tuple(answer.article for answer in answers)
        self.answers = {answer.article.id: answer for answer in answers}
        self.rows = tuple(row for row in self.found if self._is_chosen(row))
        self.loaded = True

    async def refine(self, at_hand: Callable[[], str]) -> bool:
        """What the question means has its say, as in `KnowledgeBeside.refine`; tells whether the list is another
        one now."""
        near = await meant(self._desk, self.question)
        if not near:
            return False
        answers = await self._desk.ask(search.answers, self.question, near, _MOST_FOUND)
        if not answers:
            return False
        found = {answer.article.id: answer for answer in answers}
        chosen = [one for one, answer in found.items() if self._is_chosen(answer.article)]
        shown = {row.id: row for row in self.rows}
        order = search_fusion.keeping(chosen, list(shown), at_hand())
        rows = tuple(found[one].article if one in found else shown[one] for one in order)
        changed = (rows, found) != (self.rows, self.answers)
        self.answered = True
        self.found = tuple(answer.article for answer in answers)
        self.answers = self.answers | found
        self.rows = rows
        return changed

    def show_all(self) -> None:
        """Nothing is chosen any more."""
        self.kind, self.narrowing = None, Narrowing()

    def stems(self, article_id: str) -> frozenset[str]:
        """Of the words by which an article was found; none for one that was not."""
        found = self.answers.get(article_id)
        return found.stems if found else frozenset()

    def _is_chosen(self, row: ArticleRow) -> bool:
        return self.kind in (None, row.kind) and self.narrowing.fits(row)


class AskedInVain:
    """What callers ask and no article answers, for those who edit or lead."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.rows: tuple[RequestRow, ...] = ()

    @property
    def allowed(self) -> bool:
        """Whether it is this account's matter."""
        return requests.may_see(self._desk.viewer)

    async def renew(self) -> None:
        """Brings `rows` up to date."""
        self.rows = await self._desk.ask(requests.unanswered)

    def row(self, matter: str) -> RequestRow | None:
        """The requests of one matter, while any is open."""
        return next((row for row in self.rows if row.matter == matter), None)

    async def settle(self, row: RequestRow, article_id: str | None) -> None:
        """Every request of a matter is answered by an article, or nothing for the centre."""
        now = RequestState.ANSWERED if article_id else RequestState.NOT_OURS
        for request_id in row.request_ids:
            was = RequestState.OPEN
            settling = SettleRequest(request_id=request_id, was=was, now=now, article_id=article_id)
            await self._desk.perform(settling)

    async def settled_with(self, article_id: str) -> tuple[Settled, ...]:
        """Questions that were settled with an article and might be added to it."""
        return await self._desk.ask(requests.settled_with, article_id)


async def opened(desk: Desk, article_id: str) -> ArticleView:
    """The article in both languages. Raises `NotFound`."""
    return await desk.ask(articles.article, article_id)
