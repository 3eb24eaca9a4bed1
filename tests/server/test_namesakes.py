"""Who is found by a name at the centre of a hall, also whoever was there before there were keys."""

import pytest
from sqlalchemy import delete, select

from carecenter.core.ids import new_id
from carecenter.models.caller import Caller
from carecenter.models.centre import CallerName
from carecenter.server import namesakes
from tests.houses import House


def _register(house: House, *names: str) -> list[str]:
    """Callers by these names, the earliest first."""
    with house.centre.transaction() as unit:
        at = house.clock()
        rows = [Caller(id=new_id(), name_en=name, registered_at=at) for name in names]
        unit.session.add_all(rows)
        unit.publish()
        return sorted(row.id for row in rows)


def _find(house: House, name: str) -> list[str]:
    with house.centre.transaction() as unit:
        return namesakes.find(unit.session, name)


def _forget_keys(house: House) -> None:
    """As a dump of an earlier version leaves the database."""
    with house.centre.transaction() as unit:
        unit.session.execute(delete(CallerName))


def test_callers_without_keys_are_found_once_they_are_caught_up_with(postgres_house: House) -> None:
    (mariam,) = _register(postgres_house, "Mariam Al-Salem")
    _forget_keys(postgres_house)
    assert _find(postgres_house, "مريم السالم") == []
    assert sum(namesakes.catch_up(postgres_house.centre)) == 1
    assert _find(postgres_house, "مريم السالم") == [mariam]
    assert sum(namesakes.catch_up(postgres_house.centre)) == 0


def test_what_was_interrupted_goes_on(postgres_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(namesakes, "_PIECE", 2)
    _register(postgres_house, *(f"Mariam Number{letter}" for letter in "abcde"))
    _forget_keys(postgres_house)
    assert next(iter(namesakes.catch_up(postgres_house.centre))) == 2
    assert len(_find(postgres_house, "Mariam")) == 2
    assert list(namesakes.catch_up(postgres_house.centre)) == [2, 1]
    assert len(_find(postgres_house, "Mariam")) == 5


def test_keys_of_older_rules_are_made_anew(postgres_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    _register(postgres_house, "Mariam Al-Salem", "Suad Al-Ali")
    monkeypatch.setattr(namesakes, "RULES", namesakes.RULES + 1)
    assert sum(namesakes.catch_up(postgres_house.centre)) == 2
    with postgres_house.centre.transaction() as unit:
        assert set(unit.session.scalars(select(CallerName.rules))) == {namesakes.RULES}


def test_who_is_being_written_is_left_to_the_writer(postgres_house: House) -> None:
    (mariam,) = _register(postgres_house, "Mariam Al-Salem")
    _forget_keys(postgres_house)
    with postgres_house.centre.transaction() as unit:
        caller = unit.session.get(Caller, mariam)
        assert caller is not None
        caller.name_en = "Suad Al-Ali"
        unit.session.flush()
        assert sum(namesakes.catch_up(postgres_house.centre)) == 0
        unit.publish()
    assert _find(postgres_house, "سعاد العلي") == [mariam]


def test_an_embedded_centre_needs_no_keys(local_house: House) -> None:
    (mariam,) = _register(local_house, "Mariam Al-Salem")
    assert sum(namesakes.catch_up(local_house.centre)) == 0
    assert _find(local_house, "مريم السالم") == [mariam]


@pytest.fixture
def crowd(postgres_house: House, monkeypatch: pytest.MonkeyPatch) -> str:
    """Somebody with three frequent names; after them came more who have a fourth than a stage lets through."""
    for bound in ("_MANY", "_SOME"):
        monkeypatch.setattr(namesakes, bound, 5)
    (meant,) = _register(postgres_house, "محمد احمد علي")
    others = ("سالم", "العنزي", "المطيري", "بدر", "حسين") * 4
    _register(postgres_house, *(f"محمد احمد علي {other}" for other in others))
    return meant


@pytest.mark.parametrize("asked", ["محمد احمد علي", "Mohammed Ahmed Ali", "Ahmad Mohamad Aly"])
def test_among_many_of_the_same_names_whoever_is_called_just_so_is_first(
    postgres_house: House, crowd: str, asked: str
) -> None:
    assert _find(postgres_house, asked)[0] == crowd


@pytest.mark.parametrize("asked", ["محمد احمد عليي", "Mohamed Ahmd Alii", "محمد حمد علي", "محمد علي"])
def test_a_slip_or_a_part_left_out_among_frequent_names_loses_nobody(
    postgres_house: House, crowd: str, asked: str
) -> None:
    assert crowd in _find(postgres_house, asked)[:5]


def test_of_names_as_much_alike_the_last_registered_stand_first(
    postgres_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(namesakes, "_MANY", 5)
    everybody = [one for _ in range(4) for one in _register(postgres_house, *["محمد احمد"] * 5)]
    assert _find(postgres_house, "محمد احمد")[:5] == sorted(everybody, reverse=True)[:5]
