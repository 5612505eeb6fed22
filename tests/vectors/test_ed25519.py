"""The 914 edge cases of C2SP/CCTV: with unsound keys refused, exactly 86 signatures are accepted."""

import json

import pytest

from ctcase.crypto.signing import is_sound_public, verify


@pytest.fixture
def vectors(shared):
    path = shared / "vectors" / "ed25519" / "ed25519vectors.json"
    if not path.is_file():
        pytest.skip("the Ed25519 vectors (../shared/vectors/ed25519) are not there")
    return json.loads(path.read_text())


def test_exactly_86_of_914_are_accepted(vectors):
    accepted = [
        vector
        for vector in vectors
        if verify(bytes.fromhex(vector["key"]), bytes.fromhex(vector["sig"]), vector["msg"].encode())
    ]
    assert (len(vectors), len(accepted)) == (914, 86)
    flags = {flag for vector in accepted for flag in vector["flags"] or ()}
    assert "low_order_A" not in flags
    assert "non_canonical_A" not in flags


def test_the_fourteen_unsound_keys_are_refused(vectors):
    keys = {vector["key"]: set(vector["flags"] or ()) for vector in vectors}
    unsound = {key for key in keys if not is_sound_public(bytes.fromhex(key))}
    assert len(unsound) == 14
    assert all(keys[key] & {"low_order_A", "non_canonical_A"} for key in unsound)
