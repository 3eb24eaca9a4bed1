"""Accounts at the centre: made, changed, signed in. Passwords are kept as Argon2id hashes, tokens as hashes."""

from __future__ import annotations

import datetime as dt
import secrets
from hashlib import blake2b
from typing import Final

import nacl.exceptions
import nacl.pwhash
from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from carecenter.core import device_key
from carecenter.core.errors import NotAllowed, NotFound, SignedOut, UserError, WrongPassword
from carecenter.core.i18n import N_
from carecenter.core.ids import new_id
from carecenter.core.keyslots import KdfCost, fold_name
from carecenter.core.terms import Role
from carecenter.models.account import Account
from carecenter.models.centre import Audit, Credential, Device, Token
from carecenter.models.queue import QueueMember
from carecenter.models.viewer import Viewer, viewer_of
from carecenter.server import audit, devices
from carecenter.server.bell import ring_ended
from carecenter.wire import NewAccount, SignIn

SHORTEST_PASSWORD = 8
TOKEN_LIFE = dt.timedelta(days=30)
"""After signing in, whatever is done with it; a workstation with its owner before it just asks for another."""
SIGN_IN = "SignIn"
"""What the audit calls signing in."""
SIGNED_OUT = N_("You are signed out. Sign in again; what waits to be sent is kept.")
# Made once: every request asks it. The account comes along, so that looking it up again asks nothing.
_HELD: Final = (
    select(Token, Device, Account)
    .join(Device, Device.id == Token.device_id)
    .join(Account, Account.id == Token.account_id)
    .where(Token.token_hash == bindparam("token_hash"))
)
_FREE_TRIES = 5
_LONGEST_WAIT = dt.timedelta(minutes=5)


def check_new(name: str, password: str) -> None:
    """Raises ``UserError`` for a name or password that cannot be used."""
    if not fold_name(name):
        raise UserError(N_("Enter a name to sign in with."))
    if len(password) < SHORTEST_PASSWORD:
        text = N_("The password is too short. Characters needed, at least: {count}")
        raise UserError(text, count=SHORTEST_PASSWORD)


def create(session: Session, new: NewAccount, cost: KdfCost = KdfCost.INTERACTIVE) -> Account:
    """A new account with its queues. Raises ``UserError`` for a taken name or a weak password."""
    check_new(new.name, new.password)
    if named(session, new.name) is not None:
        raise UserError(N_("There is already an account named {name}."), name=new.name.strip())
    account = Account(
        id=new_id(),
        name=new.name.strip(),
        display_name_ar=new.display_name_ar.strip() or new.name.strip(),
        display_name_en=new.display_name_en.strip() or new.name.strip(),
        role=new.role,
        language=new.language,
        active=True,
    )
    session.add(account)
    session.flush()
    for queue_id in new.queue_ids:
        session.add(QueueMember(id=new_id(), queue_id=queue_id, account_id=account.id))
    session.add(Credential(account_id=account.id, password_hash=hashed(new.password, cost), failures=0))
    session.flush()
    return account


def set_password(session: Session, account_id: str, password: str, cost: KdfCost = KdfCost.INTERACTIVE) -> None:
    """A new password, also for an account that had none. Raises ``UserError`` for a weak one."""
    check_new("-", password)
    credential = session.get(Credential, account_id) or Credential(account_id=account_id)
    credential.password_hash = hashed(password, cost)
    credential.failures, credential.not_before = 0, None
    session.add(credential)


def hashed(password: str, cost: KdfCost = KdfCost.INTERACTIVE) -> str:
    """A password as it is kept. Takes as long as a guess should."""
    kept = nacl.pwhash.argon2id.str(password.encode(), opslimit=cost.opslimit, memlimit=cost.memlimit)
    return kept.decode("ascii").rstrip("\0")


def end_sessions(session: Session, account_id: str) -> None:
    """Whoever is signed in with this account is out; what is held for them is woken, looks again and ends."""
    ring_ended(session, [account_id])
    session.execute(delete(Token).where(Token.account_id == account_id))


def sign_in(session: Session, request: SignIn, at: dt.datetime) -> tuple[str, Viewer] | UserError:
    """A token and who it is for. A refusal is returned, not raised, so that it is counted and on record.

    After five failures each further one makes the next try wait longer, at most five minutes: a guesser is
    slow, the owner is never locked out for good. Guesses at one account come one after the other, so that none
    is counted twice or not at all.
    """
    device = devices.locked(session, request.device_id)
    claim = devices.Claim(request.device_id, device_key.SIGN_IN, request.name, request.proof)
    strange = devices.refusal(session, device, claim, at)
    if strange is not None:
        return strange  # before the password: whoever is not this workstation learns nothing about it
    account = named(session, request.name)
    credential = _locked(session, account.id) if account is not None else None
    if account is None or credential is None:
        # The same work as for a known name, so that the answer's time tells no names.
        somebodys = session.scalar(select(Credential.password_hash).limit(1))
        if somebodys is not None:
            _matches(somebodys, request.password)
        return _wrong()
    if credential.not_before is not None and at < credential.not_before:
        seconds = int((credential.not_before - at).total_seconds()) + 1
        return WrongPassword(N_("Too many wrong passwords. Seconds to wait: {seconds}"), seconds=seconds)
    if not _matches(credential.password_hash, request.password):
        credential.failures += 1
        over = credential.failures - _FREE_TRIES
        if over >= 0:
            credential.not_before = at + min(dt.timedelta(seconds=2**over), _LONGEST_WAIT)
        return _wrong()
    credential.failures, credential.not_before = 0, None
    try:
        viewer = viewer_of(session, account.id)
    except NotFound as error:
        return error
    return _admitted(session, viewer, device, request, at) or (_issue(session, viewer, request, at), viewer)


def signed_in(session: Session, token: str, at: dt.datetime) -> tuple[Viewer, str]:
    """Who holds a token now, and the device it is bound to. Raises ``SignedOut``."""
    held = session.execute(_HELD, {"token_hash": _token_hash(token)}).first()
    if held is None or held.Device.revoked or at >= _end(held.Token):
        raise SignedOut(SIGNED_OUT)
    try:
        return viewer_of(session, held.Token.account_id), held.Token.device_id
    except NotFound as error:  # disabled without its tokens having been ended
        raise SignedOut(SIGNED_OUT) from error


def leading(session: Session, token: str | None, about: Role, at: dt.datetime) -> tuple[str, str]:
    """The account and device of somebody who may manage an account of this role. Raises ``NotAllowed``."""
    if token is not None:
        viewer, device_id = signed_in(session, token, at)
        if viewer.leads and (about is not Role.ADMINISTRATOR or viewer.role is about):
            return viewer.account_id, device_id
    raise NotAllowed(N_("Only a supervisor or an administrator manages accounts."))


def holds(session: Session, token: str, at: dt.datetime) -> bool:
    """Whether it is worth anything at all: one look, before more is done for whoever sent it."""
    held = session.execute(select(Token, Device.revoked).join(Device).where(Token.token_hash == _token_hash(token)))
    found = held.first()
    return found is not None and not found.revoked and at < _end(found.Token)


def never_signed_in(session: Session, account_id: str, device_id: str) -> bool:
    """Whether the centre never let this account in at that device. The audit knows, also when its tokens ended."""
    token = select(Token.token_hash).where(Token.account_id == account_id, Token.device_id == device_id)
    if session.scalar(token.limit(1)) is not None:
        return False
    line = select(Audit.number).where(
        Audit.account_id == account_id,
        Audit.device_id == device_id,
        Audit.action == SIGN_IN,
        Audit.outcome == "accepted",
    )
    return session.scalar(line.limit(1)) is None


def sign_out(session: Session, token: str) -> None:
    """The token is worth nothing from now on."""
    session.execute(delete(Token).where(Token.token_hash == _token_hash(token)))


def _admitted(
    session: Session, viewer: Viewer, device: Device | None, request: SignIn, at: dt.datetime
) -> UserError | None:
    """Make the workstation known, or its key, when it is not; why it is not let in."""
    if device is None:
        return devices.register(session, viewer, request, at)
    if device.revoked:
        return NotAllowed(N_("This workstation was revoked. Ask your administrator."))
    proof = request.proof if device.public_key is None else None
    if proof is not None and not never_signed_in(session, viewer.account_id, device.id):
        devices.believe(session, device, proof.key)
        _record(session, viewer, device.id, "DeviceKey", at)
    return None


def _issue(session: Session, viewer: Viewer, request: SignIn, at: dt.datetime) -> str:
    if devices.make_room(session, viewer, at):
        _record(session, viewer, request.device_id, "EndSession", at)
    token = secrets.token_urlsafe(32)
    session.add(
        Token(
            token_hash=_token_hash(token),
            account_id=viewer.account_id,
            device_id=request.device_id,
            issued_at=at,
            expires_at=at + TOKEN_LIFE,
        )
    )
    return token


def _record(session: Session, viewer: Viewer, device_id: str, action: str, at: dt.datetime) -> None:
    audit.record(
        session,
        at=at,
        account_id=viewer.account_id,
        device_id=device_id,
        action=action,
        subjects={"device_id": device_id},
        outcome="accepted",
    )


def _locked(session: Session, account_id: str) -> Credential | None:
    return session.get(Credential, account_id, with_for_update=True, populate_existing=True)


def _end(token: Token) -> dt.datetime:
    """When a token ends; those of an earlier version do not say."""
    return token.expires_at or token.issued_at + TOKEN_LIFE


def named(session: Session, name: str) -> Account | None:
    """The account that signs in by this name, in whatever case it is typed."""
    folded = fold_name(name)
    return next((row for row in session.scalars(select(Account)) if fold_name(row.name) == folded), None)


def _matches(password_hash: str, password: str) -> bool:
    try:
        return nacl.pwhash.verify(password_hash.encode(), password.encode())
    except nacl.exceptions.InvalidkeyError:
        return False


def _token_hash(token: str) -> str:
    return blake2b(token.encode(), digest_size=32).hexdigest()


def _wrong() -> WrongPassword:
    return WrongPassword(N_("Name and password do not go together. Check both and try again."))
