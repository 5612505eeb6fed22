"""What all answers share: the base of the records, outcomes with their change sets, refusals."""

from typing import Any, Generic, TypeVar

import msgspec

T = TypeVar("T")


class Shape(msgspec.Struct, frozen=True):
    """Base of all answers."""


class Changes(Shape, frozen=True):
    """What a command touched: streams, and whether the roster, the office's stream or local facts changed."""

    streams: frozenset[str] = frozenset()
    roster: bool = False
    local: bool = False


class Outcome(Shape, Generic[T], frozen=True):
    """The answer of a command and what it changed."""

    value: T
    changes: Changes


class ErrorAnswer(Shape, frozen=True):
    """A refusal as it is shown; message and next step come from the command line or the window."""

    code: str
    message: str
    next: str
    details: dict[str, Any]


class Written(Shape, frozen=True):
    """The short answer of calls that write one thing: exactly one of the keys is given."""

    entry: str | None = None
    roster: int | None = None
    id: str | None = None
    file: str | None = None
    device: str | None = None
    slot: str | None = None
