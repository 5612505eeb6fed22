"""The root store: the office's root keys, the recovery key, and the last roster signed. It is kept apart from the vault.

Pure: from bytes to what is in them and back. Restoring the office's vault never sets the roster back, because the last
one signed is here.
"""

import msgspec

from ctcase.crypto import sealed_document, slots
from ctcase.crypto.passphrases import Cost
from ctcase.errors import Damaged
from ctcase.model import canonical
from ctcase.model.ids import Randomness

KIND = "root-store"
LARGEST = sealed_document.LARGEST


class RootStore(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Seeds of the root keys held here, the recovery identity (`AGE-SECRET-KEY-PQ-1…`), the last roster signed."""

    office: str
    seeds: tuple[bytes, ...]
    recovery: str
    roster: bytes


_reader = canonical.decoder(RootStore)


def create(store: RootStore, passphrase: str, randomness: Randomness, cost: Cost) -> bytes:
    """The bytes of a new root store under a passphrase."""
    key = randomness(32)
    header = slots.create(store.office, key, passphrase, None, randomness, cost=cost)
    return _joined(header, key, store, randomness)


def _joined(header: bytes, key: bytes, store: RootStore, randomness: Randomness) -> bytes:
    return sealed_document.join(
        header, sealed_document.seal_document(KIND, key, canonical.encode(store), randomness)
    )


def open_store(data: bytes, passphrase: str) -> tuple[RootStore, bytes]:
    """What is in a root store, and its key for writing it again."""
    key = slots.unlock(sealed_document.split(data)[0], passphrase)
    return read(data, key), key


def read(data: bytes, key: bytes) -> RootStore:
    """What is in a root store whose key is known; another passphrase does not change the key."""
    _, document = sealed_document.split(data)
    try:
        return canonical.decode(sealed_document.open_document(KIND, key, document), _reader)
    except canonical.NotCanonicalError as problem:
        raise Damaged("vault_damaged", what="root") from problem


def rewrite(data: bytes, key: bytes, store: RootStore, randomness: Randomness) -> bytes:
    """The same root store with other content."""
    header, _ = sealed_document.split(data)
    return _joined(header, key, store, randomness)


def with_passphrase(data: bytes, old: str, new: str, randomness: Randomness, cost: Cost) -> bytes:
    """The same root store under a new passphrase."""
    store, key = open_store(data, old)
    header, _ = sealed_document.split(data)
    return _joined(slots.with_passphrase(header, key, new, randomness, cost=cost), key, store, randomness)
