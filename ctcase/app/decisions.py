"""What people decide: conflicts between values, proposals, forks (rules 12-14, 19)."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from ctcase.app import case_view, fields, office, referrals
from ctcase.app.cases import check_right, find_case
from ctcase.app.fields import Change
from ctcase.app.results import (
    ConflictList,
    ForkList,
    ForkShown,
    Outcome,
    ProposalList,
    ProposalShown,
    Written,
)
from ctcase.app.session import Session, Work
from ctcase.errors import Refused
from ctcase.log import payload
from ctcase.log.entry import Draft
from ctcase.model.ids import show_case_code
from ctcase.model.values import CONTROL, Value
from ctcase.store import entries, replay, schema
from ctcase.store.projection import Stream


def conflicts(session: Session, code: str | None = None) -> ConflictList:
    """The open conflicts, of one case or of all."""
    wanted = find_case(session, code) if code else None
    with session.look() as connection:
        table = schema.conflict
        query = select(table.c.stream).distinct().order_by(table.c.stream)
        if wanted is not None:
            query = query.where(table.c.stream == wanted)
        found = []
        for stream_id in list(connection.scalars(query)):
            stream = session.streams.get(connection, stream_id)
            if stream and stream.folded.type == "case":
                found += case_view.conflicts(stream)
    return ConflictList(found)


def _conflict(work: Work, one: str) -> tuple[Stream, str, dict[str, str]]:
    table = schema.conflict
    row = work.connection.execute(select(table.c.stream, table.c.kind).where(table.c.id == one)).first()
    if row is None:
        raise Refused("conflict_stale")
    stream = work.stream(row.stream)
    for record, it in stream.folded.records.items():
        for name, field in it.fields.items():
            if field.conflict == one:
                return stream, "field", {"record": record, "field": name}
    return stream, "step", {}


def resolve_conflict(
    session: Session, one: str, *, keep: str | None = None, value: Value | None = None
) -> Outcome[Written]:
    """Decides between the values that stand beside each other: one of them, or another one. A stale id is refused."""
    with session.work() as work:
        stream, kind, place = _conflict(work, one)
        if kind == "step":
            rivals = f"{stream.folded.stream}/{_machine_of(stream, one)}"
        else:
            check_right(session, "resolve_conflict", stream.folded)
            entry = _decide_value(session, work, stream, place, keep, value)
            return Outcome(Written(entry=entry), work.touched.changes())
    if keep is None:
        raise Refused("needs_missing", needs=["keep"])
    done = referrals.do(session, rivals, "decide", {"keep": keep})
    return Outcome(Written(entry=done.value.entry), done.changes)


def _machine_of(stream: Stream, conflict: str) -> str:
    for shown in case_view.conflicts(stream):
        if shown.id == conflict:
            return shown.field.removeprefix("referral.")
    raise Refused("conflict_stale")


def _decide_value(
    session: Session, work: Work, stream: Stream, place: dict[str, str], keep: str | None, value: Value
) -> str:
    record, name = place["record"], place["field"]
    there = stream.folded.records[record]
    field = there.fields[name]
    if keep is not None:
        kept = next((it for it in field.candidates if it.entry == keep), None)
        if kept is None:
            raise Refused("not_found", what="keep")
        value = kept.value
    catalogue = session.catalogue
    known = catalogue.find(there.kind, name) or catalogue.find(record, name)
    if known is None:
        raise Refused("newer_version", what="form")
    if keep is None and (reason := catalogue.check(known, value)):
        raise Refused("needs_missing", field=f"{record}.{name}", reason=reason)
    change = Change(record, known, value, tuple(it.entry for it in field.candidates))
    return work.write(Draft("set", fields.parts([change])), stream).id


def proposals(session: Session) -> ProposalList:
    """Void sets by devices beyond their rights, to be adopted or not."""
    with session.look() as connection:
        table = schema.verdict
        query = (
            select(table.c.entry, table.c.stream).where(table.c.status == "proposal").order_by(table.c.entry)
        )
        found = [_proposal(session, connection, one, stream) for one, stream in connection.execute(query)]
    return ProposalList([one for one in found if one is not None])


def _proposal(session: Session, connection: Connection, one: str, stream_id: str) -> ProposalShown | None:
    stream = session.streams.get(connection, stream_id)
    if stream is None:
        return None
    folded = stream.folded
    names = [
        f"{part.record}.{name}"
        for part in folded.readings[one].data
        if isinstance(part.says, payload.Sets)
        for name in part.says.set
    ]
    device = stream.graph.entries[one].header.device
    known = session.streams.rights.devices.get(device)
    member = folded.member(one) or (known.rows[-1].member if known else "")
    code = show_case_code(folded.code) if folded.code else ""
    return ProposalShown(one, code, member, device, folded.void[one], sorted(names))


def adopt(session: Session, ids: Sequence[str]) -> Outcome[Written]:
    """Gives proposals effect; one entry for each case."""
    office.require(session, "adopt")
    entry = None
    with session.work() as work:
        by_stream: dict[str, list[str]] = {}
        for one, place in entries.known(work.connection, ids).items():
            by_stream.setdefault(place, []).append(one)
        missing = set(ids) - {one for group in by_stream.values() for one in group}
        for stream_id, group in by_stream.items():
            stream = work.stream(stream_id)
            missing |= set(group) - set(stream.folded.proposals)
            body = payload.write(payload.Adoption(tuple(sorted(group))))
            entry = work.write(Draft("adopt", (("control", CONTROL, body),)), stream).id
        if missing or not by_stream:
            raise Refused("not_found", what="proposal", count=len(missing))
        done = work.touched.changes()
    return Outcome(Written(entry=entry), done)


def forks(session: Session) -> ForkList:
    """Devices that wrote two histories, by case: in one stream, or across streams, until an officer closed them."""
    with session.look() as connection:
        return ForkList(open_forks(session, connection))


def open_forks(session: Session, connection: Connection) -> list[ForkShown]:
    """The forks that are not closed."""
    found: dict[tuple[str, str], ForkShown] = {}
    for stream_id in list(connection.scalars(select(schema.fork.c.stream).distinct())):
        stream = session.streams.get(connection, stream_id)
        if stream is not None:
            found |= {
                (it.device, stream_id): _fork(stream, it.device, it.entries) for it in stream.folded.forks
            }
    for device, streams in replay.forks_across(connection).items():
        for stream_id, ids in streams.items():
            stream = session.streams.get(connection, stream_id)
            if stream is not None and not _is_closed(stream, device):
                found.setdefault((device, stream_id), _fork(stream, device, ids))
    return sorted(found.values(), key=lambda one: (one.device, one.code))


def _fork(stream: Stream, device: str, ids: Sequence[str]) -> ForkShown:
    code = show_case_code(stream.folded.code) if stream.folded.code else ""
    return ForkShown(device, code, list(ids))


def _is_closed(stream: Stream, device: str) -> bool:
    said = (it.control for it in stream.folded.readings.values())
    return any(isinstance(one, payload.Closing) and one.device == device for one in said)


def close_fork(session: Session, device: str, keep: Sequence[str]) -> Outcome[Written]:
    """Decides which of a forked device's entries count: those kept and their ancestors, in each case with a fork."""
    office.require(session, "close_fork")
    entry = None
    with session.work() as work:
        where = entries.known(work.connection, keep)
        if set(keep) - set(where):
            raise Refused("not_found", what="entry", count=len(set(keep) - set(where)))
        rows = schema.fork
        inside = work.connection.scalars(select(rows.c.stream).where(rows.c.device == device))
        across = replay.forks_across(work.connection).get(device, {})
        streams = list(dict.fromkeys([*inside, *across]))
        if not streams:
            raise Refused("not_found", what="fork")
        for stream_id in streams:
            kept = tuple(sorted(one for one, place in where.items() if place == stream_id))
            if not kept and (len(streams) > 1 or _is_closed(work.stream(stream_id), device)):
                continue  # nothing was said about this case: it stays as it is
            body = payload.write(payload.Closing(device, kept))
            entry = work.write(Draft("close", (("control", CONTROL, body),)), work.stream(stream_id)).id
        if entry is None:
            raise Refused("needs_missing", needs=["keep"])  # nothing was said of any of several cases
        done = work.touched.changes()
    return Outcome(Written(entry=entry), done)
