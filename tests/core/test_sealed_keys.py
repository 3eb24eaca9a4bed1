"""What a centre can open of a workstation's keys, and what it cannot."""

from __future__ import annotations

import pytest
from nacl.encoding import HexEncoder
from nacl.public import PrivateKey

from carecenter.core.errors import UserError
from carecenter.core.sealed_keys import seal, unseal

KEYS = bytes(range(64))


def _public(private: PrivateKey) -> str:
    return private.public_key.encode(HexEncoder).decode()


def test_the_centre_opens_them_for_the_workstation_they_were_sealed_for() -> None:
    centre = PrivateKey.generate()
    assert unseal(seal(KEYS, "desk", _public(centre)), "desk", centre) == KEYS


def test_nobody_else_gets_them() -> None:
    centre = PrivateKey.generate()
    sealed = seal(KEYS, "desk", _public(centre))
    for text, device, private in (
        (sealed, "another desk", centre),
        (sealed, "desk", PrivateKey.generate()),
        (sealed[:-8], "desk", centre),
        ("?", "desk", centre),
    ):
        with pytest.raises(UserError, match="cannot open"):
            unseal(text, device, private)
