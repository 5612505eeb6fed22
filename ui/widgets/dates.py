"""Dates as people type them, known in part or in full, to the value that is kept, and back.

A value is `1999`, `1999-03` or `1999-03-08`. Day comes before month, as in the countries the program is written for;
digits of any script are read; Western digits are shown.
"""

import calendar
import dataclasses
import re
import unicodedata
from collections.abc import Sequence
from typing import Literal

from ctcase.model.values import is_partial_date


@dataclasses.dataclass(frozen=True, slots=True)
class DateProblem:
    """Why a text is no date: its form, the month, or a day past the month's last (`days`)."""

    kind: Literal["form", "month", "day"]
    month: int = 0
    days: int = 0


def read_date(text: str, months: Sequence[str]) -> str | DateProblem:
    """The partial date that a text means; `months` are the twelve names in the language of the window.

    A month's name may be cut to three letters or more. Empty text gives an empty value.
    """
    parts = [part for part in re.split(r"[\s./\-،,]+", _plain(text, months)) if part]
    numbers = [_number(part, months) for part in parts]
    if not parts:
        return ""
    if len(parts) > 3 or None in numbers:
        return DateProblem("form")
    known = [number for number in numbers if number is not None]
    if len(parts) == 3 and not parts[0].isdecimal():  # March 8 1999
        known[:2] = reversed(known[:2])
    if known[0] < 1000:  # the year came last
        known.reverse()
    year, *rest = known
    return _date(year, rest) if 1000 <= year <= 9999 else DateProblem("form")


def show_date(value: str, months: Sequence[str]) -> str:
    """A value as it is shown in a field: `8 March 1999`, `March 1999`, `1999`; anything else as it is."""
    if not is_partial_date(value):
        return value
    year, *rest = value.split("-")
    words = [months[int(rest[0]) - 1]] if rest else []
    day = [str(int(rest[1]))] if len(rest) == 2 else []
    return " ".join([*day, *words, year])


def _date(year: int, rest: list[int]) -> str | DateProblem:
    if not rest:
        return f"{year:04d}"
    month = rest[0]
    if not 1 <= month <= 12:
        return DateProblem("month")
    if len(rest) == 1:
        return f"{year:04d}-{month:02d}"
    days = calendar.monthrange(year, month)[1]
    if not 1 <= rest[1] <= days:
        return DateProblem("day", month, days)
    return f"{year:04d}-{month:02d}-{rest[1]:02d}"


def _plain(text: str, months: Sequence[str]) -> str:
    """The text with Western digits, and months of several words as their number."""
    for number, name in enumerate(months, 1):
        if " " in name:
            text = text.replace(name, str(number))
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)


def _number(part: str, months: Sequence[str]) -> int | None:
    if part.isdecimal():
        return int(part) if len(part) <= 4 else None
    wanted = _fold(part)
    hits = [number for number, name in enumerate(months, 1) if _fold(name).startswith(wanted)]
    exact = [number for number in hits if _fold(months[number - 1]) == wanted]
    if exact:
        return exact[0]
    return hits[0] if len(hits) == 1 and len(wanted) >= 3 else None


def _fold(word: str) -> str:
    """Letters without their marks and case; the Turkish dotless and dotted i fall together."""
    plain = unicodedata.normalize("NFKD", word.replace("\u0131", "i").replace("\u0130", "i").casefold())
    return "".join(char for char in plain if not unicodedata.combining(char))
