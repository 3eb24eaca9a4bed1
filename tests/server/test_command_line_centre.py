"""``carecenter-server`` makes a hall's centre, keeps it, backs it up and tells how it is, on a real PostgreSQL."""

from __future__ import annotations

import getpass
import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url, text

from carecenter.core.errors import SignedOut
from carecenter.migrations import HEAD, upgrade
from carecenter.models.base import Side
from carecenter.models.engine import postgres_engine
from carecenter.server import administration, ageing, command_line, namesakes, reading, restored
from carecenter.server.commands import database
from carecenter.server.commands.parser import DONE, FAILED, INTERRUPTED
from carecenter.wire import FeedRequest, Hello
from tests.houses import PASSWORD
from tests.server.terminals import Terminal, centre_at, interrupt, signed_in


def test_an_empty_database_becomes_a_hall_where_the_administrator_signs_in(hall: Terminal) -> None:
    assert "admin can sign in" in hall.out
    status = hall.json("status")
    assert (status["schema"], status["scoping"], status["accounts"]) == (HEAD, "hall", 1)
    assert [queue["id"] for queue in status["queues"]] == ["general", "technical", "bodies", "confidential"]
    with centre_at(hall.url) as centre:
        answer = signed_in(centre, "ADMIN")
        assert answer.generation == status["generation"] != ""
    assert hall.run("init", "--password-stdin", typed="another-password") == DONE
    assert "Nothing was changed" in hall.out
    assert hall.json("status")["generation"] == status["generation"]


def test_a_weak_password_leaves_the_database_empty(empty: Terminal) -> None:
    assert empty.run("init", "--password-stdin", typed="short") == FAILED
    assert "too short" in empty.err
    assert empty.run("status") == FAILED
    assert "carecenter-server init" in empty.err


def test_a_password_is_typed_twice(empty: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter([PASSWORD, "a-slip-of-the-hand", PASSWORD, PASSWORD])
    monkeypatch.setattr(getpass, "getpass", lambda _question: next(typed))
    assert empty.run("init") == FAILED
    assert "differ" in empty.err
    assert empty.run("init") == DONE


def test_migrate_says_from_where_to_where_and_leaves_a_newer_schema_alone(empty: Terminal) -> None:
    engine = postgres_engine(empty.url)
    upgrade(engine, Side.CENTRE, "0001")
    assert empty.run("status") == FAILED
    assert "carecenter-server migrate" in empty.err
    assert empty.run("migrate") == DONE
    assert "from 0001 to " + HEAD in empty.out
    assert empty.run("migrate") == DONE
    assert "as it should be" in empty.out
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    assert empty.run("migrate") == FAILED
    assert "newer version" in empty.err


def test_a_hall_whose_making_or_migration_is_interrupted_is_whole_when_it_is_done_again(
    empty: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    init = ("init", "--password-stdin")
    for module, step, arguments in (
        (administration, "add_account", init),
        (namesakes, "catch_up", ("migrate",)),
        (restored, "renew_centre", ("renew", "--yes")),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(module, step, interrupt)
            assert empty.run(*arguments, typed=PASSWORD) == INTERRUPTED
        assert "run the same command again" in empty.err
        assert empty.run(*arguments, typed=PASSWORD) == DONE, empty.err
    assert empty.run(*init, typed=PASSWORD) == DONE
    assert "There is a centre in this database already" in empty.out


def test_ctrl_c_at_a_question_changes_nothing(empty: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getpass", interrupt)
    assert empty.run("init") == INTERRUPTED
    assert "Nothing was changed" in empty.err
    assert empty.run("status") == FAILED


def test_where_the_roles_are_used_the_second_wall_stands_after_init_and_migrate(empty: Terminal) -> None:
    engine = postgres_engine(empty.url)
    roles = Path(__file__).parents[2] / "deploy" / "postgresql" / "roles.sql"
    with psycopg.connect(empty.url.replace("+psycopg", ""), autocommit=True) as superuser:
        superuser.execute(roles.read_bytes())
    assert empty.run("init", "--password-stdin", typed=PASSWORD) == DONE, empty.err
    assert empty.err == ""
    walled = text("SELECT count(*) FROM pg_class WHERE relname IN ('ticket', 'caller') AND relforcerowsecurity")
    with engine.begin() as connection:
        assert connection.execute(walled).scalar() == 2
        connection.execute(text("ALTER TABLE ticket NO FORCE ROW LEVEL SECURITY"))
    assert empty.run("migrate") == DONE
    with engine.connect() as connection:
        assert connection.execute(walled).scalar() == 2
    engine.dispose()


def test_behind_the_second_wall_the_writer_does_the_days_work_and_a_backup_comes_back(
    empty: Terminal, other_url: str, tmp_path: Path
) -> None:
    roles = (Path(__file__).parents[2] / "deploy" / "postgresql" / "roles.sql").read_bytes()
    for url in (empty.url, other_url):
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as superuser:
            superuser.execute(roles)
    owner, writer, other = (
        make_url(url).set(username=f"carecenter_{role}").render_as_string()
        for url, role in ((empty.url, "owner"), (empty.url, "writer"), (other_url, "owner"))
    )
    assert empty.run("init", "--password-stdin", typed=PASSWORD, url=owner) == DONE, empty.err
    new = ("account", "add", "sara", "--role", "agent", "--password-stdin")
    dump, lines = str(tmp_path / "hall.dump"), str(tmp_path / "hall.jsonl")
    for arguments in (
        new,
        ("status",),
        ("age",),
        ("audit", "sign", "--key", str(tmp_path / "key"), "--to", str(tmp_path / "heads")),
        ("seed", "--tickets", "2", "--accounts", "1", "--password-stdin"),
        ("export", "--to", lines),
        ("import", "--from", lines),
        ("backup", "--to", dump),
        ("renew", "--yes"),
    ):
        assert empty.run(*arguments, typed=PASSWORD, url=writer) == DONE, (arguments, empty.err)
    assert empty.run("restore", "--from", dump, url=other) == DONE, empty.err
    assert empty.run("account", "list", url=other) == DONE
    assert "sara" in empty.out
    engine = postgres_engine(other_url)
    assert reading.is_raised(engine)
    engine.dispose()


def test_a_backup_comes_back_in_another_database_as_a_new_generation(
    hall: Terminal, other_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "hall.dump"
    with centre_at(hall.url) as centre:
        token = signed_in(centre, "admin").token
    assert hall.run("backup", "--to", str(file)) == DONE, hall.err
    assert file.stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == [file]
    assert hall.run("restore", "--from", str(file)) == FAILED
    assert "not empty" in hall.err
    before = hall.json("status")
    assert hall.run("restore", "--from", str(file), url=other_url) == DONE, hall.err
    assert hall.run("status", "--json", url=other_url) == DONE
    after = json.loads(hall.out)
    assert after["generation"] not in {before["generation"], ""}
    assert after["queues"] == before["queues"]
    with centre_at(other_url) as centre:
        with pytest.raises(SignedOut):
            centre.hello(token, Hello(version="1"))
        signed_in(centre, "admin")


def test_a_restore_that_is_interrupted_says_how_to_go_on(
    hall: Terminal, other_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = str(tmp_path / "hall.dump")
    assert hall.run("backup", "--to", file) == DONE
    with monkeypatch.context() as patch:
        patch.setattr(restored, "renew_centre", interrupt)
        assert hall.run("restore", "--from", file, url=other_url) == INTERRUPTED
    assert "carecenter-server renew" in hall.err
    assert hall.run("renew", "--yes", url=other_url) == DONE


def test_a_damaged_backup_leaves_the_database_empty(hall: Terminal, other_url: str, tmp_path: Path) -> None:
    file = tmp_path / "hall.dump"
    assert hall.run("backup", "--to", str(file)) == DONE
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    assert hall.run("restore", "--from", str(file), url=other_url) == FAILED
    assert "pg_restore failed" in hall.err
    assert hall.run("init", "--password-stdin", typed=PASSWORD, url=other_url) == DONE


def test_a_database_put_back_by_other_means_is_renewed_once_somebody_says_yes(hall: Terminal) -> None:
    before = hall.json("status")["generation"]
    assert hall.run("renew", typed="no\n") == FAILED
    assert hall.json("status")["generation"] == before
    assert hall.run("renew", typed="yes\n") == DONE
    assert hall.json("status")["generation"] != before
    assert hall.run("renew", "--yes") == DONE


def test_ageing_by_hand_ends_what_has_run_out(hall: Terminal) -> None:
    with centre_at(hall.url) as centre:
        signed_in(centre, "admin")
    assert hall.json("age")["tokens"] == 0
    engine = postgres_engine(hall.url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE token SET expires_at = now() - interval '1 day'"))
    engine.dispose()
    assert hall.run("age") == DONE
    assert "Sessions ended: 1" in hall.out
    assert hall.json("device", "list")[0]["accounts"] == []


def test_ageing_that_is_interrupted_does_not_say_that_nothing_was_changed(
    hall: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    with centre_at(hall.url) as centre:
        signed_in(centre, "admin")
    engine = postgres_engine(hall.url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE token SET expires_at = now() - interval '1 day'"))
    engine.dispose()
    with monkeypatch.context() as patch:
        patch.setattr(ageing, "_grants", interrupt)
        assert hall.run("age") == INTERRUPTED
    assert hall.err == "Interrupted. What was done so far stays: run the same command again to go on.\n"
    assert hall.json("device", "list")[0]["accounts"] == [], "ended before"
    assert hall.run("age") == DONE


def test_status_reads_at_a_glance(hall: Terminal) -> None:
    with centre_at(hall.url) as centre:
        signed_in(centre, "admin")
    assert hall.run("status") == DONE
    for words in (HEAD, "1, active: 1", "confidential", "MB", "! PostgreSQL archives nothing"):
        assert words in hall.out
    found = hall.json("status")
    assert (found["devices"], found["archive"], found["last_operation"]) == (1, None, None)


def test_status_names_what_is_wrong_and_what_to_do(hall: Terminal) -> None:
    with centre_at(hall.url) as centre:
        told = signed_in(centre, "admin")
        assert hall.run("status") == DONE
        assert "No workstation" in hall.out
        centre.feed(told.token, FeedRequest(after=dict.fromkeys(told.scopes, 0)))
    assert hall.run("status") == DONE
    assert "No workstation" not in hall.out
    assert "1, seen in the last ten minutes: 1, revoked: 0" in hall.out
    engine = postgres_engine(hall.url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE device SET last_seen = now() - interval '1 hour'"))
        connection.execute(text("INSERT INTO quarantine VALUES ('q', 'o', 'd', 'a', '', 'forged', now())"))
        connection.execute(text("INSERT INTO review VALUES ('o', 'a', 'AddNote', 'late', now())"))
    engine.dispose()
    assert hall.run("status") == DONE
    wrong = [line for line in hall.out.splitlines() if line.startswith("! ")]
    assert [word for word in ("systemctl status", "quarantine", "review") if word in " ".join(wrong)] == [
        *("systemctl status", "quarantine", "review")
    ]


def test_the_database_is_named_in_a_config_file_too(
    hall: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "server.toml"
    file.write_text(f'database = "{hall.url}"\n')

    def asked(*arguments: str) -> int:
        monkeypatch.delenv(database.DATABASE_VARIABLE, raising=False)
        return command_line.main([*arguments])

    assert asked("status", "--config", str(file)) == DONE
    monkeypatch.setattr(database, "CONFIG", file)
    assert asked("status") == DONE
    file.write_text("database =")
    assert asked("status") == FAILED
    assert asked("status", "--config", str(tmp_path / "none")) == FAILED
    monkeypatch.setattr(database, "CONFIG", tmp_path / "none")
    assert asked("status") == FAILED


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://x/y", "begins with"),
        ("postgresql+psycopg://secret:canary@127.0.0.1:1/x", "cannot be reached"),
    ],
)
def test_a_wrong_address_is_told_without_its_password(empty: Terminal, url: str, said: str) -> None:
    assert empty.run("status", url=url) == FAILED
    assert said in empty.err
    assert "canary" not in empty.err


def test_the_real_command_speaks_arabic_and_answers_scripts(hall: Terminal) -> None:
    def asked(language: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, database.DATABASE_VARIABLE: hall.url, "LANGUAGE": language}
        program = [sys.executable, "-m", "carecenter.server.command_line", *arguments]
        return subprocess.run(program, env=environment, capture_output=True, text=True, check=False)

    shown = asked("ar", "account", "list")
    assert (shown.returncode, shown.stderr) == (DONE, "")
    assert "مدير" in shown.stdout
    scripted = asked("ar", "account", "list", "--json")
    assert [line["role"] for line in json.loads(scripted.stdout)] == ["administrator"]
    refused = asked("en", "account", "disable", "admin")
    assert (refused.returncode, refused.stdout) == (FAILED, "")


@pytest.mark.parametrize(
    "command",
    [
        *("init", "migrate", "age", "status", "serve", "backup", "restore", "renew"),
        *("account add", "account list", "account roles", "device revoke", "queue add", "queue members"),
        *("audit verify", "audit sign", "audit show", "export", "import", "seed", "account disable"),
    ],
)
def test_each_command_shows_an_example_of_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        command_line.main([*command.split(), "--help"])
    assert left.value.code == DONE
    assert f"carecenter-server {command}" in capsys.readouterr().out.partition("Examples:")[2]
