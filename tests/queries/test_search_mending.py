"""A damaged index of search: what was typed is saved all the same, and search finds everything again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from carecenter.core.errors import StoreDamaged
from carecenter.models.ticket import Ticket
from carecenter.models.viewer import Viewer
from carecenter.queries import search, search_ranking
from carecenter.store.workstation import Workstation
from tests.houses import open_store, open_ticket, somebody

DAMAGES = {
    "emptied": ["DELETE FROM search_ticket_data"],
    "a part is gone": ["DROP TABLE search_ticket_docsize"],
    "its settings are gone": ["DROP TABLE search_ticket_config"],
    "of another version": ["UPDATE search_ticket_config SET v = 99 WHERE k = 'version'"],
    "overwritten": ["UPDATE search_ticket_data SET block = randomblob(50)"],
    "overwritten with a wish for more memory than there is": [
        "UPDATE search_ticket_data SET block = x'380b01925c24d12a9d05daa1c127b43b252a27d1fa433cd79388fc4691969d7a"
        "644be0a657fb58e1c42f0ce4336f5d88a8e8'"
    ],
    "gone": ["DROP TABLE search_ticket_terms", "DROP TABLE search_ticket"],
    "its words are gone": ["DROP TABLE search_word"],
    "all of it is gone": [
        *(
            f"DROP TABLE search_{entity}{part}"
            for entity in ("article", "caller", "ticket")
            for part in ("_terms", "")
        ),
        *(f"DROP TABLE search_{table}" for table in ("row", "word", "owed", "use")),
    ],
}


@pytest.fixture
def viewer() -> Viewer:
    return somebody()


@pytest.fixture
def workstation(tmp_path: Path, viewer: Viewer) -> Iterator[Workstation]:
    """A store in which two tickets can be searched for, and which is to be damaged."""
    workstation = open_store(tmp_path / "store.db")
    workstation.keep_references(("0472915644", "0000000002", "0000000133"))
    for words in ("the falcon has flown", "the tent is gone"):
        workstation.perform(viewer, open_ticket(words))
    assert _texts(workstation, viewer, "falcon") == ["the falcon has flown"]
    workstation.close()
    yield open_store(tmp_path / "store.db")
    workstation.close()


def _texts(workstation: Workstation, viewer: Viewer, line: str) -> list[str]:
    """Of the tickets that search finds."""

    def found(session: Session, viewer: Viewer) -> list[str]:
        search.search(session, viewer, line)  # without queues it shows no ticket; it must answer all the same
        ids = search_ranking.holding(session, "ticket", line, 9)
        return list(session.scalars(select(Ticket.text).where(Ticket.id.in_(ids))))

    return workstation.mending(lambda: workstation.ask(found, viewer))


def _damage(workstation: Workstation, how: str) -> None:
    with workstation.transaction() as session:
        for statement in DAMAGES[how]:
            session.execute(text(statement))
    workstation._engine.dispose()  # what a connection remembers of the index goes with it


@pytest.mark.parametrize("how", DAMAGES)
def test_what_is_typed_is_saved_and_search_finds_everything_again(
    workstation: Workstation, viewer: Viewer, how: str
) -> None:
    _damage(workstation, how)
    saved = open_ticket("a new falcon")
    workstation.mending(lambda: workstation.perform(viewer, saved))
    found = _texts(workstation, viewer, "falcon")  # search goes on meanwhile, with what is indexed so far
    assert "a new falcon" in found
    while workstation.mending(workstation.index_owed):
        pass
    assert set(_texts(workstation, viewer, "falcon")) == {"a new falcon", "the falcon has flown"}


@pytest.mark.parametrize("how", ["emptied", "gone"])
def test_without_mending_nothing_could_be_saved(workstation: Workstation, viewer: Viewer, how: str) -> None:
    _damage(workstation, how)
    with pytest.raises((DBAPIError, StoreDamaged)):
        workstation.perform(viewer, open_ticket("a new falcon"))


def test_what_is_no_damage_of_the_index_is_told_as_before(workstation: Workstation, viewer: Viewer) -> None:
    def fails() -> None:
        with workstation.transaction() as session:
            session.execute(text("SELECT * FROM no_such_table"))

    with pytest.raises(DBAPIError, match="no_such_table"):
        workstation.mending(fails)
    assert workstation.mended == 0
    assert _texts(workstation, viewer, "falcon") == ["the falcon has flown"]


@pytest.mark.parametrize("tables", [["row"], ["ticket"], ["row", "ticket"]])
def test_rows_that_fell_out_silently_are_indexed_at_the_next_start(
    workstation: Workstation, viewer: Viewer, tables: list[str]
) -> None:
    with workstation.transaction() as session:
        for table in tables:
            session.execute(text(f"DELETE FROM search_{table}"))
    while workstation.mending(workstation.index_owed):
        pass
    assert _texts(workstation, viewer, "falcon") == ["the falcon has flown"]
