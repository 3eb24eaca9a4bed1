"""``carecenter-server`` looks after the accounts, workstations and queues of a hall, and its audit trail."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import delete, text, update

from carecenter.core.errors import NotAllowed, SignedOut, UserError
from carecenter.core.terms import Role
from carecenter.models.centre import Audit
from carecenter.models.engine import postgres_engine
from carecenter.server.commands.parser import DONE, FAILED, FOUND
from carecenter.wire import Hello
from tests.houses import PASSWORD
from tests.server.terminals import DEVICE, Terminal, centre_at, heard, signed_in


def test_an_account_is_made_shut_out_and_let_in_again(hall: Terminal) -> None:
    new = ("account", "add", "sara", "--role", "agent", "--queue", "general", "--name-en", "Sara")
    assert hall.run(*new, "--password-stdin", typed=PASSWORD) == DONE, hall.err
    assert hall.run(*new, "--password-stdin", typed=PASSWORD) == FAILED
    assert "already an account" in hall.err
    with centre_at(hall.url) as centre:
        token = signed_in(centre, "sara").token
        assert hall.run("account", "disable", "sara") == DONE
        with pytest.raises(SignedOut):
            centre.hello(token, Hello(version="1"))
        with pytest.raises(UserError, match="not active"):
            signed_in(centre, "sara")
        assert hall.run("account", "enable", "Sara") == DONE
        token = signed_in(centre, "sara").token
        assert hall.run("account", "reset", "sara", "--password-stdin", typed="another-password") == DONE
        with pytest.raises(SignedOut):
            centre.hello(token, Hello(version="1"))
        signed_in(centre, "sara", "another-password")
    assert hall.run("account", "reset", "nobody", "--password-stdin", typed=PASSWORD) == FAILED
    assert "no account named nobody" in hall.err


def test_another_role_reaches_the_desks_and_the_last_administrator_stays(hall: Terminal) -> None:
    hall.run("account", "add", "sara", "--role", "agent", "--password-stdin", typed=PASSWORD)
    with centre_at(hall.url) as centre:
        answer = signed_in(centre, "admin")
        cursors = dict.fromkeys(answer.scopes, 0)
        heard(centre, answer.token, cursors)
        assert hall.run("account", "roles", "sara", "supervisor") == DONE
        assert "Supervisor" in hall.out
        assert [row.image["role"] for row in heard(centre, answer.token, cursors) if row.image] == ["supervisor"]
    for arguments in (("account", "disable", "admin"), ("account", "roles", "admin", "editor")):
        assert hall.run(*arguments) == FAILED
        assert "last administrator" in hall.err
    assert hall.run("account", "roles", "sara", "administrator") == DONE
    assert hall.run("account", "disable", "admin") == DONE
    roles = {line["name"]: (line["role"], line["active"]) for line in hall.json("account", "list")}
    assert roles == {"admin": ("administrator", False), "sara": ("administrator", True)}
    assert hall.run("account", "roles") == DONE
    assert all(role.value in hall.out for role in Role)


def test_a_revoked_workstation_is_out_at_once_until_it_is_allowed(hall: Terminal) -> None:
    with centre_at(hall.url) as centre:
        token = signed_in(centre, "admin").token
        assert hall.run("device", "revoke", "0193") == DONE
        assert DEVICE in hall.out
        with pytest.raises(SignedOut):
            centre.hello(token, Hello(version="1"))
        with pytest.raises(NotAllowed, match="revoked"):
            signed_in(centre, "admin")
        assert hall.run("device", "allow", DEVICE) == DONE
        with pytest.raises(SignedOut):
            centre.hello(token, Hello(version="1"))
        signed_in(centre, "admin")
    (line,) = hall.json("device", "list")
    assert (line["name"], line["revoked"], line["accounts"]) == ("Desk 7", False, ["admin"])
    assert hall.run("device", "revoke", "9999") == FAILED
    assert "no workstation" in hall.err


def test_whoever_leaves_a_queue_no_longer_follows_it(hall: Terminal) -> None:
    names = ("--name-ar", "التأشيرات", "--name-en", "Visas")
    assert hall.run("queue", "add", "visas", *names, "--restricted") == DONE
    assert hall.run("queue", "add", "visas", *names) == FAILED
    hall.run("account", "add", "sara", "--role", "agent", "--password-stdin", typed=PASSWORD)
    assert hall.run("queue", "members", "visas", "--add", "sara", "--add", "sara") == DONE, hall.err
    assert hall.out == "sara\n"
    with centre_at(hall.url) as centre:
        answer = signed_in(centre, "sara")
        assert "queue:visas" in answer.scopes
        cursors = dict.fromkeys(answer.scopes, 0)
        held = {row.id for row in heard(centre, answer.token, cursors) if row.entity == "queue_member"}
        assert hall.run("queue", "members", "visas", "--remove", "sara") == DONE
        assert "Nobody works" in hall.err
        gone = [row for row in heard(centre, answer.token, cursors) if row.entity == "queue_member"]
        assert {row.id for row in gone} == held
        assert [row.image for row in gone] == [None]
        assert "queue:visas" not in signed_in(centre, "sara").scopes
    assert hall.json("queue", "list")[-1] == {
        "id": "visas",
        "name_ar": "التأشيرات",
        "name_en": "Visas",
        "restricted": True,
        "members": [],
    }


def test_members_are_changed_together_or_not_at_all(hall: Terminal) -> None:
    assert hall.run("queue", "members", "general", "--add", "admin", "--add", "nobody") == FAILED
    assert "no account named nobody" in hall.err
    assert hall.json("queue", "members", "general") == []


def test_what_the_administrator_did_is_in_the_trail_without_a_password(hall: Terminal) -> None:
    hall.run("account", "reset", "admin", "--password-stdin", typed="another-password")
    hall.run("account", "add", "sara", "--role", "agent", "--password-stdin", typed="yet-another-one")
    lines = hall.json("audit", "show", "--last", "2")
    assert [line["action"] for line in lines] == ["SetPassword", "CreateAccount"]
    assert "another" not in hall.out
    assert hall.run("audit", "show") == DONE
    assert "CreateAccount" in hall.out


def test_verify_finds_what_was_changed_and_what_was_cut_off(hall: Terminal, tmp_path: Path) -> None:
    heads = tmp_path / "heads.jsonl"
    signing = ("audit", "sign", "--key", str(tmp_path / "key"), "--to", str(heads))
    key = hall.json(*signing)["key"]
    proof = ("--heads", str(heads), "--key", key)
    assert hall.run("audit", "verify", *proof) == DONE
    assert "whole" in hall.out
    engine = postgres_engine(hall.url)
    with engine.begin() as connection:
        connection.execute(update(Audit).where(Audit.number == 1).values(account_id="somebody"))
    assert hall.run("audit", "verify") == FOUND
    assert "Line 1 was changed" in hall.out
    with engine.begin() as connection:
        connection.execute(delete(Audit))
        connection.execute(text("DELETE FROM centre_fact WHERE name = 'audit_head'"))
    engine.dispose()
    assert hall.run("audit", "verify") == DONE  # nothing but the signed head knows
    assert hall.run("audit", "verify", *proof, "--json") == FOUND
    assert json.loads(hall.out)[0]["flaw"] == "cut_off"
    assert hall.run("audit", "verify", "--heads", str(heads)) == FAILED
    assert "--key" in hall.err
