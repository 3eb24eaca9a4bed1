"""What all queries share: the frozen row."""

from __future__ import annotations

from typing import Any

import msgspec

from carecenter.models.viewer import LEADING, Viewer, sees, viewer_of, visible_tickets

__all__ = ["LEADING", "Row", "Viewer", "columns", "sees", "viewer_of", "visible_tickets"]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """What a query returns: values only, safe to hand to another thread."""


def columns(row: Any, *names: str) -> dict[str, Any]:
    """Attributes of a mapped row by name, for a ``Row`` that carries them unchanged."""
    return {name: getattr(row, name) for name in names}
