"""One cell of a spreadsheet or CSV file: how an answer is spelled, and how a spelling is read again.

Three spellings need care, each undone exactly when read (docs/forms.md has the table):

- A stated absence is `@unknown` or `@declined`; a text that is such a word itself gets one more `@` in front.
- In CSV, a text that a spreadsheet program might run as a formula gets an apostrophe in front, and so does one that
  is empty or blank, which would be no answer. An apostrophe in front of any other text is part of the text.
- Several values are joined by `; `. A label that contains `;` itself is found by the longest match, and not written.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from ctcase.model.forms import (
    CODED_TYPES,
    LIST_TYPES,
    MOST_CHOICES,
    TEXT_TYPES,
    CodeList,
    Field,
    check_value,
    say,
)
from ctcase.model.values import DECLINED, UNKNOWN, Missing, Value
from ctcase.reports.htcds_layout import fold

Reader = Callable[[str], Value]

# What starts a formula, in the widths that spreadsheet programs take for the same, also behind quotes and blanks; a
# tab or line break in front, which some programs drop; or nothing but quotes and blanks.
_RISKY = re.compile(
    r"""[\s'"\u2018\u2019\u201c\u201d]*(?:[=+\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212]|\Z)"""
    r"""|['"\u2018\u2019\u201c\u201d]*[\t\r\n]"""
)
_WORD = re.compile(r"@+(unknown|declined)")
_WITH_MIDNIGHT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]00:00(?::00(?:\.0+)?)?Z?")
_DOTTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_INTEGER = re.compile(r"[+-]?[0-9]{1,16}", re.ASCII)
_YES_NO = {
    "yes": True, "y": True, "true": True, "1": True, "x": True,
    "no": False, "n": False, "false": False, "0": False,
}  # fmt: skip
WIDEST_JOIN = 4
"""Pieces between semicolons that one label may have."""


class CellError(ValueError):
    """A cell that cannot be taken; the code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def is_risky(text: str) -> bool:
    """Whether a spreadsheet program could run a text as a formula, or take it for an empty cell."""
    return _RISKY.match(text) is not None


def guard(text: str) -> str:
    """The spelling of a text in CSV."""
    return f"'{text}" if is_risky(text) else text


def unguard(cell: str) -> str:
    """The text behind a spelling: an apostrophe goes only where `guard` would have put it."""
    return cell[1:] if cell.startswith("'") and is_risky(cell[1:]) else cell


def guard_in_workbook(text: str) -> str:
    """The spelling in a workbook, where text is typed as text: only what `unguard` would change needs a guard."""
    return f"'{text}" if not text.strip() or unguard(text) != text else text


class Lookup:
    """Codes by what people write: codes, labels in any language, and other spellings."""

    def __init__(self, codelist: CodeList) -> None:
        self._exact: dict[str, str] = {}
        self._folded: dict[str, str] = {}
        self._labels: dict[str, str] = {}
        for entry in codelist.entries:
            self._exact[entry.code] = entry.code
        # Labels come before other spellings, so that the word that is shown always means what it is shown for.
        for texts in ("label", "also"):
            for entry in codelist.entries:
                for text in entry.label.values() if texts == "label" else entry.also:
                    self._exact.setdefault(text, entry.code)
        for text, code in self._exact.items():
            self._folded.setdefault(fold(text), code)
        for entry in codelist.entries:
            words = (say(entry.label, "en"), *entry.also)
            fit = (word for word in words if ";" not in word and self._exact.get(word) == entry.code)
            self._labels[entry.code] = next(fit, entry.code)

    def code(self, text: str) -> str | None:
        """The code that a text stands for."""
        return self._exact.get(text) or self._folded.get(fold(text))

    def label(self, code: str) -> str:
        """The word to write for a code: its label, or another spelling, or the code itself.

        The first that is read as this code, and that nobody who splits a cell at `;` takes for two values.
        """
        return self._labels.get(code, code)

    def codes(self, text: str) -> tuple[str, ...]:
        """The codes of several values joined by `;`; CellError when a piece is none."""
        pieces = [piece for piece in text.split(";") if piece.strip()]
        if len(pieces) > MOST_CHOICES:
            raise CellError("too_many")
        found: dict[str, None] = {}
        start = 0
        while start < len(pieces):
            for end in range(min(len(pieces), start + WIDEST_JOIN), start, -1):
                code = self.code(";".join(pieces[start:end]).strip())
                if code is not None:
                    found[code] = None
                    start = end
                    break
            else:
                raise CellError("not_in_list")
        return tuple(found)


def _date(text: str) -> str:
    if match := _WITH_MIDNIGHT.fullmatch(text):
        return match[1]
    if match := _DOTTED.fullmatch(text):
        return f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}"
    return text


def _yes_no(text: str) -> bool:
    found = _YES_NO.get(text.lower())
    if found is None:
        raise CellError("not_in_list")
    return found


def _integer(text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise CellError("not_a_number")
    return int(text)


def _plain_reader(field: Field, codelists: Mapping[str, CodeList]) -> Reader:
    """Reads the text of one answer, without looking at spellings."""
    if field.type in CODED_TYPES:
        lookup = Lookup(codelists[field.list_id or ""])
        if field.type in LIST_TYPES:
            return lambda text: lookup.codes(text) or None

        def one(text: str) -> str:
            code = lookup.code(text)
            if code is None:
                raise CellError("not_in_list")
            return code

        return one
    if field.type == "texts":
        return lambda text: (
            tuple(dict.fromkeys(piece.strip() for piece in text.split(";") if piece.strip())) or None
        )
    readers: dict[str, Reader] = {"boolean": _yes_no, "integer": _integer, "date": _date}
    return readers.get(field.type, lambda text: text)


def text_reader(field: Field, codelists: Mapping[str, CodeList]) -> Reader:
    """Reads and checks the text of one answer as JSON has it: no guards, no words for absences."""
    plain = _plain_reader(field, codelists)
    as_typed = field.type in TEXT_TYPES

    def read(text: str) -> Value:
        value = plain(text if as_typed else text.strip())
        code = check_value(field, value, codelists)
        if code:
            raise CellError(code)
        return value

    # Codes, dates and the like repeat all through a file; names and notes do not.
    return read if as_typed else lru_cache(maxsize=4096)(read)


def cell_reader(field: Field, codelists: Mapping[str, CodeList]) -> Reader:
    """Reads one cell of a spreadsheet or CSV file; None for a blank cell, CellError with a code of `check_value`."""
    read_text = text_reader(field, codelists)
    as_typed = field.type in TEXT_TYPES

    def read(cell: str) -> Value:
        if not cell or cell.isspace():
            return None
        if not as_typed:
            cell = cell.strip()
        if cell[0] == "'":
            cell = unguard(cell)
        if cell[:1] == "@" and _WORD.fullmatch(cell):
            if cell[1] != "@":
                return UNKNOWN if cell == "@unknown" else DECLINED
            cell = cell[1:]
        return read_text(cell)

    return read


def cell_writer(field: Field, codelists: Mapping[str, CodeList]) -> Callable[[Value], str | None]:
    """Spells answers of one field as text, without guards; None for a field left open."""
    lookup = Lookup(codelists[field.list_id or ""]) if field.type in ("choice", "choices") else None
    # Countries and languages stay codes: the standard's sheet asks for ISO codes there.
    name = lookup.label if lookup else lambda code: code

    def write(value: Value) -> str | None:
        if value is None:
            return None
        if isinstance(value, Missing):
            return f"@{value.missing}"
        if isinstance(value, bool):
            return "Yes" if value else "No"
        if isinstance(value, tuple):
            return "; ".join(name(one) for one in value)
        if isinstance(value, int):
            return str(value)
        spelled = name(value)
        return f"@{spelled}" if spelled[:1] == "@" and _WORD.fullmatch(spelled) else spelled

    return write
