"""Who an age file is sealed to: hybrid post-quantum keys (`mlkem768x25519`) and classical ones (`X25519`).

Both as https://c2sp.org/age defines them. The hybrid one is HPKE (RFC 9180) with the KEM MLKEM768-X25519, also
known as X-Wing; its identity is the 32-byte seed of that KEM.
"""

import hashlib
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from ctcase.crypto import bech32
from ctcase.crypto.age_header import Stanza, decode_base64, encode_base64
from ctcase.crypto.failures import HEADER, KEY, AgeError
from ctcase.crypto.kdf import KEY_SIZE, TAG_SIZE, hkdf, open_once, seal_once

HYBRID = "mlkem768x25519"
CLASSICAL = "X25519"
FILE_KEY_SIZE = 16
_WRAPPED_SIZE = FILE_KEY_SIZE + TAG_SIZE
_MLKEM_PUBLIC_SIZE = 1184
_MLKEM_SHARE_SIZE = 1088
_SHARE_SIZES = {HYBRID: _MLKEM_SHARE_SIZE + KEY_SIZE, CLASSICAL: KEY_SIZE}
_HYBRID_INFO = b"age-encryption.org/mlkem768x25519"
_CLASSICAL_INFO = b"age-encryption.org/v1/X25519"
_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


def _exchange(private: X25519PrivateKey, public: bytes) -> bytes | None:
    """The shared secret; None for a low-order point, with which it would be zero for every private key."""
    try:
        return private.exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError:
        return None


def _expand(seed: bytes) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    """The two private keys of an X-Wing seed (draft-connolly-cfrg-xwing-kem, expandDecapsulationKey)."""
    expanded = hashlib.shake_256(seed).digest(96)
    return MLKEM768PrivateKey.from_seed_bytes(expanded[:64]), X25519PrivateKey.from_private_bytes(
        expanded[64:]
    )


@dataclass(frozen=True, slots=True)
class HybridRecipient:
    """A post-quantum public key, 1,216 bytes: ML-KEM-768, then X25519. Raises AgeError(KEY) when unfit."""

    key: bytes

    def __post_init__(self) -> None:
        if len(self.key) != _MLKEM_PUBLIC_SIZE + KEY_SIZE:
            raise AgeError(KEY)
        try:
            MLKEM768PublicKey.from_public_bytes(self.key[:_MLKEM_PUBLIC_SIZE])
        except ValueError as problem:
            raise AgeError(KEY) from problem
        if _exchange(X25519PrivateKey.generate(), self.key[_MLKEM_PUBLIC_SIZE:]) is None:
            raise AgeError(KEY)

    @property
    def text(self) -> str:
        """The key as people exchange it: `age1pq1…`."""
        return bech32.encode("age1pq", self.key)

    def wrap(self, file_key: bytes) -> Stanza:
        """The stanza that gives `file_key` to the holder of the private half."""
        public = MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(self.key[:_MLKEM_PUBLIC_SIZE]),
            X25519PublicKey.from_public_bytes(self.key[_MLKEM_PUBLIC_SIZE:]),
        )
        sealed = _SUITE.encrypt(file_key, public, _HYBRID_INFO)
        share = _SHARE_SIZES[HYBRID]
        return Stanza(HYBRID, (encode_base64(sealed[:share]),), sealed[share:])


@dataclass(frozen=True, slots=True)
class X25519Recipient:
    """A classical public key of 32 bytes. Raises AgeError(KEY) when unfit."""

    key: bytes

    def __post_init__(self) -> None:
        if len(self.key) != KEY_SIZE or _exchange(X25519PrivateKey.generate(), self.key) is None:
            raise AgeError(KEY)

    @property
    def text(self) -> str:
        """The key as people exchange it: `age1…`."""
        return bech32.encode("age", self.key)

    def wrap(self, file_key: bytes) -> Stanza:
        """The stanza that gives `file_key` to the holder of the private half."""
        ephemeral = X25519PrivateKey.generate()
        share = ephemeral.public_key().public_bytes_raw()
        secret = _exchange(ephemeral, self.key)
        if secret is None:
            raise AgeError(KEY)
        wrap_key = hkdf(secret, salt=share + self.key, info=_CLASSICAL_INFO)
        return Stanza(CLASSICAL, (encode_base64(share),), seal_once(wrap_key, file_key))


@dataclass(frozen=True, slots=True)
class HybridIdentity:
    """The private half of a HybridRecipient: a seed of 32 random bytes, never shown."""

    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.seed) != KEY_SIZE:
            raise AgeError(KEY)

    @property
    def text(self) -> str:
        """The secret as it is printed or kept: `AGE-SECRET-KEY-PQ-1…`."""
        return bech32.encode("age-secret-key-pq-", self.seed).upper()

    @property
    def recipient(self) -> HybridRecipient:
        """The public half."""
        mlkem, x25519 = _expand(self.seed)
        return HybridRecipient(mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw())

    def unwrap(self, stanza: Stanza) -> bytes | None:
        """The file key; None when the stanza is not for this identity; AgeError(HEADER) for a rigged share."""
        if stanza.kind != HYBRID:
            return None
        mlkem, x25519 = _expand(self.seed)
        share = share_of(stanza)
        if _exchange(x25519, share[_MLKEM_SHARE_SIZE:]) is None:
            raise AgeError(HEADER)
        try:
            return _SUITE.decrypt(share + stanza.body, MLKEM768X25519PrivateKey(mlkem, x25519), _HYBRID_INFO)
        except InvalidTag:
            return None


@dataclass(frozen=True, slots=True)
class X25519Identity:
    """The private half of an X25519Recipient: 32 random bytes, never shown."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_SIZE:
            raise AgeError(KEY)

    @property
    def text(self) -> str:
        """The secret as it is printed or kept: `AGE-SECRET-KEY-1…`."""
        return bech32.encode("age-secret-key-", self.secret).upper()

    @property
    def recipient(self) -> X25519Recipient:
        """The public half."""
        private = X25519PrivateKey.from_private_bytes(self.secret)
        return X25519Recipient(private.public_key().public_bytes_raw())

    def unwrap(self, stanza: Stanza) -> bytes | None:
        """The file key; None when the stanza is not for this identity; AgeError(HEADER) for a rigged share."""
        if stanza.kind != CLASSICAL:
            return None
        private = X25519PrivateKey.from_private_bytes(self.secret)
        share = share_of(stanza)
        secret = _exchange(private, share)
        if secret is None:
            raise AgeError(HEADER)
        salt = share + private.public_key().public_bytes_raw()
        return open_once(hkdf(secret, salt=salt, info=_CLASSICAL_INFO), stanza.body)


Recipient = HybridRecipient | X25519Recipient
Identity = HybridIdentity | X25519Identity


def share_of(stanza: Stanza) -> bytes:
    """The ephemeral share of a stanza of our two kinds; raises AgeError(HEADER) unless its shape is right.

    The length of the body is checked before anything is decrypted, against partitioning oracles.
    """
    if len(stanza.arguments) != 1 or len(stanza.body) != _WRAPPED_SIZE:
        raise AgeError(HEADER)
    share = decode_base64(stanza.arguments[0])
    if len(share) != _SHARE_SIZES[stanza.kind]:
        raise AgeError(HEADER)
    return share


def read_recipient(text: str) -> Recipient:
    """The recipient that a text names; raises AgeError(KEY)."""
    prefix, data = bech32.decode(text)
    if text != text.lower():
        raise AgeError(KEY)
    if prefix == "age1pq":
        return HybridRecipient(data)
    if prefix == "age":
        return X25519Recipient(data)
    raise AgeError(KEY)


def read_identity(text: str) -> Identity:
    """The identity that a text holds; raises AgeError(KEY)."""
    prefix, data = bech32.decode(text)
    if text != text.upper():
        raise AgeError(KEY)
    if prefix == "age-secret-key-pq-":
        return HybridIdentity(data)
    if prefix == "age-secret-key-":
        return X25519Identity(data)
    raise AgeError(KEY)
