"""Lines for people: facts, tables and values, safe to print whatever other people's data holds."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from rich.cells import cell_len

from ctcase.cli.text import ABSENCES, Translate
from ctcase.model.values import Missing, Value

_GAP = "  "
# Marks that turn the direction of what follows could make a line say something else than it holds.
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNPRINTED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_JOINERS = frozenset("\u200c\u200d")  # they shape letters of Persian and of Indian scripts


def safe(text: str) -> str:
    """The text with everything escaped that would steer a terminal or break the line."""
    return "".join(
        f"\\u{ord(letter):04x}"
        if letter in _TURNING or (unicodedata.category(letter) in _UNPRINTED and letter not in _JOINERS)
        else letter
        for letter in text
    )


def shown(value: Value | Sequence[str], translate: Translate) -> str:
    """A value of a field as one piece of a line."""
    if value is None:
        return "-"
    if isinstance(value, Missing):
        return f"({translate(ABSENCES[value.missing])})"
    if isinstance(value, bool):
        return translate("yes") if value else translate("no")
    if isinstance(value, str):
        return safe(value)
    if isinstance(value, int):
        return str(value)
    return "; ".join(safe(str(one)) for one in value)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - cell_len(text))


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Columns as wide as they need; nothing for no rows."""
    cells = [[safe("-" if cell in (None, "") else str(cell)) for cell in row] for row in rows]
    if not cells:
        return
    lines = [list(heads), *cells]
    widths = [max(cell_len(line[place]) for line in lines) for place in range(len(heads))]
    for line in lines:
        yield _GAP.join(_padded(cell, width) for cell, width in zip(line, widths, strict=True)).rstrip()


def facts(pairs: Iterable[tuple[str, object]]) -> Iterator[str]:
    """A name and its value on each line; values that are absent are left out."""
    present = [(name, safe(str(value))) for name, value in pairs if value not in (None, "", [])]
    width = max((cell_len(name) for name, _value in present), default=0)
    for name, value in present:
        yield f"{_padded(name, width)}{_GAP}{value}"


def section(title: str, lines: Iterable[str]) -> Iterator[str]:
    """A title above indented lines, after an empty one; nothing for no lines."""
    body = list(lines)
    if body:
        yield ""
        yield title
        yield from (_GAP + line for line in body)


def otherwise(lines: Iterable[str], sentence: str) -> Iterator[str]:
    """The lines, or the sentence where there are none."""
    found = False
    for line in lines:
        found = True
        yield line
    if not found:
        yield sentence


def words(codes: Iterable[str]) -> str:
    """Code words in one piece of a line."""
    return ", ".join(codes)
