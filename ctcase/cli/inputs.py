"""What is read from outside: files that people wrote, passphrase files; bounded before anything is done with them."""

import sys
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from ctcase.errors import Refused
from ctcase.model import canonical, resources
from ctcase.store import files

LARGEST_DOCUMENT = 1024 * 1024
"""Bytes of a `--file`."""
LARGEST_PASSPHRASE_FILE = 16 * 1024
STANDARD_INPUT = Path("-")


def _bounded(stream: BinaryIO, largest: int) -> bytes:
    data = stream.read(largest + 1)
    if len(data) > largest:
        raise Refused("limit_exceeded", limit=largest)
    return data


def _read(path: Path, largest: int) -> bytes:
    # Not only regular files: a passphrase or a document may come through a pipe of the shell.
    with files.translated(), path.open("rb") as file:
        return _bounded(file, largest)


def document(path: Path | None) -> dict[str, Any]:
    """The JSON object in a file, `-` for standard input, empty for none.

    Raises Refused `limit_exceeded` or `file_not_understood` (with the reason), EnvironmentFailed for the file itself.
    """
    if path is None:
        return {}
    data = (
        _bounded(sys.stdin.buffer, LARGEST_DOCUMENT)
        if path == STANDARD_INPUT
        else _read(path, LARGEST_DOCUMENT)
    )
    resources.check_json(data, LARGEST_DOCUMENT)
    try:
        found = msgspec.json.decode(data, type=dict[str, Any])
    except (msgspec.MsgspecError, ValueError):
        raise Refused("file_not_understood", reason="object") from None
    if not canonical.is_plain(found):
        raise Refused("file_not_understood", reason="values")
    return found


def passphrase(path: Path) -> str:
    """The first line of a passphrase file, without its line ending."""
    try:
        text = _read(path, LARGEST_PASSPHRASE_FILE).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("file_not_understood", reason="encoding") from None
    return text.split("\n", 1)[0].removesuffix("\r")
