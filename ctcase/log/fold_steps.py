"""Referrals (rules 16-20): each step is judged by its causal past only; then one path is walked through their tree."""

import datetime as dt
from collections.abc import Iterable, Mapping

import msgspec

from ctcase.log.fold_consents import Consent, known_in_force, terms_of, withdrawn_beside
from ctcase.log.payload import Disclosure, DisclosureData, Step, StepData
from ctcase.log.rights import Row
from ctcase.log.stage import Stage
from ctcase.log.standing import holder
from ctcase.model.values import CONTROL
from ctcase.workflow import consent as consents_of_work
from ctcase.workflow.referral import TABLE, Actor, Basis, Facts, advance, judge

_UNMERGED = frozenset({"draft", "submit", "send_ahead", "decide"})
"""Events of which two are never one step: each carries something of its own (rule 18)."""


class Node(msgspec.Struct, frozen=True):
    """A valid step in the tree of its referral: what the next is judged by, and what it follows."""

    entry: str
    event: str
    follows: str
    basis: Basis


class Machine(msgspec.Struct):
    """One referral: the path of steps (same events side by side are one), its rivals while a conflict is open, flags.

    `nodes` are all valid steps, also those that a rival overtook; `flags` the ratify and contest entries in effect.
    """

    id: str
    nodes: dict[str, Node]
    path: tuple[tuple[str, ...], ...]
    rivals: tuple[str, ...]
    flags: tuple[tuple[str, str], ...]

    @property
    def head(self) -> Node:
        """The last effective step; the next one follows it."""
        return self.nodes[self.path[-1][0]]

    @property
    def state(self) -> str:
        """The state the referral is in."""
        return self.head.basis.state

    @property
    def steps(self) -> tuple[str, ...]:
        """The entries of the path, in order."""
        return tuple(one for group in self.path for one in group)

    @property
    def draft(self) -> str:
        """The entry that made the referral."""
        return self.path[0][0]

    @property
    def terms_entry(self) -> str:
        """The entry whose terms count now: the content's, or the draft's while there is none."""
        return self.head.basis.content or self.draft

    @property
    def ahead(self) -> str:
        """The send ahead on the path, "" if the referral was not sent ahead."""
        return next((one for one in self.steps if self.nodes[one].event == "send_ahead"), "")

    @property
    def built_on(self) -> bool:
        """Whether its author may not take the last step back any more: he knows all that is known here."""
        return len(self.path[-1]) > 1 or _built_on(self.head, self.nodes.values())

    @property
    def sent(self) -> str:
        """The last step on the path with which the content left, "" if it has not."""
        return next((one for one in reversed(self.steps) if TABLE[self.nodes[one].event].discloses), "")


class Disclosed(msgspec.Struct, frozen=True):
    """Data that left: a fact whatever became of the step. `content` is the entry whose content it was, if known.

    `withdrawals` of its consent were written beside it: neither author knew of the other's entry.
    """

    entry: str
    subject: str
    what: str
    agency: str
    content: str
    basis: str
    fields: tuple[str, ...]
    to: str
    withdrawals: tuple[str, ...] = ()


def fold_steps(stage: Stage, consents: Mapping[str, Consent]) -> dict[str, Machine]:
    """The referrals of a stream by id; steps without effect are entered in `stage.void` with the reason."""
    nodes: dict[str, dict[str, Node]] = {}
    flags: dict[str, list[tuple[str, str]]] = {}
    for entry in stage.ordered:
        said = stage.readings[entry.id]
        if not isinstance(said.control, Step) or entry.id in stage.void:
            continue
        known = nodes.setdefault(said.subject, {})
        judged = _judge_step(stage, consents, entry.id, said.control, known)
        if isinstance(judged, str):
            stage.void[entry.id] = judged
        elif TABLE[said.control.event].flag:
            flags.setdefault(said.subject, []).append((entry.id, said.control.event))
        else:
            known[entry.id] = judged
    machines = {}
    for machine, known in nodes.items():
        if not known:
            continue
        path, rivals = walk(stage, known)
        flat = {one for group in path for one in group}
        stage.void.update((one, "overtaken") for one in known if one not in flat)
        machines[machine] = Machine(machine, known, path, rivals, tuple(flags.get(machine, ())))
    return machines


def _judge_step(
    stage: Stage, consents: Mapping[str, Consent], one: str, step: Step, known: Mapping[str, Node]
) -> Node | str:
    row = stage.row[one]
    assert isinstance(row, Row)  # an entry without rights is void already
    followed = known.get(step.follows)
    if followed and not stage.graph.precedes(followed.entry, one):
        followed = None
    if step.follows and not followed:
        return "no_basis"
    kept = _kept(stage, one, step, known)
    past = (node for node in known.values() if stage.graph.precedes(node.entry, one))
    facts = Facts(
        kept=kept.basis if kept else None,
        built_on=step.event == "retract" and followed is not None and _built_on(followed, past),
        consent_gap=_consent_gap(stage, consents, one, step, followed),
        standing_by=_standing_by(stage, one, step, followed),
        missing=_missing(stage, one, step),
    )
    basis = followed.basis if followed else None
    if why := judge(step.event, Actor(row.member, row.roles), basis, facts):
        return why
    before = known[followed.follows].basis if followed and followed.follows in known else None
    after = advance(
        step.event, basis, step=one, member=row.member, before=before, kept=kept.basis if kept else None
    )
    return Node(one, step.event, step.follows, after)


def _built_on(taken_back: Node, known: Iterable[Node]) -> bool:
    """Whether one of these steps follows another one, or is the same done by somebody else beside it."""
    return any(
        node.follows == taken_back.entry
        or (node.follows == taken_back.follows and node.event == taken_back.event and node != taken_back)
        for node in known
    )


def _kept(stage: Stage, one: str, step: Step, known: Mapping[str, Node]) -> Node | None:
    """The step kept, if it is a rival of a conflict that was open in the decider's causal past."""
    kept = known.get(step.keep) if step.event == "decide" else None
    if kept is None or not stage.graph.precedes(kept.entry, one):
        return None
    past = {node.entry: node for node in known.values() if stage.graph.precedes(node.entry, one)}
    return kept if kept.entry in walk(stage, past)[1] else None


def content_step(followed: Node | None) -> str:
    """The entry whose content counts at this step, "" if there is none yet."""
    return (followed.basis.content or "") if followed else ""


def day_of(seconds: int) -> str:
    """The UTC day of an entry's own time, ISO."""
    return (dt.datetime(1970, 1, 1) + dt.timedelta(seconds=seconds)).date().isoformat()  # noqa: DTZ001  # pure arithmetic in UTC


def _consent_gap(
    stage: Stage, consents: Mapping[str, Consent], one: str, step: Step, followed: Node | None
) -> str | None:
    row = TABLE.get(step.event)
    if row is None or not (row.content or row.discloses):
        return None
    content = one if row.content else content_step(followed)
    terms = stage.readings[content].control if content else None
    if not isinstance(terms, Step):
        return None
    if terms.basis != "consent":
        return None if terms.basis in consents_of_work.BASES_WITH_REASON else "basis"
    consent = consents.get(terms.consent)
    known = known_in_force(consent, stage, one) if consent else None
    if known is None:
        return "withdrawn" if consent else "none"
    gap = consents_of_work.gap(
        terms_of(known), agency=terms.agency, agency_kind=terms.agency_kind, purpose=terms.purpose,
        categories=terms.categories, on=day_of(stage.graph.entries[one].header.time),
    )  # fmt: skip
    return gap.codes[0] if gap else None


def _standing_by(stage: Stage, one: str, step: Step, followed: Node | None) -> str | None:
    content = content_step(followed)
    if step.event != "approve" or not step.standing or not content:
        return None
    terms = stage.readings[content].control
    if not isinstance(terms, Step):
        return None
    header = stage.graph.entries[one].header
    return holder(step.standing, stage.rights, terms, on=day_of(header.time), roster=header.roster)


def _missing(stage: Stage, one: str, step: Step) -> tuple[str, ...]:
    """The needs known to be absent; what is withheld from here is not absent."""
    said = stage.readings[one]
    row = TABLE.get(step.event)
    if row is None:
        return ()
    stated = _missing_terms(stage, one, step) if row.content else ()
    if said.withheld:
        return stated
    there = {
        name
        for part in said.data
        if isinstance(part.says, StepData)
        for name in part.says.__struct_fields__
        if getattr(part.says, name)
    }
    there |= {"keep"} if step.keep else set()
    needs = [*row.needs]
    needs += ["reason"] if row.content and step.basis in consents_of_work.BASES_WITH_REASON else []
    return (*stated, *(name for name in needs if name not in there))


def _missing_terms(stage: Stage, one: str, step: Step) -> tuple[str, ...]:
    """What the control part of a step with content lacks; that part is always here, so all peers agree."""
    carried = {head.category for head in stage.graph.entries[one].header.parts} - {CONTROL}
    names = ("agency", "service", "basis", "purpose", "urgency")
    lacks = [name for name in names if not getattr(step, name)]
    return (*lacks, *([] if step.categories and carried.issuperset(step.categories) else ["content"]))


def walk(stage: Stage, nodes: Mapping[str, Node]) -> tuple[tuple[tuple[str, ...], ...], tuple[str, ...]]:
    """The path from the draft, and all steps of the conflict that nobody on the path knew of (rule 18)."""
    children: dict[str, list[str]] = {}
    for node in nodes.values():
        children.setdefault(node.follows, []).append(node.entry)
    place = stage.place
    path: list[tuple[str, ...]] = []
    left_out: list[tuple[int, str]] = []
    used: set[str] = set()
    here: tuple[str, ...] = ("",)
    extra: list[str] = []
    while groups := _next_steps(
        sorted(_candidates(here, nodes, children, extra) - used, key=place.__getitem__), nodes
    ):
        confirmed = _confirmed(stage, here, groups)
        ranked = sorted(
            groups, key=lambda group: (group[0] != confirmed, *_rank(group, nodes, children, place))
        )
        here = tuple(ranked[0])
        left_out += [(len(path), one) for group in ranked[1:] for one in group]
        path.append(here)
        used.update(here)
        extra = _follow_the_decision(stage, children, path, here[0])
    return tuple(path), _open_rivals(stage, path, left_out)


def _candidates(
    here: tuple[str, ...], nodes: Mapping[str, Node], children: Mapping[str, list[str]], extra: Iterable[str]
) -> set[str]:
    """The steps that may come next. What several did as one step is taken back only by all of them."""
    found = {*(child for one in here for child in children.get(one, ())), *extra}
    taken_back = {nodes[one].follows for one in found if nodes[one].event == "retract"}
    if taken_back.issuperset(here):
        return found
    return {one for one in found if nodes[one].event != "retract" or nodes[one].follows not in here}


def _rank(
    group: list[str], nodes: Mapping[str, Node], children: Mapping[str, list[str]], place: Mapping[str, int]
) -> tuple[bool, bool, int]:
    """Stopping events first, then the order of the stream (rule 18); a draft that nobody went on with comes last."""
    node = nodes[group[0]]
    return (
        not TABLE[node.event].stops,
        node.event == "draft" and not children.get(node.entry),
        place[group[0]],
    )


def _keeps(stage: Stage, one: str) -> str:
    """The step that a decision keeps, "" for every other step."""
    said = stage.readings[one].control
    return said.keep if isinstance(said, Step) and said.event == "decide" else ""


def _confirmed(stage: Stage, here: tuple[str, ...], groups: Iterable[list[str]]) -> str:
    """The first decision that keeps the step the path stands on and knew of none of the next steps, "" if none.

    It comes before them, since what its author had not seen follows it (rule 19).
    """
    nexts, kept = [one for group in groups for one in group], {*here} - {""}
    return next(
        (
            one
            for one in sorted(nexts, key=stage.place.__getitem__)
            if _keeps(stage, one) in kept and not any(stage.graph.precedes(other, one) for other in nexts)
        ),
        "",
    )


def _next_steps(candidates: Iterable[str], nodes: Mapping[str, Node]) -> list[list[str]]:
    """The candidates, which come in order, with those of the same event as one step (rule 18)."""
    groups: dict[str, list[str]] = {}
    for one in candidates:
        event = nodes[one].event
        groups.setdefault(one if event in _UNMERGED else event, []).append(one)
    return [*groups.values()]


def _follow_the_decision(
    stage: Stage, children: Mapping[str, list[str]], path: list[tuple[str, ...]], one: str
) -> list[str]:
    """Steps on the kept one that the decider had not seen follow the decision (rule 19).

    A decision for another step does not: two decisions that contradict each other are a conflict, not a sequence.
    """
    keep = _keeps(stage, one)
    if not keep:
        return []
    merged = next((group for group in path if keep in group), (keep,))
    return [
        child
        for kept in merged
        for child in children.get(kept, ())
        if not stage.graph.precedes(child, one) and _keeps(stage, child) in ("", *merged)
    ]


def _open_rivals(
    stage: Stage, path: list[tuple[str, ...]], left_out: list[tuple[int, str]]
) -> tuple[str, ...]:
    flat = {one for group in path for one in group}
    rivals: set[str] = set()
    for level, one in left_out:
        known_later = any(stage.graph.precedes(one, later) for group in path[level:] for later in group)
        if one not in flat and not known_later:
            rivals |= {one, path[level][0]}
    return tuple(sorted(rivals))


def fold_disclosures(stage: Stage, consents: Mapping[str, Consent]) -> tuple[Disclosed, ...]:
    """Each authentic send, send ahead, letter or export, effective or not, for ever (rule 20)."""
    found = []
    for entry in stage.ordered:
        said = stage.readings[entry.id]
        if isinstance(said.control, Step) and (row := TABLE.get(said.control.event)) and row.discloses:
            found.append(_sent(stage, consents, entry.id, said.control))
        elif isinstance(said.control, Disclosure):
            found.append(_left(stage, consents, entry.id, said.control))
    return tuple(found)


def _beside(stage: Stage, consents: Mapping[str, Consent], one: str, terms: object) -> tuple[str, ...]:
    if not isinstance(terms, Step) or terms.basis != "consent" or terms.consent not in consents:
        return ()
    return withdrawn_beside(consents[terms.consent], stage, one)


def _left(stage: Stage, consents: Mapping[str, Consent], one: str, control: Disclosure) -> Disclosed:
    said = stage.readings[one]
    data = next((part.says for part in said.data if isinstance(part.says, DisclosureData)), DisclosureData())
    made_from = stage.readings.get(control.content)
    return Disclosed(
        one, said.subject, control.what, control.agency, control.content, control.basis, data.fields, data.to,
        _beside(stage, consents, one, made_from.control if made_from else None),
    )  # fmt: skip


def _sent(stage: Stage, consents: Mapping[str, Consent], one: str, step: Step) -> Disclosed:
    content = _content_behind(stage, one)
    terms = stage.readings[content].control if content else step
    terms = terms if isinstance(terms, Step) else step
    parts = stage.readings[content].data if content else ()
    data = [part.says for part in parts if isinstance(part.says, StepData)]
    fields = tuple(sorted({name for says in data for name in says.content}))
    to = next((says.agency_name for says in data if says.agency_name), "")
    return Disclosed(
        one, stage.readings[one].subject, step.event, terms.agency, content, terms.basis, fields, to,
        _beside(stage, consents, one, terms),
    )  # fmt: skip


def _content_behind(stage: Stage, one: str) -> str:
    """The content that a send says it followed, whether its steps took effect or not."""
    seen: set[str] = set()
    while one and one not in seen and one in stage.readings:
        seen.add(one)
        said = stage.readings[one].control
        if not isinstance(said, Step):
            return ""
        if said.event in TABLE and TABLE[said.event].content:
            return one
        one = said.keep if said.event == "decide" else said.follows
    return ""
