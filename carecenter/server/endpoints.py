"""What can be asked over HTTP: one line a question. ``http`` serves the table, ``openapi`` describes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

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
    Message,
    OpenFound,
    Push,
    Pushed,
    SealedKeys,
    SignedIn,
    SignIn,
    UnsealedKeys,
)

PREFIX: Final = "/v1/"


@dataclass(frozen=True)
class Endpoint:
    """``POST /v1/<name>`` calls ``Centre.<method>`` with the token, where one is needed, and the request."""

    name: str
    method: str
    request: type[Message] | None
    answer: type[Message] | None
    does: str
    token: bool = True


SIGN_IN: Final = Endpoint("sign-in", "sign_in", SignIn, SignedIn, "Name and password for a token", token=False)
FEED: Final = Endpoint("feed", "feed", FeedRequest, FeedPage, "What changed; held until there is something")

ENDPOINTS: Final = (
    Endpoint("challenge", "challenge", ChallengeRequest, Challenge, "What a workstation signs, once", token=False),
    SIGN_IN,
    Endpoint("sign-out", "sign_out", None, None, "End the token"),
    Endpoint("hello", "hello", Hello, Greeting, "Compare versions and history, renew the lease"),
    Endpoint("operations", "push", Push, Pushed, "Operations of one workstation, in order"),
    FEED,
    Endpoint("manifest", "manifest", ManifestRequest, Manifest, "What a workstation should hold, to compare"),
    Endpoint("keys", "unseal", SealedKeys, UnsealedKeys, "Open this workstation's store for who was let in here"),
    Endpoint("lookup", "lookup", LookupRequest, LookupAnswer, "Callers and tickets the workstation does not hold"),
    Endpoint("open-found", "open_found", OpenFound, None, "What was found enters the account's scope for the day"),
    Endpoint("meaning", "meaning", MeaningRequest, MeaningAnswer, "Articles that mean what a question means"),
    Endpoint("reference-blocks", "references", BlockRequest, Block, "Follow-up references to issue offline"),
)
