"""Workstations as the centre knows them: which key each has shown, that it holds it now, and how much it may take.

A workstation signs a challenge that counts once: the centre's word includes how often it has signed before, and
that grows with each signature taken. A key is believed when the workstation is new; one of an earlier version shows
its key with the first sign-in of an account that was let in there before (``docs/decisions`` 019).
"""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
from hashlib import blake2b
from typing import Final

import msgspec
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from carecenter.core import device_key
from carecenter.core.errors import Busy, StrangeDevice, UserError
from carecenter.core.i18n import N_
from carecenter.models.centre import Device, Token
from carecenter.models.viewer import Viewer
from carecenter.server import facts, sealing
from carecenter.server.bell import ring_ended
from carecenter.server.throttle import TooOften
from carecenter.wire import DeviceProof, SealedKeys, SignIn

CHALLENGE_LIFE: Final = dt.timedelta(minutes=2)
NEW_A_DAY: Final = 30
"""Workstations that may be new with one account in a day."""
SESSIONS: Final = 50
"""That an account may have at the same time; the oldest one ends when there are more."""
LEADING_TIMES: Final = 10
"""Who leads sets up whole rooms: so many times as much."""
SEEN_EVERY: Final = dt.timedelta(minutes=4)
"""How often it is written down that a workstation is there; who looks counts those of the last ten minutes."""
REFERENCES_A_DAY: Final = 5_000
"""That a workstation is given: ten blocks, and nobody opens so many tickets."""

_DAY: Final = dt.timedelta(days=1)
_FACT: Final = "challenge_key"
_STRANGE: Final = N_(
    "The centre knows this workstation by another key, so nobody signs in from here. If this computer got a new"
    " keyring or a new disk, ask your administrator."
)
_SPENT: Final = N_("The centre asks this workstation to sign in once more.")
_NO_KEY: Final = N_(
    "The centre does not know this workstation's key yet. Somebody who has signed in here before signs in first,"
    " then it opens for you too."
)


def locked(session: Session, device_id: str) -> Device | None:
    """The workstation; nobody else changes it until this transaction ends."""
    return session.get(Device, device_id, with_for_update=True, populate_existing=True)


def seen(session: Session, device_id: str, at: dt.datetime) -> None:
    """The workstation is there."""
    session.execute(update(Device).where(Device.id == device_id).values(last_seen=at))


def challenge(session: Session, device_id: str, at: dt.datetime) -> str:
    """What a workstation, known or not, signs next."""
    known = session.get(Device, device_id)
    until, nonce = int((at + CHALLENGE_LIFE).timestamp()), secrets.token_hex(16)
    return _written(session, device_id, _proofs(known), until, nonce)


class Claim(msgspec.Struct, frozen=True):
    """Who a workstation says it is, and what it signed for."""

    device_id: str
    purpose: str
    subject: str
    proof: DeviceProof | None


def refusal(session: Session, device: Device | None, claim: Claim, at: dt.datetime) -> UserError | None:
    """Why this is not the workstation that it says it is, or None. ``device`` is ``locked``.

    A proof that was taken is worth nothing afterwards.
    """
    proof = claim.proof
    if proof is None:
        return StrangeDevice(_STRANGE) if device is not None and device.public_key else None
    if device is not None and device.public_key not in {None, proof.key}:
        return StrangeDevice(_STRANGE)
    if not _is_next(session, claim.device_id, device, proof.challenge, at):
        return Busy(_SPENT, retry_after=1)
    if not device_key.holds(
        proof.key,
        proof.signature,
        purpose=claim.purpose,
        device_id=claim.device_id,
        subject=claim.subject,
        centre=sealing.public_key(session),
        challenge=proof.challenge,
    ):
        return StrangeDevice(_STRANGE)
    if device is not None:
        device.proofs += 1
    return None


def unsealed(session: Session, device_id: str, request: SealedKeys, at: dt.datetime) -> bytes | UserError:
    """A workstation's keys, opened for itself alone: it has to show who it is. Or why they are not."""
    device = locked(session, device_id)
    if device is None or device.public_key is None:
        return StrangeDevice(_NO_KEY)
    claim = Claim(device_id, device_key.UNSEAL, request.sealed, request.proof)
    strange = refusal(session, device, claim, at)
    if strange is not None:
        return strange
    try:
        return sealing.unseal_keys(session, request.sealed, device_id)
    except UserError as error:
        return error


def register(session: Session, viewer: Viewer, request: SignIn, at: dt.datetime) -> UserError | None:
    """A workstation that is new, its proof taken. Returns why not, when there are too many with this account."""
    lately = select(func.count()).where(
        Device.registered_by == viewer.account_id, Device.first_seen > at - _DAY, Device.first_seen <= at
    )
    if (session.scalar(lately) or 0) >= _times(viewer, NEW_A_DAY):
        text = N_("Too many new workstations were set up with this account today. Ask your administrator.")
        return TooOften(text, retry_after=3_600)
    new = Device(id=request.device_id, name=request.device_name[:120], first_seen=at, revoked=False)
    new.registered_by = viewer.account_id
    new.public_key, new.proofs = (None, 0) if request.proof is None else (request.proof.key, 1)
    session.add(new)
    session.flush()
    return None


def believe(session: Session, device: Device, key: str) -> None:
    """The first key that a known workstation shows; whoever is signed in there without it signs in again."""
    device.public_key = key
    end_sessions(session, device)


def forget_key(session: Session, device: Device) -> None:
    """The next key that it shows is believed; until then nobody works there."""
    device.public_key = None
    end_sessions(session, device)


def end_sessions(session: Session, device: Device) -> None:
    """Whoever is signed in there is out; what is held for them is woken, looks again and ends."""
    theirs = select(Token.account_id).where(Token.device_id == device.id).distinct()
    ring_ended(session, session.scalars(theirs))
    session.execute(delete(Token).where(Token.device_id == device.id))


def make_room(session: Session, viewer: Viewer, at: dt.datetime) -> int:
    """End what is over of an account's sessions and the oldest beyond its bound, before one more; how many."""
    session.execute(delete(Token).where(Token.account_id == viewer.account_id, Token.expires_at <= at))
    most = _times(viewer, SESSIONS) - 1
    mine = select(Token.token_hash).where(Token.account_id == viewer.account_id)
    newest_first = mine.order_by(Token.issued_at.desc(), Token.token_hash)
    too_many = session.scalars(newest_first.offset(most)).all()
    if too_many:
        session.execute(delete(Token).where(Token.token_hash.in_(too_many)))
    return len(too_many)


def refusal_of_references(session: Session, device_id: str, count: int, at: dt.datetime) -> UserError | None:
    """Count what a workstation is about to be given; why not, when that is more than a day's worth."""
    device = locked(session, device_id)
    if device is None:
        return None
    today = at.astimezone(dt.UTC).date()
    given = device.references_given if device.references_on == today else 0
    if given + count > REFERENCES_A_DAY:
        tomorrow = dt.datetime.combine(today, dt.time(), dt.UTC) + _DAY
        text = N_("This workstation has taken very many follow-up references today. Seconds to wait: {retry_after}")
        return TooOften(text, retry_after=int((tomorrow - at).total_seconds()) + 1)
    device.references_given, device.references_on = given + count, today
    return None


def _times(viewer: Viewer, bound: int) -> int:
    return bound * LEADING_TIMES if viewer.leads else bound


def _proofs(device: Device | None) -> int:
    return 0 if device is None else device.proofs


def _is_next(session: Session, device_id: str, device: Device | None, said: str, at: dt.datetime) -> bool:
    until, _, rest = said.partition(".")
    nonce, _, _ = rest.partition(".")
    if not (until.isascii() and until.isdigit() and len(until) <= 12):
        return False
    written = _written(session, device_id, _proofs(device), int(until), nonce)
    return hmac.compare_digest(written.encode(), said.encode(errors="replace")) and at.timestamp() <= int(until)


def _written(session: Session, device_id: str, proofs: int, until: int, nonce: str) -> str:
    kept = facts.get(session, _FACT) or facts.locked(session, _FACT, secrets.token_hex(32)).value
    content = "\n".join((device_id, str(proofs), str(until), nonce)).encode(errors="replace")
    return f"{until}.{nonce}.{blake2b(content, key=bytes.fromhex(kept), digest_size=32).hexdigest()}"
