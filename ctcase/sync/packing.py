"""Compression with a bound: zstd level 3, one frame, the size it opens to stated and checked before it is opened."""

import sys
from typing import Any, TypeVar

import msgspec

from ctcase.errors import Damaged, Refused

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LEVEL = 3
LARGEST_UNPACKED = 64 * 1024 * 1024
LARGEST_WINDOW = 23  # as a power of two: 8 MiB
LARGEST_ROSTER_ENVELOPE = 12 * 1024 * 1024
MOST_ROSTERS = 256

T = TypeVar("T")

_encoder = msgspec.msgpack.Encoder()
_rosters = msgspec.msgpack.Decoder(tuple[bytes, ...])


def pack(document: Any) -> bytes:
    """A msgpack document, compressed."""
    plain = _encoder.encode(document)
    if len(plain) > LARGEST_UNPACKED:
        raise Refused("limit_exceeded", what="frame")
    return zstd.compress(plain, LEVEL)


def unpack(body: bytes, reader: msgspec.msgpack.Decoder[T]) -> T:
    """The document in a compressed frame.

    Raises Refused `limit_exceeded` when it states more than LARGEST_UNPACKED bytes, before anything is allocated, and
    Damaged `bundle_damaged` when it is not one whole zstd frame of the stated size holding a document of that shape.
    """
    stated = opened_size(body)
    if stated > LARGEST_UNPACKED:
        raise Refused("limit_exceeded", what="frame")
    plain = _unpacked(body, stated)
    try:
        return reader.decode(plain)
    except (msgspec.MsgspecError, RecursionError, UnicodeError, OverflowError) as problem:
        raise Damaged("bundle_damaged", what="columns") from problem


def opened_size(body: bytes) -> int:
    """How many bytes a compressed frame states that it opens to; raises Damaged `bundle_damaged` if it states none."""
    try:
        stated = zstd.get_frame_info(body).decompressed_size
    except zstd.ZstdError as problem:
        raise Damaged("bundle_damaged", what="compression") from problem
    if stated is None:
        raise Damaged("bundle_damaged", what="compression")
    return stated


def _unpacked(body: bytes, stated: int) -> bytes:
    opener = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: LARGEST_WINDOW})
    try:
        plain = opener.decompress(body, max_length=stated + 1)
    except zstd.ZstdError as problem:
        raise Damaged("bundle_damaged", what="compression") from problem
    if len(plain) != stated or not opener.eof or opener.unused_data:
        raise Damaged("bundle_damaged", what="compression")
    return plain


def pack_rosters(rosters: tuple[bytes, ...]) -> bytes:
    """The body of a roster frame: signed rosters, oldest first."""
    if not _rosters_fit(rosters):
        raise Refused("limit_exceeded", what="roster")
    return pack(rosters)


def unpack_rosters(body: bytes) -> tuple[bytes, ...]:
    """The signed rosters in a frame, oldest first; none of them is judged here."""
    rosters = unpack(body, _rosters)
    if not _rosters_fit(rosters):
        raise Refused("limit_exceeded", what="roster")
    return rosters


def _rosters_fit(rosters: tuple[bytes, ...]) -> bool:
    return 0 < len(rosters) <= MOST_ROSTERS and all(len(one) <= LARGEST_ROSTER_ENVELOPE for one in rosters)
