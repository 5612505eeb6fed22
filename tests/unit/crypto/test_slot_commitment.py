"""V10: one ciphertext that opens under two keys, which ChaCha20-Poly1305 allows and the commitment does not."""

import json
import random

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms

from ctcase.crypto import slots
from ctcase.crypto.kdf import from_base64, open_once, to_base64
from ctcase.errors import CtcaseError
from ctcase.model import canonical

PRIME = 2**130 - 5
CLAMP = 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF


def one_time_key(key):
    """r and s of Poly1305 for a nonce of zeros (RFC 8439 §2.6)."""
    stream = Cipher(algorithms.ChaCha20(key, bytes(16)), mode=None).encryptor().update(bytes(32))
    return int.from_bytes(stream[:16], "little") & CLAMP, int.from_bytes(stream[16:], "little")


def blocks(data):
    """The coefficients of whole 16-byte blocks, zero-padded as the AEAD construction pads."""
    padded = data + bytes(-len(data) % 16)
    return [int.from_bytes(padded[at : at + 16], "little") + 2**128 for at in range(0, len(padded), 16)]


def polynomial(coefficients, r):
    total = 0
    for coefficient in coefficients:
        total = (total + coefficient) * r % PRIME
    return total


def opens_under_both(first, second, bound, source):
    """32 bytes and a tag that are authentic under both keys: the first block solves one linear equation."""
    (r1, s1), (r2, s2) = one_time_key(first), one_time_key(second)
    lengths = len(bound).to_bytes(8, "little") + (32).to_bytes(8, "little")
    while True:
        last = source.randbytes(16)
        tail = [*blocks(last), *blocks(lengths)]
        sums = [polynomial([*blocks(bound), 0, *tail], r) for r in (r1, r2)]
        slope = (pow(r1, 3, PRIME) - pow(r2, 3, PRIME)) % PRIME
        wrap_around = source.randrange(-1, 2) << 128
        solved = (sums[1] + s2 - sums[0] - s1 + wrap_around) * pow(slope, -1, PRIME) % PRIME
        if 2**128 <= solved < 2**129:
            block = (solved - 2**128).to_bytes(16, "little")
            tags = [
                (polynomial([*blocks(bound), solved, *tail], r) + s) % 2**128 for r, s in ((r1, s1), (r2, s2))
            ]
            if tags[0] == tags[1]:
                return block + last + tags[0].to_bytes(16, "little")


@pytest.mark.parametrize("seed", range(10))
def test_a_wrap_that_opens_under_two_keys_opens_for_neither(maker, header, seed):
    document = json.loads(header)
    parsed = slots._read(header)
    slot = parsed.slots[0]
    binding = slots._binding(parsed, 0, slot)
    keys, commitments = [], []
    for passphrase in (maker.passphrase, "another fictional one"):
        secret = slots.derive(passphrase.encode(), from_base64(slot.salt), slot.cost)
        key, commitment = slots._slot_keys(secret, binding)
        keys.append(key)
        commitments.append(to_base64(commitment))
    wrap = opens_under_both(*keys, binding, random.Random(seed))
    assert all(open_once(key, wrap, binding) for key in keys)

    document["slots"][0]["wrap"] = to_base64(wrap)
    for commitment, expected in zip(commitments, (0, 1), strict=True):
        document["slots"][0]["commitment"] = commitment
        crafted = canonical.encode(document)
        codes = []
        for passphrase in (maker.passphrase, "another fictional one"):
            with pytest.raises(CtcaseError) as refused:
                maker.unlock(crafted, passphrase)
            codes.append(refused.value.code)
        # The one that the commitment names gets as far as the MAC; the other is refused before it decrypts.
        assert codes[expected] == "vault_damaged"
        assert codes[1 - expected] == "passphrase_wrong"
