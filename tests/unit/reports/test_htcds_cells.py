"""How answers are spelled in a cell, and read again."""

import itertools
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ctcase.model.forms import Field, load_codelist, shipped_codelists
from ctcase.model.values import DECLINED, UNKNOWN
from ctcase.reports.htcds_cells import (
    CellError,
    Lookup,
    cell_reader,
    cell_writer,
    guard,
    guard_in_workbook,
    is_risky,
    unguard,
)

NASTY = st.text(alphabet="'\"=+-@\t\r\n \u00a0\uff1d\uff0b\uff0d\uff20ax1;_", max_size=6)


def field(kind, codelist=None):
    return Field("person", "it", kind, "identity", {"en": "It"}, codelist=codelist)


def read(kind, cell, codelist=None):
    return cell_reader(field(kind, codelist), shipped_codelists())(cell)


def code_of(kind, cell, codelist=None):
    with pytest.raises(CellError) as caught:
        read(kind, cell, codelist)
    return caught.value.code


class TestGuards:
    @pytest.mark.parametrize(
        "sign", ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\ufe62", "\u2212"]
    )
    @pytest.mark.parametrize("before", ["", " ", '"', "'", "\u00a0", "' \"", "\t", "\r", "\n", '"\n'])
    def test_what_could_run_is_neutralised(self, sign, before):
        for text in (f"{before}{sign}cmd", f"\t{before}", f"\r{before}cmd", f"'\n{before}cmd"):
            assert guard(text) == f"'{text}"
            assert unguard(guard(text)) == text

    @pytest.mark.parametrize("text", ["'s-Gravenhage", "Ayşe", "3 - 4", "a=b", "'n"])
    def test_ordinary_text_is_left_alone(self, text):
        assert guard(text) == unguard(text) == guard_in_workbook(text) == text

    @given(st.one_of(NASTY, st.text()))
    @example("''")
    @example("'\ta")
    def test_guards_are_undone(self, text):
        assert unguard(guard(text)) == text
        assert unguard(guard_in_workbook(text)) == text
        assert guard(text).strip() != ""
        assert guard(text)[0] not in "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"

    @given(NASTY)
    def test_a_cell_behind_a_guard_is_one_that_needs_it(self, text):
        assert (guard(text) != text) == is_risky(text)


class TestAbsences:
    @given(st.one_of(NASTY, st.from_regex(r"@{0,3}(unknown|declined)", fullmatch=True)))
    def test_words_and_texts_are_kept_apart(self, text):
        write = cell_writer(field("text"), {})
        assert read("text", guard(write(text))) == text
        assert read("text", guard_in_workbook(write(text))) == text

    def test_absences_fit_every_column(self):
        for kind in ("text", "date", "boolean", "countries"):
            assert read(kind, "@unknown") == read(kind, "'@unknown") == UNKNOWN
            assert read(kind, "@declined") == DECLINED
        assert read("text", "@handle") == "@handle"

    def test_a_blank_cell_is_no_answer(self):
        assert [read(kind, cell) for kind in ("text", "date") for cell in ("", " ", "\n\t")] == [None] * 6


class TestTypes:
    @pytest.mark.parametrize(
        ("cell", "value"),
        [
            ("1999", "1999"),
            (" 1999-03 ", "1999-03"),
            ("1999-03-08", "1999-03-08"),
            ("1999-03-08T00:00:00", "1999-03-08"),
            ("1999-03-08 00:00", "1999-03-08"),
            ("8.3.1999", "1999-03-08"),
        ],
    )
    def test_dates(self, cell, value):
        assert read("date", cell) == value

    @pytest.mark.parametrize(
        "cell", ["3/8/1999", "36227", "1999-03-08T10:00:00", "31.2.1999", "about 1999", "99"]
    )
    def test_what_is_no_clear_date_is_refused(self, cell):
        assert code_of("date", cell) == "date_invalid"

    def test_yes_and_no(self):
        assert [read("boolean", cell) for cell in ("Yes", "TRUE", "1", "x", "no", "FALSE", "0")] == [
            True
        ] * 4 + [False] * 3
        assert code_of("boolean", "perhaps") == "not_in_list"

    def test_numbers(self):
        assert read("integer", "-12") == -12
        assert read("decimal", "'-1.50") == "-1.50"
        assert (code_of("integer", "1.5"), code_of("decimal", "1,5")) == ("not_a_number", "not_a_number")

    def test_text_is_kept_as_typed(self):
        assert read("text", "  İ ") == "  İ "
        assert code_of("text", "a\0") == "bad_character"
        assert code_of("text", "x" * 16385) == "too_long"


class TestLists:
    def test_labels_codes_and_other_spellings(self):
        cells = ("TransgenderFeminine", "Transgender feminine", " TRANSGENDER  FEMININE ")
        assert {read("choice", cell, "gender") for cell in cells} == {"TransgenderFeminine"}
        assert read("country", "TR") == read("country", "Turkey") == read("country", "Türkiye") == "TR"
        assert read("language", "fa") == read("language", "per") == read("language", "Persian") == "fas"
        assert code_of("choice", "Purple", "gender") == "not_in_list"

    def test_the_shown_word_wins_over_another_spelling(self):
        lookup = Lookup(shipped_codelists()["languages"])
        assert (lookup.code("ga"), lookup.code("Ga"), lookup.code("gle")) == ("gle", "gaa", "gle")

    def test_several_values(self):
        assert read("countries", "TR;SY ; ;TR") == ("TR", "SY")
        assert code_of("countries", "TR; XX") == "not_in_list"
        assert code_of("countries", "TR;" * 201) == "too_many"

    def test_semicolons_inside_labels(self):
        cell = "Construction; Water supply; sewerage, waste management and remediation; Education"
        codes = ("F_Construction", "E_WaterSupplySewerageWasteManagement", "P_Education")
        assert read("choices", cell, "labour_industry") == codes
        assert read("choices", "Activities of households as employers", "labour_industry") == (
            "T_ActivitiesOfHouseholdsAsEmployers",
        )

    @pytest.mark.parametrize("name", sorted(shipped_codelists()))
    def test_every_pair_of_every_list_is_read_again(self, name):
        codes = [entry.code for entry in shipped_codelists()[name].entries]
        pairs = list(itertools.permutations(codes, 2))[:: max(1, len(codes) ** 2 // 2000)]
        one = field("choices", name)
        reader, write = cell_reader(one, shipped_codelists()), cell_writer(one, shipped_codelists())
        assert [reader(guard(write(pair))) for pair in pairs] == pairs

    @pytest.mark.parametrize("name", sorted(shipped_codelists()))
    def test_no_word_that_is_written_looks_like_two_values(self, name):
        codelist = shipped_codelists()[name]
        lookup = Lookup(codelist)
        words = {entry.code: lookup.label(entry.code) for entry in codelist.entries}
        assert not [word for word in words.values() if ";" in word]
        assert {lookup.code(word): word for word in words.values()} == words

    def test_for_a_label_with_a_semicolon_another_spelling_is_written(self):
        pair = ("T_ActivitiesOfHouseholdsAsEmployers", "P_Education")
        cell = cell_writer(field("choices", "labour_industry"), shipped_codelists())(pair)
        assert cell == "Activities of households as employers; Education"
        assert read("choices", cell, "labour_industry") == pair
        long = "Activities of households as employers; undifferentiated goods- and services- producing activities of"
        assert read("choices", f"{long} households for own use; Education", "labour_industry") == pair

    def test_a_label_that_means_another_code_is_not_written(self):
        entries = [{"code": "a", "label": {"en": "b"}}, {"code": "b", "label": {"en": "b"}}]
        document = {
            "format": "ctcase-codelist",
            "format_version": 1,
            "id": "x",
            "version": 1,
            "title": {"en": "X"},
        }
        lookup = Lookup(load_codelist(json.dumps(document | {"entries": entries}).encode()))
        assert (lookup.label("a"), lookup.label("b")) == ("a", "b")
