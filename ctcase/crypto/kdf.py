"""Key derivation and authenticated encryption as every format here uses them: SHA-256 and a key for one message."""

import base64
import binascii

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_SIZE = 32
TAG_SIZE = 16
_ZERO_NONCE = bytes(12)


def hkdf(secret: bytes, *, salt: bytes, info: bytes, length: int = KEY_SIZE) -> bytes:
    """HKDF-SHA-256 (RFC 5869); an empty salt is the salt of zeros that the RFC gives."""
    return HKDF(SHA256(), length, salt or None, info).derive(secret)


def seal_once(key: bytes, plaintext: bytes, bound: bytes = b"") -> bytes:
    """ChaCha20-Poly1305 (RFC 8439) under a key that is never used again, hence the nonce of zeros."""
    return ChaCha20Poly1305(key).encrypt(_ZERO_NONCE, plaintext, bound)


def open_once(key: bytes, sealed: bytes, bound: bytes = b"") -> bytes | None:
    """What seal_once sealed; None when the key, the bytes or what they are bound to differ."""
    try:
        return ChaCha20Poly1305(key).decrypt(_ZERO_NONCE, sealed, bound)
    except InvalidTag:
        return None


def to_base64(data: bytes) -> str:
    """Base 64 with padding (RFC 4648 §4)."""
    return base64.b64encode(data).decode("ascii")


def from_base64(text: str) -> bytes | None:
    """The bytes of canonical base 64 with padding; None for any other text."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        return None
    return data if to_base64(data) == text else None
