"""Rule 14: a set replaces what its author was shown; what nobody replaced competes."""

import itertools

import pytest

from ctcase.log.admission import Graph
from ctcase.log.fold import fold
from ctcase.model.values import DECLINED, UNKNOWN


def name(world):
    return world.fold().records["person"].fields["name"]


def test_the_root_may_carry_the_first_sets(world):
    root = world.open(sets={"person": {"name": "A"}})
    assert name(world).value == "A"
    world.set("worker", "B", [root])
    assert (name(world).value, name(world).conflict) == ("B", "")


def test_an_edit_replaces_what_was_shown(world):
    world.open()
    first = world.set("worker", "A")
    second = world.set("second", "B", [first])
    field = name(world)
    assert (field.value, field.conflict, [one.entry for one in field.candidates]) == ("B", "", [second])


def test_concurrent_edits_keep_both_and_the_last_in_order_shows(world):
    root = world.open(sets={"person": {"name": "A"}})
    left = world.set("worker", "B", [root], knows=[root])
    right = world.set("second", "C", [root], knows=[root])
    field = name(world)
    assert field.value == "C"
    assert [one.entry for one in field.candidates] == [left, right]
    assert field.conflict


def test_a_decision_replaces_all_candidates(world):
    root = world.open()
    both = [world.set(who, who, knows=[root]) for who in ("worker", "second")]
    world.set("boss", "worker", both)
    assert (name(world).value, name(world).conflict) == ("worker", "")


def test_an_edit_beside_a_decision_makes_a_new_conflict(world):
    root = world.open()
    left = world.set("worker", "A", knows=[root])
    right = world.set("second", "B", knows=[root])
    stale = name(world).conflict
    world.set("boss", "A", [left, right], knows=[left, right])
    edit = world.set("worker", "C", [left], knows=[left])
    field = name(world)
    assert {one.value for one in field.candidates} == {"A", "C"}
    assert field.conflict not in ("", stale)
    assert edit in [one.entry for one in field.candidates]


def test_two_decisions_beside_each_other_are_a_new_conflict_or_agree(world):
    root = world.open()
    both = [world.set(who, who, knows=[root]) for who in ("worker", "second")]
    world.set("boss", "worker", both, knows=both)
    world.set("chief", "worker", both, knows=both)
    assert (name(world).value, name(world).conflict) == ("worker", "")
    assert len(name(world).candidates) == 2


def test_the_conflict_changes_with_its_candidates(world):
    root = world.open()
    world.set("worker", "A", knows=[root])
    world.set("second", "B", knows=[root])
    first = name(world).conflict
    world.set("boss", "C", knows=[root])
    assert first
    assert name(world).conflict not in ("", first)


def test_equal_values_are_no_conflict(world):
    root = world.open()
    world.set("worker", "A", knows=[root])
    world.set("second", "A", knows=[root])
    assert name(world).conflict == ""


@pytest.mark.parametrize(
    ("one", "other"),
    list(itertools.combinations([1, True, "1", ("1",), UNKNOWN, DECLINED, None, 0, False, ""], 2)),
)
def test_different_values_are_a_conflict_whatever_python_thinks(world, one, other):
    root = world.open()
    world.set("worker", one, knows=[root])
    world.set("second", other, knows=[root])
    assert name(world).conflict


def test_what_was_not_in_the_past_is_not_replaced(world):
    root = world.open()
    beside = world.set("worker", "A", knows=[root])
    world.set("second", "B", [beside], knows=[root])
    assert {one.value for one in name(world).candidates} == {"A", "B"}


def test_a_void_set_replaces_nothing(world):
    root = world.open(sets={"person": {"name": "A"}})
    world.set("other", "B", [root])
    assert (name(world).value, name(world).conflict) == ("A", "")


def test_adopting_brings_a_replaced_value_into_conflict_or_place(world):
    root = world.open(sets={"person": {"name": "A"}})
    lost = world.set("other", "B", [root], knows=[root])
    world.set("worker", "C", [root], knows=[root])
    world.adopt("office", lost)
    assert {one.value for one in name(world).candidates} == {"B", "C"}


def test_naming_another_fields_set_replaces_nothing_here(world):
    world.open()
    first = world.set("worker", "A")
    other = world.set("worker", "X", where="person.alias")
    world.set("second", "B", [other])
    assert {one.value for one in name(world).candidates} == {"A", "B"}
    assert first in [one.entry for one in name(world).candidates]


def test_one_set_of_many_fields_takes_effect_whole(world, parts_of):
    sets_part, _ = parts_of
    world.open()
    world.write(
        "worker", "set", [sets_part("p", {"a": "A", "b": "B"}), sets_part("q", {"c": 3}, "health", "risk")]
    )
    records = world.fold().records
    assert {key: field.value for key, field in records["p"].fields.items()} == {"a": "A", "b": "B"}
    assert (records["q"].kind, records["q"].fields["c"].value, records["q"].fields["c"].category) == (
        "risk",
        3,
        "health",
    )


def test_the_conflict_is_the_same_whatever_arrived_first(world):
    root = world.open()
    for who in ("worker", "second", "boss"):
        world.set(who, who, knows=[root])
    entries = list(world.graph.entries.values())
    ids = {
        fold(Graph([entries[0], *rest]), world.rights).records["person"].fields["name"].conflict
        for rest in itertools.permutations(entries[1:])
    }
    assert len(ids) == 1
