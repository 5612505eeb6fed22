import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from ctcase.crypto.signing import SigningKey, UnsoundKeyError, is_sound_public, key_id, load_public, verify

KEY = SigningKey(bytes(range(32)))
PRIME = 2**255 - 19
ORDER_EIGHT = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"


def encoded(y, sign=0):
    return (y | sign << 255).to_bytes(32, "little")


def unsound():
    y8 = int.from_bytes(bytes.fromhex(ORDER_EIGHT), "little")
    low = [encoded(y, sign) for y in (0, y8, PRIME - y8) for sign in (0, 1)] + [
        encoded(1),
        encoded(PRIME - 1),
    ]
    again = [encoded(y, sign) for y in (PRIME, PRIME + 1) for sign in (0, 1)]
    return low + again + [encoded(1, 1), encoded(PRIME - 1, 1)]


def test_there_are_fourteen_of_them():
    assert len(set(unsound())) == 14


@pytest.mark.parametrize("public", unsound(), ids=lambda public: public.hex()[:4] + public.hex()[-2:])
def test_unsound_keys_are_refused_on_loading_and_on_verifying(public):
    assert not is_sound_public(public)
    with pytest.raises(UnsoundKeyError):
        load_public(public)
    # With the neutral point as key, R = s·B is all that a signature has to satisfy: R neutral, s zero.
    forged = encoded(1) + bytes(32)
    assert not any(verify(public, forged, bytes([number])) for number in range(20))


def test_every_unreduced_encoding_is_refused():
    assert not any(is_sound_public(encoded(PRIME + y, sign)) for y in range(19) for sign in (0, 1))


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_other_sizes_are_refused(size):
    assert not is_sound_public(KEY.public[:1] * size)
    assert not verify(KEY.public[:1] * size, bytes(64), b"")
    with pytest.raises(UnsoundKeyError):
        SigningKey(bytes(size))


def test_a_point_off_the_curve_is_refused():
    assert sum(is_sound_public(encoded(y)) for y in range(2, 200)) not in {0, 198}
    assert not is_sound_public(encoded(2))


def test_real_keys_are_sound():
    source = random.Random(7)
    assert all(is_sound_public(SigningKey(source.randbytes(32)).public) for _ in range(100))


def test_a_signature_is_over_its_message_by_its_key_only():
    signature = KEY.sign(b"a fictional entry")
    assert verify(KEY.public, signature, b"a fictional entry")
    assert not verify(KEY.public, signature, b"a fictional entrY")
    assert not verify(SigningKey(bytes(32)).public, signature, b"a fictional entry")
    assert not verify(KEY.public, signature[:-1], b"a fictional entry")
    assert not verify(KEY.public, b"", b"a fictional entry")


def test_every_flipped_bit_of_a_signature_is_refused():
    signature, verifier = KEY.sign(b"x"), load_public(KEY.public)
    for place in range(512):
        flipped = bytearray(signature)
        flipped[place // 8] ^= 1 << place % 8
        assert not verifier.verify(bytes(flipped), b"x")


def test_a_loaded_key_serves_two_threads():
    verifier = load_public(KEY.public)
    messages = [number.to_bytes(4, "big") for number in range(200)]
    signatures = [KEY.sign(message) for message in messages]
    with ThreadPoolExecutor(2) as pool:
        good = list(pool.map(verifier.verify, signatures, messages))
        bad = list(pool.map(verifier.verify, signatures, reversed(messages)))
    assert all(good)
    assert not any(bad)


def test_key_ids_are_digests_of_their_own_kind():
    assert len(key_id(KEY.public)) == 64
    assert key_id(KEY.public) != key_id(bytes(32))


def test_the_seed_is_not_in_the_representation():
    assert repr(KEY) == "SigningKey()"
