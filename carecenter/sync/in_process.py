"""The transport to a centre in the same process. Messages are encoded and decoded as on a wire, so that what
works here works there."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

import msgspec

from carecenter.core.decoding import decoded
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
)
from carecenter.wire.transport import Transport

M = TypeVar("M")


class LocalCentre(Transport, Protocol):
    """A centre in this process: it also calls back when scopes have something new."""

    def listen(self, scopes: Iterable[str], wake: Callable[[], None]) -> Callable[[], None]:
        """Call ``wake`` on any thread whenever one of the scopes changes; what is returned ends that."""


class InProcess(Transport):
    """Speaks to any object with a centre's methods: the embedded centre."""

    def __init__(self, centre: LocalCentre) -> None:
        self._centre = centre
        self._closed = False
        self._held: set[threading.Event] = set()
        self._lock = threading.Lock()

    def sign_in(self, request: SignIn) -> SignedIn:
        return _carried(self._centre.sign_in(_carried(request)))

    def hello(self, token: str, request: Hello) -> Greeting:
        return _carried(self._centre.hello(token, _carried(request)))

    def sign_out(self, token: str) -> None:
        self._centre.sign_out(token)

    def push(self, token: str, request: Push) -> Pushed:
        return _carried(self._centre.push(token, _carried(request)))

    def feed(self, token: str, request: FeedRequest) -> FeedPage:
        """Blocks for as long as the request is held; ``close`` ends that at once."""
        carried = _carried(request)
        woken = threading.Event()
        stop_listening = self._centre.listen(carried.after, woken.set) if carried.hold else None
        with self._lock:
            self._held.add(woken)
        try:
            until = time.monotonic() + carried.hold
            while True:
                woken.clear()
                page = self._centre.feed(token, carried)
                left = until - time.monotonic()
                if left <= 0 or self._closed or page.is_news(carried):
                    return _carried(page)
                woken.wait(left)
        finally:
            with self._lock:
                self._held.discard(woken)
            if stop_listening is not None:
                stop_listening()

    def manifest(self, token: str, request: ManifestRequest) -> Manifest:
        return _carried(self._centre.manifest(token, _carried(request)))

    def lookup(self, token: str, request: LookupRequest) -> LookupAnswer:
        return _carried(self._centre.lookup(token, _carried(request)))

    def open_found(self, token: str, request: OpenFound) -> None:
        self._centre.open_found(token, _carried(request))

    def meaning(self, token: str, request: MeaningRequest) -> MeaningAnswer:
        return _carried(self._centre.meaning(token, _carried(request)))

    def references(self, token: str, request: BlockRequest) -> Block:
        return _carried(self._centre.references(token, _carried(request)))

    def close(self) -> None:
        """Answer what is held. The centre itself stays open."""
        self._closed = True
        with self._lock:
            for woken in self._held:
                woken.set()


def _carried(message: M) -> M:
    return decoded(msgspec.json.encode(message), type(message))
