"""The centre keeps to its own OpenAPI document: bodies made from it are answered as it says, spoilt ones refused.

A centre that guesses what a spoilt body meant, or fails inside at a strange one, must fail the same proof.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import jsonschema
import msgspec
import pytest
import requests
from hypothesis import HealthCheck, Phase, assume, given
from hypothesis import strategies as st

from carecenter.server import bodies, openapi
from carecenter.server.centre import Centre
from carecenter.server.endpoints import ENDPOINTS, SIGN_IN, Endpoint
from carecenter.wire import Manifest, ManifestRequest, Message, Problem
from tests.houses import Seat, open_ticket
from tests.sync.halls import Hall, hall, long, seeds, told

_DOCUMENT: dict[str, Any] = json.loads(openapi.document())
_SCHEMAS: dict[str, Any] = _DOCUMENT["components"]["schemas"]
_ASKED = tuple(endpoint for endpoint in ENDPOINTS if endpoint.request is not None)
_FREE = {"operations"}
"""Endpoints with fields of which the document says less than the centre knows: a moment is a string there."""

_texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=40)
_anything: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner, max_size=3),
    max_leaves=6,
)


def _made(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """What a schema of this document allows; an example of its own now and then."""
    if "$ref" in schema:
        named = _SCHEMAS[schema["$ref"].rpartition("/")[2]]
        return _made(named) | st.sampled_from(named.get("examples") or [{}]).filter(bool)
    if "anyOf" in schema:
        return st.one_of([_made(one) for one in schema["anyOf"]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if schema.get("type") == "object":
        return _object(schema)
    if schema.get("type") == "array":
        return st.lists(_made(schema["items"]), max_size=4)
    return _plain(schema)


def _plain(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    least, most, longest = schema.get("minimum"), schema.get("maximum"), schema.get("maxLength")
    kinds: dict[str | None, st.SearchStrategy[Any]] = {
        "string": _texts.map(lambda text: text[:longest]),
        "integer": st.integers(-(2**63) if least is None else least, 2**63 - 1 if most is None else most),
        "number": st.floats(least, most, allow_nan=False, allow_infinity=False),
        "null": st.none(),
        "boolean": st.booleans(),
        None: _anything,
    }
    return kinds[schema.get("type")]


def _object(schema: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    if "properties" not in schema:
        return st.dictionaries(_texts, _made(schema.get("additionalProperties", {})), max_size=5)
    fields = {name: _made(one) for name, one in schema["properties"].items()}
    needed = {name: fields[name] for name in schema.get("required", ())}
    return st.fixed_dictionaries(needed, optional={name: fields[name] for name in fields.keys() - needed.keys()})


@st.composite
def _bodies(draw: st.DrawFn, endpoint: Endpoint) -> Any:
    """A body as the document wants it, or one with places taken away or filled with something else."""
    assert endpoint.request is not None
    body = draw(_made({"$ref": f"#/components/schemas/{endpoint.request.__name__}"}))
    for _ in range(draw(st.integers(0, 2))):
        body = _spoilt(draw, body)
    return body


def _spoilt(draw: st.DrawFn, value: Any) -> Any:
    if not value or not isinstance(value, dict | list) or draw(st.integers(0, 5)) == 0:
        return draw(_anything)
    place: Any = draw(st.sampled_from(sorted(value) if isinstance(value, dict) else range(len(value))))
    copy: Any = value.copy()
    if draw(st.booleans()):
        del copy[place]
    else:
        copy[place] = _spoilt(draw, value[place])
    return copy


def _fits(kind: type[Message] | None, value: Any) -> bool:
    if kind is None:
        return bool(value == {})
    schema = {"$ref": f"#/components/schemas/{kind.__name__}", "components": _DOCUMENT["components"]}
    return bool(jsonschema.Draft202012Validator(schema).is_valid(value))


class Asker:
    """Somebody signed in who asks, and looks whether the answer is one of the document's."""

    def __init__(self, built: Hall) -> None:
        self.url = built.running.url
        self._seat: Seat = built.seat("leader")
        self._seat.perform(open_ticket())
        self._seat.synchronise()
        self._session = requests.Session()
        self._session.trust_env = False
        self.met: Counter[str] = Counter()

    def close(self) -> None:
        self._session.close()

    def ask(self, endpoint: Endpoint, body: Any) -> None:
        text = json.dumps(body)
        answer = self._session.post(
            f"{self.url}/v1/{endpoint.name}",
            data=text,
            headers={"Authorization": f"Bearer {self._seat.signed_in.token}", "Content-Type": "application/json"},
            timeout=30,
        )
        fits = _fits(endpoint.request, body)
        self.met[f"{'good' if fits else 'spoilt'} {answer.status_code}"] += 1
        described = _DOCUMENT["paths"][f"/v1/{endpoint.name}"]["post"]["responses"]
        assert answer.status_code < 500 or answer.status_code == 503, text
        assert str(answer.status_code) in described, text
        assert answer.headers["Content-Type"] == "application/json", text
        if answer.ok:
            assert _fits(endpoint.answer, answer.json()), text
        else:
            assert _fits(Problem, answer.json()), text
        if not fits:
            assert answer.status_code == 400, f"{endpoint.name} takes {text}"
        elif endpoint.name not in _FREE:
            assert answer.status_code != 400, f"{endpoint.name} does not take {text}"


def _proven(asker: Asker, seed: int, examples: int) -> None:
    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=False,
        report_multiple_bugs=False,  # one of them is raised as it is, not in a group
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def prove(data: st.DataObject) -> None:
        endpoint = data.draw(st.sampled_from(_ASKED))
        body = data.draw(_bodies(endpoint))
        assume(_is_json(body))
        if isinstance(body, dict) and isinstance(body.get("hold"), int | float) and 0 <= body["hold"] <= 30:
            body["hold"] = 0  # so long nobody waits here
        asker.ask(endpoint, body)

    prove()


def _is_json(value: Any) -> bool:
    """Whether every number is one that JSON and the validator take for the same."""
    if isinstance(value, dict):
        return all(map(_is_json, value.values()))
    if isinstance(value, list):
        return all(map(_is_json, value))
    return not isinstance(value, float) or (math.isfinite(value) and not value.is_integer())


@pytest.fixture
def asker(tmp_path: Path, postgres_url: str) -> Iterator[Asker]:
    with hall(tmp_path, postgres_url) as built:
        asker = Asker(built)
        yield asker
        asker.close()


def test_the_centre_keeps_to_its_document(asker: Asker) -> None:
    for seed in seeds(1, 20):
        _proven(asker, seed, long(800, 5_000))
    told(f"openapi: {asker.met.total()} bodies {dict(sorted(asker.met.items()))}")
    assert asker.met["good 200"] > 100
    assert asker.met["spoilt 400"] > 100


def test_without_a_token_nothing_is_answered_but_a_sign_in(asker: Asker) -> None:
    for endpoint in ENDPOINTS:
        name = "" if endpoint.request is None else endpoint.request.__name__
        body = _SCHEMAS[name]["examples"][0] | {"hold": 0} if name else {}
        for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic c2FyYTpzYXJh"}):
            answer = requests.post(f"{asker.url}/v1/{endpoint.name}", json=body, headers=headers, timeout=30)
            # What to sign is asked before; whoever signs out with a token that is worth nothing is signed out.
            expected = {"challenge": {200}, SIGN_IN.name: {401, 429}, "sign-out": {200}}.get(endpoint.name, {401})
            assert answer.status_code in expected, endpoint.name
            assert answer.ok or _fits(Problem, answer.json())


def _guessing(body: bytes, kind: type[Message]) -> Message:
    """Whatever was meant: the example will do."""
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.DecodeError:
        return msgspec.json.decode(msgspec.json.encode(openapi.EXAMPLES[kind.__name__]), type=kind)


def _failing(centre: Centre, token: str, request: ManifestRequest) -> Manifest:
    raise RuntimeError(f"{centre} cannot deal with {len(token)} and {len(request.scopes)}")


@pytest.mark.parametrize(("place", "name", "naive"), [(bodies, "read", _guessing), (Centre, "manifest", _failing)])
def test_a_centre_that_guesses_or_fails_inside_would_be_found(
    asker: Asker, monkeypatch: pytest.MonkeyPatch, place: object, name: str, naive: object
) -> None:
    monkeypatch.setattr(place, name, naive)
    with pytest.raises(AssertionError):
        _proven(asker, 0, 200)
