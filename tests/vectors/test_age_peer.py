"""A stock age implementation opens what this program writes, and this program opens what it writes."""

import json
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from ctcase.crypto import age, selftest_data

FOLDER = Path(__file__).resolve().parent / "peer"
SIZES = [0, 1, 65535, 65536, 65537, 200_000]


@pytest.fixture(scope="module")
def peer():
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed, so the independent age implementation cannot be asked")
    if not (FOLDER / "node_modules" / "age-encryption").is_dir():
        pytest.skip("the independent age implementation is not installed (npm ci in tests/vectors/peer)")

    def run(*arguments, data=b""):
        result = subprocess.run(
            [node, "peer.js", *arguments], cwd=FOLDER, input=data, capture_output=True, check=False
        )
        assert result.returncode == 0, result.stderr.decode()
        return result.stdout

    return run


@pytest.fixture(scope="module")
def keys(peer):
    found = json.loads(peer("keys"))
    return list(zip(found["identities"], found["recipients"], strict=True))


@pytest.mark.parametrize("kind", [0, 1], ids=["hybrid", "x25519"])
def test_both_make_the_same_recipient_of_an_identity(keys, kind):
    identity, recipient = keys[kind]
    assert age.read_identity(identity).recipient.text == recipient
    assert age.read_identity(identity).text == identity


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", [0, 1], ids=["hybrid", "x25519"])
def test_the_peer_opens_what_we_write(peer, keys, kind, size):
    identity, recipient = keys[kind]
    plaintext = random.Random(size).randbytes(size)
    other = [age.HybridIdentity(bytes(32)).recipient, age.X25519Identity(bytes(32)).recipient][kind]
    sealed = age.seal_bytes(plaintext, [other, age.read_recipient(recipient)])
    assert peer("unseal", identity, data=sealed) == plaintext


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", [0, 1], ids=["hybrid", "x25519"])
def test_we_open_what_the_peer_writes(peer, keys, kind, size):
    identity, recipient = keys[kind]
    plaintext = random.Random(size).randbytes(size)
    sealed = peer("seal", recipient, data=plaintext)
    assert age.unseal_bytes(sealed, [age.read_identity(identity)], size) == plaintext


def test_the_peer_opens_the_file_of_the_self_test(peer):
    identity = age.HybridIdentity(bytes(range(32)))
    assert peer("unseal", identity.text, data=selftest_data.SEALED) == b"ctcase"
