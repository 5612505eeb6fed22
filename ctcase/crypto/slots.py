"""The vault header `vault.json`: the database key, wrapped once for the passphrase and once for recovery.

Each slot has a secret of its own: Argon2id of the passphrase, or 32 random bytes in an age file for the recovery
key. HKDF makes from it, bound to vault, generation, place, kind and parameters, the key that wraps the database key
and a commitment that is compared first: so a slot opens in one place and with one secret only. A MAC under the
database key covers the whole header. docs/decisions/0002-crypto-formats.md has the reasons.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from ctcase.crypto import age
from ctcase.crypto.failures import NO_MATCH
from ctcase.crypto.kdf import KEY_SIZE, TAG_SIZE, from_base64, hkdf, open_once, seal_once, to_base64
from ctcase.crypto.passphrases import BOUNDS, DEFAULT_COST, SALT_SIZE, Bounds, Cost, derive, prepare
from ctcase.errors import Damaged, Refused, refusal
from ctcase.model import canonical
from ctcase.model.ids import Randomness

VERSION = 1
SUITE = "argon2id+age-mlkem768x25519+hkdf-sha256+chacha20poly1305"
LARGEST_HEADER = 64 * 1024
_COMMITMENT_SIZE = 32
_PASSPHRASE, _RECOVERY = "passphrase", "recovery"
_SLOT_TAG = b"ctcase/vault/slot/v1\0"
_MAC_TAG = b"ctcase/vault/header-mac/v1"


class PassphraseSlot(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag=_PASSPHRASE
):
    """The database key under a passphrase; bytes are base 64, so that a damaged one spoils its own slot only."""

    cost: Cost
    salt: str
    commitment: str
    wrap: str


class RecoverySlot(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag=_RECOVERY):
    """The database key under the office's recovery key; `box` is an age file that holds the slot's secret."""

    box: str
    commitment: str
    wrap: str


Slot = PassphraseSlot | RecoverySlot
T = TypeVar("T")


class _Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    suite: str
    vault: str
    generation: int
    slots: tuple[Slot, ...]
    mac: str


class _SlotKind(msgspec.Struct, frozen=True):
    kind: str


class _Opening(msgspec.Struct, frozen=True):
    """What every version of the header says about itself."""

    version: int
    suite: str


class _Kinds(msgspec.Struct, frozen=True):
    """What every header of this version and suite says about its slots."""

    slots: tuple[_SlotKind, ...]


class _Binding(msgspec.Struct, frozen=True):
    """What a wrap is bound to; its canonical JSON goes into HKDF and into the authenticated data."""

    suite: str
    vault: str
    generation: int
    place: int
    kind: str
    parameters: Cost | None
    source: str


_HEADER = canonical.decoder(_Header)
_OPENING = msgspec.json.Decoder(_Opening)
_KINDS = msgspec.json.Decoder(_Kinds)


@dataclass(frozen=True, slots=True)
class Description:
    """What a header says about its vault without any key; only unlocking tells whether it is true."""

    vault: str
    generation: int
    kinds: tuple[str, ...]


def create(
    vault_id: str,
    database_key: bytes,
    passphrase: str,
    recovery: age.Recipient | None,
    randomness: Randomness,
    *,
    cost: Cost = DEFAULT_COST,
    generation: int = 1,
    bounds: Bounds = BOUNDS,
) -> bytes:
    """The header of a new vault, at most LARGEST_HEADER bytes of canonical JSON.

    `database_key` is 32 random bytes, `generation` counts the database keys of the vault. Raises `usage` for a
    passphrase that prepare() cannot take.
    """
    if len(database_key) != KEY_SIZE:
        raise ValueError(len(database_key))
    header = _Header(VERSION, SUITE, vault_id, generation, (), "")
    slots: list[Slot] = [
        _passphrase_slot(header, 0, database_key, passphrase, randomness, cost=cost, bounds=bounds)
    ]
    if recovery is not None:
        slots.append(_recovery_slot(header, 1, database_key, recovery, randomness))
    return _written(header, slots, database_key)


def describe(header: bytes) -> Description:
    """Vault, generation and kinds of slot; raises `newer_version` or `vault_damaged`."""
    read = _read(header)
    return Description(read.vault, read.generation, tuple(_kind(slot) for slot in read.slots))


def unlock(header: bytes, passphrase: str, bounds: Bounds = BOUNDS, dummy_cost: Cost = DEFAULT_COST) -> bytes:
    """The database key, 32 bytes.

    A wrong passphrase, a missing slot, a damaged slot and a cost out of bounds all raise `passphrase_wrong` after
    one derivation (at `dummy_cost` where the slot gives none that may run). `newer_version` for a header of a later
    program; `vault_damaged` when the header is none, or the slot opened and the MAC differs.
    """
    read = _read(header)
    place = _place(read, _PASSPHRASE)
    slot = None if place is None else read.slots[place]
    cost, salt = _derivation(slot, bounds) or (dummy_cost, None)
    prepared = prepare(passphrase)
    secret = derive(prepared or b"", salt or bytes(SALT_SIZE), cost)
    if place is None or slot is None or salt is None or prepared is None:
        raise Refused("passphrase_wrong")
    database_key = _unwrap(read, place, slot, secret)
    if database_key is None:
        raise Refused("passphrase_wrong")
    return _checked(read, database_key)


def _derivation(slot: Slot | None, bounds: Bounds) -> tuple[Cost, bytes] | None:
    """Cost and salt of a slot; None when there is no passphrase slot or no derivation may be run for it."""
    if not isinstance(slot, PassphraseSlot) or not bounds.allow(slot.cost):
        return None
    salt = from_base64(slot.salt)
    return None if salt is None or len(salt) != SALT_SIZE else (slot.cost, salt)


def unlock_with_recovery(header: bytes, identities: Sequence[age.Identity]) -> bytes:
    """The database key by the office's recovery key; `not_addressed` where no slot is for it."""
    read = _read(header)
    place = _place(read, _RECOVERY)
    slot = read.slots[place] if place is not None else None
    if place is None or not isinstance(slot, RecoverySlot):
        raise Refused("not_addressed")
    box = from_base64(slot.box)
    if box is None:
        raise Damaged("vault_damaged")
    try:
        secret = age.unseal_bytes(box, identities, KEY_SIZE, hybrid_only=True)
    except age.AgeError as problem:
        raise refusal("not_addressed" if problem.reason == NO_MATCH else "vault_damaged") from problem
    database_key = _unwrap(read, place, slot, secret)
    if database_key is None:
        raise Damaged("vault_damaged")
    return _checked(read, database_key)


def with_passphrase(
    header: bytes,
    database_key: bytes,
    new_passphrase: str,
    randomness: Randomness,
    *,
    cost: Cost = DEFAULT_COST,
    bounds: Bounds = BOUNDS,
) -> bytes:
    """The header with the passphrase slot written anew; the old passphrase no longer opens it.

    A copy of the old header still opens with the old passphrase: only a new database key ends that.
    """
    read = _checked_header(header, database_key)
    place = _place(read, _PASSPHRASE)
    if place is None:
        raise Damaged("vault_damaged")
    slot = _passphrase_slot(read, place, database_key, new_passphrase, randomness, cost=cost, bounds=bounds)
    return _written(read, _with_slot(read.slots, place, slot), database_key)


def with_recovery(
    header: bytes, database_key: bytes, recipient: age.Recipient, randomness: Randomness
) -> bytes:
    """The header with the recovery slot added, or written anew for another recovery key."""
    read = _checked_header(header, database_key)
    found = _place(read, _RECOVERY)
    place = len(read.slots) if found is None else found
    slot = _recovery_slot(read, place, database_key, recipient, randomness)
    return _written(read, _with_slot(read.slots, place, slot), database_key)


def _read(header: bytes) -> _Header:
    if len(header) > LARGEST_HEADER:
        raise Damaged("vault_damaged")
    opening = _glance(header, _OPENING)
    if opening.version > VERSION or (opening.version == VERSION and opening.suite != SUITE):
        raise Refused("newer_version")
    kinds = [slot.kind for slot in _glance(header, _KINDS).slots]
    if not {_PASSPHRASE, _RECOVERY}.issuperset(kinds):
        raise Refused("newer_version")
    if opening.version < VERSION or len(kinds) != len(set(kinds)):
        raise Damaged("vault_damaged")
    try:
        return canonical.decode(header, _HEADER)
    except canonical.NotCanonicalError as problem:
        raise Damaged("vault_damaged") from problem


def _glance(header: bytes, reader: msgspec.json.Decoder[T]) -> T:
    """What can be known of a header whatever else is in it."""
    try:
        return reader.decode(header)
    except (msgspec.MsgspecError, ValueError, RecursionError) as problem:
        raise Damaged("vault_damaged") from problem


def _kind(slot: Slot) -> str:
    return _PASSPHRASE if isinstance(slot, PassphraseSlot) else _RECOVERY


def _place(header: _Header, kind: str) -> int | None:
    return next((place for place, slot in enumerate(header.slots) if _kind(slot) == kind), None)


def _with_slot(slots: Sequence[Slot], place: int, slot: Slot) -> list[Slot]:
    return [*slots[:place], slot, *slots[place + 1 :]]


def _binding(header: _Header, place: int, slot: Slot) -> bytes:
    if isinstance(slot, PassphraseSlot):
        kind, parameters, source = _PASSPHRASE, slot.cost, slot.salt
    else:
        kind, parameters, source = _RECOVERY, None, slot.box
    return canonical.encode(
        _Binding(header.suite, header.vault, header.generation, place, kind, parameters, source)
    )


def _slot_keys(secret: bytes, binding: bytes) -> tuple[bytes, bytes]:
    """The wrapping key and the commitment to it."""
    keys = hkdf(secret, salt=b"", info=_SLOT_TAG + binding, length=KEY_SIZE + _COMMITMENT_SIZE)
    return keys[:KEY_SIZE], keys[KEY_SIZE:]


def _passphrase_slot(
    header: _Header,
    place: int,
    database_key: bytes,
    passphrase: str,
    randomness: Randomness,
    *,
    cost: Cost,
    bounds: Bounds,
) -> PassphraseSlot:
    prepared = prepare(passphrase)
    if prepared is None:
        raise refusal("usage", reason="passphrase")
    if not bounds.allow(cost):
        raise ValueError(cost)
    salt = randomness(SALT_SIZE)
    slot = PassphraseSlot(cost, to_base64(salt), "", "")
    binding = _binding(header, place, slot)
    key, commitment = _slot_keys(derive(prepared, salt, cost), binding)
    wrap = seal_once(key, database_key, binding)
    return PassphraseSlot(cost, slot.salt, to_base64(commitment), to_base64(wrap))


def _recovery_slot(
    header: _Header, place: int, database_key: bytes, recipient: age.Recipient, randomness: Randomness
) -> RecoverySlot:
    if not isinstance(recipient, age.HybridRecipient):
        raise TypeError(type(recipient))
    secret = randomness(KEY_SIZE)
    slot = RecoverySlot(to_base64(age.seal_bytes(secret, [recipient])), "", "")
    binding = _binding(header, place, slot)
    key, commitment = _slot_keys(secret, binding)
    return RecoverySlot(slot.box, to_base64(commitment), to_base64(seal_once(key, database_key, binding)))


def _unwrap(header: _Header, place: int, slot: Slot, secret: bytes) -> bytes | None:
    binding = _binding(header, place, slot)
    key, expected = _slot_keys(secret, binding)
    commitment, wrap = from_base64(slot.commitment), from_base64(slot.wrap)
    if commitment is None or not hmac.compare_digest(commitment, expected):
        return None
    if wrap is None or len(wrap) != KEY_SIZE + TAG_SIZE:
        return None
    return open_once(key, wrap, binding)


def _mac(header: _Header, database_key: bytes) -> str:
    covered = canonical.encode(msgspec.structs.replace(header, mac=""))
    return to_base64(hmac.digest(hkdf(database_key, salt=b"", info=_MAC_TAG), covered, "sha256"))


def _written(header: _Header, slots: Sequence[Slot], database_key: bytes) -> bytes:
    filled = msgspec.structs.replace(header, slots=tuple(slots))
    return canonical.encode(msgspec.structs.replace(filled, mac=_mac(filled, database_key)))


def _checked(header: _Header, database_key: bytes) -> bytes:
    if not hmac.compare_digest(header.mac.encode(), _mac(header, database_key).encode()):
        raise Damaged("vault_damaged")
    return database_key


def _checked_header(header: bytes, database_key: bytes) -> _Header:
    read = _read(header)
    _checked(read, database_key)
    return read
