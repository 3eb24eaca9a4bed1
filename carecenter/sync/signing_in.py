"""Signing in as this workstation, and the transport of somebody who sat down while the centre was out of reach: it
signs in as soon as that answers.

What the engine holds for a token is then only a place-holder. A sign-in that the centre has ended is tried once
more with the password; one that it refuses stays refused, so that nobody's failures are counted again and again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec

from carecenter.core import device_key
from carecenter.core.device_key import DeviceKey
from carecenter.core.errors import NotAllowed, NotFound, SignedOut, Unreachable, UserError, WrongPassword
from carecenter.core.i18n import N_
from carecenter.wire import (
    Block,
    BlockRequest,
    ChallengeRequest,
    DeviceProof,
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
)
from carecenter.wire.transport import HallTransport, Transport

T = TypeVar("T")


OTHER_CENTRE = N_(
    "The server at this address is not the one whose work lies on this computer. Put the earlier address back, or"
    " ask your administrator."
)


class OtherCentre(UserError):
    """Another centre answers; it was told nothing but the id of this workstation."""


@dataclass(frozen=True)
class Credentials:
    """Who signs in, where; the password leaves memory with this object. ``centre``: the public sealing key of the
    centre it has to be, empty as long as none is known."""

    request: SignIn = field(repr=False)
    key: DeviceKey = field(repr=False)
    centre: str = ""

    def sign_in(self, transport: HallTransport) -> SignedIn:
        """Raises ``OtherCentre``, and what the transport raises."""
        proof = proof_for(transport, self.key, device_key.SIGN_IN, self.request.name, self.centre)
        return transport.sign_in(msgspec.structs.replace(self.request, proof=proof))


def proof_for(
    transport: HallTransport, key: DeviceKey, purpose: str, subject: str, centre: str
) -> DeviceProof | None:
    """What shows a centre that this workstation holds its key; None for one of an earlier version, which asks for
    none. Raises ``OtherCentre``."""
    try:
        asked = transport.challenge(ChallengeRequest(device_id=key.device_id))
    except NotFound:
        return None
    if centre and asked.centre != centre:
        raise OtherCentre(OTHER_CENTRE)
    signature = key.sign(purpose, subject, asked.centre, asked.challenge)
    return DeviceProof(key=key.public, challenge=asked.challenge, signature=signature)


class SigningIn(Transport):
    """Safe to use from several threads."""

    def __init__(
        self,
        transport: HallTransport,
        credentials: Credentials,
        account_id: str,
        token: str,
        on_refused: Callable[[UserError], None],
    ) -> None:
        """``token``: empty while the centre has not been asked yet. The callback comes on a network thread."""
        self._transport, self._credentials, self._account_id = transport, credentials, account_id
        self._token = token
        self._on_refused = on_refused
        self._refusal: UserError | None = None
        self._lock = threading.Lock()

    @property
    def refusal(self) -> UserError | None:
        """Why the centre no longer lets this account in here."""
        return self._refusal

    @property
    def request(self) -> SignIn:
        """As whom and from where; in it, what was typed to sign in."""
        return self._credentials.request

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
            session = self._credentials.sign_in(self._transport)
        except Unreachable:
            raise
        except OtherCentre as error:  # somebody's mistake at the other end: ours is not there
            raise Unreachable(error.message) from error
        except (WrongPassword, NotAllowed, NotFound) as error:
            if "seconds" in error.params:  # somebody else's wrong passwords: ask again later
                raise Unreachable(error.message, **error.params) from error
            self._refusal = error
            self._on_refused(error)
            raise SignedOut(error.message, **error.params) from error
        if session.account_id != self._account_id:
            self._transport.sign_out(session.token)
            self._refusal = NotAllowed(N_("This name belongs to another account now. Sign in again."))
            raise SignedOut(self._refusal.message)
        return session
