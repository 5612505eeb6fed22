"""HTCDS out: cases as the standard's spreadsheet, as CSV or as JSON, to be read again without a difference.

Only fields with an HTCDS name are written, so nothing confidential is. The bytes depend on the rows alone: no author,
no time, no program and no machine is in them, and nothing is written to a temporary file.
"""

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import BinaryIO
from xml.sax.saxutils import escape as escape_markup

import msgspec

from ctcase.errors import Refused
from ctcase.model.forms import CodeList, Field, Form
from ctcase.model.values import Missing, Value
from ctcase.reports.htcds_cells import cell_writer, guard, guard_in_workbook, is_risky
from ctcase.reports.htcds_layout import column_letter, layout_of, standard_label
from ctcase.reports.htcds_reading import MOST_ROWS, FileKind

LONGEST_CELL = 32_767
"""UTF-16 units of text that a spreadsheet cell can hold; a longer one makes the file unreadable for Excel."""

Fields = Mapping[str, Value]
Progress = Callable[[int], None]
_Writer = Callable[[Value], str | None]
_TO_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)|[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")
_FIRST_DAY = dt.date(1900, 3, 1)


class LeftOut(msgspec.Struct, frozen=True):
    """A row that a format cannot hold: its place in what was given, counted from 0, the field, and a code."""

    index: int
    field: str
    code: str


def write_rows(
    stream: BinaryIO,
    kind: FileKind,
    rows: Iterable[Fields],
    form: Form,
    codelists: Mapping[str, CodeList],
    *,
    progress: Progress = lambda _: None,
) -> tuple[LeftOut, ...]:
    """Writes cases to a stream and returns those left out, which is none but for a text too long for a workbook.

    `progress` is told the number of rows done. Raises Refused `limit_exceeded` beyond the rows that can be read again.
    """
    columns = [(field, cell_writer(field, codelists)) for field in layout_of(form).fields]
    counted = _counted(rows, progress)
    if kind == "xlsx":
        return _write_workbook(stream, counted, columns)
    if kind == "csv":
        _write_csv(stream, counted, columns)
    else:
        _write_json(stream, counted, [field for field, _ in columns])
    return ()


def _counted(rows: Iterable[Fields], progress: Progress) -> Iterator[Fields]:
    for number, row in enumerate(rows, start=1):
        if number > MOST_ROWS:
            raise Refused("limit_exceeded", limit=MOST_ROWS)
        yield row
        progress(number)


def _write_csv(stream: BinaryIO, rows: Iterable[Fields], columns: Sequence[tuple[Field, _Writer]]) -> None:
    # With a byte-order mark, spreadsheet programs read the file as UTF-8.
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\r\n")
    try:
        writer.writerow([field.htcds for field, _ in columns])
        for row in rows:
            spelled = (write(row.get(field.key)) for field, write in columns)
            writer.writerow(["" if cell is None else guard(cell) for cell in spelled])
    finally:
        text.detach()  # the stream is the caller's to close


def _write_json(stream: BinaryIO, rows: Iterable[Fields], fields: Sequence[Field]) -> None:
    encoder = msgspec.json.Encoder()
    before = b"[\n"
    for row in rows:
        answers = {field.htcds: row[field.key] for field in fields if row.get(field.key) is not None}
        stream.write(before + encoder.encode(answers))
        before = b",\n"
    stream.write(b"[]\n" if before == b"[\n" else b"\n]\n")


# The workbook (ECMA-376): six parts, written in one go.

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_MEDIA}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_MEDIA}.styles+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_MEDIA}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets>'
        "</workbook>"
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
    ),
    # Cell styles 0 to 4: plain, heading, day, text, and text that must never be run (quotePrefix).
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
        '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
        '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        '<cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1" applyAlignment="1">'
        '<alignment vertical="top" wrapText="1"/></xf>'
        '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1" applyNumberFormat="1"/>'
        '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    ),
}  # fmt: skip
_HEADING, _DAY, _TEXT, _QUOTED = 1, 2, 3, 4


def _write_workbook(
    stream: BinaryIO, rows: Iterable[Fields], columns: Sequence[tuple[Field, _Writer]]
) -> tuple[LeftOut, ...]:
    left_out: list[LeftOut] = []
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _PARTS.items():
            archive.writestr(_part(name), (_XML + content).encode())
        with archive.open(_part("xl/worksheets/sheet1.xml"), "w") as sheet:
            for piece in _sheet(rows, columns, left_out):
                sheet.write(piece.encode())
    return tuple(left_out)


def _part(name: str) -> zipfile.ZipInfo:
    """A part without the time and system of this machine."""
    part = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    part.compress_type = zipfile.ZIP_DEFLATED
    part.create_system = 0
    part.external_attr = 0
    return part


def _sheet(
    rows: Iterable[Fields], columns: Sequence[tuple[Field, _Writer]], left_out: list[LeftOut]
) -> Iterator[str]:
    letters = [column_letter(number) for number in range(1, len(columns) + 1)]
    yield (
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane xSplit="1" ySplit="2" topLeftCell="B3" activePane="bottomRight" state="frozen"/></sheetView></sheetViews>'
        '<sheetFormatPr defaultRowHeight="16"/><sheetData>'
    )
    names = "".join(
        _text(f"{at}1", field.htcds or "", 0) for at, (field, _) in zip(letters, columns, strict=True)
    )
    yield f'<row r="1" hidden="1">{names}</row>'
    labels = (
        _text(f"{at}2", standard_label(field), _HEADING)
        for at, (field, _) in zip(letters, columns, strict=True)
    )
    yield f'<row r="2" ht="48" customHeight="1">{"".join(labels)}</row>'
    number = 0
    for index, row in enumerate(rows):
        cells = []
        for at, (field, write) in zip(letters, columns, strict=True):
            value = row.get(field.key)
            cell = "" if value is None else _cell(f"{at}{number + 3}", value, field, write)
            if cell is None:
                left_out.append(LeftOut(index, field.key, "too_long"))
                break
            cells.append(cell)
        else:
            number += 1
            yield f'<row r="{number + 2}"><c r="A{number + 2}"><v>{number}</v></c>{"".join(cells)}</row>'
    yield "</sheetData></worksheet>"


def _cell(at: str, value: Value, field: Field, write: _Writer) -> str | None:
    """One cell: a day or a number as such, all else as text that is never run; None for a text too long."""
    if field.type == "date" and isinstance(value, str) and len(value) == 10:
        day = dt.date.fromisoformat(value)
        if day >= _FIRST_DAY:
            return f'<c r="{at}" s="{_DAY}"><v>{(day - dt.date(1899, 12, 30)).days}</v></c>'
    if field.type == "integer" and not isinstance(value, Missing) and abs(int(str(value))) < 10**15:
        return f'<c r="{at}"><v>{value}</v></c>'
    text = guard_in_workbook(write(value) or "")
    if len(text) * 2 > LONGEST_CELL and len(text.encode("utf-16-le")) > 2 * LONGEST_CELL:
        return None
    return _text(at, text, _QUOTED if is_risky(text) else _TEXT)


def _text(at: str, text: str, style: int) -> str:
    escaped = escape_markup(_TO_ESCAPE.sub(lambda match: f"_x{ord(match[0]):04X}_", text))
    return f'<c r="{at}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{escaped}</t></is></c>'
