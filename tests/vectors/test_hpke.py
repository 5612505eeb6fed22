"""HPKE with MLKEM768-X25519 (draft-ietf-hpke-pq): the suite that the age recipients use, and its neighbour.

The vectors carry associated data, which the public single-shot interface of the library does not take: hence the
private function. Only the first message of a context can be reached this way.
"""

import json

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.bindings._rust import openssl
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, Suite

from ctcase.crypto import recipients
from ctcase.crypto.age import HybridIdentity

KDFS = {1: KDF.HKDF_SHA256, 0x0011: KDF.SHAKE256}


@pytest.fixture
def vectors(shared):
    path = shared / "vectors" / "hpke-pq" / "test-vectors-0x647a.json"
    if not path.is_file():
        pytest.skip("the HPKE vectors (../shared/vectors/hpke-pq) are not there")
    return json.loads(path.read_text())


def test_the_first_message_of_each_suite_opens(vectors):
    opened = 0
    for vector in vectors:
        assert (vector["kem_id"], vector["aead_id"]) == (0x647A, 3)
        suite = Suite(KEM.MLKEM768_X25519, KDFS[vector["kdf_id"]], AEAD.CHACHA20_POLY1305)
        seed = bytes.fromhex(vector["skRm"])
        private = MLKEM768X25519PrivateKey(*recipients._expand(seed))
        message = vector["encryptions"][0]
        sealed = bytes.fromhex(vector["enc"] + message["ct"])
        info, bound = bytes.fromhex(vector["info"]), bytes.fromhex(message["aad"])
        assert HybridIdentity(seed).recipient.key.hex() == vector["pkRm"]
        assert openssl.hpke._decrypt_with_aad(suite, sealed, private, info, bound).hex() == message["pt"]
        with pytest.raises(InvalidTag):
            openssl.hpke._decrypt_with_aad(suite, sealed[:-1] + bytes([sealed[-1] ^ 1]), private, info, bound)
        opened += 1
    assert opened == 2
