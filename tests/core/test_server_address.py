"""Where the centre is, as the settings tell it."""

from __future__ import annotations

from carecenter.core.config import Settings
from carecenter.core.server_address import ServerAddress


def test_a_desk_without_an_address_works_on_its_own() -> None:
    assert ServerAddress.of(Settings()) is None
    assert ServerAddress.of(Settings(ca_bundle="/etc/authority.pem")) is None


def test_the_address_is_named_by_host_and_port() -> None:
    address = ServerAddress.of(Settings(server_url="https://centre.example:8164/", proxy="http://proxy:3128"))
    assert address == ServerAddress("https://centre.example:8164/", proxy="http://proxy:3128")
    assert address is not None
    assert address.name == "centre.example:8164"
