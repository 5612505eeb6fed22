"""Which field a column of a file holds."""

import pytest

from ctcase.reports.htcds_layout import SHEET, column_letter, fold, header_kind, layout_of, map_columns


@pytest.fixture
def layout(htcds_form):
    return layout_of(htcds_form)


def test_the_sheet_has_the_columns_of_the_standards_own(shared):
    openpyxl = pytest.importorskip("openpyxl")
    sheet = openpyxl.load_workbook(shared / "samples" / "htcds-blank.xlsx").worksheets[0]
    assert len(SHEET) == sheet.max_column - 1


def test_all_40_core_fields_are_columns_those_of_the_sheet_first(layout):
    names = [field.htcds for field in layout.fields]
    assert names[: len(SHEET)] == list(SHEET)
    assert len(names) == 40


def test_letters_of_columns():
    assert [column_letter(number) for number in (0, 25, 26, 51, 52, 701, 702)] == [
        "A",
        "Z",
        "AA",
        "AZ",
        "BA",
        "ZZ",
        "AAA",
    ]


def test_headings_are_compared_without_case_and_spaces():
    assert fold("  Follow\u00a0 UP ") == fold("follow up")
    assert fold("Master\u2019s") == fold("Master's")


class TestColumns:
    def one(self, layout, name, label):
        ((column, field),) = map_columns([name], [label], layout)
        assert column.taken_as == (field.key if field else None)
        return column.taken_as, column.differs

    def test_the_label_wins_over_the_name(self, layout):
        assert self.one(layout, "prs_MailingCity", "Mailing Street") == ("person.street", True)

    def test_a_misspelt_name_is_put_right_by_the_label(self, layout):
        assert self.one(layout, "prs_FristName", "First Name") == ("person.first_name", True)

    def test_an_empty_name_does_not_disagree(self, layout):
        assert self.one(layout, "", "First Name") == ("person.first_name", False)
        assert self.one(layout, "prs_FirstName", "") == ("person.first_name", False)
        assert self.one(layout, "prs_FirstName", " first  name ") == ("person.first_name", False)

    def test_the_name_speaks_where_the_label_is_not_known(self, layout):
        assert self.one(layout, "prs_FirstName", "Ad\u0131") == ("person.first_name", True)

    def test_the_words_of_our_own_form_are_understood(self, layout):
        assert self.one(layout, "", "Date of birth") == ("person.birth_date", False)

    def test_other_columns_are_reported(self, layout):
        assert self.one(layout, "", "Shoe size") == (None, False)
        assert self.one(layout, "", "") == (None, False)


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        (["", "prs_FirstName", "prs_SecondName"], "names"),
        (["No.", "First Name", "Birthdate"], "labels"),
        (["1", "Omar", "1999"], None),
        (["", ""], None),
        (["1", "Omar", "Haddad", "Other", "Status", "1999", "TR", "x", "y"], None),
    ],
)
def test_what_a_row_is(layout, row, kind):
    assert header_kind(row, layout) == kind
