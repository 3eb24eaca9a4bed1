"""The key of a workstation: the same for the same secret and device, another for all others."""

from __future__ import annotations

import pytest

from carecenter.core.device_key import SIGN_IN, UNSEAL, DeviceKey, holds

SECRET = bytes(range(32))
SAID = {"purpose": SIGN_IN, "device_id": "desk", "subject": "sara", "centre": "ab", "challenge": "once"}


def test_secret_and_device_make_the_key() -> None:
    key = DeviceKey(SECRET, "desk")
    assert key.public == DeviceKey(SECRET, "desk").public
    assert len({key.public, DeviceKey(SECRET, "other").public, DeviceKey(SECRET[::-1], "desk").public}) == 3
    assert SECRET.hex() not in repr(vars(key)) + key.public


def test_a_signature_is_for_what_was_said_and_for_nothing_else() -> None:
    key = DeviceKey(SECRET, "desk")
    signature = key.sign(SIGN_IN, "sara", "ab", "once")
    assert holds(key.public, signature, **SAID)
    for name, other in (
        ("purpose", UNSEAL),
        ("device_id", "other"),
        ("subject", "sar"),
        ("centre", "abc"),
        ("challenge", "twice"),
    ):
        assert not holds(key.public, signature, **{**SAID, name: other}), name
    assert not holds(DeviceKey(SECRET[::-1], "desk").public, signature, **SAID)


@pytest.mark.parametrize(("public", "signature"), [("", ""), ("zz", "zz"), ("00" * 32, "00" * 64), ("ab", "cd")])
def test_nonsense_is_no_signature(public: str, signature: str) -> None:
    assert not holds(public, signature, **SAID)
