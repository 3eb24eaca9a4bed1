"""What only the centre holds: credentials, devices, the operation log, the feed, audit, references."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from carecenter.models.base import Base, Json, Side, TermType, UtcDateTime


class CentreOnly:
    """A table that exists at the centre alone."""

    side: ClassVar[Side] = Side.CENTRE


class FeedKind(StrEnum):
    """A pointer of the feed brings a row to a scope, or takes it from there."""

    PUT = "put"
    REMOVE = "remove"


class Credential(CentreOnly, Base):
    """The Argon2id hash of an account's password; it never leaves the centre."""

    __tablename__ = "credential"

    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    failures: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class Device(CentreOnly, Base):
    """A workstation known to the centre.

    ``public_key``: its Ed25519 key in hex, from when it first showed one; ``proofs``: how often it signed with it,
    so that nothing is taken twice; ``references_given``: how many on ``references_on`` (UTC).
    """

    __tablename__ = "device"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    first_seen: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    last_seen: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    revoked: Mapped[bool] = mapped_column(default=False)
    registered_by: Mapped[str | None] = mapped_column(String(64), index=True)
    public_key: Mapped[str | None] = mapped_column(String(64))
    proofs: Mapped[int] = mapped_column(default=0)
    references_given: Mapped[int] = mapped_column(default=0)
    references_on: Mapped[dt.date | None] = mapped_column(Date)


class Token(CentreOnly, Base):
    """A signed-in session; only the token's hash is kept, bound to the device."""

    __tablename__ = "token"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"))
    issued_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class LookupGrant(CentreOnly, Base):
    """Somebody opened a row their workstation does not hold: it is in their own scope until then."""

    __tablename__ = "lookup_grant"

    account_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    entity: Mapped[str] = mapped_column(String(32), primary_key=True)
    entity_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    until: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)


class OpBatch(CentreOnly, Base):
    """The operations judged in one transaction; scope → seq of the feed that carries their effects."""

    __tablename__ = "op_batch"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    seqs: Mapped[dict[str, int]] = mapped_column(Json)


class OpLog(CentreOnly, Base):
    """Every operation ever judged, without its text: kept for ever, so that a repeat is known."""

    __tablename__ = "op_log"
    __table_args__ = (UniqueConstraint("device_id", "device_seq"),)

    op_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    device_id: Mapped[str] = mapped_column(String(64))
    device_seq: Mapped[int] = mapped_column(BigInteger)
    payload_hash: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text, default="")
    # No foreign key: both are written in one statement, when the seqs are known.
    batch: Mapped[str] = mapped_column(String(36))


class FeedHead(CentreOnly, Base):
    """The last seq of a scope; taken as the last step of a transaction, so that seqs follow commits."""

    __tablename__ = "feed_head"

    scope: Mapped[str] = mapped_column(String(80), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)


class FeedPointer(CentreOnly, Base):
    """Where a row stands in a scope's feed: a pointer to the present row, never history."""

    __tablename__ = "feed"
    __table_args__ = (Index("ix_feed_scope_seq", "scope", "seq"),)

    scope: Mapped[str] = mapped_column(String(80), primary_key=True)
    entity: Mapped[str] = mapped_column(String(32), primary_key=True)
    entity_id: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[FeedKind] = mapped_column(TermType(FeedKind))


class Review(CentreOnly, Base):
    """An accepted operation that a supervisor should look at, and why."""

    __tablename__ = "review"

    op_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    account_id: Mapped[str] = mapped_column(String(64))
    tag: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class Quarantine(CentreOnly, Base):
    """A malformed or forged operation, whole, for a supervisor and for its author."""

    __tablename__ = "quarantine"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    op_id: Mapped[str] = mapped_column(String(64), index=True)
    device_id: Mapped[str] = mapped_column(String(64))
    account_id: Mapped[str] = mapped_column(String(64))
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class Audit(CentreOnly, Base):
    """Who did or looked at what: ids and field names, never contents. Insert-only, one hash chain."""

    __tablename__ = "audit"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    account_id: Mapped[str] = mapped_column(String(64), index=True)
    device_id: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(64))
    subjects: Mapped[Any] = mapped_column(Json)
    outcome: Mapped[str] = mapped_column(String(16))
    chain: Mapped[str] = mapped_column(String(64))


class ArticleVector(CentreOnly, Base):
    """What a text of an article means to the model: a byte a dimension. ``version``: of the article it was made of.

    ``whole``: of what the article says, rather than of one way in which callers ask for it.
    """

    __tablename__ = "article_vector"

    article_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(BigInteger)
    model: Mapped[str] = mapped_column(String(80))
    whole: Mapped[bool]
    vector: Mapped[bytes] = mapped_column(LargeBinary)


class CentreFact(CentreOnly, Base):
    """A single fact of the centre: generation, next payload index, the key that scatters references."""

    __tablename__ = "centre_fact"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class CallerName(CentreOnly, Base):
    """By what a caller is found whose name is spelled in another way; kept in the PostgreSQL of a hall alone.

    ``rules``: by which rules the keys were made; ``plain``: the names ready to be compared.
    """

    __tablename__ = "caller_name"
    __table_args__ = (Index("ix_caller_name_keys", "keys", postgresql_using="gin"),)

    caller_id: Mapped[str] = mapped_column(ForeignKey("caller.id", ondelete="CASCADE"), primary_key=True)
    rules: Mapped[int]
    keys: Mapped[list[str]] = mapped_column(ARRAY(Text).with_variant(JSON(), "sqlite"))
    plain: Mapped[str] = mapped_column(Text)
