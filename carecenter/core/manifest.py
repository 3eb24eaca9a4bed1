"""The digest by which a workstation and the centre compare the rows of a scope, without sending them."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b


def digest(rows: Iterable[tuple[str, str, int]]) -> str:
    """BLAKE2b in hex over rows given as entity, id and version, in whatever order."""
    hashed = blake2b(digest_size=32)
    for entity, entity_id, version in sorted(rows):
        hashed.update(f"{entity}\0{entity_id}\0{version}\n".encode())
    return hashed.hexdigest()
