"""The transport to a centre in the same process. Messages are encoded and decoded as on a wire, so that what
works here works there."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from carecenter.wire import (
    Block,
    BlockRequest,
    FeedPage,
    FeedRequest,
    Push,
    Pushed,
    SignedIn,
    SignIn,
    Transport,
)

M = TypeVar("M")


class InProcess(Transport):
    """Speaks to any object with a centre's methods: the embedded centre."""

    def __init__(self, centre: Transport) -> None:
        self._centre = centre

    def sign_in(self, request: SignIn) -> SignedIn:
        return _carried(self._centre.sign_in(_carried(request)))

    def sign_out(self, token: str) -> None:
        self._centre.sign_out(token)

    def push(self, token: str, request: Push) -> Pushed:
        return _carried(self._centre.push(token, _carried(request)))

    def feed(self, token: str, request: FeedRequest) -> FeedPage:
        return _carried(self._centre.feed(token, _carried(request)))

    def references(self, token: str, request: BlockRequest) -> Block:
        return _carried(self._centre.references(token, _carried(request)))


def _carried(message: M) -> M:
    return msgspec.json.decode(msgspec.json.encode(message), type=type(message))
