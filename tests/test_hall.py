"""A desk of a hall: the first sign-in, later ones without the server, and what the centre's word does to them."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from carecenter.core.config import Paths
from carecenter.core.device_key import UNSEAL, DeviceKey
from carecenter.core.errors import (
    Busy,
    NotAllowed,
    NotFound,
    SignedOut,
    StrangeDevice,
    Unreachable,
    UserError,
    WrongPassword,
)
from carecenter.core.ids import new_id
from carecenter.core.keyslots import KdfCost
from carecenter.core.server_address import ServerAddress
from carecenter.hall import HallDesk, HallOpened, probe
from carecenter.models.centre import Audit, Device
from carecenter.opening import first_round
from carecenter.queries import tickets
from carecenter.server import accounts, administration
from carecenter.server.greeting import LEASE
from carecenter.store import facts
from carecenter.sync.http import HttpTransport
from carecenter.sync.signing_in import proof_for
from carecenter.wire import FeedRequest, Outcome, SealedKeys
from carecenter.wire.transport import HallTransport
from tests.houses import PASSWORD, House, house, lend_queries, open_ticket
from tests.server.serving import serving

NEW_PASSWORD = "another long password"


class Hall:
    """A centre behind the real service, and workstations that reach it as long as the cable is in."""

    def __init__(self, built: House, url: str, folder: Path) -> None:
        self.built, self.url, self.folder = built, url, folder
        self.is_cut = False
        self.open = ExitStack()

    def desk(self, name: str = "desk") -> HallDesk:
        address = ServerAddress(self.url)
        return HallDesk(Paths(self.folder / name), None, address, KdfCost.MINIMAL, line=self._line)

    def enter(self, desk: HallDesk, name: str = "sara", password: str = PASSWORD) -> HallOpened:
        opened = desk.sign_in(name, password)
        self.open.callback(opened.close)
        self.open.callback(opened.workstation.close)
        return opened

    def _line(self) -> HallTransport:
        # A port that nobody listens at: the cable is out.
        return HttpTransport("http://127.0.0.1:9" if self.is_cut else self.url)


def leave(opened: HallOpened) -> None:
    opened.workstation.close()
    opened.close()


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    with house(tmp_path) as built:
        built.account("sara")
        built.account("noor")
        with serving(built.centre) as service:
            made = Hall(built, service.url, tmp_path)
            with made.open:
                yield made


def test_the_first_sign_in_asks_the_server_and_later_ones_do_without(hall: Hall) -> None:
    desk = hall.desk()
    first = hall.enter(desk)
    assert (first.viewer.name, desk.names()) == ("sara", ("sara",))
    leave(first)
    hall.is_cut = True
    again = hall.enter(hall.desk())
    assert again.viewer.account_id == first.viewer.account_id
    assert again.session.token == ""
    assert set(again.session.scopes) == set(first.session.scopes)


def test_somebody_new_needs_the_server(hall: Hall) -> None:
    hall.is_cut = True
    with pytest.raises(Unreachable, match="not signed in at this computer before"):
        hall.desk().sign_in("sara", PASSWORD)
    hall.is_cut = False
    leave(hall.enter(hall.desk()))
    hall.is_cut = True
    with pytest.raises(Unreachable, match="not signed in at this computer before"):
        hall.desk().sign_in("noor", PASSWORD)


def test_a_wrong_password_opens_nothing_with_or_without_the_server(hall: Hall) -> None:
    with pytest.raises(WrongPassword):
        hall.desk().sign_in("sara", "wrong password")
    assert hall.desk().names() == ()
    leave(hall.enter(hall.desk()))
    for hall.is_cut in (False, True):
        with pytest.raises(WrongPassword):
            hall.desk().sign_in("sara", "wrong password")
    leave(hall.enter(hall.desk()))


def test_a_second_person_gets_into_the_same_store_and_sends_what_the_first_one_left(hall: Hall) -> None:
    sara = hall.enter(hall.desk())
    leave(sara)
    hall.is_cut = True
    sara = hall.enter(hall.desk())
    written = open_ticket()
    kept, _ = sara.workstation.perform(sara.viewer, written)
    leave(sara)
    hall.is_cut = False
    noor = hall.enter(hall.desk(), "noor")
    assert hall.desk().names() == ("sara", "noor")
    push = noor.workstation.next_push()
    assert [envelope.account_id for envelope in push.operations] == [sara.viewer.account_id]
    noor.workstation.settle(noor.transport.push(noor.session.token, push).results)
    with hall.built.centre.transaction() as unit:
        reference = getattr(kept, "reference", "")
        lend_queries(unit.session)
        (row,) = tickets.by_reference(unit.session, noor.viewer, reference)
    assert row.id == written.ticket_id
    hall.is_cut = True
    leave(noor)
    assert hall.enter(hall.desk(), "noor").viewer.name == "noor", "the new slot opens without the server too"


def test_a_new_password_replaces_the_old_way_in(hall: Hall) -> None:
    first = hall.enter(hall.desk())
    leave(first)
    hall.built.centre.set_password(first.viewer.account_id, NEW_PASSWORD, by_token=None)
    with pytest.raises(WrongPassword, match="changed at the server"):
        hall.desk().sign_in("sara", PASSWORD)
    hall.is_cut = True
    with pytest.raises(UserError):
        hall.desk().sign_in("sara", PASSWORD)
    hall.is_cut = False
    leave(hall.enter(hall.desk(), password=NEW_PASSWORD))
    hall.is_cut = True
    again = hall.enter(hall.desk(), password=NEW_PASSWORD)
    assert again.workstation.device_id() == first.workstation.device_id()


def test_a_session_begun_offline_signs_in_when_the_server_is_back(hall: Hall) -> None:
    leave(hall.enter(hall.desk()))
    hall.is_cut = True
    opened = hall.enter(hall.desk())
    with pytest.raises(Unreachable):
        opened.transport.feed("", FeedRequest(after={"everyone": 0}))
    opened.admitted._transport = HttpTransport(hall.url)
    page = opened.transport.feed("", FeedRequest(after={"everyone": 0}))
    assert page.rows
    assert opened.refusal() is None
    opened.admitted.close()


@pytest.mark.parametrize("revoked", [False, True], ids=["disabled account", "revoked workstation"])
def test_whom_the_centre_shuts_out_is_out_at_once_and_cannot_come_back_offline(hall: Hall, revoked: bool) -> None:
    opened = hall.enter(hall.desk())
    device, waiting = opened.workstation.device_id(), open_ticket()
    first_round(opened.workstation, opened.transport, opened.session, None)
    opened.workstation.perform(opened.viewer, waiting)
    if revoked:
        administration.set_revoked(hall.built.centre, device, True)
    else:
        administration.set_active(hall.built.centre, "sara", False)
    with pytest.raises(SignedOut):
        opened.transport.feed(opened.session.token, FeedRequest(after={"everyone": 0}))
    assert isinstance(opened.refusal(), NotAllowed if revoked else NotFound)
    assert hall.desk().names() == ()
    leave(opened)
    hall.is_cut = True
    with pytest.raises(Unreachable):
        hall.desk().sign_in("sara", PASSWORD)
    hall.is_cut = False
    with pytest.raises((NotAllowed, NotFound)):
        hall.desk().sign_in("sara", PASSWORD)
    administration.set_revoked(hall.built.centre, device, False)
    noor = hall.enter(hall.desk(), "noor")
    assert noor.workstation.queue().waiting == 1, "what was not sent is kept for whoever comes next"


def test_the_refused_password_is_not_tried_again_and_again(hall: Hall) -> None:
    opened = hall.enter(hall.desk())
    hall.built.centre.set_password(opened.viewer.account_id, NEW_PASSWORD, by_token=None)
    with hall.built.centre.transaction() as unit:
        accounts.end_sessions(unit.session, opened.viewer.account_id)
    for _ in range(12):
        with pytest.raises(SignedOut):
            opened.transport.feed(opened.session.token, FeedRequest(after={}))
    leave(opened)
    leave(hall.enter(hall.desk(), password=NEW_PASSWORD))  # not slowed down by what the desk tried


def test_after_the_lease_nobody_works_until_the_server_is_reached(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = hall.enter(hall.desk())
    leave(opened)
    hall.is_cut = True
    opened = hall.enter(hall.desk())
    assert opened.ended() is None
    now = opened.workstation.clock()
    opened.workstation.clock = lambda: now + LEASE - dt.timedelta(hours=1)
    assert opened.ended() is None
    opened.workstation.clock = lambda: now + LEASE + dt.timedelta(hours=1)
    assert opened.ended() is not None
    with opened.workstation.transaction() as session:
        known = facts.followers(session)
        mine = known[opened.viewer.account_id]
        assert mine.lease_until is not None
        mine.lease_until -= 100 * LEASE
        facts.keep_followers(session, known)
    leave(opened)
    with pytest.raises(NotAllowed, match="has not reached the server for too long"):
        hall.desk().sign_in("sara", PASSWORD)
    assert hall.desk().names() == ("sara",), "nothing is deleted"
    hall.is_cut = False
    hall.enter(hall.desk())


def test_another_centre_at_the_address_gets_nothing_of_this_one(hall: Hall, tmp_path: Path) -> None:
    opened = hall.enter(hall.desk())
    leave(opened)
    (tmp_path / "other").mkdir()
    with house(tmp_path / "other") as other:
        other.account("sara")
        with serving(other.centre) as service:
            hall.url = service.url
            with pytest.raises(UserError, match="not the one whose work lies on this computer"):
                hall.desk().sign_in("sara", PASSWORD)


def test_the_keys_open_for_this_workstation_alone(hall: Hall) -> None:
    leave(hall.enter(hall.desk("first")))
    leave(hall.enter(hall.desk("second"), "noor"))
    stolen = Paths(hall.folder / "first").hall.keyslots.read_text()
    for desk in ("first", "second"):
        assert PASSWORD not in Paths(hall.folder / desk).hall.keyslots.read_text()
    slots = hall.desk("first")._slots()
    assert slots is not None
    assert slots.for_centre is not None
    assert slots.for_centre.sealed in stolen
    noor = hall.enter(hall.desk("second"), "noor")
    line, sealed, second = hall._line(), slots.for_centre.sealed, hall.desk("second")
    with pytest.raises(StrangeDevice, match="by another key"):
        line.unseal(noor.session.token, SealedKeys(sealed=sealed))
    proof = proof_for(line, key_of(second, noor.workstation.device_id()), UNSEAL, sealed, "")
    with pytest.raises(UserError, match="cannot open this workstation's store"):
        line.unseal(noor.session.token, SealedKeys(sealed=sealed, proof=proof))
    with pytest.raises(Busy):  # what was signed for one box, or once, opens nothing else and not again
        line.unseal(noor.session.token, SealedKeys(sealed=sealed, proof=proof))
    line.close()


def key_of(desk: HallDesk, device_id: str) -> DeviceKey:
    slots = desk._slots()
    assert slots is not None
    return DeviceKey(desk._keeper.read(slots.secret_ref).value, device_id)


def test_a_stolen_disk_opens_for_nobody_without_its_secret(hall: Hall) -> None:
    """Everything of the folder but what lies in the keyring, and an account of the hall: it was enough before."""
    leave(hall.enter(hall.desk()))
    mine = Paths(hall.folder / "desk").hall
    mine.secret.unlink()
    for name in ("noor", "sara"):
        with pytest.raises(StrangeDevice, match="by another key"):
            hall.desk().sign_in(name, PASSWORD)
    assert hall.desk().names() == ("sara",), "it is the administrator's to say, and nothing is thrown away"


def test_a_computer_with_a_new_keyring_is_believed_when_the_administrator_says_so(hall: Hall) -> None:
    opened = hall.enter(hall.desk())
    first_round(opened.workstation, opened.transport, opened.session, None)
    opened.workstation.perform(opened.viewer, open_ticket())
    device = opened.workstation.device_id()
    leave(opened)
    Paths(hall.folder / "desk").hall.secret.unlink()
    administration.forget_key(hall.built.centre, device)
    with pytest.raises(StrangeDevice, match="has signed in here before signs in first"):
        hall.desk().sign_in("noor", PASSWORD)
    again = hall.enter(hall.desk())
    assert again.workstation.queue().waiting == 1
    leave(again)
    leave(hall.enter(hall.desk(), "noor"))
    hall.is_cut = True
    hall.enter(hall.desk())  # the slot is made anew


def test_a_workstation_of_before_gets_its_key_known_when_one_of_its_people_signs_in(hall: Hall) -> None:
    opened = hall.enter(hall.desk())
    device = opened.workstation.device_id()
    with hall.built.centre.transaction() as unit:  # as an earlier version left it
        known = unit.session.get_one(Device, device)
        known.public_key, known.proofs = None, 0
    leave(opened)
    with pytest.raises(StrangeDevice, match="has signed in here before signs in first"):
        hall.desk().sign_in("noor", PASSWORD)
    leave(hall.enter(hall.desk()))
    leave(hall.enter(hall.desk(), "noor"))
    (line,) = (one for one in administration.list_devices(hall.built.centre) if one.id == device)
    assert line.has_key


def test_the_copy_of_a_disk_is_let_in_and_becomes_another_device_with_a_key_of_its_own(hall: Hall) -> None:
    first = hall.enter(hall.desk("desk"))
    first_round(first.workstation, first.transport, first.session, None)
    leave(first)
    shutil.copytree(hall.folder / "desk", hall.folder / "copy")
    desks = [hall.enter(hall.desk(name)) for name in ("desk", "copy")]
    device = desks[0].workstation.device_id()
    outcomes = []
    for one in desks:
        one.workstation.perform(one.viewer, open_ticket())
        results = one.transport.push(one.session.token, one.workstation.next_push()).results
        one.workstation.settle(results)
        outcomes.append(results[0].outcome)
    assert outcomes == [Outcome.ACCEPTED, Outcome.CLONED]
    leave(desks[1])
    copy = hall.enter(hall.desk("copy"))
    assert copy.workstation.device_id() != device
    (result,) = copy.transport.push(copy.session.token, copy.workstation.next_push()).results
    assert result.outcome is Outcome.IN_REVIEW, "both copies gave the same number, which somebody has to look at"
    with hall.built.centre.transaction() as unit:
        keys = {row.id: row.public_key for row in unit.session.scalars(select(Device))}
    assert keys[copy.workstation.device_id()] not in {None, keys[device]}


def test_another_centre_is_not_even_told_the_password(hall: Hall, tmp_path: Path) -> None:
    leave(hall.enter(hall.desk()))
    (tmp_path / "other").mkdir()
    with house(tmp_path / "other") as other, serving(other.centre) as service:
        hall.url = service.url
        with pytest.raises(UserError, match="not the one whose work lies on this computer"):
            hall.desk().sign_in("sara", PASSWORD)
        with other.centre.transaction() as unit:
            assert unit.session.scalars(select(Audit.action).where(Audit.action == "SignIn")).all() == []


def test_a_copied_store_that_became_another_device_signs_in_as_that(hall: Hall) -> None:
    opened = hall.enter(hall.desk())
    other = new_id()
    with opened.workstation.transaction() as session:
        facts.put(session, "device_id", other)
    leave(opened)
    again = hall.enter(hall.desk())
    first_round(again.workstation, again.transport, again.session, None)
    again.workstation.perform(again.viewer, open_ticket())
    push = again.workstation.next_push()
    assert {envelope.device_id for envelope in push.operations} == {other}
    again.transport.push(again.session.token, push)


def test_the_connection_is_diagnosed(hall: Hall) -> None:
    probe(ServerAddress(hall.url))
    for url, said in (
        ("https://127.0.0.1:9", "Nothing listens"),
        ("https://nowhere.invalid", "There is no computer named"),
        ("http://centre.example", "must begin with https"),
    ):
        with pytest.raises(UserError, match=said):
            probe(ServerAddress(url))
    address = replace(ServerAddress(hall.url), proxy="http://127.0.0.1:9")
    with pytest.raises(Unreachable, match="proxy"):
        probe(address)
