"""The age v1 files of C2SP/CCTV decide as they say, one cause of failure each."""

import hashlib
import io
import zlib
from pathlib import Path

import pytest

from ctcase.crypto.age import AgeError, read_identity, unseal

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "vectors" / "age"
NAMES = sorted(path.name for path in FOLDER.iterdir()) if FOLDER.is_dir() else []
EXPECTED = {
    "header": "header failure",
    "version": "header failure",
    "hmac": "HMAC failure",
    "no_match": "no match",
    "payload": "payload failure",
}


def load(name):
    text, _, body = (FOLDER / name).read_bytes().partition(b"\n\n")
    facts = [line.split(": ", 1) for line in text.decode().split("\n")]
    values = dict(facts)
    if values.get("compressed") == "zlib":
        body = zlib.decompress(body)
    return values, [read_identity(value) for key, value in facts if key == "identity"], body


def test_all_files_are_there():
    if not NAMES:
        pytest.skip("the age vectors (../shared/vectors/age) are not beside this checkout")
    assert len(NAMES) == 85


@pytest.mark.parametrize("name", NAMES)
def test_file_decides_as_it_says(name):
    values, identities, body = load(name)
    target, outcome = io.BytesIO(), "success"
    try:
        unseal(io.BytesIO(body), target, identities, 1 << 26)
    except AgeError as problem:
        outcome = EXPECTED[problem.reason]
    assert outcome == values["expect"]
    assert hashlib.sha256(target.getvalue()).hexdigest() == values.get(
        "payload", hashlib.sha256(b"").hexdigest()
    )


class Drip(io.BytesIO):
    """A stream that gives at most 1,000 bytes at a time, as a pipe does."""

    def read(self, size=-1):
        return super().read(min(size, 1000) if size >= 0 else 1000)


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("stream")])
def test_a_dripping_source_changes_nothing(name):
    values, identities, body = load(name)
    target, outcome = io.BytesIO(), "success"
    try:
        unseal(Drip(body), target, identities, 1 << 26)
    except AgeError as problem:
        outcome = EXPECTED[problem.reason]
    assert outcome == values["expect"]
