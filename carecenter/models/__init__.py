"""The tables, one noun a file. Importing this package registers all of them on ``Base.metadata``."""

from carecenter.models import account, article, call, caller, centre, desk, directory, queue, ticket
from carecenter.models.base import Base, Side, Synced, synced_models

__all__ = [
    "Base",
    "Side",
    "Synced",
    "account",
    "article",
    "call",
    "caller",
    "centre",
    "desk",
    "directory",
    "queue",
    "synced_models",
    "ticket",
]
