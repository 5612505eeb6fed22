"""The vault folder: `vault.json` beside `case.db`, made whole or not at all; backups of it (DESIGN §8)."""

import contextlib
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from ctcase.crypto import slots
from ctcase.crypto.age import Identity, Recipient
from ctcase.crypto.passphrases import DEFAULT_COST, Cost
from ctcase.errors import Damaged, EnvironmentFailed, Refused
from ctcase.model.ids import Randomness, new_id
from ctcase.store import database, files, local
from ctcase.store.database import Database

HEADER, DATABASE, OUTBOX, INBOX = "vault.json", "case.db", "outbox", "inbox"
BACKUP_MAGIC = b"ctcase-backup/1\n"
LARGEST_BACKUP = 16 * 1024**3


@dataclass(frozen=True, slots=True)
class Opened:
    """An unlocked vault: its folder, its database, and the database key for rewriting slots."""

    folder: Path
    vault_id: str
    key: bytes
    database: Database

    def close(self) -> None:
        """Locks the vault."""
        self.database.close()


def exists(folder: Path) -> bool:
    """Whether there is a vault in the folder."""
    return (folder / HEADER).exists()


def create(folder: Path, passphrase: str, randomness: Randomness, cost: Cost = DEFAULT_COST) -> Opened:
    """A new, empty vault. It is built beside the folder and renamed into place when it is whole."""
    with files.translated():
        if folder.exists() and any(folder.iterdir()):
            raise EnvironmentFailed("permission", what="exists")
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")
        beside.mkdir(mode=0o700)
    try:
        vault_id, key = new_id(randomness), randomness(database.KEY_SIZE)
        header = slots.create(vault_id, key, passphrase, None, randomness, cost=cost)
        database.create(beside / DATABASE, key, vault_id).close()
        _finish(beside, folder, header)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    return Opened(folder, vault_id, key, database.open_existing(folder / DATABASE, key, vault_id))


def _finish(beside: Path, folder: Path, header: bytes) -> None:
    files.write_atomically(beside / HEADER, header)
    with files.translated():
        for name in (OUTBOX, INBOX):
            (beside / name).mkdir(mode=0o700)
        with contextlib.suppress(FileNotFoundError):
            folder.rmdir()
        beside.rename(folder)
        files.sync_folder(folder.parent)


def read_header(folder: Path) -> bytes:
    """The bytes of `vault.json`."""
    path = folder / HEADER
    if not path.exists():
        raise EnvironmentFailed("file_missing", what="vault")
    return files.read_bounded(path, slots.LARGEST_HEADER)


def unlock(folder: Path, passphrase: str) -> Opened:
    """Opens a vault by its passphrase."""
    header = read_header(folder)
    return _open(folder, header, slots.unlock(header, passphrase))


def unlock_with_recovery(folder: Path, identity: Identity) -> Opened:
    """Opens a vault by the office's recovery key."""
    header = read_header(folder)
    return _open(folder, header, slots.unlock_with_recovery(header, [identity]))


def _open(folder: Path, header: bytes, key: bytes) -> Opened:
    vault_id = slots.describe(header).vault
    return Opened(folder, vault_id, key, database.open_existing(folder / DATABASE, key, vault_id))


def change_passphrase(
    vault: Opened, passphrase: str, randomness: Randomness, cost: Cost = DEFAULT_COST
) -> None:
    """Rewrites the passphrase slot; the data stays as it is."""
    header = read_header(vault.folder)
    changed = slots.with_passphrase(header, vault.key, passphrase, randomness, cost=cost)
    files.write_atomically(vault.folder / HEADER, changed)


def add_recovery(vault: Opened, recipient: Recipient, randomness: Randomness) -> None:
    """Adds or replaces the office's recovery slot."""
    header = read_header(vault.folder)
    files.write_atomically(
        vault.folder / HEADER, slots.with_recovery(header, vault.key, recipient, randomness)
    )


def back_up(
    vault: Opened, target: Path, passphrase: str, randomness: Randomness, cost: Cost = DEFAULT_COST
) -> None:
    """An encrypted copy in one file, with its own slots and without the signing key."""
    with files.translated():
        if not target.parent.is_dir():
            raise EnvironmentFailed("file_missing")
        beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        vault.database.raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        with vault.database.transaction(), files.translated():  # nobody writes while the pages are copied
            shutil.copyfile(vault.folder / DATABASE, beside)
            beside.chmod(0o600)
        _without_signing_key(beside, vault)
        header = slots.create(vault.vault_id, vault.key, passphrase, None, randomness, cost=cost)
        with files.translated():
            body = beside.read_bytes()
        files.write_atomically(target, BACKUP_MAGIC + len(header).to_bytes(4, "big") + header + body)
    finally:
        for name in (beside, *(beside.with_name(beside.name + end) for end in ("-wal", "-shm"))):
            with contextlib.suppress(OSError):
                name.unlink()


def _without_signing_key(path: Path, vault: Opened) -> None:
    copy = database.open_existing(path, vault.key, vault.vault_id)
    try:
        with copy.transaction() as connection:
            device = local.get(connection, "device", local.Device)
            if device:
                local.put(connection, "restored_from", device.id)
                local.put(connection, "sealing", device.sealing)
                local.put(connection, "member", [device.member, device.name, list(device.roles)])
            local.drop(connection, "device")
            local.drop(connection, "chain")
        copy.raw.execute("VACUUM")
        copy.raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        copy.raw.execute("PRAGMA journal_mode = DELETE").fetchall()
    finally:
        copy.close()


def restore(backup: Path, folder: Path, passphrase: str, randomness: Randomness) -> Opened:
    """A vault from a backup, checked whole; it has no signing key yet."""
    data = files.read_bounded(backup, LARGEST_BACKUP)
    start = len(BACKUP_MAGIC) + 4
    if not data.startswith(BACKUP_MAGIC) or len(data) < start:
        raise Refused("file_not_understood")
    size = int.from_bytes(data[len(BACKUP_MAGIC) : start], "big")
    if size > slots.LARGEST_HEADER or len(data) <= start + size:
        raise Damaged("vault_damaged", what="backup")
    header, body = data[start : start + size], data[start + size :]
    key = slots.unlock(header, passphrase)
    vault_id = slots.describe(header).vault
    with files.translated():
        if folder.exists() and any(folder.iterdir()):
            raise EnvironmentFailed("permission", what="exists")
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")
        beside.mkdir(mode=0o700)
    try:
        files.write_atomically(beside / DATABASE, body)
        _check_whole(beside / DATABASE, key, vault_id)
        _finish(beside, folder, slots.create(vault_id, key, passphrase, None, randomness))
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    return Opened(folder, vault_id, key, database.open_existing(folder / DATABASE, key, vault_id))


def _check_whole(path: Path, key: bytes, vault_id: str) -> None:
    copy = database.open_existing(path, key, vault_id)
    try:
        if not copy.check_integrity():
            raise Damaged("vault_damaged", what="backup")
    finally:
        copy.close()
