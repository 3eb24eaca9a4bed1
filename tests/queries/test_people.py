"""People are found by their names in either script, whole, begun or mistyped; four digits narrow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from carecenter.models.base import Side
from carecenter.models.caller import Caller, CallerPhone
from carecenter.queries import people, search_index
from tests import houses
from tests.queries.conftest import NOW

PEOPLE = {
    "mutairi": ("محمد المطيري", "", "285010112345", "+96566001234"),
    "mutairi-young": ("محمد المطيري", "", "302010112345", "+96566009999"),
    "boualam": ("رميسة بوعلام", "", None, "+96566005555"),
    "rahman": ("", "Abdul Rahman Al-Enezi", None, "+96566007777"),
    "saleh": ("صبحي صالح", "Subhi Saleh", None, "+96566008888"),
}


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    engine = houses.open_engine(Path(tmp_path_factory.mktemp("people")) / "store.db", Side.DESK)
    with Session(engine) as opened:
        for name, (ar, en, civil_id, phone) in PEOPLE.items():
            opened.add(Caller(id=name, version=1, name_ar=ar, name_en=en, civil_id=civil_id, registered_at=NOW))
            opened.add(CallerPhone(id=f"{name}-phone", version=1, caller_id=name, e164=phone))
        opened.flush()
        search_index.index(opened, {("caller", name) for name in PEOPLE})
        yield opened
    engine.dispose()


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("Roumaysa Boualam", "boualam"),
        ("Boualam Roumaysa", "boualam"),
        ("boualm", "boualam"),
        ("رميسهبوعلام", "boualam"),  # without a space
        ("عبدالرحمن العنزي", "rahman"),
        ("عبد الرحمن العنزى", "rahman"),
        ("abdelrahman", "rahman"),
        ("Sobhy Salih", "saleh"),
        ("sub", "saleh"),
        ("صبحي صح", "saleh"),
    ],
)
def test_whoever_is_meant_stands_first(session: Session, line: str, found: str) -> None:
    assert people.find(session, line, 5)[0] == found


def test_the_end_of_a_number_or_a_year_of_birth_narrows(session: Session) -> None:
    assert set(people.find(session, "Mohamed Elmutairy", 5)) == {"mutairi", "mutairi-young"}
    assert people.find(session, "Mohamed Elmutairy 1234", 5) == ["mutairi"]
    assert people.find(session, "mutairi 2002", 5) == ["mutairi-young"]
    assert people.find(session, "محمد المطيري ١٩٨٥", 5) == ["mutairi"]


@pytest.mark.parametrize(
    "line", ["I lost my wallet with the card in it", "how do I renew my passport", "ضيعت بطاقتي شسوي"]
)
def test_a_question_is_nobodys_name(session: Session, line: str) -> None:
    assert people.find(session, line, 5) == []


def test_digits_that_fit_nobody_do_not_hide_the_name(session: Session) -> None:
    assert set(people.find(session, "mutairi 0000", 5)) == {"mutairi", "mutairi-young"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(st.text(max_size=120))
@example('AND OR "x" NEAR( * ^ {title}: 1234')
@example("\ud800 محمد \u200f")
@example("محمد " * 2_000)
@example("m" * 10_000)
@example("الله الدين عبد")
@example("1234")
def test_whatever_is_typed_is_answered(session: Session, line: str) -> None:
    assert set(people.find(session, line, 5)) <= set(PEOPLE)
