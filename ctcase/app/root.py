"""The root store in its folder beside the office's vault: opening it with a passphrase, signing a roster with it.

It is written before the vault, so that no roster goes out that it does not know: if the program ends between the two,
it is ahead of the vault, and the next call that changes the roster first takes what was signed. Nobody writes it but
within a transaction of the vault beside it, so one process at a time.
"""

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
_LARGEST = root_store.LARGEST * 3


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
        """Signs a roster, keeps it in the root store first, then takes it in the vault.

        Refused with `vault_busy` if the root store is not the one that `catch_up` read.
        """
        session = work.session
        if session.roster and changed.office != session.roster.office:
            raise Refused("other_office")
        signed = roster.sign(changed, [SigningKey(seed) for seed in self.store.seeds])
        self.store = msgspec.structs.replace(self.store, roster=signed)
        data = root_store.rewrite(self._data, self._key, self.store, session.env.randomness)
        _exchange(self.path, self._data, data)
        self._data = data
        take(work, changed, signed)
        return signed

    def catch_up(self, work: Work) -> bool:
        """Brings root store and vault to one roster; every transaction that changes the roster begins with it.

        Another process may have signed since the root store was opened: under the vault's lock it is read again. The
        answer is whether the vault lacked what was signed: the program ended between the two, or it was restored. A
        root store that was set back, or signed a rival of what the vault has, goes on from the vault's: that went out.
        """
        data = _read(self.path)
        if data != self._data:
            self._data, self.store = data, root_store.read(data, self._key)
        held, newest = work.session.roster, local.newest_roster(work.connection)
        if held is None or newest is None:
            return False
        newer = roster.read_next(held, self.store.roster)
        if newer is not None:
            take(work, newer, self.store.roster)
        elif roster.read_next(self.roster, newest) or roster.is_rival(self.roster, newest):
            self.store = msgspec.structs.replace(self.store, roster=newest)
        return newer is not None


def _read(path: Path) -> bytes:
    return files.read_bounded(path, _LARGEST)


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
    return Root(path, _read(path), passphrase)


class Changed:
    """A change of the root store's passphrase that can still be put back; `before` and `after` are its bytes."""

    def __init__(self, session: Session, before: bytes = b"", after: bytes = b"") -> None:
        self._session, self._before, self._after = session, before, after

    def put_back(self) -> None:
        """Restores the root store as it was; if even that fails, the caller's refusal is what a person must hear."""
        if self._after:
            with contextlib.suppress(CtcaseError), self._session.work():
                _exchange(self._session.folder / FOLDER / FILE, self._after, self._before)


def change_passphrase(session: Session, old: str | None, new: str) -> Changed:
    """Gives the root store beside a vault, if there is one, a new passphrase; nothing if it has that one already."""
    path = session.folder / FOLDER / FILE
    if not path.exists():
        return Changed(session)
    if old is None:
        raise Refused("needs_missing", needs=["passphrase"])
    data, env = _read(path), session.env
    try:
        changed = root_store.with_passphrase(data, old, new, env.randomness, env.cost)
    except CtcaseError as refusal:
        if refusal.code != "passphrase_wrong":
            raise
        root_store.open_store(data, new)  # changed before, by a call that did not end
        return Changed(session)
    with session.work():
        _exchange(path, data, changed)
    return Changed(session, data, changed)


def _exchange(path: Path, expected: bytes, data: bytes) -> None:
    """Writes the root store, within a transaction of the vault; `vault_busy` if another process did since it was read."""
    if _read(path) != expected:
        raise EnvironmentFailed("vault_busy")
    files.write_atomically(path, data)


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
