"""The referral: its one table of transitions, whether a step takes effect, and what may be done now (DESIGN §7).

Everything here is plain data and pure functions. The log's fold hands in facts about the causal past of a step only
(fold rules 15 to 19); it has already judged that the entry is authentic, that its device is enrolled and not revoked,
and that `policy.may("referral_step", …)` holds for the team the case had.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ctcase.workflow import policy
from ctcase.workflow.policy import CASEWORKER, SUPERVISOR

OPEN_STATES = ("draft", "submitted", "returned", "approved", "sent", "acknowledged", "accepted", "in_service")
FINAL_STATES = ("rejected", "declined", "completed", "discontinued", "withdrawn")
STATES = OPEN_STATES + FINAL_STATES


@dataclass(frozen=True, slots=True)
class Row:
    """One event of the table.

    `sources` are the states it starts from (none: it makes the referral); `target` is None where the event has no
    state of its own: a flag keeps the state, `retract` and `decide` take it from another step. `needs` are keys of the
    event file. `four_eyes`: a second member. `stops`: comes first among rivals (fold rule 18). `discloses`: data
    leaves. `flag`: marks a step and rivals none. `content`: carries the exact content and its legal basis.
    """

    event: str
    sources: frozenset[str]
    target: str | None
    roles: frozenset[str]
    needs: tuple[str, ...] = ()
    four_eyes: bool = False
    stops: bool = False
    discloses: bool = False
    flag: bool = False
    content: bool = False


class TableError(ValueError):
    """The table cannot be right; `faults` lists what is wrong as (fault, event or state)."""

    def __init__(self, faults: tuple[tuple[str, str], ...]) -> None:
        super().__init__(faults)
        self.faults = faults


def _spread(start: Iterable[str], edges: Iterable[tuple[str, str]]) -> set[str]:
    """All states that edges lead to from `start`, itself included."""
    found, edges = set(start), tuple(edges)
    while more := {end for begin, end in edges if begin in found} - found:
        found |= more
    return found


def _row_faults(row: Row) -> list[tuple[str, str]]:
    faults = [
        ("unknown_state", state) for state in sorted((row.sources | {row.target or "draft"}) - {*STATES})
    ]
    faults += [("unknown_role", row.event)] * bool(row.roles - {*policy.ROLES})
    faults += [("no_role", row.event)] * (not row.roles)
    faults += [("flag_moves", row.event)] * (row.flag and row.target is not None)
    faults += [("leaves_final", row.event)] * bool(row.target and row.sources & {*FINAL_STATES})
    return faults


def check_table(rows: Iterable[Row]) -> Mapping[str, Row]:
    """The rows by event, in their order; raises TableError for a table with a hole.

    Refused are unreachable states, dead ends (open states from which no final state can be reached), final states that
    an ordinary event leaves, unknown states or roles, events that nobody may do, flags with a target, double events.
    Events without a target (flags, `retract`, `decide`) never count as a way: they lead nowhere new.
    """
    rows = tuple(rows)
    events = [row.event for row in rows]
    edges = [(source, row.target) for row in rows if row.target for source in row.sources]
    faults = [
        ("double_event", event) for event in sorted({event for event in events if events.count(event) > 1})
    ]
    faults += [fault for row in rows for fault in _row_faults(row)]
    reached = _spread({row.target for row in rows if row.target and not row.sources}, edges)
    faults += [("unreachable", state) for state in STATES if state not in reached]
    ending = _spread(FINAL_STATES, [(end, begin) for begin, end in edges])
    faults += [("dead_end", state) for state in OPEN_STATES if state not in ending]
    if faults:
        raise TableError(tuple(faults))
    return {row.event: row for row in rows}


_WORKER, _SUPERVISOR = frozenset({CASEWORKER}), frozenset({SUPERVISOR})
_BOTH = _WORKER | _SUPERVISOR


def _from(*states: str) -> frozenset[str]:
    return frozenset(states)


TABLE: Mapping[str, Row] = check_table(
    (
        Row("draft", _from(), "draft", _WORKER),
        Row("submit", _from("draft", "returned"), "submitted", _WORKER, content=True),
        Row("return", _from("submitted"), "returned", _SUPERVISOR, ("comment",), four_eyes=True, stops=True),
        Row("reject", _from("submitted"), "rejected", _SUPERVISOR, ("reason",), four_eyes=True, stops=True),
        Row("approve", _from("submitted"), "approved", _SUPERVISOR, four_eyes=True),
        Row("send", _from("approved"), "sent", _WORKER, discloses=True),
        Row(
            "send_ahead",
            _from("draft", "submitted"),
            "sent",
            _WORKER,
            ("reason",),
            discloses=True,
            content=True,
        ),
        Row("ratify", _from("sent"), None, _SUPERVISOR, ("comment",), four_eyes=True, flag=True),
        Row("contest", _from("sent"), None, _SUPERVISOR, ("comment",), four_eyes=True, flag=True),
        Row("acknowledge", _from("sent"), "acknowledged", _WORKER, ("contact", "date", "channel")),
        Row("accept", _from("sent", "acknowledged"), "accepted", _WORKER),
        Row("decline", _from("sent", "acknowledged"), "declined", _WORKER, ("reason",)),
        Row("start", _from("accepted"), "in_service", _WORKER, ("date",)),
        Row(
            "complete",
            _from("accepted", "in_service"),
            "completed",
            _WORKER,
            ("outcome", "received", "feedback"),
        ),
        Row("discontinue", _from("accepted", "in_service"), "discontinued", _WORKER, ("reason",)),
        Row("withdraw", _from(*OPEN_STATES), "withdrawn", _BOTH, ("reason",), stops=True),
        # A draft is not retracted, it is withdrawn: before it there is nothing to go back to.
        Row("retract", _from(*STATES) - {"draft"}, None, _BOTH, ("reason",)),
        Row("decide", _from(*STATES), None, _SUPERVISOR, ("keep",), four_eyes=True),
    )
)
"""The referral's transitions by event, in the order in which they are offered (DESIGN §7)."""

REASONS = (
    "no_basis",
    "state",
    "role",
    "four_eyes",
    "not_author",
    "disclosed",
    "built_on",
    "consent",
    "needs",
)
"""Why a step takes no effect, in the order in which `judge` asks; the first that holds is told."""

REFUSALS: Mapping[str, str] = {
    "no_basis": "state_forbids",
    "state": "state_forbids",
    "role": "role_missing",
    "not_this_team": "not_your_case",
    "four_eyes": "four_eyes",
    "not_author": "state_forbids",
    "disclosed": "state_forbids",
    "built_on": "state_forbids",
    "consent": "consent_missing",
    "needs": "needs_missing",
}
"""The error code of the command line for each reason of `judge` and of `policy.may`."""


@dataclass(frozen=True, slots=True)
class Actor:
    """The member who acts and the roles that count for the act (fold rule 10); never a device or a key."""

    member: str
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Basis:
    """Where a referral stands after one valid step; the next step is judged by it. `advance` makes it.

    `event` and `author` (a member) are those of the step itself. `content` is the id of the step that carries the
    exact content that counts here, `content_author` its member; both None as long as there is none.
    """

    state: str
    event: str
    author: str
    content: str | None = None
    content_author: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What else a step is judged by. All of it is true of the step's causal past, never of what came beside it.

    `kept`: for `decide`, the step kept if it is one of the rivals of an open step conflict that the decider knew, else
    None: without that test a decision could go back to any old step. `built_on`: for `retract`, a step in the causal
    past follows the one retracted, or is the same done by somebody else beside it. `consent_gap`: where consent is the
    legal basis, why it does not cover the content (any code), else None. `standing_by`: for `approve`, the member who
    signed the standing approval it carries, if their rights held and it covers the content at the entry's own time,
    else None. `missing`: the needs known to be absent; what is withheld or erased is not absent, or an erasure would
    undo a step.
    """

    kept: Basis | None = None
    built_on: bool = False
    consent_gap: str | None = None
    standing_by: str | None = None
    missing: tuple[str, ...] = ()


def _role_is_there(row: Row, actor: Actor, facts: Facts) -> bool:
    if row.event == "approve" and facts.standing_by is not None:
        return not _BOTH.isdisjoint(actor.roles)
    return not row.roles.isdisjoint(actor.roles)


def _two_members(row: Row, actor: Actor, basis: Basis, facts: Facts) -> bool:
    """Four eyes: whether somebody else than the member to be watched agreed."""
    if row.flag:
        return actor.member != basis.author
    if row.event == "decide" and facts.kept is not None:
        return actor.member not in (facts.kept.author, facts.kept.content_author)
    if basis.content_author is None:
        return False
    # A standing approval is the agreement of the one who signed it: nobody approves their own content by that detour.
    agreeing = {actor.member} if SUPERVISOR in actor.roles else set()
    if row.event == "approve" and facts.standing_by is not None:
        agreeing.add(facts.standing_by)
    return bool(agreeing - {basis.content_author})


def _state_allows(row: Row, basis: Basis | None) -> bool:
    if basis is None:
        return not row.sources
    if basis.state not in row.sources:
        return False
    if row.flag:
        return basis.event == "send_ahead"
    # What gave back an earlier state is not undone again, nor is a decision: the rivals would come back.
    return row.event != "retract" or TABLE[basis.event].target is not None


def _why_not_retracted(actor: Actor, basis: Basis, facts: Facts) -> str | None:
    if basis.author != actor.member:
        return "not_author"
    if TABLE[basis.event].discloses:
        return "disclosed"
    return "built_on" if facts.built_on else None


def judge(event: str, actor: Actor, basis: Basis | None, facts: Facts = Facts()) -> str | None:
    """Whether a step takes effect: None, or the first of REASONS that stands against it.

    `basis` is the valid step of the same referral that it follows, None when there is none in its causal past (or for
    `draft`). For `ratify` and `contest` that is the send ahead, wherever the referral has gone since. An event that is
    not in the table fits no state.
    """
    row = TABLE.get(event)
    if row is None:
        return "state"
    if (row.sources and basis is None) or (event == "decide" and facts.kept is None):
        return "no_basis"
    if not _state_allows(row, basis):
        return "state"
    if not _role_is_there(row, actor, facts):
        return "role"
    if basis is not None and row.four_eyes and not _two_members(row, actor, basis, facts):
        return "four_eyes"
    if basis is not None and event == "retract" and (why := _why_not_retracted(actor, basis, facts)):
        return why
    if (row.content or row.discloses) and facts.consent_gap is not None:
        return "consent"
    return "needs" if facts.missing else None


def _source(row: Row, basis: Basis | None, before: Basis | None, kept: Basis | None) -> Basis | None:
    """The step whose standing a step takes over: the followed one, the one before it, or the kept one."""
    return {"retract": before, "decide": kept}.get(row.event, basis)


def state_after(
    event: str, basis: Basis | None, *, before: Basis | None = None, kept: Basis | None = None
) -> str | None:
    """The state after a step that `judge` let pass.

    `before` is the step that the retracted one follows; `kept` the step that a decision keeps.
    """
    row = TABLE[event]
    if row.target is not None:
        return row.target
    source = _source(row, basis, before, kept)
    return source.state if source else None


def advance(
    event: str,
    basis: Basis | None,
    *,
    step: str,
    member: str,
    before: Basis | None = None,
    kept: Basis | None = None,
) -> Basis:
    """What the next step is judged by, after the step with the id `step` by `member` that `judge` let pass.

    For a flag that is the basis itself. Raises ValueError for a retract or a decision without `before` or `kept`.
    """
    row = TABLE[event]
    state = state_after(event, basis, before=before, kept=kept)
    if state is None:
        raise ValueError(event)
    if row.flag and basis is not None:
        return basis
    if row.content:
        return Basis(state, event, member, step, member)
    source = _source(row, basis, before, kept)
    return Basis(
        state, event, member, source.content if source else None, source.content_author if source else None
    )


@dataclass(frozen=True, slots=True)
class Situation:
    """One member before one referral as it is now.

    `basis` is its last effective step (None: the referral is not there yet); `ahead` the send ahead of its path, with
    the `flags` (`ratify`, `contest`) it has; `rivals` the steps of its open step conflict. The rest as in Facts.
    """

    actor: Actor
    in_team: bool
    basis: Basis | None = None
    ahead: Basis | None = None
    flags: frozenset[str] = field(default_factory=frozenset)
    rivals: tuple[Basis, ...] = ()
    built_on: bool = False
    consent_gap: str | None = None
    standing_by: str | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One event as it is offered: `why_not` is an error code of the command line; `needs` never forbid, they ask."""

    event: str
    allowed: bool
    why_not: str | None
    needs: tuple[str, ...]


def _offered(row: Row, now: Situation) -> bool:
    """What is not offered though the past would bear it: fold rule 18, and flags that could change nothing."""
    if row.flag:
        return row.event not in now.flags and "contest" not in now.flags
    if row.event == "decide":
        return bool(now.rivals)
    return not (row.discloses and now.rivals)


def _why_not(row: Row, now: Situation) -> str | None:
    if why := policy.may("referral_step", now.actor.roles, in_team=now.in_team):
        return why
    if not _offered(row, now):
        return "state"
    basis = now.ahead if row.flag else now.basis
    answers = [
        judge(row.event, now.actor, basis, Facts(kept, now.built_on, now.consent_gap, now.standing_by))
        for kept in (now.rivals if row.event == "decide" else (None,))
    ]
    return None if None in answers else answers[0]


def available(now: Situation) -> tuple[Option, ...]:
    """Every event of the table, in its order: whether it may be done now, and why not.

    `decide` is allowed when at least one of the rivals may be kept by this member; which, `judge` tells one by one.
    """
    reasons = [(row, _why_not(row, now)) for row in TABLE.values()]
    return tuple(
        Option(row.event, why is None, REFUSALS[why] if why else None, row.needs) for row, why in reasons
    )
