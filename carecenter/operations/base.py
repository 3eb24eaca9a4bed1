"""What an operation is, who performs it, and how a change of one field is compared: ``was`` → ``now``."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

import msgspec
from sqlalchemy.orm import Session

from carecenter.core.terms import Role

ALL_ROLES = frozenset(Role)
DESK_ROLES = frozenset({Role.AGENT, Role.SENIOR_AGENT, Role.SUPERVISOR, Role.ADMINISTRATOR})
LEADING_ROLES = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})
EDITING_ROLES = frozenset({Role.EDITOR, Role.ADMINISTRATOR})


Rows = tuple[tuple[str, str], ...]
"""Entity and id of rows."""


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Who performs an operation, from which workstation. ``desk_at``: what that desk's clock said (UTC)."""

    account_id: str
    device_id: str
    desk_at: dt.datetime


class Operation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A write. Everything ``apply`` needs is in its fields, in the session, in the actor and in ``at``.

    ``allowed``: roles that may perform it. ``intake``: what a caller was promised; it is never refused, the
    doubtful goes to a review queue. ``subject``: the fields that name the rows it is about, for the audit.
    """

    allowed: ClassVar[frozenset[Role]] = DESK_ROLES
    intake: ClassVar[bool] = False
    subject: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def tag(cls) -> str:
        """The name the operation travels under; fixed once released."""
        return cls.__name__

    def apply(self, session: Session, actor: Actor, at: dt.datetime) -> None:
        """Change the rows. ``at`` (UTC): the desk's estimate on the desk, the centre's clock at the centre.

        Deterministic; tolerates rows that are missing on a workstation, raises nothing for outdated states.
        """
        raise NotImplementedError

    def rows(self) -> Rows:
        """The rows that ``apply`` looks up or whose feed it moves: the centre loads and locks them beforehand."""
        return ()

    def subjects(self) -> dict[str, str]:
        """Field → id of the rows this operation is about; never contents."""
        return {name: value for name in self.subject if (value := getattr(self, name))}
