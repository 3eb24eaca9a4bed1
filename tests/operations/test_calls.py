"""A call from the first ring to after-call work."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from carecenter.core.terms import Check, Language, WrapUp
from carecenter.models.call import Call
from carecenter.operations import calls
from carecenter.queries.calls import open_calls
from tests.houses import START, house, open_call
from tests.operations.records import ALI, LATER, SARA, Records


@pytest.fixture
def call_id(desk: Records) -> str:
    call = open_call()
    desk.apply(call)
    return call.call_id


def test_a_call_is_kept_from_the_first_ring(desk: Records) -> None:
    call = open_call("+96522334455")
    desk.apply(call)
    once = desk.rows()
    desk.apply(call, actor=ALI, at=LATER)

    row = desk.row(Call, call.call_id)
    assert (row.number, row.agent_id, row.started_at, row.ended_at) == ("+96522334455", "sara", START, None)
    assert desk.rows() == once


def test_another_person_on_the_line_has_to_be_verified_anew(desk: Records, call_id: str) -> None:
    desk.apply(
        calls.IdentifyCaller(call_id=call_id, caller_id="noura", on_behalf_of="her mother"),
        calls.VerifyCaller(call_id=call_id, checks=(Check.PHONE, Check.CIVIL_ID_PART)),
        calls.IdentifyCaller(call_id=call_id, caller_id="noura"),
    )
    assert desk.row(Call, call_id).checks == ["phone", "civil_id_part"]

    desk.apply(calls.IdentifyCaller(call_id=call_id, caller_id=None, anonymous=True))

    row = desk.row(Call, call_id)
    assert (row.caller_id, row.anonymous, row.checks, row.on_behalf_of) == (None, True, [], "")


def test_of_somebody_who_stays_anonymous_neither_name_nor_number_is_kept(desk: Records) -> None:
    call = open_call("+96522334455")
    desk.apply(call, calls.IdentifyCaller(call_id=call.call_id, caller_id="noura"))
    desk.apply(calls.IdentifyCaller(call_id=call.call_id, caller_id="noura", anonymous=True))

    row = desk.row(Call, call.call_id)
    assert (row.anonymous, row.caller_id, row.number) == (True, None, "")


def test_the_centre_keeps_no_number_of_an_anonymous_call_either(tmp_path: Path) -> None:
    with house(tmp_path) as built:
        built.account("sara")
        sara = built.seat("sara")
        call = sara.perform(open_call("+96522334455"))
        sara.synchronise()
        sara.perform(calls.IdentifyCaller(call_id=call.call_id, caller_id=None, anonymous=True))
        sara.synchronise()

        (at_centre,) = built.rows("call").values()
        assert (at_centre["anonymous"], at_centre["caller_id"], at_centre["number"]) == (True, None, "")
        (here,) = sara.workstation.ask(open_calls, sara.viewer)
        assert (here.anonymous, here.caller_id, here.number) == (True, None, "")


def test_an_ended_call_keeps_its_end_and_takes_what_is_written_afterwards(desk: Records, call_id: str) -> None:
    desk.apply(calls.WriteNotes(call_id=call_id, notes="He asks for his card."))
    desk.apply(calls.EndCall(call_id=call_id, wrap_up=WrapUp.ANSWERED, notes="He has it."), at=LATER)
    much_later = LATER + dt.timedelta(hours=1)
    desk.apply(calls.EndCall(call_id=call_id, wrap_up=WrapUp.OTHER, notes="Corrected."), at=much_later)

    row = desk.row(Call, call_id)
    assert (row.ended_at, row.wrap_up, row.notes) == (LATER, WrapUp.OTHER, "Corrected.")


def test_an_article_that_answered_twice_is_noted_once(desk: Records, call_id: str) -> None:
    for article in ("passport", "visa", "passport"):
        desk.apply(calls.LinkArticle(call_id=call_id, article_id=article))

    assert desk.row(Call, call_id).articles == ["passport", "visa"]


def test_the_callers_language_is_not_the_agents(desk: Records, call_id: str) -> None:
    desk.apply(calls.ChooseCallLanguage(call_id=call_id, language=Language.ENGLISH))

    assert desk.row(Call, call_id).language is Language.ENGLISH


CHANGES: list[tuple[type[calls.OfCall], dict[str, Any]]] = [
    (calls.IdentifyCaller, {"caller_id": "noura"}),
    (calls.VerifyCaller, {"checks": (Check.PIN,)}),
    (calls.WriteNotes, {"notes": "mine now"}),
    (calls.ChooseCallLanguage, {"language": Language.ENGLISH}),
    (calls.LinkArticle, {"article_id": "visa"}),
    (calls.EndCall, {"wrap_up": WrapUp.OTHER, "notes": "gone"}),
]


@pytest.mark.parametrize(("kind", "fields"), CHANGES)
def test_nobody_writes_into_the_call_of_another_agent(
    desk: Records, call_id: str, kind: type[calls.OfCall], fields: dict[str, Any]
) -> None:
    before = desk.rows()

    desk.apply(kind(call_id=call_id, **fields), actor=ALI)

    assert desk.rows() == before


@pytest.mark.parametrize(("kind", "fields"), CHANGES)
def test_a_change_is_the_same_however_often_it_comes(
    desk: Records, call_id: str, kind: type[calls.OfCall], fields: dict[str, Any]
) -> None:
    desk.apply(kind(call_id=call_id, **fields), actor=SARA)
    once = desk.rows()

    desk.apply(kind(call_id=call_id, **fields), actor=SARA, at=LATER)
    desk.apply(kind(call_id="elsewhere", **fields), actor=SARA)

    assert desk.rows() == once


def test_what_can_be_done_to_a_call_is_all_listed_here() -> None:
    assert {kind for kind, _ in CHANGES} == set(calls.OfCall.__subclasses__())


def test_a_change_says_itself_what_it_does() -> None:
    with pytest.raises(NotImplementedError):
        calls.OfCall(call_id="1").change(Call(), START)
