"""Cases as commands: add, find, show, change (DESIGN §13)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from ctcase.app import case_view, fields, similar
from ctcase.app.fields import Change
from ctcase.app.results import CaseAdded, CaseSet, CaseShown, Outcome, Similar, Written
from ctcase.app.session import Session, Work
from ctcase.errors import Refused, refusal
from ctcase.log import payload
from ctcase.log.entry import Draft
from ctcase.log.fold import Folded
from ctcase.log.fold_fields import Field
from ctcase.log.rights import Row
from ctcase.model import forms
from ctcase.model.catalogue import Catalogue
from ctcase.model.ids import is_digest, new_case_code, read_case_code, show_case_code
from ctcase.model.values import CONTROL, Value
from ctcase.store import queries
from ctcase.store.projection import Stream
from ctcase.workflow import policy
from ctcase.workflow.referral import REFUSALS

Shown = Mapping[str, tuple[str, ...]]
"""Entries by `record.field`: the sets behind what a person was shown of it; none where there was no answer."""


def check_right(session: Session, action: str, folded: Folded | None = None) -> Row:
    """Refuses what the policy does not allow this member in this case (None: a new one of his own team)."""
    row = session.acting()
    mine = folded is None or session.is_mine(folded.team)
    if why := policy.may(action, row.roles, in_team=mine):
        raise Refused(REFUSALS[why])
    return row


def opening(session: Session) -> payload.Opening:
    """The control part of a new case of this member's home team."""
    row = session.acting()
    team = row.teams[0] if row.teams else ""
    return payload.Opening(type="case", code=new_case_code(session.env.randomness), team=team)


def read_document(catalogue: Catalogue, document: Mapping[str, Any]) -> list[Change]:
    """The fields in a case file: {"alias": …, "person": {FIELD: VALUE}, "case": {…}}.

    A field that no form knows is refused with its number in its record, counted from 1: its name was typed by somebody.
    """
    if not set(document) <= {"alias", "person", "case"}:
        raise Refused("file_not_understood", reason="unknown_key")
    given: list[tuple[str, int, str, Any]] = []
    if document.get("alias") is not None:
        given.append(("case", 0, "alias", document["alias"]))
    for record in ("person", "case"):
        section = document.get(record)
        if section is None:
            continue
        if not isinstance(section, Mapping):
            raise Refused("file_not_understood", record=record)
        given += [
            (record, number, str(name), value) for number, (name, value) in enumerate(section.items(), 1)
        ]
    changes = []
    for record, number, name, plain in given:
        known, value = catalogue.find(record, name), fields.as_value(plain)
        if known is None:
            raise Refused("file_not_understood", record=record, number=number, reason="unknown_field")
        if reason := catalogue.check(known, value):
            raise Refused("file_not_understood", field=f"{record}.{name}", reason=reason)
        if value is not None:
            changes.append(Change(record, known, value))
    return changes


def add_case(session: Session, document: Mapping[str, Any]) -> Outcome[CaseAdded]:
    """A new case, with what is known of it; capture is never blocked, whatever the roster."""
    changes = read_document(session.catalogue, document)
    check_right(session, "open_case")
    with session.work() as work:
        alike = similar.find(work.connection, changes)
        entry = open_case(work, changes)
        code = work.stream(entry).folded.code
        done = work.touched.changes()
    return Outcome(CaseAdded(show_case_code(code), entry, alike), done)


def open_case(work: Work, changes: Iterable[Change]) -> str:
    """Writes the root of a new case with its first fields and returns its id."""
    control = ("control", CONTROL, payload.write(opening(work.session)))
    return work.write(Draft("open", (control, *fields.parts(changes)))).id


def similar_cases(session: Session, document: Mapping[str, Any]) -> list[Similar]:
    """Cases that may be of the same person, before a new one is made."""
    changes = read_document(session.catalogue, document)
    with session.look() as connection:
        return similar.find(connection, changes)


def find_case(session: Session, text: str) -> str:
    """The stream of a case by its code or its id; a code that two cases have is `ambiguous`."""
    with session.look() as connection:
        return named(connection, text)


def named(connection: Connection, text: str) -> str:
    """As `find_case`, in a transaction that is open already."""
    if is_digest(text) and queries.seqs_of(connection, [text]):
        return text
    code = read_case_code(text)
    found = queries.streams_by_code(connection, code) if code else []
    if not found:
        raise Refused("not_found", what="case")
    if len(found) > 1:
        raise Refused("ambiguous", ids=found)
    return found[0]


def show_case(session: Session, code: str) -> CaseShown:
    """A whole case: records, consents, referrals, disclosures, conflicts and history."""
    stream = find_case(session, code)
    with session.look() as connection:
        return case_view.show(session, connection, stream)


def show_to_edit(session: Session, code: str) -> tuple[CaseShown, Shown]:
    """A whole case, and for `set_fields` the sets behind what it shows, of fields that were cleared too."""
    stream_id = find_case(session, code)
    with session.look() as connection:
        stream = case_view.load(session, connection, stream_id)
        shown = case_view.show_stream(session, connection, stream)
    records = stream.folded.records.items()
    return shown, {
        f"{record}.{name}": _behind(it) for record, found in records for name, it in found.fields.items()
    }


def _behind(field: Field) -> tuple[str, ...]:
    """The sets that give the value on the screen; what stands beside it in a conflict stays until it is decided."""
    return tuple(it.entry for it in field.candidates if it.value == field.value)


def parse_assignments(session: Session, assignments: Sequence[str]) -> dict[str, Value]:
    """`record.field=value` arguments as values, read by the type of their field."""
    catalogue = session.catalogue
    parsed: dict[str, Value] = {}
    for number, assignment in enumerate(assignments, 1):
        name, sign, text = assignment.partition("=")
        if not sign:
            raise refusal("usage", argument=number, reason="no_value")
        record, field = fields.split_name(name)
        known = catalogue.find(record, field) if record in ("person", "case") else None
        if known is None:
            raise refusal("usage", argument=number, reason="unknown_field")
        parsed[name] = forms.parse_text(known.field, text)
    return parsed


def set_fields(
    session: Session, code: str, values: Mapping[str, Value], shown: Shown | None = None
) -> Outcome[CaseSet]:
    """Changes fields; what has that value already is left alone. Each set names what its author was shown (rule 14).

    `shown` are the sets behind what the author saw of a field, by its name, from `show_to_edit`: an answer that came
    since then stays beside the new one until a person decides. Of what it does not name he saw no answer. None: all as it is now.
    """
    with session.work() as work:
        stream = work.stream(named(work.connection, code))
        check_right(session, "set", stream.folded)
        changes = changed_fields(stream, session.catalogue, values, shown)
        entry = work.write(Draft("set", fields.parts(changes)), stream).id if changes else None
        done = work.touched.changes()
    names = [f"{change.record}.{change.known.field.name}" for change in changes]
    return Outcome(CaseSet(show_case_code(stream.folded.code), entry, names), done)


def changed_fields(
    stream: Stream, catalogue: Catalogue, values: Mapping[str, Value], shown: Shown | None
) -> list[Change]:
    """What a member who was shown these sets changes by giving these values."""
    changes = []
    for name, value in values.items():
        record, field = fields.split_name(name)
        kind = fields.kind_of(record, stream.folded.records)
        known = catalogue.find(kind, field) if kind else None
        if known is None:
            raise refusal("usage", reason="unknown_field")
        if reason := catalogue.check(known, value):
            raise refusal("usage", field=name, reason=reason)
        there = stream.folded.records.get(record)
        now = there.fields.get(field) if there else None
        if now is None and value is None:
            continue
        if now is not None and type(now.value) is type(value) and now.value == value:
            continue
        if shown is not None:
            over = _checked(stream, record, field, shown.get(name, ()))
        else:
            over = _behind(now) if now else ()
        changes.append(Change(record, known, value, over))
    return changes


def _checked(stream: Stream, record: str, field: str, shown: tuple[str, ...]) -> tuple[str, ...]:
    """Sets that are said to have been shown; refused if one is no set of this field in this case."""
    for one in shown:
        reading = stream.folded.readings.get(one)
        sets = [part.says for part in reading.data if part.record == record] if reading else []
        if not any(isinstance(says, payload.Sets) and field in says.set for says in sets):
            raise Refused("not_found", what="set")
    return shown


def transfer(session: Session, code: str, team: str) -> Outcome[Written]:
    """Hands a case to another team."""
    stream_id = find_case(session, code)
    team = " ".join(team.split())
    if not team or (session.roster and team not in teams(session)):
        raise Refused("not_found", what="team")
    with session.work() as work:
        stream = work.stream(stream_id)
        check_right(session, "transfer", stream.folded)
        if team == stream.folded.team:
            raise Refused("state_forbids")
        entry = work.write(
            Draft("transfer", (("control", CONTROL, payload.write(payload.Transfer(team))),)), stream
        )
        done = work.touched.changes()
    return Outcome(Written(entry=entry.id), done)


def teams(session: Session) -> list[str]:
    """The teams that the roster knows."""
    held = session.roster
    return sorted({team for one in held.devices for row in one.rows for team in row.teams}) if held else []
