"""Signatures of entries, many at a time."""

import msgspec
import pytest

from ctcase.crypto.signing import SigningKey, key_id
from ctcase.log.entry import digest
from ctcase.model import canonical
from ctcase.sync.verifying import CHUNK, verify_signatures

LOW_ORDER = [bytes(32), b"\1" + bytes(31), (2**255 - 20).to_bytes(32, "little")]


def test_good_signatures_in_the_order_of_the_entries(team):
    entries = team().history(CHUNK + 20)
    assert verify_signatures(entries) == [True] * len(entries)
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
