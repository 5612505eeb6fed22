"""The manifest: what the sender signs about a bundle, and what everything else in it is held against."""

import hashlib
from collections.abc import Sequence

import msgspec

from ctcase.crypto import dsse
from ctcase.crypto.signing import SigningKey, key_id
from ctcase.errors import Damaged, Refused
from ctcase.model import canonical, ids
from ctcase.sync.frames import ENTRIES, TAKEN, Frame

PAYLOAD_TYPE = "application/vnd.ctcase.bundle.v1+json"
FORMAT = 1
OFFICE = "office"
PURPOSES = ("sync", "welcome")

LARGEST_MANIFEST = 4 * 1024 * 1024
LARGEST_RECEIPTS = 4 * 1024 * 1024
MOST_FRAMES = 1024
MOST_DEVICES = 256
MOST_HAS = 50_000
MOST_RECEIPTS = 10_000
MOST_EXCEPTIONS = 50_000
LONGEST_CODE = 64


class FrameHead(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the manifest says of one frame after it: SHA-256 of the body in hexadecimal, its bytes, its type."""

    digest: str
    size: int
    type: int


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The signed part of a bundle.

    `addressee` is `office` or a member's id, `devices` those it is sealed to; `has` are the digests of all bundles
    that the sender's vault has read and still has; `heads` is a digest over its streams and their heads, or "";
    `number` counts the sender's bundles: one that comes late says nothing of those with higher numbers, and a number
    that comes twice shows that the sender was set back; `roster` is the version it holds.
    """

    addressee: str
    devices: tuple[str, ...]
    format: int
    frames: tuple[FrameHead, ...]
    has: tuple[str, ...]
    heads: str
    number: int
    office: str
    purpose: str
    roster: int
    sender: str
    training: bool


class NotTaken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry that the reader did not take: its id and why. It is not acknowledged with the bundle."""

    code: str
    entry: str


class Receipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What became of one bundle: its digest and number, how many entries were taken, and which were not."""

    bundle: str
    number: int
    refused: tuple[NotTaken, ...]
    taken: int


class _Version(msgspec.Struct):
    format: int


_manifests = canonical.decoder(Manifest)
_receipts = canonical.decoder(tuple[Receipt, ...])
_versions = msgspec.json.Decoder(_Version)


def head(frame: Frame) -> FrameHead:
    """What a manifest says of a frame."""
    return FrameHead(hashlib.sha256(frame.body).hexdigest(), len(frame.body), frame.type)


def digest(payload: bytes) -> str:
    """The digest of a bundle: SHA-256, in hexadecimal, of its manifest as it was signed."""
    return hashlib.sha256(payload).hexdigest()


def sign(manifest: Manifest, key: SigningKey) -> dsse.Envelope:
    """The signed manifest; the key must be that of the sender it names."""
    if manifest.sender != key_id(key.public):
        raise ValueError(manifest.sender)
    if not is_well_formed(manifest):
        raise Refused("limit_exceeded", what="manifest")
    return dsse.sign(PAYLOAD_TYPE, canonical.encode(manifest), [key])


def read(body: bytes) -> tuple[Manifest, dsse.Envelope]:
    """The manifest in a frame and its envelope, whose signature is not judged yet.

    Raises Refused `newer_version` for a format or purpose of later versions, Damaged `bundle_damaged` else.
    """
    try:
        envelope = dsse.decode(body, PAYLOAD_TYPE, LARGEST_MANIFEST)
        version = _versions.decode(envelope.payload).format
        if version > FORMAT:
            raise Refused("newer_version")
        manifest = canonical.decode(envelope.payload, _manifests)
    except (
        dsse.EnvelopeError,
        canonical.NotCanonicalError,
        msgspec.MsgspecError,
        RecursionError,
        UnicodeError,
    ) as problem:
        raise Damaged("bundle_damaged", what="manifest") from problem
    if any(one.type not in TAKEN for one in manifest.frames) or manifest.purpose not in PURPOSES:
        raise Refused("newer_version")
    if not is_well_formed(manifest) or [one.keyid for one in envelope.signatures] != [manifest.sender]:
        raise Damaged("bundle_damaged", what="manifest")
    return manifest, envelope


def is_well_formed(manifest: Manifest) -> bool:
    """Whether the manifest says nothing impossible by itself."""
    return (
        manifest.format == FORMAT
        and manifest.purpose in PURPOSES
        and ids.is_record_id(manifest.addressee)
        and ids.is_digest(manifest.office)
        and ids.is_digest(manifest.sender)
        and (manifest.heads == "" or ids.is_digest(manifest.heads))
        and 0 <= manifest.number <= canonical.BIGGEST_INTEGER
        and 0 <= manifest.roster <= canonical.BIGGEST_INTEGER
        and 0 < len(manifest.devices) <= MOST_DEVICES
        and len(manifest.has) <= MOST_HAS
        and _digests(manifest.devices)
        and _digests(manifest.has)
        and _frames_well_formed(manifest.frames)
    )


def _digests(items: Sequence[str]) -> bool:
    return list(items) == sorted(set(items)) and all(ids.is_digest(item) for item in items)


def _frames_well_formed(frames: Sequence[FrameHead]) -> bool:
    types = [one.type for one in frames]
    return (
        len(frames) <= MOST_FRAMES
        and types == sorted(types)
        and set(types) <= TAKEN
        and all(types.count(kind) <= 1 for kind in TAKEN - {ENTRIES})
        and all(ids.is_digest(one.digest) and one.size >= 0 for one in frames)
    )


def write_receipts(receipts: Sequence[Receipt]) -> bytes:
    """The body of a receipts frame."""
    body = canonical.encode(tuple(receipts))
    if len(body) > LARGEST_RECEIPTS or not _receipts_well_formed(receipts):
        raise Refused("limit_exceeded", what="receipts")
    return body


def read_receipts(body: bytes) -> tuple[Receipt, ...]:
    """The receipts in a frame; raises Damaged `bundle_damaged` or Refused `limit_exceeded`."""
    if len(body) > LARGEST_RECEIPTS:
        raise Refused("limit_exceeded", what="receipts")
    try:
        receipts = canonical.decode(body, _receipts)
    except canonical.NotCanonicalError as problem:
        raise Damaged("bundle_damaged", what="receipts") from problem
    if not _receipts_well_formed(receipts):
        raise Damaged("bundle_damaged", what="receipts")
    return receipts


def _receipts_well_formed(receipts: Sequence[Receipt]) -> bool:
    return (
        len(receipts) <= MOST_RECEIPTS
        and sum(len(one.refused) for one in receipts) <= MOST_EXCEPTIONS
        and all(
            ids.is_digest(one.bundle)
            and 0 <= one.number <= canonical.BIGGEST_INTEGER
            and 0 <= one.taken <= canonical.BIGGEST_INTEGER
            and all(ids.is_digest(each.entry) and 0 < len(each.code) <= LONGEST_CODE for each in one.refused)
            for one in receipts
        )
    )
