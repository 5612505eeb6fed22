"""Which rosters are taken (attack catalogue, section 6) and the rights they give."""

import msgspec
import pytest

from ctcase.crypto import dsse
from ctcase.errors import Refused
from ctcase.log.rights import NEVER
from ctcase.model import canonical
from ctcase.trust import roster as rosters
from ctcase.trust.roster import (
    DeviceRow,
    Member,
    Revocation,
    Root,
    is_consistent,
    is_rival,
    read_first,
    read_next,
)

replace = msgspec.structs.replace


def refused(code, do, *arguments):
    with pytest.raises(Refused) as caught:
        do(*arguments)
    return caught.value.code == code


def test_the_first_roster_is_taken_when_its_own_roots_sign_it(office):
    held = office.roster()
    assert read_first(office.signed(held)) == held
    assert read_first(office.signed(held, 0, 1, 2)) == held


@pytest.mark.parametrize("signers", [(0,), (1,), (2,)])
def test_below_the_threshold_is_refused(office, signers):
    assert refused("signature_wrong", read_first, office.signed(office.roster(), *signers))
    later = replace(office.roster(), version=2)
    assert refused("signature_wrong", read_next, office.roster(), office.signed(later, *signers))


def test_a_key_counts_once(office):
    held = office.roster()
    one = dsse.decode(office.signed(held, 0), rosters.PAYLOAD_TYPE)
    twice = canonical.encode(replace(one, signatures=one.signatures * 2))
    assert refused("signature_wrong", read_first, twice)
    renamed = replace(one.signatures[0], keyid=rosters.key_id(office.keys[1].public))
    both = tuple(sorted([one.signatures[0], renamed], key=lambda it: it.keyid))
    assert refused("signature_wrong", read_first, canonical.encode(replace(one, signatures=both)))


def test_two_root_keys_of_one_member_are_one_signature(office):
    plain = office.roster()
    roots = tuple(replace(root, member="m1" if n < 2 else "m2") for n, root in enumerate(plain.roots))
    held = replace(plain, roots=roots)
    assert refused("signature_wrong", read_first, office.signed(held, 0, 1))
    assert read_first(office.signed(held, 0, 2)) == held
    alone = replace(plain, roots=tuple(replace(root, member="m1") for root in roots))
    assert not is_consistent(alone)


def test_a_later_version_is_taken_and_older_ones_are_ignored(office):
    versions = [replace(office.roster(), version=n) for n in range(1, 6)]
    held = versions[0]
    for later in versions[1:]:
        taken = read_next(held, office.signed(later))
        assert taken == later
        held = taken
    for older in versions:
        assert read_next(held, office.signed(older)) is None


def test_a_jump_needs_the_roots_that_are_held(office):
    held = office.roster()
    jump = replace(held, version=7)
    assert read_next(held, office.signed(jump)) == jump
    assert refused("signature_wrong", read_next, held, office.signed(jump, 0))
    assert not is_consistent(replace(held, version=2**53))


def rotated(office, version=2):
    """The roots of the next version: one key replaced, one stays."""
    held = office.roster()
    new = tuple(office.key(n) for n in (103, 104, 105))
    roots = tuple(Root(one.public, f"new{n}") for n, one in enumerate(new))
    return held, replace(held, version=version, roots=roots), new


def test_a_rotation_satisfies_both_thresholds(office):
    held, later, new = rotated(office)
    old = office.keys
    both = rosters.sign(later, [old[0], new[0], new[1]])  # new[0] is old[2]: it counts for both
    assert read_next(held, both) == later
    for keys in ([old[0], old[1]], [new[1], new[2]], [new[0], new[1]], [old[0], new[0]]):
        assert refused("signature_wrong", read_next, held, rosters.sign(later, keys))


def test_a_jump_over_a_rotation_is_refused_and_the_chain_is_taken(office):
    held, second, new = rotated(office)
    third = rosters.sign(replace(second, version=3), [new[1], new[2]])
    assert refused("signature_wrong", read_next, held, third)
    middle = read_next(held, rosters.sign(second, [*office.keys, *new[1:]]))
    assert read_next(middle, third).version == 3


def test_an_old_roster_of_replaced_roots_is_ignored_not_refused(office):
    held, second, new = rotated(office, version=4)
    now = read_next(held, rosters.sign(second, [*office.keys, *new[1:]]))
    assert read_next(now, office.signed(replace(held, version=3))) is None
    assert refused("signature_wrong", read_next, now, office.signed(replace(held, version=5)))


def test_a_rival_of_the_version_held_is_told(office):
    held = office.roster()
    other = office.signed(replace(held, name="Another name"))
    second = replace(held, version=2, name="Second")
    assert is_rival(replace(held, version=2), office.signed(second))
    assert not is_rival(second, office.signed(second, 1, 2))
    assert not is_rival(held, office.signed(second))
    assert not is_rival(held, office.signed(replace(held, name="x"), 0))
    assert read_next(held, other) is None
    assert is_rival(held, other)


def test_another_office_is_refused(office):
    held = office.roster()
    other = office.roster(keys=(office.key(1_001), office.key(1_002)), version=2)
    signed = rosters.sign(other, [office.key(1_001), office.key(1_002)])
    assert refused("other_office", read_next, held, signed)
    claims = replace(other, office=held.office)
    signed = rosters.sign(claims, [office.key(1_001), office.key(1_002)])
    assert refused("signature_wrong", read_next, held, signed)
    assert rosters.office_digest(claims) != rosters.office_digest(held)


def test_the_first_version_names_the_office_by_its_roots(office):
    held = office.roster()
    assert not is_consistent(replace(held, office="b" * 64))
    assert refused("signature_wrong", read_first, office.signed(replace(held, office="b" * 64)))


def test_training_and_real_never_mix(office):
    held = office.roster()
    for one, other in ((held, replace(held, training=True)), (replace(held, training=True), held)):
        assert refused("training_mixed", read_next, one, office.signed(replace(other, version=2)))


def test_the_office_stream_stays(office):
    later = replace(office.roster(), version=2, stream="b" * 64)
    assert refused("signature_wrong", read_next, office.roster(), office.signed(later))


def test_what_is_signed_cannot_be_mixed(office):
    """The table of one version with the number of another (R05)."""
    held = office.roster()
    later = dsse.decode(office.signed(replace(held, version=2)), rosters.PAYLOAD_TYPE)
    for payload in (canonical.encode(replace(held, version=3)), canonical.encode(held)):
        mixed = canonical.encode(replace(later, payload=payload))
        assert refused("signature_wrong", read_next, held, mixed)


def test_who_is_no_root_signs_no_roster(office):
    later = replace(office.roster(), version=2)
    signed = rosters.sign(
        later, [office.key(1), office.key(2)]
    )  # an administrator's and a caseworker's devices
    assert refused("signature_wrong", read_next, office.roster(), signed)


@pytest.mark.parametrize("data", [b"", b"{}", b"[", b"\xff" * 100])
def test_other_bytes_are_refused(office, data):
    assert refused("signature_wrong", read_first, data)
    assert refused("signature_wrong", read_next, office.roster(), data)


def test_another_kind_of_document_is_refused(office):
    envelope = dsse.sign("application/other", canonical.encode(office.roster()), office.keys)
    assert refused("signature_wrong", read_first, dsse.encode(envelope))


def test_a_huge_roster_is_refused_before_it_is_read():
    assert refused("limit_exceeded", read_first, b" " * (rosters.LARGEST_ROSTER * 2))


def inconsistent(office):
    held = office.roster()
    first, second = held.devices
    low = bytes(32)
    row = second.rows[0]
    return {
        "version 0": {"version": 0},
        "threshold 0": {"threshold": 0},
        "threshold too high": {"threshold": 4},
        "no roots": {"roots": ()},
        "a root twice": {"roots": (*held.roots, held.roots[0])},
        "many roots": {
            "roots": tuple(Root(office.key(n + 500).public, str(n)) for n in range(rosters.MOST_ROOTS + 1)),
            "version": 2,
        },
        "an unsound root": {"roots": (*held.roots[:2], Root(low, "x")), "version": 2},
        "a member twice": {"members": (*held.members, Member("m1", "Somebody Else"))},
        "a device twice": {"devices": (first, second, second)},
        "one key for two persons": {"devices": (first, second, replace(second, member="m1"))},
        "a root key as device key": {
            "devices": (first, office.device(101, "m2")),
        },
        "an unsound device key": {
            "devices": (first, replace(second, signing=low, id=rosters.key_id(low))),
        },
        "an id that is not the key's": {"devices": (first, replace(second, id=first.id))},
        "an unknown member": {"devices": (first, replace(second, member="m9"))},
        "no rows": {"devices": (first, replace(second, rows=()))},
        "an unknown role": {"devices": (first, replace(second, rows=(replace(row, roles=("king",)),)))},
        "no role": {"devices": (first, replace(second, rows=(replace(row, roles=()),)))},
        "a row of a later version": {"devices": (first, replace(second, rows=(replace(row, version=2),)))},
        "a row of version 0": {"devices": (first, replace(second, rows=(replace(row, version=0),)))},
        "rows out of order": {
            "version": 3,
            "devices": (first, replace(second, rows=(replace(row, version=3), replace(row, version=2)))),
        },
        "a number below zero": {"devices": (first, replace(second, rows=(replace(row, at_latest=-1),)))},
        "a revocation below zero": {"devices": (first, replace(second, revoked=Revocation(-1)))},
    }


@pytest.mark.parametrize("case", range(22))
def test_a_roster_that_contradicts_itself_is_refused(office, case):
    name, changes = list(inconsistent(office).items())[case]
    assert is_consistent(office.roster())
    bad = replace(office.roster(), **changes)
    if "roots" not in changes and "threshold" not in changes:
        assert refused("signature_wrong", read_first, office.signed(bad)), name
    assert not is_consistent(bad), name


def test_all_contradictions_are_tried(office):
    assert len(inconsistent(office)) == 22


def test_rights_are_those_of_the_rows(office):
    held = office.roster()
    first, second = held.devices
    rows = (*second.rows, DeviceRow(2, ("supervisor",), ("south", "north"), 40))
    later = replace(held, version=2, devices=(first, replace(second, rows=rows, revoked=Revocation(50))))
    rights = rosters.rights(later)
    known = rights.devices[second.id]
    assert (rights.version, known.key, known.last) == (2, second.signing, 50)
    assert rights.devices[first.id].last == NEVER
    assert rights.standing(second.id, 1, 1).roles == {"caseworker"}
    promoted = rights.standing(second.id, 1, 2)
    assert (promoted.member, promoted.roles, promoted.teams) == ("m2", {"supervisor"}, ("south", "north"))
    assert rights.standing(second.id, 40, 1) == promoted
    assert rights.standing(second.id, 51, 2) == "revoked"
    assert rosters.rights(None).version == 0
    assert rosters.rights(None).devices == {}


def test_changed_devices_are_those_whose_rights_differ(office):
    held = office.roster()
    first, second = held.devices
    assert rosters.changed_devices(None, held) == {first.id, second.id}
    later = replace(held, version=2, devices=(first, replace(second, revoked=Revocation(3))))
    assert rosters.changed_devices(held, later) == {second.id}
    assert rosters.changed_devices(later, replace(later, version=3)) == frozenset()
    # a revocation that is taken back gives the device its rights again
    assert rosters.changed_devices(later, replace(held, version=4)) == {second.id}
    # who is not listed any more has no rights any more
    assert rosters.changed_devices(held, replace(held, version=2, devices=(first,))) == {second.id}


def test_who_bundles_are_sealed_to(office):
    held = office.roster()
    first, second = held.devices
    third = office.device(3, "m2")
    revoked = replace(third, revoked=Revocation(0))
    now = replace(held, devices=(first, second, revoked))
    assert rosters.devices_of(now, "m2") == (second,)
    assert rosters.office_devices(now) == (first,)
    assert rosters.device_by_id(now)[third.id] == revoked


def test_the_digest_names_the_payload_not_the_signatures(office):
    held = office.roster()
    assert rosters.digest(office.signed(held)) == rosters.digest(office.signed(held, 1, 2))
    assert rosters.digest(office.signed(held)) != rosters.digest(office.signed(replace(held, name="x")))


def test_the_office_words_cover_the_roots_and_the_threshold(office):
    held = office.roster()
    assert rosters.office_digest(held) == rosters.office_digest(replace(held, version=9, name="other"))
    _, later, _ = rotated(office)
    digests = {rosters.office_digest(one) for one in (held, later, replace(later, threshold=1))}
    assert len(digests) == 3
