"""Who may perform what: the role, and the queue of the ticket it is about. The desk asks, the centre decides."""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from carecenter.core.i18n import N_
from carecenter.models.ticket import Ticket
from carecenter.models.viewer import Viewer, sees
from carecenter.operations.base import DESK_ROLES, Operation

LOOKING_UP: Final = DESK_ROLES
"""Who may ask the centre for callers and tickets that their workstation does not hold."""


def refusal(session: Session, viewer: Viewer, operation: Operation) -> str | None:
    """Why this account may not perform the operation (a msgid), or None.

    A ticket that is not here is not judged: on a workstation the centre knows better, and at the centre its
    opening stands earlier in the same device's order.
    """
    if viewer.role not in operation.allowed:
        return N_("Your role does not allow this. Ask a supervisor.")
    ticket_id = getattr(operation, "ticket_id", None)
    ticket = None if ticket_id is None else session.get(Ticket, ticket_id)
    if ticket is not None and not sees(viewer, ticket):
        return N_("This ticket belongs to a queue you do not work in.")
    return None
