"""Canonical JSON: one byte string for one document, so that what is signed can be rebuilt and compared.

Keys in order, no white space, UTF-8 as it is, integers within ±(2^53 - 1), no floats. Decoding encodes again and
compares: duplicate keys, other orders, escapes that need not be, byte-order marks and lone surrogates are refused.
"""

from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

BIGGEST_INTEGER = 2**53 - 1
DEEPEST = 16

_encoder = msgspec.json.Encoder(order="sorted")


class NotCanonicalError(ValueError):
    """The bytes are not the canonical form of a document of the type asked for."""


def encode(document: Any) -> bytes:
    """The canonical bytes of a struct or of plain data without floats."""
    return _encoder.encode(document)


def decoder(kind: type[T]) -> msgspec.json.Decoder[T]:
    """A decoder to be kept by the caller: building one is slow."""
    return msgspec.json.Decoder(kind)


def decode(data: bytes, reader: msgspec.json.Decoder[T]) -> T:
    """Reads canonical bytes strictly; raises NotCanonicalError for anything else.

    What a number may be is the word of the type asked for: none here has floats, and one that is stored has bounds.
    """
    try:
        document = reader.decode(data)
        again = _encoder.encode(document)
    except (msgspec.MsgspecError, ValueError, RecursionError, OverflowError) as problem:
        raise NotCanonicalError from problem
    if again != data:
        raise NotCanonicalError
    return document


def is_plain(document: object, depth: int = 0) -> bool:
    """Whether plain data can be canonical: no floats, integers in range, bounded depth, text that is UTF-8."""
    if depth > DEEPEST:
        return False
    if document is None or isinstance(document, bool):
        return True
    if isinstance(document, int):
        return -BIGGEST_INTEGER <= document <= BIGGEST_INTEGER
    if isinstance(document, str):
        return not any("\ud800" <= letter <= "\udfff" for letter in document)
    if isinstance(document, list | tuple):
        return all(is_plain(item, depth + 1) for item in document)
    if isinstance(document, dict):
        return all(
            isinstance(key, str) and is_plain(key) and is_plain(item, depth + 1)
            for key, item in document.items()
        )
    return False
