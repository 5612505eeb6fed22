"""Rule 7: admission judges structure and never rights."""

import itertools

import msgspec
import pytest

from ctcase.log.admission import Graph, admit, by_stream
from ctcase.log.entry import MOST_PARENTS


def nowhere(_: str) -> bool:
    return False


def chain(world, length=4):
    root = world.open()
    last = root
    for n in range(length):
        last = world.set("worker" if n % 2 else "second", str(n), where=f"p.f{n}", knows=[last])
    return [world.graph.entries[one] for one in world.fold().ordered]


def test_any_order_of_arrival_ends_in_the_same_graph(world):
    entries = chain(world)
    for some in itertools.permutations(entries):
        graph, waiting = Graph(), []
        for entry in some:
            sorting = admit(graph, [*waiting, entry], nowhere)
            waiting = [one for one in [*waiting, entry] if one.id in sorting.waiting]
            assert not sorting.refused
        assert not waiting
        assert graph.entries.keys() == world.graph.entries.keys()
        assert graph.heads() == world.graph.heads()
        for one, other in itertools.product(graph.entries, repeat=2):
            assert graph.precedes(one, other) == world.graph.precedes(one, other)


def test_a_whole_batch_is_admitted_parents_first(world):
    entries = chain(world)
    sorting = admit(Graph(), reversed(entries), nowhere)
    assert sorting.admitted == entries


def test_what_lacks_a_parent_waits_and_names_it(world):
    entries = chain(world)
    sorting = admit(Graph(), entries[1:3], nowhere)
    both = tuple(sorted([entries[0].id, entries[1].id]))  # a parent, and its author's previous entry
    assert sorting.waiting == {entries[1].id: (entries[0].id,), entries[2].id: both}
    assert sorting.admitted == []


def test_a_missing_previous_waits_too(world):
    root = world.open()
    entry = world.make("worker", "set", [("p", "case", b"{}")], knows=[root], previous="e" * 64)
    assert admit(world.graph, [entry], nowhere).waiting == {entry.id: ("e" * 64,)}


@pytest.mark.parametrize("depth", [1, 3, 2**53 - 1])
def test_a_false_depth_is_refused(world, depth):
    root = world.open()
    entry = world.make("worker", "set", [("p", "case", b"{}")], knows=[root], depth=depth)
    assert admit(world.graph, [entry], nowhere).refused == {entry.id: "depth"}
    assert entry.id not in world.graph.entries


def test_a_false_depth_is_refused_also_in_one_batch_with_its_parents(world):
    root, one, two, *_ = chain(world)
    liar = world.make("boss", "set", [("p", "case", b"{}")], knows=[two.id], depth=1)
    sorting = admit(Graph(), [liar, two, one, root], nowhere)
    assert sorting.refused == {liar.id: "depth"}
    assert sorting.waiting == {}
    assert len(sorting.admitted) == 3


def test_the_chain_of_a_device_is_checked(world):
    root = world.open()
    mine = world.set("worker", "A", knows=[root])
    theirs = world.set("second", "B", knows=[root])
    bad = [
        world.make("second", "set", [("p", "case", b"{}")], knows=[theirs], previous=root),  # another device
        world.make("worker", "set", [("p", "case", b"{}")], knows=[theirs], previous=mine),  # not an ancestor
        world.make(
            "worker", "set", [("p", "case", b"{}")], knows=[mine], previous=mine, number=2
        ),  # not smaller
        world.make(
            "worker", "set", [("p", "case", b"{}")], knows=[mine], previous=mine, roster=0
        ),  # roster back
    ]
    assert admit(world.graph, bad, nowhere).refused == dict.fromkeys((one.id for one in bad), "chain")
    good = world.make("worker", "set", [("p", "case", b"{}")], knows=[mine, theirs])
    assert admit(world.graph, [good], nowhere).admitted == [good]


def test_a_parent_in_another_stream_is_refused(world):
    first = world.open()
    there = Graph(world.graph.entries.values())
    world.open("second")
    entry = world.make("second", "set", [("p", "case", b"{}")], graph=there, knows=[first])
    assert admit(world.graph, [entry], first.__eq__).refused == {entry.id: "stream"}
    assert admit(world.graph, [entry], nowhere).waiting == {entry.id: (first,)}


def test_a_stream_named_by_something_else_than_its_root_is_refused(world):
    root = world.open()
    entry = world.make("worker", "set", [("p", "case", b"{}")], knows=[root], stream="e" * 64)
    assert admit(world.graph, [entry], nowhere).refused == {entry.id: "stream"}


@pytest.mark.parametrize("kind", ["set", "future_kind"])
def test_nobody_is_kept_out_of_the_log(world, kind):
    world.open()
    world.add("stranger", enrolled=False)
    world.revoke("second", last=0)
    for name in ("stranger", "second", "far"):
        one = world.write(name, kind, [("p", "case", b"{}")])
        assert world.void(one)
    after = world.set("worker", "A")
    assert world.void(after) == ""


def test_admitting_twice_changes_nothing(world):
    entries = chain(world)
    assert admit(world.graph, entries, nowhere).admitted == []
    twice = msgspec.structs.replace(entries[1], signature=b"another")
    assert admit(Graph(), [*entries, twice], nowhere).admitted == entries


def test_heads_and_masks(world):
    root = world.open()
    left, right = world.set("worker", "A", knows=[root]), world.set("second", "B", knows=[root])
    assert world.graph.heads() == tuple(sorted([left, right]))
    both = world.set("boss", "C", knows=[left, right])
    graph = world.graph
    assert graph.heads() == (both,)
    assert not graph.precedes("unknown", both)
    assert not graph.precedes(both, both)
    assert not graph.precedes(left, right)
    assert graph.mask([left, "unknown"]) == 1 << graph.position[left] | 1 << graph.position[root]


def test_entries_are_grouped_by_stream(world):
    first = world.open()
    entries = list(world.graph.entries.values())
    second = world.open("second")
    entries += [*world.graph.entries.values(), world.make("second", "set", [("p", "case", b"{}")])]
    assert {stream: len(group) for stream, group in by_stream(entries).items()} == {first: 1, second: 2}


@pytest.mark.parametrize("last", ["root", "own"])
def test_of_more_heads_than_an_entry_may_name_one_follows_its_authors_last(world, last):
    root = world.open()
    for n in range(MOST_PARENTS + 40):
        world.add(f"d{n}")
        world.set(f"d{n}", "x", where=f"p.f{n}", knows=[root])
    own = world.set("second", "y", where="p.own", knows=[root])
    previous = {"root": root, "own": own}[last]
    named = world.graph.above(previous)
    assert len(set(named)) == MOST_PARENTS
    assert any(one == previous or world.graph.precedes(previous, one) for one in named)
