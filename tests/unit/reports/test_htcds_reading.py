"""HTCDS in: the standard's spreadsheet as it is filled, CSV and JSON, and files that are none of them."""

import json
import os

import pytest

from ctcase.errors import CtcaseError
from ctcase.model.values import DECLINED, UNKNOWN
from ctcase.reports.htcds_reading import LARGEST_FILE, RefusedRow, Row, read_rows, row_digest


@pytest.fixture
def reading(htcds_form, htcds_lists):
    return lambda source: read_rows(source, htcds_form, htcds_lists)


@pytest.fixture
def rows(reading):
    def found(source):
        source = source.encode() if isinstance(source, str) else source
        return [
            (row.number, row.fields if isinstance(row, Row) else (row.column, row.code))
            for row in reading(source).rows
        ]

    return found


@pytest.fixture
def refused(reading):
    def code(source):
        with pytest.raises(CtcaseError) as caught:
            list(reading(source).rows)
        return caught.value.code

    return code


class TestSample:
    @pytest.fixture
    def sample(self, shared, reading):
        return reading(shared / "samples" / "htcds-300.xlsx")

    def test_all_300_rows_are_taken_with_their_numbers(self, sample):
        found = list(sample.rows)
        assert [row.number for row in found] == list(range(3, 303))
        assert not [row for row in found if isinstance(row, RefusedRow)]
        assert len({row_digest(row.fields) for row in found}) == 300

    def test_the_report_says_where_name_and_label_differ(self, sample):
        differ = {column.column: column.taken_as for column in sample.columns if column.differs}
        assert differ == {
            "N": "person.street",
            "O": "person.city",
            "Q": "person.postal_code",
            "R": "person.country",
            "T": "case.trafficking_status_decision_making_org",
        }
        assert [column.column for column in sample.columns if column.taken_as is None] == ["A"]

    def test_the_values_are_those_of_the_cells(self, sample, shared):
        openpyxl = pytest.importorskip("openpyxl")
        sheet = openpyxl.load_workbook(shared / "samples" / "htcds-300.xlsx").worksheets[0]
        labels = {
            "person.first_name": "D",
            "person.street": "N",
            "person.city": "O",
            "person.postal_code": "Q",
        }
        labels |= {"person.mobile_phone": "M", "person.country": "R", "case.incoming_referral_details": "AG"}
        for row in sample.rows:
            for key, letter in labels.items():
                assert row.fields.get(key) == sheet[f"{letter}{row.number}"].value
            born = sheet[f"G{row.number}"].value
            assert row.fields.get("person.birth_date") == (born.date().isoformat() if born else None)
            assert row.fields["case.htcds_consent"] is (sheet[f"F{row.number}"].value == "Yes")

    def test_the_blank_sheet_has_no_rows(self, shared, reading):
        assert list(reading(shared / "samples" / "htcds-blank.xlsx").rows) == []


ANSWERS = {"person.first_name": "Omar", "person.birth_date": "1999"}


class TestHeadings:
    @pytest.mark.parametrize(
        ("text", "number"),
        [
            ("prs_FirstName,prs_Birthdate\r\nOmar,1999\r\n", 2),
            ("First Name,Birthdate\nOmar,1999", 2),
            ("prs_FirstName,prs_Birthdate\nFirst Name,Birthdate\nOmar,1999", 3),
            ("Our cases 2026,\nFirst Name,Birthdate\nOmar,1999", 3),
            ("prs_FirstName;prs_Birthdate\nOmar;1999", 2),
            ("prs_FirstName\tprs_Birthdate\nOmar\t1999", 2),
            ("\ufeffprs_FirstName,prs_Birthdate\n\n,\nOmar,1999", 4),
            (',prs_FirstName,prs_Birthdate\n1,"Omar",1999\n2,,\n', 2),
        ],
    )
    def test_csv_as_it_comes(self, rows, text, number):
        assert rows(text) == [(number, ANSWERS)]

    def test_sheets_as_they_come(self, rows, make_sheet):
        names, labels, answers = (
            ["prs_FirstName", "prs_Birthdate"],
            ["First Name", "Birthdate"],
            ["Omar", "1999"],
        )
        assert rows(make_sheet(names, answers)) == rows(make_sheet(labels, answers)) == [(2, ANSWERS)]
        assert rows(make_sheet(names, labels, answers)) == [(3, ANSWERS)]
        assert rows(
            make_sheet(["x"], ["y"], labels, answers, ["z"])[:0] or make_sheet(labels, [None], answers)
        ) == [(3, ANSWERS)]

    def test_unknown_columns_are_reported_and_no_obstacle(self, reading):
        found = reading(b"prs_FirstName,Shoe size,prs_Birthdate\nOmar,43,1999\n")
        assert [column.taken_as for column in found.columns] == [
            "person.first_name",
            None,
            "person.birth_date",
        ]
        assert [row.fields for row in found.rows] == [ANSWERS]

    def test_files_without_a_known_heading_are_refused(self, refused, make_sheet):
        for data in (b"", b"a,b\n1,2\n", "çöp".encode("utf-16"), b"\xff\xfe\x00", make_sheet(["a"], ["b"])):
            assert refused(data) == "file_not_understood"


class TestRows:
    def test_a_row_that_cannot_be_taken_does_not_stop_the_others(self, rows):
        text = "prs_FirstName,prs_Birthdate,prs_Gender\nA,1999,\nB,3/4/99,\nC,,Purple\nD,@unknown,@declined\n"
        assert rows(text) == [
            (2, {"person.first_name": "A", "person.birth_date": "1999"}),
            (3, ("B", "date_invalid")),
            (4, ("C", "not_in_list")),
            (5, {"person.first_name": "D", "person.birth_date": UNKNOWN, "person.gender": DECLINED}),
        ]

    def test_nothing_is_dropped_silently(self, rows):
        assert rows("prs_FirstName,Note\n,only a note\nA,,loose\n") == [
            (2, ("B", "nothing_known")),
            (3, ("C", "no_heading")),
        ]

    def test_two_columns_of_one_field_must_agree(self, rows):
        text = "prs_FirstName,First Name\nA,A\nA,B\nA,\n"
        assert rows(text.replace("First Name", "prs_FirstName")) == [
            (2, {"person.first_name": "A"}),
            (3, ("B", "column_twice")),
            (4, {"person.first_name": "A"}),
        ]

    def test_the_error_of_a_formula_is_no_answer(self, rows, make_workbook):
        heading = '<row><c t="str"><v>First Name</v></c></row>'
        data = make_workbook(heading + '<row><c t="e"><v>#REF!</v></c></row>')
        assert rows(data) == [(2, ("A", "bad_character"))]

    def test_a_broken_line_is_reported_and_a_quote_left_open_refuses_the_file(self, rows, refused):
        assert rows('prs_FirstName\n"A" b\nC\n') == [
            (2, (None, "row_malformed")),
            (3, {"person.first_name": "C"}),
        ]
        assert refused(b'prs_FirstName\n"A\nB\nC\n') == "file_not_understood"

    def test_texts_keep_their_lines_and_quotes(self, rows):
        assert rows('prs_FirstName\n"a\r\n""b"""\n') == [(2, {"person.first_name": 'a\r\n"b"'})]

    def test_not_utf_8_is_refused_before_a_row_is_taken(self, reading):
        with pytest.raises(CtcaseError, match="file_not_understood"):
            reading("prs_FirstName\n\u015eule\n".encode("cp1254"))

    def test_consent_is_only_data(self, rows):
        assert rows("con_Consent\nYes\n") == [(2, {"case.htcds_consent": True})]


class TestJson:
    def test_values_as_the_command_line_has_them(self, rows):
        document = [
            {
                "prs_FirstName": "@unknown",
                "prs_Citizenship": ["TR", "Syria"],
                "con_Consent": False,
                "prs_Title": None,
            },
            {},
            {
                "prs_FirstName": {"missing": "unknown"},
                "prs_Gender": {"missing": "declined"},
                "prs_Citizenship": "TR; SY",
            },
        ]
        assert rows(json.dumps(document)) == [
            (
                1,
                {
                    "person.first_name": "@unknown",
                    "person.citizenship": ("TR", "SY"),
                    "case.htcds_consent": False,
                },
            ),
            (
                3,
                {"person.first_name": UNKNOWN, "person.gender": DECLINED, "person.citizenship": ("TR", "SY")},
            ),
        ]

    @pytest.mark.parametrize(
        ("item", "found"),
        [
            ('{"prs_FirstName": 3}', ("prs_FirstName", "wrong_type")),
            ('{"prs_FirstName": 1.5}', ("prs_FirstName", "wrong_type")),
            ('{"prs_FirstName": ["a"]}', ("prs_FirstName", "wrong_type")),
            ('{"prs_Citizenship": [1]}', ("prs_Citizenship", "wrong_type")),
            ('{"prs_FirstName": {"missing": "lost"}}', ("prs_FirstName", "wrong_type")),
            (
                '{"prs_FirstName": {"missing": "unknown", "missing": "unknown"}}',
                ("prs_FirstName", "wrong_type"),
            ),
            ('{"prs_FirstName": "a", "prs_FirstName": "b"}', ("prs_FirstName", "column_twice")),
            ('{"prs_Birthdate": "soon"}', ("prs_Birthdate", "date_invalid")),
            ('{"Shoe size": 43}', (None, "nothing_known")),
            ('{"prs_FirstName": "a\\u0000"}', ("prs_FirstName", "bad_character")),
        ],
    )
    def test_a_wrong_answer_is_reported(self, rows, item, found):
        assert rows(f'[{{"prs_Title": "Dr"}}, {item}]')[1] == (2, found)

    @pytest.mark.parametrize(
        "data",
        [
            b"{}",
            b"[1]",
            b"[",
            b'[{"prs_FirstName": NaN}]',
            b'[{"prs_FirstName": 1e999}]',
            b'[{"prs_FirstName": "\\ud800"}]',
            b'[{"prs_FirstName": "\xff"}]',
            b'[{"first name": "a"}]',
            b"[" * 100_000,
            b'[{"prs_FirstName": ' + b"[" * 100_000 + b"]" * 100_000 + b"}]",
        ],
    )
    def test_what_is_no_list_of_cases_is_refused(self, refused, data):
        assert refused(data) == "file_not_understood"

    def test_an_empty_list_has_no_rows(self, rows):
        assert rows("[]") == []


class TestLimits:
    def test_a_file_too_large_is_refused_unread(self, refused):
        assert refused(bytes(LARGEST_FILE + 1)) == "limit_exceeded"

    def test_rows_are_counted(self, refused):
        assert refused(b"prs_FirstName\n" + b"A\n" * 200_001) == "limit_exceeded"
        assert refused(b"[" + b'{"prs_Title":"a"},' * 200_000 + b"{}]") == "limit_exceeded"

    def test_columns_are_counted(self, refused):
        assert refused(b"prs_FirstName," + b"prs_FirstName," * 512 + b"\n") == "limit_exceeded"

    def test_empty_rows_cost_nothing(self, rows):
        assert rows("prs_FirstName\n" + "\n" * 300_000 + "A\n") == [(300_002, {"person.first_name": "A"})]

    def test_blank_rows_are_bounded_by_what_a_sheet_can_have(self, rows, refused):
        assert rows("prs_FirstName\n" + "\n" * 1_048_574 + "A\n") == [(1_048_576, {"person.first_name": "A"})]
        assert refused(b"prs_FirstName\n" + b"\n" * 1_048_576) == "limit_exceeded"

    def test_the_header_is_near_the_top(self, rows, refused, make_workbook):
        table = "prs_FirstName\nA\n"
        assert rows("\n" * 99 + table) == [(101, {"person.first_name": "A"})]
        assert refused(b"\n" * 100 + table.encode()) == "file_not_understood"
        assert refused(make_workbook("<row/>" * 100 + "<row><c><v>1</v></c></row>")) == "file_not_understood"

    def test_blank_rows_are_no_silence(self, htcds_form, htcds_lists, make_workbook):
        head = '<row><c t="str"><v>prs_FirstName</v></c></row>'
        for data in (
            b"prs_FirstName\n" + b" \n" * 100_000,
            make_workbook(head + "<row><c/></row>" * 100_000),
        ):
            calls = []
            found = read_rows(data, htcds_form, htcds_lists, lambda calls=calls: calls.append(1))
            assert list(found.rows) == []
            assert len(calls) > 20

    def test_files_that_are_none(self, refused, tmp_path):
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        (tmp_path / "file").touch()
        assert refused(tmp_path / "nothing") == "file_missing"
        assert refused(tmp_path / "file" / "below") == "permission"
        assert refused(tmp_path / ("x" * 300)) == "permission"
        assert refused(tmp_path) == "file_not_understood"
        assert refused(pipe) == "file_not_understood"


class TestDigest:
    def test_what_a_row_means_is_what_counts(self):
        fields = {"a": "x\ny", "b": ("TR", "SY"), "c": UNKNOWN}
        same = {"c": UNKNOWN, "b": ("SY", "TR"), "a": "x\r\ny", "d": None}
        assert row_digest(fields) == row_digest(same)
        others = [
            {**fields, "a": "x"},
            {**fields, "c": DECLINED},
            {**fields, "b": ("TR",)},
            {**fields, "d": ""},
        ]
        assert len({row_digest(fields), *map(row_digest, others)}) == 5
        assert row_digest({"a": True}) != row_digest({"a": 1}) != row_digest({"a": "1"})
