"""What stands first among articles that are about as near to a question: this week's pinned ones, and those that
answered calls of this desk lately and often."""

from __future__ import annotations

import datetime as dt
import json
from typing import Final

from sqlalchemy import bindparam
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from carecenter.models.base import UtcDateTime

_PINNED: Final = 0.15
_USED: Final = 0.1
"""The shares of its score by which an article may pass one that is nearer to the question."""
_OFTEN: Final = 8  # uses that bring half of what use can bring
_LATELY: Final = 3  # a use of this week counts as so many more
_REMEMBERED, _WEEK = dt.timedelta(days=30), dt.timedelta(days=7)

_STATEMENT: Final = sql(
    "SELECT value,"
    " EXISTS (SELECT 1 FROM article_pin WHERE id = value AND until > :at),"
    " (SELECT count(*) FROM search_use WHERE article_id = value AND search_use.at > :remembered),"
    " (SELECT count(*) FROM search_use WHERE article_id = value AND search_use.at > :week)"
    " FROM json_each(:ids)"
).bindparams(*(bindparam(name, type_=UtcDateTime()) for name in ("at", "remembered", "week")))


def favour(session: Session, ids: list[str], at: dt.datetime) -> dict[str, float]:
    """Article → what its score is multiplied by at this moment: from 1 to 1.25."""
    moments = {"at": at, "remembered": at - _REMEMBERED, "week": at - _WEEK}
    rows = session.execute(_STATEMENT, {"ids": json.dumps(ids), **moments})
    factors = {}
    for article_id, pinned, month, week in rows:
        used = month + _LATELY * week
        factors[article_id] = 1 + _PINNED * bool(pinned) + _USED * used / (used + _OFTEN)
    return factors
