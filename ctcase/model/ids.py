"""Identifiers: random ids of records and members, and the code of a case that people read out."""

import re
from collections.abc import Callable

Randomness = Callable[[int], bytes]
"""Gives that many random bytes; `secrets.token_bytes` in the real program, a seeded source in tests."""

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32 (https://www.crockford.com/base32.html)."""

_AS_READ = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None, "\u2013": None, "\u2011": None})
_RECORD = re.compile(r"[0-9a-z]{1,32}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


def _double(element: int) -> int:
    """An element of GF(32) times x, modulo x^5 + x^2 + 1, which is primitive."""
    return (element << 1) ^ (0x25 if element & 0x10 else 0)


def _check(symbols: list[int]) -> int:
    # Horner's rule at the primitive element x gives the i-th symbol the weight x^i, i = 1 … 7. The weights are all
    # different and none is 0 or 1, which is the weight of the check itself: so every single wrong symbol and every
    # swap of two neighbours, the check included, changes the sum.
    total = 0
    for symbol in symbols:
        total = _double(total ^ symbol)
    return total


def new_case_code(randomness: Randomness) -> str:
    """A fresh case code, eight symbols without the hyphen: seven random ones and their check."""
    symbols = [byte & 31 for byte in randomness(7)]
    return "".join(ALPHABET[symbol] for symbol in [*symbols, _check(symbols)])


def show_case_code(code: str) -> str:
    """The code as people read it: `7KQ4-M2XR`."""
    return f"{code[:4]}-{code[4:]}"


def read_case_code(text: str) -> str | None:
    """The code that a person typed, without hyphen; None when it cannot be a code (the check finds the slip)."""
    if len(text) > 64:
        return None
    code = text.strip().upper().translate(_AS_READ)
    if len(code) != 8 or any(symbol not in ALPHABET for symbol in code):
        return None
    symbols = [ALPHABET.index(symbol) for symbol in code]
    return code if _check(symbols[:7]) == symbols[7] else None


def new_id(randomness: Randomness) -> str:
    """A random 128-bit id in hexadecimal."""
    return randomness(16).hex()


def is_record_id(text: str) -> bool:
    """Whether `text` may name a record in a header: lower-case letters and digits, at most 32."""
    return _RECORD.fullmatch(text) is not None


def is_digest(text: str) -> bool:
    """Whether `text` is a SHA-256 digest in hexadecimal."""
    return _DIGEST.fullmatch(text) is not None
