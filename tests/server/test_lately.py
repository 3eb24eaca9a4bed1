"""Held feeds of many workstations: what is remembered of a reader, and when it is looked up again."""

import msgspec
import pytest

from carecenter.models.engine import memory_engine
from carecenter.server.bell import Bell, Heads, session_of
from carecenter.server.feed import Page, Rows
from carecenter.server.lately import KNOWN_SECONDS, Lately
from carecenter.server.scopes import EVERYONE
from carecenter.wire import FeedRequest
from tests.houses import START

QUEUE, OWN = "queue:general", "account:sara"
HEADS = {EVERYONE: 7, QUEUE: 3, OWN: 0, session_of("sara"): 0}


class Elapsed:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def elapsed() -> Elapsed:
    return Elapsed()


@pytest.fixture
def lately(elapsed: Elapsed) -> Lately:
    return Lately(Bell(memory_engine()), elapsed)


def _request(queue: int = 3) -> FeedRequest:
    return FeedRequest(after={EVERYONE: 7, QUEUE: queue, OWN: 0}, hold=25.0)


def _known(lately: Lately, heads: Heads | None = None) -> bool:
    return lately.reader("token", _request(), HEADS | (heads or {})) is not None


def _remember(lately: Lately) -> None:
    after = _request().after
    page = Page(
        generation="g",
        after=after,
        upto=after,
        rows=msgspec.Raw(b"[]"),
        scopes=tuple(after),
        more=False,
        behind=0,
        at=START,
    )
    lately.remember("token", page, HEADS)


def test_a_reader_is_known_for_half_a_minute(lately: Lately, elapsed: Elapsed) -> None:
    _remember(lately)
    assert _known(lately)
    assert lately.reader("another", _request(), HEADS) is None
    elapsed.seconds = KNOWN_SECONDS
    assert not _known(lately)


def test_what_is_published_to_everyone_may_be_about_the_readers_rights(lately: Lately) -> None:
    _remember(lately)
    assert not _known(lately, {EVERYONE: 8})
    assert _known(lately, {QUEUE: 4})


def test_who_is_signed_out_somewhere_is_looked_up_at_once(lately: Lately) -> None:
    _remember(lately)
    assert not _known(lately, {session_of("sara"): 1})


def test_another_scope_than_those_looked_up_is_looked_up(lately: Lately) -> None:
    _remember(lately)
    more = FeedRequest(after={**_request().after, "queue:confidential": 0}, hold=25.0)
    assert lately.reader("token", more, {**HEADS, "queue:confidential": 0}) is None


def test_a_token_that_ended_is_not_known(lately: Lately) -> None:
    _remember(lately)
    lately.forget("token")
    assert not _known(lately)


def test_while_the_bell_is_not_heard_everybody_is_looked_up(lately: Lately) -> None:
    _remember(lately)
    assert lately.heads(_request()) is None
    assert lately.reader("token", _request(), None) is None


def test_a_page_is_there_for_all_who_stand_at_the_same_place(lately: Lately) -> None:
    nothing = lately.rows(_request(), HEADS)
    assert nothing is not None
    assert nothing.count == 0
    news, rows = {**HEADS, QUEUE: 4}, Rows(b"[{}]", 1, {QUEUE: 4}, 0)
    assert lately.rows(_request(), news) is None
    lately.keep(lately.place(_request(), news), rows)
    assert lately.rows(_request(), news) is rows
    assert lately.rows(_request(), {**news, QUEUE: 5}) is None, "there is more by now"
    assert lately.rows(_request(2), news) is None, "somebody who stands elsewhere"


def test_a_large_page_is_not_kept(lately: Lately) -> None:
    news = {**HEADS, QUEUE: 4}
    lately.keep(lately.place(_request(), news), Rows(b"[]", 2_000, {QUEUE: 4}, 0))
    assert lately.rows(_request(), news) is None


def test_a_request_that_is_not_held_is_answered_the_long_way(lately: Lately) -> None:
    assert lately.heads(FeedRequest(after={EVERYONE: 0})) is None
