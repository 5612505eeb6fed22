"""The roster (DESIGN §6): who belongs to the office, with which keys and rights, signed by the office's root keys.

Rules of taking one, in order, all pure:
1. The bytes are a canonical envelope of the roster's type, and the roster inside is consistent by itself.
2. The first roster is taken when its own roots sign it and its office is the one a person confirmed.
3. A later one is of the same office, has a higher version, and satisfies the threshold of the roster held *and* its own
   (as in The Update Framework, §5.3). An older one is ignored; another one of the version held raises an alarm.
4. Training and real data never mix: the flag never changes.
"""

import hashlib
from collections.abc import Mapping
from itertools import pairwise

import msgspec

from ctcase.crypto import dsse
from ctcase.crypto.signing import SigningKey, is_sound_public, key_id
from ctcase.errors import Refused
from ctcase.log.rights import NEVER, DeviceRights, Rights, Row
from ctcase.model import canonical
from ctcase.workflow.policy import OFFICER, ROLES

PAYLOAD_TYPE = "application/vnd.ctcase.roster.v1+json"
FORMAT = 1
LARGEST_ROSTER = 8 * 1024 * 1024
MOST_MEMBERS = 20_000
MOST_ROWS = 1_000
MOST_ROOTS = 16


class _Shape(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


class Root(_Shape, frozen=True):
    """One key that signs rosters, and the member who holds it."""

    key: bytes
    member: str


class Member(_Shape, frozen=True):
    """A person enrolled by the office."""

    id: str
    name: str


class DeviceRow(_Shape, frozen=True):
    """Rights from this roster version on, or at the latest from that entry number; the first team is home."""

    version: int
    roles: tuple[str, ...]
    teams: tuple[str, ...] = ()
    at_latest: int = NEVER


class Revocation(_Shape, frozen=True):
    """The last number of the device that counts, the entry of that number as the office has it, and why.

    `retired`: another device of the member took over; nobody else is thought to have the key.
    """

    last: int
    entry: str = ""
    reason: str = ""
    retired: bool = False


class Device(_Shape, frozen=True):
    """One installation of one member: signing key, sealing recipient, rights over time."""

    id: str
    signing: bytes
    sealing: str
    member: str
    rows: tuple[DeviceRow, ...]
    revoked: Revocation | None = None


class Roster(_Shape, frozen=True):
    """One version, in the structure `format`. `office` is the digest of the first roots, `stream` the office's own."""

    format: int
    version: int
    office: str
    name: str
    stream: str
    threshold: int
    roots: tuple[Root, ...]
    recovery: str
    members: tuple[Member, ...]
    devices: tuple[Device, ...]
    training: bool = False
    previous: str = ""


class _Opening(msgspec.Struct, frozen=True):
    """What every later structure of a roster will say about itself."""

    format: int


_reader = canonical.decoder(Roster)
_opening = msgspec.json.Decoder(_Opening)


def office_id(roots: tuple[Root, ...], threshold: int) -> str:
    """The identity of an office: the digest of its first root keys and threshold; people compare it as words."""
    keys = b"".join(root.key for root in sorted(roots, key=lambda root: root.key))
    return hashlib.sha256(b"ctcase.office.1\0" + threshold.to_bytes(2, "big") + keys).hexdigest()


def office_digest(roster: Roster) -> bytes:
    """What people compare when they take a roster for the first time: the office and the roots it has now.

    The id alone is a claim once the roots have changed: another office could write it into a roster of its own.
    """
    return hashlib.sha256(
        b"ctcase.office.now.1\0" + f"{roster.office}\n{office_id(roster.roots, roster.threshold)}".encode()
    ).digest()


def device_digest(signing: bytes, sealing: str) -> bytes:
    """What people compare when a device is enrolled: both its keys."""
    return hashlib.sha256(b"ctcase.device.1\0" + signing + sealing.encode()).digest()


def sign(roster: Roster, keys: list[SigningKey]) -> bytes:
    """The signed bytes of a roster."""
    return dsse.encode(dsse.sign(PAYLOAD_TYPE, canonical.encode(roster), keys))


def digest(signed: bytes) -> str:
    """The digest of a roster's payload, by which its successor names it."""
    return hashlib.sha256(_open(signed).payload).hexdigest()


def _open(signed: bytes) -> dsse.Envelope:
    try:
        return dsse.decode(signed, PAYLOAD_TYPE, LARGEST_ROSTER)
    except dsse.EnvelopeError as problem:
        code = "limit_exceeded" if problem.reason == dsse.LIMIT else "signature_wrong"
        raise Refused(code, what="roster") from problem


def _satisfied(envelope: dsse.Envelope, by: Roster) -> bool:
    """Whether enough *members* signed with root keys of a roster: two keys of one person are one signature."""
    publics = {key_id(root.key): root.key for root in by.roots}
    signed = dsse.signers(envelope, publics)
    return len({root.member for root in by.roots if key_id(root.key) in signed}) >= by.threshold


def read_first(signed: bytes) -> Roster:
    """A roster that its own roots sign; whether its office is the right one, a person must say (rule 2)."""
    envelope = _open(signed)
    roster = _parse(envelope)
    if not _satisfied(envelope, roster):
        raise Refused("signature_wrong", what="roster")
    return roster


def read_next(held: Roster, signed: bytes) -> Roster | None:
    """The roster if it supersedes the one held, None if it is older or the same; refused if it is not ours.

    What is in it is judged once the roots held have signed it: a stranger's roster costs little more than its decoding.
    """
    envelope = _open(signed)
    roster = _decoded(envelope)
    if roster.office != held.office:
        raise Refused("other_office")
    if roster.training != held.training:
        raise Refused("training_mixed")
    if roster.version <= held.version:
        # an older roster was signed by roots that may have been replaced since: it is ignored, not refused
        if not (_satisfied(envelope, held) or _satisfied(envelope, roster)):
            raise Refused("signature_wrong", what="roster")
        return None
    signed_by_both = _satisfied(envelope, held) and is_consistent(roster) and _satisfied(envelope, roster)
    if not signed_by_both or roster.stream != held.stream:
        raise Refused("signature_wrong", what="roster")
    return roster


def is_rival(held: Roster, signed: bytes) -> bool:
    """Whether this is another validly signed roster of the version held: the office must hear of it (rule 28)."""
    envelope = _open(signed)
    roster = _decoded(envelope)
    same = roster.office == held.office and roster.version == held.version
    return same and envelope.payload != canonical.encode(held) and _satisfied(envelope, held)


def _parse(envelope: dsse.Envelope) -> Roster:
    roster = _decoded(envelope)
    if not is_consistent(roster):
        raise Refused("signature_wrong", what="roster")
    return roster


def _decoded(envelope: dsse.Envelope) -> Roster:
    try:
        if _opening.decode(envelope.payload).format > FORMAT:
            raise Refused("newer_version", what="roster")
        roster = canonical.decode(envelope.payload, _reader)
    except (canonical.NotCanonicalError, msgspec.MsgspecError, RecursionError, UnicodeError) as problem:
        raise Refused("signature_wrong", what="roster") from problem
    return roster


def is_consistent(roster: Roster) -> bool:
    """Whether a roster contradicts itself nowhere: keys sound and used once, ids once, rows of known members."""
    root_keys = [root.key for root in roster.roots]
    keys = [*root_keys, *(device.signing for device in roster.devices)]
    members = [member.id for member in roster.members]
    devices = [device.id for device in roster.devices]
    return (
        roster.format == FORMAT
        and 0 < roster.version <= canonical.BIGGEST_INTEGER
        and len(members) <= MOST_MEMBERS
        and len(devices) <= MOST_MEMBERS
        and len(roster.roots) <= MOST_ROOTS
        and 0 < roster.threshold <= len({root.member for root in roster.roots})
        and (roster.version > 1 or roster.office == office_id(roster.roots, roster.threshold))
        and len(keys) == len(set(keys))
        and len(members) == len(set(members))
        and len(devices) == len(set(devices))
        and all(is_sound_public(key) for key in root_keys)
        and all(_device_consistent(device, roster.version, set(members)) for device in roster.devices)
    )


def _device_consistent(device: Device, version: int, members: set[str]) -> bool:
    return (
        is_sound_public(device.signing)
        and device.id == key_id(device.signing)
        and device.member in members
        and 0 < len(device.rows) <= MOST_ROWS
        and all(_row_consistent(row, version) for row in device.rows)
        and all(one.version <= other.version for one, other in pairwise(device.rows))
        and (device.revoked is None or device.revoked.last >= 0)
    )


def _row_consistent(row: DeviceRow, version: int) -> bool:
    return (
        0 < row.version <= version
        and 0 <= row.at_latest <= NEVER
        and bool(row.roles)
        and set(row.roles) <= set(ROLES)
    )


def rights(roster: Roster | None) -> Rights:
    """The rights of every device as the log's fold wants them."""
    if roster is None:
        return Rights(0, {})
    return Rights(roster.version, {device.id: _device_rights(device) for device in roster.devices})


def _device_rights(device: Device) -> DeviceRights:
    rows = tuple(
        Row(row.version, row.at_latest, device.member, frozenset(row.roles), row.teams) for row in device.rows
    )
    revoked = device.revoked
    if revoked is None:
        return DeviceRights(rows, device.signing)
    return DeviceRights(rows, device.signing, revoked.last, distrusted=not revoked.retired)


def devices_of(roster: Roster, member: str) -> tuple[Device, ...]:
    """The devices of a member that are not revoked."""
    return tuple(device for device in roster.devices if device.member == member and device.revoked is None)


def office_devices(roster: Roster) -> tuple[Device, ...]:
    """The devices that a bundle to the office is sealed to: those of all officers."""
    return tuple(device for device in roster.devices if is_officer(device))


def is_officer(device: Device) -> bool:
    """Whether a device counts for the office: its member is an officer, and it is not revoked."""
    return device.revoked is None and OFFICER in device.rows[-1].roles


def device_by_id(roster: Roster) -> Mapping[str, Device]:
    """The devices by id."""
    return {device.id: device for device in roster.devices}


def changed_devices(old: Roster | None, new: Roster) -> frozenset[str]:
    """The devices whose rights differ between two versions, listed in both or not: only their streams fold differently."""
    before, now = rights(old).devices, rights(new).devices
    return frozenset(one for one in before.keys() | now.keys() if before.get(one) != now.get(one))
