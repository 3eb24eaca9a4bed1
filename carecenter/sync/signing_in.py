"""The transport of somebody who sat down while the centre was out of reach: it signs in as soon as that answers.

What the engine holds for a token is then only a place-holder. A sign-in that the centre has ended is tried once
more with the password; one that it refuses stays refused, so that nobody's failures are counted again and again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from carecenter.core.errors import NotAllowed, NotFound, SignedOut, Unreachable, UserError, WrongPassword
from carecenter.core.i18n import N_
from carecenter.wire import (
    Block,
    BlockRequest,
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
    OpenFound,
    Push,
    Pushed,
    SignedIn,
    SignIn,
    Transport,
)

T = TypeVar("T")


@dataclass(frozen=True)
class Credentials:
    """Who is signed in; the password leaves memory with this object."""

    request: SignIn = field(repr=False)
    account_id: str


class SigningIn(Transport):
    """Safe to use from several threads."""

    def __init__(
        self,
        transport: Transport,
        credentials: Credentials,
        token: str,
        on_refused: Callable[[UserError], None],
    ) -> None:
        """``token``: empty while the centre has not been asked yet. The callback comes on a network thread."""
        self._transport, self._credentials = transport, credentials
        self._token = token
        self._on_refused = on_refused
        self._refusal: UserError | None = None
        self._lock = threading.Lock()

    @property
    def refusal(self) -> UserError | None:
        """Why the centre no longer lets this account in here."""
        return self._refusal

    @property
    def password(self) -> str:
        """What was typed to sign in."""
        return self._credentials.request.password

    def sign_in(self, request: SignIn) -> SignedIn:
        return self._transport.sign_in(request)

    def hello(self, token: str, request: Hello) -> Greeting:
        return self._asked(lambda held: self._transport.hello(held, request))

    def push(self, token: str, request: Push) -> Pushed:
        return self._asked(lambda held: self._transport.push(held, request))

    def feed(self, token: str, request: FeedRequest) -> FeedPage:
        return self._asked(lambda held: self._transport.feed(held, request))

    def manifest(self, token: str, request: ManifestRequest) -> Manifest:
        return self._asked(lambda held: self._transport.manifest(held, request))

    def lookup(self, token: str, request: LookupRequest) -> LookupAnswer:
        return self._asked(lambda held: self._transport.lookup(held, request))

    def open_found(self, token: str, request: OpenFound) -> None:
        self._asked(lambda held: self._transport.open_found(held, request))

    def meaning(self, token: str, request: MeaningRequest) -> MeaningAnswer:
        return self._asked(lambda held: self._transport.meaning(held, request))

    def references(self, token: str, request: BlockRequest) -> Block:
        return self._asked(lambda held: self._transport.references(held, request))

    def sign_out(self, token: str) -> None:
        """Of a place-holder nothing has to be ended."""
        if self._token:
            self._transport.sign_out(self._token)

    def close(self) -> None:
        self._transport.close()

    def _asked(self, ask: Callable[[str], T]) -> T:
        held = self._token or self._renewed("")
        try:
            return ask(held)
        except SignedOut:
            return ask(self._renewed(held))

    def _renewed(self, ended: str) -> str:
        """A token in place of one that has ended, got once for all threads. Raises SignedOut or Unreachable."""
        with self._lock:
            if self._refusal is not None:
                raise SignedOut(self._refusal.message, **self._refusal.params) from self._refusal
            if self._token == ended:
                self._token = self._signed_in().token
            return self._token

    def _signed_in(self) -> SignedIn:
        try:
            session = self._transport.sign_in(self._credentials.request)
        except Unreachable:
            raise
        except (WrongPassword, NotAllowed, NotFound) as error:
            if "seconds" in error.params:  # somebody else's wrong passwords: ask again later
                raise Unreachable(error.message, **error.params) from error
            self._refusal = error
            self._on_refused(error)
            raise SignedOut(error.message, **error.params) from error
        if session.account_id != self._credentials.account_id:
            self._transport.sign_out(session.token)
            self._refusal = NotAllowed(N_("This name belongs to another account now. Sign in again."))
            raise SignedOut(self._refusal.message)
        return session
