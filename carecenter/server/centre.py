"""``Centre``: everything a workstation asks of the centre, each request one transaction on its database.

It keeps no state of its own between requests, so that many processes can serve one database. The HTTP face
calls these methods; the embedded centre is called by the in-process transport.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from carecenter.core.errors import Busy, NotAllowed, NotFound, SignedOut, TooLarge, UserError
from carecenter.core.i18n import N_
from carecenter.core.ids import new_id
from carecenter.core.keyslots import KdfCost
from carecenter.models.account import Account
from carecenter.models.engine import explain
from carecenter.server import (
    accounts,
    ageing,
    audit,
    devices,
    facts,
    greeting,
    intake,
    manifest,
    references,
    sealing,
    starter,
)
from carecenter.server.bell import Bell
from carecenter.server.feed import Page
from carecenter.server.lately import Lately, Place, rights
from carecenter.server.lookup import Allowance, Lookups
from carecenter.server.meaning import A_MINUTE, Meaning
from carecenter.server.pages import Pages
from carecenter.server.reading import behind_the_wall
from carecenter.server.scopes import Scoping, known_scoping, scopes_for, set_clock, set_scoping
from carecenter.server.session import CentreSession
from carecenter.server.unit import Unit, attempts, tracked
from carecenter.wire import (
    OPERATIONS_PER_PUSH,
    Block,
    BlockRequest,
    Challenge,
    ChallengeRequest,
    Envelope,
    FeedPage,
    FeedRequest,
    Greeting,
    Hello,
    LookupAnswer,
    LookupRequest,
    Manifest,
    ManifestRequest,
    MeaningAnswer,
    MeaningRequest,
    NewAccount,
    OpenFound,
    Push,
    Pushed,
    Result,
    SealedKeys,
    SignedIn,
    SignIn,
    UnsealedKeys,
)
from carecenter.wire.transport import HallTransport


class Centre(HallTransport):
    """The centre on one database (current schema). Safe to call from several threads.

    ``reading``: the same PostgreSQL database as ``carecenter_reader``; what workstations hear is read there.
    """

    def __init__(
        self,
        engine: Engine,
        clock: Callable[[], dt.datetime] | None = None,
        cost: KdfCost = KdfCost.INTERACTIVE,
        reading: Engine | None = None,
    ) -> None:
        self._engine = engine
        self._reading = reading
        self._lookups = Lookups()
        self.clock = clock or _utc_now
        self._cost = cost
        self._is_hall = False
        self._bell = Bell(engine)
        self._lately = Lately(self._bell)
        self._pages = Pages(self, self._reader, self._lately)
        self.meanings = Meaning(self.transaction)
        self._questions = Allowance(A_MINUTE)

    @contextmanager
    def transaction(self) -> Iterator[Unit]:
        """A transaction whose changes get their versions; the caller publishes them before it ends."""
        try:
            with (
                CentreSession(self._engine, expire_on_commit=False) as session,
                session.begin(),
                tracked(session) as unit,
            ):
                set_clock(session, self.clock)
                if self._is_hall:
                    set_scoping(session, Scoping.HALL)
                yield unit
                # Once a hall, always a hall; that nothing was chosen yet may change.
                self._is_hall = known_scoping(session) is Scoping.HALL
        except DBAPIError as error:
            known = explain(error)
            if known is None:
                raise
            raise known from error

    def initialise(self) -> None:
        """First start of a database: its generation, the queues, the starter knowledge base. Once only."""
        with self.transaction() as unit:
            sealing.public_key(unit.session)  # a database of an earlier version has none yet
            if facts.get(unit.session, "generation") is not None:
                return
            mine = new_id()
            if facts.locked(unit.session, "generation", mine).value != mine:
                return  # another process was first
            facts.locked(unit.session, ageing.CLOSED_APART, "yes")
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
                who = accounts.leading(unit.session, by_token, new.role, self.clock())
            account = accounts.create(unit.session, new, self._cost)
            self._audit(unit.session, who or (account.id, ""), "CreateAccount", {"account_id": account.id})
            unit.publish()
            return account.id

    def set_active(self, account_id: str, active: bool, by_token: str) -> None:
        """Let an account in again, or shut it out. Raises ``NotAllowed``, also for one's own account."""
        with self.transaction() as unit:
            account = _account(unit.session, account_id)
            who = accounts.leading(unit.session, by_token, account.role, self.clock())
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
            account = _account(unit.session, account_id)
            who = ("", "")
            if by_token is not None:
                viewer, device_id = accounts.signed_in(unit.session, by_token, self.clock())
                who = (viewer.account_id, device_id)
                if viewer.account_id != account_id:
                    who = accounts.leading(unit.session, by_token, account.role, self.clock())
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

    def challenge(self, request: ChallengeRequest) -> Challenge:
        """What a workstation signs to show that it holds its key; the same for one that nobody knows."""
        with self.transaction() as unit:
            said = devices.challenge(unit.session, request.device_id, self.clock())
            return Challenge(challenge=said, centre=sealing.public_key(unit.session))

    def sign_in(self, request: SignIn) -> SignedIn:
        """Raises ``WrongPassword``, ``NotAllowed``, ``StrangeDevice``, ``NotFound`` for a closed account, ``Busy``.

        A refusal is audited, a wrong password also counted.
        """
        answer = attempts(lambda: self._sign_in(request))
        # Raised after the commit: a failure that is rolled back would never be counted.
        if isinstance(answer, UserError):
            raise answer
        return answer

    def _sign_in(self, request: SignIn) -> SignedIn | UserError:
        with self.transaction() as unit:
            return self._let_in(unit.session, request)

    def _let_in(self, session: Session, request: SignIn) -> SignedIn | UserError:
        at = self.clock()
        answer = accounts.sign_in(session, request, at)
        if isinstance(answer, UserError):
            self._audit(session, ("", request.device_id), accounts.SIGN_IN, {}, "refused")
            return answer
        token, viewer = answer
        self._audit(session, (viewer.account_id, request.device_id), accounts.SIGN_IN, {})
        return greeting.let_in(session, viewer, token, at)

    def hello(self, token: str, request: Hello) -> Greeting:
        """Whether the two understand each other, and the workstation's lease renewed. Raises ``SignedOut``."""
        with self.transaction() as unit:
            viewer, _ = accounts.signed_in(unit.session, token, self.clock())
            return greeting.greet(unit.session, viewer, request, self.clock())

    def check(self, token: str) -> None:
        """Raises ``SignedOut`` for a token that is worth nothing; who holds it is found by what is asked next."""
        with self.transaction() as unit:
            if not accounts.holds(unit.session, token, self.clock()):
                raise SignedOut(accounts.SIGNED_OUT)

    def sign_out(self, token: str) -> None:
        """The token is worth nothing from now on."""
        with self.transaction() as unit:
            accounts.sign_out(unit.session, token)
        self._lately.forget(token)

    def push(self, token: str, request: Push) -> Pushed:
        """Operations of the token's device; each is judged by its own author's rights. Raises ``TooLarge``."""
        if len(request.operations) + len(request.sealed) > OPERATIONS_PER_PUSH:
            raise TooLarge(N_("This is more than the centre takes at once."))
        try:
            answer = attempts(lambda: self._push(token, request, careful=False))
        except intake.Stumbled:
            answer = attempts(lambda: self._push(token, request, careful=True))
        if isinstance(answer, Pushed):
            return answer
        raise answer

    def _push(self, token: str, request: Push, *, careful: bool) -> Pushed | NotAllowed:
        with self.transaction() as unit:
            viewer, device_id = accounts.signed_in(unit.session, token, self.clock())
            if any(envelope.device_id != device_id for envelope in request.operations):
                self._audit(unit.session, (viewer.account_id, device_id), "Push", {}, "refused")
                return NotAllowed(N_("These operations come from another workstation."))
            offered = [*request.operations, *sealing.reoffered(unit.session, request.sealed, device_id)]
            envelopes = [one for one in offered if isinstance(one, Envelope)]
            results = iter(intake.accept(unit, envelopes, self.clock(), viewer, careful=careful))
            return Pushed(results=tuple(one if isinstance(one, Result) else next(results) for one in offered))

    def feed(self, token: str, request: FeedRequest) -> FeedPage:
        """What changed in the scopes the account may follow; others it asks for are left out.

        Answers at once: who holds a request waits with ``listen`` and asks again.
        """
        return self.page(token, request).opened()

    def page(self, token: str, request: FeedRequest) -> Page:
        """The same, with its rows as they travel."""
        return self._pages.page(token, request)

    def page_at_once(self, token: str, request: FeedRequest) -> Page | None:
        """The same without the database, which does not block; None where it has to be asked."""
        return self._pages.at_once(token, request)

    def place(self, request: FeedRequest) -> Place | None:
        """Those who stand at the same place get the same rows; None where nothing is new, or nobody knows."""
        return self._pages.place(request)

    def listen(self, scopes: Iterable[str], wake: Callable[[], None]) -> Callable[[], None]:
        """Call ``wake`` on any thread whenever something new stands in one of the scopes, or who follows them
        is signed out somewhere.

        It must not block; what is returned ends it. Read the feed after this call.
        """
        followed = tuple(scopes)
        return self._bell.listen({*followed, *rights(followed)}, wake)

    def manifest(self, token: str, request: ManifestRequest) -> Manifest:
        """What a workstation of this account should hold; scopes it may not follow are left out."""
        with self.transaction() as unit:
            viewer, device_id = accounts.signed_in(unit.session, token, self.clock())
            known, who = scopes_for(unit.session, viewer), (viewer.account_id, device_id)
            audit.not_theirs(unit.session, self.clock(), who, "Manifest", set(request.scopes) - set(known))
            scopes = [scope for scope in known if scope in request.scopes]
            with self._reader(unit.session, scopes) as reader:
                digests = manifest.digests(reader, scopes, request.entities)
            return Manifest(at=self.clock(), scopes=digests)

    def lookup(self, token: str, request: LookupRequest) -> LookupAnswer:
        """What the workstation does not hold. Raises ``NotAllowed``, and ``Busy`` for too many questions."""
        with self.transaction() as unit:
            who = accounts.signed_in(unit.session, token, self.clock())
            answer = self._lookups.find(unit.session, who, request, self.clock())
        # Raised after the commit, so that the refusal is on record.
        if isinstance(answer, UserError):
            raise answer
        return answer

    def open_found(self, token: str, request: OpenFound) -> None:
        """The feed brings what was found, for the day. Raises ``NotFound``, ``NotAllowed`` and ``Busy``."""
        with self.transaction() as unit:
            who = accounts.signed_in(unit.session, token, self.clock())
            refusal = self._lookups.open(unit.session, who, request, self.clock())
            unit.publish()
        if refusal is not None:
            raise refusal

    def meaning(self, token: str, request: MeaningRequest) -> MeaningAnswer:
        """Which articles are near to a question. Raises ``Busy`` for too many questions.

        Articles are for everybody, and nothing of the question stays: it is not on record.
        """
        with self.transaction() as unit:
            viewer, _ = accounts.signed_in(unit.session, token, self.clock())
        seconds = self._questions.take(viewer.account_id, self.clock())
        if seconds:
            raise Busy(N_("The centre has too much to do just now."), retry_after=seconds)
        if not self.meanings.able:
            return MeaningAnswer(able=False)
        return MeaningAnswer(articles=self.meanings.near(request.question))

    def references(self, token: str, request: BlockRequest) -> Block:
        """A block of references for the token's workstation. Raises ``Busy`` for more than a day's worth."""
        with self.transaction() as unit:
            viewer, device_id = accounts.signed_in(unit.session, token, self.clock())
            refusal = devices.refusal_of_references(unit.session, device_id, request.count, self.clock())
            if refusal is not None:
                self._audit(unit.session, (viewer.account_id, device_id), "References", {}, "refused")
            count = 0 if refusal is not None else request.count
            key, payloads = references.key(unit.session), references.reserve(unit.session, count)
        if refusal is not None:
            raise refusal
        return Block(references=references.scattered(key, payloads))

    def unseal(self, token: str, request: SealedKeys) -> UnsealedKeys:
        """Opens a workstation's store for an account that is new there, or has a new password."""
        with self.transaction() as unit:
            viewer, device_id = accounts.signed_in(unit.session, token, self.clock())
            opened = devices.unsealed(unit.session, device_id, request, self.clock())
            outcome = "accepted" if isinstance(opened, bytes) else "refused"
            who = (viewer.account_id, device_id)
            self._audit(unit.session, who, "Unseal", {"device_id": device_id}, outcome)
        # Raised after the commit, so that the refusal is on record.
        if isinstance(opened, UserError):
            raise opened
        return UnsealedKeys(keys=opened)

    def close(self) -> None:
        """Close every connection."""
        self.meanings.close()
        self._bell.close()
        self._engine.dispose()
        if self._reading is not None:
            self._reading.dispose()

    @contextmanager
    def _reader(self, session: Session, followed: Iterable[str]) -> Iterator[Session]:
        """What reads the rows of these scopes: from behind the second wall where there is one."""
        if self._reading is None:
            yield session
        else:
            with behind_the_wall(self._reading, tuple(followed)) as reader:
                yield reader

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


def _account(session: Session, account_id: str) -> Account:
    account = session.get(Account, account_id)
    if account is None:
        raise NotFound(N_("This account does not exist."))
    return account


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
