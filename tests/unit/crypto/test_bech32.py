import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctcase.crypto import bech32
from ctcase.crypto.failures import AgeError


@settings(max_examples=60)
@given(st.binary(max_size=80))
def test_text_gives_the_data_back(data):
    text = bech32.encode("age", data)
    assert bech32.decode(text) == ("age", data)
    assert bech32.decode(text.upper()) == ("age", data)


def test_a_valid_checksum_of_bip_173():
    prefix, data = bech32.decode("abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw")
    assert prefix == "abcdef"
    assert data.hex() == "00443214c74254b635cf84653a56d7c675be77df"


def test_every_single_wrong_letter_is_found():
    text = bech32.encode("age", bytes(range(32)))
    for place in range(len(text)):
        wrong = "q" if text[place] != "q" else "p"
        with pytest.raises(AgeError):
            bech32.decode(text[:place] + wrong + text[place + 1 :])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "age1",
        "age1qqq",
        "no-separator",
        "age1" + "b" * 20,
        "é1qqqqqqq",
        "a" * 5000,
        "Age1qpzry9x8gf2",
    ],
)
def test_what_is_no_bech32_is_refused(text):
    with pytest.raises(AgeError):
        bech32.decode(text)


def test_mixed_case_and_loose_bits_are_refused():
    text = bech32.encode("age", b"fictional")
    with pytest.raises(AgeError):
        bech32.decode(text[:-1] + text[-1].upper() if text[-1].isalpha() else text[:-2] + text[-2:].upper())
    values = [31]  # five bits of ones are not a whole byte: they can only be padding, which has to be zero
    check = bech32._polymod([*bech32._prefix_values("age"), *values, *[0] * 6]) ^ 1
    values += [check >> 5 * (5 - place) & 31 for place in range(6)]
    with pytest.raises(AgeError):
        bech32.decode("age1" + "".join(bech32._ALPHABET[value] for value in values))
