"""Workstations show who they are, once a signature; and nobody takes more than a day's work needs."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from carecenter.core.device_key import SIGN_IN, DeviceKey
from carecenter.core.errors import Busy, NotAllowed, SignedOut, StrangeDevice, WrongPassword
from carecenter.core.ids import new_id
from carecenter.models.centre import Audit, Credential, Token
from carecenter.models.centre import Device as Known
from carecenter.server import administration, devices
from carecenter.server.condition import RECENTLY
from carecenter.server.devices import CHALLENGE_LIFE, REFERENCES_A_DAY, SEEN_EVERY
from carecenter.sync.signing_in import proof_for
from carecenter.wire import BlockRequest, SignIn
from tests.houses import PASSWORD, House, open_ticket
from tests.server.devices import Device

SECRET, OTHER = bytes(range(32)), bytes(range(1, 33))


@pytest.fixture
def agent(house: House) -> Device:
    """At a workstation that has shown its key."""
    house.account("agent")
    return Device(house.centre, "agent", secret=SECRET)


def request(house: House, device_id: str, secret: bytes | None, name: str = "agent", **more: str) -> SignIn:
    proof = None
    if secret is not None:
        proof = proof_for(house.centre, DeviceKey(secret, device_id), SIGN_IN, name, "")
    fields = {"name": name, "password": PASSWORD, "device_name": "", **more}
    return SignIn(device_id=device_id, proof=proof, **fields)


def told(house: House) -> list[tuple[str, str]]:
    with house.centre.transaction() as unit:
        return [(line.action, line.outcome) for line in unit.session.scalars(select(Audit).order_by(Audit.number))]


def test_whoever_knows_a_device_id_cannot_speak_for_it(house: House, agent: Device) -> None:
    house.account("thief")
    for secret in (None, OTHER):
        for name in ("thief", "agent"):
            with pytest.raises(StrangeDevice, match="by another key"):
                house.centre.sign_in(request(house, agent.device_id, secret, name))
        assert told(house)[-1] == ("SignIn", "refused")
    thief = Device(house.centre, "thief", secret=OTHER)  # nor burn its numbers from a workstation of their own
    with pytest.raises(NotAllowed, match="another workstation"):
        thief.send(open_ticket(), device_id=agent.device_id)
    assert agent.send(open_ticket(reference="0000000002")).outcome == "accepted"


def test_who_is_not_the_workstation_learns_nothing_about_a_password(house: House, agent: Device) -> None:
    for password in ("guess", PASSWORD):
        with pytest.raises(StrangeDevice):
            house.centre.sign_in(request(house, agent.device_id, OTHER, password=password))
    with house.centre.transaction() as unit:
        assert unit.session.get_one(Credential, agent.account_id).failures == 0


def test_a_signature_is_taken_once(house: House, agent: Device) -> None:
    heard = request(house, agent.device_id, SECRET)
    assert house.centre.sign_in(heard).token
    with pytest.raises(Busy):
        house.centre.sign_in(heard)
    new = request(house, new_id(), SECRET)
    assert house.centre.sign_in(new).token
    with pytest.raises(Busy):
        house.centre.sign_in(new)
    with pytest.raises(WrongPassword):
        house.centre.sign_in(spent := request(house, agent.device_id, SECRET, password="guess"))
    with pytest.raises(Busy):
        house.centre.sign_in(spent)


def test_a_signature_is_for_one_name_one_workstation_and_two_minutes(house: House, agent: Device) -> None:
    house.account("thief")
    heard = request(house, agent.device_id, SECRET)
    for forged in ({"name": "thief"}, {"device_id": new_id()}):
        fields = {"name": heard.name, "device_id": heard.device_id, **forged}
        with pytest.raises((StrangeDevice, Busy)):
            house.centre.sign_in(SignIn(password=PASSWORD, device_name="", proof=heard.proof, **fields))
    house.clock.advance(seconds=CHALLENGE_LIFE.total_seconds() + 1)
    with pytest.raises(Busy):
        house.centre.sign_in(heard)
    assert house.centre.sign_in(request(house, agent.device_id, SECRET)).token


def test_what_is_asked_of_a_workstation_does_not_tell_whether_it_is_known(house: House, agent: Device) -> None:
    shapes = set()
    for device_id in (agent.device_id, new_id()):
        key = DeviceKey(SECRET, device_id)
        proof = proof_for(house.centre, key, SIGN_IN, "agent", "")
        assert proof is not None
        shapes.add(tuple(map(len, proof.challenge.split("."))))
    assert len(shapes) == 1


def test_the_first_key_is_believed_from_its_own_people_and_ends_what_was_signed_in_without(house: House) -> None:
    house.account("agent")
    house.account("thief")
    before = Device(house.centre, "agent")
    house.centre.sign_in(request(house, before.device_id, OTHER, "thief"))  # is let in, as ever; its key is not
    with house.centre.transaction() as unit:
        assert unit.session.get_one(Known, before.device_id).public_key is None
    house.centre.sign_in(request(house, before.device_id, SECRET))
    assert ("DeviceKey", "accepted") in told(house)
    with pytest.raises(SignedOut):
        before.hear()
    with pytest.raises(StrangeDevice):
        house.centre.sign_in(request(house, before.device_id, None))


def test_the_administrator_lets_a_new_key_be_shown(house: House, agent: Device) -> None:
    with pytest.raises(StrangeDevice):
        house.centre.sign_in(request(house, agent.device_id, OTHER))
    administration.forget_key(house.centre, agent.device_id)
    with pytest.raises(SignedOut):
        agent.hear()
    assert house.centre.sign_in(request(house, agent.device_id, OTHER)).token
    with pytest.raises(StrangeDevice):
        house.centre.sign_in(request(house, agent.device_id, SECRET))


def test_one_account_makes_so_many_workstations_a_day_and_who_leads_more(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.account("agent")
    monkeypatch.setattr(devices, "NEW_A_DAY", 3)
    first, *_ = [Device(house.centre, "agent") for _ in range(3)]
    with pytest.raises(Busy, match="Too many new workstations") as refused:
        Device(house.centre, "agent")
    assert refused.value.params["retry_after"]
    assert told(house)[-1] == ("SignIn", "refused")
    first.sign_in_again()  # those that are known are not concerned
    for _ in range(10):
        Device(house.centre, "leader")
    house.clock.advance(days=1, seconds=1)
    Device(house.centre, "agent")


def test_of_too_many_sessions_the_oldest_end(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "SESSIONS", 3)
    house.account("agent")
    house.account("other")
    other = Device(house.centre, "other")
    desks = []
    for _ in range(5):
        desks.append(Device(house.centre, "agent"))
        house.clock.advance(seconds=1)
    for desk in desks[:2]:
        with pytest.raises(SignedOut):
            desk.hear()
    for desk in (*desks[2:], other):
        desk.hear()
    assert ("EndSession", "accepted") in told(house)


def test_sessions_that_are_over_do_not_stay_in_the_table(house: House, agent: Device) -> None:
    house.clock.advance(days=31)
    agent = Device(house.centre, "agent")
    with house.centre.transaction() as unit:
        mine = select(Token).where(Token.account_id == agent.account_id)
        assert len(unit.session.scalars(mine).all()) == 1


def test_a_desk_cannot_drain_the_space_of_references_and_gets_more_tomorrow(house: House, agent: Device) -> None:
    count = REFERENCES_A_DAY // 2
    for _ in range(2):
        assert len(house.centre.references(agent.token, BlockRequest(count=count)).references) == count
    with pytest.raises(Busy, match="very many") as refused:
        house.centre.references(agent.token, BlockRequest(count=1))
    assert told(house)[-1] == ("References", "refused")
    house.account("noor")
    assert house.centre.references(Device(house.centre, "noor").token, BlockRequest(count=1)).references
    seconds = refused.value.params["retry_after"]
    assert isinstance(seconds, int)
    house.clock.advance(seconds=seconds)
    assert house.centre.references(agent.token, BlockRequest()).references


def _last_seen(house: House, device_id: str) -> dt.datetime | None:
    with house.centre.transaction() as unit:
        return unit.session.get_one(Known, device_id).last_seen


def test_whoever_hears_is_there_and_stays_it_as_long_as_they_hear(postgres_house: House) -> None:
    house = postgres_house
    house.account("agent")
    device = Device(house.centre, "agent")
    assert _last_seen(house, device.device_id) is None
    device.hear()
    began = house.clock.at
    assert _last_seen(house, device.device_id) == began
    house.clock.at += SEEN_EVERY / 2
    device.hear()
    assert _last_seen(house, device.device_id) == began, "it was just written down"
    house.clock.at += SEEN_EVERY / 2
    device.hear()
    assert _last_seen(house, device.device_id) == house.clock.at
    assert SEEN_EVERY < RECENTLY
