"""Data files that come with the program, and the strict reading of JSON that people wrote.

The folder `resources` lies beside the package, as in the checkout that the program runs from.
"""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ctcase.errors import EnvironmentFailed, Refused
from ctcase.model.canonical import BIGGEST_INTEGER

DEEPEST = 12
"""Nesting of a data file; a form needs seven levels."""


class _DuplicateKeyError(ValueError):
    """One object has the same key twice."""


def folder() -> Path:
    """Where the data files of this copy of the program are."""
    return Path(__file__).resolve().parents[2] / "resources"


def files(kind: str) -> Iterator[bytes]:
    """The JSON files of one kind (`forms`, `codelists`), by name; EnvironmentFailed `file_missing` without the folder."""
    place = folder() / kind
    if not place.is_dir():
        raise EnvironmentFailed("file_missing", kind=kind)
    for path in sorted(place.glob("*.json")):
        yield path.read_bytes()


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _DuplicateKeyError
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _integer(text: str) -> int:
    if abs(number := int(text)) > BIGGEST_INTEGER:
        raise ValueError(text)
    return number


def _finite(text: str) -> float:
    if not math.isfinite(number := float(text)):
        raise ValueError(text)
    return number


def check_json(data: bytes, limit: int) -> None:
    """Refuses what a typed decoder would not notice, before it runs.

    Raises Refused: `limit_exceeded` for more than `limit` bytes, `file_not_understood` for duplicate keys, deep
    nesting, NaN, numbers out of range, and anything that is not JSON in UTF-8 without a byte-order mark.
    """
    if len(data) > limit:
        raise Refused("limit_exceeded", limit=limit)
    if _depth(data) > DEEPEST:
        raise Refused("file_not_understood", reason="nesting")
    try:
        json.loads(
            data.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant, parse_int=_integer,
            parse_float=_finite,
        )  # fmt: skip
    except _DuplicateKeyError:
        raise Refused("file_not_understood", reason="duplicate_key") from None
    except ValueError:
        raise Refused("file_not_understood", reason="json") from None


def _depth(data: bytes) -> int:
    """The deepest nesting of brackets outside strings, without recursion."""
    deepest = depth = 0
    in_string = escaped = False
    for byte in data:
        if in_string:
            if escaped:
                escaped = False
            elif byte == 0x5C:
                escaped = True
            elif byte == 0x22:
                in_string = False
        elif byte == 0x22:
            in_string = True
        elif byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest
