"""The end of the audit trail, signed and kept elsewhere: what was cut off or rewritten since then shows.

The key is a file outside the database, so that whoever can write to the database cannot sign. Heads are lines of
JSON, appended to a file that belongs on another machine or on paper.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path

import msgspec
from nacl.encoding import HexEncoder
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from carecenter.core.decoding import decoded
from carecenter.core.errors import UserError
from carecenter.core.i18n import N_
from carecenter.models.centre import Audit, OpLog
from carecenter.server import audit


class SignedHead(msgspec.Struct, frozen=True, kw_only=True):
    """The last line at a moment (UTC); ``key`` is the Ed25519 public key, both it and ``signature`` in hex."""

    number: int
    chain: str
    at: dt.datetime
    key: str
    signature: str


class Flaw(StrEnum):
    """What is wrong with a trail."""

    BROKEN = "broken"
    """A line was changed, moved or taken away; ``number`` says which."""
    CUT_OFF = "cut_off"
    """Lines up to a signed head are not there any more."""
    REWRITTEN = "rewritten"
    """The line of a signed head is another one than was signed: the chain was made anew."""
    FORGED_HEAD = "forged_head"
    """A head that this key has not signed."""
    GAP = "gap"
    """Operations of a workstation that never arrived, from ``number`` to ``last``."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One flaw, and where: the number of a line, or of a workstation's operation."""

    flaw: Flaw
    number: int
    last: int = 0
    device_id: str = ""


def load_key(path: Path) -> SigningKey:
    """The signing key in a file; made at the first call, readable by its owner alone. Raises ``UserError``."""
    try:
        if not path.exists():
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(SigningKey.generate().encode(HexEncoder) + b"\n")
                file.flush()
                os.fsync(file.fileno())
        return SigningKey(path.read_bytes().strip(), HexEncoder)
    except OSError as error:
        raise UserError(
            N_("{file} cannot be used: {reason}."), file=str(path), reason=error.strerror or str(error)
        ) from error
    except ValueError as error:
        raise UserError(N_("{file} holds no signing key."), file=str(path)) from error


def sign_head(session: Session, key: SigningKey, at: dt.datetime) -> SignedHead:
    """The end of the trail as it is now, signed."""
    number, chain = audit.head(session)
    public = key.verify_key.encode(HexEncoder).decode()
    signature = key.sign(_content(number, chain, at)).signature.hex()
    return SignedHead(number=number, chain=chain, at=at, key=public, signature=signature)


def append(path: Path, head: SignedHead) -> None:
    """Add a head to the file of heads; it is on the disk when this returns."""
    with path.open("ab") as file:
        file.write(msgspec.json.encode(head) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def read(path: Path) -> tuple[SignedHead, ...]:
    """The heads of a file. Raises ``UserError`` for anything else."""
    try:
        lines = path.read_bytes().splitlines()
        return tuple(decoded(line, SignedHead) for line in lines if line.strip())
    except OSError as error:
        raise UserError(
            N_("{file} cannot be used: {reason}."), file=str(path), reason=error.strerror or str(error)
        ) from error
    except msgspec.MsgspecError as error:
        raise UserError(N_("{file} holds something else than signed heads."), file=str(path)) from error


def check(session: Session, heads: Sequence[SignedHead], key: VerifyKey) -> tuple[Finding, ...]:
    """Everything that is wrong with the trail and with the numbers of the workstations; empty when all is well."""
    return (*_broken(session), *_unsigned(session, heads, key), *gaps(session))


def gaps(session: Session) -> Iterator[Finding]:
    """Numbers that a workstation gave to operations and that never arrived.

    Only between numbers that did: a workstation restored from a backup goes on counting under a new id. One that
    waits for the centre's upgrade is missing until then.
    """
    before = func.lag(OpLog.device_seq).over(partition_by=OpLog.device_id, order_by=OpLog.device_seq)
    numbered = select(OpLog.device_id, OpLog.device_seq.label("seq"), before.label("before")).subquery()
    holes = select(numbered).where(numbered.c.seq > numbered.c.before + 1)
    for row in session.execute(holes.order_by(numbered.c.device_id, numbered.c.seq)):
        yield Finding(flaw=Flaw.GAP, number=row.before + 1, last=row.seq - 1, device_id=row.device_id)


def _broken(session: Session) -> Iterator[Finding]:
    number = audit.first_broken(session)
    if number is not None:
        yield Finding(flaw=Flaw.BROKEN, number=number)


def _unsigned(session: Session, heads: Sequence[SignedHead], key: VerifyKey) -> Iterator[Finding]:
    for head in heads:
        if not _is_signed(head, key):
            yield Finding(flaw=Flaw.FORGED_HEAD, number=head.number)
            continue
        chain = session.scalar(select(Audit.chain).where(Audit.number == head.number))
        if chain != head.chain and head.number > 0:
            yield Finding(flaw=Flaw.CUT_OFF if chain is None else Flaw.REWRITTEN, number=head.number)


def _is_signed(head: SignedHead, key: VerifyKey) -> bool:
    try:
        key.verify(_content(head.number, head.chain, head.at), bytes.fromhex(head.signature))
    except (BadSignatureError, ValueError):
        return False
    return head.key == key.encode(HexEncoder).decode()


def _content(number: int, chain: str, at: dt.datetime) -> bytes:
    return f"carecenter audit {number}:{chain} {at.astimezone(dt.UTC).isoformat()}".encode()
