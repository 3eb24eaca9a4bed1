"""Columns and images that mean the same on every database and on both sides."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from carecenter.core.kuwait import KUWAIT
from carecenter.core.terms import Language
from carecenter.migrations import bring_up_to_date
from carecenter.models.base import (
    Base,
    Side,
    defaults_of,
    entity_of,
    image_of,
    images_of,
    stored_of,
    synced_models,
    tables_of,
)
from carecenter.models.caller import Caller
from carecenter.models.engine import memory_engine, postgres_engine
from tests import houses

AT = dt.datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=KUWAIT)


@pytest.fixture(params=["memory", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    if request.param == "memory":
        made = memory_engine()
    else:
        made = postgres_engine(request.getfixturevalue("postgres_url"))
    bring_up_to_date(made, Side.CENTRE)
    yield made
    made.dispose()


def _caller(**changed: object) -> Caller:
    return Caller(**{"id": "c", "name_ar": "مريم", "language": Language.ARABIC, "registered_at": AT, **changed})


def test_a_moment_comes_back_in_utc_to_the_microsecond(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        session.add(_caller())
    with Session(engine) as session:
        kept = session.get_one(Caller, "c")
        assert kept.registered_at == AT
        assert kept.registered_at.tzinfo is dt.UTC
        assert kept.language is Language.ARABIC


def test_a_moment_without_a_zone_is_a_defect(engine: Engine) -> None:
    with Session(engine) as session:
        session.add(_caller(registered_at=dt.datetime(2026, 3, 1)))  # noqa: DTZ001  # what is refused
        with pytest.raises(StatementError, match="without a time zone"):
            session.flush()


def test_a_term_nobody_knows_is_refused(engine: Engine) -> None:
    with Session(engine) as session:
        session.add(_caller(language="xx"))
        with pytest.raises(StatementError, match="xx"):
            session.flush()


def test_a_row_travels_as_json_and_comes_back_the_same(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        session.add(_caller())
    table = Base.metadata.tables["caller"]
    with Session(engine) as session:
        rows = [dict(row) for row in session.execute(select(table)).mappings()]
    (image,) = msgspec.json.decode(msgspec.json.encode(images_of("caller", rows)))
    assert image["language"] == "ar"
    assert image == image_of("caller", rows[0])
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":  # the only one that is written to past the types
            kept = connection.exec_driver_sql("SELECT * FROM caller").mappings().one()
            assert dict(zip(*stored_of("caller", image), strict=True)) == dict(kept)


@pytest.mark.parametrize("entity", sorted(synced_models()))
def test_what_a_new_row_has_by_itself_can_be_kept(entity: str) -> None:
    for value in defaults_of(entity).values():
        assert value is None or isinstance(value, str | int | float)


def test_a_moment_of_another_zone_is_kept_in_utc() -> None:
    stored = stored_of("caller", {"registered_at": "2026-03-01T12:30:15.123456+03:00", "language": "ar"})
    assert dict(zip(*stored, strict=True)) == {"registered_at": "2026-03-01 09:30:15.123456", "language": "ar"}
    for wrong in ({"registered_at": "2026-03-01T12:30:15"}, {"language": "klingon"}, {"registered_at": "soon"}):
        with pytest.raises((ValueError, LookupError), match=r".+"):
            stored_of("caller", wrong)


def test_a_column_of_a_newer_or_older_side_is_left_out() -> None:
    values = stored_of("caller", {"id": "c", "registered_at": None, "invented_later": 1})
    assert dict(zip(*values, strict=True)) == {"id": "c", "registered_at": None}


def test_each_side_has_its_own_tables_and_the_nouns_are_on_both() -> None:
    centre, desk = ({table.name for table in tables_of(side)} for side in (Side.CENTRE, Side.DESK))
    assert set(synced_models()) <= centre & desk
    assert {"credential", "audit", "op_log"} <= centre - desk
    assert {"outbox", "draft", "free_reference"} <= desk - centre
    assert entity_of(_caller()) == "caller"


def test_the_password_tables_never_reach_a_workstation() -> None:
    engine = memory_engine()
    bring_up_to_date(engine, Side.DESK)
    with engine.connect() as connection:
        found = set(connection.execute(text("SELECT name FROM sqlite_master")).scalars())
    assert not {"credential", "token", "audit", "quarantine"} & found
    engine.dispose()


def test_a_new_store_is_encrypted(tmp_path: Path) -> None:
    houses.open_engine(tmp_path / "store.db", Side.DESK).dispose()
    assert not (tmp_path / "store.db").read_bytes().startswith(b"SQLite format 3")
