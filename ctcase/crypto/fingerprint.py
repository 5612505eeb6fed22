"""Fingerprints that are read out loud: six pronounceable words of five letters, 96 bits.

Each word is 16 bits as consonant, vowel, consonant, vowel, consonant, the idea of D. S. Wilkerson, "A Proposal for
Proquints" (arXiv:0901.4016). Both sides type the words they hear, and the program compares.
"""

import hashlib

_TAG = b"ctcase/fingerprint/v1\0"
_CONSONANTS = "bdfghjklmnprstvz"
_VOWELS = "aiou"
_WORDS = 6
_LONGEST = 256
# The letters i with and without a dot change places on a Turkish keyboard when capitals are typed.
_AS_TYPED = str.maketrans({"\u0131": "i", "\u0130": "i", "I": "i"})
_BETWEEN = frozenset(" \t\r\n\u00a0-\u2010\u2011\u2013\u2014,.;")


def _word(number: int) -> str:
    return (
        _CONSONANTS[number >> 12 & 15]
        + _VOWELS[number >> 10 & 3]
        + _CONSONANTS[number >> 6 & 15]
        + _VOWELS[number >> 4 & 3]
        + _CONSONANTS[number & 15]
    )


def words(digest: bytes) -> str:
    """Six words, with spaces between, for a digest or key of any length."""
    bits = hashlib.sha256(_TAG + digest).digest()
    return " ".join(_word(int.from_bytes(bits[2 * place : 2 * place + 2], "big")) for place in range(_WORDS))


def _letters(text: str) -> str:
    return "".join(letter for letter in text if letter not in _BETWEEN).translate(_AS_TYPED).lower()


def same(typed: str, expected: str) -> bool:
    """Whether a person typed these words; capitals, spaces, hyphens and commas do not matter."""
    if len(typed) > _LONGEST:
        return False
    return _letters(typed) == _letters(expected)
