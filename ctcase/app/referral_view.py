"""A referral as it is shown: its content as the agency reads it, its path, what may be done now and why not the rest."""

from collections.abc import Mapping
from typing import Any

from ctcase.app.results import ContentLine, OptionShown, ReferralShown, RivalShown, StepShown
from ctcase.app.session import Session
from ctcase.app.times import day, iso
from ctcase.log import standing
from ctcase.log.fold_consents import Consent, terms_of
from ctcase.log.fold_steps import Machine
from ctcase.log.payload import Step, StepData
from ctcase.log.rights import Row
from ctcase.model.ids import show_case_code
from ctcase.model.values import Value
from ctcase.store.projection import Stream, step_data
from ctcase.workflow import consent as work_consent
from ctcase.workflow import referral
from ctcase.workflow.consent import RATIFICATION_HOURS, URGENCIES, Gap
from ctcase.workflow.referral import TABLE, Actor, Situation

_HOUR = 3600
_WAITING = ("sent",)


def terms(stream: Stream, entry: str) -> Step:
    """The control part of a step."""
    control = stream.folded.readings[entry].control
    assert isinstance(control, Step)  # steps are the only nodes
    return control


def field_value(stream: Stream, name: str) -> Value:
    """The value that a case shows for `record.field`, None if it has none."""
    record, _, field = name.partition(".")
    there = stream.folded.records.get(record)
    found = there.fields.get(field) if there else None
    return found.value if found else None


def field_category(stream: Stream, name: str) -> str:
    """The category of `record.field` in this case, "" if it is not there."""
    record, _, field = name.partition(".")
    there = stream.folded.records.get(record)
    found = there.fields.get(field) if there else None
    return found.category if found else ""


def content_of(stream: Stream, entry: str) -> dict[str, tuple[str, Value]]:
    """The exact content that an entry carries: by field, its category and value."""
    return {
        name: (part.category, value)
        for part in stream.folded.readings[entry].data
        if isinstance(part.says, StepData)
        for name, value in part.says.content.items()
    }


def categories_to_share(stream: Stream, machine: Machine) -> tuple[str, ...]:
    """The categories that sharing now would disclose."""
    content = machine.head.basis.content
    if content:
        return terms(stream, content).categories
    names = step_data(stream.folded.readings[machine.draft]).fields
    return tuple(sorted({field_category(stream, name) for name in names} - {""}))


def fitting_consent(
    consents: Mapping[str, Consent], wanted: Step, categories: tuple[str, ...], today: str
) -> tuple[str, Gap | None]:
    """The consent in force that covers a referral, newest first, and what the best one lacks; "" if there is none."""
    living = sorted(((it.time, one) for one, it in consents.items() if it.in_force), reverse=True)
    best: tuple[str, Gap | None] = ("", Gap(status="none"))
    for _, one in living:
        gap = _gap(consents[one], wanted, categories, today)
        if gap is None:
            return one, None
        if best[0] == "":
            best = (one, gap)
    return best


def consent_gap(stream: Stream, machine: Machine, today: str) -> Gap | None:
    """What stands between the consent and sharing now; None where consent is not the basis or covers everything."""
    wanted, categories = terms(stream, machine.terms_entry), categories_to_share(stream, machine)
    if wanted.basis in ("", "consent") and not (wanted.consent or machine.head.basis.content):
        return fitting_consent(stream.folded.consents, wanted, categories, today)[1]
    return gap_of(stream, wanted, categories, today)


def gap_of(stream: Stream, wanted: Step, categories: tuple[str, ...], today: str) -> Gap | None:
    """What the consent that a step names does not cover of these categories, on everything known here.

    None where another basis than consent is given. Any end of the consent counts, whoever knew of it.
    """
    if wanted.basis and wanted.basis != "consent":
        return None
    named = stream.folded.consents.get(wanted.consent)
    if named is None:
        return Gap(status="none")
    if not named.in_force:
        return Gap(status=named.status)
    return _gap(named, wanted, categories, today)


def _gap(consent: Consent, wanted: Step, categories: tuple[str, ...], today: str) -> Gap | None:
    return work_consent.gap(
        terms_of(consent.terms), agency=wanted.agency, agency_kind=wanted.agency_kind, purpose=wanted.purpose,
        categories=categories, on=today,
    )  # fmt: skip


def as_file(stream: Stream, machine: Machine) -> dict[str, Any]:
    """What the referral says so far, as a referral file."""
    last = machine.terms_entry
    step, data = terms(stream, last), step_data(stream.folded.readings[last])
    draft = step_data(stream.folded.readings[machine.draft])
    names = sorted(data.content) or list(draft.fields)
    found: dict[str, Any] = {
        "agency": data.agency_name or step.agency, "service": step.service, "purpose": step.purpose or "referral",
        "urgency": step.urgency or None, "basis": step.basis or None, "consent": step.consent or None,
        "reason": data.reason, "fields": names, "documents": data.documents or draft.documents,
    }  # fmt: skip
    named = stream.folded.consents.get(step.consent)
    if named is not None and not named.in_force:
        found["consent"] = None  # what ended meanwhile is asked anew
    return found


def situation(
    session: Session, stream: Stream, machine: Machine, standing_by: str | None, today: str
) -> Situation:
    """This member before this referral now."""
    row, gap = session.acting(), consent_gap(stream, machine, today)
    return Situation(
        actor=Actor(row.member, row.roles),
        in_team=session.is_mine(stream.folded.team),
        basis=machine.head.basis,
        ahead=machine.nodes[machine.ahead].basis if machine.ahead else None,
        flags=frozenset(event for _, event in machine.flags),
        rivals=tuple(machine.nodes[one].basis for one in machine.rivals),
        built_on=machine.built_on,
        consent_gap=gap.codes[0] if gap else None,
        standing_by=standing_by,
    )


def holding_standing(
    session: Session, stream: Stream, machine: Machine, envelopes: list[str], today: str
) -> str | None:
    """A standing approval that would approve this submit today, as its signed envelope."""
    content = machine.head.basis.content
    if not content or machine.state != "submitted":
        return None
    wanted, rights = terms(stream, content), session.streams.rights
    return next(
        (one for one in envelopes if standing.holder(one, rights, wanted, on=today, roster=rights.version)),
        None,
    )


def options(
    session: Session, stream: Stream, machine: Machine, envelopes: list[str], today: str
) -> list[OptionShown]:
    """What may be done now, and why not the rest."""
    envelope = holding_standing(session, stream, machine, envelopes, today)
    signed_by = holder(session, envelope)
    found = referral.available(situation(session, stream, machine, signed_by, today))
    blind, lacks = not sees_content(stream, machine), lacking(stream, machine)
    needs = {it.event: list(it.needs) for it in found}
    for event, row in TABLE.items():
        if row.content:
            needs[event] = list(dict.fromkeys([*needs[event], *lacks]))
    return [
        OptionShown(it.event, allowed=False, why_not=it.why_not or "state_forbids", needs=needs[it.event])
        if blind and approves(it.event)
        else OptionShown(it.event, it.allowed, it.why_not, needs[it.event])
        for it in found
        if it.event != "draft"
    ]


def lacking(stream: Stream, machine: Machine) -> list[str]:
    """What a step with content would be refused for as the referral stands: keys of its file, and fields without a value."""
    says = as_file(stream, machine)
    empty = [name for name in says["fields"] if field_value(stream, name) is None]
    return [*work_consent.check_referral(work_consent.ReferralFile(**says)), *empty]


def approves(event: str) -> bool:
    """Whether a second member agrees to the content by this event; returning and rejecting it needs no sight of it."""
    return TABLE[event].four_eyes and event not in ("return", "reject")


def holder(session: Session, envelope: str | None) -> str | None:
    """The member who signed a standing approval, by his rights where he signed."""
    says = standing.read(envelope, session.streams.rights) if envelope else None
    row = session.streams.rights.standing(says.device, says.number, says.roster) if says else None
    return row.member if isinstance(row, Row) else None


def show(session: Session, stream: Stream, machine: Machine, envelopes: list[str]) -> ReferralShown:
    """A referral of a case."""
    now = session.env.clock()
    today, said = day(now), stream.folded.readings[machine.terms_entry]
    wanted, data = terms(stream, machine.terms_entry), step_data(said)
    draft = step_data(stream.folded.readings[machine.draft])
    due = _due(stream, machine, wanted)
    ratification = _ratification(stream, machine)
    gap = consent_gap(stream, machine, today)
    waits = machine.state in _WAITING or machine.state == "acknowledged"
    content = machine.head.basis.content
    return ReferralShown(
        id=machine.id, code=show_case_code(stream.folded.code), case=stream.folded.stream, agency=wanted.agency,
        agency_name=data.agency_name, agency_kind=wanted.agency_kind, service=wanted.service, purpose=wanted.purpose,
        urgency=wanted.urgency, basis=wanted.basis, consent=wanted.consent or None, reason=data.reason,
        state=machine.state, due=iso(due) if due else None, late=bool(due and waits and now > due),
        ratification=iso(ratification) if ratification else None, rivals=list(machine.rivals),
        rival_steps=[_rival(stream, machine, one) for one in machine.rivals],
        content=f"sha256:{content}" if content else None, content_author=machine.head.basis.content_author,
        fields=sorted(content_of(stream, content)) if content else list(draft.fields),
        shared=_shared(stream, machine, list(draft.fields)),
        path=[_step(stream, one, machine.nodes[one].basis.state) for one in machine.steps],
        void=[_step(stream, one, stream.folded.void[one]) for one in _void_steps(stream, machine)],
        available=options(session, stream, machine, envelopes, today), consent_gap=list(gap.codes) if gap else [],
        updated=iso(stream.graph.entries[machine.head.entry].header.time), owner=stream.folded.owner,
        withheld=_withheld(stream, machine.head.basis.content),
    )  # fmt: skip


def sees_content(stream: Stream, machine: Machine) -> bool:
    """Whether every part of the content is here: nobody approves what was withheld from him."""
    content = machine.head.basis.content
    return not content or not stream.folded.readings[content].withheld


def _withheld(stream: Stream, content: str | None) -> list[str]:
    said = stream.folded.readings[content].withheld if content else ()
    return sorted({category for _, category in said})


def _due(stream: Stream, machine: Machine, wanted: Step) -> int | None:
    sent, hours = machine.sent, URGENCIES.get(wanted.urgency)
    return stream.graph.entries[sent].header.time + hours * _HOUR if sent and hours else None


def _ratification(stream: Stream, machine: Machine) -> int | None:
    """When a referral that was sent ahead must be ratified; None if it was not, or somebody has judged it."""
    if not machine.ahead or machine.flags:
        return None
    return stream.graph.entries[machine.ahead].header.time + RATIFICATION_HOURS * _HOUR


def _rival(stream: Stream, machine: Machine, one: str) -> RivalShown:
    entry = stream.graph.entries[one]
    return RivalShown(one, machine.nodes[one].event, stream.folded.member(one), iso(entry.header.time))


def _step(stream: Stream, one: str, state: str) -> StepShown:
    said, entry = stream.folded.readings[one], stream.graph.entries[one]
    data = step_data(said)
    event = said.control.event if isinstance(said.control, Step) else ""
    return StepShown(
        one, event, state, stream.folded.member(one), iso(entry.header.time), data.comment, data.reason
    )


def _void_steps(stream: Stream, machine: Machine) -> list[str]:
    return [
        one
        for one in stream.folded.ordered
        if one in stream.folded.void
        and isinstance(stream.folded.readings[one].control, Step)
        and stream.folded.readings[one].subject == machine.id
    ]


def _shared(stream: Stream, machine: Machine, drafted: list[str]) -> list[ContentLine]:
    """What the agency reads, with what changed since the submit before; for a draft, what it would read now."""
    content = machine.head.basis.content
    if not content:
        return [
            ContentLine(
                name,
                field_category(stream, name),
                field_value(stream, name),
                field_value(stream, name),
                "draft",
            )
            for name in drafted
        ]
    before = _before(stream, machine, content)
    lines = []
    for name, (category, value) in sorted(content_of(stream, content).items()):
        change, old = "first", None
        if before is not None:
            old = before[name][1] if name in before else None
            change = "new" if name not in before else "same" if old == value else "changed"
        lines.append(
            ContentLine(
                name, category, value, field_value(stream, name), change, old if change == "changed" else None
            )
        )
    return lines


def _before(stream: Stream, machine: Machine, content: str) -> dict[str, Any] | None:
    """The content of the submit before this one on the path."""
    contents = [one for one in machine.steps if machine.nodes[one].basis.content == one and one != content]
    return content_of(stream, contents[-1]) if contents else None
