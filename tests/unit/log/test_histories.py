"""Random histories of one stream by honest and changed programs: what must hold of every one of them.

CTCASE_EXAMPLES sets how many histories are tried (CTCASE_EXAMPLES=5000 for a long search, with fresh seeds).
"""

import os
import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ctcase.log import payload
from ctcase.log.admission import Graph, admit
from ctcase.log.fold import fold
from ctcase.log.payload import Step
from ctcase.workflow.referral import TABLE

EXAMPLES = int(os.environ.get("CTCASE_EXAMPLES", "0"))
NAMES = ("worker", "second", "boss", "chief", "office", "double", "double2", "other")
EVENTS = tuple(TABLE)
MACHINE = "r1"
DOUBT = {"fork", "closed"}
BY_RIGHTS = {"role", "not_this_team", "revoked", "newer_roster", "unknown_device"}

ACTIONS = (
    *("set",) * 4,
    *("step",) * 9,
    *("cheat",) * 3,
    *("consent", "withdraw", "officer", "officer", "fork", "transfer"),
)


def random_moves(source, length):
    """Who does what, what he knows (0 to 15: everything), two picks, and his clock in minutes."""
    return [
        (
            source.choice(NAMES),
            source.choice(ACTIONS),
            *(source.randrange(32) for _ in range(3)),
            source.randrange(6),
        )
        for _ in range(length)
    ]


class History:
    """Plays moves in a world; every move is admitted, whatever the fold says of it."""

    def __init__(self, world, moves):
        self.world, self.shown = world, {}
        self.last = {}
        world.add("double", ["caseworker", "supervisor"])
        world.add("double2", ["caseworker", "supervisor"], member="double")
        world.open(sets={"person": {"name": "first"}})
        world.consent("worker")
        world.step("worker", "draft")
        self.last["worker"] = world.graph.heads()[0]
        for move in moves:
            self.play(*move)

    def knowledge(self, name, view):
        """The parents of an author who knows all, or only some entry and what he wrote himself."""
        graph = self.world.graph
        if view < 16:
            return graph.heads()
        ids = list(graph.entries)
        some = {ids[view * 7 % len(ids)], self.last.get(name, self.world.stream)}
        return tuple(one for one in some if not any(graph.precedes(one, other) for other in some))

    def past(self, parents):
        graph = self.world.graph
        mask = graph.mask(parents)
        return Graph(one for one in graph.entries.values() if mask >> graph.position[one.id] & 1)

    def play(self, name, action, view, pick, other, minute):
        parents = self.knowledge(name, view)
        state = fold(self.past(parents), self.world.rights)
        how = {"knows": parents, "time": 1_728_000_000 + 60 * minute}
        one = getattr(self, action)(name, state, pick, other, how)
        if one and action != "fork":
            device = self.world.graph.entries[one].header.device
            self.last[next(it.name for it in self.world.devices.values() if it.id == device)] = one

    def set(self, name, state, pick, other, how):
        record = state.records.get("person")
        field = record.fields.get("name") if record else None
        ids = tuple(one.entry for one in field.candidates) if field else ()
        if pick % 2:
            ids = ids[-1:]  # an edit of what is shown, beside the conflict
        one = self.world.set(name, f"v{other % 5}", ids, **how)
        self.shown[one] = set(ids)
        return one

    def step(self, name, state, pick, other, how):
        machine = state.machines.get(MACHINE)
        if machine is None:
            return None
        row = self.world.rights.standing(self.world.devices[name].id, 1, 1)
        mine = [event for event in EVENTS if TABLE[event].roles & row.roles]
        events = [event for event in mine if machine.state in TABLE[event].sources and event != "decide"]
        events += ["decide"] * 3 * bool(machine.rivals and "decide" in mine)
        if not events:
            return None
        event = events[pick % len(events)]
        follows = machine.head.entry
        if TABLE[event].flag:
            sent = [one.entry for one in machine.nodes.values() if one.event == "send_ahead"]
            follows = sent[0] if sent else follows
        return self.write_step(name, state, event, follows, other, machine.rivals, how)

    def cheat(self, name, state, pick, other, how):
        graph = self.world.graph.entries
        if pick < 8:  # claims to replace what he was never shown
            ids = tuple(one for one in graph if graph[one].header.kind == "set")[-1 - other % 3 :]
            one = self.world.set(name, f"v{other % 5}", ids, **how)
            self.shown[one] = set(ids)
            return one
        steps = [one for one in graph if graph[one].header.kind == "step"]
        follows = steps[other % len(steps)] if steps else ""
        return self.write_step(name, state, EVENTS[pick % len(EVENTS)], follows, other, steps, how)

    def write_step(self, name, state, event, follows, other, keeps, how):
        terms = {}
        if TABLE[event].content and state.consents and other % 3:
            terms = {"basis": "consent", "consent": sorted(state.consents)[other % len(state.consents)]}
        if event == "decide" and keeps:
            terms = {"keep": keeps[other % len(keeps)]}
        data = dict.fromkeys(
            ("comment", "reason", "contact", "date", "channel", "outcome", "received", "feedback"), "x"
        )
        data |= {"content": {"health.need": f"n{other}"}} if TABLE[event].content else {}
        return self.world.step(name, event, follows, MACHINE, data, how, **terms)

    def consent(self, name, state, pick, other, how):
        return self.world.consent(name, f"c{pick % 3}", "given" if other % 4 else "refused", how)

    def withdraw(self, name, state, pick, other, how):
        return self.world.withdraw_consent(name, f"c{pick % 3}", **how) if pick < 8 else None

    def transfer(self, name, state, pick, other, how):
        return self.world.transfer(name, ("north", "south")[other % 2], **how) if pick < 8 else None

    def officer(self, name, state, pick, other, how):
        state = self.world.fold()
        if pick > 12 or not state.void:
            return None
        if name not in ("boss", "worker"):
            name, how["knows"] = "office", self.world.graph.heads()
        if state.forks:
            device = state.forks[0].device
            keep = tuple(
                one for one in state.forks[0].entries if other % 2 or one == state.forks[0].entries[0]
            )
            return self.world.control(name, "close", payload.Closing(device, keep), **how)
        return self.world.adopt(name, *state.void, **how)

    def fork(self, name, state, pick, other, how):
        """A cloned vault writes with the number, or after the entry, that the other one used already."""
        mine = [
            it for it in self.world.graph.entries.values() if it.header.device == self.world.devices[name].id
        ]
        if not mine or pick > 8 or not mine[-1].header.previous:
            return None
        header = mine[-1].header
        how |= {"knows": (header.previous,), "previous": header.previous}
        how |= {"number": header.number} if other % 2 else {}
        return self.world.set(name, f"v{other % 5}", **how)


def check_order(history, seed):
    graph, expected = history.world.graph, history.world.fold()
    entries = list(graph.entries.values())
    random.Random(seed).shuffle(entries)
    other, waiting, size = Graph(), [], 1 + seed % 5
    for start in range(0, len(entries), size):
        batch = [*waiting, *entries[start : start + size]]
        sorting = admit(other, batch, lambda _: False)
        assert not sorting.refused
        waiting = [one for one in batch if one.id in sorting.waiting]
    assert not waiting
    assert fold(other, history.world.rights) == expected


def judged(folded):
    valid = {one: node.basis for machine in folded.machines.values() for one, node in machine.nodes.items()}
    return valid | {one: event for machine in folded.machines.values() for one, event in machine.flags}


def check_pasts(history):
    """No entry beside or after a step changes the verdict on it, unless a fork was found or a device closed."""
    full = history.world.fold()
    now = judged(full)
    for one in full.ordered:
        past = history.past([one])
        then = fold(past, history.world.rights)
        if any((then.void.get(it) in DOUBT) != (full.void.get(it) in DOUBT) for it in past.entries):
            continue
        assert judged(then) == {it: basis for it, basis in now.items() if it in past.entries}
        left = {it.entry for it in full.disclosures if it.entry in past.entries}
        assert {it.entry for it in then.disclosures} == left
        assert (then.void.get(one) in BY_RIGHTS) == (full.void.get(one) in BY_RIGHTS) or is_set(past, one)


def is_set(graph, one):
    return graph.entries[one].header.kind in ("open", "set")  # which may be adopted later


def check_values(history):
    """No value disappears unless somebody who was shown it replaced it; different values are in a conflict."""
    folded = history.world.fold()
    field = folded.records["person"].fields["name"]
    standing = {one.entry for one in field.candidates}
    sets = {
        one: folded.readings[one].data[0].says.set["name"]
        for one in folded.ordered
        if history.world.graph.entries[one].header.kind in ("open", "set") and one not in folded.void
    }
    replaced = {
        old for one in sets for old in history.shown.get(one, ()) if history.world.graph.precedes(old, one)
    }
    assert standing == sets.keys() - replaced
    assert bool(field.conflict) == (len({sets[one].value for one in standing}) > 1)
    assert field.value == sets[[one for one in folded.ordered if one in standing][-1]].value


def approval_of(folded, machine, one):
    """The approval that a step rests on, going back the way its author says he came."""
    while one:
        node = machine.nodes[one]
        if node.event in ("approve", "draft"):
            return node if node.event == "approve" else None
        if node.event == "decide":
            one = folded.readings[one].control.keep
        elif node.event == "retract":
            one = machine.nodes[node.follows].follows
        else:
            one = node.follows
    return None


def check_referrals(history):
    world = history.world
    folded = world.fold()
    for machine in folded.machines.values():
        for one, node in machine.nodes.items():
            row, content = folded.row[one], node.basis.content
            assert row.roles & TABLE[node.event].roles
            if node.event in ("approve", "return", "reject"):
                assert row.member != folded.row[content].member
            if node.event == "send":
                approval = approval_of(folded, machine, one)
                assert approval.basis.content == content
                assert folded.row[approval.entry].member != folded.row[content].member
            if node.event in ("send", "send_ahead", "submit"):
                check_consent(history, folded, one, content)
            if node.event == "decide":
                kept = machine.nodes[folded.readings[one].control.keep]
                assert row.member not in (folded.row[kept.entry].member, kept.basis.content_author)
        flat = [one for group in machine.path for one in group]
        assert len(flat) == len(set(flat))
        assert {one for one in machine.nodes if one not in flat} == {
            one for one in machine.nodes if folded.void.get(one) == "overtaken"
        }
        assert not machine.rivals or len(machine.rivals) > 1


def check_consent(history, folded, one, content):
    terms = folded.readings[content].control
    if terms.basis == "consent":
        consent = folded.consents[terms.consent]
        assert not any(history.world.graph.precedes(end, one) for end in consent.withdrawals)


def check_disclosures(history):
    folded = history.world.fold()
    left = {
        one
        for one in folded.ordered
        if isinstance(said := folded.readings[one].control, Step) and TABLE[said.event].discloses
    }
    assert {it.entry for it in folded.disclosures} == left


@settings(
    max_examples=EXAMPLES or 120,
    deadline=None,
    derandomize=not EXAMPLES,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(seed=st.integers(0, 2**32), length=st.integers(8, 40))
def test_what_holds_of_every_history(new_world, seed, length):
    history = History(new_world(), random_moves(random.Random(seed), length))
    check_order(history, seed)
    check_pasts(history)
    check_values(history)
    check_referrals(history)
    check_disclosures(history)


def test_the_search_reaches_what_it_should(new_world):
    """A search that never meets a fork or a conflict proves nothing."""
    source, seen = random.Random(1), set()
    for _ in range(100):
        history = History(new_world(), random_moves(source, 25))
        folded = history.world.fold()
        seen |= set(folded.void.values())
        for machine in folded.machines.values():
            seen |= {f"event {node.event}" for node in machine.nodes.values()}
            seen |= {"rivals"} if machine.rivals else set()
        if folded.records["person"].fields["name"].conflict:
            seen.add("conflict")
    reasons = {
        "fork",
        "closed",
        "overtaken",
        "role",
        "four_eyes",
        "state",
        "no_basis",
        "consent",
        "not_this_team",
    }
    events = {
        f"event {event}"
        for event in ("submit", "approve", "send", "reject", "decide", "retract", "send_ahead")
    }
    assert seen >= reasons | events | {"rivals", "conflict"}
