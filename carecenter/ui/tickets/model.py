"""What the tickets page asks for: the agent's own tickets, and what a typed reference means."""

from __future__ import annotations

from dataclasses import dataclass

from carecenter.core import i18n, reference
from carecenter.core.i18n import gettext as _
from carecenter.core.reference import ParsedReference, ReferenceState, Suspect
from carecenter.queries import tickets
from carecenter.queries.tickets import TicketRow
from carecenter.store.desk import Desk
from carecenter.ui.views import words
from carecenter.ui.widgets.status_pill import Tone

_SUSPECTS_TOLD = 4
"""More would be read by nobody while a caller waits."""


@dataclass(frozen=True)
class Verdict:
    """What is said about a typed reference, and how; empty while there is nothing to say."""

    text: str
    tone: Tone = "neutral"


class TicketsModel:
    """The agent's tickets, last changed first."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def mine(self) -> tuple[TicketRow, ...]:
        """What this account opened or holds."""
        return await self._desk.ask(tickets.recent)

    async def by_reference(self, digits: str) -> tuple[TicketRow, ...]:
        """Every ticket a caller may mean by a valid reference."""
        return await self._desk.ask(tickets.by_reference, digits)


def verdict(typed: ParsedReference) -> Verdict:
    """What a reference typed so far is worth, told with every key."""
    match typed.state:
        case ReferenceState.EMPTY:
            return Verdict("")
        case ReferenceState.NOT_DIGITS:
            return Verdict(_("A follow-up reference has digits only."), "danger")
        case ReferenceState.PARTIAL:
            count = i18n.number(len(typed.digits))
            whole = i18n.number(reference.LENGTH)
            return Verdict(_("{count} of {whole} digits").format(count=count, whole=whole))
        case ReferenceState.TOO_LONG:
            return Verdict(_("Too long: a follow-up reference has ten digits."), "danger")
        case ReferenceState.WRONG_CHECK:
            return Verdict(_wrong(typed.digits), "danger")
        case ReferenceState.VALID:
            return Verdict(_("The check digits agree."), "success")


def not_found() -> Verdict:
    """A valid reference that nobody here was given, or whose ticket another queue holds."""
    return Verdict(_("No ticket with this reference is on this workstation."), "warning")


def _wrong(digits: str) -> str:
    suspects = reference.suspects(digits)
    if not suspects:
        return _("The check digits do not agree, in more than one place: ask for the whole reference again.")
    lines = [_suspicion(suspect) for suspect in suspects[:_SUSPECTS_TOLD]]
    return "\n".join((_("The check digits do not agree. Ask again:"), *lines))


def _suspicion(suspect: Suspect) -> str:
    shown = words.reference(suspect.reference)
    first, last = (i18n.number(at) for at in (suspect.positions[0], suspect.positions[-1]))
    if len(suspect.positions) == 1:
        return _("digit {position}: is it {reference}?").format(position=first, reference=shown)
    return _("digits {first} and {last} swapped: is it {reference}?").format(
        first=first, last=last, reference=shown
    )
