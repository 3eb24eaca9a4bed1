"""``Centre``: everything a workstation asks of the centre, each request one transaction on its database.

It keeps no state of its own between requests, so that many processes can serve one database. The HTTP face
calls these methods; the embedded centre is called by the in-process transport.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from carecenter.core.errors import NotAllowed, NotFound, WrongPassword
from carecenter.core.i18n import N_
from carecenter.core.ids import new_id
from carecenter.core.keyslots import KdfCost
from carecenter.core.terms import Role
from carecenter.models.account import Account
from carecenter.models.engine import explain
from carecenter.operations.base import LEADING_ROLES
from carecenter.server import accounts, audit, facts, feed, intake, references, starter
from carecenter.server.scopes import scopes_for
from carecenter.server.unit import Unit, tracked
from carecenter.wire import (
    Block,
    BlockRequest,
    FeedPage,
    FeedRequest,
    NewAccount,
    Push,
    Pushed,
    SignedIn,
    SignIn,
    Transport,
)


class Centre(Transport):
    """The centre on one database (current schema). Safe to call from several threads."""

    def __init__(
        self,
        engine: Engine,
        clock: Callable[[], dt.datetime] | None = None,
        cost: KdfCost = KdfCost.INTERACTIVE,
    ) -> None:
        self._engine = engine
        self.clock = clock or _utc_now
        self._cost = cost

    @contextmanager
    def transaction(self) -> Iterator[Unit]:
        """A transaction whose changes get their versions; the caller publishes them before it ends."""
        try:
            with (
                Session(self._engine, expire_on_commit=False) as session,
                session.begin(),
                tracked(session) as unit,
            ):
                yield unit
        except DBAPIError as error:
            known = explain(error)
            if known is None:
                raise
            raise known from error

    def initialise(self) -> None:
        """First start of a database: its generation, the queues, the starter knowledge base. Once only."""
        with self.transaction() as unit:
            if facts.get(unit.session, "generation") is not None:
                return
            mine = new_id()
            if facts.locked(unit.session, "generation", mine).value != mine:
                return  # another process was first
            starter.fill(unit.session, self.clock())
            unit.publish()

    def has_accounts(self) -> bool:
        """Whether anybody can sign in yet."""
        with self.transaction() as unit:
            return unit.session.scalar(select(Account.id).limit(1)) is not None

    def create_account(self, new: NewAccount, by_token: str | None = None) -> str:
        """A new account's id. The first one needs nobody's leave; later ones a supervisor or administrator.

        Raises ``UserError`` for a taken name or weak password, ``NotAllowed``.
        """
        with self.transaction() as unit:
            who = None
            if unit.session.scalar(select(Account.id).limit(1)) is not None:
                who = self._leading(unit.session, by_token, new.role)
            account = accounts.create(unit.session, new, self._cost)
            self._audit(unit.session, who or (account.id, ""), "CreateAccount", {"account_id": account.id})
            unit.publish()
            return account.id

    def set_active(self, account_id: str, active: bool, by_token: str) -> None:
        """Let an account in again, or shut it out. Raises ``NotAllowed``, also for one's own account."""
        with self.transaction() as unit:
            account = unit.session.get(Account, account_id)
            if account is None:
                raise NotFound(N_("This account does not exist."))
            who = self._leading(unit.session, by_token, account.role)
            if who[0] == account_id:
                raise NotAllowed(N_("You cannot disable the account you are signed in with."))
            account.active = active
            if not active:
                accounts.end_sessions(unit.session, account_id)
            self._audit(unit.session, who, "SetActive", {"account_id": account_id})
            unit.publish()

    def set_password(self, account_id: str, password: str, by_token: str | None) -> None:
        """A new password, by its owner or by somebody who manages accounts.

        Without a token it is the owner of the machine who asks (recovery code); no transport offers that.
        Raises ``NotAllowed``, ``NotFound``, and ``UserError`` for a weak password.
        """
        with self.transaction() as unit:
            account = unit.session.get(Account, account_id)
            if account is None:
                raise NotFound(N_("This account does not exist."))
            who = ("", "")
            if by_token is not None:
                viewer, device_id = accounts.signed_in(unit.session, by_token)
                who = (viewer.account_id, device_id)
                if viewer.account_id != account_id:
                    who = self._leading(unit.session, by_token, account.role)
            accounts.set_password(unit.session, account_id, password, self._cost)
            if who[0] != account_id:
                accounts.end_sessions(unit.session, account_id)
            self._audit(unit.session, who, "SetPassword", {"account_id": account_id})

    def account_id(self, name: str) -> str:
        """The account that signs in by this name. Raises ``NotFound``."""
        with self.transaction() as unit:
            found = accounts.named(unit.session, name)
            if found is None:
                raise NotFound(N_("This account does not exist."))
            return found.id

    def sign_in(self, request: SignIn) -> SignedIn:
        """Raises ``WrongPassword`` or ``NotAllowed``; a wrong password is audited and counted."""
        with self.transaction() as unit:
            answer = self._sign_in(unit.session, request)
        # Raised after the commit: a failure that is rolled back would never be counted.
        if isinstance(answer, WrongPassword):
            raise answer
        return answer

    def _sign_in(self, session: Session, request: SignIn) -> SignedIn | WrongPassword:
        at = self.clock()
        answer = accounts.sign_in(session, request, at)
        if isinstance(answer, WrongPassword):
            self._audit(session, ("", request.device_id), "SignIn", {}, "refused")
            return answer
        token, viewer = answer
        self._audit(session, (viewer.account_id, request.device_id), "SignIn", {})
        return SignedIn(
            token=token,
            account_id=viewer.account_id,
            scopes=scopes_for(session, viewer),
            generation=facts.get(session, "generation") or "",
            at=at,
        )

    def sign_out(self, token: str) -> None:
        """The token is worth nothing from now on."""
        with self.transaction() as unit:
            accounts.sign_out(unit.session, token)

    def push(self, token: str, request: Push) -> Pushed:
        """Operations of the token's device; each is judged by its own author's rights."""
        with self.transaction() as unit:
            _, device_id = accounts.signed_in(unit.session, token)
            if any(envelope.device_id != device_id for envelope in request.operations):
                raise NotAllowed(N_("These operations come from another workstation."))
            return Pushed(results=intake.accept(unit, request.operations, self.clock()))

    def feed(self, token: str, request: FeedRequest) -> FeedPage:
        """What changed in the scopes the account may follow; others it asks for are left out."""
        with self.transaction() as unit:
            viewer, _ = accounts.signed_in(unit.session, token)
            scopes = scopes_for(unit.session, viewer)
            after = {scope: seq for scope, seq in request.after.items() if scope in scopes}
            rows, upto, behind = feed.read(unit.session, after, request.limit)
            return FeedPage(
                generation=facts.get(unit.session, "generation") or "",
                after=after,
                upto=upto,
                rows=rows,
                scopes=scopes,
                more=behind > 0,
                behind=behind,
                at=self.clock(),
            )

    def references(self, token: str, request: BlockRequest) -> Block:
        """A block of follow-up references for the token's workstation."""
        with self.transaction() as unit:
            accounts.signed_in(unit.session, token)
            return Block(references=references.allocate(unit.session, request.count))

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def _leading(self, session: Session, token: str | None, about: Role) -> tuple[str, str]:
        """The account and device of somebody who may manage an account of this role."""
        if token is None:
            raise NotAllowed(N_("Only a supervisor or an administrator manages accounts."))
        viewer, device_id = accounts.signed_in(session, token)
        if viewer.role not in LEADING_ROLES or (about is Role.ADMINISTRATOR and viewer.role is not about):
            raise NotAllowed(N_("Only a supervisor or an administrator manages accounts."))
        return viewer.account_id, device_id

    def _audit(
        self,
        session: Session,
        who: tuple[str, str],
        action: str,
        subjects: dict[str, str],
        outcome: str = "accepted",
    ) -> None:
        account_id, device_id = who
        audit.record(
            session,
            at=self.clock(),
            account_id=account_id,
            device_id=device_id,
            action=action,
            subjects=subjects,
            outcome=outcome,
        )


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
