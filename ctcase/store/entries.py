"""Entries in the database: to rows and back."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, bindparam, func, insert, select, update

from ctcase.errors import Damaged
from ctcase.log.entry import WITHHELD, Body, Entry, Header, Part, Withheld, digest
from ctcase.store import bulk
from ctcase.store.schema import device_key, entry

CHUNK = 500
"""How many values go into one IN list: far below every database's limit."""

T = TypeVar("T")

_headers = msgspec.json.Decoder(Header)
_bodies = msgspec.msgpack.Decoder(list[tuple[bytes, bytes] | bool | None])


def chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """The items in their order, as many at a time as go into one IN list."""
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))


def pack_parts(parts: Iterable[Body]) -> bytes:
    """The parts as stored: nil is missing, false is withheld, else salt and payload."""
    plain = [
        (part.salt, part.payload) if isinstance(part, Part) else False if isinstance(part, Withheld) else None
        for part in parts
    ]
    return msgspec.msgpack.encode(plain)


def unpack_parts(data: bytes) -> tuple[Body, ...]:
    """The parts of a stored entry."""
    return tuple(
        Part(*body) if isinstance(body, tuple) else None if body is None else WITHHELD
        for body in _bodies.decode(data)
    )


def load(header: bytes, signature: bytes, key: bytes, parts: bytes) -> Entry:
    """An entry of ours from its stored bytes; it was judged when it came in."""
    try:
        return Entry(digest(header), _headers.decode(header), header, signature, key, unpack_parts(parts))
    except (msgspec.MsgspecError, TypeError, UnicodeDecodeError) as problem:
        raise Damaged("log_damaged") from problem


_columns = select(
    entry.c.seq,
    entry.c.id,
    entry.c.stream,
    entry.c.header,
    entry.c.signature,
    entry.c.parts,
    device_key.c.key,
).join_from(entry, device_key, entry.c.device == device_key.c.device)


def of_streams(connection: Connection, streams: Sequence[str]) -> dict[str, list[Entry]]:
    """All entries of these streams, by stream, in order of arrival."""
    found: dict[str, list[Entry]] = {}
    for part in chunks(streams):
        rows = connection.execute(_columns.where(entry.c.stream.in_(part)).order_by(entry.c.seq))
        for row in rows:
            loaded = load(row.header, row.signature, row.key, row.parts)
            if loaded.id != row.id or loaded.stream != row.stream:
                raise Damaged("log_damaged", entry=row.id)
            found.setdefault(row.stream, []).append(loaded)
    return found


def of_seqs(connection: Connection, seqs: Sequence[int]) -> list[Entry]:
    """The entries with these numbers of arrival, in that order."""
    found: list[Entry] = []
    for part in chunks(seqs):
        rows = connection.execute(_columns.where(entry.c.seq.in_(part)).order_by(entry.c.seq))
        found += [load(header, signature, key, parts) for _, _, _, header, signature, parts, key in rows]
    return found


def known(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """Of these ids, those in the log, with their streams."""
    found: dict[str, str] = {}
    for part in chunks(list(ids)):
        # by the driver: the library would take longer to write the list down than the database to look it up
        query = f"SELECT id, stream FROM entry WHERE id IN ({','.join('?' * len(part))})"  # noqa: S608  # marks only
        found |= dict(connection.exec_driver_sql(query, tuple(part)).all())
    return found


def present(connection: Connection, batch: Sequence[Entry]) -> dict[str, str]:
    """Of these entries, those in the log, with their streams.

    An entry with a higher number than any of its device here cannot be here: nearly all of a bundle is spared the look-up.
    """
    devices = {one.header.device for one in batch}
    if len(devices) > CHUNK:
        return known(connection, [one.id for one in batch])
    last = {device: connection.scalar(_last, {"device": device}) or 0 for device in devices}
    return known(connection, [one.id for one in batch if one.header.number <= last[one.header.device]])


_last = select(func.max(entry.c.number)).where(entry.c.device == bindparam("device"))


def last_of(connection: Connection, device: str) -> tuple[int, str]:
    """The highest number of a device in the log, and the entry that has it; 0 and "" if it wrote none."""
    columns = select(entry.c.number, entry.c.id).where(entry.c.device == device)
    row = connection.execute(columns.order_by(entry.c.number.desc(), entry.c.seq.desc()).limit(1)).first()
    return (0, "") if row is None else (row.number, row.id)


def append(connection: Connection, entries: Sequence[Entry], known_devices: set[str]) -> dict[str, int]:
    """Adds admitted entries and returns their numbers of arrival, by id.

    `known_devices` says whose keys are here already and is brought up to date.
    """
    if not entries:
        return {}
    keys = {one.header.device: one.key for one in entries if one.header.device not in known_devices}
    if keys:
        here = set(connection.scalars(select(device_key.c.device).where(device_key.c.device.in_(list(keys)))))
        fresh = [{"device": device, "key": key} for device, key in keys.items() if device not in here]
        if fresh:
            connection.execute(insert(device_key), fresh)
        known_devices.update(keys)
    first = bulk.add(connection, entry, [_row(one) for one in entries])
    return {one.id: seq for seq, one in enumerate(entries, first)}


def _row(one: Entry) -> dict[str, Any]:
    return {
        "id": one.id, "stream": one.stream, "device": one.header.device, "number": one.header.number,
        "header": one.raw, "signature": one.signature, "parts": pack_parts(one.parts),
    }  # fmt: skip


def supply(connection: Connection, parts: Mapping[str, tuple[Body, ...]]) -> None:
    """Replaces the parts of entries that are here, when a peer supplied what was missing or withheld."""
    for one, bodies in parts.items():
        connection.execute(update(entry).where(entry.c.id == one).values(parts=pack_parts(bodies)))


def merged(mine: tuple[Body, ...], theirs: tuple[Body, ...]) -> tuple[Body, ...]:
    """Parts that are present win over withheld ones, and those over missing ones."""
    return tuple(a if isinstance(a, Part) or b is None else b for a, b in zip(mine, theirs, strict=True))
