"""The root store in its folder beside the office's vault: opening it with a passphrase, signing a roster with it."""

import contextlib
from pathlib import Path

import msgspec

from ctcase.app.session import Session, Work
from ctcase.crypto.signing import SigningKey
from ctcase.errors import CtcaseError, EnvironmentFailed, Refused
from ctcase.store import files, local
from ctcase.trust import root_store, roster
from ctcase.trust.root_store import RootStore
from ctcase.trust.roster import Roster

FOLDER, FILE = "root", "root.json"


class Root:
    """An opened root store; `sign_next` is the only way a roster comes to be."""

    def __init__(self, path: Path, data: bytes, passphrase: str) -> None:
        self.path = path
        self._data = data
        self.store, self._key = root_store.open_store(data, passphrase)

    @property
    def roster(self) -> Roster:
        """The last roster that was signed."""
        return roster.read_first(self.store.roster)

    @property
    def previous(self) -> str:
        """The digest of the last roster that was signed."""
        return roster.digest(self.store.roster)

    def sign_next(self, work: Work, changed: Roster) -> bytes:
        """Signs a roster, keeps it in the root store first, then takes it in the vault."""
        session = work.session
        if session.roster and changed.office != session.roster.office:
            raise Refused("other_office")
        signed = roster.sign(changed, [SigningKey(seed) for seed in self.store.seeds])
        self.store = msgspec.structs.replace(self.store, roster=signed)
        data = root_store.rewrite(self._data, self._key, self.store, session.env.randomness)
        files.write_atomically(self.path, data)
        self._data = data
        take(work, changed, signed)
        return signed

    def catch_up(self, work: Work) -> None:
        """Takes the last roster into a vault that does not have it: the program ended between the two, or it was restored."""
        held = work.session.roster
        newer = roster.read_next(held, self.store.roster) if held else None
        if newer is not None:
            take(work, newer, self.store.roster)


def write_new(folder: Path, store: RootStore, passphrase: str, session: Session) -> None:
    """Makes the root store of a new office."""
    with files.translated():
        (folder / FOLDER).mkdir(mode=0o700, exist_ok=True)
    data = root_store.create(store, passphrase, session.env.randomness, session.env.cost)
    files.write_atomically(folder / FOLDER / FILE, data)


def open_root(folder: Path, passphrase: str) -> Root:
    """The root store of the office whose vault is in `folder`."""
    path = folder / FOLDER / FILE
    if not path.exists():
        raise EnvironmentFailed("file_missing", what="root")
    return Root(path, files.read_bounded(path, root_store.LARGEST * 3), passphrase)


class Changed:
    """A change of the root store's passphrase that can still be put back."""

    def __init__(self, path: Path, before: bytes | None) -> None:
        self._path = path
        self._before = before

    def put_back(self) -> None:
        """Restores the root store as it was; if even that fails, the caller's refusal is what a person must hear."""
        if self._before is not None:
            with contextlib.suppress(CtcaseError):
                files.write_atomically(self._path, self._before)


def change_passphrase(session: Session, old: str | None, new: str) -> Changed:
    """Gives the root store beside a vault, if there is one, a new passphrase; nothing if it has that one already."""
    path = session.folder / FOLDER / FILE
    if not path.exists():
        return Changed(path, None)
    if old is None:
        raise Refused("needs_missing", needs=["passphrase"])
    data = files.read_bounded(path, root_store.LARGEST * 3)
    env = session.env
    try:
        changed = root_store.with_passphrase(data, old, new, env.randomness, env.cost)
    except CtcaseError as refusal:
        if refusal.code != "passphrase_wrong":
            raise
        root_store.open_store(data, new)  # changed before, by a call that did not end
        return Changed(path, None)
    files.write_atomically(path, changed)
    return Changed(path, data)


def exists(folder: Path) -> bool:
    """Whether the root store is beside this vault."""
    return (folder / FOLDER / FILE).exists()


def take(work: Work, changed: Roster, signed: bytes) -> None:
    """Takes a judged roster into the vault and folds again what it concerns."""
    session = work.session
    devices = roster.changed_devices(session.roster, changed)
    local.keep_roster(work.connection, changed.version, signed)
    expected = session.expected()
    session.hold(changed)
    touched = session.streams.take_rights(work.connection, session.streams.rights, devices | expected)
    work.touched.streams |= touched
    work.touched.roster = True
