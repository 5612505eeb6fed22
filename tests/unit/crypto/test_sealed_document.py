import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctcase.crypto import sealed_document, slots
from ctcase.crypto.sealed_document import join, open_document, seal_document, split
from ctcase.errors import CtcaseError
from ctcase.model import canonical

KEY = bytes(range(32))
randomness = random.Random(3).randbytes


def code(action, *arguments):
    with pytest.raises(CtcaseError) as refused:
        action(*arguments)
    return refused.value.code


@settings(max_examples=40)
@given(st.binary(max_size=500))
def test_documents_open_again(plaintext):
    assert open_document("root", KEY, seal_document("root", KEY, plaintext, randomness)) == plaintext


def test_two_writings_of_one_document_share_nothing():
    first, second = (json.loads(seal_document("root", KEY, bytes(100), randomness)) for _ in range(2))
    assert first["salt"] != second["salt"]
    assert first["body"] != second["body"]
    canary = b"a canary in the root store"
    assert canary not in seal_document("root", KEY, canary, randomness)


def test_another_kind_key_or_version_is_refused():
    sealed = seal_document("root", KEY, b"{}", randomness)
    assert code(open_document, "other", KEY, sealed) == "vault_damaged"
    assert code(open_document, "root", bytes(32), sealed) == "vault_damaged"
    document = json.loads(sealed)
    assert (
        code(open_document, "other", KEY, canonical.encode({**document, "kind": "other"})) == "vault_damaged"
    )
    assert code(open_document, "root", KEY, canonical.encode({**document, "version": 2})) == "newer_version"
    assert code(open_document, "root", KEY, canonical.encode({**document, "version": 0})) == "vault_damaged"
    assert code(open_document, "root", KEY, canonical.encode({**document, "more": 0})) == "vault_damaged"


def test_every_flipped_bit_and_every_cut_is_refused():
    sealed = seal_document("root", KEY, b'{"fictional":1}', randomness)
    for place in range(len(sealed) * 8):
        flipped = bytearray(sealed)
        flipped[place // 8] ^= 1 << place % 8
        assert code(open_document, "root", KEY, bytes(flipped)) in {"vault_damaged", "newer_version"}
    for size in range(len(sealed)):
        assert code(open_document, "root", KEY, sealed[:size]) == "vault_damaged"
    assert code(open_document, "root", KEY, sealed + b"\n") == "vault_damaged"


@pytest.mark.parametrize("data", [b"", b"{}", b"[" * 100_000, b'{"version":1}', b"\xff"])
def test_what_is_no_sealed_document_is_damaged(data):
    assert code(open_document, "root", KEY, data) == "vault_damaged"


def test_sizes_are_bounded():
    with pytest.raises(ValueError):
        seal_document("root", KEY, bytes(sealed_document.LARGEST + 1), randomness)
    with pytest.raises(ValueError):
        seal_document("root", KEY[:16], b"", randomness)
    assert code(open_document, "root", KEY, bytes(sealed_document.LARGEST * 2 + 1)) == "vault_damaged"
    assert code(split, bytes(sealed_document.LARGEST * 3 + 1)) == "vault_damaged"


def test_one_file_holds_the_slots_and_the_document(maker, header):
    sealed = seal_document("root", maker.database_key, b'{"fictional":1}', randomness)
    file = join(header, sealed)
    assert split(file) == (header, sealed)
    assert canonical.encode(json.loads(file)) == file
    read_header, read_document = split(file)
    assert open_document("root", maker.unlock(read_header), read_document) == b'{"fictional":1}'
    key = slots.unlock_with_recovery(read_header, [maker.recovery])
    assert open_document("root", key, read_document) == b'{"fictional":1}'


def test_a_damaged_file_does_not_open(maker, header):
    file = join(header, seal_document("root", maker.database_key, b"{}", randomness))
    assert code(split, file[:-1]) == "vault_damaged"
    assert code(split, file + b" ") == "vault_damaged"
    assert code(split, b"{}") == "vault_damaged"
    spaced = file.replace(b'"version":1', b'"version": 1', 1)
    inner_header, inner_document = split(spaced)
    assert code(open_document, "root", maker.database_key, inner_document) == "vault_damaged"
    assert inner_header == header
