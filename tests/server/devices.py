"""A workstation as the centre sees it: a device that sends envelopes and follows the feed, without a store."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
from sqlalchemy import event

from carecenter.core.device_key import DeviceKey
from carecenter.core.ids import new_id
from carecenter.operations import Operation, encode
from carecenter.server.centre import Centre
from carecenter.sync.signing_in import Credentials
from carecenter.wire import Envelope, FeedRequest, FeedRow, Push, Result, SignedIn, SignIn
from tests.houses import PASSWORD, START, House


class Device:
    """Somebody signed in at a device of their own."""

    def __init__(
        self, centre: Centre, name: str, device_id: str | None = None, secret: bytes | None = None
    ) -> None:
        """``secret``: of a workstation that shows its key; without, one of an earlier version."""
        self.centre = centre
        self._name = name
        self.device_id = device_id or new_id()
        request = SignIn(name=name, password=PASSWORD, device_id=self.device_id, device_name=name)
        if secret is None:
            self.signed_in: SignedIn = centre.sign_in(request)
        else:
            self.signed_in = Credentials(request, DeviceKey(secret, self.device_id)).sign_in(centre)
        self.token = self.signed_in.token
        self.account_id = self.signed_in.account_id
        self.cursors = dict.fromkeys(self.signed_in.scopes, 0)
        self._sent = 0

    def sign_in_again(self) -> None:
        """A new token, long after the first one."""
        self.token = Device(self.centre, self._name, self.device_id).token

    def envelope(self, operation: Operation, **changed: Any) -> Envelope:
        """The next envelope of this device; ``changed`` forges parts of it."""
        self._sent += 1
        fields: dict[str, Any] = {
            "op_id": new_id(),
            "device_id": self.device_id,
            "device_seq": self._sent,
            "account_id": self.account_id,
            "tag": operation.tag(),
            "payload": msgspec.Raw(encode(operation)),
            "desk_at": START - dt.timedelta(minutes=1),
        }
        return Envelope(**{**fields, **changed})

    def push(self, *envelopes: Envelope) -> tuple[Result, ...]:
        return self.centre.push(self.token, Push(operations=envelopes)).results

    def send(self, operation: Operation, **changed: Any) -> Result:
        (result,) = self.push(self.envelope(operation, **changed))
        return result

    def hear(self, limit: int = 2_000) -> list[FeedRow]:
        """Everything new, page by page; the cursors move on."""
        heard: list[FeedRow] = []
        more = True
        while more:
            page = self.centre.feed(self.token, FeedRequest(after=self.cursors, limit=limit))
            self.cursors.update(page.upto)
            heard += page.rows
            more = page.more
        return heard


@contextmanager
def counted(house: House) -> Iterator[list[str]]:
    """The statements that the centre sends meanwhile, those of savepoints included."""
    with house.centre.transaction() as unit:
        engine = unit.session.get_bind()
    statements: list[str] = []

    def sent(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", sent)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", sent)
