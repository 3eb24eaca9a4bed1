"""What opens a backup, what one says before it is opened, and what is to be done once it is in place.

How a backup is written and put back is the business of `server.backup`; the seals are `keyslots`'.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ByPassword:
    """An account with its password, both of the time of the backup. Only where the backup was made."""

    name: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class ByCode:
    """The recovery code that was in force when the backup was made. On any computer."""

    code: str = field(repr=False)


BackupKey = ByPassword | ByCode


@dataclass(frozen=True)
class BackupLook:
    """What a whole backup says of itself. `made_at` is UTC, `names` are its accounts.

    `made_here`: this computer holds the secret that goes with the passwords; elsewhere only the code opens it.
    """

    made_at: dt.datetime
    names: tuple[str, ...]
    made_here: bool


@dataclass(frozen=True)
class Restored:
    """A backup is in place. `kept_in`: the name of the folder with what was there before, or nothing.

    `wants_password`: the accounts' passwords open nothing here until the recovery code has set a new one.
    """

    kept_in: str
    wants_password: bool
