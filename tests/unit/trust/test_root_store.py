"""The root store: what is in it opens with its passphrase alone, and a changed byte opens nothing."""

import json
import random

import msgspec
import pytest

from ctcase.crypto.passphrases import BOUNDS
from ctcase.errors import CtcaseError, Damaged, Refused
from ctcase.trust import root_store
from ctcase.trust.root_store import RootStore, create, open_store, rewrite, with_passphrase

COST = BOUNDS.floor
OLD, NEW = "a fictional passphrase", "another fictional one"
STORE = RootStore("ab" * 16, (bytes(32), bytes(range(32))), "AGE-SECRET-KEY-PQ-1FICTIONAL", b'{"a canary":1}')


@pytest.fixture
def randomness():
    return random.Random(5).randbytes


@pytest.fixture(scope="module")
def file():
    return create(STORE, OLD, random.Random(4).randbytes, COST)


def code(action, *arguments):
    with pytest.raises(CtcaseError) as refused:
        action(*arguments)
    return refused.value.code


def test_what_is_in_it_comes_back(file):
    store, key = open_store(file, OLD)
    assert store == STORE
    assert len(key) == 32


def test_nothing_in_it_can_be_read(file):
    json.loads(file)
    for secret in (b"canary", b"SECRET", b"FICTIONAL", STORE.seeds[1], OLD.encode()):
        assert secret not in file
        assert secret.hex().encode() not in file


def test_two_stores_of_the_same_content_share_nothing(file, randomness):
    other = create(STORE, OLD, randomness, COST)
    assert other != file
    assert open_store(other, OLD)[1] != open_store(file, OLD)[1]


@pytest.mark.parametrize("wrong", ["", OLD + " ", OLD.upper(), NEW, "x" * 100_000, "\ud800", "\0"])
def test_another_passphrase_opens_nothing(file, wrong):
    assert code(open_store, file, wrong) == "passphrase_wrong"


def test_other_content_is_written_under_the_same_passphrase(file, randomness):
    store, key = open_store(file, OLD)
    later = msgspec.structs.replace(store, roster=b'{"version":2}', seeds=())
    written = rewrite(file, key, later, randomness)
    assert open_store(written, OLD) == (later, key)
    assert open_store(file, OLD)[0] == STORE, "the bytes before are as they were"
    assert code(open_store, rewrite(file, bytes(32), later, randomness), OLD) == "vault_damaged"


def test_a_new_passphrase_ends_the_old_one(file, randomness):
    changed = with_passphrase(file, OLD, NEW, randomness, COST)
    assert open_store(changed, NEW)[0] == STORE
    assert code(open_store, changed, OLD) == "passphrase_wrong"
    assert code(with_passphrase, file, NEW, OLD, randomness, COST) == "passphrase_wrong"


def test_slots_and_content_of_two_stores_do_not_mix(file, randomness):
    other = json.loads(create(STORE, OLD, randomness, COST))
    mine = json.loads(file)
    for key in mine.keys() & other.keys():
        mixed = json.dumps({**mine, key: other[key]}, separators=(",", ":"), sort_keys=True).encode()
        if mixed != file and mine[key] != other[key]:
            assert code(open_store, mixed, OLD) in ("vault_damaged", "passphrase_wrong")


def test_changed_bytes_are_refused(file):
    places = random.Random(6).sample(range(len(file)), 25)
    for place in places:
        spoilt = bytearray(file)
        spoilt[place] ^= 1
        with pytest.raises((Refused, Damaged)):
            open_store(bytes(spoilt), OLD)


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff", b"[" * 100_000, b"null"])
def test_what_is_no_root_store_is_damaged(data):
    assert code(open_store, data, OLD) == "vault_damaged"


def test_cut_off_or_longer_it_is_damaged(file):
    for data in (file[:-1], file[: len(file) // 2], file + b"\n", b" " + file):
        assert code(open_store, data, OLD) == "vault_damaged"
    assert code(open_store, file + b" " * root_store.LARGEST * 3, OLD) == "vault_damaged"


@pytest.mark.parametrize("kind", ["vault", "backup"])
def test_another_document_under_the_same_key_is_no_root_store(file, randomness, kind):
    header, _ = root_store.sealed_document.split(file)
    key = open_store(file, OLD)[1]
    document = root_store.sealed_document.seal_document(
        kind, key, root_store.canonical.encode(STORE), randomness
    )
    assert code(open_store, root_store.sealed_document.join(header, document), OLD) == "vault_damaged"


@pytest.mark.parametrize("content", [b"{}", b"null", b'{"office":"x"}', b'{"more":1}'])
def test_other_content_under_the_same_key_is_damaged(file, randomness, content):
    header, _ = root_store.sealed_document.split(file)
    key = open_store(file, OLD)[1]
    document = root_store.sealed_document.seal_document(root_store.KIND, key, content, randomness)
    assert code(open_store, root_store.sealed_document.join(header, document), OLD) == "vault_damaged"
