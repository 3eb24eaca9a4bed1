"""A program that saves drafts and tickets until it is killed, and says each time what it has saved.

``python -m tests.store.saving STORE``. What it printed was acknowledged: the agent has read "saved".
"""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path

from tests.houses import open_store, open_ticket, somebody


def main(store: Path) -> None:
    workstation = open_store(store)
    viewer = somebody()
    for turn in count():
        workstation.save_draft(viewer, "call:1:notes", {"text": f"draft {turn}"})
        sys.stdout.write(f"draft {turn}\n")
        sys.stdout.flush()
        ticket, _ = workstation.perform(viewer, open_ticket(f"ticket {turn}"))
        sys.stdout.write(f"ticket {ticket.subjects()['ticket_id']}\n")
        sys.stdout.flush()


main(Path(sys.argv[1]))
