"""What a field can hold (DESIGN §5): text, integer, boolean, partial date, list of texts, or a stated absence.

A partial date is a string (`1999`, `1999-03`, `1999-03-08`); which strings are dates is known by the form.
"""

import datetime as dt
import re
from typing import Annotated

import msgspec

from ctcase.model.canonical import BIGGEST_INTEGER

CATEGORIES = ("identity", "contact", "location", "case", "health", "legal", "documents", "family")
"""The kinds of data a field can be, in the order they are shown; parts are split by them."""

CONTROL = "control"
"""The category of parts that steer the fold; they hold no personal data and are never withheld or erased."""


class Missing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An answer that is known to be absent: `unknown` or `declined`."""

    missing: str

    def __post_init__(self) -> None:
        if self.missing not in ("unknown", "declined"):
            raise ValueError(self.missing)


UNKNOWN = Missing("unknown")
DECLINED = Missing("declined")

Integer = Annotated[int, msgspec.Meta(ge=-BIGGEST_INTEGER, le=BIGGEST_INTEGER)]

Value = str | Integer | bool | tuple[str, ...] | Missing | None
"""One value of a field; None clears it."""

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def is_partial_date(text: str) -> bool:
    """Whether `text` is a year, a month of a year, or a day that exists (ISO 8601, no time)."""
    match = _DATE.fullmatch(text)
    if not match or not text.isascii():
        return False
    year, month, day = (int(part) if part else 1 for part in match.groups())
    try:
        dt.date(year, month, day)
    except ValueError:
        return False
    return True
