"""Bad bytes: whatever is sent to whatever endpoint, the centre answers, keeps nothing by halves, and goes on.

The bodies are real ones with bytes changed, cut, doubled and put where they do not belong.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import requests
from sqlalchemy import select

from carecenter.models.centre import OpLog
from carecenter.server.endpoints import ENDPOINTS
from carecenter.wire import (
    BlockRequest,
    ChallengeRequest,
    FeedRequest,
    Hello,
    LookupRequest,
    ManifestRequest,
    MeaningRequest,
    OpenFound,
    Pushed,
    SealedKeys,
    SignIn,
)
from tests.houses import Seat, open_ticket
from tests.sync.halls import Hall, hall, long, seeds, told

_STRANGE: tuple[Any, ...] = (
    None, True, -1, 2**63, 1e308, "", "\x00", "\ud83d\ude00" * 40, "x" * 5_000, [], {}, [[[[]]]], {"a": None},
)  # fmt: skip


@pytest.fixture
def built(tmp_path: Path, postgres_url: str) -> Iterator[Hall]:
    with hall(tmp_path, postgres_url) as opened:
        yield opened


def _good(seat: Seat) -> dict[str, bytes]:
    """Endpoint → a body that it would take."""
    seat.perform(open_ticket())
    push = msgspec.structs.replace(seat.workstation.next_push(), sealed=("bm90IHNlYWxlZA==",))
    bodies = {
        "challenge": ChallengeRequest(device_id="d"),
        "sign-in": SignIn(name="nobody", password="wrong", device_id="d", device_name="n"),
        "hello": Hello(version="1"),
        "operations": push,
        "feed": FeedRequest(after=dict.fromkeys(seat.scopes, 0)),
        "manifest": ManifestRequest(scopes=seat.scopes),
        "keys": SealedKeys(sealed="bm90IHNlYWxlZA=="),
        "reference-blocks": BlockRequest(count=1),
        "lookup": LookupRequest(question="99887766"),
        "meaning": MeaningRequest(question="99887766"),
        "open-found": OpenFound(entity="ticket", id="ticket"),
    }
    return {name: msgspec.json.encode(body) for name, body in bodies.items()}


def _spoilt(body: bytes, rng: random.Random) -> bytes:
    kind = rng.randrange(6)
    at = rng.randrange(len(body))
    if kind == 0:
        return body[:at]
    if kind == 1:
        return body[:at] + rng.randbytes(rng.randint(1, 8)) + body[at + 1 :]
    if kind == 2:
        return rng.randbytes(rng.randrange(200))
    if kind == 3:
        return body + body[at:]
    if kind == 4:
        return b"[" * rng.randint(1, 3_000)
    return json.dumps(_twisted(json.loads(body), rng)).encode()


def _twisted(value: Any, rng: random.Random) -> Any:
    """The same document with something strange at one place."""
    if rng.random() < 0.2 or not value or not isinstance(value, dict | list):
        return rng.choice(_STRANGE)
    places: Any = list(value) if isinstance(value, dict) else range(len(value))
    place = rng.choice(places)
    copy: Any = value.copy()
    copy[place] = _twisted(value[place], rng)
    return copy


def test_whatever_is_sent_the_centre_answers_and_keeps_nothing_by_halves(built: Hall) -> None:
    built.account("sara")
    seat = built.seat("sara")
    good = _good(seat)
    names = sorted(good)
    assert set(names) == {endpoint.name for endpoint in ENDPOINTS if endpoint.request is not None}
    met: Counter[int] = Counter()
    judged: set[str] = set()
    with requests.Session() as session:
        session.trust_env = False
        for seed in seeds(5_000, 100_000):
            rng = random.Random(seed)
            name = names[seed % len(names)]
            body = _spoilt(good[name], rng)
            answer = session.post(
                f"{built.running.url}/v1/{name}",
                data=body,
                headers={
                    "Content-Type": "application/json",
                    "Authorization": f"Bearer {seat.signed_in.token}",
                    **({"Content-Encoding": "gzip"} if rng.random() < 0.02 else {}),
                },
                timeout=30,
            )
            assert answer.status_code < 500, f"seed {seed}: {name} {answer.status_code}"
            met[answer.status_code] += 1
            if name == "operations" and answer.ok:
                pushed = msgspec.json.decode(answer.content, type=Pushed)
                judged |= {result.op_id for result in pushed.results}
    told(f"bad bytes: {sum(met.values())} bodies {dict(sorted(met.items()))}")
    assert met[400] > long(1_000, 20_000)

    assert _logged(built) <= judged
    assert built.count("ticket") <= 1
    assert built.count("ticket") == built.count("ticket_entry")
    seat.synchronise()
    assert seat.workstation.queue().waiting == 0


def _logged(built: Hall) -> set[str]:
    with built.engine.begin() as connection:
        return set(connection.execute(select(OpLog.op_id)).scalars())
