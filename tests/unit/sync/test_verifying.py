"""Signatures of entries, many at a time."""

import sys
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest

from ctcase.crypto.signing import SigningKey, key_id
from ctcase.log.entry import digest
from ctcase.model import canonical
from ctcase.sync.verifying import CHUNK, verify_signatures, verifying

LOW_ORDER = [bytes(32), b"\1" + bytes(31), (2**255 - 20).to_bytes(32, "little")]


def test_good_signatures_in_the_order_of_the_entries(team):
    entries = team().history(CHUNK + 20)
    assert verify_signatures(entries) == [True] * len(entries)
    with ThreadPoolExecutor(1) as pool:
        assert verify_signatures(entries, pool) == [True] * len(entries)
    assert verify_signatures([]) == []


def test_each_wrong_one_is_named(team):
    one, two, three, four = team().history(4)
    other = SigningKey(bytes(32)).public
    wrong = [
        msgspec.structs.replace(one, signature=two.signature),
        msgspec.structs.replace(two, raw=two.raw + b" "),
        msgspec.structs.replace(three, key=other),
    ]
    assert verify_signatures([*wrong, four]) == [False, False, False, True]


def test_verdicts_come_while_something_else_is_done(team):
    entries = team().history(CHUNK + 20)
    entries[3] = msgspec.structs.replace(entries[3], signature=bytes(64))
    interval = sys.getswitchinterval()
    with verifying(entries) as verdicts:
        assert sys.getswitchinterval() < interval
        assert verdicts() == [number != 3 for number in range(len(entries))]
    assert sys.getswitchinterval() == interval


def test_what_is_not_asked_for_is_left(team):
    interval = sys.getswitchinterval()
    with pytest.raises(ZeroDivisionError), verifying(team().history(4)):
        raise ZeroDivisionError
    assert sys.getswitchinterval() == interval


@pytest.mark.parametrize("key", LOW_ORDER)
def test_unsound_keys_sign_nothing(team, key):
    entry = team().write()
    header = msgspec.structs.replace(entry.header, device=key_id(key))
    raw = canonical.encode(header)
    # With the identity as key and as R, and S = 0, the bare equation holds for every message.
    signature = b"\1" + bytes(63)
    forged = msgspec.structs.replace(
        entry, id=digest(raw), header=header, raw=raw, key=key, signature=signature
    )
    assert verify_signatures([forged, entry]) == [False, True]
