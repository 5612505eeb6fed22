"""Referrals (rules 16-20): each step is judged by its causal past only; then one path is walked through their tree."""

import datetime as dt
from collections.abc import Iterable, Mapping

import msgspec

from ctcase.log.fold_consents import Consent, known_in_force, terms_of, withdrawn_beside
from ctcase.log.fold_path import Node, Path, places
from ctcase.log.payload import Disclosure, DisclosureData, Step, StepData
from ctcase.log.rights import Row
from ctcase.log.stage import Stage
from ctcase.log.standing import holder
from ctcase.model.values import CONTROL
from ctcase.workflow import consent as consents_of_work
from ctcase.workflow.referral import TABLE, Actor, Facts, advance, judge


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


FEW = 16
"""So many steps are added to a path one by one; each may change it from its beginning on."""


class _Known:
    """The valid steps of a referral so far, and what each decider's past made of them."""

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}
        self._following: dict[str, list[Node]] = {}
        self._at: dict[int, Node] = {}
        self._bits = 0
        self._paths: dict[str, Path] = {}

    def add(self, stage: Stage, node: Node) -> None:
        """Adds a step, in the order of the stream."""
        place = stage.graph.position[node.entry]
        self.nodes[node.entry] = self._at[place] = node
        self._bits |= 1 << place
        self._following.setdefault(node.follows, []).append(node)

    def beside(self, node: Node) -> Iterable[Node]:
        """The steps that follow a step, and those that follow what it follows."""
        return (*self._following.get(node.entry, ()), *self._following.get(node.follows, ()))

    def path_before(self, stage: Stage, one: str) -> Path:
        """The path in the causal past of an entry; a device's past only grows, and its path with it."""
        past = stage.graph.ancestors[one] & self._bits
        device = stage.graph.entries[one].header.device
        path = self._paths.get(device)
        unseen = past & ~path.seen if path else past
        # The kept part of a fork knew other things. And many steps are walked once more quickly than each is added.
        if path is None or path.seen & ~past or unseen.bit_count() > FEW:
            path = self._paths[device] = Path(stage, [self._at[place] for place in places(past)])
        else:
            for place in places(unseen):
                path.add(self._at[place])
        return path


def fold_steps(stage: Stage, consents: Mapping[str, Consent]) -> dict[str, Machine]:
    """The referrals of a stream by id; steps without effect are entered in `stage.void` with the reason."""
    known: dict[str, _Known] = {}
    flags: dict[str, list[tuple[str, str]]] = {}
    for entry in stage.ordered:
        said = stage.readings[entry.id]
        if not isinstance(said.control, Step) or entry.id in stage.void:
            continue
        of_this = known.get(said.subject)
        if of_this is None:
            of_this = known[said.subject] = _Known()
        judged = _judge_step(stage, consents, entry.id, said.control, of_this)
        if isinstance(judged, str):
            stage.void[entry.id] = judged
        elif TABLE[said.control.event].flag:
            flags.setdefault(said.subject, []).append((entry.id, said.control.event))
        else:
            of_this.add(stage, judged)
    machines = {}
    for machine, of_this in known.items():
        if not of_this.nodes:
            continue
        path = Path(stage, of_this.nodes.values())
        flat = {one for group in path.steps for one in group}
        stage.void.update((one, "overtaken") for one in of_this.nodes if one not in flat)
        machines[machine] = Machine(
            machine, of_this.nodes, path.steps, path.rivals(), tuple(flags.get(machine, ()))
        )
    return machines


def _judge_step(
    stage: Stage, consents: Mapping[str, Consent], one: str, step: Step, known: _Known
) -> Node | str:
    row = stage.row[one]
    assert isinstance(row, Row)  # an entry without rights is void already
    followed = known.nodes.get(step.follows)
    if followed and not stage.graph.precedes(followed.entry, one):
        followed = None
    if step.follows and not followed:
        return "no_basis"
    kept = _kept(stage, one, step, known)
    facts = Facts(
        kept=kept.basis if kept else None,
        built_on=step.event == "retract"
        and followed is not None
        and _built_on_before(stage, one, followed, known),
        consent_gap=_consent_gap(stage, consents, one, step, followed),
        standing_by=_standing_by(stage, one, step, followed),
        missing=_missing(stage, one, step),
    )
    basis = followed.basis if followed else None
    if why := judge(step.event, Actor(row.member, row.roles), basis, facts):
        return why
    before = known.nodes.get(followed.follows) if followed else None
    after = advance(
        step.event,
        basis,
        step=one,
        member=row.member,
        before=before.basis if before else None,
        kept=kept.basis if kept else None,
    )
    return Node(one, step.event, step.follows, after)


def _built_on(taken_back: Node, known: Iterable[Node]) -> bool:
    """Whether one of these steps follows another one, or is the same done by somebody else beside it."""
    return any(
        node.follows == taken_back.entry
        or (node.follows == taken_back.follows and node.event == taken_back.event and node != taken_back)
        for node in known
    )


def _built_on_before(stage: Stage, one: str, taken_back: Node, known: _Known) -> bool:
    return _built_on(
        taken_back, (node for node in known.beside(taken_back) if stage.graph.precedes(node.entry, one))
    )


def _kept(stage: Stage, one: str, step: Step, known: _Known) -> Node | None:
    """The step kept, if it is a rival of a conflict that was open in the decider's causal past."""
    kept = known.nodes.get(step.keep) if step.event == "decide" else None
    if kept is None or not stage.graph.precedes(kept.entry, one):
        return None
    return kept if known.path_before(stage, one).is_rival(kept.entry) else None


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
