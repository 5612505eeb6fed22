"""The vault folder: `vault.json` beside `case.db`, made whole or not at all; backups of it (DESIGN §8)."""

import contextlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ctcase.crypto import slots
from ctcase.crypto.age import Identity, Recipient
from ctcase.crypto.passphrases import DEFAULT_COST, Cost
from ctcase.errors import Damaged, EnvironmentFailed, Refused
from ctcase.model.ids import Randomness, new_id
from ctcase.store import database, files, local
from ctcase.store.database import Database, Pulse

HEADER, DATABASE, OUTBOX, INBOX = "vault.json", "case.db", "outbox", "inbox"
BACKUP_MAGIC = b"ctcase-backup/1\n"
LARGEST_BACKUP = 16 * 1024**3
_PIECE = 1024 * 1024


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
    with built_beside(folder) as beside:
        vault_id, key = new_id(randomness), randomness(database.KEY_SIZE)
        header = slots.create(vault_id, key, passphrase, None, randomness, cost=cost)
        database.create(beside / DATABASE, key, vault_id).close()
        _complete(beside, header)
    return Opened(folder, vault_id, key, database.open_existing(folder / DATABASE, key, vault_id))


def _complete(beside: Path, header: bytes) -> None:
    with files.translated():
        for name in (OUTBOX, INBOX):
            (beside / name).mkdir(mode=0o700)
    files.write_atomically(beside / HEADER, header)


@contextmanager
def built_beside(folder: Path) -> Iterator[Path]:
    """An empty private folder that is renamed to `folder` when it is whole; `folder` must be free or empty."""
    with files.translated():
        if folder.exists() and any(folder.iterdir()):
            raise EnvironmentFailed("permission", what="exists")
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = folder.with_name(f".{folder.name[:100]}.{secrets.token_hex(4)}")
        beside.mkdir(mode=0o700)
    try:
        yield beside
        with files.translated():
            with contextlib.suppress(FileNotFoundError):
                folder.rmdir()
            beside.rename(folder)
            files.sync_folder(folder.parent)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise


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
    with vault.database.transaction():  # two processes never rewrite the slots at once
        header = read_header(vault.folder)
        changed = slots.with_passphrase(header, vault.key, passphrase, randomness, cost=cost)
        files.write_atomically(vault.folder / HEADER, changed)


def add_recovery(vault: Opened, recipient: Recipient, randomness: Randomness) -> None:
    """Adds or replaces the office's recovery slot."""
    with vault.database.transaction():
        header = read_header(vault.folder)
        changed = slots.with_recovery(header, vault.key, recipient, randomness)
        files.write_atomically(vault.folder / HEADER, changed)


def back_up(
    vault: Opened, target: Path, passphrase: str, randomness: Randomness, cost: Cost = DEFAULT_COST,
    pulse: Pulse = lambda: None,
) -> None:  # fmt: skip
    """An encrypted copy in one file, with its own slots and without the signing key.

    `pulse` is called now and then, and may raise Cancelled: then nothing is left of the copy.
    """
    with files.translated():
        if not target.parent.is_dir():
            raise EnvironmentFailed("file_missing")
    beside = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}")
    try:
        with files.translated():
            os.close(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with vault.database.watched(pulse):
            vault.database.copy_into(beside)
        _without_signing_key(beside, vault, pulse)
        header = slots.create(vault.vault_id, vault.key, passphrase, None, randomness, cost=cost)
        files.write_pieces(target, _pulsing(_backup(header, beside), pulse))
    finally:
        for name in (beside, *(beside.with_name(beside.name + end) for end in ("-wal", "-shm", "-journal"))):
            with contextlib.suppress(OSError):
                name.unlink()


def _backup(header: bytes, copy: Path) -> Iterator[bytes]:
    yield BACKUP_MAGIC + len(header).to_bytes(4, "big") + header
    with copy.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def _pulsing(pieces: Iterable[bytes], pulse: Pulse) -> Iterator[bytes]:
    for piece in pieces:
        pulse()
        yield piece


def _without_signing_key(path: Path, vault: Opened, pulse: Pulse) -> None:
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
        with copy.watched(pulse):
            copy.compact()
    finally:
        copy.close()


Prepare = Callable[[Database], Recipient | None]
"""What is done to a restored database before it becomes a vault; the answer is the office's recovery recipient."""


def restore(
    backup: Path,
    folder: Path,
    passphrase: str,
    randomness: Randomness,
    cost: Cost = DEFAULT_COST,
    *,
    prepare: Prepare = lambda _: None,
    pulse: Pulse = lambda: None,
) -> None:
    """A vault from a backup, checked and prepared whole before it is in its place.

    `pulse` is called now and then, and may raise Cancelled: then there is no vault.
    """
    with files.opened(backup, LARGEST_BACKUP) as file:
        header = _backup_header(file)
        key = slots.unlock(header, passphrase)
        vault_id = slots.describe(header).vault
        with built_beside(folder) as beside:
            files.write_pieces(beside / DATABASE, _pulsing(iter(lambda: file.read(_PIECE), b""), pulse))
            copy = database.open_existing(beside / DATABASE, key, vault_id)
            try:
                with copy.watched(pulse):
                    whole = copy.check_integrity()
                if not whole:
                    raise Damaged("vault_damaged", what="backup")
                recovery = prepare(copy)
            finally:
                copy.close()
            _complete(beside, slots.create(vault_id, key, passphrase, recovery, randomness, cost=cost))


def _backup_header(file: BinaryIO) -> bytes:
    start = file.read(len(BACKUP_MAGIC) + 4)
    if not start.startswith(BACKUP_MAGIC) or len(start) < len(BACKUP_MAGIC) + 4:
        raise Refused("file_not_understood")
    size = int.from_bytes(start[len(BACKUP_MAGIC) :], "big")
    if size > slots.LARGEST_HEADER:
        raise Damaged("vault_damaged", what="backup")
    header = file.read(size)
    if len(header) < size:
        raise Damaged("vault_damaged", what="backup")
    return header
