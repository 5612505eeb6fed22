"""The path that is kept as steps are added is the one that a plain walk through all of them finds (rules 18, 19)."""

import random
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctcase.log import payload
from ctcase.log.fold_path import Node, Path
from ctcase.workflow.referral import TABLE, Basis

UNMERGED = {"draft", "submit", "send_ahead", "decide"}
BASIS = Basis("draft", "draft", "somebody")


class Graph:
    """Who knows what, and nothing else of a stream."""

    def __init__(self):
        self.ancestors, self.position = {}, {}

    def add(self, one, parents):
        mask = 0
        for parent in parents:
            mask |= self.ancestors[parent] | 1 << self.position[parent]
        self.position[one], self.ancestors[one] = len(self.position), mask

    def precedes(self, earlier, later):
        return bool(self.ancestors[later] >> self.position[earlier] & 1)

    def past(self, one):
        return [it for it in self.position if self.precedes(it, one)]


class History:
    """Steps of one referral, whoever may do them: any event on any step known, kept or retracted at will."""

    def __init__(self, seed, size, events):
        choose = random.Random(seed)
        self.graph, self.nodes, self.said = Graph(), {}, {}
        for number in range(size):
            one = f"{choose.getrandbits(32):08x}{number:04x}"
            known = [*self.nodes]
            self.graph.add(one, choose.sample(known, min(len(known), choose.choice((1, 1, 1, 2, 3)))))
            past = self.graph.past(one)
            event = choose.choice(events) if past and choose.random() < 0.95 else "draft"
            follows = self.followed(choose, past, event)
            keep = choose.choice(past) if event == "decide" else ""
            self.nodes[one] = Node(one, event, follows, BASIS)
            self.said[one] = SimpleNamespace(control=payload.Step(event, follows, keep=keep))
        depth = {}
        for one in self.nodes:
            depth[one] = 1 + max((depth[it] for it in self.graph.past(one)), default=0)
        ordered = sorted(self.nodes, key=lambda one: (depth[one], one))
        self.place = {one: number for number, one in enumerate(ordered)}
        self.stage = SimpleNamespace(graph=self.graph, place=self.place, readings=self.said)

    def followed(self, choose, past, event):
        if event == "draft":
            return ""
        late = past[-3:] if choose.random() < 0.7 else past
        return choose.choice(late)

    def mixed(self, seed):
        """The steps in another order in which each comes after its past."""
        choose, left, done = random.Random(seed), [*self.nodes], []
        while left:
            free = [one for one in left if all(it in done for it in self.graph.past(one))]
            done.append(choose.choice(free))
            left.remove(done[-1])
        return done


def plain_walk(history, steps):
    """The rules word by word: at each place all that may come next, ranked; then the conflicts nobody knew of."""
    nodes = {one: history.nodes[one] for one in steps}
    children = {}
    for node in nodes.values():
        children.setdefault(node.follows, set()).add(node.entry)
    path, left_out, here, extra = [], [], ("",), set()
    while True:
        found = {child for one in here for child in children.get(one, ())} | extra
        taken_back = {nodes[one].follows for one in found if nodes[one].event == "retract"}
        if not taken_back.issuperset(here):
            found = {one for one in found if nodes[one].event != "retract" or nodes[one].follows not in here}
        found -= {one for group in path for one in group}
        if not found:
            break
        groups = {}
        for one in sorted(found, key=history.place.__getitem__):
            event = nodes[one].event
            groups.setdefault(one if event in UNMERGED else event, []).append(one)
        first = min(groups.values(), key=lambda group: rank(history, nodes, children, here, found, group))
        left_out += [(len(path), one) for group in groups.values() if group != first for one in group]
        here = tuple(first)
        path.append(here)
        extra = unseen(history, children, path, here[0])
    rivals = set()
    for level, one in left_out:
        later = [it for group in path[level:] for it in group]
        if all(one not in group for group in path) and not any(
            history.graph.precedes(one, it) for it in later
        ):
            rivals |= {one, path[level][0]}
    return tuple(path), tuple(sorted(rivals))


def rank(history, nodes, children, here, found, group):
    one = group[0]
    confirms = history.said[one].control.keep in {*here} - {""} and not any(
        history.graph.precedes(it, one) for it in found
    )
    lonely = nodes[one].event == "draft" and not children.get(one)
    return (not confirms, not (confirms or TABLE[nodes[one].event].stops), lonely, history.place[one])


def unseen(history, children, path, decision):
    keep = history.said[decision].control.keep
    if not keep:
        return set()
    merged = next((group for group in path if keep in group), (keep,))
    return {
        child
        for kept in merged
        for child in children.get(kept, ())
        if not history.graph.precedes(child, decision) and history.said[child].control.keep in ("", *merged)
    }


EVENTS = [
    ["approve", "retract", "withdraw", "decide"],
    ["decide", "decide", "submit", "approve"],
    ["approve", "approve", "retract"],
    ["draft", "submit", "send", "decide", "reject", "retract"],
    [event for event, row in TABLE.items() if not row.flag],
]


def compare(history, order):
    path = Path(history.stage)
    for number, one in enumerate(order, 1):
        path.add(history.nodes[one])
        steps, rivals = plain_walk(history, order[:number])
        assert (path.steps, path.rivals()) == (steps, rivals)
        at_once = Path(history.stage, [history.nodes[it] for it in order[:number]])
        assert (at_once.steps, at_once.rivals()) == (steps, rivals)
        assert {it for it in order[:number] if path.is_rival(it)} == {*rivals}


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10**9), st.integers(1, 18), st.sampled_from(EVENTS))
def test_the_path_is_that_of_a_plain_walk_whatever_is_added(seed, size, events):
    history = History(seed, size, events)
    compare(history, [*history.nodes])
    compare(history, history.mixed(seed))


@pytest.mark.parametrize("kept", ["first", "last"])
def test_what_is_kept_costs_no_walk_for_each_decision(kept):
    """A supervisor who approves, retracts and decides in turn: each decision has another past."""
    graph, said, nodes = Graph(), {}, []

    def write(event, follows="", keep=""):
        one = f"{len(nodes):08x}"
        graph.add(one, [nodes[-1].entry] if nodes else [])
        said[one] = SimpleNamespace(control=payload.Step(event, follows, keep=keep))
        nodes.append(Node(one, event, follows, BASIS))
        return one

    stage = SimpleNamespace(graph=graph, readings=said, place={f"{n:08x}": n for n in range(2000)})
    path, walked = Path(stage), []
    draft = write("draft")
    first = here = write("submit", draft)
    path.add(nodes[0])
    path.add(nodes[1])
    path._next = counted(path._next, walked)
    for _ in range(500):
        approval = write("approve", here)
        here = write("retract", approval)
        for node in nodes[-2:]:
            path.add(node)
        assert not path.is_rival(first if kept == "first" else approval)
    assert len(path.steps) == 1002
    assert len(walked) == 2000  # the place of each step, and the end after it


def counted(call, calls):
    def calling(*arguments):
        calls.append(arguments)
        return call(*arguments)

    return calling
