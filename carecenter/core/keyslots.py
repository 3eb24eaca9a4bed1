"""The keys of the databases, sealed once for each account that signs in here and once for the recovery code.

The keys are random and never change with a password: only the seals do. Where the secret of the workstation
comes from is the business of `secrets`; what the keys open, of the store and the embedded centre.

A slot's key is BLAKE2b, keyed with the workstation's secret, of Argon2id(password, salt) and of whose
slot it is, so that a slot cannot be moved to another account; it seals with XSalsa20-Poly1305 (libsodium's
secretbox). The recovery slot needs no secret and opens on any machine. Each Argon2id takes about 0.1 s and
64 MiB: call off the user interface's thread.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from hmac import compare_digest
from pathlib import Path
from typing import Annotated, ClassVar, Final, Self

import msgspec
from nacl.exceptions import CryptoError
from nacl.pwhash import argon2id
from nacl.secret import SecretBox

from carecenter.core import sealed_keys
from carecenter.core.config import replace_file
from carecenter.core.decoding import decoded
from carecenter.core.errors import StoreDamaged, UserError, WrongPassword
from carecenter.core.i18n import N_
from carecenter.core.recovery_code import new_code, read_code
from carecenter.core.secrets import SecretPlace, SecretRef, WorkstationSecret

VERSION: Final = 1
KEY_BYTES: Final = 32

_MEBIBYTE: Final = 1024 * 1024
_SEALED_BYTES: Final = SecretBox.NONCE_SIZE + SecretBox.MACBYTES + 2 * KEY_BYTES


@dataclass(frozen=True)
class Keys:
    """The raw keys. Python cannot wipe them from memory: let go of every reference at sign-out."""

    store: bytes = field(repr=False)
    centre: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if not len(self.store) == len(self.centre) == KEY_BYTES:
            raise ValueError(f"a key has {KEY_BYTES} bytes")

    @classmethod
    def generate(cls) -> Self:
        """New keys, for a workstation that is being set up."""
        return cls(secrets.token_bytes(KEY_BYTES), secrets.token_bytes(KEY_BYTES))


@dataclass(frozen=True)
class KdfCost:
    """What one Argon2id costs: passes over the memory, and its size in bytes."""

    opslimit: int
    memlimit: int

    INTERACTIVE: ClassVar[KdfCost]
    MINIMAL: ClassVar[KdfCost]
    """For tests only: guessed in no time."""


KdfCost.INTERACTIVE = KdfCost(argon2id.OPSLIMIT_INTERACTIVE, argon2id.MEMLIMIT_INTERACTIVE)
KdfCost.MINIMAL = KdfCost(argon2id.OPSLIMIT_MIN, argon2id.MEMLIMIT_MIN)


class NameTakenError(UserError):
    """Another account signs in here under the same name."""


class PasswordNotSetError(UserError):
    """The account is known, but its password has not been set since the store was moved to this machine."""


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Part of the file: what is missing, of another type or not known makes the file damaged."""


class _Seal(_Strict, frozen=True):
    # The bounds keep a damaged file from asking for all the memory there is.
    salt: Annotated[bytes, msgspec.Meta(min_length=argon2id.SALTBYTES, max_length=argon2id.SALTBYTES)]
    opslimit: Annotated[int, msgspec.Meta(ge=argon2id.OPSLIMIT_MIN, le=16)]
    memlimit: Annotated[int, msgspec.Meta(ge=argon2id.MEMLIMIT_MIN, le=1024 * _MEBIBYTE)]
    sealed: Annotated[bytes, msgspec.Meta(min_length=_SEALED_BYTES, max_length=_SEALED_BYTES)]


class _Slot(_Strict, frozen=True):
    account_id: str
    name: str
    seal: _Seal | None


class ForCentre(_Strict, frozen=True):
    """The keys sealed to the centre of a hall: for which workstation, and to which public key (hex)."""

    device_id: str
    public_key: str
    sealed: str


class _File(_Strict, frozen=True):
    version: int
    workstation: str
    secret_place: SecretPlace
    secret_fingerprint: str
    keys_check: str
    slots: tuple[_Slot, ...] = ()
    recovery: _Seal | None = None
    for_centre: ForCentre | None = None


class KeySlots:
    """The slots file of one workstation. A change is in force when the method returns, and on the disk.

    Not for two threads or processes at once. Whatever writes may raise StoreFull or OSError; then nothing has
    changed.
    """

    def __init__(
        self,
        path: Path,
        content: _File,
        read_secret: Callable[[SecretRef], WorkstationSecret],
        cost: KdfCost,
    ) -> None:
        self._path = path
        self._content = content
        self._read_secret = read_secret
        self._cost = cost

    @classmethod
    def create(
        cls, path: Path, secret: WorkstationSecret, keys: Keys, *, cost: KdfCost = KdfCost.INTERACTIVE
    ) -> Self:
        """Slots for new keys. The file appears with the first slot, so there is never one that nothing opens.

        Raises FileExistsError: an existing file is the only way into a store and is not replaced.
        """
        if path.exists():
            raise FileExistsError(path)
        ref = secret.ref
        content = _File(VERSION, ref.workstation, ref.place, ref.fingerprint, _check(keys))
        return cls(path, content, lambda _: secret, cost)

    @classmethod
    def load(
        cls,
        path: Path,
        read_secret: Callable[[SecretRef], WorkstationSecret],
        *,
        cost: KdfCost = KdfCost.INTERACTIVE,
    ) -> Self:
        """The slots in the file; `read_secret` (`SecretKeeper.read`) is asked when an account's slot is used.

        `cost` is for slots written from now on. Raises FileNotFoundError at a workstation not yet set up,
        StoreDamaged, and UserError for the file of a newer version.
        """
        return cls(path, _decode(path.read_bytes()), read_secret, cost)

    @property
    def secret_ref(self) -> SecretRef:
        """Which secret the accounts' slots need, and where it lies."""
        content = self._content
        return SecretRef(content.workstation, content.secret_place, content.secret_fingerprint)

    @property
    def has_recovery(self) -> bool:
        """Whether a recovery code was made."""
        return self._content.recovery is not None

    @property
    def for_centre(self) -> ForCentre | None:
        """What the centre of a hall can open; None on a desk of its own, and before the first sign-in is over."""
        return self._content.for_centre

    def names(self) -> tuple[str, ...]:
        """The names of the accounts that have signed in here, as they were typed, oldest first."""
        return tuple(slot.name for slot in self._content.slots)

    def add_slot(self, keys: Keys, account_id: str, name: str, password: str) -> None:
        """Lets the account open the keys; one that has a slot gets its new name and password.

        Raises NameTakenError, and UserError for an empty name or password.
        """
        self._must_be_ours(keys)
        if not fold_name(name) or not password:
            raise UserError(N_("Enter a name and a password."))
        known = self._slot_named(name)
        if known is not None and known.account_id != account_id:
            raise NameTakenError(N_("The name {name} is taken at this workstation."), name=known.name)
        self._put_slot(_Slot(account_id, name.strip(), None), keys, password)

    def open(self, name: str, password: str) -> Keys:
        """The keys, for an account that has signed in here before.

        Raises WrongPassword for an unknown name as for a wrong password, after the same work;
        PasswordNotSetError after `rebind`; StoreDamaged; and what `read_secret` raises.
        """
        return self._open_slot(name, password)[1]

    def change_password(self, name: str, old: str, new: str) -> None:
        """Raises what `open` raises, and UserError for an empty password. Other slots stay as they are."""
        slot, keys = self._open_slot(name, old)
        self.add_slot(keys, slot.account_id, slot.name, new)

    def remove_slot(self, account_id: str) -> None:
        """Takes the account's way in; nothing happens when it has none.

        Raises UserError for the last way into the store.
        """
        rest = tuple(slot for slot in self._content.slots if slot.account_id != account_id)
        if len(rest) == len(self._content.slots):
            return
        if not self.has_recovery and self.for_centre is None and all(slot.seal is None for slot in rest):
            raise UserError(N_("No other account can open the store. Make a recovery code before removing it."))
        self._save(msgspec.structs.replace(self._content, slots=rest))

    def new_recovery_code(self, keys: Keys) -> str:
        """A recovery code to be shown once; the one before opens nothing any more."""
        self._must_be_ours(keys)
        code = new_code()
        seal = _seal(keys, self._cost, lambda salt, cost: _recovery_key(read_code(code), salt, cost))
        self._save(msgspec.structs.replace(self._content, recovery=seal))
        return code

    def open_with_recovery(self, code: str) -> Keys:
        """The keys, on any machine and without the workstation's secret.

        Raises RecoveryCodeError for what is no code, WrongPassword for the code of another workstation or an
        earlier one, UserError when none was made, StoreDamaged.
        """
        secret = read_code(code)  # a slip of the pen is told before anything else
        seal = self._content.recovery
        if seal is None:
            raise UserError(N_("This store has no recovery code. Sign in with an account and make one."))
        opened = _unseal(seal, _recovery_key(secret, seal.salt, _cost_of(seal)))
        if opened is None:
            raise WrongPassword(N_("This recovery code is another store's, or has been replaced by a newer one."))
        return self._checked(opened)

    def rebind(self, keys: Keys, secret: WorkstationSecret) -> None:
        """Goes over to a new secret, after a move to another machine. The recovery code stays in force.

        The accounts remain known, but each needs its password set again (`add_slot`).
        """
        self._must_be_ours(keys)
        content = msgspec.structs.replace(
            self._content,
            workstation=secret.ref.workstation,
            secret_place=secret.ref.place,
            secret_fingerprint=secret.ref.fingerprint,
            slots=tuple(msgspec.structs.replace(slot, seal=None) for slot in self._content.slots),
        )
        self._save(content)
        self._read_secret = lambda _: secret

    def seal_for_centre(self, keys: Keys, device_id: str, public_key: str) -> None:
        """Lets the centre open the keys for whoever it lets in here; an earlier seal is replaced."""
        self._must_be_ours(keys)
        sealed = sealed_keys.seal(keys.store + keys.centre, device_id, public_key)
        self._save(msgspec.structs.replace(self._content, for_centre=ForCentre(device_id, public_key, sealed)))

    def opened_by_centre(self, opened: bytes) -> Keys:
        """The keys as the centre has opened them. Raises StoreDamaged when they are another workstation's."""
        if len(opened) != 2 * KEY_BYTES:
            raise _damaged()
        return self._checked(Keys(opened[:KEY_BYTES], opened[KEY_BYTES:]))

    def account_named(self, name: str) -> str | None:
        """The id of the account that signs in here by this name."""
        slot = self._slot_named(name)
        return None if slot is None else slot.account_id

    def _open_slot(self, name: str, password: str) -> tuple[_Slot, Keys]:
        # For an unknown name the same work is done on an invented slot: the answer's time tells no names.
        slot = self._slot_named(name) or _Slot("", "", self._invented_seal())
        if slot.seal is None:
            raise PasswordNotSetError(
                N_("The password of {name} must be set again at this workstation. Ask your administrator."),
                name=slot.name,
            )
        opened = _unseal(slot.seal, self._slot_key(slot, password, slot.seal.salt, _cost_of(slot.seal)))
        if opened is None:
            raise WrongPassword(N_("Name and password do not go together. Check both and try again."))
        return slot, self._checked(opened)

    def _invented_seal(self) -> _Seal:
        seals = [slot.seal for slot in self._content.slots if slot.seal is not None]
        cost = _cost_of(seals[0]) if seals else self._cost
        salt, sealed = secrets.token_bytes(argon2id.SALTBYTES), secrets.token_bytes(_SEALED_BYTES)
        return _Seal(salt, cost.opslimit, cost.memlimit, sealed)

    def _put_slot(self, slot: _Slot, keys: Keys, password: str) -> None:
        seal = _seal(keys, self._cost, lambda salt, cost: self._slot_key(slot, password, salt, cost))
        sealed = msgspec.structs.replace(slot, seal=seal)
        slots = list(self._content.slots)
        places = [at for at, old in enumerate(slots) if old.account_id == slot.account_id]
        if places:
            slots[places[0]] = sealed
        else:
            slots.append(sealed)
        self._save(msgspec.structs.replace(self._content, slots=tuple(slots)))

    def _slot_key(self, slot: _Slot, password: str, salt: bytes, cost: KdfCost) -> bytes:
        secret = self._read_secret(self.secret_ref).value
        # NFC (RFC 8265, OpaqueString): the same letters typed on another keyboard are the same password.
        typed = unicodedata.normalize("NFC", password).encode()
        said = msgspec.json.encode([VERSION, self._content.workstation, slot.account_id, slot.name])
        return _bound(_stretched(typed, salt, cost) + said, secret, b"cc.slot")

    def _slot_named(self, name: str) -> _Slot | None:
        folded = fold_name(name)
        return next((slot for slot in self._content.slots if fold_name(slot.name) == folded), None)

    def _checked(self, keys: Keys) -> Keys:
        if not compare_digest(_check(keys), self._content.keys_check):
            raise _damaged()
        return keys

    def _must_be_ours(self, keys: Keys) -> None:
        """A slot with other keys would open an empty store beside the real one."""
        if not compare_digest(_check(keys), self._content.keys_check):
            raise ValueError("these are not the keys of this file")

    def _save(self, content: _File) -> None:
        replace_file(self._path, msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n")
        self._content = content


def fold_name(name: str) -> str:
    """The form in which names are compared: NFKC, without case, trimmed."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).strip()


def _recovery_key(secret: bytes, salt: bytes, cost: KdfCost) -> bytes:
    return _bound(_stretched(secret, salt, cost), b"", b"cc.recovery")


def _stretched(password: bytes, salt: bytes, cost: KdfCost) -> bytes:
    return argon2id.kdf(32, password, salt, opslimit=cost.opslimit, memlimit=cost.memlimit)


def _bound(content: bytes, secret: bytes, purpose: bytes) -> bytes:
    return blake2b(content, key=secret, person=purpose, digest_size=SecretBox.KEY_SIZE).digest()


def _seal(keys: Keys, cost: KdfCost, key_for: Callable[[bytes, KdfCost], bytes]) -> _Seal:
    salt = secrets.token_bytes(argon2id.SALTBYTES)
    sealed = bytes(SecretBox(key_for(salt, cost)).encrypt(keys.store + keys.centre))
    return _Seal(salt, cost.opslimit, cost.memlimit, sealed)


def _unseal(seal: _Seal, key: bytes) -> Keys | None:
    try:
        opened = SecretBox(key).decrypt(seal.sealed)
    except CryptoError:
        return None
    return Keys(opened[:KEY_BYTES], opened[KEY_BYTES:])


def _cost_of(seal: _Seal) -> KdfCost:
    return KdfCost(seal.opslimit, seal.memlimit)


def _check(keys: Keys) -> str:
    """Recognises the keys without telling them: a one-way function of 512 random bits."""
    return blake2b(key=keys.store + keys.centre, person=b"cc.check", digest_size=16).hexdigest()


class _Versioned(msgspec.Struct, frozen=True):
    version: int


def _decode(content: bytes) -> _File:
    try:
        version = decoded(content, _Versioned).version
        if version > VERSION:
            raise UserError(N_("A newer version of CareCenter wrote this store. Update this workstation."))
        written = decoded(content, _File)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _damaged() from error
    if version != VERSION or len({slot.account_id for slot in written.slots}) != len(written.slots):
        raise _damaged()
    return written


def _damaged() -> StoreDamaged:
    return StoreDamaged(N_("The file with the keys of the store is damaged. Put it back from a backup."))
