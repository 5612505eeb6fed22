"""HTCDS out: what is written is read again without a difference, runs nothing and tells nothing else."""

import csv
import io
import json
import tempfile
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctcase.errors import Refused
from ctcase.model.forms import load_form, shipped_codelists, shipped_forms
from ctcase.model.values import DECLINED, UNKNOWN
from ctcase.reports.htcds_layout import layout_of
from ctcase.reports.htcds_reading import read_rows, row_digest
from ctcase.reports.htcds_writing import LeftOut, write_rows

KINDS = ("xlsx", "csv", "json")
FORM = shipped_forms()[0]
LISTS = shipped_codelists()


def written(kind, rows, form=FORM):
    stream = io.BytesIO()
    left_out = write_rows(stream, kind, rows, form, LISTS)
    assert left_out == ()
    return stream.getvalue()


def read_again(data, form=FORM):
    return [row.fields for row in read_rows(data, form, LISTS).rows]


def of_every_type():
    def field(kind, **more):
        return {
            "record": "person",
            "name": kind,
            "type": kind,
            "category": "case",
            "label": {"en": kind},
        } | more

    kinds = (
        "text",
        "long_text",
        "phone",
        "email",
        "integer",
        "decimal",
        "boolean",
        "date",
        "country",
        "countries",
    )
    fields = [field(kind, htcds="prs_" + kind.replace("_", "")) for kind in (*kinds, "language", "languages")]
    fields.append(field("choice", codelist="gender", htcds="prs_choice"))
    fields.append(field("choices", codelist="labour_industry", htcds="prs_choices"))
    fields.append(field("texts", name="kept", confidential=True))
    document = {"format": "ctcase-form", "format_version": 1, "id": "x", "version": 1, "title": {"en": "X"}}
    section = {"id": "a", "title": {"en": "A"}, "fields": fields}
    return load_form(json.dumps(document | {"sections": [section]}).encode())


def answers(form):
    text = st.one_of(
        st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12),
        st.text(alphabet="'\"=+-@\t\r\n \u00a0;,_x0D\uff1d\x0b\x1f\u0085\u2028\ufeff\uffff", max_size=8),
        st.sampled_from(
            ["@unknown", "@@declined", "_x000D_", "_x005F_x000D_", "06000", "=1+1", "1E5", "TRUE", "1999"]
        ),
    )
    date = st.dates().map(str)
    by_type = {
        "integer": st.integers(-(2**53) + 1, 2**53 - 1),
        "decimal": st.from_regex(r"-?[0-9]{1,18}(\.[0-9]{1,18})?", fullmatch=True),
        "boolean": st.booleans(),
        "date": st.one_of(date, date.map(lambda day: day[:7]), date.map(lambda day: day[:4])),
    }

    def one(field):
        if field.list_id:
            code = st.sampled_from([entry.code for entry in LISTS[field.list_id].entries])
            several = field.type in ("choices", "countries", "languages")
            value = st.lists(code, min_size=1, max_size=4, unique=True).map(tuple) if several else code
        else:
            value = by_type.get(field.type, text)
        return st.one_of(value, st.sampled_from([UNKNOWN, DECLINED]))

    fields = {field.key: one(field) for field in form.fields() if field.htcds}
    return st.fixed_dictionaries({}, optional=fields).filter(bool)


class TestRoundTrip:
    @pytest.mark.parametrize("kind", KINDS)
    def test_the_300_cases_come_back_equal(self, shared, kind):
        rows = read_again(shared / "samples" / "htcds-300.xlsx")
        again = read_again(written(kind, rows))
        assert len(rows) == 300
        assert again == rows
        assert [row_digest(row) for row in again] == [row_digest(row) for row in rows]

    @pytest.mark.parametrize("kind", KINDS)
    @settings(max_examples=150, deadline=None)
    @given(data=st.data())
    def test_every_answer_of_every_type_comes_back_equal(self, kind, data):
        form = of_every_type()
        rows = data.draw(st.lists(answers(form), min_size=1, max_size=3))
        assert read_again(written(kind, rows, form), form) == rows

    def test_one_form_made_of_another_is_the_same(self):
        row = {
            "person.first_name": "=İ",
            "person.birth_date": "1999-03-08",
            "person.citizenship": ("TR", "SY"),
        }
        chain = [row]
        for kind in (*KINDS, *reversed(KINDS)):
            chain = read_again(written(kind, chain))
        assert chain == [row]

    @pytest.mark.parametrize("kind", KINDS)
    def test_nothing_to_write_is_a_file_that_can_be_read(self, kind):
        assert read_again(written(kind, [])) == []


class TestContent:
    def test_only_columns_of_the_standard_leave(self):
        row = {
            "person.first_name": "Omar",
            "person.present_location": "canary",
            "person.safe_phrase": "canary",
        }
        row |= {"case.alias": "canary", "person.safe_hours": "canary"}
        for kind in KINDS:
            data = written(kind, [row])
            assert read_again(data) == [{"person.first_name": "Omar"}]
            if kind == "xlsx":
                with zipfile.ZipFile(io.BytesIO(data)) as archive:
                    data = b"".join(archive.read(name) for name in archive.namelist())
            assert b"canary" not in data

    def test_the_stream_stays_open_and_progress_is_told(self):
        for kind in KINDS:
            stream, told = io.BytesIO(), []
            write_rows(stream, kind, [{"person.first_name": "A"}] * 3, FORM, LISTS, progress=told.append)
            assert (stream.closed, told) == (False, [1, 2, 3])

    def test_more_rows_than_can_be_read_are_refused(self):
        with pytest.raises(Refused, match="limit_exceeded"):
            write_rows(io.BytesIO(), "json", ({} for _ in range(200_001)), FORM, LISTS)


PHONE = {
    "person.mobile_phone": "+90 555 000 00 00",
    "person.first_name": "=1+1",
    "person.citizenship": ("TR",),
}


class TestCsv:
    def test_no_cell_could_run(self):
        data = written("csv", [PHONE, {"person.first_name": "\t=1"}, {"person.first_name": UNKNOWN}])
        cells = [
            cell for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")) for cell in row
        ]
        assert {"'+90 555 000 00 00", "'=1+1", "'\t=1", "'@unknown"} <= set(cells)
        assert not [cell for cell in cells if cell[:1] in tuple("=+-@\t\r\n")]

    def test_one_header_row_and_labels_for_codes(self):
        data = written(
            "csv",
            [{"case.status": "FollowUp", "person.citizenship": ("TR", "SY"), "case.htcds_consent": True}],
        )
        assert data.startswith(b"\xef\xbb\xbfcas_CaseOwner,")
        (row,) = csv.DictReader(io.StringIO(data.decode("utf-8-sig")))
        assert (row["cas_Status"], row["prs_Citizenship"], row["con_Consent"]) == (
            "Follow Up",
            "TR; SY",
            "Yes",
        )


class TestJson:
    def test_codes_and_types_are_kept(self):
        row = {
            "person.citizenship": ("TR",),
            "case.htcds_consent": False,
            "person.gender": DECLINED,
            "person.title": None,
        }
        expected = {"con_Consent": False, "prs_Gender": {"missing": "declined"}, "prs_Citizenship": ["TR"]}
        assert json.loads(written("json", [row])) == [expected]


ROW = {"person.first_name": "=1+1", "person.birth_date": "1999-03-08", "person.postal_code": "06000"}


class TestWorkbook:
    @pytest.fixture
    def sheet(self):
        openpyxl = pytest.importorskip("openpyxl")
        rows = [ROW, {"person.birth_date": "1999-03", "person.first_name": "+90"}]
        return openpyxl.load_workbook(io.BytesIO(written("xlsx", rows))).worksheets[0]

    def test_it_has_the_layout_of_the_standards_sheet(self, sheet):
        names = [cell.value for cell in sheet[1]][1:]
        labels = [cell.value for cell in sheet[2]][1:]
        fields = layout_of(FORM).fields
        assert sheet.row_dimensions[1].hidden
        assert not sheet.row_dimensions[2].hidden
        assert names == [field.htcds for field in fields]
        assert labels[:5] == ["Case Owner", "Salutation", "First Name", "Second Name", "Consent"]
        assert labels[12:17] == [
            "Mailing Street",
            "Mailing City",
            "Mailing State/Province",
            "Mailing Zip/Postal Code",
            "Mailing Country",
        ]
        assert [sheet.cell(number, 1).value for number in (1, 2, 3, 4)] == [None, None, 1, 2]

    def test_names_and_labels_agree(self):
        assert not [
            column for column in read_rows(written("xlsx", []), FORM, LISTS).columns if column.differs
        ]

    def test_text_is_text_and_days_are_days(self, sheet):
        assert (sheet["D3"].value, sheet["D3"].data_type, sheet["D3"].quotePrefix) == ("=1+1", "s", True)
        assert (sheet["D4"].value, sheet["D4"].data_type, sheet["D4"].quotePrefix) == ("+90", "s", True)
        assert (sheet["G3"].value.isoformat(), sheet["G3"].is_date) == ("1999-03-08T00:00:00", True)
        assert (sheet["G4"].value, sheet["Q3"].value) == ("1999-03", "06000")

    def test_the_bytes_say_nothing_of_who_wrote_them_when_and_where(self):
        data = written("xlsx", [ROW])
        assert data == written("xlsx", [ROW])
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
        assert {(part.date_time, part.create_system) for part in parts} == {((1980, 1, 1, 0, 0, 0), 0)}
        assert not [part.filename for part in parts if part.filename.startswith("docProps")]

    def test_nothing_is_written_to_a_temporary_file(self, monkeypatch):
        def never(*_, **__):
            raise AssertionError

        for name in ("NamedTemporaryFile", "TemporaryFile", "mkstemp", "SpooledTemporaryFile"):
            monkeypatch.setattr(tempfile, name, never)
        assert read_again(written("xlsx", [ROW])) == [ROW]

    def test_a_text_too_long_for_a_cell_leaves_its_row_out(self):
        rows = [
            {"case.incoming_referral_details": text}
            for text in ("ok", "x" * 32_768, "\U0001f600" * 16_384, "last")
        ]
        stream = io.BytesIO()
        left_out = write_rows(stream, "xlsx", rows, FORM, LISTS)
        assert left_out == tuple(
            LeftOut(index, "case.incoming_referral_details", "too_long") for index in (1, 2)
        )
        assert read_again(stream.getvalue()) == [rows[0], rows[3]]
        assert read_again(written("csv", rows)) == rows
