"""Writing bundles: what an addressee may have and has not, with the roster, receipts and acknowledgements."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec
from sqlalchemy import Connection, insert

from ctcase.crypto.age import AgeError, HybridRecipient, read_recipient
from ctcase.crypto.signing import SigningKey
from ctcase.errors import Refused
from ctcase.log.entry import Entry
from ctcase.store import entries, local, queries, schema
from ctcase.store.streams import Streams
from ctcase.sync import peers, ranges, sealing, splitting
from ctcase.sync.sealing import Content, Heading, SealedBundle
from ctcase.trust import roster as rosters
from ctcase.trust.roster import Device, Root, Roster

WINDOW = 20_000
"""How many entries are read at a time."""

WELCOME = "welcome"


class Outgoing(msgspec.Struct, frozen=True):
    """What is needed to write: the roster held, this device and its key."""

    roster: Roster
    device: str
    key: SigningKey


def recipients(devices: Sequence[Device]) -> dict[str, HybridRecipient]:
    """The sealing keys of devices by their ids."""
    found = {}
    for device in devices:
        try:
            recipient = read_recipient(device.sealing)
        except AgeError as problem:
            raise Refused("file_not_understood", what="recipient") from problem
        if not isinstance(recipient, HybridRecipient):
            raise Refused("file_not_understood", what="recipient")
        found[device.id] = recipient
    return found


def write(
    connection: Connection, streams: Streams, sender: Outgoing, addressee: str, devices: Sequence[Device],
    purpose: str = "sync", limit: int = splitting.DEFAULT_LIMIT,
) -> Iterator[tuple[SealedBundle, int]]:  # fmt: skip
    """Seals what these devices lack, in bundles under `limit`; one at least, which carries roster and receipts.

    A welcome carries the office's own stream only: the cases come with the first bundle after it.
    Yields each bundle with the number of its entries; when the caller comes back for the next, it is recorded as sent.
    """
    wanted = peers.unsent(connection, streams, sender.roster, devices)
    if purpose == WELCOME:
        first = set(queries.seqs_of(connection, [sender.roster.stream]).get(sender.roster.stream, ()))
        wanted = [one for one in wanted if one in first]
    held = tuple(local.all_rosters(connection))
    signed = _chain(held)
    receipts = peers.receipts_for(connection, devices)
    there = peers.exchanged_with(connection, devices)
    besides = sum(map(len, signed)) + 70 * len(there) + 400 * len(receipts) + 2048 * len(devices)
    for group in _groups(connection, wanted, limit, besides):
        number = (local.get(connection, "bundles", int) or 0) + 1
        local.put(connection, "bundles", number)
        heading = Heading(
            sender.roster.office,
            sender.roster.training,
            addressee,
            purpose,
            number,
            sender.roster.version,
            peers.exchanged_with(connection, devices),
        )
        content = Content(signed, list(group.values()), receipts)
        written = sealing.write(heading, content, sender.key, recipients(devices))
        yield written, len(group)
        _record(connection, written, devices, group)


def _groups(
    connection: Connection, wanted: Sequence[int], limit: int, besides: int
) -> Iterator[dict[int, Entry]]:
    """The wanted entries by number of arrival, divided over bundles; only a window of them is in memory."""
    left: dict[int, Entry] = {}
    for start in range(0, len(wanted), WINDOW):
        part = wanted[start : start + WINDOW]
        left |= zip(part, entries.of_seqs(connection, part), strict=True)
        place = {one.id: number for number, one in left.items()}
        *full, last = splitting.split(left.values(), limit, besides)
        for group in full:
            yield {place[one.id]: one for one in group}
        left = {place[one.id]: one for one in last}
    yield left


def _chain(held: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """The rosters in which root keys or threshold changed, and the newest: each can be judged by the one before."""
    if not held:
        return ()
    newest = _signers(held[-1])
    chain: list[bytes] = []
    before = None
    for signed in held[:-1]:
        if (now := _signers(signed)) != before:
            before = now
            chain.append(signed)
    return (held[-1],) if before in (None, newest) and len(chain) <= 1 else (*chain, held[-1])


def _signers(signed: bytes) -> tuple[int, tuple[Root, ...]]:
    """Who must sign: a lower threshold is judged by the roster that lowered it, as other roots are."""
    roster = rosters.read_first(signed)
    return roster.threshold, roster.roots


def _record(
    connection: Connection, written: SealedBundle, devices: Sequence[Device], group: Iterable[int]
) -> None:
    carried = ranges.of(group).encode()
    connection.execute(
        insert(schema.bundle_sent),
        [
            {"digest": written.digest, "peer": device.id, "number": written.manifest.number, "acknowledged": 0,
             "ranges": carried}
            for device in devices
        ],
    )  # fmt: skip
