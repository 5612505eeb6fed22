"""The xlsx container: what other programs write is read as shown, and hostile files cost little."""

import io
import random
import struct
import zipfile
from collections import Counter

import pytest

from ctcase.errors import Refused
from ctcase.reports import htcds_workbook
from ctcase.reports.htcds_workbook import number_text, open_archive, read_sheets, shape_of


def rows_of(data):
    return [row for sheet in read_sheets(data) for row in sheet()]


def refused(data):
    with pytest.raises(Refused) as caught:
        rows_of(data)
    return caught.value.code


def damaged(content, chance):
    content = bytearray(content)
    at = chance.randrange(len(content))
    pieces = [b"<", b"&", b'"', b"9" * 30, b"\0", b"-", b"e9", content[at : at + 20], b""]
    content[at : at + chance.randrange(5)] = chance.choice(pieces)
    return bytes(content)


class TestCells:
    def test_texts_numbers_and_yes_no(self, make_workbook):
        sheet = (
            '<row><c t="s"><v>1</v></c><c t="inlineStr"><is><r><t>a</t></r><r><t xml:space="preserve"> b</t></r></is></c>'
            "<c><v>63000</v></c><c><v>9.05398675143E11</v></c><c><v>0.30000000000000004</v></c>"
            '<c t="b"><v>1</v></c><c t="str"><f>A1</f><v>shown</v></c><c t="e"><v>#REF!</v></c></row>'
        )
        strings = "<si><t>zero</t></si><si><r><t>o</t></r><r><t>ne</t></r><rPh><t>reading</t></rPh></si>"
        ((number, cells),) = rows_of(make_workbook(sheet, strings=strings))
        assert number == 1
        assert cells == ["one", "a b", "63000", "905398675143", "0.3", "TRUE", "shown", "\0#REF!"]

    def test_numbers_of_rows_and_columns_are_those_of_the_file(self, make_workbook):
        sheet = '<row r="3"><c r="AA3"><v>1</v></c></row><row r="7"/><row r="9"><c r="B9"><v>2</v></c></row>'
        assert rows_of(make_workbook(sheet)) == [(3, [*[""] * 26, "1"]), (7, []), (9, ["", "2"])]

    def test_dates_are_as_precise_as_they_are_shown(self, make_workbook):
        styles = (
            '<numFmts><numFmt numFmtId="164" formatCode="[$-41F]d\\ mmmm\\ yyyy;@"/>'
            '<numFmt numFmtId="165" formatCode="yyyy"/><numFmt numFmtId="166" formatCode="00000"/></numFmts>'
            '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/>'
            '<xf numFmtId="164"/><xf numFmtId="17"/><xf numFmtId="165"/><xf numFmtId="166"/></cellXfs>'
        )
        cells = "".join(f'<c s="{style}"><v>36227</v></c>' for style in range(6))
        data = make_workbook(f"<row>{cells}</row>", styles=styles)
        assert rows_of(data)[0][1] == ["36227", "1999-03-08", "1999-03-08", "1999-03", "1999", "36227"]
        assert number_text("6000", "00000") == "06000"

    def test_the_calendar_that_begins_in_1904(self, make_workbook):
        data = make_workbook(
            '<row><c s="0"><v>34765</v></c></row>',
            styles='<cellXfs><xf numFmtId="14"/></cellXfs>',
            workbook='<workbookPr date1904="1"/>',
        )
        assert rows_of(data)[0][1] == ["1999-03-08"]

    @pytest.mark.parametrize(
        ("number", "text"),
        [
            ("1", "1900-01-01"),
            ("59", "1900-02-28"),
            ("60", "\x001900-02-29"),
            ("61", "1900-03-01"),
            ("36227.5", "1999-03-08T12:00:00"),
            ("2958465", "9999-12-31"),
            ("2958466", "\x002958466"),
            ("-1", "\0-1"),
        ],
    )
    def test_the_edges_of_the_calendar(self, number, text):
        assert number_text(number, "ymd") == text

    @pytest.mark.parametrize(
        ("code", "shape"),
        [
            ("General", ""),
            ("0.00", ""),
            ('#,##0.00 "days"', ""),
            ("[Red]-0", ""),
            ("yyyy-mm-dd", "ymd"),
            ("d/m/yy h:mm", "ymdt"),
            ("mm\\/yyyy", "ym"),
            ("[h]:mm", "t"),
            ("mmm", "ymd"),
            ("0000", "0000"),
        ],
    )
    def test_what_a_number_format_shows(self, code, shape):
        assert shape_of(code) == shape

    def test_escaped_characters_are_read_as_what_they_stand_for(self, make_sheet):
        data = make_sheet(["a_x000D_b", "_x005F_x000D_", "_x12"])
        assert rows_of(data)[0][1] == ["a\rb", "_x000D_", "_x12"]

    def test_hidden_sheets_are_not_read(self, make_workbook):
        data = make_workbook("<row><c><v>1</v></c></row>")
        changed = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(changed, "w") as new:
            for name in old.namelist():
                new.writestr(name, old.read(name).replace(b'sheetId="1"', b'sheetId="1" state="hidden"'))
        assert read_sheets(changed.getvalue()) == []


class TestHostile:
    @pytest.mark.parametrize(
        "sheet",
        [
            "<row><c><v>NaN</v></c></row>",
            "<row><c><v>1e999999999</v></c></row>",
            "<row><c><v>x</v></c></row>",
            '<row r="0"/>',
            '<row r="2"/><row r="2"/>',
            '<row r="1048577"/>',
            '<row><c r="1A"><v>1</v></c></row>',
            '<row><c r="B1"/><c r="B1"/></row>',
            '<row><c t="s"><v>7</v></c></row>',
            "<row>",
            "<a>" * 40 + "</a>" * 40,
        ],
    )
    def test_what_is_no_sheet_is_refused(self, make_workbook, sheet):
        assert refused(make_workbook(sheet)) == "file_not_understood"

    def test_entities_and_document_types_are_refused(self, make_workbook):
        bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        assert refused(make_workbook("<row><c><v>&b;</v></c></row>", before=bomb)) == "file_not_understood"

    def test_cells_and_columns_are_bounded(self, make_workbook):
        assert refused(make_workbook('<row><c r="SS1"><v>1</v></c></row>')) == "limit_exceeded"
        long = "x" * (128 * 1024 + 1)
        assert refused(make_workbook(f'<row><c t="str"><v>{long}</v></c></row>')) == "limit_exceeded"

    def test_shared_strings_are_bounded_as_cells_are(self, make_workbook):
        row, half = '<row><c t="s"><v>1</v></c></row>', " " * (64 * 1024)
        for long, short in (
            (f"<t>{half}{half} </t>", f"<t>{half}{half}</t>"),
            (f"<r><t>{half}x</t></r>" * 2, half * 3),
        ):
            strings = "<si>{}</si><si><t>second</t></si>"
            assert refused(make_workbook(row, strings=strings.format(long))) == "limit_exceeded"
            assert rows_of(make_workbook(row, strings=strings.format(short))) == [(1, ["second"])]

    def test_a_string_named_by_many_cells_counts_each_time(self, make_workbook, monkeypatch):
        monkeypatch.setattr(htcds_workbook, "LARGEST_TEXT", 1000)
        row = '<row><c t="s"><v>0</v></c></row>'
        strings = f"<si><t>{'x' * 100}</t></si>"
        assert len(rows_of(make_workbook(row * 10, strings=strings))) == 10
        assert refused(make_workbook(row * 11, strings=strings)) == "limit_exceeded"

    def test_rows_without_a_text_are_no_silence(self, make_workbook):
        calls = []
        (sheet,) = read_sheets(make_workbook("<row><c/></row>" * 100_000), lambda: calls.append(1))
        assert not any(cells for _, cells in sheet())
        assert len(calls) > 20

    def test_what_is_no_archive_is_refused(self):
        for data in (b"PK\x03\x04", b"PK\x05\x06" + bytes(18), b"PK\x03\x04" + b"\0" * 100):
            assert refused(data) == "file_not_understood"

    @pytest.mark.parametrize("name", ["../up", "/absolute", "a\\b", "C:x", "a/../../b"])
    def test_odd_names_are_refused(self, make_workbook, name):
        assert refused(make_workbook(extra=[(name, "x")])) == "file_not_understood"

    def test_links_are_refused(self, make_workbook):
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        assert refused(make_workbook(extra=[(link, "/etc/passwd")])) == "file_not_understood"

    @pytest.mark.filterwarnings("ignore:Duplicate name")
    def test_names_used_twice_are_refused(self, make_workbook):
        assert refused(make_workbook(extra=[("xl/workbook.xml", "x")])) == "file_not_understood"

    def test_too_many_parts_are_refused_before_they_are_listed(self, make_workbook):
        many = [(f"part{number}", "") for number in range(6000)]
        assert refused(make_workbook(extra=many)) == "limit_exceeded"
        assert refused(make_workbook(extra=many[:1001])) == "limit_exceeded"

    def test_a_bomb_is_refused_before_it_is_unpacked(self, make_workbook):
        zeros = "0" * (17 * 1024 * 1024)
        assert refused(make_workbook(extra=[("xl/media.bin", zeros)])) == "file_not_understood"

    def test_a_false_size_is_refused(self, make_workbook):
        data = bytearray(make_workbook("<row/>"))
        at = data.rfind(b"PK\x01\x02", 0, data.rfind(b"xl/worksheets/sheet1.xml"))
        struct.pack_into("<I", data, at + 24, 600 * 1024 * 1024)
        assert refused(bytes(data)) == "limit_exceeded"

    def test_overlapping_parts_are_refused(self, make_workbook):
        data = bytearray(make_workbook("<row/>"))
        first = data.find(b"PK\x01\x02")
        second = data.find(b"PK\x01\x02", first + 4)
        struct.pack_into("<I", data, second + 42, struct.unpack_from("<I", data, first + 42)[0] + 1)
        assert refused(bytes(data)) == "file_not_understood"

    def test_every_truncation_is_refused(self, make_workbook):
        data = make_workbook('<row><c t="str"><v>text</v></c></row>')
        assert {refused(data[:length]) for length in range(0, len(data), 7)} == {"file_not_understood"}

    @pytest.mark.parametrize("encoding", ["none-such", "UTF-7", "zlib", "EBCDIC-CP-US"])
    def test_an_encoding_that_is_none_is_refused(self, make_workbook, encoding):
        before = f'<?xml version="1.0" encoding="{encoding}"?>'
        assert refused(make_workbook("<row/>", before=before)) == "file_not_understood"

    def test_random_damage_is_refused_or_harmless(self, make_workbook):
        chance = random.Random(20261121)
        sheet = '<row r="1"><c r="A1" t="s" s="1"><v>0</v></c><c r="B1" s="1"><v>36227</v></c></row>'
        styles = '<numFmts><numFmt numFmtId="164" formatCode="yyyy"/></numFmts><cellXfs><xf numFmtId="164"/></cellXfs>'
        with zipfile.ZipFile(
            io.BytesIO(make_workbook(sheet, strings="<si><t>a</t></si>", styles=styles))
        ) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        outcomes = Counter()
        for _ in range(400):
            stream, hit = io.BytesIO(), chance.choice(list(parts))
            with zipfile.ZipFile(stream, "w") as archive:
                for name, content in parts.items():
                    archive.writestr(name, damaged(content, chance) if name == hit else content)
            try:
                rows_of(stream.getvalue())
                outcomes["read"] += 1
            except Refused as problem:
                outcomes[problem.code] += 1
        assert outcomes["read"] > 50
        assert outcomes["file_not_understood"] > 50

    def test_a_sound_archive_is_opened(self, make_workbook):
        assert "xl/workbook.xml" in open_archive(make_workbook("<row/>")).namelist()
