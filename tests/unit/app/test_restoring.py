"""Backups, restored vaults, vaults that were set back, and the office's recovery key."""

import shutil

import pytest

from ctcase.app import case_list, cases, exchange, office, upkeep
from ctcase.app.session import open_vault
from ctcase.errors import Cancelled, CtcaseError
from ctcase.store import database, local
from tests.office_world import PASSPHRASE, code_of

NEW = "a new fictional passphrase"


def restore(world, name, new):
    """A backup of a vault, restored under another name; the request it wrote."""
    backup, request = world.path("backup"), world.path("request")
    upkeep.backup(world.session(name), backup, PASSPHRASE)
    upkeep.restore(backup, world.vault(new), PASSPHRASE, world.env, request)
    return request


def devices(world, name="office"):
    """By device, its last number, None if it is not revoked; of all members but the founder."""
    return {
        it.device: it.revoked for one in office.members(world.session(name)).members[1:] for it in one.devices
    }


def test_a_restored_vault_is_another_device_of_the_same_member(world):
    world.found()
    ben = world.member("ben")
    code = world.case("ben")
    world.send("ben", "office")
    request = restore(world, "ben", "again")
    again = world.session("again")
    assert (again.member_id, upkeep.status(again).enrolled) == (ben.member_id, "requested")
    assert again.device_id != ben.device_id
    assert again.me.seed != ben.me.seed
    assert again.me.sealing == ben.me.sealing
    cases.set_fields(again, code, {"case.alias": "After"})
    assert office.look_at_request(world.session("office"), request).replaces == ben.device_id
    welcome = world.enrol(request)
    assert devices(world) == {ben.device_id: 1, again.device_id: None}
    office.accept(again, welcome)
    assert upkeep.status(again).enrolled == "yes"
    world.send("again", "office")
    assert cases.show_case(world.session("office"), code).alias == "After"
    assert upkeep.status(world.session("office")).forks == []
    assert all(world.verified(name).ok for name in ("office", "again"))


def test_bundles_under_way_still_open(world):
    world.found()
    ben, eda = world.member("ben"), world.member("eda", "supervisor")
    code = world.case("ben")
    world.meet("office", "ben", "eda")
    cases.set_fields(eda, code, {"case.alias": "Under way"})
    world.send("eda", "office")
    under_way = world.bundles("office", ben.member_id)
    restore(world, "ben", "again")
    read = exchange.read_bundles(world.session("again"), under_way).value.files
    assert [one.error for one in read] == [None]
    assert cases.show_case(world.session("again"), code).alias == "Under way"


def test_a_vault_that_was_never_enrolled_can_be_restored(world):
    world.found()
    old = world.join("ben")
    world.case("ben")
    request = restore(world, "ben", "again")
    welcome = world.enrol(old)
    office.accept(world.session("ben"), welcome)
    office.accept(world.session("again"), world.enrol(request))
    assert devices(world)[world.session("ben").device_id] == 0
    assert case_list.list_cases(world.session("again")).total == 1


def test_a_vault_restored_twice_takes_over_from_what_was_enrolled(world):
    world.found()
    ben = world.member("ben")
    restore(world, "ben", "second")
    request = restore(world, "second", "third")
    assert office.look_at_request(world.session("office"), request).replaces == ben.device_id
    office.accept(world.session("third"), world.enrol(request))
    assert devices(world) == {ben.device_id: 0, world.session("third").device_id: None}


def test_the_second_device_of_a_member_restores_as_that_member(world):
    world.found()
    ben = world.member("ben")
    welcome = world.enrol(world.join("tablet", member="Ben Tablet"), member=ben.member_id)
    office.accept(world.session("tablet"), welcome)
    assert world.session("tablet").member_id == ben.member_id
    request = restore(world, "tablet", "again")
    office.accept(world.session("again"), world.enrol(request))
    assert len(office.members(world.session("office")).members) == 2
    assert len(devices(world)) == 3


def test_nobody_takes_over_a_device_of_another_member(world):
    world.found()
    ben = world.member("ben")
    world.member("eda")
    request = restore(world, "ben", "again")
    world.enrol(request, member="Eda Member")  # the office says whose it is, against what was asked
    assert devices(world)[ben.device_id] is None


def test_a_restore_that_cannot_write_its_request_leaves_nothing(world):
    world.found()
    world.member("ben")
    backup = world.path("backup")
    upkeep.backup(world.session("ben"), backup, PASSPHRASE)
    call = upkeep.restore
    nowhere = world.folder / "no" / "request"
    assert code_of(call, backup, world.vault("again"), PASSPHRASE, world.env, nowhere) == "file_missing"
    assert not world.vault("again").exists()
    assert code_of(call, backup, world.vault("ben"), PASSPHRASE, world.env, None) == "permission"
    assert code_of(call, backup, world.vault("again"), "wrong", world.env, None) == "passphrase_wrong"
    assert code_of(call, world.path("no"), world.vault("again"), "wrong", world.env, None) == "file_missing"
    assert not world.vault("again").exists()
    call(backup, world.vault("again"), PASSPHRASE, world.env, None)
    request = world.path("request")
    office.join(world.vault("again"), "x", ("caseworker",), request, PASSPHRASE, world.env)
    office.accept(world.session("again"), world.enrol(request))
    assert upkeep.status(world.session("again")).enrolled == "yes"


def test_the_office_recovers_a_restored_vault_too(world):
    world.found()
    world.member("ben")
    restore(world, "ben", "again")
    world.close("again")
    session = world.session("office")
    upkeep.recover(world.vault("again"), session, PASSPHRASE, NEW, world.env)
    open_vault(world.vault("again"), NEW, world.env).close()


@pytest.mark.parametrize("after", [0, 1])
def test_a_copy_that_was_cancelled_leaves_nothing(world, after):
    world.found()
    world.member("ben")
    world.case("ben")
    ben, backup, left = world.session("ben"), world.path("backup"), []

    def asked(stage, _done, _total):
        left.append(stage)
        return len(left) <= after

    before = {*ben.folder.iterdir(), *backup.parent.iterdir()}
    with pytest.raises(Cancelled):
        upkeep.backup(ben, backup, PASSPHRASE, asked)
    assert {*ben.folder.iterdir(), *backup.parent.iterdir()} == before
    assert set(left) == {"copying"}
    assert world.verified("ben").ok
    left.clear()
    upkeep.backup(ben, backup, PASSPHRASE)
    again = world.vault("again")
    with pytest.raises(Cancelled):
        upkeep.restore(backup, again, PASSPHRASE, world.env, None, lambda *_: False)
    assert not again.exists()
    upkeep.restore(backup, again, PASSPHRASE, world.env, None, lambda *_: True)


# --- set back ----------------------------------------------------------------------------------------------------


@pytest.fixture
def set_back(world):
    """Ben's folder was copied, he went on and sent what he did, then the copy was put back."""
    world.found()
    world.member("ben")
    code = world.case("ben")
    world.meet("office", "ben")
    world.copy("ben", "copy")
    cases.set_fields(world.session("ben"), code, {"case.alias": "Later"})
    world.send("ben", "office")
    world.close("ben")
    shutil.rmtree(world.vault("ben"))
    world.copy("copy", "ben")
    return code


def test_a_vault_that_was_set_back_writes_with_a_new_key_as_soon_as_it_knows(world, set_back):
    session, ben = world.session("office"), world.session("ben")
    before = ben.device_id
    for _ in range(
        2
    ):  # a bundle says what this vault has now; one numbered like a lost one says nothing of that one
        world.send("ben", "office")
    seen = exchange.preview_bundles(ben, world.bundles("office", ben.member_id)).files
    assert [one.error for one in seen] == [None]
    ben.poll()
    assert ben.device_id == before  # a preview changes nothing
    world.send("office", "ben")
    assert ben.device_id != before
    assert upkeep.status(ben).enrolled == "requested"
    assert cases.show_case(ben, set_back).alias == "Later"
    cases.set_fields(ben, set_back, {"case.alias": "Last"})
    request = world.path("request")
    office.join(ben.folder, "x", ("caseworker",), request, PASSPHRASE, world.env)
    assert office.look_at_request(session, request).replaces == before
    ben.poll()
    office.accept(ben, world.enrol(request))
    world.meet("office", "ben")
    assert cases.show_case(session, set_back).alias == "Last"
    assert upkeep.status(session).forks == upkeep.status(session).gaps == []
    assert devices(world)[before] == 2
    assert world.verified("office").ok
    assert world.verified("ben").ok


def test_a_place_in_the_chain_of_an_older_day_is_never_written_from(world):
    """Whoever can write to the disk puts a single page back; no passphrase is needed for that."""
    world.found()
    world.member("ben")
    ben, older = world.session("ben"), []
    for _ in range(2):
        older.append(ben.chain)
        world.case("ben")
    with ben.opened.database.transaction() as connection:
        local.put(connection, "chain", older[1])
    before = ben.device_id
    ben.close()
    again = world.sessions["ben"] = open_vault(world.vault("ben"), PASSPHRASE, world.env)
    assert again.device_id != before
    assert again.former == (before,)
    cases.add_case(again, {"alias": "After"})
    seen = upkeep.verify(again)
    assert seen.ok
    assert seen.warnings == [{"code": "set_back", "device": before}]
    request = world.path("request")
    office.join(again.folder, "x", ("caseworker",), request, PASSPHRASE, world.env)
    office.accept(again, world.enrol(request))
    assert "set_back" not in {one["code"] for one in upkeep.verify(again).warnings}


@pytest.mark.parametrize("problem", [BrokenPipeError(), KeyboardInterrupt()])
def test_a_listener_that_fails_is_no_damage(world, monkeypatch, problem):
    world.found()
    monkeypatch.setattr(database, "STEPS", 100)
    told = []

    def broken(*_):
        told.append(1)
        if len(told) == 3:
            raise problem
        return True

    with pytest.raises(type(problem)):
        upkeep.backup(world.session("office"), world.path("backup"), PASSPHRASE, broken)
    assert len(told) == 3


def test_one_that_wrote_before_it_knew_is_reported_and_nothing_is_lost(world, set_back):
    session, ben = world.session("office"), world.session("ben")
    cases.set_fields(ben, set_back, {"case.alias": "Rival"})
    world.send("ben", "office")
    assert upkeep.status(session).forks == [ben.device_id]
    assert upkeep.status(session).void + upkeep.status(session).proposals == 2
    assert upkeep.verify(session).ok


def renewed(session, request):
    """A new key of the same vault, as one that was set back gives itself, and the request that enrols it."""
    with session.work() as work:
        work.renew_key()
    return office.write_request(session, request).device


def test_a_key_that_was_enrolled_without_its_hearing_of_it_is_retired_as_well(world):
    session = world.found()
    ben, request = world.member("ben"), world.path("request")
    first = ben.device_id
    second = renewed(ben, request)
    world.enrol(request)  # this welcome is lost
    again = world.path("request")
    third = renewed(ben, again)
    office.accept(ben, world.enrol(again))
    world.meet("office", "ben")
    assert devices(world) == {first: 0, second: 0, third: None}
    assert upkeep.status(session).unsent == []


# --- recovery ----------------------------------------------------------------------------------------------------


def test_the_office_opens_a_copy_whose_passphrase_is_lost(world):
    session = world.found()
    ben = world.member("ben")
    code = world.case("ben")
    world.send("ben", "office")
    before, member = ben.device_id, ben.member_id
    world.copy("ben", "copy")
    upkeep.recover(world.vault("copy"), session, PASSPHRASE, NEW, world.env)
    assert code_of(open_vault, world.vault("copy"), PASSPHRASE, world.env) == "passphrase_wrong"
    world.sessions["copy"] = open_vault(world.vault("copy"), NEW, world.env)
    copy = world.session("copy")
    assert (upkeep.status(copy).enrolled, copy.member_id) == ("yes", member)
    assert devices(world) == {before: 1, copy.device_id: None}
    cases.set_fields(copy, code, {"case.alias": "Recovered"})
    world.send("copy", "office")
    assert cases.show_case(session, code).alias == "Recovered"
    assert all(world.verified(name).ok for name in ("office", "copy"))


def test_recovery_is_for_administrators_of_the_same_office(world, tmp_path):
    from tests.office_world import World

    session = world.found()
    ben = world.member("ben")
    world.copy("ben", "copy")
    ben = world.session("ben")
    call = upkeep.recover
    assert code_of(call, world.vault("copy"), ben, PASSPHRASE, NEW, world.env) == "role_missing"
    assert code_of(call, world.vault("copy"), session, "wrong", NEW, world.env) == "passphrase_wrong"
    assert code_of(call, world.vault("nowhere"), session, PASSPHRASE, NEW, world.env) == "file_missing"
    (tmp_path / "other").mkdir()
    other = World(tmp_path / "other", seed=9)
    other.found()
    assert code_of(call, world.vault("copy"), other.session("office"), PASSPHRASE, NEW, other.env) in (
        "not_addressed",
        "passphrase_wrong",
    )
    world.join("new")
    world.close("new")
    assert code_of(call, world.vault("new"), session, PASSPHRASE, NEW, world.env) in (
        "not_addressed",
        "passphrase_wrong",
    )
    other.close()
    open_vault(world.vault("copy"), PASSPHRASE, world.env).close()


def test_a_recovery_that_ended_half_way_is_ended_by_the_same_call(world, monkeypatch):
    session = world.found()
    world.member("ben")
    world.copy("ben", "copy")

    def fail(*_):
        raise CtcaseError("disk_full")

    monkeypatch.setattr(office, "enrol_recovered", fail)
    call = upkeep.recover
    assert code_of(call, world.vault("copy"), session, PASSPHRASE, NEW, world.env) == "disk_full"
    monkeypatch.undo()
    call(world.vault("copy"), session, PASSPHRASE, NEW, world.env)
    world.sessions["copy"] = open_vault(world.vault("copy"), NEW, world.env)
    assert upkeep.status(world.session("copy")).enrolled == "yes"
