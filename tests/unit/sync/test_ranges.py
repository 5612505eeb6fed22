"""Ranges are sets of numbers in little room: each operation is held against the same one on sets."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctcase.sync import ranges
from ctcase.sync.ranges import Ranges

numbers = st.sets(st.integers(1, 40), max_size=25)


def spread(found):
    """The numbers in ranges; fails if they are not ascending, disjoint and as few as can be."""
    for first, last in found.spans:
        assert first <= last
    for (_, last), (first, _) in zip(found.spans, found.spans[1:], strict=False):
        assert last + 1 < first
    return {number for first, last in found.spans for number in range(first, last + 1)}


@settings(max_examples=100)
@given(numbers, st.randoms(use_true_random=False))
def test_ranges_of_numbers_are_those_numbers(wanted, source):
    shuffled = [*wanted, *wanted]
    source.shuffle(shuffled)
    found = ranges.of(shuffled)
    assert spread(found) == wanted
    assert len(found) == len(wanted)
    assert {number for number in range(-2, 45) if number in found} == wanted
    assert found == ranges.of(sorted(wanted)), "one set has one form"


@settings(max_examples=100)
@given(st.lists(numbers, max_size=4))
def test_union_and_intersection(sets):
    parts = [ranges.of(one) for one in sets]
    assert spread(ranges.union(parts)) == set().union(*sets)
    assert spread(ranges.intersection(parts)) == (set.intersection(*sets) if sets else set())


@settings(max_examples=100)
@given(numbers, numbers)
def test_without(whole, gone):
    assert spread(ranges.without(ranges.of(whole), [*gone, *gone])) == whole - gone


@settings(max_examples=60)
@given(numbers)
def test_stored_and_read_again(wanted):
    found = ranges.of(wanted)
    assert ranges.decode(found.encode()) == found


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(1, 40), st.integers(0, 6)), max_size=6))
def test_overlapping_parts_are_one(spans):
    parts = [Ranges(((first, first + more),)) for first, more in spans]
    every = {number for first, more in spans for number in range(first, first + more + 1)}
    assert spread(ranges.union(parts)) == every


def test_nothing_is_nothing():
    assert ranges.of([]) == ranges.union([]) == ranges.intersection([]) == Ranges()
    assert ranges.decode(Ranges().encode()) == Ranges()
    assert len(Ranges()) == 0
    assert 1 not in Ranges()
    assert ranges.without(Ranges(), [1]) == Ranges()
    assert ranges.intersection([ranges.of([1]), Ranges(), ranges.of([1])]) == Ranges()


def test_a_million_in_a_row_are_one_range():
    whole = Ranges(((1, 1_000_000),))
    assert whole.encode() == "[[1,1000000]]"
    assert ranges.without(whole, [500_000]).spans == ((1, 499_999), (500_001, 1_000_000))
    assert ranges.union([whole, Ranges(((1_000_001, 1_000_002),))]).spans == ((1, 1_000_002),)
    assert 2**62 in Ranges(((1, 2**63 - 1),))
    assert len(whole) == 1_000_000


@pytest.mark.parametrize("gone", [[1], [9], [1, 9], [5], [1, 2, 3], range(1, 10), [0, 10, -1]])
def test_at_the_ends_too(gone):
    assert spread(ranges.without(Ranges(((1, 9),)), gone)) == set(range(1, 10)) - set(gone)


def test_ranges_in_many_pieces_are_compared_in_one_walk():
    odd, third = ranges.of(range(1, 60_000, 2)), ranges.of(range(0, 60_000, 3))
    assert ranges.intersection([odd, third]) == ranges.of(range(3, 60_000, 6))
