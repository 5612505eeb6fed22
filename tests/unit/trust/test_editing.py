"""How an administrator changes the roster."""

import msgspec
import pytest

from ctcase.errors import Refused
from ctcase.log.rights import NEVER
from ctcase.trust import editing
from ctcase.trust.roster import DeviceRow, Member, Revocation, is_consistent, read_next

BEFORE = "b" * 64


def refuses(code, do, *arguments, **named):
    with pytest.raises(Refused) as caught:
        do(*arguments, **named)
    return caught.value.code == code


def test_enrolling_adds_member_and_device(office):
    held = office.roster()
    new = office.device(3, "m3", version=2)
    later = editing.enrol(held, BEFORE, Member("m3", "Cleo Example"), new)
    assert (later.version, later.previous) == (2, BEFORE)
    assert later.members == (*held.members, Member("m3", "Cleo Example"))
    assert later.devices == (*held.devices, new)
    assert is_consistent(later)
    assert read_next(held, office.signed(later)) == later


def test_a_second_device_of_a_member_adds_no_member(office):
    held = office.roster()
    later = editing.enrol(held, BEFORE, held.members[1], office.device(3, "m2", version=2))
    assert later.members == held.members
    assert len(later.devices) == 3


@pytest.mark.parametrize("name", ["Ben Example", " ben  EXAMPLE ", "\uff22en Example", "Ben\u00a0Example"])
def test_a_name_that_another_member_has_is_ambiguous(office, name):
    new = office.device(3, "m3", version=2)
    assert refuses("ambiguous", editing.enrol, office.roster(), BEFORE, Member("m3", name), new)


@pytest.mark.parametrize("n", [2, 101])
def test_a_key_that_is_known_already_is_not_enrolled_again(office, n):
    new = office.device(n, "m3", version=2)
    assert refuses("ambiguous", editing.enrol, office.roster(), BEFORE, Member("m3", "Cleo Example"), new)


def test_a_device_is_enrolled_for_its_own_member(office):
    new = office.device(3, "m1", version=2)
    assert refuses("ambiguous", editing.enrol, office.roster(), BEFORE, Member("m3", "Cleo Example"), new)


def test_a_revoked_key_does_not_come_back_but_the_person_does(office):
    held = office.roster()
    second = held.devices[1]
    gone = editing.revoke(held, BEFORE, {second.id: Revocation(4)})
    assert refuses("ambiguous", editing.enrol, gone, BEFORE, held.members[1], second)
    back = editing.enrol(gone, BEFORE, held.members[1], office.device(3, "m2", version=3))
    assert is_consistent(back)
    assert [one.revoked for one in back.devices] == [None, Revocation(4), None]


def test_new_rights_are_appended_for_every_device_of_the_member(office):
    held = editing.enrol(
        office.roster(), BEFORE, Member("m2", "Ben Example"), office.device(3, "m2", version=2)
    )
    later = editing.set_rights(held, BEFORE, "m2", ("supervisor",), ("south",))
    first, second, third = later.devices
    row = DeviceRow(3, ("supervisor",), ("south",), NEVER)
    assert first == held.devices[0]
    assert second.rows == (*held.devices[1].rows, row)
    assert third.rows == (*held.devices[2].rows, row)
    assert is_consistent(later)


def test_new_rights_hold_at_the_latest_from_a_number(office):
    held = office.roster()
    second = held.devices[1]
    later = editing.set_rights(held, BEFORE, "m2", ("caseworker",), (), at_latest={second.id: 12})
    assert later.devices[1].rows[-1].at_latest == 12


def test_an_unknown_member_or_device_is_not_found(office):
    assert refuses("not_found", editing.set_rights, office.roster(), BEFORE, "m9", ("caseworker",), ())
    assert refuses("not_found", editing.revoke, office.roster(), BEFORE, {"d" * 64: Revocation(1)})


def test_the_last_administrator_is_neither_revoked_nor_demoted(office):
    held = office.roster()
    first = held.devices[0]
    assert refuses("state_forbids", editing.revoke, held, BEFORE, {first.id: Revocation(1)})
    assert refuses("state_forbids", editing.set_rights, held, BEFORE, "m1", ("officer",), ())
    two = editing.set_rights(held, BEFORE, "m2", ("administrator",), ())
    gone = editing.revoke(two, BEFORE, {first.id: Revocation(1)})
    assert gone.devices[0].revoked == Revocation(1)
    assert refuses("state_forbids", editing.set_rights, gone, BEFORE, "m2", ("caseworker",), ())


def test_a_revocation_is_not_changed_by_another(office):
    held = office.roster()
    second = held.devices[1]
    once = editing.revoke(held, BEFORE, {second.id: Revocation(4, "e" * 64, "lost")})
    twice = editing.revoke(once, BEFORE, {second.id: Revocation(9)})
    assert twice.devices[1].revoked == Revocation(4, "e" * 64, "lost")


def test_retiring_is_part_of_the_version_that_is_made(office):
    held = office.roster()
    second = held.devices[1]
    later = editing.retire(held, second.id, Revocation(2))
    assert later == msgspec.structs.replace(
        held, devices=(held.devices[0], msgspec.structs.replace(second, revoked=Revocation(2, retired=True)))
    )


@pytest.mark.parametrize(
    ("numbers", "last"),
    [(set(), 0), ({1}, 1), ({2}, 0), ({1, 2, 3}, 3), ({1, 2, 4, 5}, 2), ({3, 2, 1, 7}, 3)],
)
def test_the_last_number_without_a_gap(numbers, last):
    assert editing.numbers_without_gap(numbers) == last
