"""What a screen writes while a test goes on, also where the desk keeps no rows of it."""

from __future__ import annotations

from typing import Any

import pytest

from carecenter.operations.base import Operation
from carecenter.store.desk import Desk


def performed(desk: Desk, patch: pytest.MonkeyPatch) -> list[Operation]:
    """Every operation kept from now on, in order."""
    kept: list[Operation] = []
    perform = desk.perform

    async def noted(operation: Operation, **details: Any) -> Operation:
        done = await perform(operation, **details)
        kept.append(done)
        return done

    patch.setattr(desk, "perform", noted)
    return kept
