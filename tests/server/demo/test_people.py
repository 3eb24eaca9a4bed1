"""The people of the demonstration: nobody in it can exist."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from carecenter.core import phone
from carecenter.core.civil_id import CivilId, parse
from carecenter.models.caller import Caller, CallerPhone
from tests.server.demo.filled import CALLERS, NOW


def test_nobody_in_it_can_exist(session: Session) -> None:
    people = session.scalars(select(Caller)).all()
    assert len(people) == CALLERS
    assert all(one.demo and one.name_ar and one.name_en for one in people)
    for one in people:
        if one.civil_id is not None:
            read = parse(one.civil_id, NOW.date())
            assert isinstance(read, CivilId)
            assert read.is_demo
    numbers = session.scalars(select(CallerPhone.e164)).all()
    assert len(set(numbers)) == CALLERS
    for number in numbers:
        parsed = phone.parse(number)
        assert isinstance(parsed, phone.PhoneNumber)
        assert parsed.kind is phone.PhoneKind.DEMO
