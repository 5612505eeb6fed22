"""Signed documents: DSSE v1 (https://github.com/secure-systems-lab/dsse), as canonical JSON.

The type of the document is inside what is signed, so that a signature over one kind of document is never one over
another; the reader says which type it expects.
"""

import re
from collections.abc import Iterable, Mapping

import msgspec

from ctcase.crypto.signing import SIGNATURE_SIZE, SigningKey, UnsoundKeyError, key_id, load_public
from ctcase.model import canonical
from ctcase.model.ids import is_digest

MOST_SIGNATURES = 64
LARGEST_PAYLOAD = 16 << 20
FORM, TYPE, LIMIT = "form", "type", "limit"
_TYPE = re.compile(r"[a-z0-9.+/-]{1,128}")


class EnvelopeError(ValueError):
    """The bytes are not an envelope of the type expected; `reason` is FORM, TYPE or LIMIT."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One signature and the id of the key that made it."""

    keyid: str
    sig: bytes


class Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A payload, its type, and signatures over both; bytes are base 64 in the JSON."""

    payload_type: str = msgspec.field(name="payloadType")
    payload: bytes
    signatures: tuple[Signature, ...]


_DECODER = canonical.decoder(Envelope)


def pae(payload_type: str, payload: bytes) -> bytes:
    """The pre-authentication encoding: the bytes that are signed."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def sign(payload_type: str, payload: bytes, keys: Iterable[SigningKey]) -> Envelope:
    """An envelope with one signature of each key, in the order of the keys' ids."""
    message = pae(payload_type, payload)
    signatures = (Signature(key_id(key.public), key.sign(message)) for key in keys)
    return _checked(
        Envelope(payload_type, payload, tuple(sorted(signatures, key=lambda one: one.keyid))),
        payload_type,
        LARGEST_PAYLOAD,
    )


def encode(envelope: Envelope) -> bytes:
    """The canonical bytes of an envelope."""
    return canonical.encode(envelope)


def decode(data: bytes, expected_type: str, largest: int = LARGEST_PAYLOAD) -> Envelope:
    """Reads canonical bytes strictly; raises EnvelopeError. The signatures are not judged yet: see `signers`."""
    if len(data) > largest * 4 // 3 + MOST_SIGNATURES * 256 + 1024:
        raise EnvelopeError(LIMIT)
    try:
        envelope = canonical.decode(data, _DECODER)
    except canonical.NotCanonicalError as problem:
        raise EnvelopeError(FORM) from problem
    return _checked(envelope, expected_type, largest)


def _checked(envelope: Envelope, expected_type: str, largest: int) -> Envelope:
    if envelope.payload_type != expected_type:
        raise EnvelopeError(TYPE)
    if len(envelope.payload) > largest or len(envelope.signatures) > MOST_SIGNATURES:
        raise EnvelopeError(LIMIT)
    names = [signature.keyid for signature in envelope.signatures]
    if names != sorted(set(names)) or not all(is_digest(name) for name in names):
        raise EnvelopeError(FORM)
    if any(len(signature.sig) != SIGNATURE_SIZE for signature in envelope.signatures):
        raise EnvelopeError(FORM)
    if not _TYPE.fullmatch(envelope.payload_type):
        raise EnvelopeError(FORM)
    return envelope


def signers(envelope: Envelope, publics: Mapping[str, bytes]) -> set[str]:
    """The ids of those of the given keys that really signed.

    A key counts under its own id only: given under another one, or unsound, it counts for nothing, so that no key
    is ever counted twice towards a threshold.
    """
    message = pae(envelope.payload_type, envelope.payload)
    return {
        signature.keyid
        for signature in envelope.signatures
        if signature.keyid in publics and _signed(publics[signature.keyid], signature, message)
    }


def _signed(public: bytes, signature: Signature, message: bytes) -> bool:
    if key_id(public) != signature.keyid:
        return False
    try:
        return load_public(public).verify(signature.sig, message)
    except UnsoundKeyError:
        return False
