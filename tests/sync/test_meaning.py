"""The centre asked what a question means, from a desk: on its own or over HTTP, and whatever may go wrong."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from carecenter.core.errors import Busy, NotFound, Unreachable
from carecenter.sync.http import HttpTransport
from carecenter.sync.in_process import InProcess
from carecenter.sync.meaning import Meaning
from carecenter.sync.network import Network
from carecenter.wire import MeaningAnswer, MeaningRequest, Near
from tests.houses import House, house
from tests.server.serving import serving


class Oracle(InProcess):
    """A way to a centre whose answers a test decides; it answers once `let` is set."""

    def __init__(self, built: House) -> None:
        super().__init__(built.centre)
        self.asked: list[str] = []
        self.fault: Exception | None = None
        self.answer = MeaningAnswer(articles=(Near(id="card", likeness=0.5),))
        self.let = threading.Event()
        self.let.set()

    def meaning(self, token: str, request: MeaningRequest) -> MeaningAnswer:
        self.asked.append(request.question)
        self.let.wait(20)
        if self.fault is not None:
            raise self.fault
        return self.answer


@pytest.fixture
def built(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as made:
        made.account("sara")
        yield made


@pytest.fixture
def oracle(built: House) -> Oracle:
    return Oracle(built)


@pytest_asyncio.fixture
async def meaning(oracle: Oracle) -> AsyncIterator[Meaning]:
    network = Network(oracle)
    yield Meaning(network, "token")
    oracle.let.set()
    await network.close()


@pytest.mark.asyncio
async def test_the_nearest_come_with_their_likeness(meaning: Meaning) -> None:
    assert await meaning.near("lost wallet") == {"card": 0.5}


@pytest.mark.asyncio
@pytest.mark.parametrize("fault", [Unreachable("away"), Busy("busy", retry_after=1), RuntimeError("a defect")])
async def test_whatever_goes_wrong_is_an_empty_answer(meaning: Meaning, oracle: Oracle, fault: Exception) -> None:
    oracle.fault = fault
    assert await meaning.near("lost wallet") == {}
    oracle.fault = None
    assert await meaning.near("lost wallet") == {"card": 0.5}


@pytest.mark.asyncio
@pytest.mark.parametrize("fault", [NotFound("an older centre"), None])
async def test_a_centre_that_cannot_is_asked_once(
    meaning: Meaning, oracle: Oracle, fault: Exception | None
) -> None:
    oracle.fault, oracle.answer = fault, MeaningAnswer(able=False)
    for _ in range(3):
        assert await meaning.near("lost wallet") == {}
    assert oracle.asked == ["lost wallet"]


@pytest.mark.asyncio
async def test_who_goes_on_typing_leaves_no_queue_at_a_slow_centre(meaning: Meaning, oracle: Oracle) -> None:
    oracle.let.clear()
    for typed in ("l", "lo", "los", "lost"):
        task = asyncio.ensure_future(meaning.near(typed))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
    last = asyncio.ensure_future(meaning.near("lost wallet"))
    oracle.let.set()
    assert await last == {"card": 0.5}
    assert oracle.asked == ["l", "lost wallet"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(st.text(max_size=50))
@example("")
@example("\ud800 card \udfff \0")
@example("x" * 10_000)
def test_whatever_is_typed_can_be_sent(built: House, oracle: Oracle, line: str) -> None:
    async def ask() -> None:
        network = Network(oracle)
        await Meaning(network, "token").near(line)
        await network.close()

    asyncio.run(ask())
    sara = built.seat("sara")
    for question in oracle.asked:
        assert not InProcess(built.centre).meaning(sara.signed_in.token, MeaningRequest(question=question)).able
    oracle.asked.clear()


def test_over_http_it_is_the_same(built: House) -> None:
    sara = built.seat("sara")
    with serving(built.centre) as service:
        transport = HttpTransport(service.url)
        request = MeaningRequest(question="ضيعت بوكي")
        assert transport.meaning(sara.signed_in.token, request) == MeaningAnswer(able=False)
        transport.close()
