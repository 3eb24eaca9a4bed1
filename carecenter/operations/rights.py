"""Who may perform what: the role, and the queue of the ticket it is about. The desk asks, the centre decides."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from carecenter.core.i18n import N_
from carecenter.models.ticket import Ticket
from carecenter.models.viewer import Viewer, visible_tickets
from carecenter.operations.base import Operation


def refusal(session: Session, viewer: Viewer, operation: Operation) -> str | None:
    """Why this account may not perform the operation (a msgid), or None.

    A ticket that is not here is not judged: on a workstation the centre knows better, and at the centre its
    opening stands earlier in the same device's order.
    """
    if viewer.role not in operation.allowed:
        return N_("Your role does not allow this. Ask a supervisor.")
    ticket_id = getattr(operation, "ticket_id", None)
    if ticket_id is not None and session.get(Ticket, ticket_id) is not None:
        seen = session.scalar(select(Ticket.id).where(Ticket.id == ticket_id, visible_tickets(viewer)))
        if seen is None:
            return N_("This ticket belongs to a queue you do not work in.")
    return None
