"""Bech32 (BIP 173) without its length limit, as the age format writes keys."""

from collections.abc import Iterable

from ctcase.crypto.failures import KEY, AgeError

LONGEST = 4096
_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)}
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECK_LENGTH = 6


def _polymod(values: Iterable[int]) -> int:
    checksum = 1
    for value in values:
        top = checksum >> 25
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATOR):
            if top >> bit & 1:
                checksum ^= generator
    return checksum


def _prefix_values(prefix: str) -> list[int]:
    return [ord(letter) >> 5 for letter in prefix] + [0] + [ord(letter) & 31 for letter in prefix]


def _regroup(values: Iterable[int], source: int, target: int) -> tuple[list[int], int, int]:
    """Groups of `source` bits as groups of `target` bits; also the bits left over and how many they are."""
    groups, pool, size = [], 0, 0
    for value in values:
        pool = pool << source | value
        size += source
        while size >= target:
            size -= target
            groups.append(pool >> size)
            pool &= (1 << size) - 1
    return groups, pool, size


def encode(prefix: str, data: bytes) -> str:
    """The text of `data` under a lower-case prefix, in lower case."""
    values, rest, size = _regroup(data, 8, 5)
    if size:
        values.append(rest << (5 - size))
    check = _polymod([*_prefix_values(prefix), *values, *[0] * _CHECK_LENGTH]) ^ 1
    values += [check >> 5 * (_CHECK_LENGTH - 1 - place) & 31 for place in range(_CHECK_LENGTH)]
    return f"{prefix}1{''.join(_ALPHABET[value] for value in values)}"


def decode(text: str) -> tuple[str, bytes]:
    """Prefix (in lower case) and data; raises AgeError(KEY) for mixed case, a wrong check or loose bits."""
    if len(text) > LONGEST or not text.isascii() or text not in (text.lower(), text.upper()):
        raise AgeError(KEY)
    prefix, separator, body = text.lower().rpartition("1")
    if not separator or not prefix or len(body) < _CHECK_LENGTH:
        raise AgeError(KEY)
    if any(letter not in _VALUES for letter in body) or any(not "!" <= letter <= "~" for letter in prefix):
        raise AgeError(KEY)
    values = [_VALUES[letter] for letter in body]
    if _polymod([*_prefix_values(prefix), *values]) != 1:
        raise AgeError(KEY)
    data, rest, size = _regroup(values[:-_CHECK_LENGTH], 5, 8)
    if size >= 5 or rest:
        raise AgeError(KEY)
    return prefix, bytes(data)
