"""The vault folder: made whole or not at all; its backups, which hold no signing key."""

import random
import shutil

import pytest
from sqlalchemy import select

from ctcase.crypto import slots
from ctcase.crypto.age import HybridIdentity
from ctcase.crypto.passphrases import BOUNDS
from ctcase.errors import CtcaseError
from ctcase.store import database, local, schema, vault
from ctcase.store.local import Device
from tests.office_world import code_of

WORD, OTHER = "a fictional passphrase", "another one"
SEED, SEALING = bytes(range(32)), "AGE-SECRET-KEY-PQ-1SEALINGKEYTHATSTAYS"


@pytest.fixture
def numbers():
    return random.Random(5).randbytes


@pytest.fixture
def opened(tmp_path, numbers):
    made = vault.create(tmp_path / "vault", WORD, numbers, BOUNDS.floor)
    with made.database.transaction() as connection:
        local.put(connection, "device", Device("d" * 64, SEED, SEALING, "m", "Ana", ("caseworker",)))
        local.put(connection, "chain", local.Chain(3, "e" * 64))
        local.put(connection, "filler", "x" * 300_000)
        local.drop(connection, "filler")
    yield made
    made.close()


def names(folder):
    return sorted(file.name for file in folder.iterdir())


def test_a_new_vault_is_whole_and_private(tmp_path, numbers):
    made = vault.create(tmp_path / "a" / "b", WORD, numbers, BOUNDS.floor)
    made.close()
    assert names(tmp_path / "a" / "b") == ["case.db", "inbox", "outbox", "vault.json"]
    assert (tmp_path / "a" / "b").stat().st_mode & 0o077 == 0
    assert (tmp_path / "a" / "b" / "vault.json").stat().st_mode & 0o077 == 0
    assert names(tmp_path / "a") == ["b"]


def test_an_empty_folder_is_taken_and_a_full_one_never(tmp_path, numbers):
    folder = tmp_path / "vault"
    folder.mkdir()
    vault.create(folder, WORD, numbers, BOUNDS.floor).close()
    before = (folder / "case.db").read_bytes()
    assert code_of(vault.create, folder, WORD, numbers, BOUNDS.floor) == "permission"
    assert (folder / "case.db").read_bytes() == before
    (tmp_path / "file").write_text("x")
    assert code_of(vault.create, tmp_path / "file" / "vault", WORD, numbers, BOUNDS.floor) == "permission"
    assert names(tmp_path) == ["file", "vault"]


@pytest.mark.parametrize("passphrase", ["", "a\0b", "\ud800", "x" * 5000])
def test_a_passphrase_that_is_none_leaves_nothing_behind(tmp_path, numbers, passphrase):
    with pytest.raises(CtcaseError):
        vault.create(tmp_path / "vault", passphrase, numbers, BOUNDS.floor)
    assert names(tmp_path) == []


def test_a_new_passphrase_replaces_the_old_one(opened, numbers):
    before = (opened.folder / "case.db").read_bytes()
    vault.change_passphrase(opened, OTHER, numbers, BOUNDS.floor)
    assert code_of(vault.unlock, opened.folder, WORD) == "passphrase_wrong"
    vault.unlock(opened.folder, OTHER).close()
    assert (opened.folder / "case.db").read_bytes() == before


def test_the_recovery_key_opens_after_the_passphrase_changed_too(opened, numbers):
    identity = HybridIdentity(numbers(32))
    assert code_of(vault.unlock_with_recovery, opened.folder, identity) == "not_addressed"
    vault.add_recovery(opened, identity.recipient, numbers)
    vault.change_passphrase(opened, OTHER, numbers, BOUNDS.floor)
    vault.unlock_with_recovery(opened.folder, identity).close()
    assert code_of(vault.unlock_with_recovery, opened.folder, HybridIdentity(numbers(32))) == "not_addressed"


# --- backups -----------------------------------------------------------------------------------------------------


def back_up(opened, numbers, name="backup"):
    target = opened.folder.parent / name
    vault.back_up(opened, target, OTHER, numbers, BOUNDS.floor)
    return target


def restored(backup, folder, numbers, **options):
    vault.restore(backup, folder, OTHER, numbers, BOUNDS.floor, **options)
    return vault.unlock(folder, OTHER)


def plain(path, key):
    """Every decrypted byte of a database, free pages included."""
    held = database.Database(path, key)
    try:
        raw, target = held.raw, path.with_name("plain")
        raw.execute("ATTACH DATABASE ? AS plain KEY ''", (str(target),))
        raw.execute("SELECT sqlcipher_export('plain')").fetchall()
        raw.execute("DETACH DATABASE plain")
        free = raw.execute("PRAGMA freelist_count").fetchone()[0]
    finally:
        held.close()
    return target.read_bytes(), free


def test_a_backup_has_no_signing_key_and_no_trace_of_one(opened, numbers, tmp_path):
    held = restored(back_up(opened, numbers), tmp_path / "restored", numbers)
    with held.database.reading() as connection:
        facts = set(connection.scalars(select(schema.local.c.key)))
        assert not facts & {"device", "chain"}
        assert local.get(connection, "sealing", str) == SEALING
        assert local.get(connection, "restored_from", str) == "d" * 64
    held.close()
    everything, free = plain(held.folder / "case.db", opened.key)
    assert free == 0
    assert SEALING.encode() in everything
    from base64 import b64encode

    assert SEED not in everything
    assert b64encode(SEED).rstrip(b"=")[:40] not in everything


def test_the_vault_itself_keeps_its_signing_key(opened, numbers):
    back_up(opened, numbers)
    with opened.database.reading() as connection:
        assert local.get(connection, "device", Device).seed == SEED
    assert opened.database.check_integrity()
    assert names(opened.folder.parent) == ["backup", "vault"]


def test_a_backup_is_consistent_while_another_connection_reads_and_has_written(opened, numbers, tmp_path):
    other = vault.unlock(opened.folder, WORD)
    with other.database.reading() as connection:
        assert local.get(connection, "chain", local.Chain).number == 3
        with opened.database.transaction() as writing:
            local.put(writing, "later", "y" * 200_000)
        backup = back_up(opened, numbers)
    other.close()
    held = restored(backup, tmp_path / "restored", numbers)
    with held.database.reading() as connection:
        assert local.get(connection, "later", str) == "y" * 200_000
    held.close()


def test_a_backup_opens_with_its_own_passphrase_only(opened, numbers, tmp_path):
    backup = back_up(opened, numbers)
    assert code_of(vault.restore, backup, tmp_path / "restored", WORD, numbers) == "passphrase_wrong"
    assert not (tmp_path / "restored").exists()


def test_a_backup_replaces_an_older_one_whole_or_not_at_all(opened, numbers, tmp_path):
    backup = back_up(opened, numbers)
    before = backup.read_bytes()
    assert code_of(vault.back_up, opened, tmp_path / "nowhere" / "b", OTHER, numbers) == "file_missing"
    with pytest.raises(CtcaseError):
        vault.back_up(opened, backup, "", numbers, BOUNDS.floor)
    assert backup.read_bytes() == before
    back_up(opened, numbers)
    assert names(tmp_path) == ["backup", "vault"]


def test_a_spoiled_backup_is_refused_and_leaves_no_folder(opened, numbers, tmp_path):
    backup = back_up(opened, numbers)
    whole = backup.read_bytes()
    spoiled = [b"", b"x", whole[:20], whole[:40], whole[:-1], whole[:-4096], whole + b"x", whole[:3000]]
    for place in range(0, len(whole), len(whole) // 40):
        changed = bytearray(whole)
        changed[place] ^= 1
        spoiled.append(bytes(changed))
    for data in spoiled:
        backup.write_bytes(data)
        code = code_of(vault.restore, backup, tmp_path / "restored", OTHER, numbers, BOUNDS.floor)
        assert code in (
            "file_not_understood",
            "vault_damaged",
            "passphrase_wrong",
            "limit_exceeded",
            "newer_version",
        )
    assert names(tmp_path) == ["backup", "vault"]


def test_a_restored_vault_is_prepared_before_it_is_there(opened, numbers, tmp_path):
    identity = HybridIdentity(numbers(32))

    def prepare(copy):
        assert not (tmp_path / "restored").exists()
        with copy.transaction() as connection:
            local.put(connection, "prepared", "yes")
        return identity.recipient

    restored(back_up(opened, numbers), tmp_path / "restored", numbers, prepare=prepare).close()
    held = vault.unlock_with_recovery(tmp_path / "restored", identity)
    with held.database.reading() as connection:
        assert local.get(connection, "prepared", str) == "yes"
    held.close()

    def fail(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        vault.restore(tmp_path / "backup", tmp_path / "second", OTHER, numbers, BOUNDS.floor, prepare=fail)
    assert names(tmp_path) == ["backup", "restored", "vault"]


def test_a_backup_is_no_vault_and_a_vault_no_backup(opened, numbers, tmp_path):
    assert (
        code_of(vault.restore, opened.folder / "case.db", tmp_path / "r", WORD, numbers)
        == "file_not_understood"
    )
    shutil.copyfile(back_up(opened, numbers), tmp_path / "vault.json")
    assert code_of(vault.unlock, tmp_path, OTHER) != "passphrase_wrong"
    assert slots.LARGEST_HEADER < 1_000_000
