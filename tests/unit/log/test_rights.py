"""Rule 10 as a property: by which row an entry acts, whatever the rows."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctcase.log.rights import NEVER, NOBODY, DeviceRights, Rights, Row

small = st.integers(1, 8)
rows = st.lists(st.tuples(small, small | st.just(NEVER)), min_size=1, max_size=5).map(sorted)


def rights_of(pairs, version, last):
    made = tuple(
        Row(since, at_latest, "m", frozenset({f"role{place}"}), (f"team{place}",))
        for place, (since, at_latest) in enumerate(pairs)
    )
    return Rights(version, {"d": DeviceRights(made, b"", last)})


@settings(max_examples=200)
@given(rows, small, small | st.just(NEVER), small, st.integers(0, 9))
def test_the_last_row_that_holds_is_the_one_an_entry_acts_by(pairs, version, last, number, roster):
    rights = rights_of(pairs, version, last)
    found = rights.standing("d", number, roster)
    if number > last:
        assert found == "revoked"
    elif roster > version:
        assert found == "newer_roster"
    else:
        holding = [0] + [
            place
            for place, (since, at_latest) in enumerate(pairs)
            if place and (since <= roster or at_latest <= number)
        ]
        assert found is rights.devices["d"].rows[holding[-1]]


@settings(max_examples=100)
@given(rows, small, small, small)
def test_a_claim_never_gives_back_what_a_number_took(pairs, version, number, roster):
    """Claiming an older roster, or a later clock, does not help who is past the last number or the number of a row."""
    rights = rights_of([*pairs, (version, number)], version, NEVER)
    newest = rights.devices["d"].rows[-1]
    for later in (number, number + 1, NEVER):
        assert rights.standing("d", later, min(roster, version)) is newest
    revoked = rights_of(pairs, version, number)
    for claimed in (0, roster, 99):
        assert revoked.standing("d", number + 1, claimed) == "revoked"


@pytest.mark.parametrize(("number", "roster"), [(0, 0), (1, 0), (NEVER, 0), (1, 99)])
def test_without_a_roster_nobody_is_known(number, roster):
    assert NOBODY.standing("d", number, roster) == "unknown_device"
    assert NOBODY.version == 0


def test_a_revocation_at_zero_leaves_nothing():
    rights = rights_of([(1, NEVER)], 3, 0)
    assert {rights.standing("d", number, 1) for number in (1, 2, NEVER)} == {"revoked"}


def test_rights_are_data():
    rights = rights_of([(1, NEVER)], 1, NEVER)
    assert rights == rights_of([(1, NEVER)], 1, NEVER)
    assert rights != rights_of([(1, NEVER)], 1, 5)
    with pytest.raises(AttributeError):
        rights.version = 2
    assert msgspec.structs.replace(rights, version=2).devices is rights.devices
