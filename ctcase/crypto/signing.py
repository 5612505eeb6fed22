"""Ed25519 signatures (RFC 8032) and which public keys are admitted at all."""

import hashlib
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PUBLIC_SIZE = 32
SIGNATURE_SIZE = 64
SEED_SIZE = 32
_PRIME = 2**255 - 19
_CURVE_D = -121665 * pow(121666, -1, _PRIME) % _PRIME
_ORDER_EIGHT_Y = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_LOW_ORDER_Y = frozenset({0, 1, _PRIME - 1, _ORDER_EIGHT_Y, _PRIME - _ORDER_EIGHT_Y})
_KEY_ID_TAG = b"ctcase/signing-key/v1\0"


class UnsoundKeyError(ValueError):
    """A public key that must never be admitted: with some of them one signature fits every message."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private signing key: a seed of 32 random bytes, never shown."""

    seed: bytes = field(repr=False)
    public: bytes = field(init=False, repr=False, compare=False)
    """The public key, 32 bytes."""
    _loaded: Ed25519PrivateKey = field(
        init=False, repr=False, compare=False
    )  # deriving costs as much as signing

    def __post_init__(self) -> None:
        if len(self.seed) != SEED_SIZE:
            raise UnsoundKeyError
        loaded = Ed25519PrivateKey.from_private_bytes(self.seed)
        object.__setattr__(self, "_loaded", loaded)
        object.__setattr__(self, "public", loaded.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """The signature of a message, 64 bytes."""
        return self._loaded.sign(message)


class Verifier:
    """A loaded public key, made once and used for many signatures, from several threads at once."""

    __slots__ = ("_key",)

    def __init__(self, key: Ed25519PublicKey) -> None:
        self._key = key

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Whether the signature is one of this key over exactly this message."""
        try:
            self._key.verify(signature, message)
        except InvalidSignature:
            return False
        return True


def is_sound_public(public: bytes) -> bool:
    """Whether 32 bytes are the one encoding of a point of the curve that is not of low order.

    Refuses the eight points of low order and every second encoding (y not reduced, or a sign where x is zero; those
    with x = 0 are of low order themselves).
    """
    if len(public) != PUBLIC_SIZE:
        return False
    y = int.from_bytes(public, "little") & (2**255 - 1)
    if y >= _PRIME or y in _LOW_ORDER_Y:
        return False
    # x² = (y² - 1) / (d·y² + 1) has to be a square (RFC 8032 §5.1.3); Euler's criterion on the product tells.
    x_squared = (y * y - 1) * (_CURVE_D * y * y + 1)
    return pow(x_squared, (_PRIME - 1) // 2, _PRIME) == 1


def load_public(public: bytes) -> Verifier:
    """The verifier of a public key; raises UnsoundKeyError for one that is not sound."""
    if not is_sound_public(public):
        raise UnsoundKeyError
    return Verifier(Ed25519PublicKey.from_public_bytes(public))


def verify(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether a sound key signed the message; for many signatures of one key use load_public."""
    return is_sound_public(public) and load_public(public).verify(signature, message)


def key_id(public: bytes) -> str:
    """The name of a public key: SHA-256 in hexadecimal over a tag and the key."""
    return hashlib.sha256(_KEY_ID_TAG + public).hexdigest()
