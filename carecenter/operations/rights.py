"""Who may perform what: the role, and the queue of the ticket it is about. The desk asks, the centre decides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlalchemy.orm import Session

from carecenter.core.i18n import N_
from carecenter.models.ticket import Ticket
from carecenter.models.viewer import Viewer, knows, sees
from carecenter.operations.base import DESK_ROLES, Operation
from carecenter.operations.looks import Look
from carecenter.operations.merging import OfTwoCards

LOOKING_UP: Final = DESK_ROLES
"""Who may ask the centre for callers and tickets that their workstation does not hold."""


def refusal(
    session: Session,
    viewer: Viewer,
    operation: Operation,
    is_granted: Callable[[Session, Viewer, str], bool] = lambda _session, _viewer, _ticket_id: False,
) -> str | None:
    """Why this account may not perform the operation (a msgid), or None.

    A ticket that is not here is not judged: on a workstation the centre knows better, and at the centre its
    opening stands earlier in the same device's order. ``is_granted``: how this side knows that a ticket of another
    queue was opened after a look-up; it may be read and written to, and that is all.
    """
    if viewer.role not in operation.allowed:
        return N_("Your role does not allow this. Ask a supervisor.")
    if isinstance(operation, OfTwoCards):
        cards = (operation.kept_id, operation.merged_id)
        return (
            None
            if all(knows(session, viewer, card) for card in cards)
            else N_("This caller is not on this workstation.")
        )
    ticket_id = getattr(operation, "ticket_id", None)
    ticket = None if ticket_id is None else session.get(Ticket, ticket_id)
    if ticket is None or sees(viewer, ticket):
        return None
    if (operation.intake or isinstance(operation, Look)) and is_granted(session, viewer, ticket.id):
        return None
    return N_("This ticket belongs to a queue you do not work in.")
