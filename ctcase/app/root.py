"""The root store in its folder beside the office's vault: opening it with a passphrase, signing a roster with it."""

from pathlib import Path

import msgspec

from ctcase.app.session import Session, Work
from ctcase.crypto.signing import SigningKey
from ctcase.errors import EnvironmentFailed, Refused
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


def exists(folder: Path) -> bool:
    """Whether the root store is beside this vault."""
    return (folder / FOLDER / FILE).exists()


def take(work: Work, changed: Roster, signed: bytes) -> None:
    """Takes a judged roster into the vault and folds again what it concerns."""
    session = work.session
    devices = roster.changed_devices(session.roster, changed)
    local.keep_roster(work.connection, changed.version, signed)
    session.roster = changed
    touched = session.streams.take_rights(work.connection, roster.rights(changed), devices)
    work.touched.streams |= touched
    work.touched.roster = True
