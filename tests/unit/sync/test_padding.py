"""Sizes come in classes (B15)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctcase.sync.padding import SMALLEST_CLASS, is_padded, pad, padded_size


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (0, 16_384), (16_384, 16_384), (16_385, 17_408), (65_536, 65_536), (65_537, 67_584), (1_000_000, 1_015_808),
        (8_388_609, 8_650_752),
    ],
)  # fmt: skip
def test_padme_rounds_up_to_its_classes(size, expected):
    assert padded_size(size) == expected


@given(st.integers(SMALLEST_CLASS, 2**26))
def test_a_class_is_at_most_an_eighth_larger_and_is_its_own_class(size):
    padded = padded_size(size)
    assert size <= padded <= size * 1.12
    assert padded_size(padded) == padded


def test_there_are_few_classes():
    assert len({padded_size(size) for size in range(1, 2**20, 97)}) < 200


def test_padding_is_zeros_of_exactly_the_right_number():
    data = pad(b"x" * 20_000)
    assert is_padded(data, 20_000)
    assert not is_padded(data + b"\0", 20_000)
    assert not is_padded(data[:-1], 20_000)
    assert not is_padded(data[:-1] + b"\1", 20_000)
