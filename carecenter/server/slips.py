"""Slips: by them the centre knows again what it found for an account, and keeps nothing for that.

Without one, an id seen elsewhere would be enough to have a caller's card brought.
"""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
from hashlib import blake2b
from typing import Final

from sqlalchemy.orm import Session

from carecenter.server import facts
from carecenter.server.scopes import Key

LIFE: Final = dt.timedelta(minutes=30)
"""How long a list of results may stand on a screen before one of them is opened."""

_FACT: Final = "slip_key"


class Slips:
    """Those of one account; read or made within one transaction."""

    def __init__(self, session: Session, account_id: str, at: dt.datetime) -> None:
        self._account_id = account_id
        self._at = at
        kept = facts.get(session, _FACT) or facts.locked(session, _FACT, secrets.token_hex(32)).value
        self._key = bytes.fromhex(kept)

    def write(self, key: Key) -> str:
        """A slip for a row that was found."""
        return self._written(key, int((self._at + LIFE).timestamp()))

    def is_good(self, key: Key, slip: str) -> bool:
        """Whether it was written for this account and this row, and not too long ago."""
        until, _, _ = slip.partition(".")
        if not (until.isascii() and until.isdigit() and len(until) <= 12):
            return False
        same = hmac.compare_digest(self._written(key, int(until)).encode(), slip.encode(errors="replace"))
        return same and self._at.timestamp() <= int(until)

    def _written(self, key: Key, until: int) -> str:
        content = "\n".join((self._account_id, *key, str(until))).encode(errors="replace")
        return f"{until}.{blake2b(content, key=self._key, digest_size=32).hexdigest()}"
