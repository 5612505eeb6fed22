"""Files that are not our database, each refused with its own word, unchanged, and without a sound."""

import shutil

import pytest
from sqlalchemy import select, update

from ctcase.crypto.passphrases import BOUNDS
from ctcase.errors import CtcaseError, EnvironmentFailed
from ctcase.model import canonical
from ctcase.store import database, journal, local, schema, vault

PAGE = database.PAGE


@pytest.fixture
def numbers():
    import random

    return random.Random(3).randbytes


@pytest.fixture
def ours(tmp_path, numbers):
    """A closed vault with something in it."""
    opened = vault.create(tmp_path / "ours", "a fictional passphrase", numbers, BOUNDS.floor)
    with opened.database.transaction() as connection:
        local.put(connection, "filler", "x" * 60_000)
    opened.close()
    return opened


@pytest.fixture
def theirs(tmp_path, numbers):
    opened = vault.create(tmp_path / "theirs", "another passphrase", numbers, BOUNDS.floor)
    opened.close()
    return opened


def path_of(opened):
    return opened.folder / vault.DATABASE


def unlock(opened):
    return vault.unlock(opened.folder, "a fictional passphrase")


def refusal(opened):
    """How opening is refused: its code and what, after which every file is as it was and nothing was said."""
    before = {file.name: file.read_bytes() for file in opened.folder.iterdir() if file.is_file()}
    with pytest.raises(CtcaseError) as caught:
        unlock(opened).close()
    after = {file.name: file.read_bytes() for file in opened.folder.iterdir() if file.is_file()}
    assert {name: data for name, data in after.items() if name != "case.db-shm"} == before
    return caught.value.code, caught.value.details.get("what")


@pytest.fixture(autouse=True)
def silence(capfd):
    yield
    assert capfd.readouterr() == ("", "")


def test_a_whole_vault_opens(ours):
    opened = unlock(ours)
    with opened.database.reading() as connection:
        assert local.get(connection, "filler", str) == "x" * 60_000
    opened.close()
    assert opened.vault_id == ours.vault_id


def test_an_empty_file_is_no_new_vault(ours):
    path_of(ours).write_bytes(b"")
    assert refusal(ours) == ("vault_damaged", "empty")


def test_a_missing_file_is_no_new_vault(ours):
    path_of(ours).unlink()
    assert refusal(ours) == ("vault_damaged", "missing")
    assert not path_of(ours).exists()


def test_a_plaintext_database_is_refused(ours):
    import sqlite3

    path_of(ours).unlink()
    plain = sqlite3.connect(path_of(ours))
    plain.execute("CREATE TABLE local (key, value)")
    plain.commit()
    plain.close()
    assert refusal(ours) == ("vault_damaged", "plaintext")


def test_the_database_of_another_vault_is_refused(ours, theirs):
    shutil.copyfile(path_of(theirs), path_of(ours))
    assert refusal(ours) == ("vault_damaged", "key")


def test_the_header_of_another_vault_is_refused(ours, theirs):
    shutil.copyfile(theirs.folder / vault.HEADER, ours.folder / vault.HEADER)
    with pytest.raises(CtcaseError) as caught:
        vault.unlock(ours.folder, "another passphrase")
    assert (caught.value.code, caught.value.details["what"]) == ("vault_damaged", "key")


def test_a_folder_or_a_pipe_in_its_place_is_refused(ours):
    import os

    path_of(ours).unlink()
    os.mkfifo(path_of(ours))
    with pytest.raises(CtcaseError) as caught:
        unlock(ours)
    assert caught.value.details["what"] == "file"
    path_of(ours).unlink()
    path_of(ours).mkdir()
    with pytest.raises(CtcaseError) as caught:
        unlock(ours)
    assert caught.value.details["what"] == "file"


def test_no_header_is_no_vault(ours):
    (ours.folder / vault.HEADER).unlink()
    assert refusal(ours) == ("file_missing", "vault")


def test_every_truncation_is_refused(ours):
    whole = path_of(ours).read_bytes()
    cuts = {
        *range(PAGE, len(whole), PAGE),
        *(len(whole) * part // 97 for part in range(1, 97)),
        1,
        len(whole) - 1,
    }
    for cut in sorted(cuts):
        path_of(ours).write_bytes(whole[:cut])
        assert refusal(ours) == ("vault_damaged", "truncated")
    path_of(ours).write_bytes(whole)
    unlock(ours).close()


def test_an_odd_size_beside_our_own_journal_is_a_write_back_that_ended(ours):
    opened = unlock(ours)
    with opened.database.transaction() as connection:
        local.put(connection, "filler", "y" * 90_000)
    copy = ours.folder.with_name("copy")
    shutil.copytree(ours.folder, copy)
    opened.close()
    with (copy / vault.DATABASE).open("ab") as file:
        file.write(b"half a page")
    again = vault.unlock(copy, "a fictional passphrase")
    with again.database.reading() as connection:
        assert local.get(connection, "filler", str) == "y" * 90_000
    again.close()


def alter(opened, statement):
    held = unlock(opened)
    with held.database.transaction() as connection:
        connection.exec_driver_sql(statement)
    held.database.raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    held.close()


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER planted AFTER INSERT ON entry BEGIN DELETE FROM entry; END",
        "CREATE VIEW planted AS SELECT * FROM entry",
        "CREATE TABLE planted (a)",
        "CREATE INDEX planted ON entry (number)",
        "ALTER TABLE quarantine ADD COLUMN planted TEXT",
        "ALTER TABLE quarantine ADD COLUMN planted TEXT AS (code || code)",
        "DROP TABLE quarantine",
        "DROP INDEX entry_device",
        "DELETE FROM local WHERE key = 'schema'",
        "UPDATE local SET value = CAST('0' AS BLOB) WHERE key = 'schema'",
        "UPDATE local SET value = CAST('\"x\"' AS BLOB) WHERE key = 'schema'",
    ],
)
def test_what_was_planted_in_the_schema_is_found(ours, statement):
    alter(ours, statement)
    assert refusal(ours) == ("vault_damaged", "schema")


@pytest.mark.parametrize("version", [b"2", b"999999999999999999999999"])
def test_a_newer_schema_is_not_guessed_at(ours, version):
    held = unlock(ours)
    with held.database.transaction() as connection:
        connection.execute(update(schema.local).where(schema.local.c.key == "schema").values(value=version))
    held.close()
    assert refusal(ours) == ("newer_version", "vault")


@pytest.mark.parametrize("size", [0, 16, 31, 33, 64])
def test_a_key_of_another_length_is_never_a_passphrase(ours, size):
    for call in (database.create, database.open_existing):
        with pytest.raises(CtcaseError) as caught:
            call(path_of(ours), b"k" * size, ours.vault_id)
        assert caught.value.details["what"] == "key"


def test_the_vault_id_inside_is_the_one_of_the_header(ours):
    with pytest.raises(CtcaseError) as caught:
        database.open_existing(path_of(ours), ours.key, "another")
    assert caught.value.details["what"] == "foreign"


# --- journals ----------------------------------------------------------------------------------------------------


def hot(opened, passphrase, word):
    """The vault's folder as a crash leaves it: the last change is in the journal only."""
    held = vault.unlock(opened.folder, passphrase)
    with held.database.transaction() as connection:
        local.put(connection, "word", word)
    copy = opened.folder.with_name(f"hot-{word}")
    shutil.copytree(opened.folder, copy)
    held.close()
    return copy


def word_in(folder):
    held = vault.unlock(folder, "a fictional passphrase")
    try:
        with held.database.reading() as connection:
            return local.get(connection, "word", str)
    finally:
        held.close()


def word_or_code(folder):
    try:
        return word_in(folder)
    except CtcaseError as refused:
        return refused.code


def test_what_is_in_our_own_journal_counts(ours):
    folder = hot(ours, "a fictional passphrase", "kept")
    assert journal.judge(folder / vault.DATABASE, ours.key) == journal.OURS
    assert word_in(folder) == "kept"
    assert journal.judge(folder / vault.DATABASE, ours.key) == journal.NONE


def test_a_journal_of_another_vault_is_refused_before_it_is_written_into_ours(ours, theirs):
    folder = hot(theirs, "another passphrase", "foreign")
    shutil.copyfile(folder / "case.db-wal", ours.folder / "case.db-wal")
    assert refusal(ours) == ("vault_damaged", "journal")
    (ours.folder / "case.db-wal").unlink()
    unlock(ours).close()


def test_a_journal_with_a_flipped_bit_is_ignored_or_refused_never_half_taken(ours):
    folder = hot(ours, "a fictional passphrase", "kept")
    file = folder / "case.db-wal"
    whole, main = file.read_bytes(), (folder / vault.DATABASE).read_bytes()
    step = len(whole) // 61
    for place in range(0, len(whole), step):
        spoiled = bytearray(whole)
        spoiled[place] ^= 1
        file.write_bytes(spoiled)
        (folder / vault.DATABASE).write_bytes(main)
        assert word_or_code(folder) in (None, "kept", "vault_damaged")


def test_a_journal_cut_off_anywhere_leaves_the_last_committed_state(ours):
    folder = hot(ours, "a fictional passphrase", "kept")
    file = folder / "case.db-wal"
    whole, main = file.read_bytes(), (folder / vault.DATABASE).read_bytes()
    for cut in [0, 1, 31, 32, 56, *range(100, len(whole), len(whole) // 23)]:
        file.write_bytes(whole[:cut])
        (folder / vault.DATABASE).write_bytes(main)
        assert word_in(folder) is None
    file.write_bytes(whole)
    (folder / vault.DATABASE).write_bytes(main)
    assert word_in(folder) == "kept"


def test_a_wrong_key_on_a_hot_journal_loses_nothing(ours):
    folder = hot(ours, "a fictional passphrase", "kept")
    with pytest.raises(CtcaseError):
        database.open_existing(folder / vault.DATABASE, b"k" * 32, ours.vault_id)
    assert word_in(folder) == "kept"


def test_every_flipped_byte_of_the_first_page_is_found(ours):
    whole = path_of(ours).read_bytes()
    for place in range(0, PAGE, 37):
        spoiled = bytearray(whole)
        spoiled[place] ^= 0x40
        path_of(ours).write_bytes(spoiled)
        assert refusal(ours) == ("vault_damaged", "key")


def test_damage_deeper_in_the_file_is_found_by_the_check(ours):
    whole = path_of(ours).read_bytes()
    for place in range(PAGE * 3 + 11, len(whole), PAGE * 5 + 301):
        spoiled = bytearray(whole)
        spoiled[place] ^= 0x40
        path_of(ours).write_bytes(spoiled)
        assert word_or_code(ours.folder) in (None, "vault_damaged")
        assert not is_whole(ours)


def is_whole(opened):
    try:
        held = unlock(opened)
    except CtcaseError:
        return False
    try:
        return held.database.check_integrity()
    finally:
        held.close()


def test_a_disk_that_is_full_is_no_damage(ours):
    import resource

    held = unlock(ours)
    with held.database.transaction() as connection:
        local.put(connection, "filler", "y" * 300_000)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path_of(ours).stat().st_size, hard))
    try:
        with pytest.raises(EnvironmentFailed) as caught:
            held.database.check_integrity()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert caught.value.code == "disk_full"
    assert held.database.check_integrity()
    held.close()


def test_somebody_who_reads_meanwhile_is_no_damage(ours):
    held, other = unlock(ours), unlock(ours)
    held.database.raw.execute("PRAGMA busy_timeout = 100")
    with other.database.reading() as connection:
        assert local.get(connection, "filler", str)
        with held.database.transaction() as writing:
            local.put(writing, "filler", "y" * 300_000)
        assert held.database.check_integrity()
    assert held.database.check_integrity()
    other.close()
    held.close()


def test_local_facts_are_canonical(ours):
    held = unlock(ours)
    with held.database.transaction() as connection:
        local.put(connection, "fact", {"b": 1, "a": "é"})
        stored = connection.scalar(select(schema.local.c.value).where(schema.local.c.key == "fact"))
        assert stored == canonical.encode({"a": "é", "b": 1})
        local.drop(connection, "fact")
        assert local.get(connection, "fact", str) is None
    held.close()
