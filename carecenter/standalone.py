"""A standalone desk: its keys, its encrypted store and the centre embedded beside it, on one computer.

Everything here blocks (Argon2id, disk, first synchronisation) and runs on a worker thread. Which password opens
what: an account's slot gives the keys of both databases; the embedded centre then checks the account as any
centre would.
"""

from __future__ import annotations

import datetime as dt
import logging
import platform
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from filelock import FileLock, Timeout

from carecenter.core.backup_key import BackupKey, BackupLook, ByCode, ByPassword, Restored
from carecenter.core.config import Paths, replace_file
from carecenter.core.decoding import decoded
from carecenter.core.errors import NotAllowed, StoreDamaged, StoreInUse, UserError, WrongPassword
from carecenter.core.i18n import N_
from carecenter.core.joining import Joined, OwnWork
from carecenter.core.keyslots import KdfCost, Keys, KeySlots, PasswordNotSetError
from carecenter.core.secrets import Keyring, SecretKeeper, SecretMissingError, SecretPlace
from carecenter.migrations import bring_up_to_date
from carecenter.models.base import Side
from carecenter.models.engine import sqlcipher_engine
from carecenter.opening import OpenDesk, Progress, first_round, open_store
from carecenter.operations.base import LEADING_ROLES
from carecenter.server import accounts, backup, demo, intake
from carecenter.server.centre import Centre
from carecenter.store import salvage
from carecenter.store.workstation import Workstation
from carecenter.sync.in_process import InProcess
from carecenter.wire import NewAccount, Push, SignedIn, SignIn

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Opened(OpenDesk):
    """A signed-in desk with its own centre beside it."""

    centre: Centre

    def close(self) -> None:
        """Close the embedded centre; the store is closed by the desk that uses it."""
        self.centre.close()


@contextmanager
def held(paths: Paths) -> Iterator[None]:
    """This process alone uses the folder. Raises ``StoreInUse`` when another one does."""
    paths.prepare()
    lock = FileLock(paths.data / "carecenter.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise StoreInUse(N_("CareCenter is already running on this computer.")) from error
    try:
        yield
    finally:
        lock.release()


class Standalone:
    """One computer's desk without a server. ``keyring``: what ``secrets.usable_keyring()`` found."""

    def __init__(self, paths: Paths, keyring: Keyring | None, cost: KdfCost = KdfCost.INTERACTIVE) -> None:
        self._paths = paths
        self._keeper = SecretKeeper(paths.secret, keyring)
        self._cost = cost

    @property
    def is_set_up(self) -> bool:
        """Whether an account can sign in here."""
        return self._paths.keyslots.exists()

    @property
    def is_demo(self) -> bool:
        """Whether this is the demo desk with its sample accounts."""
        return self._demo_mark.exists()

    @property
    def backups(self) -> Path:
        """The folder in which backups are looked for first."""
        return self._paths.backups

    @property
    def secret_place(self) -> SecretPlace:
        """Where the workstation's secret lies, or would be put."""
        return self._slots().secret_ref.place if self.is_set_up else self._keeper.proposed_place

    def names(self) -> tuple[str, ...]:
        """Who can sign in here."""
        return self._slots().names() if self.is_set_up else ()

    def own_work(self) -> OwnWork | None:
        """What can be brought along to a hall; None where nothing was ever set up."""
        if not self.is_set_up:
            return None
        slots = self._slots()
        return OwnWork(slots.names(), self._holds_secret_of(slots), self.is_demo, self._joined())

    def note_joined(self, joined: Joined) -> None:
        """It is being brought along, or has been: it must not happen again by accident."""
        replace_file(self._joined_mark, msgspec.json.encode(joined))

    @contextmanager
    def at_hand(self, key: BackupKey) -> Iterator[tuple[Centre, str]]:
        """The embedded centre with everything the desk ever saved, and the desk's id. Nobody is signed in.

        Raises ``WrongPassword`` or ``RecoveryCodeError`` for a key that does not open it, ``NotAllowed`` for an
        account that does not lead, ``KeyringLockedError``, ``StoreDamaged``.
        """
        slots = self._slots()
        keys = _opened_by(slots, key)
        centre = self._centre(keys)
        try:
            if isinstance(key, ByPassword):
                _must_lead(centre, key.name)
            workstation, _ = open_store(self._paths.store, keys)
            try:
                _hand_over(workstation, centre)
                device_id = workstation.device_id()
            finally:
                workstation.close()
            yield centre, device_id
        finally:
            centre.close()

    def set_up(self, first: NewAccount, place: SecretPlace | None = None) -> str:
        """Make the keys, the databases and the first account; returns the recovery code, to be shown once.

        Raises ``UserError`` for a name or password that cannot be used, ``KeyringLockedError`` when the keyring
        refuses; ``place`` may then be ``SecretPlace.FILE``.
        """
        accounts.check_new(first.name, first.password)
        return self._set_up(lambda centre: {centre.create_account(first): first}, place)

    def set_up_demo(self, progress: Progress, place: SecretPlace | None = None) -> str:
        """Make a desk full of synthetic people and work; returns the recovery code."""

        def fill(centre: Centre) -> dict[str, NewAccount]:
            demo.fill(centre, progress)
            return {
                centre.account_id(account.name): NewAccount(
                    name=account.name, password=demo.DEMO_PASSWORD, role=account.role
                )
                for account in demo.DEMO_ACCOUNTS
            }

        code = self._set_up(fill, place)
        self._demo_mark.touch()
        return code

    def sign_in(self, name: str, password: str, progress: Progress | None = None) -> Opened:
        """Open the databases and bring the store up to the centre's state.

        Raises ``WrongPassword``, ``KeyringLockedError``, ``StoreDamaged`` when the centre itself cannot be read
        (a damaged store is repaired and told in ``notices``), ``StoreFull``, ``NotFound`` for a disabled account.
        """
        keys = self._slots().open(name, password)
        centre = self._centre(keys)
        workstation, notices = open_store(self._paths.store, keys)
        try:
            request = SignIn(
                name=name, password=password, device_id=workstation.device_id(), device_name=platform.node()
            )
            session = self._signed_in(centre, request)
            transport = InProcess(centre)
            first_round(workstation, transport, session, progress)
            viewer = workstation.viewer(session.account_id)
        except BaseException:
            workstation.close()
            centre.close()
            raise
        return Opened(workstation, transport, session, viewer, notices, keys, centre)

    def recover(self, code: str, name: str, new_password: str) -> None:
        """Let an account in again by the recovery code, also after a move to another computer.

        Raises ``RecoveryCodeError`` or ``WrongPassword`` for a code that does not fit, ``NotFound`` for an
        account that does not exist, ``UserError`` for a weak password.
        """
        accounts.check_new(name, new_password)
        slots = self._slots()
        keys = slots.open_with_recovery(code)
        centre = self._centre(keys)
        try:
            account_id = centre.account_id(name)
            self._renew_secret(slots, keys)
            slots.add_slot(keys, account_id, name, new_password)
            centre.set_password(account_id, new_password, by_token=None)
        finally:
            centre.close()

    def add_account(self, opened: Opened, new: NewAccount) -> None:
        """One more account on this computer, by whoever leads. Raises ``NotAllowed`` or ``UserError``."""
        account_id = opened.centre.create_account(new, by_token=opened.session.token)
        self._slots().add_slot(opened.keys, account_id, new.name, new.password)

    def set_password(self, opened: Opened, account_id: str, name: str, password: str) -> None:
        """A new password for an account of this computer. Raises ``NotAllowed`` or ``UserError``."""
        opened.centre.set_password(account_id, password, by_token=opened.session.token)
        self._slots().add_slot(opened.keys, account_id, name, password)

    def change_password(self, opened: Opened, old: str, new: str) -> None:
        """One's own password. Raises ``WrongPassword`` for the old one, ``UserError`` for a weak new one."""
        accounts.check_new(opened.viewer.name, new)
        # The slot first: if the second step is lost, the next sign-in brings the centre into line.
        self._slots().change_password(opened.viewer.name, old, new)
        opened.centre.set_password(opened.session.account_id, new, by_token=opened.session.token)

    def set_active(self, opened: Opened, account_id: str, active: bool) -> None:
        """Shut an account out, or let it in again; it then needs a new password. Raises ``NotAllowed``."""
        opened.centre.set_active(account_id, active, by_token=opened.session.token)
        if not active:
            self._slots().remove_slot(account_id)

    def new_recovery_code(self, opened: Opened) -> str:
        """A fresh recovery code; the one before opens nothing any more."""
        return self._slots().new_recovery_code(opened.keys)

    def back_up(self, opened: Opened, target: Path, progress: Progress | None = None) -> None:
        """Write both databases and the sealed keys into one file, while they are in use."""
        keys = opened.keys
        databases = {
            self._paths.centre.name: (self._paths.centre, keys.centre),
            self._paths.store.name: (self._paths.store, keys.store),
        }
        others = {self._paths.keyslots.name: self._paths.keyslots.read_bytes()}
        if self.is_demo:
            others[self._demo_mark.name] = b""
        backup.back_up(databases, others, target, progress)

    def look_into(self, source: Path) -> BackupLook:
        """What a backup says of itself, once all of it has been compared with its hashes.

        Raises what ``backup.inspect_backup`` raises, and ``UserError`` for the backup of a server.
        """
        made_at = backup.inspect_backup(source).made_at
        with self._slots_of(source) as slots:
            return BackupLook(made_at, slots.names(), self._holds_secret_of(slots))

    def check_backup(self, source: Path, key: BackupKey) -> None:
        """Raises what ``restore`` would raise for this file, this key and this disk."""
        backup.inspect_backup(source)
        with self._slots_of(source) as slots:
            _unlocked(slots, key)
        backup.check_room(source, self._paths.data)

    def restore(self, source: Path, key: BackupKey) -> Restored:
        """Put a backup in place of what is here; what was here is kept in a folder beside.

        The backup may be another computer's, and this one need not be set up. Nobody may be signed in. Raises
        ``WrongPassword``, ``RecoveryCodeError`` or ``UserError`` for a key that does not open it,
        ``KeyringLockedError``, and what ``backup.restore`` raises; then nothing has changed.
        """
        with self._slots_of(source) as slots:
            keys = _unlocked(slots, key)
            made_here = self._holds_secret_of(slots)
        aside = backup.restore(source, self._paths.data, keys, along=(self._demo_mark.name,))
        if aside is not None and self._paths.secret.exists():
            # Setting a new password makes a new secret; without the old one nobody could go back.
            replace_file(aside / self._paths.secret.name, self._paths.secret.read_bytes())
        return Restored(aside.name if aside is not None else "", wants_password=not made_here)

    @contextmanager
    def _slots_of(self, source: Path) -> Iterator[KeySlots]:
        self._paths.prepare()
        with TemporaryDirectory(dir=self._paths.data, prefix=".restore-") as folder:
            sealed = Path(folder) / self._paths.keyslots.name
            backup.extract(source, sealed.name, sealed)
            yield KeySlots.load(sealed, self._keeper.read, cost=self._cost)

    def _holds_secret_of(self, slots: KeySlots) -> bool:
        try:
            self._keeper.read(slots.secret_ref)
        except SecretMissingError:
            return False
        except UserError:  # a locked keyring may hold it
            return True
        return True

    def _set_up(self, fill: Callable[[Centre], dict[str, NewAccount]], place: SecretPlace | None) -> str:
        if self.is_set_up:
            raise UserError(N_("This computer is already set up. Sign in."))
        self._paths.prepare()
        for left in (self._paths.centre, self._paths.store):  # of a set-up that was interrupted
            if left.exists():
                salvage.set_aside(left, _now())
        keys = Keys.generate()
        secret = self._keeper.create(place)
        centre = self._centre(keys)
        try:
            centre.initialise()
            people = fill(centre)
        finally:
            centre.close()
        # The slots come last: without them nothing here counts as set up, and set-up starts anew.
        slots = KeySlots.create(self._paths.keyslots, secret, keys, cost=self._cost)
        for account_id, account in people.items():
            slots.add_slot(keys, account_id, account.name, account.password)
        return slots.new_recovery_code(keys)

    def _slots(self) -> KeySlots:
        return KeySlots.load(self._paths.keyslots, self._keeper.read, cost=self._cost)

    def _centre(self, keys: Keys) -> Centre:
        if not salvage.is_sound(self._paths.centre, keys.centre):
            raise StoreDamaged(
                N_("The database of this desk's own centre is damaged. Restore it from your last backup.")
            )
        self._paths.centre.touch(mode=0o600)
        engine = sqlcipher_engine(self._paths.centre, keys.centre, foreign_keys=True)
        bring_up_to_date(engine, Side.CENTRE)
        return Centre(engine, cost=self._cost)

    def _signed_in(self, centre: Centre, request: SignIn) -> SignedIn:
        try:
            return centre.sign_in(request)
        except WrongPassword:
            # The slot has opened with this password; the centre has an older one after an interrupted change.
            centre.set_password(centre.account_id(request.name), request.password, by_token=None)
            return centre.sign_in(request)

    def _renew_secret(self, slots: KeySlots, keys: Keys) -> None:
        try:
            self._keeper.read(slots.secret_ref)
        except UserError:
            slots.rebind(keys, self._keeper.create())

    def _joined(self) -> Joined | None:
        if not self._joined_mark.exists():
            return None
        try:
            return decoded(self._joined_mark.read_bytes(), Joined)
        except msgspec.MsgspecError:
            log.warning("the note of the hall that this desk joined cannot be read")
            return None

    @property
    def _joined_mark(self) -> Path:
        return self._paths.data / "joined.json"

    @property
    def _demo_mark(self) -> Path:
        return self._paths.data / "demo"


def _must_lead(centre: Centre, name: str) -> None:
    with centre.transaction() as unit:
        account = accounts.named(unit.session, name)
        if account is None or not account.active or account.role not in LEADING_ROLES:
            raise NotAllowed(
                N_(
                    "Only an account that led this desk opens all of it: a supervisor's or an administrator's. The"
                    " recovery code does as well."
                )
            )


def _hand_over(workstation: Workstation, centre: Centre) -> None:
    """What a desk that was stopped too early has saved and not yet sent to its own centre."""
    before: list[str] = []
    while (ids := _ids(push := workstation.next_push())) != before:
        with centre.transaction() as unit:
            results = intake.accept(unit, push.operations, centre.clock())
        workstation.settle(results)
        before = ids


def _ids(push: Push) -> list[str]:
    return [operation.op_id for operation in push.operations]


def _opened_by(slots: KeySlots, key: BackupKey) -> Keys:
    if isinstance(key, ByCode):
        return slots.open_with_recovery(key.code)
    return slots.open(key.name, key.password)


def _unlocked(slots: KeySlots, key: BackupKey) -> Keys:
    """The backup's keys, or a sentence about the backup rather than about this computer."""
    try:
        return _opened_by(slots, key)
    except (SecretMissingError, PasswordNotSetError) as error:
        raise UserError(
            N_("No password opens this backup on this computer. Use the recovery code of the desk it was made on.")
        ) from error
    except WrongPassword as error:
        if isinstance(key, ByCode):
            raise WrongPassword(
                N_("This recovery code does not open this backup. Use the one that was valid when it was made.")
            ) from error
        raise WrongPassword(
            N_("Name and password do not open this backup. Use the password that was valid when it was made.")
        ) from error


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
