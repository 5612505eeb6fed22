"""Lists of cases: all row numbers first, windows of lines as they come into view."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection

from ctcase.app import similar
from ctcase.app.results import CaseLine, CaseList
from ctcase.app.session import Session
from ctcase.app.times import day, iso
from ctcase.errors import refusal
from ctcase.model.ids import show_case_code
from ctcase.store import queries
from ctcase.sync import peers, ranges
from ctcase.sync.manifest import OFFICE
from ctcase.sync.ranges import Ranges
from ctcase.workflow.consent import is_over


def list_cases(
    session: Session, *, search: str = "", state: str = "", limit: int | None = None, offset: int = 0,
    names: bool = False, order: str = "updated", descending: bool = True,
) -> CaseList:  # fmt: skip
    """A page of the cases that match, and how many there are."""
    _check_order(order)
    with session.look() as connection:
        rows = queries.case_rows(
            connection,
            words=search,
            state=state,
            order=order,
            descending=descending,
            limit=limit,
            offset=offset,
        )
        total = queries.count_cases(connection, words=search, state=state)
        return CaseList(total, _lines(session, connection, rows, names=names))


def case_ids(
    session: Session, *, search: str = "", state: str = "", order: str = "updated", descending: bool = True
) -> list[int]:
    """The row numbers of all cases that match, in order; `case_lines` fills them in."""
    _check_order(order)
    with session.look() as connection:
        return queries.case_rows(connection, words=search, state=state, order=order, descending=descending)


def case_lines(session: Session, rows: Sequence[int], *, names: bool = False) -> list[CaseLine]:
    """The lines of these rows, in that order."""
    with session.look() as connection:
        return _lines(session, connection, rows, names=names)


def _check_order(order: str) -> None:
    if order not in queries.ORDERS:
        raise refusal("usage", what="order")


def _lines(session: Session, connection: Connection, rows: Sequence[int], *, names: bool) -> list[CaseLine]:
    found = queries.case_window(connection, rows)
    streams = [row.stream for row in found]
    seqs = queries.seqs_of(connection, streams)
    there = office_has(session, connection)
    people = queries.person_fields(connection, streams) if names else {}
    today = day(session.env.clock())
    return [
        _line(
            row, today, person=people.get(row.stream),
            unsent=there is not None and any(seq not in there for seq in seqs.get(row.stream, ())),
        )
        for row in found
    ]  # fmt: skip


def office_has(session: Session, connection: Connection) -> Ranges | None:
    """What every device of the office has; None for a member of the office itself. Nothing before the welcome."""
    held = session.roster
    if held is None:
        return Ranges()
    devices = peers.devices_for(held, OFFICE)
    if any(device.id == session.me.id for device in devices):
        return None
    parts = [peers.has(connection, device.id) for device in devices]
    return ranges.intersection(parts)


def _line(row: Any, today: str, *, unsent: bool, person: str | None) -> CaseLine:
    name = similar.full_name(msgspec.json.decode(person)) if person else None
    return CaseLine(
        id=row.stream, code=show_case_code(row.code), alias=row.alias or None, state=row.state, team=row.team,
        owner=row.owner, updated=iso(row.updated), consent=_consent(row, today), conflicts=row.conflicts,
        unsent=unsent, name=name,
    )  # fmt: skip


def _consent(row: Any, today: str) -> str | None:
    """What the list says of a case's consents today: what the log says, but for those that ended by themselves."""
    if row.consent == "given" and row.consent_until and is_over(row.consent_until, today):
        return "expired"
    return row.consent or None
