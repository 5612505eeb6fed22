"""Consents as commands: given, refused, withdrawn (DESIGN §7, rule 15)."""

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from ctcase.app.cases import check_right, find_case
from ctcase.app.fields import misread
from ctcase.app.results import ConsentAdded, Outcome
from ctcase.app.session import Session, Work
from ctcase.errors import Refused
from ctcase.log import payload
from ctcase.log.entry import Draft
from ctcase.model.ids import new_id, show_case_code
from ctcase.model.values import CONTROL
from ctcase.store import schema
from ctcase.store.projection import Stream, agency_id
from ctcase.workflow.consent import KIND, ConsentFile, check_consent

CATEGORY = "case"
"""The category of what is recorded beside a consent's terms."""


def read_document(document: Mapping[str, Any]) -> ConsentFile:
    """A consent file; refused when it is not understood or lacks what it needs."""
    try:
        consent = msgspec.convert(document, ConsentFile)
    except (msgspec.ValidationError, ValueError) as problem:
        raise misread(problem) from problem
    if missing := check_consent(consent):
        raise Refused("needs_missing", needs=list(missing))
    return consent


def add_consent(session: Session, code: str, document: Mapping[str, Any]) -> Outcome[ConsentAdded]:
    """Records what the client (or who speaks for him) said. A withdrawal is final and needs no right in the case."""
    consent = read_document(document)
    stream_id = find_case(session, code)
    with session.work() as work:
        stream = work.stream(stream_id)
        if consent.status == "withdrawn":
            one, draft = _withdrawal(session, stream, consent)
        else:
            check_right(session, "consent", stream.folded)
            one, draft = _given(work, stream, consent)
        entry = work.write(draft, stream)
        done = work.touched.changes()
    return Outcome(ConsentAdded(one, show_case_code(stream.folded.code), entry.id), done)


def _withdrawal(session: Session, stream: Stream, consent: ConsentFile) -> tuple[str, Draft]:
    check_right(session, "withdraw_consent", stream.folded)
    one = consent.replaces or ""
    there = stream.folded.consents.get(one)
    if there is None:
        raise Refused("not_found", what="consent")
    if there.withdrawals or there.terms.status != "given":
        raise Refused("state_forbids")
    control = payload.write(payload.ConsentTerms("withdrawn"))
    return one, Draft(
        "consent", ((one, CONTROL, control), (one, CATEGORY, payload.write(_data(consent, {}))))
    )


def _given(work: Work, stream: Stream, consent: ConsentFile) -> tuple[str, Draft]:
    if consent.replaces and consent.replaces not in stream.folded.consents:
        raise Refused("not_found", what="consent")
    one = new_id(work.session.env.randomness)
    recipients: list[str] = []
    names: dict[str, str] = {}
    for recipient in consent.recipients:
        found, name = resolve_agency(work.connection, recipient)
        recipients.append(found)
        if name:
            names[found] = name
    terms = payload.ConsentTerms(
        consent.status, tuple(sorted(set(consent.purposes))), tuple(sorted(set(recipients))),
        tuple(sorted(set(consent.categories))), consent.expires or "", consent.replaces or "",
    )  # fmt: skip
    return one, Draft(
        "consent",
        ((one, CONTROL, payload.write(terms)), (one, CATEGORY, payload.write(_data(consent, names)))),
    )


def _data(consent: ConsentFile, names: dict[str, str]) -> payload.ConsentData:
    return payload.ConsentData(
        given_by=consent.given_by or "", method=consent.method or "", language=consent.language or "",
        interpreter=consent.interpreter or "", witness=consent.witness or "", date=consent.date or "",
        note=consent.note, names=names,
    )  # fmt: skip


def resolve_agency(connection: Connection, text: str) -> tuple[str, str]:
    """An agency by id, `kind:` or name, as its id and name; one that is not in the directory is proposed by its name."""
    text = " ".join(text.split())
    if text.startswith(KIND):
        return text.casefold(), ""
    table = schema.agency
    name = connection.scalar(
        select(table.c.name).where(table.c.id == text).order_by(table.c.proposed).limit(1)
    )
    if name is not None:
        return text, name
    one = agency_id(text)
    known = connection.scalar(
        select(table.c.name).where(table.c.id == one).order_by(table.c.proposed).limit(1)
    )
    return one, known or text


def agency_kind(connection: Connection, one: str) -> str:
    """The kind of an agency in the directory, "" if it is not known."""
    table = schema.agency
    query = (
        select(table.c.kind).where(table.c.id == one, table.c.kind != "").order_by(table.c.proposed).limit(1)
    )
    return connection.scalar(query) or ""
