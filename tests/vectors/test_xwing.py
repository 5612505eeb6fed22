"""X-Wing (draft-connolly-cfrg-xwing-kem): seed to public key, and ciphertext to shared secret.

The library gives the KEM only inside HPKE, so the shared secret is put together here from its two halves, as the
draft's combiner says; the public key and the ciphertext go through the program's own code.
"""

import hashlib
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from ctcase.crypto import recipients
from ctcase.crypto.age import HybridIdentity

LABEL = b"\\.//^\\"


@pytest.fixture
def vectors(shared):
    path = shared / "vectors" / "xwing" / "test-vectors.json"
    if not path.is_file():
        pytest.skip("the X-Wing vectors (../shared/vectors/xwing) are not there")
    return json.loads(path.read_text())


def test_public_keys(vectors):
    assert len(vectors) == 3
    for vector in vectors:
        identity = HybridIdentity(bytes.fromhex(vector["seed"]))
        assert identity.recipient.key.hex() == vector["pk"]


def test_shared_secrets(vectors):
    for vector in vectors:
        mlkem, x25519 = recipients._expand(bytes.fromhex(vector["seed"]))
        share = bytes.fromhex(vector["ct"])
        assert len(share) == recipients._SHARE_SIZES[recipients.HYBRID]
        first = mlkem.decapsulate(share[:1088])
        second = x25519.exchange(X25519PublicKey.from_public_bytes(share[1088:]))
        public = x25519.public_key().public_bytes_raw()
        combined = hashlib.sha3_256(first + second + share[1088:] + public + LABEL)
        assert combined.hexdigest() == vector["ss"]
