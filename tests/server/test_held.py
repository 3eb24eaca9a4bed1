"""When a held feed tells what is new: everybody of the same queues at the same moment."""

from __future__ import annotations

from carecenter.server.held import COALESCE, until_told
from carecenter.wire import FeedRequest

NOWS = (0.0, 0.1, 7.3, 1_000.05, 86_400.49)


def _asks(*queues: str, account: str = "sara") -> FeedRequest:
    scopes = ("everyone", *(f"queue:{queue}" for queue in queues), f"account:{account}")
    return FeedRequest(after=dict.fromkeys(scopes, 0), hold=25)


def test_those_of_the_same_queues_are_told_at_the_same_moment() -> None:
    for now in NOWS:
        moment = now + until_told(_asks("general", "bodies"), now)
        for later in (0.0, 0.01, 0.02):
            at = now + min(later, moment - now)
            other = until_told(_asks("bodies", "general", account="ali"), at)
            assert round((at + other - moment) % COALESCE, 6) in {0.0, COALESCE}


def test_nobody_waits_longer_than_once() -> None:
    for now in NOWS:
        for queue in map(str, range(50)):
            assert 0 < until_told(_asks(queue), now) <= COALESCE


def test_not_everybody_is_told_at_once() -> None:
    assert len({round(until_told(_asks(str(number)), 0.0), 4) for number in range(20)}) > 10
