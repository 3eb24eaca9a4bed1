"""The closed vocabularies of the domain: roles, kinds, states, channels, outcomes.

Values are what is stored and sent; they never change once released. What a person reads comes from
``label()``, looked up in the catalogue at call time.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from carecenter.core.i18n import N_, NP_, gettext, pgettext


class Language(StrEnum):
    """A language of the caller, of an article or of the screen."""

    ARABIC = "ar"
    ENGLISH = "en"


class Role(StrEnum):
    """What an account may do; the centre checks it on each operation."""

    AGENT = "agent"
    SENIOR_AGENT = "senior_agent"
    SUPERVISOR = "supervisor"
    EDITOR = "editor"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class Channel(StrEnum):
    """How the caller reached the centre."""

    LINE_164 = "164"
    LINE_ABROAD = "1800164965"
    EMAIL = "email"
    ONLINE_CALL = "online_call"
    FAX = "fax"


class Direction(StrEnum):
    """Who began the call."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"


class WrapUp(StrEnum):
    """What came of a call, chosen by the agent when it ends."""

    ANSWERED = "answered"
    TICKET_OPENED = "ticket_opened"
    FOLLOWED_UP = "followed_up"
    REFERRED = "referred"
    CALL_DROPPED = "call_dropped"
    WRONG_NUMBER = "wrong_number"
    OTHER = "other"


class TicketKind(StrEnum):
    """What a ticket is about, in the words of the centre's charter."""

    COMPLAINT = "complaint"
    ERROR_REPORT = "error_report"
    SUGGESTION = "suggestion"
    SUPPORT_MESSAGE = "support_message"
    ENQUIRY = "enquiry"


class TicketStatus(StrEnum):
    """The steps of a complaint (ISO 10002), in order; ``CLOSED`` needs an outcome."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    ASSESSED = "assessed"
    IN_WORK = "in_work"
    REFERRED = "referred"
    WAITING_FOR_CALLER = "waiting_for_caller"
    ANSWERED = "answered"
    DECISION_TOLD = "decision_told"
    CLOSED = "closed"


class Priority(StrEnum):
    """How soon a ticket must be worked on."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class Outcome(StrEnum):
    """How a ticket ended; compulsory when it is closed."""

    RESOLVED = "resolved"
    EXPLAINED = "explained"
    PASSED_ON = "passed_on"
    NOT_JUSTIFIED = "not_justified"
    DUPLICATE = "duplicate"
    WITHDRAWN = "withdrawn"


class EntryKind(StrEnum):
    """A line of a ticket's timeline."""

    OPENED = "opened"
    NOTE = "note"
    STATUS = "status"
    ASSIGNED = "assigned"
    QUEUE = "queue"
    ESCALATED = "escalated"
    CALLBACK = "callback"
    CLOSED = "closed"
    REOPENED = "reopened"
    OUTDATED = "outdated"


class CallbackState(StrEnum):
    """A promise to call back."""

    PROMISED = "promised"
    KEPT = "kept"
    CANCELLED = "cancelled"


class RequestState(StrEnum):
    """What became of a question that no article answered."""

    OPEN = "open"
    ANSWERED = "answered"
    NOT_OURS = "not_ours"


class ArticleKind(StrEnum):
    """What an article of the knowledge base describes."""

    SERVICE = "service"
    BODY = "body"
    CENTRE = "centre"


class Verification(StrEnum):
    """How far an article's facts were checked against their source."""

    OFFICIAL_PAGE = "official_page_read"
    OTHER_OFFICIAL_PAGE = "official_other_page_read"
    PRESS = "press"
    ADDRESS_ONLY = "url_only"
    PUBLIC_LIST = "public_list"


class Check(StrEnum):
    """What was asked of a caller before anything personal was read out."""

    CIVIL_ID_PART = "civil_id_part"
    PHONE = "phone"
    BIRTH_DATE = "birth_date"
    REFERENCE = "reference"
    PIN = "pin"


Term = (
    Language
    | Role
    | Channel
    | Direction
    | WrapUp
    | TicketKind
    | TicketStatus
    | Priority
    | Outcome
    | EntryKind
    | CallbackState
    | RequestState
    | ArticleKind
    | Verification
    | Check
)

OPEN_STATUSES: Final = tuple(status for status in TicketStatus if status is not TicketStatus.CLOSED)

_LABELS: Final[dict[type[StrEnum], dict[str, str | tuple[str, str]]]] = {
    Language: {"ar": N_("Arabic"), "en": N_("English")},
    Role: {
        "agent": N_("Agent"),
        "senior_agent": N_("Senior agent"),
        "supervisor": N_("Supervisor"),
        "editor": N_("Knowledge editor"),
        "administrator": N_("Administrator"),
        "auditor": N_("Auditor"),
    },
    Channel: {
        "164": N_("164"),
        "1800164965": N_("From abroad"),
        "email": N_("E-mail"),
        "online_call": N_("Online call"),
        "fax": N_("Fax"),
    },
    Direction: {"incoming": N_("Incoming"), "outgoing": N_("Outgoing")},
    WrapUp: {
        "answered": N_("Answered from knowledge"),
        "ticket_opened": N_("Ticket opened"),
        "followed_up": N_("Ticket followed up"),
        "referred": N_("Referred to the body"),
        "call_dropped": N_("Call dropped"),
        "wrong_number": N_("Wrong number"),
        "other": N_("Other"),
    },
    TicketKind: {
        "complaint": N_("Complaint"),
        "error_report": N_("Error report"),
        "suggestion": N_("Suggestion"),
        "support_message": N_("Message of support"),
        "enquiry": N_("Enquiry"),
    },
    TicketStatus: {
        "received": N_("Received"),
        "acknowledged": N_("Acknowledged"),
        "assessed": N_("Assessed"),
        "in_work": N_("In progress"),
        "referred": N_("Referred to body"),
        "waiting_for_caller": N_("Waiting for caller"),
        "answered": N_("Answered"),
        "decision_told": N_("Decision told"),
        "closed": N_("Closed"),
    },
    Priority: {"low": N_("Low"), "normal": N_("Medium"), "high": N_("High"), "urgent": N_("Urgent")},
    Outcome: {
        "resolved": N_("Resolved"),
        "explained": N_("Explained to the caller"),
        "passed_on": N_("Passed to the competent authority"),
        "not_justified": N_("Not justified"),
        "duplicate": N_("Duplicate"),
        "withdrawn": N_("Withdrawn by the caller"),
    },
    EntryKind: {
        "opened": NP_("timeline", "Ticket opened"),
        "note": N_("Note"),
        "status": N_("Status changed"),
        "assigned": N_("Assigned"),
        "queue": N_("Moved to another queue"),
        "escalated": NP_("timeline", "Escalated"),
        "callback": N_("Callback promised"),
        "closed": N_("Ticket closed"),
        "reopened": N_("Ticket reopened"),
        "outdated": N_("Outdated change, kept for the record"),
    },
    CallbackState: {"promised": N_("Promised"), "kept": N_("Call made"), "cancelled": N_("Cancelled")},
    RequestState: {
        "open": N_("Not answered yet"),
        "answered": N_("Answered by an article"),
        "not_ours": N_("Not for the centre"),
    },
    ArticleKind: {
        "service": NP_("article", "Service"),
        "body": NP_("article", "Government body"),
        "centre": N_("The centre"),
    },
    Verification: {
        "official_page_read": N_("Official page read"),
        "official_other_page_read": N_("Page of another official body read"),
        "press": N_("From the press, to be confirmed"),
        "url_only": N_("Name only, to be confirmed"),
        "public_list": N_("From public lists of bodies"),
    },
    Check: {
        "civil_id_part": N_("Part of the Civil ID"),
        "phone": N_("Phone number"),
        "birth_date": N_("Date of birth"),
        "reference": N_("Follow-up reference"),
        "pin": N_("Spoken PIN"),
    },
}


def label(term: Term) -> str:
    """The word for a term in the language of the screen."""
    text = _LABELS[type(term)][term.value]
    return gettext(text) if isinstance(text, str) else pgettext(*text)
