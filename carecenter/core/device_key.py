"""The key by which a centre knows a workstation again: an Ed25519 pair made of its secret and its device id.

Whoever copied a store's folder, or guessed a device id, cannot speak as that workstation without the secret. Where
the secret lies is the business of `secrets`; what is signed is bound to a challenge that a centre takes once.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

import msgspec
from nacl.exceptions import CryptoError
from nacl.signing import SigningKey, VerifyKey

SIGN_IN: Final = "sign-in"
UNSEAL: Final = "unseal"

_PERSON: Final = b"cc.device-key"
_VERSION: Final = "carecenter 1"


class DeviceKey:
    """The key of one device id; a copied disk that becomes another device has another key from then on."""

    def __init__(self, secret: bytes, device_id: str) -> None:
        seed = blake2b(device_id.encode(), key=secret, person=_PERSON, digest_size=32).digest()
        self._key = SigningKey(seed)
        self.device_id = device_id

    @property
    def public(self) -> str:
        """What the centre keeps, in hex."""
        return bytes(self._key.verify_key).hex()

    def sign(self, purpose: str, subject: str, centre: str, challenge: str) -> str:
        """A signature in hex. ``subject``: the name that signs in, or what is to be opened; ``centre``: its public
        sealing key, so that no other centre can use it."""
        said = _said(purpose, self.device_id, subject, centre, challenge)
        return self._key.sign(said).signature.hex()


def holds(
    public: str, signature: str, *, purpose: str, device_id: str, subject: str, centre: str, challenge: str
) -> bool:
    """Whether the private half of ``public`` signed this."""
    try:
        said = _said(purpose, device_id, subject, centre, challenge)
        VerifyKey(bytes.fromhex(public)).verify(said, bytes.fromhex(signature))
    except (CryptoError, ValueError, TypeError):
        return False
    return True


def _said(purpose: str, device_id: str, subject: str, centre: str, challenge: str) -> bytes:
    return msgspec.json.encode([_VERSION, purpose, device_id, subject, centre, challenge])
