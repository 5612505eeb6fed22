"""From a folded stream to the rows of the derived tables: one pure function, used when saving and when verifying."""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from ctcase.log import payload
from ctcase.log.admission import Graph
from ctcase.log.entry import Entry
from ctcase.log.fold import Folded
from ctcase.log.fold_consents import Consent
from ctcase.log.fold_steps import Disclosed, Machine
from ctcase.log.payload import Step, StepData
from ctcase.log.reading import Reading
from ctcase.model import canonical
from ctcase.model.ids import show_case_code
from ctcase.model.values import Value
from ctcase.store.search import words_of
from ctcase.workflow.case import state_of

Row = dict[str, Any]
Rows = dict[str, dict[tuple[Any, ...], Row]]
"""By the name of each table that has any, rows by their primary key without the stream."""

Searchable = Mapping[str, frozenset[str]]
"""By kind of record, the fields that may be found by the search."""


class Stream(msgspec.Struct):
    """One stream as it is: its graph, its state, its derived rows, and the row number of its case (0 if none)."""

    graph: Graph
    folded: Folded
    rows: Rows
    row: int


def agency_id(name: str) -> str:
    """The id of an agency, made of its name: proposed in a case and entered by the office, it is the same one."""
    return hashlib.sha256(b"ctcase.agency.1\0" + " ".join(name.casefold().split()).encode()).hexdigest()[:32]


def project(folded: Folded, entries: Mapping[str, Entry], searchable: Searchable) -> Rows:
    """The rows of one stream in every derived table."""
    stream, readings = folded.stream, folded.readings
    rows: Rows = {}
    # Most streams have nothing in most tables, and there are many streams: what is empty is not even made.
    if folded.void:
        rows["verdict"] = {(one,): _verdict(stream, one, folded) for one in folded.void}
    if folded.forks:
        rows["fork"] = {
            (fork.device,): {"stream": stream, "device": fork.device, "entries": _json(fork.entries)}
            for fork in folded.forks
        }
    if folded.standings:
        rows["standing"] = {
            (one,): {"entry": one, "stream": stream, "document": _standing(readings[one])}
            for one in folded.standings
        }
    if conflicts := _conflicts(folded):
        rows["conflict"] = conflicts
    if agencies := _agencies(folded, readings):
        rows["agency"] = agencies
    if folded.type == "case":
        rows |= _of_case(folded, entries, searchable, len(conflicts))
    return rows


def _of_case(folded: Folded, entries: Mapping[str, Entry], searchable: Searchable, conflicts: int) -> Rows:
    stream = folded.stream
    rows: Rows = {"case_row": {(): _case(folded, entries, searchable, conflicts)}}
    if folded.records:
        rows["record"] = {(name,): _record(stream, name, folded) for name in folded.records}
    if folded.consents:
        rows["consent"] = {(one,): _consent(stream, one, it) for one, it in folded.consents.items()}
    if folded.machines:
        rows["referral"] = {
            (one,): _referral(stream, machine, entries, folded.readings)
            for one, machine in folded.machines.items()
        }
    if folded.disclosures:
        rows["disclosure"] = {(it.entry,): _disclosure(folded, it, entries) for it in folded.disclosures}
    return rows


def _json(document: Any) -> str:
    return canonical.encode(document).decode()


def _verdict(stream: str, one: str, folded: Folded) -> Row:
    status = "proposal" if one in folded.proposals else "void"
    return {"entry": one, "stream": stream, "status": status, "reason": folded.void[one]}


def _conflicts(folded: Folded) -> dict[tuple[Any, ...], Row]:
    rows: dict[tuple[Any, ...], Row] = {}
    for record, it in folded.records.items():
        for name in it.conflicts:
            field = it.fields[name]
            document = {
                "record": record,
                "field": name,
                "candidates": [[candidate.entry, candidate.value] for candidate in field.candidates],
            }
            rows[(field.conflict,)] = _conflict(folded.stream, field.conflict, "field", document)
    for machine in folded.machines.values():
        if machine.rivals:
            one = hashlib.sha256(
                "\n".join(["step", folded.stream, machine.id, *machine.rivals]).encode()
            ).hexdigest()
            document = {"referral": machine.id, "rivals": list(machine.rivals)}
            rows[(one,)] = _conflict(folded.stream, one, "step", document)
    return rows


def _conflict(stream: str, one: str, kind: str, document: dict[str, Any]) -> Row:
    return {"id": one, "stream": stream, "kind": kind, "document": _json(document)}


def _case(folded: Folded, entries: Mapping[str, Entry], searchable: Searchable, conflicts: int) -> Row:
    case = folded.records.get("case")
    values = case.values if case else {}
    alias, status = values.get("alias"), values.get("status")
    alias_text = alias if isinstance(alias, str) else ""
    return {
        "stream": folded.stream,
        "code": folded.code,
        "alias": alias_text,
        "state": state_of(status),
        "team": folded.team,
        "teams": _json(sorted({folded.team, *folded.team_at.values()})),
        "owner": folded.owner,
        "opened": entries[folded.stream].header.time,
        "updated": entries[folded.ordered[-1]].header.time,
        "consent": consent_word(folded.consents),
        "consent_until": consent_until(folded.consents),
        "conflicts": conflicts,
        "names": _names(folded, alias_text, searchable),
    }


def consent_word(consents: Mapping[str, Consent]) -> str:
    """What a list says of a case's consents: given, withdrawn, refused or "" (nothing recorded)."""
    if any(consent.in_force for consent in consents.values()):
        return "given"
    ordered = sorted(consents.values(), key=lambda consent: (consent.time, consent.entry))
    if not ordered:
        return ""
    return "withdrawn" if ordered[-1].withdrawals else ordered[-1].terms.status


def consent_until(consents: Mapping[str, Consent]) -> str:
    """The last day, month or year of the consents in force; "" if one of them has no end, or there is none."""
    ends = [consent.terms.expires for consent in consents.values() if consent.in_force]
    return "" if "" in ends else max(ends, default="")


def _names(folded: Folded, alias: str, searchable: Searchable) -> str:
    found = [folded.code, show_case_code(folded.code), alias]
    for record in folded.records.values():
        wanted = searchable.get(record.kind, frozenset())
        for name in [name for name in record.values if name in wanted]:
            for value in (*[one.value for one in record.others(name)], record.values[name]):
                if isinstance(value, str):
                    found.append(value)
                elif isinstance(value, tuple):
                    found += value
    return " ".join(dict.fromkeys(words_of("\n".join(found))))


def _record(stream: str, name: str, folded: Folded) -> Row:
    record, fields = folded.records[name], folded.records[name].values
    if None in fields.values():
        fields = {name: value for name, value in fields.items() if value is not None}
    return {
        "stream": stream, "record": name, "kind": record.kind, "form": record.form, "version": record.version,
        "fields": _json(fields), "withheld": _json(sorted(record.withheld)) if record.withheld else "[]",
    }  # fmt: skip


def _consent(stream: str, one: str, it: Consent) -> Row:
    document = {
        "terms": it.terms, "data": it.data, "entry": it.entry, "member": it.member, "time": it.time,
        "withdrawals": it.withdrawals, "replacements": it.replacements,
    }  # fmt: skip
    return {"stream": stream, "id": one, "status": it.status, "document": _json(document)}


def _referral(
    stream: str, machine: Machine, entries: Mapping[str, Entry], readings: Mapping[str, Reading]
) -> Row:
    head = machine.head
    said = readings[machine.terms_entry]
    terms, data = _step(said), step_data(said)
    ahead, sent = machine.ahead, machine.sent
    document = {
        "head": head.entry, "content": head.basis.content or "", "content_author": head.basis.content_author or "",
        "rivals": machine.rivals, "flags": machine.flags if ahead else (), "ahead": ahead,
        "service": terms.service, "purpose": terms.purpose, "basis": terms.basis, "consent": terms.consent,
        "agency_kind": terms.agency_kind, "agency_name": data.agency_name, "reason": data.reason,
        "fields": data.fields, "path": [[*group] for group in machine.path],
    }  # fmt: skip
    return {
        "stream": stream, "id": machine.id, "state": machine.state, "agency": terms.agency, "urgency": terms.urgency,
        "sent": entries[sent].header.time if sent else 0, "updated": entries[head.entry].header.time,
        "waits": int(machine.state == "submitted" or bool(machine.rivals) or bool(ahead and not machine.flags)),
        "document": _json(document),
    }  # fmt: skip


def _step(reading: Reading) -> Step:
    assert isinstance(reading.control, Step)  # only steps are nodes of a machine
    return reading.control


def step_data(reading: Reading) -> StepData:
    """What a step says in all its categories, as one."""
    merged: dict[str, Any] = {}
    content: dict[str, Value] = {}
    for part in reading.data:
        if isinstance(part.says, StepData):
            content |= part.says.content
            merged |= {name: it for name in part.says.__struct_fields__ if (it := getattr(part.says, name))}
    return StepData(**{**merged, "content": content})


def _disclosure(folded: Folded, it: Disclosed, entries: Mapping[str, Entry]) -> Row:
    document = {
        "what": it.what, "agency": it.agency, "content": it.content, "basis": it.basis, "fields": it.fields,
        "to": it.to, "subject": it.subject, "time": entries[it.entry].header.time, "withdrawals": it.withdrawals,
        "void": folded.void.get(it.entry, ""),
    }  # fmt: skip
    return {"stream": folded.stream, "entry": it.entry, "document": _json(document)}


def _agencies(folded: Folded, readings: Mapping[str, Reading]) -> dict[tuple[Any, ...], Row]:
    found: dict[tuple[Any, ...], Row] = {}
    if folded.type == "office":
        for record, it in folded.records.items():
            if it.kind == "agency":
                words = {key: it.fields[key].value for key in ("name", "kind") if key in it.fields}
                found[(record,)] = _agency(folded.stream, record, words.get("name"), words.get("kind"), 0)
        return found
    for one in folded.ordered:
        said = readings[one]
        if one in folded.void:
            continue
        if isinstance(said.control, Step) and said.control.agency:
            called = step_data(said).agency_name
            if called and agency_id(called) == said.control.agency:
                row = _agency(folded.stream, said.control.agency, called, said.control.agency_kind, 1)
                found[(said.control.agency,)] = row
        for part in said.data:
            if isinstance(part.says, payload.ConsentData):
                for agency, name in part.says.names.items():
                    if agency_id(name) == agency:
                        found.setdefault((agency,), _agency(folded.stream, agency, name, "", 1))
    return found


def _agency(stream: str, one: str, name: object, kind: object, proposed: int) -> Row:
    return {
        "stream": stream,
        "id": one,
        "name": name if isinstance(name, str) else "",
        "kind": kind if isinstance(kind, str) else "",
        "proposed": proposed,
    }


def _standing(reading: Reading) -> str:
    assert isinstance(reading.control, payload.StandingNotice)  # only those are listed
    return reading.control.envelope
