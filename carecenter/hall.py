"""A desk of a hall: its keys and its encrypted store on this computer, its centre on a server.

Everything here blocks (Argon2id, disk, network) and runs on a worker thread. A first sign-in of an account at this
computer needs the server; it gets a slot then, and signs in without the server from then on, until its lease is
over. What waits to be sent belongs to the store and not to an account: whoever signs in next sends it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import platform
import threading
from collections.abc import Callable
from dataclasses import dataclass
from hmac import compare_digest
from pathlib import Path

import msgspec

from carecenter.core import device_key, secrets
from carecenter.core.config import Paths
from carecenter.core.device_key import DeviceKey
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
from carecenter.core.i18n import N_
from carecenter.core.ids import new_id
from carecenter.core.keyslots import KdfCost, Keys, KeySlots, PasswordNotSetError
from carecenter.core.secrets import Keyring, SecretKeeper, SecretMissingError, SecretPlace
from carecenter.core.server_address import ServerAddress
from carecenter.opening import OpenDesk, Progress, first_round, open_store
from carecenter.store import facts, salvage, scopes
from carecenter.store.workstation import Workstation
from carecenter.sync.http import HttpTransport
from carecenter.sync.signing_in import OTHER_CENTRE, Credentials, OtherCentre, SigningIn, proof_for
from carecenter.wire import Hello, SealedKeys, SignedIn, SignIn
from carecenter.wire.transport import HallTransport

log = logging.getLogger(__name__)

_NEW_HERE = N_(
    "You have not signed in at this computer before, so the server is needed. It does not answer: check the network"
    " and the address."
)
_NEW_PASSWORD = N_("Your password was changed at the server. Sign in with the new one.")
_LEASE_OVER = N_(
    "This computer has not reached the server for too long, so nobody works here until it does. Nothing is lost:"
    " connect it to the network and sign in again."
)


@dataclass(frozen=True)
class HallOpened(OpenDesk):
    """A signed-in desk of a hall."""

    of_hall = True
    admitted: SigningIn

    def close(self) -> None:
        """The engine has closed the transport when it stopped; this is for an engine that never ran."""
        self.transport.close()

    def check_password(self, password: str) -> None:
        """Raises WrongPassword. The password signed in with is known here, so the server is not needed."""
        if not compare_digest(password.encode(), self.admitted.request.password.encode()):
            raise WrongPassword(N_("Name and password do not go together. Check both and try again."))

    def refusal(self) -> UserError | None:
        """The centre's last word."""
        return self.admitted.refusal

    def ended(self) -> UserError | None:
        """A lease that is over; while the centre answers it is renewed every hour."""
        return lease_over(self.workstation, self.session.account_id)


def lease_over(workstation: Workstation, account_id: str) -> UserError | None:
    """Why an account may not work here without the server, or None."""
    with workstation.transaction() as session:
        follower = facts.followers(session).get(account_id)
    if follower is None or follower.lease_until is None or workstation.now() > follower.lease_until:
        return NotAllowed(_LEASE_OVER)
    return None


def probe(address: ServerAddress) -> None:
    """Returns when a centre answers there; raises UserError with what is wrong."""
    transport = HttpTransport(address.url, address.ca_bundle, address.proxy)
    try:
        transport.hello("", Hello(version=""))
    except SignedOut:
        return  # a centre's word for somebody who holds no token
    finally:
        transport.close()


class HallDesk:
    """One computer of a hall. ``keyring``: what ``secrets.usable_keyring()`` found."""

    def __init__(
        self,
        paths: Paths,
        keyring: Keyring | None,
        address: ServerAddress,
        cost: KdfCost = KdfCost.INTERACTIVE,
        line: Callable[[], HallTransport] | None = None,
    ) -> None:
        """``line``: how to reach the centre, by default over HTTPS at ``address``."""
        self._paths = paths.hall
        self._backups = paths.backups
        self._keeper = SecretKeeper(self._paths.secret, keyring)
        self._cost = cost
        self.address = address
        self._line = line or (lambda: HttpTransport(address.url, address.ca_bundle, address.proxy))
        self._changing = threading.Lock()
        # Of a computer that has no secret, or no id, until the server has let somebody in.
        self._new_secret = secrets.new_value()
        self._new_device_id = new_id()

    is_set_up = True
    """Somebody can always sign in: the server knows who."""
    is_demo = False

    @property
    def backups(self) -> Path:
        """The folder in which backups are looked for first."""
        return self._backups

    @property
    def secret_place(self) -> SecretPlace:
        """Where the workstation's secret lies, or would be put."""
        slots = self._slots()
        return self._keeper.proposed_place if slots is None else slots.secret_ref.place

    def names(self) -> tuple[str, ...]:
        """Who has signed in here before."""
        slots = self._slots()
        return () if slots is None else slots.names()

    def sign_in(self, name: str, password: str, progress: Progress | None = None) -> HallOpened:
        """Ask the server, or open what lies here when it does not answer.

        Raises ``WrongPassword``, ``NotFound`` and ``NotAllowed`` for an account or a workstation that the centre
        shuts out, ``NotAllowed`` when the lease is over, ``Unreachable`` for somebody new here, and what opening
        the store raises.
        """
        self._paths.prepare()
        transport = self._line()
        try:
            return _Entry(self, transport, name, password).open(progress)
        except BaseException:
            transport.close()
            raise

    def another_device(self, opened: HallOpened, device_id: str) -> SigningIn:
        """A line on which whoever is signed in speaks for another device. It signs in when it is used."""
        mine = opened.admitted.request
        name = f"{mine.device_name} (joined)"
        request = msgspec.structs.replace(mine, device_id=device_id, device_name=name)
        credentials = Credentials(request, self._key(self._slots(), device_id), opened.session.sealing_key)
        return SigningIn(
            self._line(),
            credentials,
            opened.session.account_id,
            "",
            lambda error: log.info("refused: %s", type(error).__name__),
        )

    def _slots(self) -> KeySlots | None:
        if not self._paths.keyslots.exists():
            return None
        return KeySlots.load(self._paths.keyslots, self._keeper.read, cost=self._cost)

    def _key(self, slots: KeySlots | None, device_id: str) -> DeviceKey:
        """Made from the secret that lies here, or is going to."""
        secret = self._new_secret
        if slots is not None:
            with contextlib.suppress(SecretMissingError):
                secret = self._keeper.read(slots.secret_ref).value
        return DeviceKey(secret, device_id)

    def _new_slots(self, keys: Keys) -> KeySlots:
        if self._paths.store.exists():  # of a first sign-in that was interrupted
            salvage.set_aside(self._paths.store, dt.datetime.now(dt.UTC))
        secret = self._keeper.create(value=self._new_secret)
        return KeySlots.create(self._paths.keyslots, secret, keys, cost=self._cost)

    def _shut_out(self, name: str, error: UserError) -> None:
        """The centre's word: the account's way in is gone, or everybody's at a workstation that was revoked.

        The store stays as it is. The centre can open it for the next one it lets in here. A centre that does not
        know the key of this workstation says nothing about who works at it.
        """
        if isinstance(error, StrangeDevice):
            return
        with self._changing:
            slots = self._slots()
            if slots is None:
                return
            mine = slots.account_named(name)
            everybody = isinstance(error, NotAllowed)
            for each in slots.names() if everybody else (name,):
                account_id = slots.account_named(each)
                if account_id is not None and (everybody or account_id == mine):
                    slots.remove_slot(account_id)
        log.info("the centre refused: %s", type(error).__name__)


class _Entry:
    """One try to sign in."""

    def __init__(self, hall: HallDesk, transport: HallTransport, name: str, password: str) -> None:
        self._hall, self._transport = hall, transport
        self._name, self._password = name, password
        self._slots = hall._slots()
        self._local: UserError | None = None

    def open(self, progress: Progress | None) -> HallOpened:
        keys = self._own_keys()
        session = self._asked(keys)
        if isinstance(session, Unreachable):
            return self._offline(keys, session)
        return self._online(keys, session, progress)

    def _own_keys(self) -> Keys | None:
        """What the password opens here; None for somebody new, or with a new password or computer."""
        if self._slots is None:
            return None
        try:
            return self._slots.open(self._name, self._password)
        except (WrongPassword, PasswordNotSetError, SecretMissingError) as error:
            self._local = error
            return None

    def _credentials(self, device_id: str) -> Credentials:
        request = SignIn(name=self._name, password=self._password, device_id=device_id, device_name=platform.node())
        sealed = self._slots.for_centre if self._slots is not None else None
        return Credentials(request, self._key(device_id), "" if sealed is None else sealed.public_key)

    def _key(self, device_id: str) -> DeviceKey:
        return self._hall._key(self._slots, device_id)

    def _asked(self, keys: Keys | None) -> SignedIn | Unreachable:
        sealed = self._slots.for_centre if self._slots is not None else None
        self._device_id = sealed.device_id if sealed is not None else self._hall._new_device_id
        try:
            session = self._credentials(self._device_id).sign_in(self._transport)
        except Unreachable as error:
            return error
        except WrongPassword as error:
            if keys is None or "seconds" in error.params:
                raise
            self._hall._shut_out(self._name, error)  # it was right here: it is an old one
            raise WrongPassword(_NEW_PASSWORD) from error
        except (NotFound, NotAllowed) as error:
            self._hall._shut_out(self._name, error)
            raise
        if sealed is not None and sealed.public_key != session.sealing_key:
            self._transport.sign_out(session.token)
            raise OtherCentre(OTHER_CENTRE)
        return session

    def _offline(self, keys: Keys | None, why: Unreachable) -> HallOpened:
        slots = self._slots
        account_id = slots.account_named(self._name) if slots is not None else None
        if slots is None or account_id is None:
            if isinstance(why, Busy):  # it has said what is the matter
                raise why
            raise Unreachable(_NEW_HERE) from why
        if keys is None:
            raise self._local or why
        workstation, notices = open_store(self._hall._paths.store, keys)
        try:
            viewer = workstation.viewer(account_id)
            over = lease_over(workstation, account_id)
            if over is not None:
                raise over
            with workstation.transaction() as session:
                follower = facts.followers(session)[account_id]
            place_holder = SignedIn(
                token="",
                account_id=account_id,
                scopes=follower.scopes,
                generation=workstation.generation() or "",
                at=workstation.now(),
                lease_until=follower.lease_until,
            )
            admitted = self._admitted(workstation, place_holder)
        except BaseException:
            workstation.close()
            raise
        return HallOpened(workstation, admitted, place_holder, viewer, notices, keys, admitted)

    def _online(self, keys: Keys | None, session: SignedIn, progress: Progress | None) -> HallOpened:
        known = keys is not None
        if keys is None:
            keys = self._keys_by_centre(session)
        workstation, notices = open_store(self._hall._paths.store, keys)
        try:
            session = self._as_this_device(workstation, session)
            self._keep_way_in(keys, session, known=known)
            with workstation.transaction() as local:
                offset = session.at - workstation.clock()  # a wrong clock here must not end the lease
                facts.put(local, "clock_offset", str(offset / dt.timedelta(seconds=1)))
                if session.lease_until is not None:
                    scopes.renew_lease(local, session.account_id, session.lease_until)
            try:
                viewer = workstation.viewer(session.account_id)
            except NotFound:  # somebody new here: the rest is heard while they work
                first_round(workstation, self._transport, session, progress)
                viewer = workstation.viewer(session.account_id)
            admitted = self._admitted(workstation, session)
        except BaseException:
            workstation.close()
            raise
        return HallOpened(workstation, admitted, session, viewer, notices, keys, admitted)

    def _keys_by_centre(self, session: SignedIn) -> Keys:
        """New keys at a new workstation; else the old ones, which the centre opens for whom it let in."""
        slots = self._slots
        if slots is None:
            keys = Keys.generate()
            self._slots = self._hall._new_slots(keys)
            return keys
        if slots.for_centre is None:
            raise self._local or NotAllowed(_NEW_HERE)
        sealed, key = slots.for_centre, self._key(self._device_id)
        proof = proof_for(self._transport, key, device_key.UNSEAL, sealed.sealed, sealed.public_key)
        answer = self._transport.unseal(session.token, SealedKeys(sealed=sealed.sealed, proof=proof))
        keys = slots.opened_by_centre(answer.keys)
        if isinstance(self._local, SecretMissingError):
            slots.rebind(keys, self._hall._keeper.create(value=self._hall._new_secret))
        return keys

    def _as_this_device(self, workstation: Workstation, session: SignedIn) -> SignedIn:
        """The store knows best which device it is: a copied one has become another."""
        with workstation.transaction() as local:
            if facts.get(local, "device_id") is None:
                facts.put(local, "device_id", self._device_id)
        mine = workstation.device_id()
        if mine == self._device_id:
            return session
        self._transport.sign_out(session.token)
        self._device_id = mine
        return self._credentials(mine).sign_in(self._transport)

    def _keep_way_in(self, keys: Keys, session: SignedIn, *, known: bool) -> None:
        slots = self._slots
        if slots is None:
            raise RuntimeError("keys without slots")
        with self._hall._changing:
            if not known or slots.account_named(self._name) != session.account_id:
                namesake = slots.account_named(self._name)
                if namesake not in (None, session.account_id) and namesake is not None:
                    slots.remove_slot(namesake)  # the centre gave the name to somebody else
                slots.add_slot(keys, session.account_id, self._name, self._password)
            sealed = slots.for_centre
            if session.sealing_key and (sealed is None or sealed.device_id != self._device_id):
                slots.seal_for_centre(keys, self._device_id, session.sealing_key)

    def _admitted(self, workstation: Workstation, session: SignedIn) -> SigningIn:
        credentials = self._credentials(workstation.device_id())
        name, hall = self._name, self._hall
        return SigningIn(
            self._transport,
            credentials,
            session.account_id,
            session.token,
            lambda error: hall._shut_out(name, error),
        )
