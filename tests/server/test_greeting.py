"""The first words: which workstations are understood, which history they know, how long they may be alone."""

from __future__ import annotations

import datetime as dt

import pytest

from carecenter.core.errors import SignedOut
from carecenter.server import greeting
from carecenter.server.greeting import LEASE, SCHEMA_LEAST
from carecenter.wire import SCHEMA, Greeting, Hello, Verdict
from tests.houses import House
from tests.server.devices import Device


def hello(sara: Device, schema: int = SCHEMA, generation: str | None = None) -> Greeting:
    return sara.centre.hello(sara.token, Hello(schema=schema, version="1", generation=generation))


def test_a_workstation_of_this_and_of_the_one_version_before_is_served(sara: Device) -> None:
    generation = sara.signed_in.generation
    for schema in (SCHEMA_LEAST, SCHEMA, SCHEMA + 1):
        assert hello(sara, schema, generation).verdict is Verdict.OK
    assert SCHEMA - SCHEMA_LEAST <= 1


def test_an_older_one_is_told_to_upgrade(sara: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(greeting, "SCHEMA_LEAST", SCHEMA)
    assert hello(sara, SCHEMA - 1).verdict is Verdict.UPGRADE
    assert hello(sara, SCHEMA - 1, "another history").verdict is Verdict.UPGRADE


def test_who_knows_another_history_is_told_and_a_new_workstation_is_not(sara: Device) -> None:
    assert hello(sara).verdict is Verdict.OK
    told = hello(sara, generation="another history")
    assert told.verdict is Verdict.RESYNC
    assert told.generation == sara.signed_in.generation


def test_each_greeting_renews_the_lease(sara: Device, house: House) -> None:
    before = sara.signed_in
    assert before.lease_until == before.at + LEASE
    house.clock.advance(days=3)
    now = hello(sara)
    assert now.lease_until == now.at + LEASE == before.at + dt.timedelta(days=10)
    assert now.scopes == before.scopes


def test_every_desk_seals_to_the_same_key_also_after_a_restart(sara: Device, house: House) -> None:
    key = hello(sara).sealing_key
    assert len(bytes.fromhex(key)) == 32
    assert key == sara.signed_in.sealing_key
    house.account("noor")
    house.centre.close()
    sara.centre = house.open_centre()
    assert hello(sara).sealing_key == Device(sara.centre, "noor").signed_in.sealing_key == key


def test_a_token_that_is_worth_nothing_is_not_greeted(sara: Device, house: House) -> None:
    house.centre.sign_out(sara.token)
    with pytest.raises(SignedOut):
        hello(sara)
