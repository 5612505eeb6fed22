import pytest

from ctcase.crypto.age import (
    AgeError,
    HybridIdentity,
    HybridRecipient,
    X25519Identity,
    X25519Recipient,
    read_identity,
    read_recipient,
)
from ctcase.crypto.age_header import Stanza, encode_base64

HYBRID = HybridIdentity(bytes(range(32)))
CLASSICAL = X25519Identity(bytes(range(32)))


@pytest.mark.parametrize("identity", [HYBRID, CLASSICAL])
def test_texts_read_back(identity):
    assert read_identity(identity.text) == identity
    assert read_recipient(identity.recipient.text) == identity.recipient


def test_texts_start_as_the_format_says():
    assert HYBRID.text.startswith("AGE-SECRET-KEY-PQ-1")
    assert HYBRID.recipient.text.startswith("age1pq1")
    assert CLASSICAL.text.startswith("AGE-SECRET-KEY-1")
    assert CLASSICAL.recipient.text.startswith("age1")


def test_the_example_of_the_age_specification():
    identity = read_identity("AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX")
    assert identity.recipient.text == "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"


@pytest.mark.parametrize("identity", [HYBRID, CLASSICAL])
def test_secrets_are_not_in_the_representation(identity):
    assert identity.text not in repr(identity)
    assert "\\x01" not in repr(identity)
    assert "0102" not in repr(identity)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "age1",
        HYBRID.text,
        CLASSICAL.recipient.text.upper(),
        CLASSICAL.recipient.text[:-1],
        " " + CLASSICAL.recipient.text,
    ],
)
def test_what_is_no_recipient_is_refused(text):
    with pytest.raises(AgeError) as refused:
        read_recipient(text)
    assert refused.value.reason == "key"


@pytest.mark.parametrize("text", ["", HYBRID.recipient.text, HYBRID.text.lower(), CLASSICAL.text[:-1]])
def test_what_is_no_identity_is_refused(text):
    with pytest.raises(AgeError) as refused:
        read_identity(text)
    assert refused.value.reason == "key"


@pytest.mark.parametrize("point", [bytes(32), b"\1" + bytes(31)])
def test_low_order_points_are_no_recipients(point):
    with pytest.raises(AgeError):
        X25519Recipient(point)
    with pytest.raises(AgeError):
        HybridRecipient(HYBRID.recipient.key[:1184] + point)


def test_an_unreduced_lattice_key_is_no_recipient():
    with pytest.raises(AgeError):
        HybridRecipient(b"\xff" * 1184 + HYBRID.recipient.key[1184:])


@pytest.mark.parametrize("size", [0, 31, 33])
def test_keys_of_another_size_are_refused(size):
    for kind in (HybridIdentity, X25519Identity, HybridRecipient, X25519Recipient):
        with pytest.raises(AgeError):
            kind(bytes(size))


@pytest.mark.parametrize("identity", [HYBRID, CLASSICAL])
def test_a_stanza_is_for_its_own_identity_only(identity):
    stanza = identity.recipient.wrap(b"0123456789abcdef")
    other = type(identity)(bytes(32))
    assert identity.unwrap(stanza) == b"0123456789abcdef"
    assert other.unwrap(stanza) is None
    assert identity.unwrap(Stanza("grease", (), b"")) is None


@pytest.mark.parametrize("identity", [HYBRID, CLASSICAL])
def test_a_body_of_another_length_is_refused_before_it_is_decrypted(identity):
    stanza = identity.recipient.wrap(b"0123456789abcdef0")
    with pytest.raises(AgeError) as refused:
        identity.unwrap(stanza)
    assert refused.value.reason == "header"


def test_a_low_order_share_is_refused():
    with pytest.raises(AgeError) as refused:
        CLASSICAL.unwrap(Stanza("X25519", (encode_base64(bytes(32)),), bytes(32)))
    assert refused.value.reason == "header"
