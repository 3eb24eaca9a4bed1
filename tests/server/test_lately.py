"""Held feeds of many workstations: what is remembered of a reader, and when it is looked up again."""

import pytest

from carecenter.models.engine import memory_engine
from carecenter.server.lately import KNOWN_SECONDS, Lately, Read
from carecenter.server.scopes import EVERYONE
from carecenter.wire import FeedPage, FeedRequest
from tests.houses import START

HEADS = {EVERYONE: 7, "queue:general": 3}


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
    return Lately(memory_engine(), elapsed)


def _request(queue: int = 3) -> FeedRequest:
    return FeedRequest(after={EVERYONE: 7, "queue:general": queue}, hold=25.0)


def _page() -> FeedPage:
    after = _request().after
    return FeedPage(
        generation="g", after=after, upto=after, rows=(), scopes=tuple(after), more=False, behind=0, at=START
    )


def test_a_reader_is_known_for_two_seconds(lately: Lately, elapsed: Elapsed) -> None:
    lately.remember("token", _page(), HEADS)
    assert lately.reader("token", _request(), HEADS) is not None
    assert lately.reader("another", _request(), HEADS) is None
    elapsed.seconds = KNOWN_SECONDS
    assert lately.reader("token", _request(), HEADS) is None


def test_what_is_published_to_everyone_may_be_about_the_readers_rights(lately: Lately) -> None:
    lately.remember("token", _page(), HEADS)
    assert lately.reader("token", _request(), {**HEADS, EVERYONE: 8}) is None
    assert lately.reader("token", _request(), {**HEADS, "queue:general": 4}) is not None


def test_another_scope_than_those_looked_up_is_looked_up(lately: Lately) -> None:
    lately.remember("token", _page(), HEADS)
    more = FeedRequest(after={**_request().after, "queue:confidential": 0}, hold=25.0)
    assert lately.reader("token", more, HEADS) is None


def test_a_token_that_ended_is_not_known(lately: Lately) -> None:
    lately.remember("token", _page(), HEADS)
    lately.forget("token")
    assert lately.reader("token", _request(), HEADS) is None


def test_a_page_is_read_once_for_all_who_stand_at_the_same_place(lately: Lately) -> None:
    looked: list[dict[str, int]] = []

    def look(after: dict[str, int]) -> Read:
        looked.append(after)
        return (), {"queue:general": len(looked) + 3}, 0

    assert lately.read(_request(), HEADS, look) == ((), _request().after, 0)
    assert looked == []
    news = {**HEADS, "queue:general": 4}
    assert [lately.read(_request(), news, look)[1]["queue:general"] for _ in range(3)] == [4, 4, 4]
    assert looked == [{"queue:general": 3}]
    lately.read(_request(), {**news, "queue:general": 5}, look)
    lately.read(_request(2), news, look)
    assert len(looked) == 3


def test_a_request_that_is_not_held_is_answered_the_long_way(lately: Lately) -> None:
    assert lately.heads(FeedRequest(after={EVERYONE: 0})) is None
