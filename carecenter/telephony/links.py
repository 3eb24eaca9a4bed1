"""Reads what an exchange's software hands over when the phone rings: a `carecenter:` link or a bare number.

Anybody can make a browser open such a link, so it is read strictly and can do nothing but ring: every other
action, and every parameter that is not known, makes it unreadable. No window and no database is known here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from carecenter.core.errors import UserError
from carecenter.core.i18n import N_
from carecenter.core.phone import is_withheld
from carecenter.core.terms import Channel, Language
from carecenter.core.text import ascii_digits, visible

SCHEME: Final = "carecenter"
LONGEST_LINK: Final = 512
LONGEST_NUMBER: Final = 20
_ACTION: Final = "call"
_PARAMETERS: Final = frozenset({"from", "channel", "language"})


class UnreadableLink(UserError):
    """The link or number is not one that the program acts on; nothing was done."""


@dataclass(frozen=True, slots=True)
class IncomingCall:
    """A phone that rings. `number`: digits with at most a leading plus, as it came; empty when withheld."""

    number: str
    withheld: bool = False
    channel: Channel = Channel.LINE_164
    language: Language | None = None


def is_link(text: str) -> bool:
    """Whether `text` claims to be a link of ours, readable or not."""
    return text.strip().casefold().startswith(f"{SCHEME}:")


def read(text: str) -> IncomingCall:
    """A link or a bare number. Raises UnreadableLink."""
    return read_link(text) if is_link(text) else read_number(text)


def read_link(link: str) -> IncomingCall:
    """`carecenter:call?from=99887766`, also with `channel` and `language`. Raises UnreadableLink."""
    parts = urlsplit(link.strip()) if len(link) <= LONGEST_LINK else None
    if parts is None or parts.scheme != SCHEME or parts.fragment or parts.netloc + parts.path.strip("/") != _ACTION:
        raise _unreadable()
    values = _parameters(parts.query)
    ring = read_number(values["from"])
    try:
        channel = Channel(values.get("channel", Channel.LINE_164))
        language = Language(values["language"]) if "language" in values else None
    except ValueError as error:
        raise _unreadable() from error
    return IncomingCall(ring.number, ring.withheld, channel, language)


def read_number(text: str) -> IncomingCall:
    """A caller's number as the exchange tells it; a withheld one is a call as well. Raises UnreadableLink."""
    if is_withheld(text):
        return IncomingCall("", withheld=True)
    number = ascii_digits(visible(text)).replace(" ", "")
    digits = number.removeprefix("+")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= LONGEST_NUMBER):
        raise UnreadableLink(N_("A call was announced with something that is no phone number. It was ignored."))
    return IncomingCall(number)


def _parameters(query: str) -> dict[str, str]:
    values: dict[str, str] = {}
    for pair in query.split("&"):
        name, equals, value = pair.partition("=")
        if not equals or name not in _PARAMETERS or name in values:
            raise _unreadable()
        values[name] = unquote(value)  # a plus stays a plus: it is part of a number here
    if "from" not in values:
        raise _unreadable()
    return values


def _unreadable() -> UnreadableLink:
    return UnreadableLink(N_("A link that CareCenter does not know was opened. It was ignored."))
