"""Several files in one call: each is judged by what is known when its turn comes."""

import pytest

from ctcase.app import cases, exchange, office, upkeep
from ctcase.app.session import Work, open_vault
from ctcase.errors import Cancelled, EnvironmentFailed
from ctcase.sync import incoming
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


def test_what_was_read_before_a_cancel_stays_and_is_told(world, stick):
    ben = world.session("ben")
    with pytest.raises(Cancelled):
        exchange.read_bundles(ben, stick, lambda *_: False)
    done = exchange.read_bundles(ben, [*reversed(stick)], lambda _stage, done, _total: done < 1)
    assert codes(done.value) == ["new"]
    assert len(done.changes.streams) == 1
    assert codes(exchange.read_bundles(ben, stick).value) == ["new", "known"]


def test_a_cancel_within_a_file_leaves_nothing_of_it(world, stick):
    ben, told = world.session("ben"), []

    def within(stage, done, total):
        told.append((stage, done, total))
        return stage != "taking"

    before = upkeep.status(ben)
    with pytest.raises(Cancelled):
        exchange.read_bundles(ben, stick[1:], within)
    assert told == [("reading", 0, 1), ("taking", 0, 2)]
    assert upkeep.status(ben) == before


def test_a_file_that_the_disk_does_not_take_is_told_beside_those_that_were_read(world, stick, monkeypatch):
    ben = world.session("ben")
    keep, kept = Work.finish, []

    def finish(work):
        kept.append(1)
        if len(kept) == 2:
            raise EnvironmentFailed("disk_full")
        keep(work)

    monkeypatch.setattr(Work, "finish", finish)
    read = exchange.read_bundles(ben, [*stick, *stick]).value
    assert codes(read) == ["new", "disk_full", "known", "new"]


def test_a_file_is_opened_while_others_may_write(world, stick, monkeypatch):
    other = open_vault(world.vault("ben"), PASSPHRASE, world.env)
    judge = incoming.judge

    def meanwhile(data, reader):
        cases.add_case(other, {"alias": "Written meanwhile"})
        return judge(data, reader)

    monkeypatch.setattr(incoming, "judge", meanwhile)
    assert codes(exchange.read_bundles(world.session("ben"), stick[:1]).value) == ["new"]
    other.close()


def test_what_could_not_be_recorded_as_sent_is_taken_away(world, stick, tmp_path, monkeypatch):
    world.case("cem")

    def finish(_work):
        raise EnvironmentFailed("disk_full")

    monkeypatch.setattr(Work, "finish", finish)
    with pytest.raises(EnvironmentFailed):
        exchange.write_bundles(world.session("cem"), "all", tmp_path / "out")
    monkeypatch.undo()
    assert list((tmp_path / "out").iterdir()) == []
    assert exchange.write_bundles(world.session("cem"), "all", tmp_path / "out").value.files


def test_writing_that_was_cancelled_tells_what_is_written(world, stick, tmp_path):
    world.case("office")
    office_session = world.session("office")
    out = tmp_path / "out"
    with pytest.raises(Cancelled):
        exchange.write_bundles(office_session, "all", out, lambda *_: False)
    written = exchange.write_bundles(
        office_session, "all", out, lambda stage, done, _total: (stage, done) != ("writing", 1)
    )
    assert [one.file for one in written.value.files] == [str(one) for one in out.iterdir()]
