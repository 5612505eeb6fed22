"""Sealing and opening age v1 files (https://c2sp.org/age), strict and streaming.

The random values of a file (file key, nonce, ephemeral shares) come from the operating system and cannot be passed
in: HPKE draws its own, and a repeated one would open the file.
"""

import hmac
import io
import secrets
from collections.abc import Sequence
from typing import BinaryIO

from ctcase.crypto.age_header import MOST_STANZAS, Header, header_mac, read_header, write_header
from ctcase.crypto.age_stream import open_payload, seal_payload
from ctcase.crypto.failures import CLASSICAL, HEADER, MAC, NO_MATCH, NO_RECIPIENT, AgeError
from ctcase.crypto.recipients import CLASSICAL as X25519
from ctcase.crypto.recipients import (
    FILE_KEY_SIZE,
    HYBRID,
    HybridIdentity,
    HybridRecipient,
    Identity,
    Recipient,
    X25519Identity,
    X25519Recipient,
    read_identity,
    read_recipient,
    share_of,
)

__all__ = [
    "AgeError",
    "HybridIdentity",
    "HybridRecipient",
    "Identity",
    "Recipient",
    "X25519Identity",
    "X25519Recipient",
    "read_identity",
    "read_recipient",
    "seal",
    "seal_bytes",
    "unseal",
    "unseal_bytes",
]

_SCRYPT = "scrypt"
NOT_HYBRID = frozenset(
    {
        X25519,
        _SCRYPT,
        "ssh-ed25519",
        "ssh-rsa",
        "piv-p256",
        "p256tag",
        "mlkem768p256tag",
        "yubikey",
        "tpm-ecc",
    }
)
"""The kinds of stanza in use elsewhere that bundles never carry; a kind that nobody knows is grease."""


def seal(source: BinaryIO, target: BinaryIO, recipients: Sequence[Recipient]) -> None:
    """Seals all of `source` so that any one of the recipients can open it.

    Raises AgeError(NO_RECIPIENT) for none or too many, and AgeError(CLASSICAL) for a mixture of the two kinds: the
    weaker would decide how long the file stays closed.
    """
    if not 0 < len(recipients) <= MOST_STANZAS:
        raise AgeError(NO_RECIPIENT)
    if len({type(recipient) for recipient in recipients}) != 1:
        raise AgeError(CLASSICAL)
    file_key = secrets.token_bytes(FILE_KEY_SIZE)
    target.write(write_header([recipient.wrap(file_key) for recipient in recipients], file_key))
    seal_payload(source, target, file_key)


def unseal(
    source: BinaryIO,
    target: BinaryIO,
    identities: Sequence[Identity],
    limit: int,
    *,
    hybrid_only: bool = False,
) -> None:
    """Opens an age file into `target`: at most `limit` bytes of plaintext, and all of it or an AgeError.

    After an exception, what `target` holds must be thrown away. With `hybrid_only` a file that is addressed to
    anybody by other than `mlkem768x25519` stanzas is refused, AgeError(CLASSICAL), before any key is tried.
    """
    header = read_header(source)
    _check_kinds(header, hybrid_only=hybrid_only)
    file_key = _find_file_key(header, identities)
    if not hmac.compare_digest(header_mac(file_key, header.covered), header.mac):
        raise AgeError(MAC)
    open_payload(source, target, file_key, limit)


def seal_bytes(plaintext: bytes, recipients: Sequence[Recipient]) -> bytes:
    """As `seal`, in memory."""
    target = io.BytesIO()
    seal(io.BytesIO(plaintext), target, recipients)
    return target.getvalue()


def unseal_bytes(
    sealed: bytes, identities: Sequence[Identity], limit: int, *, hybrid_only: bool = False
) -> bytes:
    """As `unseal`, in memory."""
    target = io.BytesIO()
    unseal(io.BytesIO(sealed), target, identities, limit, hybrid_only=hybrid_only)
    return target.getvalue()


def _check_kinds(header: Header, *, hybrid_only: bool) -> None:
    kinds = [stanza.kind for stanza in header.stanzas]
    if _SCRYPT in kinds and len(kinds) > 1:
        raise AgeError(HEADER)
    if hybrid_only and (HYBRID not in kinds or not NOT_HYBRID.isdisjoint(kinds)):
        raise AgeError(CLASSICAL)
    for stanza in header.stanzas:
        if stanza.kind in (HYBRID, X25519):
            share_of(stanza)


def _find_file_key(header: Header, identities: Sequence[Identity]) -> bytes:
    for identity in identities:
        for stanza in header.stanzas:
            file_key = identity.unwrap(stanza)
            if file_key is not None:
                return file_key
    raise AgeError(NO_MATCH)
