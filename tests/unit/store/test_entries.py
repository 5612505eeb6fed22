"""Which entries of a batch are in the log."""

import pytest

from ctcase.store import entries
from tests.office_world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    found = World(tmp_path_factory.mktemp("entries"))
    found.found()
    for name in ("ben", "cem"):
        found.member(name)
        for _ in range(3):
            found.case(name)
    found.send("ben", "office")
    yield found
    found.close()


def log(world, name):
    with world.session(name).look() as connection:
        return entries.of_seqs(connection, list(range(1, 20)))


@pytest.mark.parametrize("few", [True, False])
def test_those_that_are_here_are_found_whatever_their_numbers(world, few, monkeypatch):
    if not few:
        monkeypatch.setattr(entries, "CHUNK", 1)  # more devices than are asked for one by one
    here = log(world, "office")
    batch = [*here, *log(world, "ben"), *log(world, "cem")]
    with world.session("office").look() as connection:
        assert entries.present(connection, batch) == {one.id: one.stream for one in here}
        assert entries.present(connection, []) == {}
    assert len({one.id for one in batch}) > len(here), "some are not"
