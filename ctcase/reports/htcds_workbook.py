"""The xlsx container (ECMA-376, Office Open XML), read and written as a stream of rows of text.

Written here and not by a spreadsheet library, because that writes case data to a temporary file, warns with the content
of cells, and cannot tell an escaped character from its escape (docs/decisions/0003-forms-and-htcds.md).
"""

import datetime as dt
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from io import BytesIO
from xml.parsers import expat

from ctcase.errors import Refused

MOST_ENTRIES = 1000
LARGEST_DIRECTORY = 256 * 1024
LARGEST_UNPACKED = 512 * 1024 * 1024
LARGEST_RATIO = 250
"""Unpacked to packed, for parts of more than 16 MiB."""
LARGEST_SMALL_PART = 8 * 1024 * 1024
LARGEST_STRINGS = 128 * 1024 * 1024
LARGEST_TEXT = 256 * 1024 * 1024
"""Characters of the shared strings, each counted as often as cells of a sheet name it."""
MOST_COLUMNS = 512
LARGEST_CELL = 128 * 1024
DEEPEST = 32
LAST_ROW = 1_048_576
MOST_SHEETS = 20

_CHUNK = 64 * 1024
_END = b"PK\x05\x06"
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_REFERENCE = re.compile(r"([A-Z]{1,3})[0-9]{1,7}")
_BROKEN = (
    zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, struct.error,
    ValueError, LookupError, OverflowError, ArithmeticError, NotImplementedError, RuntimeError,
)  # fmt: skip
"""What the zip and XML modules and wrong numbers raise on hostile input."""

Pulse = Callable[[], None]
"""Called every now and then during long work, whether or not a row comes of it; what it raises ends the work."""

Sheet = Iterator[tuple[int, list[str]]]
"""Rows as numbered in the file, with the text of their cells; a formula's error starts with NUL, which no field takes."""


def _refuse(reason: str) -> Refused:
    return Refused("file_not_understood", reason=reason)


def open_archive(data: bytes) -> zipfile.ZipFile:
    """The archive of a workbook, bounded before anything is unpacked.

    Raises Refused: `limit_exceeded` for too many or too large parts, `file_not_understood` for what no writer of
    workbooks makes (odd names, links, encryption, overlaps, duplicates).
    """
    end = data.rfind(_END, max(0, len(data) - 65_557))
    if end < 0 or len(data) < end + 22 or data[max(0, end - 20) : end].startswith(b"PK\x06\x07"):
        raise _refuse("zip")
    if int.from_bytes(data[end + 12 : end + 16], "little") > LARGEST_DIRECTORY:
        raise Refused("limit_exceeded", limit=MOST_ENTRIES)
    try:
        archive = zipfile.ZipFile(BytesIO(data))
    except _BROKEN:
        raise _refuse("zip") from None
    parts = archive.infolist()
    if len(parts) > MOST_ENTRIES or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise Refused("limit_exceeded", limit=LARGEST_UNPACKED)
    if len({part.filename for part in parts}) != len(parts) or not all(_is_ordinary(part) for part in parts):
        raise _refuse("zip")
    begin = 0
    for part in sorted(parts, key=lambda one: one.header_offset):
        if part.header_offset < begin:
            raise _refuse("zip")
        begin = part.header_offset + 30 + part.compress_size
    if begin > end:
        raise _refuse("zip")
    return archive


def _is_ordinary(part: zipfile.ZipInfo) -> bool:
    name = part.filename
    if name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/") or part.flag_bits & 0x1:
        return False
    kind = part.external_attr >> 28
    if kind not in (0, 4, 8) or part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return False
    return part.file_size <= 16 * 1024 * 1024 or part.file_size <= LARGEST_RATIO * max(1, part.compress_size)


class _Walk:
    """Feeds one part through the XML parser: no document type, no entities, bounded depth, no tree."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._no_doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.depth = 0
        self._names: dict[str, str] = {}

    def _no_doctype(self, *_: object) -> None:
        raise _refuse("doctype")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise _refuse("nesting")
        self.start(self._local(name), attributes)

    def _end(self, name: str) -> None:
        self.depth -= 1
        self.end(self._local(name))

    def _local(self, name: str) -> str:
        local = self._names.get(name)
        if local is None:
            local = name[name.rfind(" ") + 1 :]
            if len(self._names) < 500:
                self._names[name] = local
        return local

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def run(self, archive: zipfile.ZipFile, part: str, limit: int) -> Iterator[None]:
        """Parses a part piece by piece, with a pause after each for what was found."""
        if archive.getinfo(part).file_size > limit:
            raise Refused("limit_exceeded", limit=limit)
        with archive.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                self.parser.Parse(chunk, False)
                yield
            self.parser.Parse(b"", True)
            yield


class _Elements(_Walk):
    """Collects the elements of a small part with their parents' names."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, dict[str, str]]] = []
        self._path = [""]

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self.found) > 200_000:
            raise Refused("limit_exceeded", limit=200_000)
        self.found.append((self._path[-1], name, attributes))
        self._path.append(name)

    def end(self, name: str) -> None:  # noqa: ARG002  # every walk is called alike
        self._path.pop()


def _elements(archive: zipfile.ZipFile, part: str) -> list[tuple[str, str, dict[str, str]]]:
    walk = _Elements()
    for _ in walk.run(archive, part, LARGEST_SMALL_PART):
        pass
    return walk.found


class _Strings(_Walk):
    """The shared strings: rich text as its plain text, without the readings beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._text: list[str] = []
        self._size = 0
        self._inside = self._reading = False
        self.parser.CharacterDataHandler = self._characters

    def start(self, name: str, attributes: dict[str, str]) -> None:  # noqa: ARG002  # every walk is called alike
        if name == "si":
            self._text, self._size = [], 0
        elif name == "rPh":
            self._reading = True
        self._inside = name == "t" and not self._reading

    def end(self, name: str) -> None:
        self._inside = False
        if name == "rPh":
            self._reading = False
        elif name == "si":
            self.found.append(unescape("".join(self._text)))

    def _characters(self, text: str) -> None:
        if self._inside:
            self._size += len(text)
            if self._size > LARGEST_CELL:
                raise Refused("limit_exceeded", limit=LARGEST_CELL)
            self._text.append(text)


def unescape(text: str) -> str:
    """Text as it was before characters that XML cannot hold were written as `_xHHHH_` (ECMA-376, ST_Xstring)."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


class _Rows(_Walk):
    """The rows of a sheet as text."""

    def __init__(self, strings: list[str], shapes: list[str], *, from_1904: bool) -> None:
        super().__init__()
        self.ready: list[tuple[int, list[str]]] = []
        self._strings, self._shapes, self._from_1904 = strings, shapes, from_1904
        self._row, self._column, self._cells = 0, -1, list[str]()
        self._type = self._shape = ""
        self._text: list[str] = []
        self._size = self._named = 0
        self._inside = self._reading = False
        self.parser.CharacterDataHandler = self._characters

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._start_cell(attributes)
        elif name == "row":
            number = int(attributes.get("r", self._row + 1))
            if not self._row < number <= LAST_ROW:
                raise _refuse("rows")
            self._row, self._column, self._cells = number, -1, []
        elif name == "rPh":
            self._reading = True
        self._inside = name == "v" or (name == "t" and not self._reading)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        column = self._column + 1
        if "r" in attributes:
            match = _REFERENCE.fullmatch(attributes["r"])
            if match is None:
                raise _refuse("cells")
            column = -1
            for letter in match[1]:
                column = (column + 1) * 26 + ord(letter) - 65
        if column <= self._column:
            raise _refuse("cells")
        self._column = column
        self._type = attributes.get("t", "n")
        style = int(attributes.get("s", "0"))
        self._shape = self._shapes[style] if 0 <= style < len(self._shapes) else ""
        self._text, self._size = [], 0

    def end(self, name: str) -> None:
        self._inside = False
        if name == "rPh":
            self._reading = False
        elif name == "c" and self._text:
            if self._column >= MOST_COLUMNS:
                raise Refused("limit_exceeded", limit=MOST_COLUMNS)
            self._cells.extend([""] * (self._column + 1 - len(self._cells)))
            self._cells[self._column] = self._value("".join(self._text))
        elif name == "row":
            self.ready.append((self._row, self._cells))

    def _characters(self, text: str) -> None:
        if self._inside:
            self._size += len(text)
            if self._size > LARGEST_CELL:
                raise Refused("limit_exceeded", limit=LARGEST_CELL)
            self._text.append(text)

    def _value(self, text: str) -> str:
        if self._type == "s":
            return self._shared(int(text))
        if self._type in ("inlineStr", "str"):
            return unescape(text)
        if self._type == "b":
            return "TRUE" if text.strip() == "1" else "FALSE"
        if self._type == "e":
            return f"\0{text}"
        if self._type == "d":
            return text
        return number_text(text, self._shape, from_1904=self._from_1904)

    def _shared(self, number: int) -> str:
        text = self._strings[number]
        self._named += len(text)
        if self._named > LARGEST_TEXT:
            raise Refused("limit_exceeded", limit=LARGEST_TEXT)
        return text


def number_text(text: str, shape: str, *, from_1904: bool = False) -> str:
    """A number as the sheet shows it: a date by its shape (`ymd`, `ym`, `y`, `t`), leading zeros (`00000`), or digits."""
    number = Decimal(text.strip())
    if not number.is_finite() or abs(number) >= Decimal(10) ** 40:
        raise _refuse("number")
    if shape and set(shape) <= set("ymdt"):
        return _date_text(number, shape, from_1904=from_1904)
    if number == number.to_integral_value():
        whole = str(int(number))
        return whole.zfill(len(shape)) if shape and not whole.startswith("-") else whole
    # What a machine number cannot hold was not typed: 0.1 + 0.2 is shown as 0.3.
    return format(Decimal(repr(float(f"{number:.15g}"))), "f")


def _date_text(number: Decimal, shape: str, *, from_1904: bool) -> str:
    days = int(number)
    seconds = round((number - days) * 86_400)
    if not from_1904 and days == 60:
        return "\x001900-02-29"  # a day that never was (ECMA-376 part 1, 18.17.4.1)
    if number < 0 or days > 2_958_465:
        return f"\0{number}"
    minutes, second = divmod(min(seconds, 86_399), 60)
    clock = dt.time(minutes // 60, minutes % 60, second).isoformat()
    if days == 0 and not from_1904:
        return clock
    start = dt.date(1904, 1, 1) if from_1904 else dt.date(1899, 12, 30 if days > 60 else 31)
    day = (start + dt.timedelta(days=days)).isoformat()
    if seconds:
        return f"{day}T{clock}"
    return {"y": day[:4], "ym": day[:7]}.get(shape, day)


_BUILT_IN = {14: "ymd", 15: "ymd", 16: "ymd", 17: "ym", 22: "ymdt", 18: "t", 19: "t", 20: "t", 21: "t", 45: "t",
             46: "t", 47: "t", **dict.fromkeys((*range(27, 37), *range(50, 59)), "ymd")}  # fmt: skip
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)


def shape_of(code: str) -> str:
    """What a number format shows: `ymd`, `ym` or `y` for dates, with or without `t`, zeros to pad to, or nothing."""
    first = _LITERAL.sub("", code.split(";", maxsplit=1)[0]).lower()
    if re.fullmatch("0{2,20}", first):
        return first
    if "general" in first or not re.search("[ymdhs]", first):
        return ""
    time = bool(re.search("[hs]", first))
    if "y" not in first and "d" not in first:
        return "t" if time else "ymd"
    shape = "ymd" if "d" in first else ("ym" if "m" in first and not time else "y")
    return shape + "t" if time else shape


def _shapes(archive: zipfile.ZipFile, part: str | None) -> list[str]:
    if part is None:
        return []
    elements = _elements(archive, part)
    own = {
        int(attributes["numFmtId"]): shape_of(attributes["formatCode"][:500])
        for _, name, attributes in elements
        if name == "numFmt" and "formatCode" in attributes
    }
    used = (
        int(a.get("numFmtId", "0")) for parent, name, a in elements if name == "xf" and parent == "cellXfs"
    )
    return [own[number] if number in own else _BUILT_IN.get(number, "") for number in used]


def _relations(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[str, str, str]]:
    """Id, kind and target of the parts that a part refers to."""
    folder, _, name = part.rpartition("/")
    base = folder.split("/") if folder else []
    for _, element, attributes in _elements(archive, f"{folder}/_rels/{name}.rels".lstrip("/")):
        if element == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes["Target"]
            path = list(base) if not target.startswith("/") else []
            for step in target.split("/"):
                if step == "..":
                    path.pop()
                elif step not in ("", "."):
                    path.append(step)
            yield attributes["Id"], attributes["Type"].rpartition("/")[2], "/".join(path)


def read_sheets(data: bytes, pulse: Pulse = lambda: None) -> list[Callable[[], Sheet]]:
    """The visible sheets of a workbook in order; each call gives the rows of one from its beginning.

    Raises Refused, also while rows are taken: `limit_exceeded`, `file_not_understood`.
    """
    archive = open_archive(data)
    try:
        (workbook,) = [path for _, kind, path in _relations(archive, "") if kind == "officeDocument"]
        parts = {key: (kind, path) for key, kind, path in _relations(archive, workbook)}
        by_kind = dict(parts.values())
        elements = _elements(archive, workbook)
        strings = _Strings()
        if "sharedStrings" in by_kind:
            for _ in strings.run(archive, by_kind["sharedStrings"], LARGEST_STRINGS):
                pulse()
        shapes = _shapes(archive, by_kind.get("styles"))
    except _BROKEN:
        raise _refuse("workbook") from None
    from_1904 = any(name == "workbookPr" and a.get("date1904") in ("1", "true") for _, name, a in elements)
    shown = [a for _, name, a in elements if name == "sheet" and a.get("state", "visible") == "visible"]
    found = []
    for attributes in shown[:MOST_SHEETS]:
        identifier = next((value for key, value in attributes.items() if key.endswith(" id")), "")
        kind, path = parts.get(identifier, ("", ""))
        if kind == "worksheet":
            make = partial(_Rows, strings.found, shapes, from_1904=from_1904)
            found.append(partial(_rows, archive, path, make, pulse))
    return list[Callable[[], Sheet]](found)


def _rows(archive: zipfile.ZipFile, part: str, make: Callable[[], _Rows], pulse: Pulse) -> Sheet:
    walk = make()
    try:
        for _ in walk.run(archive, part, LARGEST_UNPACKED):
            pulse()
            ready, walk.ready = walk.ready, []
            yield from ready
    except _BROKEN:
        raise _refuse("sheet") from None
