"""The text header of an age v1 file (https://c2sp.org/age): strict, bounded reading, and writing."""

import base64
import binascii
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from ctcase.crypto.failures import HEADER, LIMIT, VERSION, AgeError
from ctcase.crypto.kdf import hkdf

VERSION_LINE = b"age-encryption.org/v1\n"
MOST_STANZAS = 256
LONGEST_LINE = 4096
LONGEST_HEADER = 1 << 20
MAC_SIZE = 32
_COLUMNS = 64
_OTHER_VERSION = re.compile(rb"age-encryption\.org/[\x21-\x7e]+\n")
_ARGUMENTS = re.compile(rb"-> [\x21-\x7e]+(?: [\x21-\x7e]+)*\n")
_BODY = re.compile(rb"[A-Za-z0-9+/]{0,64}\n")


@dataclass(frozen=True, slots=True)
class Stanza:
    """The file key wrapped for one recipient: the kind, its arguments, and the body."""

    kind: str
    arguments: tuple[str, ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Header:
    """A parsed header; `covered` are the exact bytes that the MAC is computed over."""

    stanzas: tuple[Stanza, ...]
    mac: bytes
    covered: bytes


def encode_base64(data: bytes) -> str:
    """Base 64 without padding, as age writes it."""
    return base64.b64encode(data).decode("ascii").rstrip("=")


def decode_base64(text: str) -> bytes:
    """The bytes of canonical base 64 without padding; raises AgeError(HEADER) for anything else."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError) as problem:
        raise AgeError(HEADER) from problem
    if encode_base64(data) != text:
        raise AgeError(HEADER)
    return data


def header_mac(file_key: bytes, covered: bytes) -> bytes:
    """HMAC-SHA-256 of a header under the key that the file key gives."""
    return hmac.digest(hkdf(file_key, salt=b"", info=b"header"), covered, "sha256")


def write_header(stanzas: Sequence[Stanza], file_key: bytes) -> bytes:
    """The header of these stanzas with its MAC."""
    lines = [VERSION_LINE]
    for stanza in stanzas:
        lines.append(f"-> {' '.join((stanza.kind, *stanza.arguments))}\n".encode("ascii"))
        body = encode_base64(stanza.body)
        # One more line than is full: the last one is always short, and empty where the body fills its lines.
        lines += [
            f"{body[start : start + _COLUMNS]}\n".encode() for start in range(0, len(body) + 1, _COLUMNS)
        ]
    covered = b"".join([*lines, b"---"])
    return covered + f" {encode_base64(header_mac(file_key, covered))}\n".encode()


class _Lines:
    """Lines of a stream, each ended by a line feed, never more of them than a header may have."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self.taken = bytearray()

    def next(self) -> bytes:
        line = self._source.readline(LONGEST_LINE + 1)
        if len(line) > LONGEST_LINE or len(self.taken) + len(line) > LONGEST_HEADER:
            raise AgeError(LIMIT)
        if not line.endswith(b"\n"):
            raise AgeError(HEADER)
        self.taken += line
        return line


def read_header(source: BinaryIO) -> Header:
    """Reads a header and leaves `source` at the payload; raises AgeError(HEADER, VERSION or LIMIT)."""
    first = source.readline(LONGEST_LINE)
    if first != VERSION_LINE:
        raise AgeError(VERSION if _OTHER_VERSION.fullmatch(first) else HEADER)
    lines = _Lines(source)
    lines.taken += first
    stanzas: list[Stanza] = []
    line = lines.next()
    while not line.startswith(b"---"):
        if len(stanzas) == MOST_STANZAS:
            raise AgeError(LIMIT)
        stanzas.append(_read_stanza(line, lines))
        line = lines.next()
    if not stanzas or not line.startswith(b"--- "):
        raise AgeError(HEADER)
    mac = decode_base64(_text(line[4:-1]))
    if len(mac) != MAC_SIZE:
        raise AgeError(HEADER)
    covered = bytes(lines.taken[: len(lines.taken) - len(line) + 3])
    return Header(tuple(stanzas), mac, covered)


def _read_stanza(first: bytes, lines: _Lines) -> Stanza:
    if not _ARGUMENTS.fullmatch(first):
        raise AgeError(HEADER)
    kind, *arguments = _text(first[3:-1]).split(" ")
    parts: list[bytes] = []
    while not parts or len(parts[-1]) == _COLUMNS:
        line = lines.next()
        if not _BODY.fullmatch(line):
            raise AgeError(HEADER)
        parts.append(line[:-1])
    return Stanza(kind, tuple(arguments), decode_base64(_text(b"".join(parts))))


def _text(data: bytes) -> str:
    try:
        return data.decode("ascii")
    except UnicodeDecodeError as problem:
        raise AgeError(HEADER) from problem
