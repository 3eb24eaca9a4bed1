"""The table of ``docs/rights.md``: which role may perform which operation, and where. Written by
``python -m carecenter.operations.rights_table``; the rules themselves are in ``rights``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from carecenter import operations
from carecenter.core.terms import Role
from carecenter.operations.base import Operation
from carecenter.operations.rights import LOOKING_UP

FILE: Final = Path("docs") / "rights.md"

_ABOVE: Final = """# Who may do what

Written by `python -m carecenter.operations.rights_table`; tests ask a real centre about every line.

An operation about a ticket is for those who work in its queue and for whoever opened it. Those who lead
(supervisor, administrator) see every queue but the restricted ones; a restricted queue is for its members alone.
A ticket of another queue that was opened after a look-up takes notes and callbacks for the day, and nothing else.
Callers are merged, separated and told apart by those who may know of both.

* **yes**: in any queue that the account sees; elsewhere it is refused, and the refusal is on record.
* **taken**: intake, what a caller was promised. It is never refused: where the role or the queue says no, it is
  accepted all the same and put up for review.
* **no**: refused, and the refusal is on record.

What a desk brings along when it joins a hall (`Bring…`) names others as its authors only when whoever brings it
leads, or when they are mere names here; else it stands under the name of who brought it, and is put up for review.
"""


def rendered() -> str:
    """The whole document."""
    return "\n".join(
        (_ABOVE, "## Operations", "", *_table(), "", "## Questions to the centre", "", *_questions(), "")
    )


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _table() -> Iterator[str]:
    yield _row("operation", "about a ticket", *(role.value for role in Role))
    yield _row(*["---"] * (len(Role) + 2))
    for tag, kind in operations.registry().items():
        about = "yes" if is_about_a_ticket(kind) else ""
        yield _row(f"`{tag}`", about, *(_cell(kind, role) for role in Role))


def _cell(kind: type[Operation], role: Role) -> str:
    if role in kind.allowed:
        return "yes"
    return "taken" if kind.intake else "no"


def is_about_a_ticket(kind: type[Operation]) -> bool:
    """Whether the queue of a ticket decides as well."""
    return "ticket_id" in kind.__struct_fields__


def _questions() -> Iterator[str]:
    yield _row("question", *(role.value for role in Role))
    yield _row(*["---"] * (len(Role) + 1))
    for name in ("lookup", "open-found"):
        yield _row(f"`{name}`", *("yes" if role in LOOKING_UP else "no" for role in Role))
    for name in ("feed", "manifest", "operations", "reference-blocks", "hello", "sign-out"):
        yield _row(f"`{name}`", *["yes"] * len(Role))


if __name__ == "__main__":
    FILE.write_text(rendered(), encoding="utf-8")
    sys.stdout.write(f"{FILE}\n")
