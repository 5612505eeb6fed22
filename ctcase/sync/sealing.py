"""Bundles as bytes: signed, framed, padded and sealed; and opened again, which changes nothing and believes nothing."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NoReturn

import msgspec

from ctcase.crypto import age, dsse, failures
from ctcase.crypto.signing import SigningKey, key_id
from ctcase.errors import Damaged, Refused
from ctcase.log.entry import Entry
from ctcase.sync import columns, columns_read, frames, manifest, packing, splitting
from ctcase.sync.columns_read import Batch
from ctcase.sync.frames import Frame
from ctcase.sync.manifest import Manifest, Receipt

LARGEST_BUNDLE = 64 * 1024 * 1024

_REFUSALS = {
    failures.NO_MATCH: "not_addressed",
    failures.VERSION: "newer_version",
    failures.LIMIT: "limit_exceeded",
    failures.CLASSICAL: "file_not_understood",
}


class Heading(msgspec.Struct, frozen=True):
    """What a manifest says that only the caller knows; see Manifest."""

    office: str
    training: bool
    addressee: str
    purpose: str
    number: int
    roster: int
    has: Sequence[str] = ()


class Content(msgspec.Struct, frozen=True):
    """What a bundle carries: signed rosters, oldest first; entries; receipts."""

    rosters: tuple[bytes, ...] = ()
    entries: Sequence[Entry] = ()
    receipts: tuple[Receipt, ...] = ()


class SealedBundle(msgspec.Struct, frozen=True):
    """A sealed bundle, its digest and its manifest."""

    data: bytes
    digest: str
    manifest: Manifest


def write(
    heading: Heading, content: Content, key: SigningKey, recipients: Mapping[str, age.HybridRecipient]
) -> SealedBundle:
    """Seals a bundle from the device that `key` signs for to the devices in `recipients`, given by their ids.

    Raises Refused `limit_exceeded` where a reader would refuse it: divide the entries with `split` first.
    """
    for recipient in recipients.values():
        if not isinstance(recipient, age.HybridRecipient):
            raise TypeError(type(recipient))
    following = list(_frames(content))
    said = Manifest(
        addressee=heading.addressee,
        devices=tuple(sorted(recipients)),
        format=manifest.FORMAT,
        frames=tuple(manifest.head(frame) for frame in following),
        has=tuple(sorted(set(heading.has))),
        heads="",  # room for later, see docs/decisions/0007-not-yet.md
        number=heading.number,
        office=heading.office,
        purpose=heading.purpose,
        roster=heading.roster,
        sender=key_id(key.public),
        training=heading.training,
    )
    envelope = manifest.sign(said, key)
    plaintext = frames.join([Frame(frames.MANIFEST, dsse.encode(envelope)), *following])
    data = age.seal_bytes(plaintext, [recipients[device] for device in said.devices])
    if len(data) > LARGEST_BUNDLE:
        raise Refused("limit_exceeded", what="bundle")
    return SealedBundle(data, manifest.digest(envelope.payload), said)


def _frames(content: Content) -> Iterator[Frame]:
    if content.rosters:
        yield Frame(frames.ROSTER, packing.pack_rosters(content.rosters))
    for batch in splitting.batches(splitting.in_order(content.entries)):
        yield Frame(frames.ENTRIES, columns.encode(batch))
    if content.receipts:
        yield Frame(frames.RECEIPTS, manifest.write_receipts(content.receipts))


class Unsealed(msgspec.Struct, frozen=True):
    """An opened bundle whose frames are those of its manifest. Who signed it, `verified_by` tells.

    Until it does, nothing in it may be acted on; `rosters` can be looked at before, to find the sender's key.
    """

    manifest: Manifest
    digest: str
    rosters: tuple[bytes, ...]
    receipts: tuple[Receipt, ...]
    envelope: dsse.Envelope
    bodies: tuple[bytes, ...]

    def verified_by(self, public: bytes) -> bool:
        """Whether this is the key of the sender that the manifest names, and it signed the manifest."""
        sender = self.manifest.sender
        return sender == key_id(public) and sender in dsse.signers(self.envelope, {sender: public})

    def batches(self) -> Iterator[Batch]:
        """The entries, batch by batch, parents before children; their signatures are not verified yet.

        Raises Damaged `bundle_damaged` or Refused `limit_exceeded`, also after some batches were good: the caller takes
        all of them or none.
        """
        return map(columns_read.decode, self.bodies)


def unseal(data: bytes, identities: Sequence[age.Identity]) -> Unsealed:
    """Opens a bundle and holds every frame against the manifest.

    Raises Refused `limit_exceeded`, `file_not_understood` (no bundle at all, or one sealed by other than
    post-quantum hybrid recipients), `not_addressed` or `newer_version`, and Damaged `bundle_damaged`.
    """
    if len(data) > LARGEST_BUNDLE:
        raise Refused("limit_exceeded", what="bundle")
    if not data.startswith(b"age-encryption.org/"):
        raise Refused("file_not_understood")
    try:
        plaintext = age.unseal_bytes(data, identities, LARGEST_BUNDLE, hybrid_only=True)
    except age.AgeError as problem:
        _refuse(problem)
    return _read(plaintext)


def _refuse(problem: age.AgeError) -> NoReturn:
    if problem.reason in _REFUSALS:
        raise Refused(_REFUSALS[problem.reason]) from problem
    raise Damaged("bundle_damaged", what="seal") from problem


def _read(plaintext: bytes) -> Unsealed:
    there = frames.walk(plaintext)
    first = next(there, None)
    if first is None or first.type != frames.MANIFEST:
        raise Damaged("bundle_damaged", what="manifest")
    said, envelope = manifest.read(first.body)
    following = []
    for listed in said.frames:
        frame = next(there, None)
        # The size first: a digest is not taken over what is too long anyway.
        if frame is None or len(frame.body) != listed.size or manifest.head(frame) != listed:
            raise Damaged("bundle_damaged", what="frame")
        following.append(frame)
    if next(there, None) is not None:
        raise Damaged("bundle_damaged", what="frame")
    return Unsealed(
        manifest=said,
        digest=manifest.digest(envelope.payload),
        rosters=tuple(one for body in _of(following, frames.ROSTER) for one in packing.unpack_rosters(body)),
        receipts=tuple(
            one for body in _of(following, frames.RECEIPTS) for one in manifest.read_receipts(body)
        ),
        envelope=envelope,
        bodies=_of(following, frames.ENTRIES),
    )


def _of(following: Sequence[Frame], kind: int) -> tuple[bytes, ...]:
    return tuple(frame.body for frame in following if frame.type == kind)
