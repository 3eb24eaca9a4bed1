"""Cards: made once, corrected fact by fact, reached on more than one number."""

from __future__ import annotations

import pytest

from carecenter.core.ids import new_id
from carecenter.core.terms import Language
from carecenter.models.caller import Caller, CallerPhone
from carecenter.operations.callers import AttachPhone, CorrectCaller, RegisterCaller
from tests.houses import START
from tests.operations.records import ALI, LATER, Records

NOURA = RegisterCaller(
    caller_id="noura", name_ar="نورة", name_en="Noura", civil_id="282040701483", phone=("phone", "+96599887766")
)


def test_a_card_is_made_once_with_its_number(desk: Records) -> None:
    desk.apply(NOURA)
    once = desk.rows()
    desk.apply(NOURA, actor=ALI, at=LATER)

    card = desk.row(Caller, "noura")
    assert (card.name_ar, card.civil_id, card.registered_at, card.demo) == ("نورة", "282040701483", START, False)
    assert desk.row(CallerPhone, "phone").e164 == "+96599887766"
    assert desk.rows() == once


def test_a_withheld_number_is_no_number(desk: Records) -> None:
    desk.apply(RegisterCaller(caller_id="unknown"))

    assert desk.rows().keys() == {("caller", "unknown")}


@pytest.mark.parametrize("missing", ["caller", "caller_phone"])
def test_what_the_feed_brought_so_far_is_left_and_the_rest_stays(desk: Records, missing: str) -> None:
    desk.apply(NOURA)
    before = desk.rows()
    if missing == "caller":
        desk.session.delete(desk.row(Caller, "noura"))
    else:
        desk.session.delete(desk.row(CallerPhone, "phone"))
    desk.session.flush()

    desk.apply(NOURA)

    assert desk.rows() == before


@pytest.mark.parametrize(
    ("field", "was", "now", "stands"),
    [
        ("name_en", "Noura", "Nora", "Nora"),
        ("name_en", "Norah", "Nora", "Noura"),  # somebody else corrected it first
        ("civil_id", "282040701483", None, None),
        ("note", "", "Hard of hearing.", "Hard of hearing."),
        ("name_ar", "نورة", None, ""),
        ("language", "ar", "en", Language.ENGLISH),
    ],
)
def test_one_fact_is_corrected_if_it_is_still_the_one_that_was_seen(
    desk: Records, field: str, was: str | None, now: str | None, stands: str | None
) -> None:
    desk.apply(NOURA)
    correction = CorrectCaller(caller_id="noura", field=field, was=was, now=now)  # type: ignore[arg-type]  # by name

    desk.apply(correction)
    once = desk.rows()
    desk.apply(correction)

    assert getattr(desk.row(Caller, "noura"), field) == stands
    assert desk.rows() == once


def test_a_card_that_is_not_on_this_desk_is_left_to_the_centre(desk: Records) -> None:
    desk.apply(CorrectCaller(caller_id="elsewhere", field="note", was="", now="x"))

    assert desk.rows() == {}


def test_a_second_number_is_attached_once_whoever_attaches_it(desk: Records) -> None:
    desk.apply(NOURA)

    for number in ("+96522334455", "+96522334455", "+96599887766"):
        desk.apply(AttachPhone(phone_id=new_id(), caller_id="noura", e164=number))

    numbers = [row["e164"] for (entity, _), row in desk.rows().items() if entity == "caller_phone"]
    assert sorted(numbers) == ["+96522334455", "+96599887766"]
