"""HTCDS in: rows of a spreadsheet, a CSV file or a JSON file as fields of cases.

The three forms are told apart by content. The file is read once, bounded, and then walked row by row; a row that cannot
be taken is reported with its number, column and code, and the others are taken.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any, Literal

import msgspec

from ctcase.errors import Refused
from ctcase.model import canonical
from ctcase.model.forms import LIST_TYPES, CodeList, Field, Form, check_value
from ctcase.model.values import Missing, Value
from ctcase.reports.htcds_cells import CellError, Reader, cell_reader, text_reader
from ctcase.reports.htcds_layout import (
    Column,
    Layout,
    column_letter,
    header_kind,
    layout_of,
    map_columns,
    matches,
)
from ctcase.reports.htcds_workbook import LAST_ROW, MOST_COLUMNS, Pulse, read_sheets
from ctcase.store import files

LARGEST_FILE = 64 * 1024 * 1024
MOST_ROWS = 200_000
"""Rows with an answer in one file. With those that are blank there are at most LAST_ROW."""
LAST_HEADER = 100
"""The header is looked for down to this row."""
_PULSE = 1000

FileKind = Literal["xlsx", "csv", "json"]
_DELIMITERS = (",", ";", "\t")
_BOM = b"\xef\xbb\xbf"


class Row(msgspec.Struct, frozen=True):
    """A row that can be taken: its number in the file (records from 1), and answers by field key."""

    number: int
    fields: dict[str, Value]


class RefusedRow(msgspec.Struct, frozen=True):
    """A row that cannot: the column is a letter, in JSON the name, or None when the row as a whole is wrong."""

    number: int
    column: str | None
    code: str


class Reading(msgspec.Struct, frozen=True):
    """What a file is, what its columns were taken for, and its rows, to be walked once.

    The walk raises Refused `limit_exceeded` or `file_not_understood` where the file breaks off.
    """

    format: FileKind
    columns: tuple[Column, ...]
    rows: Iterator[Row | RefusedRow]


class _Taken(msgspec.Struct, frozen=True):
    """A column that is taken, ready for the walk."""

    letter: str
    key: str
    read: Reader


_Records = Iterator[tuple[int, Sequence[str] | CellError]]


def row_digest(fields: Mapping[str, Value]) -> str:
    """SHA-256, in hexadecimal, of what a row means: equal however the row was written.

    Fields left open, the order of several values and the kind of line breaks do not count.
    """
    meant = {key: _meant(value) for key, value in fields.items() if value is not None}
    return hashlib.sha256(b"ctcase htcds row v1\0" + canonical.encode(meant)).hexdigest()


def _meant(value: Value) -> Value:
    if isinstance(value, tuple):
        return tuple(sorted(value))
    return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value


def read_rows(
    source: bytes | Path, form: Form, codelists: Mapping[str, CodeList], pulse: Pulse = lambda: None
) -> Reading:
    """Reads an HTCDS file; its columns are known when this returns, its rows are judged as they are walked.

    `pulse` is called during both, also where rows are blank.
    Raises Refused `file_not_understood` (with a `reason` code) or `limit_exceeded`, EnvironmentFailed for the disk.
    """
    data = files.read_bounded(source, LARGEST_FILE) if isinstance(source, Path) else source
    if len(data) > LARGEST_FILE:
        raise Refused("limit_exceeded", limit=LARGEST_FILE)
    layout = layout_of(form)
    start = data[:1024].removeprefix(_BOM).lstrip()[:1]
    if data.startswith(b"PK"):
        return _read_workbook(data, layout, codelists, pulse)
    if start in (b"[", b"{"):
        return _read_json(data.removeprefix(_BOM), layout, codelists)
    return _read_csv(data.removeprefix(_BOM), layout, codelists, pulse)


# Tables: a spreadsheet or CSV.


def _read_workbook(data: bytes, layout: Layout, codelists: Mapping[str, CodeList], pulse: Pulse) -> Reading:
    for sheet in read_sheets(data, pulse):
        reading = _read_table("xlsx", iter(sheet()), layout, codelists)
        if reading is not None:
            return reading
    raise Refused("file_not_understood", reason="header")


def _read_csv(data: bytes, layout: Layout, codelists: Mapping[str, CodeList], pulse: Pulse) -> Reading:
    decoder = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", newline="")
    try:
        while decoder.read(1024 * 1024):
            pass
    except UnicodeDecodeError:
        raise Refused("file_not_understood", reason="encoding") from None
    best = max(_DELIMITERS, key=lambda one: _known(data, one, layout))
    reading = _read_table("csv", _counted(_csv_records(data, best), pulse), layout, codelists)
    if reading is None:
        raise Refused("file_not_understood", reason="header")
    return reading


def _known(data: bytes, delimiter: str, layout: Layout) -> int:
    """How many known headings the first rows have, cut by a delimiter."""
    rows = (cells for _, cells in _csv_records(data[: 256 * 1024], delimiter, complete=False))
    first = [cells for cells, _ in zip(rows, range(2), strict=False) if not isinstance(cells, CellError)]
    return sum(sum(matches(cells, layout).values()) for cells in first)


def _csv_records(data: bytes, delimiter: str, *, complete: bool = True) -> _Records:
    """The records of a CSV file (RFC 4180), strictly; a line that is not one is an error of that record only."""
    errors = "strict" if complete else "ignore"
    lines = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", errors=errors, newline="")
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    number = line = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            # Past its first line, a broken record may have swallowed others: then the file is broken.
            if reader.line_num > line + 1 and complete:
                raise Refused("file_not_understood", reason="quotes", row=number) from None
            yield number, CellError("row_malformed")
        else:
            yield number, cells
        line = reader.line_num


def _counted(records: _Records, pulse: Pulse) -> _Records:
    """The records, as many as a sheet can have rows."""
    for record in records:
        if record[0] > LAST_ROW:
            raise Refused("limit_exceeded", limit=LAST_ROW)
        if record[0] % _PULSE == 0:
            pulse()
        yield record


def _is_blank(cells: Sequence[str] | CellError) -> bool:
    return not isinstance(cells, CellError) and not any(cell and not cell.isspace() for cell in cells)


def _read_table(
    kind: FileKind, records: _Records, layout: Layout, codelists: Mapping[str, CodeList]
) -> Reading | None:
    """Finds the header in the first two rows that are not blank; None without one."""
    first: list[tuple[int, Sequence[str] | CellError]] = []
    for record in islice(records, LAST_HEADER):
        if not _is_blank(record[1]):
            first.append(record)
        if len(first) == 2:
            break
    headings: dict[str, Sequence[str]] = {}
    for place, (_, cells) in enumerate(list(first)):
        found = None if isinstance(cells, CellError) else header_kind(cells, layout)
        if found and found not in headings and not isinstance(cells, CellError):
            headings[found] = cells
            header_end = place + 1
    if not headings:
        return None
    columns = map_columns(headings.get("names", ()), headings.get("labels", ()), layout)
    if len(columns) > MOST_COLUMNS:
        raise Refused("limit_exceeded", limit=MOST_COLUMNS)
    taken = [
        _Taken(column.column, field.key, cell_reader(field, codelists)) if field else None
        for column, field in columns
    ]
    rows = _table_rows(chain(first[header_end:], records), taken)
    return Reading(kind, tuple(column for column, _ in columns), rows)


def _table_rows(records: _Records, columns: Sequence[_Taken | None]) -> Iterator[Row | RefusedRow]:
    count = 0
    for number, cells in records:
        if isinstance(cells, CellError):
            found: Row | RefusedRow | None = RefusedRow(number, None, cells.code)
        else:
            found = _table_row(number, cells, columns)
        if found is not None:
            count += 1
            if count > MOST_ROWS:
                raise Refused("limit_exceeded", limit=MOST_ROWS)
            yield found


def _table_row(
    number: int, cells: Sequence[str], columns: Sequence[_Taken | None]
) -> Row | RefusedRow | None:
    fields: dict[str, Value] = {}
    elsewhere: int | None = None
    for place, cell in enumerate(cells):
        if not cell:
            continue
        column = columns[place] if place < len(columns) else None
        if column is None:
            if place and elsewhere is None and not cell.isspace():
                elsewhere = place
            continue
        try:
            value = column.read(cell)
        except CellError as problem:
            return RefusedRow(number, column.letter, problem.code)
        if value is None:
            continue
        if fields.setdefault(column.key, value) != value:
            return RefusedRow(number, column.letter, "column_twice")
    if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
        return RefusedRow(number, column_letter(len(columns)), "no_heading")
    if fields:
        return Row(number, fields)
    # The first column of the standard's sheet is a row number, which makes no case of an empty row.
    return None if elsewhere is None else RefusedRow(number, column_letter(elsewhere), "nothing_known")


# JSON: a list of objects, one a case, with HTCDS names.


def _read_json(data: bytes, layout: Layout, codelists: Mapping[str, CodeList]) -> Reading:
    try:
        objects = msgspec.json.decode(data, type=list[msgspec.Raw])
        names = dict.fromkeys(name for raw in objects for name in _keys(raw))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise Refused("file_not_understood", reason="json") from None
    if len(objects) > MOST_ROWS or len(names) > MOST_COLUMNS:
        raise Refused("limit_exceeded", limit=MOST_ROWS if len(objects) > MOST_ROWS else MOST_COLUMNS)
    if objects and not layout.by_name.keys() & names.keys():
        raise Refused("file_not_understood", reason="header")
    columns = []
    for number, name in enumerate(names):
        field = layout.by_name.get(name)
        columns.append(Column(column_letter(number), name, None, field.key if field else None, differs=False))
    readers = {name: (field, text_reader(field, codelists)) for name, field in layout.by_name.items()}
    rows = (_json_row(number, raw, readers, codelists) for number, raw in enumerate(objects, start=1))
    return Reading("json", tuple(columns), (row for row in rows if row is not None))


def _keys(raw: msgspec.Raw) -> Iterator[str]:
    found = msgspec.json.decode(raw)
    if not isinstance(found, dict):
        raise msgspec.ValidationError
    return iter(found)


def _json_row(
    number: int,
    raw: msgspec.Raw,
    readers: Mapping[str, tuple[Field, Reader]],
    codelists: Mapping[str, CodeList],
) -> Row | RefusedRow | None:
    try:
        pairs = json.loads(bytes(raw), object_pairs_hook=list)
    except (
        ValueError,
        RecursionError,
    ):  # a number of thousands of digits; nesting at the edge of what was bounded
        return RefusedRow(number, None, "row_malformed")
    fields: dict[str, Value] = {}
    seen = set()
    for name, value in pairs:
        if name in seen:
            return RefusedRow(number, name if name in readers else None, "column_twice")
        seen.add(name)
        if name not in readers or value is None:
            continue
        field, read = readers[name]
        try:
            taken = _json_value(value, field, read, codelists)
        except CellError as problem:
            return RefusedRow(number, name, problem.code)
        if taken is not None:
            fields[field.key] = taken
    if fields:
        return Row(number, fields)
    return RefusedRow(number, None, "nothing_known") if pairs and not seen & readers.keys() else None


def _json_value(value: Any, field: Field, read: Reader, codelists: Mapping[str, CodeList]) -> Value:
    """One answer: the JSON document holds values as the command line does, and labels are understood for codes."""
    if isinstance(value, str):
        return read(value)
    # An object came as the list of its pairs, so that a key given twice is seen.
    if isinstance(value, list) and value == [("missing", "unknown")]:
        return Missing("unknown")
    if isinstance(value, list) and value == [("missing", "declined")]:
        return Missing("declined")
    if isinstance(value, list) and field.type in LIST_TYPES and all(isinstance(one, str) for one in value):
        found: dict[str, None] = {}
        for one in value:
            part = read(one)
            found.update(dict.fromkeys(part if isinstance(part, tuple) else ()))
        value = tuple(found) or None
    elif not isinstance(value, int):
        raise CellError("wrong_type")
    code = check_value(field, value, codelists)
    if code:
        raise CellError(code)
    return value  # type: ignore[no-any-return]  # check_value has just said that it is one
