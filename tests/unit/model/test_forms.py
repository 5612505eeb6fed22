"""The form file format: what is read, what is refused, and how single answers are judged."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctcase.errors import CtcaseError, EnvironmentFailed, Refused
from ctcase.model import forms, resources
from ctcase.model.values import CATEGORIES, DECLINED, UNKNOWN


def a_field(**changes):
    return {
        "record": "person",
        "name": "first_name",
        "type": "text",
        "category": "identity",
        "label": {"en": "First name"},
    } | changes


def a_form(*fields, **changes):
    section = {"id": "one", "title": {"en": "One"}, "fields": list(fields) or [a_field()]}
    return {
        "format": "ctcase-form",
        "format_version": 1,
        "id": "test",
        "version": 3,
        "title": {"en": "Test"},
        "sections": [section],
    } | changes


def packed(document):
    return json.dumps(document).encode()


def the_field(**changes):
    (field,) = forms.load_form(packed(a_form(a_field(**changes)))).fields()
    return field


def a_list(*codes, name="colours"):
    entries = [{"code": code, "label": {"en": code.upper()}} for code in codes]
    document = {
        "format": "ctcase-codelist",
        "format_version": 1,
        "id": name,
        "version": 1,
        "title": {"en": "List"},
        "entries": entries,
    }
    return forms.load_codelist(packed(document))


def refused(document):
    with pytest.raises(Refused) as caught:
        forms.load_form(document if isinstance(document, bytes) else packed(document))
    return caught.value.code


class TestLoading:
    def test_a_form_is_read_whole(self):
        form = forms.load_form(packed(a_form(a_field(help={"en": "As on paper"}, required=True))))
        (field,) = form.fields()
        assert (form.id, form.version, field.key, field.required) == ("test", 3, "person.first_name", True)

    def test_a_form_is_never_changed(self):
        with pytest.raises(AttributeError):
            the_field().name = "other"

    @pytest.mark.parametrize(
        "change",
        [
            {"name": "First"},
            {"name": "a\n"},
            {"type": "rainbow"},
            {"category": "control"},
            {"record": "office"},
            {"label": {}},
            {"label": {"english language": "x"}},
            {"label": {"en": ""}},
            {"label": {"en": "x" * 301}},
            {"unknown_key": 1},
            {"type": "choice"},
            {"codelist": "gender"},
            {"required": "yes"},
            {"type": "integer", "longest": 3},
            {"least": 3},
            {"type": "integer", "most": 2**53},
            {"htcds": "first name"},
            {"htcds": "prs_FirstName", "type": "texts"},
            {"htcds_label": "First Name"},
            {"htcds": "prs_FirstName", "confidential": True},
            {"shown_when": {"all": [], "any": []}},
            {"shown_when": {"all": [{"field": "person.nobody", "answered": True}]}},
            {"shown_when": {"all": [{"field": "person.first_name"}]}},
            {"shown_when": {"all": [{"field": "person.first_name", "has": ["a"], "answered": True}]}},
        ],
    )
    def test_a_wrong_field_is_refused(self, change):
        assert refused(a_form(a_field(**change))) == "file_not_understood"

    @pytest.mark.parametrize(
        "change",
        [
            {"format": "ctcase-codelist"},
            {"version": 0},
            {"version": 1.5},
            {"sections": []},
            {"sections": None},
            {"extra": []},
        ],
    )
    def test_a_wrong_form_is_refused(self, change):
        assert refused(a_form(**change)) == "file_not_understood"

    def test_names_are_used_once(self):
        assert refused(a_form(a_field(), a_field())) == "file_not_understood"
        twice = [a_field(htcds="prs_FirstName"), a_field(name="other", htcds="prs_FirstName")]
        assert refused(a_form(*twice)) == "file_not_understood"

    def test_a_repeatable_section_makes_one_kind_of_record(self):
        mixed = a_form(a_field(), a_field(record="service"))
        mixed["sections"][0]["repeatable"] = True
        assert refused(mixed) == "file_not_understood"
        alone = a_form(a_field(record="service"))
        alone["sections"][0]["repeatable"] = True
        assert forms.load_form(packed(alone)).sections[0].repeatable

    def test_a_form_of_a_newer_program_says_so(self):
        assert refused(a_form(format_version=2, anything="new")) == "newer_version"

    def test_sizes_and_counts_are_bounded(self):
        assert refused(packed(a_form()) + b" " * forms.LARGEST_FILE) == "limit_exceeded"
        many = [a_field(name=f"f{number}") for number in range(201)]
        assert refused(a_form(*many)) == "file_not_understood"

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"[]",
            b"\xef\xbb\xbf{}",
            b"\xff\xfe",
            b'{"format": "ctcase-form", "format": "ctcase-form"}',
            b'{"format_version": NaN}',
            b'{"version": ' + b"9" * 5000 + b"}",
            b"[" * 5000 + b"]" * 5000,
            b"[" * 900_000,
            b'{"id": "\\ud800"}',
        ],
    )
    def test_what_is_not_plain_json_is_refused(self, data):
        assert refused(data) == "file_not_understood"

    def test_duplicate_keys_deep_inside_are_refused(self):
        text = json.dumps(a_form()).replace('"type": "text"', '"type": "text", "type": "text"')
        assert refused(text.encode()) == "file_not_understood"

    def test_brackets_inside_texts_are_not_nesting(self):
        assert the_field(label={"en": '\\"[[[[[[[[[[[[[[[[[['}).label["en"].endswith("[")

    def test_codes_are_used_once(self):
        with pytest.raises(Refused, match="file_not_understood"):
            a_list("red", "red")

    def test_a_missing_folder_is_a_failure_of_the_machine(self, monkeypatch, tmp_path):
        monkeypatch.setattr(resources, "folder", lambda: tmp_path)
        with pytest.raises(EnvironmentFailed, match="file_missing"):
            forms.shipped_forms()


class TestShipped:
    def test_the_shipped_form_carries_all_core_fields_of_the_standard(self, shared):
        standard = json.loads((shared / "reference" / "htcds.json").read_text())
        core = {
            field["name"] for entity in standard["entities"] for field in entity["fields"] if field["core"]
        }
        (form,) = forms.shipped_forms()
        assert len(core) == 40
        assert core <= {field.htcds for field in form.fields()}

    def test_the_code_lists_have_the_codes_and_labels_of_the_standard(self, shared):
        standard = json.loads((shared / "reference" / "htcds.json").read_text())
        lists = forms.shipped_codelists()
        (form,) = forms.shipped_forms()
        ours = {field.htcds: field for field in form.fields()}
        compared = 0
        for wanted in (
            field for entity in standard["entities"] for field in entity["fields"] if field["core"]
        ):
            if wanted.get("values"):
                entries = lists[ours[wanted["name"]].list_id].entries
                expected = [(value["code"], value["label"]) for value in wanted["values"]]
                assert [(entry.code, entry.label["en"]) for entry in entries] == expected
                compared += 1
        assert compared == 12
        countries = {(entry.code, entry.label["en"]) for entry in lists["countries"].entries}
        assert countries == {
            (item["code"], item["label"]) for item in standard["countryCodesShippedInXlsform"]
        }

    def test_every_list_is_there_and_every_field_has_a_category(self):
        lists = forms.shipped_codelists()
        for form in forms.shipped_forms():
            assert {field.list_id for field in form.fields() if field.list_id} <= lists.keys()
            assert {field.category for field in form.fields()} <= set(CATEGORIES)
            assert form.credit is not None
            assert form.credit.licence == "CC BY 4.0"

    def test_the_languages_are_those_of_iso_639_2(self):
        codes = forms.shipped_codelists()["languages"].codes
        assert {"tur", "ara", "fas", "kur", "pus", "ukr", "rus", "kir"} <= codes
        assert all(re.fullmatch("[a-z]{3}", code) for code in codes)

    def test_the_present_location_is_no_column_of_the_standard(self):
        (form,) = forms.shipped_forms()
        (place,) = (field for field in form.fields() if field.name == "present_location")
        assert (place.confidential, place.searchable, place.htcds) == (True, False, None)


LISTS = {"colours": a_list("red", "blue"), "countries": a_list("TR", "SY", name="countries")}


class TestAnswers:
    @pytest.mark.parametrize(
        ("kind", "value", "code"),
        [
            ("text", "Ayşe", None),
            ("text", "", None),
            ("text", 3, "wrong_type"),
            ("text", "a\0b", "bad_character"),
            ("text", "\ud800", "bad_character"),
            ("text", "x" * 16384, None),
            ("text", "x" * 16385, "too_long"),
            ("text", "ş" * 8193, "too_long"),
            ("long_text", "ş" * 32768, None),
            ("long_text", "ş" * 32769, "too_long"),
            ("phone", "+90 (0)532", None),
            ("integer", 3, None),
            ("integer", True, "wrong_type"),
            ("integer", "3", "wrong_type"),
            ("integer", 2**53, "out_of_range"),
            ("decimal", "-3.25", None),
            ("decimal", "3,25", "not_a_number"),
            ("decimal", "٣", "not_a_number"),
            ("decimal", 3, "wrong_type"),
            ("boolean", False, None),
            ("boolean", 0, "wrong_type"),
            ("date", "1999", None),
            ("date", "1999-03", None),
            ("date", "1999-02-30", "date_invalid"),
            ("date", "8.3.1999", "date_invalid"),
            ("country", "TR", None),
            ("country", "Turkey", "not_in_list"),
            ("language", "tur", "not_in_list"),  # no such list is given here
            ("countries", ("TR", "SY"), None),
            ("countries", "TR", "wrong_type"),
            ("countries", (), "empty"),
            ("countries", ("TR", "TR"), "twice"),
            ("countries", ("TR", "XX"), "not_in_list"),
            ("texts", ("a", "b"), None),
            ("texts", ("a\0",), "bad_character"),
            ("texts", tuple(str(number) for number in range(201)), "too_many"),
            ("texts", ("a", 1), "wrong_type"),
        ],
    )
    def test_an_answer_is_judged_by_its_type(self, kind, value, code):
        assert forms.check_value(the_field(type=kind), value, LISTS) == code

    @pytest.mark.parametrize("value", [None, UNKNOWN, DECLINED])
    def test_an_absence_fits_every_field(self, value):
        for kind in ("text", "integer", "boolean", "date", "countries"):
            assert forms.check_value(the_field(type=kind), value, {}) is None

    def test_choices_come_from_the_list(self):
        one = the_field(type="choice", codelist="colours")
        many = the_field(type="choices", codelist="colours")
        assert forms.check_value(one, "red", LISTS) is None
        assert forms.check_value(one, "RED", LISTS) == "not_in_list"
        assert forms.check_value(many, ("red", "blue"), LISTS) is None

    def test_a_field_can_be_narrower_than_its_type(self):
        assert forms.check_value(the_field(longest=4), "12345", {}) == "too_long"
        age = the_field(type="integer", least=0, most=120)
        found = [forms.check_value(age, value, {}) for value in (-1, 0, 120, 121)]
        assert found == ["out_of_range", None, None, "out_of_range"]


class TestArguments:
    @pytest.mark.parametrize(
        ("kind", "text", "value"),
        [
            ("text", "", None),
            ("text", "@unknown", UNKNOWN),
            ("date", "@declined", DECLINED),
            ("text", "@@unknown", "@unknown"),
            ("text", "@@", "@"),
            ("text", " as typed ; ", " as typed ; "),
            ("texts", "a; b;", ("a", "b")),
            ("countries", "TR", ("TR",)),
            ("integer", " -12", -12),
            ("boolean", "Yes", True),
            ("boolean", "false", False),
            ("date", " 1999-03 ", "1999-03"),
            ("decimal", "1.50", "1.50"),
        ],
    )
    def test_an_argument_is_read(self, kind, text, value):
        assert forms.parse_text(the_field(type=kind), text) == value

    @pytest.mark.parametrize(
        ("kind", "text", "problem"),
        [
            ("text", "@nothing", "unknown_word"),
            ("integer", "twelve", "not_a_number"),
            ("integer", "9" * 17, "not_a_number"),
            ("integer", "٣", "not_a_number"),
            ("boolean", "perhaps", "wrong_type"),
            ("texts", " ; ", "wrong_type"),
        ],
    )
    def test_a_wrong_argument_is_wrong_usage(self, kind, text, problem):
        with pytest.raises(CtcaseError) as caught:
            forms.parse_text(the_field(type=kind), text)
        assert (caught.value.code, caught.value.details["problem"]) == ("usage", problem)

    @given(st.text(min_size=1))
    def test_every_text_can_be_typed(self, text):
        typed = "@" + text if text.startswith("@") else text
        assert forms.parse_text(the_field(), typed) == text


class TestShownWhen:
    def when(self, **parts):
        return forms.load_form(packed(a_form(a_field(shown_when=parts)))).sections[0].fields[0].shown_when

    def test_a_field_without_condition_is_shown(self):
        assert forms.is_shown(None, {})

    def test_codes_are_looked_for_in_single_answers_and_lists(self):
        when = self.when(any=[{"field": "person.first_name", "has": ["red", 1]}])
        answers = ["red", ("blue", "red"), 1, True, "blue", None, UNKNOWN]
        shown = [forms.is_shown(when, {"person.first_name": value}) for value in answers]
        assert shown == [True, True, True, False, False, False, False]

    def test_all_and_any(self):
        has = {"field": "person.first_name", "has": ["red"]}
        open_ = {"field": "person.first_name", "answered": False}
        assert not forms.is_shown(self.when(all=[has, open_]), {"person.first_name": "red"})
        assert forms.is_shown(self.when(any=[has, open_]), {"person.first_name": UNKNOWN})


def test_texts_fall_back_to_english_then_to_any():
    assert forms.say({"en": "Name", "tr": "Ad"}, "tr") == "Ad"
    assert forms.say({"en": "Name", "tr": "Ad"}, "ar") == "Name"
    assert forms.say({"tr": "Ad"}, "ar") == "Ad"
    assert forms.say({}, "ar") == ""
