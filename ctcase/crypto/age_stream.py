"""The payload of an age v1 file (https://c2sp.org/age): 64 KiB chunks, each authenticated with its place."""

import secrets
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from ctcase.crypto.failures import HEADER, LIMIT, PAYLOAD, AgeError
from ctcase.crypto.kdf import TAG_SIZE, hkdf

CHUNK = 64 * 1024
SEALED_CHUNK = CHUNK + TAG_SIZE
_NONCE_SIZE = 16


def read_full(source: BinaryIO, size: int) -> bytes:
    """Exactly `size` bytes, fewer only at the end: a stream may give less than it was asked for."""
    data = source.read(size)
    if len(data) == size or not data:
        return data
    parts = [data]
    missing = size - len(data)
    while missing and (more := source.read(missing)):
        parts.append(more)
        missing -= len(more)
    return b"".join(parts)


def _cipher(file_key: bytes, nonce: bytes) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(hkdf(file_key, salt=nonce, info=b"payload"))


def _chunk_nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


def seal_payload(source: BinaryIO, target: BinaryIO, file_key: bytes) -> None:
    """Writes the nonce and the chunks of everything that `source` gives."""
    nonce = secrets.token_bytes(_NONCE_SIZE)
    cipher = _cipher(file_key, nonce)
    target.write(nonce)
    number, chunk = 0, read_full(source, CHUNK)
    while True:
        following = read_full(source, CHUNK) if len(chunk) == CHUNK else b""
        last = not following
        target.write(cipher.encrypt(_chunk_nonce(number, last=last), chunk, None))
        if last:
            return
        number, chunk = number + 1, following


def open_payload(source: BinaryIO, target: BinaryIO, file_key: bytes, limit: int) -> None:
    """Writes the plaintext, chunk by verified chunk, at most `limit` bytes.

    What was written is a true beginning of the plaintext even when this raises AgeError(PAYLOAD or LIMIT), and only
    a return says that it is the whole of it.
    """
    nonce = read_full(source, _NONCE_SIZE)
    if len(nonce) != _NONCE_SIZE:
        raise AgeError(HEADER)
    cipher = _cipher(file_key, nonce)
    number, released, sealed = 0, 0, read_full(source, SEALED_CHUNK)
    while True:
        following = read_full(source, SEALED_CHUNK) if len(sealed) == SEALED_CHUNK else b""
        size = len(sealed) - TAG_SIZE
        if released + size > limit:
            raise AgeError(LIMIT)
        chunk, last = _open_chunk(cipher, number, sealed, expect_last=not following)
        if not chunk and number:
            raise AgeError(PAYLOAD)
        target.write(chunk)
        if last != (not following):
            raise AgeError(PAYLOAD)
        if last:
            return
        number, released, sealed = number + 1, released + size, following


def _open_chunk(
    cipher: ChaCha20Poly1305, number: int, sealed: bytes, *, expect_last: bool
) -> tuple[bytes, bool]:
    """The chunk and whether it says that it is the last; only a full one can be either."""
    for last in (expect_last, not expect_last):
        if not last and len(sealed) != SEALED_CHUNK:
            continue
        try:
            return cipher.decrypt(_chunk_nonce(number, last=last), sealed, None), last
        except InvalidTag:
            continue
    raise AgeError(PAYLOAD)
