"""Codes that people read out, and ids of records: every slip of one symbol or two neighbours is found."""

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctcase.model import ids
from ctcase.model.ids import ALPHABET, new_case_code, read_case_code, show_case_code

symbols = st.lists(st.integers(0, 31), min_size=7, max_size=7)


def code_from(numbers):
    return new_case_code(lambda size: bytes(numbers[:size]))


def codes(count):
    source = random.Random(2)
    return [new_case_code(source.randbytes) for _ in range(count)]


def test_a_fresh_code_is_read_back_as_shown():
    for code in codes(200):
        assert len(code) == 8
        assert set(code) <= set(ALPHABET)
        assert read_case_code(code) == code
        assert read_case_code(show_case_code(code)) == code
        assert show_case_code(code) == f"{code[:4]}-{code[4:]}"


@settings(max_examples=50)
@given(st.binary(min_size=7, max_size=7))
def test_seven_random_symbols_are_all_in_the_code(drawn):
    assert code_from(drawn)[:7] == "".join(ALPHABET[byte % 32] for byte in drawn)


def test_exactly_one_check_symbol_fits():
    for code in codes(100):
        assert [check for check in ALPHABET if read_case_code(code[:7] + check)] == [code[7]]


def test_every_single_wrong_symbol_is_found():
    for code in codes(60):
        for place, wrong in itertools.product(range(8), ALPHABET):
            if wrong != code[place]:
                assert read_case_code(code[:place] + wrong + code[place + 1 :]) is None


def test_every_swap_of_neighbours_is_found():
    for code in codes(300):
        for place in range(7):
            one, other = code[place], code[place + 1]
            if one != other:
                assert read_case_code(code[:place] + other + one + code[place + 2 :]) is None


def test_every_pair_of_neighbours_anywhere_is_found_when_swapped():
    drawn = list(random.Random(3).randbytes(7))
    for place, one, other in itertools.product(range(6), range(32), range(32)):
        drawn[place], drawn[place + 1] = one, other
        code = code_from(drawn)
        swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
        assert (read_case_code(swapped) is None) == (one != other)


@pytest.mark.parametrize(
    ("typed", "meant"), [("O", "0"), ("o", "0"), ("I", "1"), ("i", "1"), ("l", "1"), ("L", "1")]
)
def test_look_alikes_are_read_as_what_they_look_like(typed, meant):
    found = [code for code in codes(200) if meant in code]
    assert found
    for code in found:
        assert read_case_code(code.replace(meant, typed)) == code


@settings(max_examples=60)
@given(symbols, st.data())
def test_hyphens_spaces_and_small_letters_do_not_matter(numbers, data):
    code = code_from(numbers)
    between = st.sampled_from(["", "-", " ", "\u2011", "\u2013", " - "])
    typed = "".join(letter + data.draw(between) for letter in code)
    assert read_case_code(f"  {typed.lower()}\n") == code


@pytest.mark.parametrize(
    "text",
    ["", "-", "7KQ4", "7KQ4-M2X", "7KQ4-M2XRR", "7KQ4_M2XR", "UUUU-UUUU", "\u0660" * 8, "\uff10" * 8, "\uff21" * 8, "0000\n0000",
     "\ud800" * 8, "0" * 7 + "\0"],
)  # fmt: skip
def test_what_is_no_code_is_none(text):
    assert read_case_code(text) is None


def test_a_long_text_is_not_looked_at():
    assert read_case_code(" " * 56 + "00000000") == "00000000"
    assert read_case_code(" " * 57 + "00000000") is None
    assert read_case_code("-" * 10_000_000 + "00000000") is None


@settings(max_examples=200)
@given(st.text(max_size=70))
def test_any_text_is_a_code_or_none(text):
    found = read_case_code(text)
    assert found is None or read_case_code(found) == found


def test_ids_have_128_bits_of_their_source():
    assert ids.new_id(lambda size: bytes(range(size))) == bytes(range(16)).hex()
    assert ids.is_record_id(ids.new_id(random.Random(1).randbytes))


@pytest.mark.parametrize(
    ("text", "holds"),
    [("case", True), ("0", True), ("a" * 32, True), ("", False), ("a" * 33, False), ("Case", False), ("a b", False),
     ("a\n", False), ("a-b", False), ("ä", False), ("٣", False), ("\0", False)],
)  # fmt: skip
def test_which_texts_name_a_record(text, holds):
    assert ids.is_record_id(text) == holds


@pytest.mark.parametrize(
    ("text", "holds"),
    [("a" * 64, True), ("0123456789abcdef" * 4, True), ("a" * 63, False), ("a" * 65, False), ("A" * 64, False),
     ("g" * 64, False), ("a" * 64 + "\n", False), ("٣" * 64, False), ("", False)],
)  # fmt: skip
def test_which_texts_are_digests(text, holds):
    assert ids.is_digest(text) == holds
