"""A case as it is shown: pure reading of its folded stream."""

import msgspec
from sqlalchemy import Connection, select

from ctcase.app import referral_view
from ctcase.app.results import (
    Candidate,
    CaseShown,
    ConflictShown,
    ConsentShown,
    DisclosureShown,
    HistoryLine,
    RecordShown,
)
from ctcase.app.session import Session
from ctcase.app.times import day, iso
from ctcase.errors import Refused
from ctcase.log import payload
from ctcase.log.fold_consents import Consent
from ctcase.model.ids import show_case_code
from ctcase.model.values import Value
from ctcase.store import schema
from ctcase.store.projection import Stream, step_data
from ctcase.workflow import policy
from ctcase.workflow.case import state_of
from ctcase.workflow.consent import is_over


def standing_envelopes(connection: Connection) -> list[str]:
    """The standing approvals known here, as signed."""
    return list(connection.scalars(select(schema.standing.c.document)))


def load(session: Session, connection: Connection, stream: str) -> Stream:
    """The folded stream of a case."""
    found = session.streams.get(connection, stream)
    if found is None or found.folded.type != "case":
        raise Refused("not_found", what="case")
    return found


def show(session: Session, connection: Connection, stream_id: str) -> CaseShown:
    """A whole case."""
    return show_stream(session, connection, load(session, connection, stream_id))


def show_stream(session: Session, connection: Connection, stream: Stream) -> CaseShown:
    """A whole case, of its folded stream."""
    folded = stream.folded
    envelopes = standing_envelopes(connection)
    status = referral_view.field_value(stream, "case.status")
    alias = referral_view.field_value(stream, "case.alias")
    return CaseShown(
        id=folded.stream, code=show_case_code(folded.code), alias=alias if isinstance(alias, str) else None,
        state=state_of(status), team=folded.team, owner=folded.owner, head=list(stream.graph.heads()),
        records=_records(stream), consents=consents(session, stream),
        referrals=[
            referral_view.show(session, stream, machine, envelopes) for machine in folded.machines.values()
        ],
        disclosures=_disclosures(stream), conflicts=conflicts(stream), history=_history(connection, stream),
        may_write=policy.may("set", session.acting().roles, in_team=session.is_mine(folded.team)),
    )  # fmt: skip


def _records(stream: Stream) -> list[RecordShown]:
    return [
        RecordShown(
            id=name, kind=it.kind, form=it.form, version=it.version,
            fields={field: found.value for field, found in sorted(it.fields.items()) if found.value is not None},
            withheld=sorted(it.withheld), erased=[],
        )
        for name, it in sorted(stream.folded.records.items(), key=lambda pair: (pair[0] != "person", pair[0]))
    ]  # fmt: skip


def consents(session: Session, stream: Stream) -> list[ConsentShown]:
    """The consents of a case, the newest first."""
    today = day(session.env.clock())
    found = sorted(stream.folded.consents.items(), key=lambda pair: -pair[1].time)
    return [_consent(one, it, today) for one, it in found]


def _consent(one: str, it: Consent, today: str) -> ConsentShown:
    terms, data = it.terms, it.data
    expired = bool(terms.expires) and is_over(terms.expires, today)
    return ConsentShown(
        id=one, status=it.status, in_force=it.in_force and not expired, given_by=data.given_by, method=data.method,
        purposes=list(terms.purposes), recipients=list(terms.recipients), recipient_names=dict(data.names),
        categories=list(terms.categories), language=data.language or None, interpreter=data.interpreter or None,
        witness=data.witness or None, date=data.date or None, expires=terms.expires or None,
        replaces=terms.replaces or None, note=data.note, entry=it.entry, member=it.member, time=iso(it.time),
    )  # fmt: skip


def _disclosures(stream: Stream) -> list[DisclosureShown]:
    return [
        DisclosureShown(
            to=it.to or it.agency, entry=it.entry, what=it.what, agency=it.agency, fields=list(it.fields),
            basis=it.basis, time=iso(stream.graph.entries[it.entry].header.time), member=stream.folded.member(it.entry),
            void=stream.folded.void.get(it.entry), withdrawals=list(it.withdrawals),
        )
        for it in stream.folded.disclosures
    ]  # fmt: skip


def conflicts(stream: Stream) -> list[ConflictShown]:
    """The open conflicts of a case, of fields and of steps."""
    code, found = show_case_code(stream.folded.code), []
    for row in stream.rows.get("conflict", {}).values():
        document = msgspec.json.decode(row["document"])
        if row["kind"] == "field":
            record, name = document["record"], document["field"]
            there = stream.folded.records[record].fields[name].candidates
            lines = [_candidate(stream, it.entry, it.value) for it in there]
            field = f"{record}.{name}"
            ours, theirs = lines[-1], lines[:-1]
        else:
            machine = stream.folded.machines[document["referral"]]
            rivals = sorted(machine.rivals, key=lambda one: one not in machine.steps)
            lines = [_candidate(stream, one, machine.nodes[one].event) for one in rivals]
            field, ours, theirs = f"referral.{machine.id}", lines[0], lines[1:]
        found.append(ConflictShown(row["id"], code, stream.folded.stream, field, ours, theirs))
    return found


def _candidate(stream: Stream, entry: str, value: Value) -> Candidate:
    return Candidate(value, entry, stream.folded.member(entry), iso(stream.graph.entries[entry].header.time))


def _history(connection: Connection, stream: Stream) -> list[HistoryLine]:
    lines = []
    for one in stream.folded.ordered:
        reason = stream.folded.void.get(one)
        status = "proposal" if one in stream.folded.proposals else "void" if reason else "effective"
        header = stream.graph.entries[one].header
        event, what = _what(stream, one)
        lines.append(
            HistoryLine(
                one,
                iso(header.time),
                stream.folded.member(one),
                header.device,
                header.kind,
                status,
                reason,
                event,
                what,
            )
        )
    return lines + _waiting(connection, stream)


def _what(stream: Stream, one: str) -> tuple[str | None, list[str]]:
    said = stream.folded.readings[one]
    control = said.control
    if isinstance(control, payload.Step):
        return control.event, [step_data(said).agency_name, said.subject]
    if isinstance(control, payload.ConsentTerms):
        return control.status, [*control.purposes]
    if isinstance(control, payload.Disclosure):
        return control.what, []
    if isinstance(control, payload.Transfer):
        return "transfer", [control.team]
    names = [
        f"{part.record}.{name}"
        for part in said.data
        if isinstance(part.says, payload.Sets)
        for name in part.says.set
    ]
    return None, names


def _waiting(connection: Connection, stream: Stream) -> list[HistoryLine]:
    """Entries of this case that lack a parent; what they say is not read yet."""
    table = schema.waiting
    lines = []
    for row in connection.execute(select(table.c.entry, table.c.header)):
        header = msgspec.json.decode(row.header)
        if header.get("stream") == stream.folded.stream:
            lines.append(
                HistoryLine(
                    row.entry,
                    iso(header["time"]),
                    "",
                    header["device"],
                    header["kind"],
                    "waiting",
                    "waiting",
                    None,
                    [],
                )
            )
    return lines
