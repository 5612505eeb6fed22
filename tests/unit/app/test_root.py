"""The root store beside the office's vault: it never goes back, loses nobody, and has the passphrase of its vault."""

import msgspec
import pytest

from ctcase.app import exchange, office, root, upkeep
from ctcase.app.session import open_vault
from ctcase.crypto.signing import SigningKey
from ctcase.errors import CtcaseError
from ctcase.store import vault
from ctcase.trust import root_store, roster
from tests.office_world import PASSPHRASE, World, code_of, device, held, refused, root_file


def last_signed(world):
    store, _ = root_store.open_store(root_file(world).read_bytes(), PASSPHRASE)
    return roster.read_first(store.roster)


def test_restoring_the_office_never_sets_the_roster_back(world):
    session = world.found()
    backup = world.path("backup")
    upkeep.backup(session, backup, PASSPHRASE)
    world.member("ben")
    world.case("ben")
    root_before = root_file(world)
    world.close("office")
    request = world.path("request")
    upkeep.restore(backup, world.vault("again"), PASSPHRASE, world.env, request)
    again = world.session("again")
    assert (upkeep.status(again).enrolled, held(again).version) == ("requested", 1)
    assert code_of(world.enrol, request, team="Office", by="again") == "file_missing"
    (again.folder / "root").mkdir()
    root_before.rename(again.folder / "root" / "root.json")
    eda = world.join("eda")
    assert code_of(world.enrol, eda, by="again") == "not_enrolled"
    world.enrol(request, team="Office", by="again")  # who leads the office enrols his own new device
    assert (upkeep.status(again).enrolled, held(again).version) == ("yes", 3)
    assert {it.name for it in held(again).members} == {"Ana Officer", "Ben Member"}
    assert device(again, again.device_id).rows[-1].roles == ("officer", "administrator")
    world.enrol(eda, by="again")
    assert held(again).version == 4
    assert upkeep.verify(again).ok
    to_ben = world.bundles("again", "Ben Member")
    assert exchange.read_bundles(world.session("ben"), to_ben).value.files[0].new_roster == 4


def restored_office(world, backup, before, name):
    """The office's vault restored from a backup, with its root store beside it; its request."""
    world.close(before)
    request = world.path("request")
    upkeep.restore(backup, world.vault(name), PASSPHRASE, world.env, request)
    (world.vault(name) / "root").mkdir()
    root_file(world, before).rename(root_file(world, name))
    return request


def test_the_same_backup_of_the_office_is_restored_twice(world):
    backup = world.path("backup")
    upkeep.backup(world.found(), backup, PASSPHRASE)
    for before, name in (("office", "again"), ("again", "once more")):
        request = restored_office(world, backup, before, name)
        world.enrol(request, team="Office", by=name)
        assert upkeep.status(world.session(name)).enrolled == "yes"
    assert held(world.session("once more")).version == 3


def test_who_was_revoked_does_not_lead_the_office_by_an_old_backup(world):
    backup = world.path("backup")
    session = world.found()
    upkeep.backup(session, backup, PASSPHRASE)
    world.member("eda", "administrator")
    request = restored_office(world, backup, "office", "again")
    world.enrol(request, team="Office", by="again")
    office.revoke(world.session("again"), world.session("again").member_id, "left", PASSPHRASE)
    request = restored_office(world, backup, "again", "once more")
    assert code_of(world.enrol, request, team="Office", by="once more") == "not_enrolled"


def test_a_root_store_that_is_ahead_of_the_vault_is_caught_up_with(world, monkeypatch):
    session = world.found()
    request = world.join("ben")

    def fail(*_):
        raise CtcaseError("disk_full")

    monkeypatch.setattr(exchange, "write_welcome", fail)
    assert code_of(world.enrol, request) == "disk_full"
    monkeypatch.undo()
    session.poll()
    assert (held(session).version, last_signed(world).version) == (1, 2)
    welcome = world.enrol(request)
    assert (held(session).version, last_signed(world).version) == (2, 2)
    office.accept(world.session("ben"), welcome)
    assert upkeep.verify(session).ok


def test_the_root_store_has_the_passphrase_of_its_vault(world):
    session = world.found()
    call = upkeep.change_passphrase
    assert refused(call, session, "another one").details == {"needs": ["passphrase"]}
    assert code_of(call, session, "another one", old="wrong") == "passphrase_wrong"
    assert code_of(call, session, "", old=PASSPHRASE) == "usage"
    open_vault(session.folder, PASSPHRASE, world.env).close()
    root.open_root(session.folder, PASSPHRASE)
    call(session, "another one", old=PASSPHRASE)
    assert code_of(open_vault, session.folder, PASSPHRASE, world.env) == "passphrase_wrong"
    assert code_of(root.open_root, session.folder, PASSPHRASE) == "passphrase_wrong"
    open_vault(session.folder, "another one", world.env).close()
    assert root.open_root(session.folder, "another one").roster == held(session)


def test_a_root_store_whose_vault_refused_is_put_back(world, monkeypatch):
    session = world.found()
    before = root_file(world).read_bytes()

    def fail(*_):
        raise CtcaseError("disk_full")

    monkeypatch.setattr(vault, "change_passphrase", fail)
    assert code_of(upkeep.change_passphrase, session, "another one", old=PASSPHRASE) == "disk_full"
    assert root_file(world).read_bytes() == before


def test_a_change_that_ended_half_way_is_ended_by_the_same_call(world):
    session = world.found()
    root.change_passphrase(session, PASSPHRASE, "another one")
    open_vault(session.folder, PASSPHRASE, world.env).close()
    upkeep.change_passphrase(session, "another one", old=PASSPHRASE)
    open_vault(session.folder, "another one", world.env).close()
    root.open_root(session.folder, "another one")


def during(world, monkeypatch, module, name, meanwhile):
    """Once, when a call has read the root store and before it has the vault's lock, another process does this."""
    real = getattr(module, name)

    def slow(*arguments):
        found = real(*arguments)
        monkeypatch.setattr(module, name, real)
        meanwhile()
        return found

    monkeypatch.setattr(module, name, slow)
    return open_vault(world.vault("office"), PASSPHRASE, world.env)


def names(found):
    return [one.name for one in found.members]


def test_two_who_enrol_at_once_lose_nobody(world, monkeypatch):
    world.found()
    ann, bob, welcomes = world.join("ann"), world.join("bob"), []
    other = during(world, monkeypatch, root, "open_root", lambda: welcomes.append(world.enrol(ann)))
    welcome = world.path("welcome")
    office.enrol(
        other, bob, team="A", role=None, member=None, welcome=welcome, passphrase=PASSPHRASE
    )  # fmt: skip
    other.close()
    session = world.session("office")
    session.poll()
    assert last_signed(world) == held(session)
    assert (held(session).version, names(held(session))) == (3, ["Ana Officer", "Ann Member", "Bob Member"])
    office.accept(world.session("ann"), welcomes[0])
    office.accept(world.session("bob"), welcome)
    world.case("ann")
    world.meet("office", "ann", "bob")
    assert world.verified("office").ok


@pytest.mark.parametrize("change", ["revoke", "set_member"])
def test_a_right_that_changes_beside_an_enrolment_stays_changed(world, monkeypatch, change):
    world.found()
    world.member("ben")
    ann = world.join("ann")
    other = during(world, monkeypatch, root, "open_root", lambda: world.enrol(ann))
    if change == "revoke":
        office.revoke(other, "Ben Member", "left", PASSPHRASE)
    else:
        office.set_member(other, "Ben Member", None, "B", PASSPHRASE)
    other.close()
    found = last_signed(world)
    (ben,) = [one for one in found.devices if one.member == office.find_member(found, "Ben Member").id]
    assert (found.version, names(found)) == (4, ["Ana Officer", "Ben Member", "Ann Member"])
    assert ben.revoked if change == "revoke" else ben.rows[-1].teams == ("B",)
    assert world.verified("office").ok


def test_a_passphrase_that_changes_beside_an_enrolment_sets_nothing_back(world, monkeypatch):
    session = world.found()
    ann = world.join("ann")
    other = during(world, monkeypatch, root_store, "with_passphrase", lambda: world.enrol(ann))
    assert code_of(upkeep.change_passphrase, other, "another one", old=PASSPHRASE) == "vault_busy"
    other.close()
    session.poll()
    assert last_signed(world) == held(session)
    upkeep.change_passphrase(session, "another one", old=PASSPHRASE)
    assert root.open_root(session.folder, "another one").roster == held(session)


def test_what_was_signed_since_is_not_put_back_with_a_passphrase(world, monkeypatch):
    session = world.found()
    ann = world.join("ann")

    def fail(*_):
        monkeypatch.undo()
        office.enrol(
            session, ann, team="A", role=None, member=None, welcome=world.path("w"), passphrase="another one"
        )  # fmt: skip
        raise CtcaseError("disk_full")

    monkeypatch.setattr(vault, "change_passphrase", fail)
    assert code_of(upkeep.change_passphrase, session, "another one", old=PASSPHRASE) == "disk_full"
    assert root.open_root(session.folder, "another one").roster == held(session)
    upkeep.change_passphrase(session, "another one", old=PASSPHRASE)  # the same call again ends it
    open_vault(session.folder, "another one", world.env).close()


def end_before_the_vault(world, monkeypatch, call, *arguments):
    """The call ends after the root store was written and before the vault was."""

    def fail(*_):
        raise CtcaseError("disk_full")

    monkeypatch.setattr(root, "take", fail)
    assert code_of(call, *arguments) == "disk_full"
    monkeypatch.undo()
    assert last_signed(world).version == held(world.session("office")).version + 1


def test_a_revocation_that_ended_half_way_is_ended_by_the_same_call(world, monkeypatch):
    session = world.found()
    ben = world.member("ben").device_id
    end_before_the_vault(world, monkeypatch, office.revoke, session, "Ben Member", "left", PASSPHRASE)
    assert device(session, ben).revoked is None
    assert office.revoke(session, "Ben Member", "left", PASSPHRASE).value.roster == 3
    assert device(session, ben).revoked is not None
    assert code_of(office.revoke, session, "Ben Member", "left", PASSPHRASE) == "state_forbids"
    assert last_signed(world) == held(session)
    assert upkeep.verify(session).ok


def test_what_was_signed_half_way_is_taken_with_the_next_change(world, monkeypatch):
    session = world.found()
    ben = world.member("ben").device_id
    end_before_the_vault(world, monkeypatch, office.revoke, session, ben, "left", PASSPHRASE)
    world.enrol(world.join("eda"))
    assert (held(session).version, device(session, ben).revoked is None) == (4, False)
    assert last_signed(world) == held(session)
    assert upkeep.verify(session).ok


def test_a_recovery_that_ended_half_way_is_done_again(world, monkeypatch):
    session = world.found()
    old = world.member("ben").device_id
    copy = world.copy("ben", "copy")
    recover = upkeep.recover, copy, session, PASSPHRASE, "another one", world.env
    end_before_the_vault(world, monkeypatch, *recover)
    device_id = upkeep.recover(*recover[1:]).value.device
    assert (device(session, old).revoked.retired, device(session, device_id).revoked) == (True, None)
    assert len(roster.devices_of(held(session), device(session, device_id).member)) == 1
    assert upkeep.verify(session).ok


@pytest.mark.parametrize("rival", [False, True])
def test_a_root_store_that_was_set_back_signs_nothing_without_those_it_lost(world, rival):
    """Or that signed a rival of the vault's roster: what went out to members counts."""
    session = world.found()
    before = root_file(world).read_bytes()
    world.enrol(world.join("ann"))
    if rival:
        store, key = root_store.open_store(before, PASSPHRASE)
        other = msgspec.structs.replace(roster.read_first(store.roster), version=2)
        signed = roster.sign(other, [SigningKey(seed) for seed in store.seeds])
        store = msgspec.structs.replace(store, roster=signed)
        before = root_store.rewrite(before, key, store, world.env.randomness)
    root_file(world).write_bytes(before)
    world.enrol(world.join("bob"))
    assert (held(session).version, names(held(session))) == (3, ["Ana Officer", "Ann Member", "Bob Member"])
    assert last_signed(world) == held(session)
    assert upkeep.verify(session).ok


def test_a_root_store_of_another_office_signs_nothing(world, tmp_path):
    session = world.found()
    (tmp_path / "other").mkdir()
    other = World(tmp_path / "other", seed=9)
    other.found()
    other.close()
    foreign = root_file(other).read_bytes()
    root_file(world).write_bytes(foreign)
    assert code_of(world.enrol, world.join("ann")) == "other_office"
    assert (root_file(world).read_bytes(), held(session).version) == (foreign, 1)
