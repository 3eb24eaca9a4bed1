"""The manifest: what a workstation should hold, for the scopes of its account alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from carecenter.core.errors import SignedOut
from carecenter.core.manifest import digest
from carecenter.server import manifest
from carecenter.wire import Manifest, ManifestRequest
from tests.houses import GENERAL, RESTRICTED, House, Seat, house, open_ticket

QUEUE = f"queue:{GENERAL}"


def _asked(seat: Seat, *scopes: str, entities: tuple[str, ...] = ()) -> Manifest:
    return seat.transport.manifest(seat.signed_in.token, ManifestRequest(scopes=scopes, entities=entities))


def _sara(built: House) -> Seat:
    built.account("sara")
    sara = built.seat("sara")
    sara.perform(open_ticket())
    sara.synchronise()
    return sara


def test_it_counts_the_rows_of_a_scope_as_of_its_head(tmp_path: Path) -> None:
    with house(tmp_path) as built:
        sara = _sara(built)
        told = _asked(sara, QUEUE).scopes[QUEUE]

        rows = [
            (entity, key, row["version"]) for (entity, key), row in built.rows("ticket", "ticket_entry").items()
        ]
        assert (told.count, told.digest) == (2, digest(rows))
        assert told.seq == sara.workstation.cursors((QUEUE,))[QUEUE]


def test_nouns_that_the_workstation_does_not_know_are_left_out(tmp_path: Path) -> None:
    """Naive: a workstation of the version before differs for ever."""
    with house(tmp_path) as built:
        sara = _sara(built)

        assert _asked(sara, QUEUE, entities=("ticket", "hologram")).scopes[QUEUE].count == 1


def test_scopes_of_others_are_not_told(tmp_path: Path) -> None:
    with house(tmp_path) as built:
        sara = _sara(built)

        assert _asked(sara, f"queue:{RESTRICTED}", f"account:{built.leader_id}").scopes == {}
        sara.transport.sign_out(sara.signed_in.token)
        with pytest.raises(SignedOut):
            _asked(sara, QUEUE)


def test_a_scope_that_keeps_changing_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Naive: rows of one moment under the head of another look like damage."""
    with house(tmp_path) as built:
        sara = _sara(built)
        heads = iter(range(100))
        monkeypatch.setattr(manifest, "_head", lambda _session, _scope: next(heads))

        assert _asked(sara, QUEUE).scopes == {}
