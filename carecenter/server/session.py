"""The centre's session: it answers ``get`` from what it was told, so that judging a batch asks nothing twice."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from carecenter.models.base import Synced


class CentreSession(Session):
    """A session that knows rows it was given, rows added and not yet written, and ids known to be absent."""

    def __init__(self, bind: Any = None, **options: Any) -> None:
        super().__init__(bind, **options)
        self._told: dict[tuple[type[Any], str], Synced | None] = {}

    def tell(self, model: type[Any], ids: Iterable[str], rows: Iterable[Synced]) -> None:
        """These are all the rows of these ids; the caller holds their locks."""
        self._told |= dict.fromkeys(((model, one) for one in ids), None)
        self._told |= {(model, row.id): row for row in rows}

    def forget(self) -> None:
        """What was told may no longer hold: ask the database again."""
        self._told = {}

    def add(self, instance: object, **options: Any) -> None:
        super().add(instance, **options)
        if isinstance(instance, Synced):
            self._told[type(instance), instance.id] = instance

    def get(self, entity: Any, ident: Any, **options: Any) -> Any:
        if not options and (entity, ident) in self._told:
            return self._told[entity, ident]
        return super().get(entity, ident, **options)
