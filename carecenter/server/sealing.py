"""What workstations seal to the centre's X25519 key: operations kept for the day it is put back from a backup.

The private half is a fact of the centre; it comes back with the backup, and no workstation ever has it.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Final

import msgspec
from nacl.encoding import HexEncoder
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox
from sqlalchemy.orm import Session

from carecenter.core import sealed_keys
from carecenter.core.decoding import decoded
from carecenter.core.errors import UserError
from carecenter.core.i18n import N_
from carecenter.server import facts
from carecenter.wire import Envelope, Outcome, Result

_KEY: Final = "sealing_key"
_NOT_OPENED: Final = N_("This kept operation cannot be opened here: it was sealed to another centre, or damaged.")
_FOREIGN: Final = N_("These operations come from another workstation.")


def public_key(session: Session) -> str:
    """The key to seal to, in hex; made at the first call."""
    return _private(session).public_key.encode(HexEncoder).decode()


def open_sealed(session: Session, text: str) -> Envelope:
    """The envelope in the base64 of a SealedBox. Raises ``UserError`` for what cannot be opened."""
    try:
        content = SealedBox(_private(session)).decrypt(base64.b64decode(text, validate=True))
        return decoded(content, Envelope)
    except (CryptoError, ValueError, TypeError, msgspec.MsgspecError) as error:
        raise UserError(_NOT_OPENED) from error


def unseal_keys(session: Session, text: str, device_id: str) -> bytes:
    """The keys of a workstation's store. Raises ``UserError`` for those of another one."""
    return sealed_keys.unseal(text, device_id, _private(session))


def reoffered(session: Session, texts: Sequence[str], device_id: str) -> list[Envelope | Result]:
    """What a workstation offers again: each an envelope of its own, or the result that says why it is none."""
    return [_offered(session, text, device_id) for text in texts]


def _offered(session: Session, text: str, device_id: str) -> Envelope | Result:
    try:
        envelope = open_sealed(session, text)
    except UserError as error:
        return Result(op_id="", outcome=Outcome.QUARANTINED, reason=error.message)
    if envelope.device_id != device_id:
        return Result(op_id=envelope.op_id, outcome=Outcome.QUARANTINED, reason=_FOREIGN)
    return envelope


def _private(session: Session) -> PrivateKey:
    kept = facts.get(session, _KEY)
    if kept is None:
        made = PrivateKey.generate().encode(HexEncoder).decode()
        kept = facts.locked(session, _KEY, made).value
    return PrivateKey(kept.encode(), HexEncoder)
