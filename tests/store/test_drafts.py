"""Drafts: what is being typed is there again for its author, and for nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from carecenter.core.errors import NotAllowed
from carecenter.core.terms import Role
from carecenter.operations.articles import PublishBody
from carecenter.store.workstation import Workstation
from tests.houses import Clock, open_store, open_ticket, somebody

SARA, EDITOR = somebody(Role.AGENT), somebody(Role.EDITOR)


@pytest.fixture
def workstation(tmp_path: Path) -> Iterator[Workstation]:
    opened = open_store(tmp_path / "store.db", Clock())
    opened.keep_references(("0472915644", "0472915645"))
    yield opened
    opened.close()


def test_the_last_text_of_each_place_is_kept_oldest_place_first(workstation: Workstation) -> None:
    clock = workstation.clock
    assert isinstance(clock, Clock)
    for place, text in [("call:1:notes", "a"), ("call:1:ticket", "b"), ("call:1:notes", "ab")]:
        clock.advance(seconds=1)
        assert workstation.save_draft(SARA, place, {"text": text}) == clock.at

    assert list(workstation.drafts(SARA).items()) == [
        ("call:1:ticket", {"text": "b"}),
        ("call:1:notes", {"text": "ab"}),
    ]


def test_a_draft_is_there_after_the_program_was_started_again(tmp_path: Path) -> None:
    first = open_store(tmp_path / "again.db")
    first.save_draft(SARA, "call:1:notes", {"text": "قيد الكتابة"})
    first.close()
    second = open_store(tmp_path / "again.db")

    assert second.drafts(SARA) == {"call:1:notes": {"text": "قيد الكتابة"}}
    second.close()


def test_nobody_sees_the_draft_of_another_account(workstation: Workstation) -> None:
    workstation.save_draft(SARA, "call:1:notes", {"text": "sara's"})
    workstation.save_draft(EDITOR, "call:1:notes", {"text": "the editor's"})

    assert workstation.drafts(EDITOR) == {"call:1:notes": {"text": "the editor's"}}
    workstation.drop_draft(EDITOR, "call:1:notes")
    assert workstation.drafts(EDITOR) == {}
    assert workstation.drafts(SARA) == {"call:1:notes": {"text": "sara's"}}


def test_a_draft_goes_with_the_ticket_that_carries_it_further(workstation: Workstation) -> None:
    workstation.save_draft(SARA, "call:1:ticket", {"text": "typed"})
    workstation.save_draft(SARA, "call:1:notes", {"text": "still being typed"})

    workstation.perform(SARA, open_ticket("typed"), done_with="call:1:ticket")

    assert workstation.drafts(SARA) == {"call:1:notes": {"text": "still being typed"}}


def test_a_draft_stays_when_saving_is_refused(workstation: Workstation) -> None:
    workstation.save_draft(SARA, "body", {"text": "typed"})

    with pytest.raises(NotAllowed):
        workstation.perform(SARA, PublishBody(code="X", name_ar="س", name_en="X"), done_with="body")

    assert workstation.drafts(SARA) == {"body": {"text": "typed"}}
