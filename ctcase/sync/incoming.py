"""Reading bundles. The stages, each refusing the whole bundle before anything is changed:

unseal → whose office, addressed to me → the rosters in it → the sender's key and signature → every batch decodes.
The signatures of the entries are verified then, and, in one transaction, each entry is admitted, waits or is
quarantined by itself.
"""

from collections.abc import Collection, Mapping, Sequence

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update

from ctcase.crypto.age import Identity
from ctcase.errors import Refused
from ctcase.log.entry import LARGEST_HEADER, Entry
from ctcase.store import entries as stored
from ctcase.store import schema
from ctcase.store.entries import load, merged, pack_parts, unpack_parts
from ctcase.store.streams import Admitted, Streams, Tell, nobody
from ctcase.sync import peers, ranges, sealing
from ctcase.sync.manifest import NotTaken
from ctcase.sync.packing import opened_size
from ctcase.sync.sealing import Unsealed
from ctcase.sync.verifying import verify_signatures
from ctcase.trust import roster as rosters
from ctcase.trust.roster import Roster, is_officer

MOST_WAITING = 20_000
"""Waiting entries that one sending device may leave here (rule 9)."""

LARGEST_WAITING = 128 * 1024 * 1024
"""Bytes of their headers and parts."""

LARGEST_CONTENT = 64 * 1024 * 1024
"""Bytes of headers and payloads in one bundle, over all its frames."""

MOST_ENTRIES = 250_000
"""Entries in one bundle, over all its frames."""

LARGEST_OPENED = 128 * 1024 * 1024
"""Bytes that the frames of entries in one bundle open to, together."""

MOST_QUARANTINED = 1_000
"""Bad entries of one sending device that are kept. Others are told, but not kept: nothing is ever read from there, so
that a full quarantine stops nothing that is good."""

LARGEST_QUARANTINE = 16 * 1024 * 1024
"""Bytes of their headers."""

CODES: Mapping[str, str] = {
    "signature": "signature_wrong",
    "form": "log_damaged",
    "stream": "log_damaged",
    "depth": "log_damaged",
    "chain": "log_damaged",
}
"""Why an entry is quarantined, as an error code."""


class Reader(msgspec.Struct, frozen=True):
    """Who reads: the device with the ids it had before, its sealing identity, and the roster held (None: not yet)."""

    device: str
    former: tuple[str, ...]
    identity: Identity
    roster: Roster | None


class Judged(msgspec.Struct, frozen=True):
    """A bundle that may be taken: opened, signed by its sender, entries decoded.

    `newer` are the rosters that supersede ours, `rivals` the versions of which there is another validly signed one.
    `entries` are those that their devices signed, `forged` those they did not, `misfits` those no log could admit.
    """

    unsealed: Unsealed
    sender: str
    member: str
    roster: Roster
    newer: tuple[tuple[Roster, bytes], ...]
    rivals: tuple[int, ...]
    entries: list[Entry]
    forged: list[Entry]
    misfits: list[Entry]


class Taken(msgspec.Struct):
    """What became of a bundle that was taken."""

    admitted: Admitted
    known: bool
    quarantined: dict[str, str]
    waiting: dict[str, tuple[str, ...]]
    receipts: int
    own_unknown: bool


def judge(data: bytes, reader: Reader) -> Judged:
    """Opens a bundle for an enrolled device and decides whether it may be taken at all. Changes nothing."""
    unsealed = sealing.unseal(data, [reader.identity])
    if reader.roster is None:
        raise Refused("not_enrolled")
    return _judged(unsealed, reader, reader.roster)


def _judged(unsealed: Unsealed, reader: Reader, held: Roster) -> Judged:
    manifest = unsealed.manifest
    if manifest.office != held.office:
        raise Refused("other_office")
    if manifest.training != held.training:
        raise Refused("training_mixed")
    if not {reader.device, *reader.former} & set(manifest.devices):
        raise Refused("not_addressed")
    newer = _newer(held, unsealed.rosters)
    roster = newer[-1][0] if newer else held
    judged = _signed(unsealed, roster, newer, reader.device)
    rivals = tuple(roster.version for one in unsealed.rosters if rosters.is_rival(roster, one))
    return msgspec.structs.replace(judged, rivals=rivals)


def judge_welcome(data: bytes, reader: Reader) -> Judged:
    """Opens a welcome: its newest roster vouches for itself, and a person must have compared the office's words."""
    unsealed = sealing.unseal(data, [reader.identity])
    if unsealed.manifest.purpose != "welcome" or not unsealed.rosters:
        raise Refused("file_not_understood")
    if reader.roster is not None:
        if unsealed.manifest.office != reader.roster.office:
            raise Refused("other_office")
        if unsealed.manifest.roster < reader.roster.version:
            raise Refused("roster_old")
        return _judged(unsealed, reader, reader.roster)
    if not {reader.device, *reader.former} & set(unsealed.manifest.devices):
        raise Refused("not_addressed")
    signed = unsealed.rosters[-1]
    roster = rosters.read_first(signed)
    if roster.office != unsealed.manifest.office or roster.training != unsealed.manifest.training:
        raise Refused("other_office")
    return _signed(unsealed, roster, ((roster, signed),), reader.device)


def _newer(held: Roster, signed: Sequence[bytes]) -> tuple[tuple[Roster, bytes], ...]:
    found: list[tuple[Roster, bytes]] = []
    for one in signed:
        roster = rosters.read_next(found[-1][0] if found else held, one)
        if roster is not None:
            found.append((roster, one))
    return tuple(found)


def _signed(
    unsealed: Unsealed, roster: Roster, newer: tuple[tuple[Roster, bytes], ...], reader: str
) -> Judged:
    devices = rosters.device_by_id(roster)
    sender, mine = devices.get(unsealed.manifest.sender), devices.get(reader)
    if sender is None:
        raise Refused("sender_unknown")
    if not unsealed.verified_by(sender.signing):
        raise Refused("signature_wrong", what="manifest")
    is_office = mine is not None and is_officer(mine)
    if sender.revoked is not None and not is_office:
        raise Refused("sender_revoked")
    decoded, misfits = _decoded(unsealed)
    return Judged(unsealed, sender.id, sender.member, roster, newer, (), *by_signature(decoded), misfits)


def _decoded(unsealed: Unsealed) -> tuple[list[Entry], list[Entry]]:
    """The entries of all frames, and those that no log could admit."""
    decoded: list[Entry] = []
    misfits: list[Entry] = []
    room = LARGEST_CONTENT
    if sum(map(opened_size, unsealed.bodies)) > LARGEST_OPENED:
        raise Refused("limit_exceeded", what="bundle")
    for batch in unsealed.batches():
        decoded += batch.entries
        misfits += batch.misfits
        room -= batch.size
        if room < 0 or len(decoded) + len(misfits) > MOST_ENTRIES:
            raise Refused("limit_exceeded", what="bundle")
    return decoded, misfits


def by_signature(decoded: Sequence[Entry]) -> tuple[list[Entry], list[Entry]]:
    """The entries that their devices signed, and those they did not."""
    verdicts = verify_signatures(decoded)
    return (
        [one for one, signed in zip(decoded, verdicts, strict=True) if signed],
        [one for one, signed in zip(decoded, verdicts, strict=True) if not signed],
    )


def take(connection: Connection, streams: Streams, judged: Judged, device: str, tell: Tell = nobody) -> Taken:
    """Takes the entries, acknowledgements and receipts of a judged bundle; the rosters were taken before.

    `tell` is told how many of the streams in it are done, and may raise to end it.
    """
    digest, sender = judged.unsealed.digest, judged.sender
    known = _read(connection, digest)
    if not known:
        peers.take_acknowledgement(connection, judged.unsealed.manifest)
    receipts = peers.take_receipts(connection, sender, judged.unsealed.receipts)
    here = stored.present(connection, (*judged.entries, *judged.forged))
    # The signature of what is here already was verified when it came; its parts are held against the same header.
    good = [*judged.entries, *(one for one in judged.forged if one.id in here)]
    admitted = streams.admit(connection, good, here, tell)
    # Only what this device really signed says that it was set back; anybody can write its key on an entry.
    own_unknown = any(one.header.device == device and one.id not in here for one in good)
    quarantined = _unfit(judged, {one.id for one in good})
    offered = {one.id: one for one in (*judged.forged, *judged.misfits, *good)}
    waiting = _wait(connection, streams, admitted, offered, sender)
    quarantined |= admitted.refused
    if len(quarantined) > peers.MOST_NOT_TAKEN:
        raise Refused("limit_exceeded", what="quarantine")  # its sender could not be told of all of them
    if quarantined:
        _quarantine(connection, quarantined, offered, sender, digest)
    peers.supplied(connection, admitted.supplied, sender)
    if not known:
        _remember(connection, judged, quarantined, admitted.numbers)
    return Taken(admitted, known, quarantined, waiting, receipts, own_unknown)


def _read(connection: Connection, digest: str) -> bool:
    read = schema.bundle_read
    return connection.scalar(select(read.c.digest).where(read.c.digest == digest)) is not None


def _unfit(judged: Judged, good: Collection[str]) -> dict[str, str]:
    """Why entries are quarantined before the log judged them.

    An id does not cover the signature: of two copies of one entry, each is judged by its own.
    """
    forged = {one.id: "signature" for one in judged.forged if one.id not in good}
    return forged | {one.id: "form" for one in judged.misfits}


def _wait(
    connection: Connection, streams: Streams, admitted: Admitted, offered: dict[str, Entry], sender: str
) -> dict[str, tuple[str, ...]]:
    """Keeps what lacks a parent, and admits what waited for what came now, until nothing moves."""
    _keep(connection, admitted.waiting, offered, sender)
    _arrived(connection, [one.id for one in admitted.new])
    while admitted.new:
        freed = _freed(connection)
        if not freed:
            break
        offered |= {one.id: one for one in freed}
        more = streams.admit(connection, freed)
        gone = [one.id for one in more.new] + list(more.refused)
        if not gone:
            break
        _arrived(connection, gone)
        admitted.new += more.new
        admitted.numbers |= more.numbers
        admitted.refused |= more.refused
        admitted.streams |= more.streams
    if admitted.waiting:
        _check_room(connection, sender)
    new = {one.id for one in admitted.new}
    return {one: missing for one, missing in admitted.waiting.items() if one not in new}


def _keep(
    connection: Connection,
    lacking: Mapping[str, tuple[str, ...]],
    offered: Mapping[str, Entry],
    sender: str,
) -> None:
    """Adds what waits, or the parts that a second copy of it brings."""
    table, here = schema.waiting, set[str]()
    for some in stored.chunks([*lacking]):
        here.update(connection.scalars(select(table.c.entry).where(table.c.entry.in_(some))))
    fresh = [
        _waiting_row(offered[one], missing, sender) for one, missing in lacking.items() if one not in here
    ]
    if fresh:
        connection.execute(insert(table), fresh)
    for one in here:
        _complete(connection, offered[one], sender)


def _complete(connection: Connection, again: Entry, sender: str) -> None:
    """Adds the parts that a second copy of a waiting entry brings: the first may have come without them.

    It counts for who brought them: nobody fills what is kept for another.
    """
    table = schema.waiting
    held = connection.execute(select(table.c.parts).where(table.c.entry == again.id)).scalar_one()
    parts = pack_parts(merged(unpack_parts(held), again.parts))
    if parts != held:
        connection.execute(update(table).where(table.c.entry == again.id).values(parts=parts, sender=sender))


def _check_room(connection: Connection, sender: str) -> None:
    table = schema.waiting
    size = func.length(table.c.header) + func.length(table.c.parts)
    query = select(func.count(), func.coalesce(func.sum(size), 0)).where(table.c.sender == sender)
    count, total = connection.execute(query).one()
    if count > MOST_WAITING or total > LARGEST_WAITING:
        raise Refused("limit_exceeded", what="waiting")


def _arrived(connection: Connection, ids: Sequence[str]) -> None:
    table = schema.waiting
    if ids and connection.scalar(select(table.c.entry).limit(1)) is not None:
        for some in stored.chunks(ids):
            connection.execute(delete(table).where(table.c.entry.in_(some)))


def _waiting_row(one: Entry, missing: Sequence[str], sender: str) -> dict[str, object]:
    return {
        "entry": one.id, "sender": sender, "missing": " ".join(missing), "header": one.raw,
        "signature": one.signature, "key": one.key, "parts": pack_parts(one.parts),
    }  # fmt: skip


def _freed(connection: Connection) -> list[Entry]:
    """Waiting entries that lack nothing now, and what waits for nothing but those, in turn.

    All that waits is looked through by its ids; only what is freed is loaded.
    """
    table = schema.waiting
    rows = connection.execute(select(table.c.entry, table.c.missing))
    lacking = {one: missing.split() for one, missing in rows}
    here = stored.known(connection, {parent for missing in lacking.values() for parent in missing})
    freed: list[Entry] = []
    for some in stored.chunks(_ready(lacking, here)):
        bodies = connection.execute(select(table).where(table.c.entry.in_(some)))
        freed += [load(row.header, row.signature, row.key, row.parts) for row in bodies]
    return freed


def _ready(lacking: Mapping[str, Sequence[str]], here: Collection[str]) -> list[str]:
    """What lacks nothing but what is here or ready itself. Each is looked at once for each of its parents."""
    left: dict[str, int] = {}
    following: dict[str, list[str]] = {}
    for one, missing in lacking.items():
        gone = [parent for parent in missing if parent not in here]
        left[one] = len(gone)
        for parent in gone:
            following.setdefault(parent, []).append(one)
    ready = [one for one, count in left.items() if not count]
    for one in ready:  # grows while it is walked
        for follower in following.get(one, ()):
            left[follower] -= 1
            if not left[follower]:
                ready.append(follower)
    return ready


def _quarantine(
    connection: Connection,
    reasons: Mapping[str, str],
    offered: Mapping[str, Entry],
    sender: str,
    digest: str,
) -> None:
    """Keeps what is bad, each once, as far as there is room for this sender."""
    table, here = schema.quarantine, set[str]()
    for some in stored.chunks([*reasons]):
        here.update(connection.scalars(select(table.c.entry).where(table.c.entry.in_(some))))
    size = func.coalesce(func.sum(func.length(table.c.header)), 0)
    count, total = connection.execute(select(func.count(), size).where(table.c.sender == sender)).one()
    rows = []
    for one in [one for one in reasons if one not in here]:
        found = offered.get(one)
        header = found.raw if found and len(found.raw) <= LARGEST_HEADER else b""
        count, total = count + 1, total + len(header)
        if count > MOST_QUARANTINED or total > LARGEST_QUARANTINE:
            break
        rows.append(
            {
                "entry": one, "bundle": digest, "sender": sender, "code": CODES.get(reasons[one], "log_damaged"),
                "header": header, "signature": found.signature if found else b"",
            }
        )  # fmt: skip
    if rows:
        connection.execute(insert(table), rows)


def _remember(
    connection: Connection, judged: Judged, quarantined: Mapping[str, str], new: Mapping[str, int]
) -> None:
    manifest = judged.unsealed.manifest
    refused = [NotTaken(CODES.get(reason, "log_damaged"), one) for one, reason in sorted(quarantined.items())]
    before = peers.numbers(connection, [one.id for one in judged.entries if one.id not in new])
    carried = ranges.of([*before, *(new[one.id] for one in judged.entries if one.id in new)])
    connection.execute(
        insert(schema.bundle_read).values(
            digest=judged.unsealed.digest,
            device=judged.sender,
            number=manifest.number,
            entries=len({one.id for one in judged.entries} - quarantined.keys()),
            refused=msgspec.json.encode(refused).decode(),
            ranges=carried.encode(),
            had=1,
        )
    )
