"""The keys of a workstation sealed to a centre's public key, so that somebody new can sit down at it.

The centre opens them for an account it has let in, at the workstation they were sealed for, and nowhere else.
libsodium's sealed box (X25519, XSalsa20-Poly1305): only the centre's private key opens it.
"""

from __future__ import annotations

import base64
from typing import Final

import msgspec
from nacl.encoding import HexEncoder
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from carecenter.core.decoding import decoded
from carecenter.core.errors import UserError
from carecenter.core.i18n import N_

_NOT_OPENED: Final = N_(
    "The centre cannot open this workstation's store for you. Sign in with an account that has signed in here"
    " before."
)


class _Content(msgspec.Struct, frozen=True):
    device_id: str
    keys: bytes


def seal(keys: bytes, device_id: str, public_key: str) -> str:
    """Base64, for `public_key` in hex. Raises ValueError for what is no key."""
    box = SealedBox(PublicKey(public_key.encode(), HexEncoder))
    return base64.b64encode(box.encrypt(msgspec.json.encode(_Content(device_id, keys)))).decode()


def unseal(text: str, device_id: str, private_key: PrivateKey) -> bytes:
    """The keys, for the workstation they were sealed for. Raises UserError for another and for what is damaged."""
    try:
        content = decoded(SealedBox(private_key).decrypt(base64.b64decode(text, validate=True)), _Content)
    except (CryptoError, ValueError, TypeError, msgspec.MsgspecError) as error:
        raise UserError(_NOT_OPENED) from error
    if content.device_id != device_id:
        raise UserError(_NOT_OPENED)
    return content.keys
