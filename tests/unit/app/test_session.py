"""An open vault beside another process on the same one: what it knows is what the disk says, whole or not at all."""

import pytest

from ctcase.app import case_list, upkeep
from ctcase.app.session import open_vault
from ctcase.errors import Damaged
from ctcase.store import local
from tests.office_world import PASSPHRASE, code_of


@pytest.fixture
def other(world):
    """A member's vault, opened by a second process."""
    world.found()
    world.member("ben")
    session = open_vault(world.vault("ben"), PASSPHRASE, world.env)
    yield session
    session.close()


def write_elsewhere(world, session):
    """One case, written by another process than the one that `world` has open."""
    here, world.sessions["ben"] = world.session("ben"), session
    world.case("ben")
    world.sessions["ben"] = here


@pytest.mark.parametrize("readable", range(4))
def test_a_read_error_while_looking_again_makes_no_fork(world, other, monkeypatch, readable):
    """Whatever could still be read before the medium failed: nothing is written on top of half of it."""
    ben = world.session("ben")
    before = (ben.device, ben.former, ben.chain, ben.roster)
    write_elsewhere(world, other)
    left = iter(range(readable))

    def hurt(read):
        def reading(*arguments):
            if next(left, None) is None:
                raise Damaged("vault_damaged", what="database")
            return read(*arguments)

        return reading

    for name in ("get", "newest_roster"):
        monkeypatch.setattr(local, name, hurt(getattr(local, name)))
    assert code_of(ben.poll) == "vault_damaged"
    assert (ben.device, ben.former, ben.chain, ben.roster) == before
    monkeypatch.undo()
    assert ben.poll() is not None
    world.case("ben")
    assert case_list.list_cases(ben).total == 2
    seen = upkeep.verify(ben)
    assert seen.ok
    assert seen.warnings == []
