"""From a passphrase to a key: Argon2id (RFC 9106) at a cost that is checked before it runs."""

import unicodedata
from dataclasses import dataclass

import msgspec
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

LONGEST = 1024
"""The most letters of a passphrase, after normalisation."""
SALT_SIZE = 16
_KEY_SIZE = 32
_LONGEST_TYPED = 4 * LONGEST


class Cost(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one derivation costs: memory in KiB, passes over it, lanes that may run at once."""

    memory: int
    passes: int
    lanes: int


DEFAULT_COST = Cost(memory=64 * 1024, passes=3, lanes=4)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Which costs are taken from a file: neither so low that guessing is cheap, nor so high that opening never ends.

    `most_work` bounds memory times passes (KiB), because each alone may be at its ceiling.
    """

    floor: Cost
    ceiling: Cost
    most_work: int

    def allow(self, cost: Cost) -> bool:
        """Whether a derivation may run at this cost."""
        pairs = (
            (self.floor.memory, cost.memory, self.ceiling.memory),
            (self.floor.passes, cost.passes, self.ceiling.passes),
            (self.floor.lanes, cost.lanes, self.ceiling.lanes),
        )
        inside = all(low <= value <= high for low, value, high in pairs)
        return inside and cost.memory * cost.passes <= self.most_work and cost.memory >= 8 * cost.lanes


BOUNDS = Bounds(
    floor=Cost(memory=19 * 1024, passes=2, lanes=1),
    ceiling=Cost(memory=1024 * 1024, passes=16, lanes=16),
    most_work=4 * 1024 * 1024,
)
"""The floor is the smallest Argon2id setting of the OWASP Password Storage Cheat Sheet."""


def prepare(passphrase: str) -> bytes | None:
    """The bytes of a passphrase, the same for composed and decomposed letters (Unicode NFC).

    None for what cannot be a passphrase: empty, too long, a NUL, or a lone surrogate.
    """
    if not 0 < len(passphrase) <= _LONGEST_TYPED or "\0" in passphrase:
        return None
    text = unicodedata.normalize("NFC", passphrase)
    if len(text) > LONGEST:
        return None
    try:
        return text.encode()
    except UnicodeEncodeError:
        return None


def derive(prepared: bytes, salt: bytes, cost: Cost) -> bytes:
    """32 bytes; the caller has checked the cost."""
    return Argon2id(
        salt=salt, length=_KEY_SIZE, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory
    ).derive(prepared)
