import hashlib
import io
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctcase.crypto import age_header
from ctcase.crypto.age import (
    AgeError,
    HybridIdentity,
    X25519Identity,
    seal,
    seal_bytes,
    unseal,
    unseal_bytes,
)
from ctcase.crypto.age_header import Stanza, write_header
from ctcase.crypto.age_stream import CHUNK, seal_payload

HYBRID = HybridIdentity(bytes(range(32)))
OTHER = HybridIdentity(bytes(range(1, 33)))
CLASSICAL = X25519Identity(bytes(range(32)))
FILE_KEY = b"0123456789abcdef"
LIMIT = 1 << 20
SIZES = [
    0,
    1,
    15,
    16,
    17,
    CHUNK - 1,
    CHUNK,
    CHUNK + 1,
    2 * CHUNK - 1,
    2 * CHUNK,
    2 * CHUNK + 1,
    3 * CHUNK + 7,
]


def made(stanzas, plaintext=b"fictional", file_key=FILE_KEY):
    """A file of these stanzas, with a right MAC and payload."""
    target = io.BytesIO()
    target.write(write_header(stanzas, file_key))
    seal_payload(io.BytesIO(plaintext), target, file_key)
    return target.getvalue()


def reason(sealed, identities=(HYBRID,), limit=LIMIT, **options):
    with pytest.raises(AgeError) as refused:
        unseal_bytes(sealed, identities, limit, **options)
    return refused.value.reason


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("identity", [HYBRID, CLASSICAL])
def test_what_was_sealed_opens(identity, size):
    plaintext = random.Random(size).randbytes(size)
    sealed = seal_bytes(plaintext, [identity.recipient])
    assert unseal_bytes(sealed, [identity], size) == plaintext


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 3))
def test_each_of_several_recipients_opens(plaintext, which):
    identities = [HybridIdentity(bytes([number]) * 32) for number in range(4)]
    sealed = seal_bytes(plaintext, [identity.recipient for identity in identities])
    assert unseal_bytes(sealed, [OTHER, identities[which]], 300, hybrid_only=True) == plaintext


def test_the_plaintext_is_not_in_the_file():
    canary = b"a canary that sings in no header"
    assert canary not in seal_bytes(canary * 3000, [HYBRID.recipient])


def test_two_files_of_the_same_plaintext_share_nothing_but_the_first_line():
    first, second = (seal_bytes(bytes(100), [HYBRID.recipient]) for _ in range(2))
    assert first[60:] != second[60:]
    assert not set(first.split(b"\n")[1:]) & set(second.split(b"\n")[1:])


def test_sealing_to_nobody_to_too_many_or_to_both_kinds_is_refused():
    for recipients, expected in (
        ([], "no_recipient"),
        ([CLASSICAL.recipient] * 257, "no_recipient"),
        ([CLASSICAL.recipient, HYBRID.recipient], "classical"),
    ):
        target = io.BytesIO()
        with pytest.raises(AgeError) as refused:
            seal(io.BytesIO(b"fictional"), target, recipients)
        assert refused.value.reason == expected
        assert target.getvalue() == b""


def test_the_limit_is_on_the_plaintext():
    sealed = seal_bytes(bytes(CHUNK + 1), [HYBRID.recipient])
    target = io.BytesIO()
    with pytest.raises(AgeError) as refused:
        unseal(io.BytesIO(sealed), target, [HYBRID], CHUNK)
    assert refused.value.reason == "limit"
    assert len(target.getvalue()) <= CHUNK
    assert reason(sealed, limit=CHUNK - 1) == "limit"
    assert len(unseal_bytes(sealed, [HYBRID], CHUNK + 1)) == CHUNK + 1


def test_cut_off_at_every_byte_it_is_refused():
    sealed = seal_bytes(b"a fictional case", [HYBRID.recipient])
    for size in range(len(sealed)):
        assert reason(sealed[:size]) in {"header", "hmac", "payload", "no_match", "version"}


def test_cut_off_around_every_chunk_it_is_refused():
    sealed = seal_bytes(bytes(3 * CHUNK), [CLASSICAL.recipient])
    start = len(sealed) - 3 * (CHUNK + 16)
    for chunk in range(3):
        for size in range(start + chunk * (CHUNK + 16) - 2, start + chunk * (CHUNK + 16) + 19):
            assert reason(sealed[:size], [CLASSICAL]) in {"header", "payload"}


def test_every_flipped_bit_is_refused_sampled():
    sealed = seal_bytes(b"a fictional case", [HYBRID.recipient])
    places = random.Random(20261121).sample(range(len(sealed) * 8), 600)
    for place in places:
        flipped = bytearray(sealed)
        flipped[place // 8] ^= 1 << place % 8
        assert reason(bytes(flipped)) in {"header", "hmac", "payload", "no_match", "version", "limit"}


def test_anything_after_the_end_is_refused():
    sealed = seal_bytes(b"a fictional case", [HYBRID.recipient])
    for more in (b"\0", b"\n", bytes(CHUNK), sealed):
        assert reason(sealed + more) == "payload"


def test_chunks_in_another_order_are_refused():
    sealed = seal_bytes(bytes(3 * CHUNK), [CLASSICAL.recipient])
    size = CHUNK + 16
    start = len(sealed) - 3 * size
    head, chunks = sealed[:start], [sealed[start + n * size : start + (n + 1) * size] for n in range(3)]
    for order in ([1, 0, 2], [0, 2, 1], [0, 1, 1, 2], [0, 2], [2], [0, 1], [0, 1, 2, 2]):
        assert reason(head + b"".join(chunks[n] for n in order), [CLASSICAL]) == "payload"


def test_two_recipients_never_get_different_contents():
    # One header with two file keys: its MAC fits one of them only, and the holder of the other is told.
    stanzas = [HYBRID.recipient.wrap(FILE_KEY), OTHER.recipient.wrap(b"fedcba9876543210")]
    sealed = made(stanzas)
    assert unseal_bytes(sealed, [HYBRID], LIMIT) == b"fictional"
    assert reason(sealed, [OTHER]) == "hmac"


def test_a_stanza_added_or_taken_away_is_noticed():
    wrapped = HYBRID.recipient.wrap(FILE_KEY)
    sealed = made([wrapped, Stanza("grease", ("x",), b"12345")])
    assert unseal_bytes(sealed, [HYBRID], LIMIT) == b"fictional"
    without = sealed.replace(b"-> grease x\nMTIzNDU\n", b"")
    assert without != sealed
    assert reason(without) == "hmac"


@pytest.mark.parametrize(
    "kind", ["X25519", "scrypt", "ssh-ed25519", "ssh-rsa", "piv-p256", "p256tag", "mlkem768p256tag"]
)
def test_bundles_take_hybrid_stanzas_only(kind):
    other = CLASSICAL.recipient.wrap(FILE_KEY) if kind == "X25519" else Stanza(kind, ("a",), b"")
    mixed = made([HYBRID.recipient.wrap(FILE_KEY), other])
    assert reason(mixed, hybrid_only=True) == ("header" if kind == "scrypt" else "classical")
    assert reason(made([other]), hybrid_only=True) == "classical"


def test_grease_is_ignored_where_only_hybrid_stanzas_are_taken():
    sealed = made([Stanza("whatever-grease", (), b""), HYBRID.recipient.wrap(FILE_KEY)])
    assert unseal_bytes(sealed, [HYBRID], LIMIT, hybrid_only=True) == b"fictional"
    assert reason(made([Stanza("whatever-grease", (), b"")]), hybrid_only=True) == "classical"


def test_a_rigged_stanza_for_somebody_else_is_refused_too():
    sealed = made([HYBRID.recipient.wrap(FILE_KEY), Stanza("X25519", ("AAAA",), bytes(32))])
    assert reason(sealed) == "header"


def test_at_most_256_stanzas():
    grease = Stanza("grease", (), b"")
    assert unseal_bytes(made([grease] * 255 + [HYBRID.recipient.wrap(FILE_KEY)]), [HYBRID], LIMIT)
    assert reason(made([grease] * 256 + [HYBRID.recipient.wrap(FILE_KEY)])) == "limit"


def test_a_header_without_end_is_refused_at_its_bounds():
    line = b"-> grease " + b"a" * 5000
    assert reason(b"age-encryption.org/v1\n" + line + b"\n") == "limit"
    endless = b"age-encryption.org/v1\n-> grease\n" + (b"A" * 64 + b"\n") * 20000
    source = io.BytesIO(endless)
    with pytest.raises(AgeError) as refused:
        age_header.read_header(source)
    assert refused.value.reason == "limit"
    assert source.tell() <= age_header.LONGEST_HEADER + age_header.LONGEST_LINE


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (b"", "header"),
        (b"PK\3\4", "header"),
        (b"-----BEGIN AGE ENCRYPTED FILE-----\n", "header"),
        (b"age-encryption.org/v2\n", "version"),
        (b"age-encryption.org/v1", "header"),
        (b"age-encryption.org/v1\n--- " + b"A" * 43 + b"\n", "header"),
        (b"age-encryption.org/v1\n-> \xff\n", "header"),
        (b"age-encryption.org/v1\n-> a\n\xc3\xa9\n", "header"),
        (b"age-encryption.org/v1\n-> a\n\n--- \xff\n", "header"),
    ],
)
def test_what_is_no_age_file_is_refused(start, expected):
    assert reason(start) == expected


def test_nothing_of_a_refused_file_is_returned():
    sealed = bytearray(seal_bytes(bytes(2 * CHUNK), [HYBRID.recipient]))
    sealed[-1] ^= 1
    assert reason(bytes(sealed)) == "payload"


def test_a_large_file_streams_through():
    class Counted(io.RawIOBase):
        """A source of 3 MiB that remembers the largest piece it was asked for."""

        def __init__(self):
            self.left, self.largest = 3 << 20, 0

        def read(self, size=-1):
            self.largest = max(self.largest, size)
            piece = min(size, self.left, 10_000)
            self.left -= piece
            return bytes(piece)

    source, sealed, target = Counted(), io.BytesIO(), io.BytesIO()
    seal(source, sealed, [HYBRID.recipient])
    assert source.largest <= CHUNK
    sealed.seek(0)
    unseal(sealed, target, [HYBRID], 3 << 20)
    assert hashlib.sha256(target.getvalue()).digest() == hashlib.sha256(bytes(3 << 20)).digest()
