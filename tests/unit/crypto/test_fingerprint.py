import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctcase.crypto.fingerprint import same, words

EXPECTED = words(b"a fictional key")


def test_a_fingerprint_never_changes():
    # Written into requests and read out over the telephone: another value here breaks what people hold.
    assert words(bytes(32)) == "migut sohad livip nujig molaf nikog"


@settings(max_examples=60)
@given(st.binary(max_size=64))
def test_six_pronounceable_words(digest):
    assert re.fullmatch(
        r"([bdfghjklmnprstvz][aiou][bdfghjklmnprstvz][aiou][bdfghjklmnprstvz] ?){6}", words(digest)
    )
    assert words(digest).count(" ") == 5


def test_other_keys_have_other_words():
    assert len({words(bytes([number])) for number in range(256)}) == 256


@pytest.mark.parametrize(
    "typed",
    [
        EXPECTED,
        EXPECTED.upper(),
        EXPECTED.title(),
        EXPECTED.replace(" ", "-"),
        EXPECTED.replace(" ", ", "),
        EXPECTED.replace(" ", ""),
        f"  {EXPECTED}\n",
        EXPECTED.upper().replace("I", "\u0130"),
        EXPECTED.replace("i", "\u0131"),
    ],
)
def test_how_people_type_does_not_matter(typed):
    assert same(typed, EXPECTED)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " - ",
        EXPECTED[:-1],
        EXPECTED + "a",
        EXPECTED[6:],
        "\ud800",
        "a" * 1_000_000,
        EXPECTED + " " * 1_000_000,
        words(b"another"),
    ],
)
def test_other_words_are_not_the_same(typed):
    assert not same(typed, EXPECTED)


def test_every_wrong_letter_is_seen():
    for place, letter in enumerate(EXPECTED):
        if letter != " ":
            wrong = "b" if letter != "b" else "d"
            assert not same(EXPECTED[:place] + wrong + EXPECTED[place + 1 :], EXPECTED)
