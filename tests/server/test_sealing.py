"""Operations kept sealed come home after a restore: opened, judged like others, and each answered."""

import base64

import msgspec
import pytest
from nacl.encoding import HexEncoder
from nacl.public import PrivateKey, PublicKey, SealedBox

from carecenter.core.errors import UserError
from carecenter.server import sealing
from carecenter.wire import Envelope, Outcome, Push
from tests.houses import House, open_ticket
from tests.server.devices import Device


def _key(house: House) -> str:
    with house.centre.transaction() as unit:
        return sealing.public_key(unit.session)


def _sealed(key: str, content: bytes) -> str:
    return base64.b64encode(SealedBox(PublicKey(key.encode(), HexEncoder)).encrypt(content)).decode()


def _seal(house: House, envelope: Envelope) -> str:
    return _sealed(_key(house), msgspec.json.encode(envelope))


def test_the_key_stays_the_same(house: House) -> None:
    assert _key(house) == _key(house)
    assert len(bytes.fromhex(_key(house))) == 32


def test_what_is_offered_again_takes_effect_once_and_is_answered_in_order(house: House, agent: Device) -> None:
    heard, lost, new = (agent.envelope(open_ticket(reference=f"{number:010}")) for number in range(3))
    agent.push(heard)
    push = Push(operations=(new,), sealed=(_seal(house, heard), _seal(house, lost)))
    results = house.centre.push(agent.token, push).results
    assert [result.op_id for result in results] == [new.op_id, heard.op_id, lost.op_id]
    assert [result.repeated for result in results] == [False, True, False]
    assert {result.outcome for result in results} == {Outcome.ACCEPTED}
    assert len(house.rows("ticket")) == 3


def test_what_cannot_be_opened_is_told_and_does_not_hold_up_the_rest(house: House, agent: Device) -> None:
    envelope = agent.envelope(open_ticket(reference="0000000002"))
    foreign = PrivateKey.generate().public_key.encode(HexEncoder).decode()
    strange = (
        "not base64",
        base64.b64encode(b"not sealed").decode(),
        _sealed(foreign, msgspec.json.encode(envelope)),
        _sealed(_key(house), b'{"op_id": 1}'),
    )
    push = Push(operations=(), sealed=(*strange, _seal(house, envelope)))
    *broken, whole = house.centre.push(agent.token, push).results
    assert {(result.op_id, result.outcome) for result in broken} == {("", Outcome.QUARANTINED)}
    assert whole.outcome is Outcome.ACCEPTED
    with house.centre.transaction() as unit:
        for text in strange:
            with pytest.raises(UserError, match="cannot be opened"):
                sealing.open_sealed(unit.session, text)


def test_another_workstations_operations_are_not_taken(house: House, agent: Device) -> None:
    other = Device(house.centre, "agent")
    sealed = _seal(house, other.envelope(open_ticket(reference="0000000002")))
    (result,) = house.centre.push(agent.token, Push(operations=(), sealed=(sealed,))).results
    assert result.outcome is Outcome.QUARANTINED
    assert "another workstation" in result.reason
    assert house.rows("ticket") == {}
