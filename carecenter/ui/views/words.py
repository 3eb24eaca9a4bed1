"""How the domain's values are written on a screen: names by language, numbers in order, moments in a row.

Looked up at call time, so that a page only has to ask again when the language changes. What a term is called
is `core.terms.label`'s matter, and how a ticket or an article is laid out that of the views beside this file.
"""

from __future__ import annotations

import datetime as dt

from carecenter.core import i18n
from carecenter.core import phone as phones
from carecenter.core import reference as references
from carecenter.core.i18n import gettext as _
from carecenter.core.kuwait import KUWAIT


def name(arabic: str, english: str) -> str:
    """The Arabic name on an Arabic screen, else the English one; the other where there is none."""
    return (arabic or english) if i18n.right_to_left() else (english or arabic)


def other_name(arabic: str, english: str) -> str:
    """The name in the script that `name` does not show; empty where both would be the same."""
    shown = name(arabic, english)
    other = english if i18n.right_to_left() else arabic
    return other if other != shown else ""


def caller(arabic: str, english: str) -> str:
    """A caller's name, or the words for somebody who has none on record."""
    return name(arabic, english) or _("No name")


def phone(e164: str) -> str:
    """A stored number as shown, safe inside any sentence."""
    return i18n.isolate(i18n.digits(phones.display(e164)))


def reference(digits: str) -> str:
    """A stored follow-up reference in its groups, safe inside any sentence; anything else as it is."""
    try:
        return i18n.isolate(i18n.digits(references.format_grouped(digits)))
    except ValueError:
        return digits


def civil_id(number: str) -> str:
    """A Civil ID, masked or whole, whose digits keep their places."""
    return i18n.isolate(i18n.digits(number))


def moment(when: dt.datetime, now: dt.datetime) -> str:
    """A moment in a row: the clock today, the day before that or after; both in Kuwait's time."""
    same_day = when.astimezone(KUWAIT).date() == now.astimezone(KUWAIT).date()
    return i18n.time(when) if same_day else i18n.date(when)


def due(when: dt.datetime, now: dt.datetime) -> str:
    """A promised date in a row, in words that say whether it has passed."""
    text = _("overdue since {moment}") if when < now else _("due {moment}")
    return text.format(moment=moment(when, now))
