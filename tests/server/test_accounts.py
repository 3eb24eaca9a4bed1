"""Accounts and signing in: slow for a guesser, never shut for the owner, and no secret in the database."""

import datetime as dt
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from carecenter.core.errors import NotAllowed, NotFound, SignedOut, UserError, WrongPassword
from carecenter.core.keyslots import KdfCost
from carecenter.core.terms import Role
from carecenter.models.base import Side, tables_of
from carecenter.models.centre import Audit, Credential, Token
from carecenter.models.centre import Device as KnownDevice
from carecenter.server import accounts
from carecenter.wire import BlockRequest, FeedRequest, NewAccount, SignedIn, SignIn
from tests.houses import PASSWORD, House, open_ticket
from tests.server.devices import Device


def _try(house: House, password: str, name: str = "agent") -> SignedIn:
    return house.centre.sign_in(SignIn(name=name, password=password, device_id="d", device_name="d"))


def _new(name: str, role: Role = Role.AGENT, password: str = PASSWORD) -> NewAccount:
    return NewAccount(name=name, password=password, role=role)


def test_a_name_signs_in_however_it_is_typed(house: House) -> None:
    account_id = house.account("Agent")
    assert _try(house, PASSWORD, "  aGENT ").account_id == account_id


def test_a_taken_name_and_weak_passwords_are_told(house: House) -> None:
    house.account("agent")
    leader = Device(house.centre, "leader")
    for new, said in (
        (_new("AGENT "), "already an account"),
        (_new("  "), "Enter a name"),
        (_new("other", password="seven77"), "at least: 8"),
    ):
        with pytest.raises(UserError, match=said):
            house.centre.create_account(new, leader.token)


def test_wrong_name_and_wrong_password_say_the_same(house: House) -> None:
    house.account("agent")
    with pytest.raises(WrongPassword) as unknown:
        _try(house, PASSWORD, "nobody")
    with pytest.raises(WrongPassword) as wrong:
        _try(house, "not the password")
    assert str(unknown.value) == str(wrong.value)


def test_a_guesser_is_slowed_down_and_the_owner_gets_in_after_the_wait(house: House) -> None:
    house.account("agent")
    for _ in range(5):
        with pytest.raises(WrongPassword, match="do not go together"):
            _try(house, "guess")
    with pytest.raises(WrongPassword, match="Seconds to wait"):
        _try(house, PASSWORD)
    house.clock.advance(seconds=2)
    assert _try(house, PASSWORD).token
    with pytest.raises(WrongPassword, match="do not go together"):  # counted from nothing again
        _try(house, "guess")
    assert _try(house, PASSWORD).token


def test_the_wait_grows_but_never_locks_out(house: House) -> None:
    house.account("agent")
    waits: list[dt.timedelta] = []
    for _ in range(30):
        with pytest.raises(WrongPassword):
            _try(house, "guess")
        with house.centre.transaction() as unit:
            until = [row.not_before for row in unit.session.scalars(select(Credential)) if row.not_before]
        if until:
            waits.append(until[0] - house.clock())
            house.clock.at = until[0]
    assert waits == sorted(waits)
    assert waits[0] < dt.timedelta(seconds=5)
    assert waits[-1] == dt.timedelta(minutes=5)
    assert _try(house, PASSWORD).token


def test_wrong_passwords_stand_in_the_audit(house: House) -> None:
    house.account("agent")
    with pytest.raises(WrongPassword):
        _try(house, "guess")
    with house.centre.transaction() as unit:
        last = unit.session.scalars(select(Audit).order_by(Audit.number.desc())).first()
        assert last is not None
        assert (last.action, last.outcome, last.device_id) == ("SignIn", "refused", "d")


def test_a_token_ends_with_signing_out(house: House) -> None:
    house.account("agent")
    agent = Device(house.centre, "agent")
    house.centre.sign_out(agent.token)
    with pytest.raises(NotAllowed, match="signed out"):
        agent.hear()


def test_a_token_ends_after_its_time_whatever_is_done_with_it(house: House) -> None:
    house.account("agent")
    agent = Device(house.centre, "agent")
    house.clock.advance(days=29)
    agent.hear()
    house.clock.advance(days=1)
    with pytest.raises(SignedOut):
        agent.hear()
    assert Device(house.centre, "agent", agent.device_id).hear()


def test_a_token_of_an_earlier_version_ends_as_well(house: House) -> None:
    house.account("agent")
    agent = Device(house.centre, "agent")
    with house.centre.transaction() as unit:
        unit.session.scalars(select(Token).where(Token.account_id == agent.account_id)).one().expires_at = None
    agent.hear()
    house.clock.advance(days=30)
    with pytest.raises(SignedOut):
        agent.hear()


def test_a_revoked_workstation_neither_goes_on_nor_signs_in(house: House) -> None:
    house.account("agent")
    agent = Device(house.centre, "agent")
    with house.centre.transaction() as unit:
        unit.session.get_one(KnownDevice, agent.device_id).revoked = True
    with pytest.raises(NotAllowed, match="signed out"):
        house.centre.references(agent.token, BlockRequest(count=1))
    with pytest.raises(NotAllowed, match="revoked"):
        Device(house.centre, "agent", agent.device_id)
    assert Device(house.centre, "agent").token


def test_a_made_up_token_opens_nothing(house: House) -> None:
    with pytest.raises(NotAllowed):
        house.centre.feed("made up", FeedRequest(after={"everyone": 0}))


def test_a_closed_account_is_out_at_once_and_can_be_let_in_again(house: House) -> None:
    house.account("agent")
    agent, leader = Device(house.centre, "agent"), Device(house.centre, "leader")
    house.centre.set_active(agent.account_id, False, leader.token)
    with pytest.raises(NotAllowed):
        agent.hear()
    with pytest.raises(NotFound, match="not active"):
        _try(house, PASSWORD)
    house.centre.set_active(agent.account_id, True, leader.token)
    assert _try(house, PASSWORD).token
    with pytest.raises(NotAllowed):  # the old token stays dead
        agent.hear()


def test_who_may_manage_whom(house: House) -> None:
    house.account("agent")
    house.account("supervisor", Role.SUPERVISOR)
    agent, supervisor = Device(house.centre, "agent"), Device(house.centre, "supervisor")
    with pytest.raises(NotAllowed):
        house.centre.create_account(_new("x"), None)
    with pytest.raises(NotAllowed):
        house.centre.create_account(_new("x"), agent.token)
    with pytest.raises(NotAllowed):
        house.centre.create_account(_new("x", Role.ADMINISTRATOR), supervisor.token)
    with pytest.raises(NotAllowed, match="signed in with"):
        house.centre.set_active(supervisor.account_id, False, supervisor.token)
    with pytest.raises(NotFound):
        house.centre.set_active("nobody", False, supervisor.token)
    assert house.centre.create_account(_new("x"), supervisor.token)


def test_a_new_password_puts_others_out_and_leaves_its_owner_in(house: House) -> None:
    house.account("agent")
    agent, leader = Device(house.centre, "agent"), Device(house.centre, "leader")
    house.centre.set_password(agent.account_id, "their own choice", agent.token)
    agent.hear()
    house.centre.set_password(agent.account_id, "chosen by leader", leader.token)
    with pytest.raises(NotAllowed):
        agent.hear()
    with pytest.raises(WrongPassword):
        _try(house, "their own choice")
    assert _try(house, "chosen by leader").token
    with pytest.raises(UserError, match="at least"):
        house.centre.set_password(agent.account_id, "short", leader.token)
    with pytest.raises(NotFound):
        house.centre.set_password("nobody", PASSWORD, None)


def test_an_account_is_found_by_its_name(house: House) -> None:
    account_id = house.account("agent")
    assert house.centre.account_id("AGENT") == account_id
    with pytest.raises(NotFound):
        house.centre.account_id("nobody")
    assert house.centre.has_accounts()


def test_no_password_and_no_token_stands_in_any_table(house: House) -> None:
    house.account("agent")
    agent = Device(house.centre, "agent")
    agent.send(open_ticket(reference="0000000002"))
    with pytest.raises(WrongPassword):
        _try(house, PASSWORD + " nearly")
    with house.centre.transaction() as unit:
        for table in tables_of(Side.CENTRE):
            stored = repr(unit.session.execute(select(table)).all())
            assert PASSWORD not in stored, table.name
            assert agent.token not in stored, table.name
        hashes = unit.session.scalars(select(Credential.password_hash)).all()
        assert all(one.startswith("$argon2id$") for one in hashes)
        assert len(set(hashes)) == 2  # one password, two salts


def test_guesses_at_the_same_moment_are_counted_one_by_one(house: House) -> None:
    """Without turns each would read the same count, all but one be forgotten, and none have to wait."""
    account_id = house.account("agent")
    with house.centre.transaction() as unit:  # as slow as it is in a hall
        accounts.set_password(unit.session, account_id, PASSWORD, KdfCost.INTERACTIVE)
    start = threading.Barrier(8)

    def guess(number: int) -> str:
        start.wait()
        try:
            _try(house, f"guess {number}")
        except WrongPassword as error:
            return error.message
        return "let in"

    with ThreadPoolExecutor(8) as pool:
        told = Counter(pool.map(guess, range(8)))
    assert told == {
        "Name and password do not go together. Check both and try again.": 5,
        "Too many wrong passwords. Seconds to wait: {seconds}": 3,
    }
    house.clock.advance(seconds=2)
    assert _try(house, PASSWORD).token
