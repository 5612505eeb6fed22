import itertools

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctcase.crypto import dsse
from ctcase.crypto.signing import SigningKey, key_id

KIND = "application/vnd.ctcase.manifest+json"
KEYS = [SigningKey(bytes([number]) * 32) for number in range(1, 4)]
PUBLICS = {key_id(key.public): key.public for key in KEYS}


def reason(data, kind=KIND, largest=1 << 20):
    with pytest.raises(dsse.EnvelopeError) as refused:
        dsse.decode(data, kind, largest)
    return refused.value.reason


def test_the_encoding_of_the_dsse_protocol():
    assert dsse.pae("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


@settings(max_examples=60)
@given(st.lists(st.tuples(st.text(max_size=8), st.binary(max_size=12)), min_size=2, max_size=2, unique=True))
def test_no_two_documents_have_one_encoding(documents):
    first, second = (dsse.pae(*document) for document in documents)
    assert first != second


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=200), st.integers(1, 3))
def test_envelopes_read_back_and_name_their_signers(payload, count):
    data = dsse.encode(dsse.sign(KIND, payload, KEYS[:count]))
    envelope = dsse.decode(data, KIND)
    assert envelope.payload == payload
    assert dsse.signers(envelope, PUBLICS) == {key_id(key.public) for key in KEYS[:count]}
    assert dsse.encode(envelope) == data


def test_a_signature_over_one_type_is_none_over_another():
    kinds = ["roster", "manifest", "entry", "approval", "receipt"]
    for first, second in itertools.permutations(kinds, 2):
        envelope = dsse.sign(first, b"{}", KEYS[:1])
        assert reason(dsse.encode(envelope), second) == dsse.TYPE
        relabelled = msgspec.structs.replace(envelope, payload_type=second)
        assert dsse.signers(relabelled, PUBLICS) == set()


def test_a_changed_payload_has_no_signers():
    envelope = dsse.sign(KIND, b"fictional", KEYS)
    assert dsse.signers(msgspec.structs.replace(envelope, payload=b"Fictional"), PUBLICS) == set()


def test_one_wrong_signature_does_not_spoil_the_others():
    envelope = dsse.sign(KIND, b"fictional", KEYS)
    spoiled = msgspec.structs.replace(envelope.signatures[1], sig=bytes(64))
    mixed = msgspec.structs.replace(
        envelope, signatures=(envelope.signatures[0], spoiled, envelope.signatures[2])
    )
    assert dsse.signers(mixed, PUBLICS) == {envelope.signatures[0].keyid, envelope.signatures[2].keyid}


def test_unknown_keys_do_not_count():
    envelope = dsse.sign(KIND, b"fictional", KEYS)
    one = key_id(KEYS[0].public)
    assert dsse.signers(envelope, {one: KEYS[0].public}) == {one}
    assert dsse.signers(envelope, {}) == set()


def test_one_key_under_two_names_counts_once():
    envelope = dsse.sign(KIND, b"fictional", KEYS[:1])
    signature = envelope.signatures[0]
    alias = "0" * 64
    doubled = msgspec.structs.replace(envelope, signatures=(dsse.Signature(alias, signature.sig), signature))
    assert dsse.signers(doubled, {**PUBLICS, alias: KEYS[0].public}) == {signature.keyid}


def test_the_same_signature_twice_is_no_envelope():
    envelope = dsse.sign(KIND, b"fictional", KEYS[:1])
    doubled = msgspec.structs.replace(envelope, signatures=envelope.signatures * 2)
    assert reason(dsse.encode(doubled)) == dsse.FORM


def test_an_unsound_key_never_signs():
    neutral = b"\1" + bytes(31)
    name = key_id(neutral)
    forged = dsse.Envelope(KIND, b"anything", (dsse.Signature(name, neutral + bytes(32)),))
    assert dsse.signers(forged, {name: neutral}) == set()


def test_sizes_and_counts_are_bounded():
    data = dsse.encode(dsse.sign(KIND, bytes(100), KEYS[:1]))
    assert reason(data, largest=99) == dsse.LIMIT
    assert reason(b"[" * 10_000_000) == dsse.LIMIT
    many = tuple(dsse.Signature(f"{number:064x}", bytes(64)) for number in range(65))
    assert reason(dsse.encode(dsse.Envelope(KIND, b"", many))) == dsse.LIMIT


GOOD = dsse.encode(dsse.sign(KIND, b"fictional", KEYS[:1]))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"null",
        b"[" * 1000,
        b" " + GOOD,
        GOOD + b"\n",
        GOOD[:-1],
        b"\xef\xbb\xbf" + GOOD,
        GOOD.replace(b'"payload":', b'"payload":"","payload":'),
        GOOD.replace(b'{"payload"', b'{"extra":1,"payload"'),
        GOOD.replace(b"ZmljdGlvbmFs", b"ZmljdGlvbmF="),
        GOOD.replace(b"manifest", b"m\\u0061nifest"),
        dsse.encode(dsse.Envelope(KIND, b"", (dsse.Signature("a" * 64, bytes(63)),))),
        dsse.encode(dsse.Envelope(KIND, b"", (dsse.Signature("A" * 64, bytes(64)),))),
    ],
)
def test_other_bytes_are_refused(data):
    assert data != GOOD
    assert reason(data) == dsse.FORM


def test_a_type_that_is_none_is_not_signed():
    for kind in ("", "two words", "x" * 129):
        with pytest.raises(dsse.EnvelopeError):
            dsse.sign(kind, b"", KEYS[:1])
