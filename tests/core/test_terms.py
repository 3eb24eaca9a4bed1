"""The vocabularies: every term has a word in both languages, and no stored value ever changes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from enum import StrEnum
from typing import get_args

import pytest

from carecenter.core import i18n, terms
from carecenter.core.terms import OPEN_STATUSES, Term, TicketStatus, label

KINDS: tuple[type[StrEnum], ...] = get_args(Term)
TERMS = [term for kind in KINDS for term in kind]

RELEASED = """
{"Language": ["ar", "en"],
 "Role": ["agent", "senior_agent", "supervisor", "editor", "administrator", "auditor"],
 "Channel": ["164", "1800164965", "email", "online_call", "fax"],
 "Direction": ["incoming", "outgoing"],
 "WrapUp": ["answered", "ticket_opened", "followed_up", "referred", "call_dropped", "wrong_number", "other"],
 "TicketKind": ["complaint", "error_report", "suggestion", "support_message", "enquiry"],
 "TicketStatus": ["received", "acknowledged", "assessed", "in_work", "referred", "waiting_for_caller", "answered",
                  "decision_told", "closed"],
 "Priority": ["low", "normal", "high", "urgent"],
 "Outcome": ["resolved", "explained", "passed_on", "not_justified", "duplicate", "withdrawn"],
 "EntryKind": ["opened", "note", "status", "assigned", "queue", "escalated", "callback", "closed", "reopened",
               "outdated"],
 "CallbackState": ["promised", "kept", "cancelled"],
 "RequestState": ["open", "answered", "not_ours"],
 "ArticleKind": ["service", "body", "centre"],
 "Verification": ["official_page_read", "official_other_page_read", "press", "url_only", "public_list"],
 "Check": ["civil_id_part", "phone", "birth_date", "reference", "pin"]}
"""


@pytest.fixture(autouse=True)
def _language_as_before() -> Iterator[None]:
    before = i18n.language()
    yield
    i18n.set_language(before)


def test_what_is_stored_and_sent_is_what_was_released() -> None:
    assert {kind.__name__: [term.value for term in kind] for kind in KINDS} == json.loads(RELEASED)


def test_every_vocabulary_is_one_that_can_be_shown() -> None:
    declared = {kind for kind in vars(terms).values() if isinstance(kind, type) and issubclass(kind, StrEnum)}
    assert declared - {StrEnum} == set(KINDS)


@pytest.mark.parametrize("term", TERMS, ids=lambda term: f"{type(term).__name__}-{term.name}")
def test_a_person_reads_a_word_and_not_the_stored_value(term: Term) -> None:
    i18n.set_language("en")

    assert label(term)
    assert "_" not in label(term)


def test_no_two_terms_of_a_kind_read_alike() -> None:
    for kind in KINDS:
        labels = [label(term) for term in kind]  # type: ignore[arg-type]  # every kind is one of Term
        assert len(set(labels)) == len(labels)


def test_the_word_follows_the_language_of_the_screen() -> None:
    i18n.set_language("qps")

    assert label(TicketStatus.CLOSED) != "Closed"


def test_every_ticket_that_is_not_closed_is_open() -> None:
    assert set(OPEN_STATUSES) == set(TicketStatus) - {TicketStatus.CLOSED}
