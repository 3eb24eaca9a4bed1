"""The schema's history: from nothing to what the models say, on every database; a newer store is left alone."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, MetaData, inspect, select, text
from sqlalchemy.orm import Session

from carecenter import migrations
from carecenter.core.errors import UserError
from carecenter.models.base import Base, Side, tables_of
from carecenter.models.centre import Device, OpBatch, OpLog
from carecenter.models.engine import memory_engine, postgres_engine, sqlcipher_engine
from tests.houses import KEY

SIDES = [Side.CENTRE, Side.DESK]
_VIRTUAL = ("search_article", "search_caller", "search_ticket")  # full-text tables, which no model describes


def _engine(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Engine:
    if kind == "postgresql":
        return postgres_engine(request.getfixturevalue("empty_postgres_url"))
    if kind == "sqlcipher":
        return sqlcipher_engine(tmp_path / "store.db", KEY, foreign_keys=False)
    return memory_engine()


def _models(side: Side) -> MetaData:
    wanted = MetaData(naming_convention=Base.metadata.naming_convention)
    for table in tables_of(side):
        table.to_metadata(wanted)
    return wanted


@pytest.mark.parametrize(
    ("kind", "side"),
    [
        *((kind, side) for kind in ("memory", "sqlcipher") for side in SIDES),
        ("postgresql", Side.CENTRE),  # a workstation's store is never on PostgreSQL
    ],
)
def test_from_nothing_to_what_the_models_say(
    kind: str, side: Side, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    engine = _engine(kind, tmp_path, request)
    assert migrations.current(engine) is None
    migrations.bring_up_to_date(engine, side)
    assert migrations.current(engine) == migrations.HEAD
    with engine.connect() as connection:

        def ours(_object: object, name: str | None, kind: str, *_rest: object) -> bool:
            return not (kind == "table" and (name or "").startswith(_VIRTUAL))

        options = {"include_object": ours, "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, _models(side)) == []
        assert ("search_article" in inspect(connection).get_table_names()) is (side is Side.DESK)
    engine.dispose()


def test_the_comparison_would_tell_a_difference() -> None:
    engine = memory_engine()
    migrations.bring_up_to_date(engine, Side.CENTRE)
    with engine.connect() as connection:
        connection.exec_driver_sql("ALTER TABLE caller DROP COLUMN note")
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert [change[0] for change in compare_metadata(context, _models(Side.CENTRE))] == ["add_column"]
    engine.dispose()


@pytest.mark.parametrize("kind", ["memory", "sqlcipher", "postgresql"])
def test_results_of_operations_judged_before_are_kept(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    engine = _engine(kind, tmp_path, request)
    migrations.upgrade(engine, Side.CENTRE, "0001")
    columns = "op_id, device_id, device_seq, payload_hash, outcome, reason, seqs"
    with engine.begin() as connection:
        connection.exec_driver_sql(
            f"INSERT INTO op_log ({columns}) VALUES"
            """ ('1', 'desk', 1, 'x', 'accepted', '', '{"everyone": 7}'),"""
            " ('2', 'desk', 2, 'y', 'refused', 'no', '{}')"
        )
        connection.exec_driver_sql(
            "INSERT INTO device (id, name, first_seen, revoked) VALUES ('desk', 'desk', '2026-01-01', false)"
        )
    migrations.bring_up_to_date(engine, Side.CENTRE)
    with Session(engine) as session:
        rows = session.execute(
            select(OpLog.op_id, OpLog.reason, OpBatch.seqs).join(OpBatch, OpBatch.id == OpLog.batch)
        )
        assert sorted(map(tuple, rows)) == [("1", "", {"everyone": 7}), ("2", "no", {})]
        assert session.get_one(Device, "desk").last_seen is None
        assert all(batch.at.tzinfo is not None for batch in session.scalars(select(OpBatch)))
    engine.dispose()


def test_the_head_is_the_newest_file() -> None:
    versions = Path(migrations.__file__).parent / "versions"
    newest = max(file.stem.partition("_")[0] for file in versions.glob("[0-9]*.py"))
    assert newest == migrations.HEAD


@pytest.mark.parametrize("side", SIDES)
def test_a_store_of_a_newer_program_is_refused_and_left_alone(side: Side, tmp_path: Path) -> None:
    engine = sqlcipher_engine(tmp_path / "store.db", KEY, foreign_keys=False)
    migrations.bring_up_to_date(engine, side)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(UserError, match="newer version"):
        migrations.bring_up_to_date(engine, side)
    assert migrations.current(engine) == "9999"
    engine.dispose()


def test_alembic_is_loaded_only_when_there_is_something_to_do(tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from carecenter.migrations import bring_up_to_date
from carecenter.models.base import Side
from carecenter.models.centre import Device, OpBatch, OpLog
from carecenter.models.engine import sqlcipher_engine
engine = sqlcipher_engine(Path(sys.argv[1]), b"k" * 32, foreign_keys=False)
bring_up_to_date(engine, Side.DESK)
print("alembic" in sys.modules)
"""
    command = [sys.executable, "-c", program, str(tmp_path / "store.db")]
    answers = [subprocess.run(command, check=True, capture_output=True, text=True).stdout for _ in range(2)]
    assert [answer.strip() for answer in answers] == ["True", "False"]
