"""Several files in one call: each is judged by what is known when its turn comes."""

import pytest

from ctcase.app import exchange, office
from ctcase.app.session import open_vault
from ctcase.errors import Cancelled
from tests.office_world import PASSPHRASE


def codes(seen):
    return [one.error.code if one.error else one.status for one in seen.files]


@pytest.fixture
def stick(world):
    """Files for ben: the roster in which cem is enrolled, and what cem wrote to him."""
    world.found()
    world.member("ben", "supervisor")
    world.member("cem")
    world.case("cem")
    ben = world.session("ben").member_id
    return [*world.bundles("office", ben), *world.bundles("cem", ben)]


def revoking(world):
    """Files for ben with the roster in which cem is revoked."""
    office.revoke(world.session("office"), "Cem Member", "The laptop was stolen.", PASSPHRASE)
    return world.bundles("office", world.session("ben").member_id)


def test_a_roster_in_one_file_counts_for_the_next(world, stick):
    files = [*revoking(world), *stick]
    seen = exchange.read_bundles(world.session("ben"), files).value
    assert codes(seen) == ["new", "new", "sender_revoked"]
    assert [one.roster for one in seen.files[:2]] == [4, 3]


def test_what_another_process_takes_between_two_files_counts(world, stick):
    """The second file is opened while the first is saved; what was found then is not held against what is known now."""
    files = revoking(world)
    other = open_vault(world.vault("ben"), PASSPHRASE, world.env)

    def meanwhile(_stage, done, _total):
        if done == 1:
            exchange.read_bundles(other, files)
        return True

    seen = exchange.read_bundles(world.session("ben"), stick, meanwhile).value
    other.close()
    assert codes(seen) == ["new", "sender_revoked"]


def test_what_was_read_before_a_cancel_stays(world, stick):
    ben = world.session("ben")
    with pytest.raises(Cancelled):
        exchange.read_bundles(ben, stick, lambda _stage, done, _total: done < 1)
    assert codes(exchange.read_bundles(ben, stick).value) == ["known", "new"]
