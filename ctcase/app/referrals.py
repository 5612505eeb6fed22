"""Referrals as commands: draft, every event of the table, the letter, standing approvals (DESIGN §7)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from ctcase.app import case_view, letters, referral_view
from ctcase.app.cases import check_right, find_case, named
from ctcase.app.consents import agency_kind, resolve_agency
from ctcase.app.fields import kind_of, misread
from ctcase.app.results import (
    Letter,
    Outcome,
    ReferralAdded,
    ReferralDone,
    ReferralList,
    ReferralShown,
    Written,
)
from ctcase.app.session import Session, Work
from ctcase.app.times import day
from ctcase.crypto import dsse
from ctcase.errors import Refused
from ctcase.log import payload
from ctcase.log.entry import Draft
from ctcase.log.fold_steps import Machine
from ctcase.log.payload import Step, StepData
from ctcase.model import canonical
from ctcase.model.ids import new_id, show_case_code
from ctcase.model.values import CONTROL, Value
from ctcase.store import files, queries, schema
from ctcase.store.projection import Stream, step_data
from ctcase.workflow.consent import (
    EventFile,
    Gap,
    ReferralFile,
    StandingApproval,
    check_event,
    check_referral,
)
from ctcase.workflow.referral import REFUSALS, TABLE, Actor, Basis, Facts, judge

WORDS = "case"
"""The category of what a step says in words: comment, reason, the agency's name."""

_STEP_KEYS = frozenset(EventFile.__struct_fields__)


def _read(kind: Any, document: Mapping[str, Any]) -> Any:
    try:
        return msgspec.convert({key: it for key, it in document.items() if it is not None}, kind)
    except (msgspec.ValidationError, ValueError) as problem:
        raise misread(problem) from problem


def add_referral(session: Session, code: str, document: Mapping[str, Any]) -> Outcome[ReferralAdded]:
    """A new referral as a draft; it may be partly filled."""
    wanted: ReferralFile = _read(ReferralFile, document)
    stream_id = find_case(session, code)
    with session.work() as work:
        stream = work.stream(stream_id)
        check_right(session, "referral_step", stream.folded)
        if why := judge("draft", Actor(session.acting().member, session.acting().roles), None):
            raise Refused(REFUSALS[why])
        one = new_id(session.env.randomness)
        control, data = _terms(work, stream, wanted, Step("draft"))
        data = msgspec.structs.replace(data, fields=wanted.fields, documents=wanted.documents)
        entry = work.write(_draft(one, control, {WORDS: data}), stream)
        after = work.stream(stream_id)
        machine = after.folded.machines[one]
        envelopes = case_view.standing_envelopes(work.connection)
        options = referral_view.options(session, after, machine, envelopes, day(session.env.clock()))
        done = work.touched.changes()
    added = ReferralAdded(one, show_case_code(after.folded.code), entry.id, machine.state, options)
    return Outcome(added, done)


def _draft(one: str, control: Step, data: Mapping[str, StepData]) -> Draft:
    parts = [(one, CONTROL, payload.write(control))]
    parts += [(one, category, payload.write(says)) for category, says in data.items() if says != StepData()]
    return Draft("step", tuple(parts))


def _terms(work: Work, stream: Stream, wanted: ReferralFile, step: Step) -> tuple[Step, StepData]:
    """The control part and the words of a draft or a submit."""
    agency, name = resolve_agency(work.connection, wanted.agency) if wanted.agency else ("", "")
    if wanted.consent and wanted.consent not in stream.folded.consents:
        raise Refused("not_found", what="consent")
    unknown = [field for field in wanted.fields if not _is_field(work.session, stream, field)]
    if unknown:
        raise Refused("not_found", what="field", count=len(unknown))
    control = msgspec.structs.replace(
        step, agency=agency, agency_kind=agency_kind(work.connection, agency), service=wanted.service,
        purpose=wanted.purpose, urgency=wanted.urgency or "", basis=wanted.basis or "", consent=wanted.consent or "",
    )  # fmt: skip
    return control, StepData(agency_name=name, reason=wanted.reason)


def _is_field(session: Session, stream: Stream, name: str) -> bool:
    """Whether a name is a field of this case or may become one: a draft may name what is not known yet."""
    record, _, field = name.partition(".")
    kind = kind_of(record, stream.folded.records)
    form = kind is not None and session.catalogue.find(kind, field) is not None
    return form or bool(referral_view.field_category(stream, name))


def find_referral(session: Session, connection: Connection, one: str) -> tuple[Stream, Machine]:
    """A referral by its id; where two cases have one of that id, by `CASE/ID`."""
    case, slash, own = one.rpartition("/")
    found = queries.find_referral(connection, own)
    if slash:
        meant = named(connection, case)
        found = [stream for stream in found if stream == meant]
    if not found:
        raise Refused("not_found", what="referral")
    if len(found) > 1:
        raise Refused("ambiguous", ids=found)
    stream = case_view.load(session, connection, found[0])
    return stream, stream.folded.machines[own]


def list_referrals(session: Session, *, state: str = "", waiting_for_me: bool = False) -> ReferralList:
    """Referrals, the last changed first; `waiting_for_me`: those a supervisor has to approve or to ratify."""
    with session.look() as connection:
        rows = schema.referral
        query = select(rows.c.stream, rows.c.id).order_by(rows.c.updated.desc())
        if state:
            query = query.where(rows.c.state == state)
        if waiting_for_me:
            query = query.where(rows.c.waits == 1)  # only these cases are folded
        envelopes = case_view.standing_envelopes(connection)
        found = []
        for stream_id, one in connection.execute(query).all():
            stream = case_view.load(session, connection, stream_id)
            found.append(referral_view.show(session, stream, stream.folded.machines[one], envelopes))
    if waiting_for_me:
        found = [one for one in found if _waits_for_me(one)]
    return ReferralList(len(found), found)


def _waits_for_me(one: ReferralShown) -> bool:
    offered = {option.event for option in one.available if option.allowed}
    return bool(offered & {"approve", "return", "decide", "ratify"})


def show_referral(session: Session, one: str) -> ReferralShown:
    """One referral."""
    with session.look() as connection:
        stream, machine = find_referral(session, connection, one)
        return referral_view.show(session, stream, machine, case_view.standing_envelopes(connection))


def do(session: Session, one: str, event: str, document: Mapping[str, Any]) -> Outcome[ReferralDone]:
    """One event of the table. For submit and send ahead, the document may hold keys of a referral file as well."""
    if event not in TABLE or event == "draft":
        raise Refused("state_forbids", what="event")
    said: EventFile = _read(EventFile, {key: it for key, it in document.items() if key in _STEP_KEYS})
    others = {key: it for key, it in document.items() if key not in _STEP_KEYS}
    if TABLE[event].content and "reason" in document:
        others["reason"] = said.reason  # also where it says none: what was written before is left out then
    elif others and not TABLE[event].content:
        raise Refused("file_not_understood", reason="unknown_key")
    with session.work() as work:
        stream, machine = find_referral(session, work.connection, one)
        draft = _step(work, stream, machine, event, said, others)
        entry = work.write(draft, stream)
        after = work.stream(stream.folded.stream).folded.machines[machine.id]
        done = work.touched.changes()
    return Outcome(ReferralDone(machine.id, entry.id, event, machine.state, after.state), done)


def _step(
    work: Work, stream: Stream, machine: Machine, event: str, said: EventFile, others: Mapping[str, Any]
) -> Draft:
    session, row = work.session, TABLE[event]
    check_right(session, "referral_step", stream.folded)
    missing = check_event(event, said)
    follows = _followed(machine, event)
    step = Step(event, follows, keep=said.keep)
    data: dict[str, StepData] = {WORDS: _words(said)}
    if row.content:
        step, data = _content(work, stream, machine, step, said, others)
    envelope = None
    if event == "approve" and not _may_alone(session, machine):
        today = day(session.env.clock())
        envelope = referral_view.holding_standing(
            session, stream, machine, case_view.standing_envelopes(work.connection), today
        )
        step = msgspec.structs.replace(step, standing=envelope or "")
    _judge(session, stream, machine, step, envelope)
    if missing:
        raise Refused("needs_missing", needs=list(missing))
    return _draft(machine.id, step, data)


def _may_alone(session: Session, machine: Machine) -> bool:
    acting = session.acting()
    return judge("approve", Actor(acting.member, acting.roles), machine.head.basis) is None


def _followed(machine: Machine, event: str) -> str:
    """The step that a new one follows: the last effective one, for a flag the send ahead."""
    if TABLE[event].flag:
        return machine.ahead or machine.head.entry
    return machine.head.entry


def _words(said: EventFile) -> StepData:
    return StepData(
        comment=said.comment, reason=said.reason, date=said.date or "", channel=said.channel, contact=said.contact,
        outcome=said.outcome, received=said.received, feedback=said.feedback,
    )  # fmt: skip


def _content(
    work: Work, stream: Stream, machine: Machine, step: Step, said: EventFile, others: Mapping[str, Any]
) -> tuple[Step, dict[str, StepData]]:
    """The exact content to be shared, as the case shows it now, and its basis."""
    wanted = _read(ReferralFile, {**referral_view.as_file(stream, machine), **others})
    if missing := check_referral(wanted):
        raise Refused("needs_missing", needs=list(missing))
    step, words = _terms(work, stream, wanted, step)
    words = msgspec.structs.replace(words, comment=said.comment, documents=wanted.documents)
    content = {name: referral_view.field_value(stream, name) for name in wanted.fields}
    empty = [name for name, value in content.items() if value is None]
    if empty:
        raise Refused("needs_missing", needs=empty)
    by_category = _by_category(stream, content)
    categories = tuple(sorted({*by_category, *(["documents"] if wanted.documents else [])}))
    step = msgspec.structs.replace(
        step, categories=categories, consent=_consent(work, stream, step, categories)
    )
    data = {category: StepData(content=values) for category, values in by_category.items()}
    data[WORDS] = msgspec.structs.replace(words, content=by_category.get(WORDS, {}))
    return step, data


def _by_category(stream: Stream, content: Mapping[str, Value]) -> dict[str, dict[str, Value]]:
    found: dict[str, dict[str, Value]] = {}
    for name, value in content.items():
        found.setdefault(referral_view.field_category(stream, name), {})[name] = value
    return found


def _consent(work: Work, stream: Stream, step: Step, categories: tuple[str, ...]) -> str:
    """The consent that a submit rests on: the one named, or the newest in force that covers everything."""
    if step.basis != "consent" or step.consent:
        return step.consent if step.basis == "consent" else ""
    today = day(work.session.env.clock())
    one, gap = referral_view.fitting_consent(stream.folded.consents, step, categories, today)
    if gap is not None:
        raise _consent_missing(gap, gap.categories)
    return one


def _consent_missing(gap: Gap, categories: tuple[str, ...]) -> Refused:
    return Refused("consent_missing", why=list(gap.codes), categories=list(categories))


def _judge(session: Session, stream: Stream, machine: Machine, step: Step, envelope: str | None) -> None:
    """Refuses what would have no effect: the same function as in the fold, on everything known here."""
    row, acting, today = TABLE[step.event], session.acting(), day(session.env.clock())
    now = referral_view.situation(session, stream, machine, referral_view.holder(session, envelope), today)
    if machine.rivals and row.discloses:
        raise Refused("state_forbids", why="step_conflict")
    if referral_view.approves(row.event) and not referral_view.sees_content(stream, machine):
        raise Refused("state_forbids", why="withheld")
    if step.event == "decide" and step.keep not in machine.rivals:
        raise Refused("state_forbids" if not machine.rivals else "not_found", what="keep")
    _check_consent(stream, machine, step, today)
    basis: Basis | None = now.ahead if row.flag else machine.head.basis
    kept = machine.nodes[step.keep].basis if step.event == "decide" else None
    facts = Facts(kept=kept, built_on=now.built_on, standing_by=now.standing_by)
    if why := judge(step.event, Actor(acting.member, acting.roles), basis, facts):
        raise Refused(REFUSALS[why], why=why)


def _check_consent(stream: Stream, machine: Machine, step: Step, today: str) -> None:
    """Refuses to share what the consent does not cover; with none in force, that is all of it."""
    row = TABLE[step.event]
    if row.content:
        categories = step.categories
        gap = referral_view.gap_of(stream, step, categories, today)
    elif row.discloses and machine.head.basis.content:
        categories = referral_view.categories_to_share(stream, machine)
        gap = referral_view.consent_gap(stream, machine, today)
    else:
        return
    if gap is not None:
        raise _consent_missing(gap, categories if gap.status else gap.categories)


def letter(session: Session, one: str, pdf: Path) -> Outcome[Letter]:
    """Writes the letter of exactly the approved content, and a disclosure into the case."""
    with files.taken_back() as write, session.work() as work:
        stream, machine = find_referral(session, work.connection, one)
        check_right(session, "letter", stream.folded)
        content = machine.head.basis.content
        if not content or machine.state not in letters.STATES:
            raise Refused("state_forbids")
        if machine.rivals:
            raise Refused("state_forbids", why="step_conflict")
        if machine.state == "approved":
            _check_consent(stream, machine, Step("send"), day(session.env.clock()))
        made = letters.compose(session, stream, machine)
        entry = work.write(_disclosure(stream, machine, content), stream)
        write(pdf, made.pdf)
        done = work.touched.changes()
    return Outcome(Letter(machine.id, entry.id, str(pdf), made.pages, f"sha256:{content}"), done)


def _disclosure(stream: Stream, machine: Machine, content: str) -> Draft:
    wanted, data = referral_view.terms(stream, content), step_data(stream.folded.readings[content])
    control = payload.Disclosure("letter", wanted.agency, content, wanted.basis)
    said = payload.DisclosureData(data.agency_name, tuple(sorted(referral_view.content_of(stream, content))))
    return Draft(
        "disclose", ((machine.id, CONTROL, payload.write(control)), (machine.id, WORDS, payload.write(said)))
    )


def grant_standing(session: Session, document: Mapping[str, Any]) -> Outcome[Written]:
    """A supervisor's standing approval, signed and carried to everybody in the office's stream."""
    scope: StandingApproval = _read(StandingApproval, document)
    if session.roster is None or session.enrolled != "yes":
        raise Refused("not_enrolled")
    check_right(session, "grant_standing")
    with session.work() as work:
        recipient, _ = resolve_agency(work.connection, scope.recipient)
        scope = msgspec.structs.replace(scope, recipient=recipient)
        says = payload.Standing(session.me.id, session.chain.number + 1, session.roster.version, scope)
        envelope = dsse.sign(payload.STANDING_TYPE, canonical.encode(says), [session.signing_key()])
        notice = payload.StandingNotice(dsse.encode(envelope).decode())
        stream = work.stream(session.roster.stream)
        entry = work.write(Draft("standing", (("control", CONTROL, payload.write(notice)),)), stream)
        done = work.touched.changes()
    return Outcome(Written(entry=entry.id), done)
