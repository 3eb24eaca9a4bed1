"""The interface that both transports offer, and so does the centre itself."""

from __future__ import annotations

from typing import Protocol

from carecenter.wire import (
    Block,
    BlockRequest,
    Challenge,
    ChallengeRequest,
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
    SealedKeys,
    SignedIn,
    SignIn,
    UnsealedKeys,
)


class Transport(Protocol):
    """The way to a centre. Every method blocks, so it runs on a network thread.

    Each raises ``Unreachable`` when the centre does not answer (``Busy`` when it cannot just now), ``SignedOut``
    when the token no longer holds, and ``NotAllowed``; ``sign_in`` raises ``WrongPassword``, ``push`` also
    ``TooLarge``. A schema that the centre does not serve raises ``UpgradeNeeded``.
    """

    def sign_in(self, request: SignIn) -> SignedIn: ...

    def hello(self, token: str, request: Hello) -> Greeting: ...

    def push(self, token: str, request: Push) -> Pushed: ...

    def feed(self, token: str, request: FeedRequest) -> FeedPage: ...

    def manifest(self, token: str, request: ManifestRequest) -> Manifest: ...

    def lookup(self, token: str, request: LookupRequest) -> LookupAnswer: ...

    def open_found(self, token: str, request: OpenFound) -> None: ...

    def meaning(self, token: str, request: MeaningRequest) -> MeaningAnswer: ...

    def references(self, token: str, request: BlockRequest) -> Block: ...

    def sign_out(self, token: str) -> None: ...

    def close(self) -> None:
        """End what is under way within a second; every later call raises ``Unreachable``."""


class HallTransport(Transport, Protocol):
    """The way to the centre of a hall, which also lets somebody in at a workstation where they are new."""

    def challenge(self, request: ChallengeRequest) -> Challenge:
        """What the workstation signs to show that it holds its key."""

    def unseal(self, token: str, request: SealedKeys) -> UnsealedKeys:
        """Raises ``UserError`` for what was sealed for another workstation or to another centre, and
        ``StrangeDevice`` without the key of this one."""
