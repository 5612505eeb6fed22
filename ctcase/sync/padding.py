"""Padding by size classes, so that the length of a bundle says little about what is in it.

Padmé (Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs", 2019, §4): sizes
keep only their leading bits, which costs at most 12 % and tells O(log log size) bits. What is smaller than the first
class, as a bundle that only acknowledges or carries one edit, is all of that class.
"""

SMALLEST_CLASS = 16 * 1024


def padded_size(size: int) -> int:
    """The size class, in bytes, of a plaintext of `size` bytes."""
    if size <= SMALLEST_CLASS:
        return SMALLEST_CLASS
    exponent = size.bit_length() - 1
    spare = exponent - exponent.bit_length()
    mask = (1 << spare) - 1
    return (size + mask) & ~mask


def pad(plaintext: bytes) -> bytes:
    """The plaintext with zeros up to its size class."""
    return plaintext.ljust(padded_size(len(plaintext)), b"\0")


def is_padded(data: bytes, size: int) -> bool:
    """Whether what follows the first `size` bytes is exactly their padding: nothing can hide in it."""
    return len(data) == padded_size(size) and not any(data[size:])
