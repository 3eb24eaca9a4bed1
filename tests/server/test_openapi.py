"""The document that describes the centre: its examples are messages, and docs holds the one that is served."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import msgspec
import pytest

from carecenter.server import openapi
from carecenter.server.endpoints import ENDPOINTS, Endpoint
from carecenter.wire import Message, Problem

KEPT = Path(__file__).parents[2] / "docs" / "openapi.json"
every_endpoint = pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)


@every_endpoint
def test_each_message_is_described_with_an_example_that_is_one(endpoint: Endpoint) -> None:
    described = json.loads(openapi.document())
    operation = described["paths"][f"/v1/{endpoint.name}"]["post"]
    kinds: list[type[Message]] = [kind for kind in (endpoint.request, endpoint.answer) if kind is not None]
    kinds.append(Problem)
    for kind in kinds:
        assert kind.__name__ in json.dumps(operation)
        (example,) = described["components"]["schemas"][kind.__name__]["examples"]
        read = msgspec.json.decode(msgspec.json.encode(example), type=kind)
        assert set(example) <= set(kind.__struct_fields__)
        assert msgspec.json.decode(msgspec.json.encode(read), type=kind) == read
        schema = {"$ref": f"#/components/schemas/{kind.__name__}", "components": described["components"]}
        jsonschema.validate(example, schema)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate("no object", schema)


@every_endpoint
def test_a_token_is_asked_for_where_one_is_needed(endpoint: Endpoint) -> None:
    operation = json.loads(openapi.document())["paths"][f"/v1/{endpoint.name}"]["post"]
    assert bool(operation["security"]) is endpoint.token is (endpoint.name not in {"challenge", "sign-in"})


def test_every_reference_leads_somewhere() -> None:
    text = openapi.document().decode()
    schemas = json.loads(text)["components"]["schemas"]
    wanted = {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert wanted <= set(schemas)


def test_the_document_in_docs_is_the_present_one(tmp_path: Path) -> None:
    file = tmp_path / "openapi.json"
    subprocess.run([sys.executable, "-m", "carecenter.server.openapi", file], check=True)
    assert KEPT.read_bytes() == file.read_bytes(), "python -m carecenter.server.openapi docs/openapi.json"
