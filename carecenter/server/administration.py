"""What the owner of the machine may do with a centre, without signing in: accounts, devices, queues.

Each change is a line of the audit trail without an account: it says that it was done at the server. What somebody
who is signed in may do stands in ``centre``.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

import msgspec
from sqlalchemy import Engine, Select, func, select, text
from sqlalchemy.orm import Session

from carecenter import migrations
from carecenter.core.errors import NotFound, UserError
from carecenter.core.i18n import N_
from carecenter.core.ids import new_id
from carecenter.core.terms import Role
from carecenter.models.account import Account
from carecenter.models.base import Side
from carecenter.models.centre import Device, Token
from carecenter.models.queue import Queue, QueueMember
from carecenter.server import accounts, audit, devices, facts, reading, scopes
from carecenter.server.centre import Centre
from carecenter.server.unit import Unit
from carecenter.wire import NewAccount

_SHORTEST_PREFIX = 4


class AccountLine(msgspec.Struct, frozen=True, kw_only=True):
    """An account as a list shows it; ``queues`` are ids."""

    id: str
    name: str
    display_name_ar: str
    display_name_en: str
    role: Role
    active: bool
    queues: tuple[str, ...]


class DeviceLine(msgspec.Struct, frozen=True, kw_only=True):
    """A workstation; ``accounts`` are the names of who is signed in there."""

    id: str
    name: str
    first_seen: dt.datetime
    last_seen: dt.datetime | None
    revoked: bool
    has_key: bool
    accounts: tuple[str, ...]


class QueueLine(msgspec.Struct, frozen=True, kw_only=True):
    """A queue; ``members`` are names of accounts."""

    id: str
    name_ar: str
    name_en: str
    restricted: bool
    members: tuple[str, ...]


def install(engine: Engine) -> bool:
    """Bring an empty database up and make it the centre of a hall; False when there is a centre already.

    What was interrupted goes on where it was. Raises ``UserError`` for the database of a newer program.
    """
    migrations.bring_up_to_date(engine, Side.CENTRE)
    centre = Centre(engine)
    with centre.transaction() as unit:
        if facts.get(unit.session, "generation") is not None:
            return False
        # First: it decides where the rows of the beginning are placed.
        scopes.choose(unit.session, scopes.Scoping.HALL)
    centre.initialise()
    return True


def raise_wall(engine: Engine) -> bool:
    """Let the reading role see what it is told and nothing else; False where the roles are not used.

    Only for whoever acts as the owner: the wall would shut out anybody else who owns the tables.
    """
    mine = text(
        "SELECT count(*) = 3 AND bool_or(rolname = :owner AND pg_has_role(oid, 'MEMBER'))"
        " FROM pg_catalog.pg_roles WHERE rolname IN (:owner, :writer, :reader)"
    )
    roles = {"owner": reading.OWNER, "writer": reading.WRITER, "reader": reading.READER}
    with engine.connect() as connection:
        used = bool(connection.execute(mine, roles).scalar())
    if used:
        reading.prepare(engine)
    return used


def list_accounts(centre: Centre) -> list[AccountLine]:
    """All accounts by name."""
    with centre.transaction() as unit:
        pairs = select(QueueMember.account_id, QueueMember.queue_id).order_by(QueueMember.queue_id)
        queues = _grouped(unit.session, pairs)
        return [
            AccountLine(
                id=row.id,
                name=row.name,
                display_name_ar=row.display_name_ar,
                display_name_en=row.display_name_en,
                role=row.role,
                active=row.active,
                queues=tuple(queues[row.id]),
            )
            for row in unit.session.scalars(select(Account).order_by(Account.name))
        ]


def find_account(centre: Centre, name: str) -> str:
    """The id of an account. Raises ``NotFound``."""
    with centre.transaction() as unit:
        return _account(unit.session, name).id


def add_account(centre: Centre, new: NewAccount) -> str:
    """A new account's id. Raises ``UserError`` for a taken name or weak password, ``NotFound`` for a queue."""
    with centre.transaction() as unit:
        for queue_id in new.queue_ids:
            _queue(unit.session, queue_id)
        account = accounts.create(unit.session, new)
        _done(centre, unit, "CreateAccount", account_id=account.id)
        return account.id


def set_active(centre: Centre, name: str, active: bool) -> None:
    """Let an account in again, or shut it out at once. Raises ``UserError``, also for the last administrator."""
    with centre.transaction() as unit:
        account = _account(unit.session, name)
        if not active:
            _not_the_last(unit.session, account)
            accounts.end_sessions(unit.session, account.id)
        account.active = active
        _done(centre, unit, "SetActive", account_id=account.id)


def set_role(centre: Centre, name: str, role: Role) -> None:
    """Another role from now on. Raises ``UserError``, also for the last administrator."""
    with centre.transaction() as unit:
        account = _account(unit.session, name)
        if role is not Role.ADMINISTRATOR:
            _not_the_last(unit.session, account)
        account.role = role
        _done(centre, unit, "SetRole", account_id=account.id)


def set_password(centre: Centre, name: str, password: str) -> None:
    """A new password; whoever is signed in with the old one is out. Raises ``UserError``."""
    with centre.transaction() as unit:
        account = _account(unit.session, name)
        accounts.set_password(unit.session, account.id, password)
        accounts.end_sessions(unit.session, account.id)
        _done(centre, unit, "SetPassword", account_id=account.id)


def list_devices(centre: Centre) -> list[DeviceLine]:
    """All workstations, the one seen last first."""
    with centre.transaction() as unit:
        pairs = select(Token.device_id, Account.name).join(Account, Account.id == Token.account_id).distinct()
        signed_in = _grouped(unit.session, pairs.order_by(Account.name))
        rows = unit.session.scalars(select(Device)).all()
        rows = sorted(rows, key=lambda row: row.last_seen or row.first_seen, reverse=True)
        return [
            DeviceLine(
                id=row.id,
                name=row.name,
                first_seen=row.first_seen,
                last_seen=row.last_seen,
                revoked=row.revoked,
                has_key=row.public_key is not None,
                accounts=tuple(signed_in[row.id]),
            )
            for row in rows
        ]


def set_revoked(centre: Centre, device: str, revoked: bool) -> str:
    """Shut a workstation out at once, or let it in again; its id. ``device``: its id or the beginning of it.

    Raises ``NotFound``, and ``UserError`` when several begin like that.
    """
    with centre.transaction() as unit:
        found = _device(unit.session, device)
        found.revoked = revoked
        if revoked:
            devices.end_sessions(unit.session, found)
        _done(centre, unit, "RevokeDevice" if revoked else "AllowDevice", device_id=found.id)
        return found.id


def forget_key(centre: Centre, device: str) -> str:
    """A workstation with a new keyring shows a new key, which is believed; its id. Nobody is signed in there now.

    Raises what ``set_revoked`` raises.
    """
    with centre.transaction() as unit:
        found = _device(unit.session, device)
        devices.forget_key(unit.session, found)
        _done(centre, unit, "ForgetDeviceKey", device_id=found.id)
        return found.id


def list_queues(centre: Centre) -> list[QueueLine]:
    """All queues in their order."""
    with centre.transaction() as unit:
        pairs = select(QueueMember.queue_id, Account.name).join(Account, Account.id == QueueMember.account_id)
        members = _grouped(unit.session, pairs.order_by(Account.name))
        return [
            QueueLine(
                id=row.id,
                name_ar=row.name_ar,
                name_en=row.name_en,
                restricted=row.restricted,
                members=tuple(members[row.id]),
            )
            for row in unit.session.scalars(select(Queue).order_by(Queue.position, Queue.id))
        ]


def add_queue(centre: Centre, queue_id: str, name_ar: str, name_en: str, restricted: bool) -> None:
    """A new queue, the last in order. Raises ``UserError`` for an id that is taken or cannot be one."""
    if not queue_id.replace("-", "").replace("_", "").isalnum() or not queue_id.isascii() or len(queue_id) > 40:
        raise UserError(N_("The id of a queue has Latin letters, digits and hyphens, at most 40."))
    with centre.transaction() as unit:
        if unit.session.get(Queue, queue_id) is not None:
            raise UserError(N_("There is already a queue {queue}."), queue=queue_id)
        last = unit.session.scalar(select(func.max(Queue.position)))
        position = 0 if last is None else last + 1
        unit.session.add(
            Queue(id=queue_id, name_ar=name_ar, name_en=name_en, restricted=restricted, position=position)
        )
        _done(centre, unit, "AddQueue", queue_id=queue_id)


def change_members(centre: Centre, queue_id: str, joining: Iterable[str], leaving: Iterable[str]) -> None:
    """Accounts that work in a queue from now on, and others that do not; all or none. Raises ``NotFound``."""
    with centre.transaction() as unit:
        _queue(unit.session, queue_id)
        for name in joining:
            account = _account(unit.session, name)
            if not _membership(unit.session, queue_id, account.id):
                unit.session.add(QueueMember(id=new_id(), queue_id=queue_id, account_id=account.id))
                record(centre, unit, "JoinQueue", queue_id=queue_id, account_id=account.id)
        for name in leaving:
            account = _account(unit.session, name)
            for row in _membership(unit.session, queue_id, account.id):
                unit.remove(row)
                record(centre, unit, "LeaveQueue", queue_id=queue_id, account_id=account.id)
        unit.publish()


def _grouped(session: Session, pairs: Select[str, str]) -> defaultdict[str, list[str]]:
    """The seconds of pairs by their firsts, in the order of the statement."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for key, value in session.execute(pairs):
        found[key].append(value)
    return found


def _membership(session: Session, queue_id: str, account_id: str) -> list[QueueMember]:
    same = (QueueMember.queue_id == queue_id, QueueMember.account_id == account_id)
    return list(session.scalars(select(QueueMember).where(*same)))


def _account(session: Session, name: str) -> Account:
    found = accounts.named(session, name)
    if found is None:
        raise NotFound(N_("There is no account named {name}."), name=name)
    return found


def _queue(session: Session, queue_id: str) -> Queue:
    found = session.get(Queue, queue_id)
    if found is None:
        raise NotFound(N_("There is no queue {queue}."), queue=queue_id)
    return found


def _device(session: Session, device: str) -> Device:
    found = session.get(Device, device)
    if found is None and len(device) >= _SHORTEST_PREFIX:
        alike = session.scalars(select(Device).where(Device.id.startswith(device, autoescape=True)).limit(2)).all()
        if len(alike) > 1:
            raise UserError(N_("Several workstations begin with {device}. Write more of it."), device=device)
        found = alike[0] if alike else None
    if found is None:
        raise NotFound(N_("There is no workstation {device}."), device=device)
    return found


def _not_the_last(session: Session, account: Account) -> None:
    """Somebody has to be able to manage accounts from a desk."""
    others = select(Account.id).where(Account.role == Role.ADMINISTRATOR, Account.active, Account.id != account.id)
    if account.role is Role.ADMINISTRATOR and session.scalar(others.limit(1)) is None:
        raise UserError(N_("{name} is the last administrator. Make somebody else one first."), name=account.name)


def _done(centre: Centre, unit: Unit, action: str, **subjects: str) -> None:
    record(centre, unit, action, **subjects)
    unit.publish()


def record(centre: Centre, unit: Unit, action: str, **subjects: str) -> None:
    """A line of the audit trail that says: done at the server, by the owner of the machine."""
    audit.record(
        unit.session,
        at=centre.clock(),
        account_id="",
        device_id="",
        action=action,
        subjects=subjects,
        outcome="accepted",
    )
