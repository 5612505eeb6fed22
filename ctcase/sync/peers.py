"""Who may be written to, what each may have, and what each has (rules 23 and 25)."""

from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import ColumnElement, Connection, delete, func, insert, or_, select, true, update

from ctcase.log.fold import Folded
from ctcase.store import entries, schema
from ctcase.store.streams import Streams
from ctcase.sync import ranges
from ctcase.sync.manifest import OFFICE, Manifest, NotTaken, Receipt
from ctcase.sync.ranges import Ranges
from ctcase.trust.roster import Device, DeviceRow, Roster, devices_of, is_officer, office_devices
from ctcase.workflow.policy import SUPERVISOR

MOST_RECEIPTS = 100
MOST_NOT_TAKEN = 10_000
"""Refused entries that the receipts of one bundle name together; a bundle with more of them is refused as a whole."""

_not_taken = msgspec.json.Decoder(tuple[NotTaken, ...])


def devices_for(held: Roster, addressee: str, besides: str = "") -> tuple[Device, ...]:
    """The devices that a bundle to this addressee is sealed to, without the sender's own."""
    found = office_devices(held) if addressee == OFFICE else devices_of(held, addressee)
    return tuple(device for device in found if device.id != besides)


def addressees(held: Roster, device: str) -> tuple[str, ...]:
    """Everybody this device can write to: the office, and each other member with a device that is not the office's."""
    mine = next((one.member for one in held.devices if one.id == device), "")
    officers = {one.member for one in office_devices(held)}
    office = [OFFICE] if devices_for(held, OFFICE, device) and mine not in officers else []
    reached = {one.id for one in office_devices(held)} if office else set[str]()
    others = [
        one.id
        for one in held.members
        if one.id != mine and any(it.id not in reached for it in devices_of(held, one.id))
    ]
    return (*office, *others)


def entitled(connection: Connection, streams: Streams, held: Roster, device: Device) -> list[int]:
    """The entries that a device may have, by number of arrival: ancestor-closed in each stream."""
    row = device.rows[-1]
    entry, case = schema.entry, schema.case_row
    if is_officer(device):
        return list(connection.scalars(select(entry.c.seq).order_by(entry.c.seq)))
    visible = _visible(held, device.member, row)
    present = select(case.c.stream).where(case.c.team.in_(row.teams), visible)
    # its own access stream goes back to a device alone: so it learns that it was set back, wherever it wrote last
    own = select(entry.c.stream).where(
        entry.c.device == device.id,
        entry.c.id == entry.c.stream,
        entry.c.stream.not_in(select(case.c.stream)),
    )
    wanted = select(entry.c.seq).where(
        or_(entry.c.stream == held.stream, entry.c.stream.in_(present), entry.c.stream.in_(own))
    )
    found = set(connection.scalars(wanted))
    found.update(_former(connection, streams, row, visible))
    return sorted(found)


def _visible(held: Roster, member: str, row: DeviceRow) -> ColumnElement[bool]:
    """Which cases of his teams a reader may have: a supervisor all, a caseworker his own and those handed over."""
    owner = schema.case_row.c.owner
    if SUPERVISOR in row.roles:
        return true()
    return or_(owner == member, owner.not_in(_at_home(held, row)))


def _at_home(held: Roster, row: DeviceRow) -> list[str]:
    """Members of the reader's teams: their cases are theirs; the others' were handed over."""
    return [
        device.member
        for device in held.devices
        if device.revoked is None and set(device.rows[-1].teams) & set(row.teams)
    ]


def _former(
    connection: Connection, streams: Streams, row: DeviceRow, visible: ColumnElement[bool]
) -> Iterable[int]:
    """What was written while a case was with one of these teams, and what hands it on."""
    case = schema.case_row
    for team in row.teams:
        quoted = msgspec.json.encode(team).decode()
        query = select(case.c.stream).where(
            case.c.team.not_in(row.teams), case.c.teams.contains(quoted, autoescape=True), visible
        )
        for stream in list(connection.scalars(query)):
            state = streams.get(connection, stream)
            if state is not None:
                ids = _written_with(state.folded, state.graph.ancestors, state.graph.position, row.teams)
                yield from numbers(connection, ids)


def _written_with(
    folded: Folded, ancestors: dict[str, int], position: dict[str, int], teams: Sequence[str]
) -> list[str]:
    mask = 0
    for one, team in folded.team_at.items():
        if team in teams:
            mask |= ancestors[one] | 1 << position[one]
    return [one for one, place in position.items() if mask >> place & 1]


def numbers(connection: Connection, ids: Sequence[str]) -> list[int]:
    """The numbers of arrival of entries that are here."""
    found: list[int] = []
    for part in entries.chunks(ids):
        found += connection.scalars(select(schema.entry.c.seq).where(schema.entry.c.id.in_(part)))
    return found


def has(connection: Connection, device: str) -> Ranges:
    """What a device is known to have: bundles of ours that it acknowledged, and what its own bundles carried."""
    sent, read = schema.bundle_sent, schema.bundle_read
    acknowledged = select(sent.c.digest, sent.c.ranges).where(sent.c.peer == device, sent.c.acknowledged == 1)
    refused = _refused_by(connection, device)
    parts = [
        ranges.without(ranges.decode(part), refused.get(digest, ()))
        for digest, part in connection.execute(acknowledged)
    ]
    carried = select(read.c.ranges).where(read.c.device == device, read.c.had == 1)
    parts += [ranges.decode(part) for part in connection.scalars(carried)]
    return ranges.union(parts)


def _refused_by(connection: Connection, device: str) -> dict[str, list[int]]:
    """By bundle, the entries that a device said it did not take: exceptions from what it acknowledged."""
    receipt = schema.receipt
    rows = connection.execute(
        select(receipt.c.bundle, receipt.c.refused).where(
            receipt.c.device == device, receipt.c.refused != "[]"
        )
    )
    return {
        bundle: numbers(connection, [one.entry for one in _not_taken.decode(refused)])
        for bundle, refused in rows.all()
    }


def supplied(connection: Connection, ids: Sequence[str], sender: str) -> None:
    """Parts of these entries came late: whoever has the entries without them is sent them again, but not the sender."""
    gone = numbers(connection, ids)
    if not gone:
        return  # every bundle that was ever exchanged would be looked at
    for table, peer in ((schema.bundle_sent, "peer"), (schema.bundle_read, "device")):
        rows = select(table.c.digest, table.c[peer], table.c.ranges).where(table.c[peer] != sender)
        for digest, other, encoded in connection.execute(rows).all():
            now = ranges.without(ranges.decode(encoded), gone).encode()
            if now != encoded:
                where = (table.c.digest == digest, table.c[peer] == other)
                connection.execute(update(table).where(*where).values(ranges=now))


def unsent(connection: Connection, streams: Streams, held: Roster, devices: Sequence[Device]) -> list[int]:
    """What at least one of these devices may have and is not known to have."""
    wanted: set[int] = set()
    for device in devices:
        there = has(connection, device.id)
        wanted.update(one for one in entitled(connection, streams, held, device) if one not in there)
    return sorted(wanted)


def take_acknowledgement(connection: Connection, manifest: Manifest) -> None:
    """Takes what the sender of a new bundle says it has now, which is absolute: ours that it read, and its own to us.

    A vault that was set back to an earlier state no longer names what it lost, so that is sent again. A bundle that
    comes late names none of its sender's later ones, and says nothing of them. A number that another of its sender's
    bundles had already is not late: the vault was set back, counts again, and speaks of all of them.
    """
    sent, read = schema.bundle_sent, schema.bundle_read
    said, sender = set(manifest.has), manifest.sender
    ours = select(sent.c.digest, sent.c.acknowledged).where(sent.c.peer == sender)
    for digest, before in connection.execute(ours).all():
        if (now := int(digest in said)) != before:
            where = (sent.c.digest == digest, sent.c.peer == sender)
            connection.execute(update(sent).where(*where).values(acknowledged=now))
    theirs = select(read.c.digest, read.c.had).where(read.c.device == sender)
    again = select(read.c.digest).where(read.c.device == sender, read.c.number == manifest.number)
    if connection.scalar(again.limit(1)) is None:
        theirs = theirs.where(read.c.number < manifest.number)
    for digest, before in connection.execute(theirs).all():
        if (now := int(digest in said)) != before:
            connection.execute(update(read).where(read.c.digest == digest).values(had=now))


def last_read(connection: Connection, device: str) -> int:
    """The number of the last bundle read from a device, 0 if none was."""
    read = schema.bundle_read
    return connection.scalar(select(func.max(read.c.number)).where(read.c.device == device)) or 0


def receipts_for(connection: Connection, devices: Sequence[Device]) -> tuple[Receipt, ...]:
    """What became of the last bundles read from these devices."""
    read = schema.bundle_read
    rows = connection.execute(
        select(read.c.digest, read.c.number, read.c.entries, read.c.refused)
        .where(read.c.device.in_([device.id for device in devices]))
        .order_by(read.c.number.desc())
        .limit(MOST_RECEIPTS)
    )
    room, found = MOST_NOT_TAKEN, []
    for row in rows:
        # What a list cut short leaves out is believed taken: no honest sender has so many bad entries in so few bundles.
        refused = _not_taken.decode(row.refused)[:room]
        room -= len(refused)
        found.append(Receipt(row.digest, row.number, refused, row.entries))
    return tuple(found)


def exchanged_with(connection: Connection, devices: Sequence[Device]) -> list[str]:
    """The digests of the bundles that were read from these devices, or written to them, and are here now."""
    read, sent = schema.bundle_read, schema.bundle_sent
    ids = [device.id for device in devices]
    found = set(connection.scalars(select(read.c.digest).where(read.c.device.in_(ids))))
    found.update(connection.scalars(select(sent.c.digest).where(sent.c.peer.in_(ids))))
    return sorted(found)


def take_receipts(connection: Connection, sender: str, receipts: Sequence[Receipt]) -> int:
    """Keeps what a peer says of our bundles; how many of them are news."""
    table, news = schema.receipt, 0
    ours = set(
        connection.scalars(select(schema.bundle_sent.c.digest).where(schema.bundle_sent.c.peer == sender))
    )
    for one in receipts:
        if one.bundle not in ours:
            continue
        where = (table.c.bundle == one.bundle, table.c.device == sender)
        row = {
            "bundle": one.bundle, "device": sender, "number": one.number, "entries": one.taken,
            "refused": msgspec.json.encode(one.refused).decode(),
        }  # fmt: skip
        news += connection.execute(delete(table).where(*where)).rowcount == 0
        connection.execute(insert(table).values(row))
    return news
