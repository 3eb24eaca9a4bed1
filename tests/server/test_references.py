"""Follow-up references: nobody gets one twice, and neighbours tell nothing about each other."""

import itertools
from concurrent.futures import ThreadPoolExecutor

from carecenter.core import reference
from carecenter.server import references
from carecenter.wire import BlockRequest
from tests.houses import House
from tests.server.devices import Device


def test_two_hundred_blocks_hold_no_duplicate(local_house: House) -> None:
    centre = local_house.centre
    devices = [Device(centre, "leader") for _ in range(20)]
    given = [centre.references(device.token, BlockRequest()).references for device in devices for _ in range(10)]
    flat = list(itertools.chain(*given))
    assert len(flat) == len(set(flat)) == 200 * 500
    assert all(reference.parse(one).is_valid for one in flat[::500])


def test_desks_that_ask_at_the_same_moment_get_different_ones(postgres_house: House) -> None:
    centre = postgres_house.centre
    devices = [Device(centre, "leader") for _ in range(8)]
    asked = [device for device in devices for _ in range(5)]
    with ThreadPoolExecutor(8) as pool:
        blocks = list(
            pool.map(lambda device: centre.references(device.token, BlockRequest(count=50)).references, asked)
        )
    flat = list(itertools.chain(*blocks))
    assert len(flat) == len(set(flat)) == 40 * 50


def test_neighbours_lie_far_apart_and_centres_differ(house: House) -> None:
    device = Device(house.centre, "leader")
    payloads = [int(one[:8]) for one in house.centre.references(device.token, BlockRequest(count=50)).references]
    steps = [abs(one - other) for one, other in itertools.pairwise(payloads)]
    assert min(steps) > 1
    with house.centre.transaction() as unit:
        again = references.allocate(unit.session, 1)
    assert int(again[0][:8]) not in payloads
