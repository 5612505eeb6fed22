import unicodedata

import pytest

from ctcase.crypto.passphrases import BOUNDS, DEFAULT_COST, LONGEST, Cost, derive, prepare

GIB = 1024 * 1024


def test_the_default_cost_is_allowed():
    assert BOUNDS.allow(DEFAULT_COST)
    assert Cost(memory=64 * 1024, passes=3, lanes=4) == DEFAULT_COST


@pytest.mark.parametrize(
    "cost",
    [
        Cost(19 * 1024, 2, 1),
        Cost(GIB, 4, 16),
        Cost(256 * 1024, 16, 4),
    ],
)
def test_costs_at_the_bounds_are_allowed(cost):
    assert BOUNDS.allow(cost)


@pytest.mark.parametrize(
    "cost",
    [
        Cost(19 * 1024 - 1, 2, 1),
        Cost(64 * 1024, 1, 4),
        Cost(64 * 1024, 3, 0),
        Cost(0, 0, 0),
        Cost(-1, 3, 4),
        Cost(64 * 1024, -3, 4),
        Cost(GIB + 1, 3, 4),
        Cost(4 * GIB, 3, 4),
        Cost(64 * 1024, 17, 4),
        Cost(64 * 1024, 2**32, 4),
        Cost(64 * 1024, 3, 2**24),
        Cost(2**63, 2**63, 2**63),
        Cost(GIB, 5, 4),
    ],
)
def test_costs_beyond_the_bounds_are_not(cost):
    assert not BOUNDS.allow(cost)


@pytest.mark.parametrize("text", ["Zoë", "Đặng Thị", "İstanbul", "가나다"])
def test_composed_and_decomposed_letters_are_one_passphrase(text):
    composed, decomposed = unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)
    assert composed != decomposed
    assert prepare(composed) == prepare(decomposed) == composed.encode()


def test_spaces_and_capitals_stay():
    assert len({prepare(text) for text in ("correct", "Correct", "correct ", " correct", "correct\n")}) == 5


@pytest.mark.parametrize(
    "text", ["", "a\0b", "\ud800", "a" * (LONGEST + 1), "e\u0301" * (LONGEST + 1), "a" * 1_000_000]
)
def test_what_cannot_be_a_passphrase(text):
    assert prepare(text) is None


def test_the_longest_passphrase():
    assert prepare("a" * LONGEST) == b"a" * LONGEST
    assert prepare("e\u0301" * LONGEST) == ("é" * LONGEST).encode()


def test_salt_and_cost_change_the_key():
    cost = Cost(8, 1, 1)
    keys = {
        derive(b"x", bytes(16), cost),
        derive(b"y", bytes(16), cost),
        derive(b"x", b"1" * 16, cost),
        derive(b"x", bytes(16), Cost(16, 1, 1)),
        derive(b"x", bytes(16), Cost(8, 2, 1)),
        derive(b"x", bytes(16), Cost(16, 1, 2)),
    }
    assert len(keys) == 6
