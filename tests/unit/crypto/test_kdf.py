"""HKDF against the vectors of RFC 5869 and against HMAC itself; sealing once; base 64 in one form."""

import base64
import hashlib
import hmac

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctcase.crypto.kdf import KEY_SIZE, TAG_SIZE, from_base64, hkdf, open_once, seal_once, to_base64

# RFC 5869, appendix A: the cases with SHA-256
VECTORS = [
    (
        b"\x0b" * 22, bytes(range(0x0D)), bytes(range(0xF0, 0xFA)), 42,
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    ),
    (
        bytes(range(0x50)), bytes(range(0x60, 0xB0)), bytes(range(0xB0, 0x100)), 82,
        ("b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
        "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"),
    ),
    (
        b"\x0b" * 22, b"", b"", 42,
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
    ),
]  # fmt: skip

keys = st.binary(min_size=KEY_SIZE, max_size=KEY_SIZE)


@pytest.mark.parametrize(("secret", "salt", "info", "length", "expected"), VECTORS)
def test_the_vectors_of_rfc_5869(secret, salt, info, length, expected):
    assert hkdf(secret, salt=salt, info=info, length=length).hex() == expected


@settings(max_examples=60)
@given(st.binary(max_size=80), st.binary(max_size=80), st.binary(max_size=80), st.integers(1, 100))
def test_extract_and_expand_are_hmac(secret, salt, info, length):
    key = hmac.digest(salt or bytes(32), secret, hashlib.sha256)
    block, stream = b"", b""
    for number in range(1, 5):
        block = hmac.digest(key, block + info + bytes([number]), hashlib.sha256)
        stream += block
    assert hkdf(secret, salt=salt, info=info, length=length) == stream[:length]


@settings(max_examples=60)
@given(keys, st.binary(max_size=200), st.binary(max_size=40))
def test_what_was_sealed_opens_with_what_it_is_bound_to(key, plaintext, bound):
    sealed = seal_once(key, plaintext, bound)
    assert len(sealed) == len(plaintext) + TAG_SIZE
    assert open_once(key, sealed, bound) == plaintext
    assert open_once(key, sealed, bound + b"\0") is None
    assert open_once(bytes(one ^ 1 for one in key), sealed, bound) is None


def test_every_changed_bit_and_every_cut_is_found():
    key, bound = bytes(range(KEY_SIZE)), b"where"
    sealed = seal_once(key, b"fictional", bound)
    for place in range(len(sealed) * 8):
        flipped = bytearray(sealed)
        flipped[place // 8] ^= 1 << place % 8
        assert open_once(key, bytes(flipped), bound) is None
    for size in range(len(sealed)):
        assert open_once(key, sealed[:size], bound) is None
    assert open_once(key, sealed + b"\0", bound) is None


@settings(max_examples=100)
@given(st.binary(max_size=100))
def test_bytes_have_one_base_64(data):
    text = to_base64(data)
    assert text == base64.b64encode(data).decode()
    assert from_base64(text) == data


@settings(max_examples=200)
@given(st.text("AQgw048+/-_= \n\u00e9", max_size=12) | st.text(max_size=8))
def test_a_text_is_read_only_as_it_would_be_written(text):
    data = from_base64(text)
    assert data is None or to_base64(data) == text


@pytest.mark.parametrize(
    "text",
    ["A", "AA", "AAA", "AA=", "AA==\n", " AA==", "AA= =", "AB==", "AAB=", "AA==AA==", "AA===", "=", "====", "_-==", "A\0==", "\u00c4A==",
     "\ud800AA=", "\uff21A=="],
)  # fmt: skip
def test_other_ways_to_write_bytes_are_refused(text):
    assert from_base64(text) is None
