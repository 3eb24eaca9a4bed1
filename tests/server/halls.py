"""A house whose centre serves a hall, before anything was published in it."""

from __future__ import annotations

from sqlalchemy import select

from carecenter.models.centre import FeedKind, FeedPointer
from carecenter.server import scopes
from carecenter.server.scopes import Scoping
from tests.houses import House
from tests.server.devices import Device


def hall(house: House) -> House:
    """The same house, for a hall."""
    with house.centre.transaction() as unit:
        scopes.choose(unit.session, Scoping.HALL)
    return house


def held(house: House, entity: str, entity_id: str) -> set[str]:
    """The scopes that hold a row."""
    same = (FeedPointer.entity == entity, FeedPointer.entity_id == entity_id, FeedPointer.kind == FeedKind.PUT)
    with house.centre.transaction() as unit:
        return set(unit.session.scalars(select(FeedPointer.scope).where(*same)))


def seen(device: Device) -> dict[str, bool]:
    """What is new for a device: id of a row → whether it is there now."""
    there: dict[str, bool] = {}
    for row in device.hear():
        there[row.id] = row.image is not None or there.get(row.id, False)
    return there
