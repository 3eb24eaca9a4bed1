"""Signed heads: what a person with the database's password can do to the trail is found by those without it."""

import stat
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from nacl.signing import SigningKey
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from carecenter.core.errors import UserError
from carecenter.models.centre import Audit, CentreFact
from carecenter.server import audit, signed_heads
from carecenter.server.signed_heads import Finding, Flaw, SignedHead
from tests.houses import START, House, open_ticket
from tests.server.devices import Device

KEY = SigningKey(b"a signing key of thirty-two byte")


@pytest.fixture
def agent(house: House) -> Device:
    """Somebody whose work left lines in the trail."""
    house.account("agent")
    device = Device(house.centre, "agent")
    for number in range(4):
        device.send(open_ticket(reference=f"000000000{number}"))
    return device


def _sign(house: House) -> SignedHead:
    with house.centre.transaction() as unit:
        return signed_heads.sign_head(unit.session, KEY, START)


def _check(house: House, *heads: SignedHead) -> tuple[Finding, ...]:
    with house.centre.transaction() as unit:
        return signed_heads.check(unit.session, heads, KEY.verify_key)


def _made_anew(session: Session, keep: int | None = None) -> None:
    """What somebody does who knows the program: the chain is right again, and so is its end."""
    lines = session.scalars(select(Audit).order_by(Audit.number)).all()
    number, chain = 0, ""
    for line in lines[:keep]:
        number += 1
        values = [line.number, line.at, line.account_id, line.device_id, line.action, line.subjects, line.outcome]
        chain = audit._link(chain, values)
        line.chain = chain
    session.flush()
    session.execute(delete(Audit).where(Audit.number > number))
    session.execute(update(CentreFact).where(CentreFact.name == "audit_head").values(value=f"{number}:{chain}"))


def test_an_honest_trail_agrees_with_every_head(house: House, agent: Device) -> None:
    heads = [_sign(house)]
    agent.send(open_ticket(reference="0000000009"))
    heads.append(_sign(house))
    assert heads[0].number < heads[1].number
    assert _check(house, *heads) == ()


def _edit(session: Session) -> None:
    session.execute(update(Audit).where(Audit.number == 3).values(account_id="somebody else"))
    _made_anew(session)


def _cut(session: Session) -> None:
    _made_anew(session, keep=5)


@pytest.mark.parametrize(("deed", "flaw"), [(_edit, Flaw.REWRITTEN), (_cut, Flaw.CUT_OFF)])
def test_a_chain_made_anew_is_found_by_the_head_alone(
    house: House, agent: Device, deed: Callable[[Session], None], flaw: Flaw
) -> None:
    head = _sign(house)
    with house.centre.transaction() as unit:
        deed(unit.session)
    assert _check(house) == (), "without the head nothing shows"
    assert [finding.flaw for finding in _check(house, head)] == [flaw]


def test_a_head_that_nobody_signed_is_told(house: House, agent: Device) -> None:
    head = _sign(house)
    forged = msgspec.structs.replace(head, number=head.number - 1)
    with house.centre.transaction() as unit:
        stranger = signed_heads.sign_head(unit.session, SigningKey.generate(), START)
    assert [finding.flaw for finding in _check(house, forged, stranger)] == [Flaw.FORGED_HEAD] * 2


def test_what_a_workstation_withheld_shows_by_its_numbers(house: House, agent: Device) -> None:
    assert _check(house) == ()
    agent.envelope(open_ticket())
    agent.envelope(open_ticket())
    agent.send(open_ticket(reference="0000000009"))
    (gap,) = _check(house)
    assert gap == Finding(flaw=Flaw.GAP, number=5, last=6, device_id=agent.device_id)


def test_an_edited_line_is_told_by_its_number(house: House, agent: Device) -> None:
    with house.centre.transaction() as unit:
        unit.session.execute(update(Audit).where(Audit.number == 2).values(outcome="refused"))
    assert _check(house) == (Finding(flaw=Flaw.BROKEN, number=2),)


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "audit.key"
    assert signed_heads.load_key(path) == signed_heads.load_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_text("no key")
    with pytest.raises(UserError, match="no signing key"):
        signed_heads.load_key(path)
    with pytest.raises(UserError, match="cannot be used"):
        signed_heads.load_key(tmp_path / "nowhere" / "audit.key")


def test_heads_are_lines_of_a_file(local_house: House, tmp_path: Path) -> None:
    path = tmp_path / "heads.jsonl"
    heads = [_sign(local_house), _sign(local_house)]
    for head in heads:
        signed_heads.append(path, head)
    assert list(signed_heads.read(path)) == heads
    path.write_text("{}\n")
    with pytest.raises(UserError, match="something else"):
        signed_heads.read(path)
    with pytest.raises(UserError, match="cannot be used"):
        signed_heads.read(tmp_path / "nothing")
