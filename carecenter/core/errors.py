"""The errors that CareCenter raises on purpose.

A `UserError` carries a message that a person is meant to read; everything else that goes wrong is a
defect and travels as the exception it is. Showing an error and logging it belong to the callers.
"""

from __future__ import annotations


class CareCenterError(Exception):
    """Base of every error that this application raises on purpose."""


class UserError(CareCenterError):
    """Something a person can read and act on.

    `message` is a gettext msgid, marked with `N_` where it is raised, with named placeholders such as
    ``{name}``; `params` fills them. The screen translates first and formats afterwards; `str()` gives
    the English text, for logs and the command line.
    """

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message)
        self.message = message
        self.params = params

    def __str__(self) -> str:
        # A msgid without parameters may hold a literal brace, so it is not put through format.
        return self.message.format(**self.params) if self.params else self.message

    def __reduce__(self) -> tuple[object, ...]:
        # The parameters are keyword-only; the default would lose them between processes.
        return (_restore, (type(self), self.message, self.params))


def _restore(kind: type[UserError], message: str, params: dict[str, object]) -> UserError:
    return kind(message, **params)


class WrongPassword(UserError):
    """The account and the password do not go together; it does not say which of them is wrong."""


class KeyringLockedError(UserError):
    """The keyring of the operating system is locked or was refused to us."""


class StoreDamaged(UserError):
    """The local store cannot be read: its file is not what was written."""


class StoreFull(UserError):
    """The disk is full. Nothing was kept: the text stays on the screen and saving can be tried again."""


class StoreInUse(UserError):
    """Another running copy of the application holds the local store."""


class NotAllowed(UserError):
    """The signed-in account has no right to do this."""


class NotFound(UserError):
    """What was asked for is not, or no longer, there."""


class Unreachable(UserError):
    """The centre cannot be reached: a state that the application works in, not an error to show."""


class Busy(Unreachable):
    """The centre is there but cannot take this now; ``params["retry_after"]`` says in how many seconds."""


class StrangeDevice(NotAllowed):
    """This is not the workstation that it says it is: it does not hold the key that the centre knows."""


class SignedOut(NotAllowed):
    """The token is worth nothing any more: sign in again; what waits to be sent stays."""


class UpgradeNeeded(UserError):
    """This program is too old for the centre: what waits stays, and is sent after the upgrade."""


class TooLarge(UserError):
    """A message is larger than the other side takes: send less at a time."""
