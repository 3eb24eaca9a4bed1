"""Errors as they travel over HTTP: which kind goes under which code, and back."""

from __future__ import annotations

from typing import Final

from carecenter.core.errors import (
    Busy,
    NotAllowed,
    NotFound,
    SignedOut,
    StrangeDevice,
    TooLarge,
    Unreachable,
    UpgradeNeeded,
    UserError,
    WrongPassword,
)
from carecenter.wire import Problem

_KINDS: Final[dict[str, type[UserError]]] = {
    # A kind comes before those it is derived from.
    "busy": Busy,
    "unreachable": Unreachable,
    "signed_out": SignedOut,
    "strange_device": StrangeDevice,
    "wrong_password": WrongPassword,
    "not_allowed": NotAllowed,
    "not_found": NotFound,
    "upgrade_needed": UpgradeNeeded,
    "too_large": TooLarge,
    "refused": UserError,
}


def problem_of(error: UserError) -> Problem:
    """An error, ready to travel."""
    code = next(code for code, kind in _KINDS.items() if isinstance(error, kind))
    params = {
        name: value if isinstance(value, str | int | float | bool | None) else str(value)
        for name, value in error.params.items()
    }
    return Problem(code=code, message=error.message, params=params)


def error_of(problem: Problem) -> UserError:
    """The error that was sent; of a kind that this program does not know, a plain ``UserError``.

    Raises ``ValueError`` for a message that its parameters do not fill.
    """
    try:
        problem.message.format(**problem.params)
    except (LookupError, AttributeError, TypeError) as error:
        raise ValueError(problem.code) from error
    return _KINDS.get(problem.code, UserError)(problem.message, **problem.params)
