"""The letter on paper: what it says, what it never says, and that every script comes out right or is refused."""

import io
import re
import unicodedata
from collections import Counter
from pathlib import Path

import msgspec
import pypdf
import pytest
from bidi import get_display
from hypothesis import given, settings
from hypothesis import strategies as st

from ctcase.crypto.fingerprint import words
from ctcase.errors import EnvironmentFailed, Refused
from ctcase.reports import lettering
from ctcase.reports.fonts import Faces, Fonts, find_fonts, open_typeface, script_of, system_folders
from ctcase.reports.letter import MOST_CHARACTERS, LetterContent, LetterText, check_words, render

TEXT = LetterText(
    language="en",
    title="Referral",
    to="To",
    sender="From",
    date="Date",
    case="Case code",
    need="What is needed",
    answer="Answer due",
    intro="We ask for your help with the need below.",
    details="Shared with agreement",
    closing="Please tell us whether you can help.",
    reference="Reference",
    check="Check words",
    check_note="Read these words to us by telephone.",
    page="Page {page} of {pages}",
)
CONTENT = LetterContent(
    sender=("Mara Sample", "Team North"),
    agency=("Lighthouse Clinic",),
    date="2026-11-21",
    case_code="7KQ4-M2XR",
    need="Medical examination",
    answer="Please answer by 2026-11-24.",
    rows=(("Language", "Türkçe"),),
    reference="d4f1a9c2",
    content="sha256:" + "ab" * 32,
)


@pytest.fixture(scope="module")
def fonts():
    try:
        found = find_fonts(system_folders())
    except EnvironmentFailed:
        pytest.skip("no DejaVu Sans on this machine (fonts-dejavu-core)")
    only = [path for path in found.regular if path.name == "DejaVuSans.ttf"]
    bold = [path for path in found.bold if path.name == "DejaVuSans-Bold.ttf"]
    if not (only and bold):
        pytest.skip("no DejaVu Sans on this machine (fonts-dejavu-core)")
    return Fonts(tuple(only), tuple(bold))


@pytest.fixture(scope="module")
def faces(fonts):
    return Faces(fonts.regular, open_typeface)


def with_rows(*values):
    return msgspec.structs.replace(CONTENT, rows=tuple(("Row", value) for value in values))


def letter_of(fonts, *values):
    return render(with_rows(*values), TEXT, fonts)


def read(letter):
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(letter.pdf)).pages)


def drawn(lines):
    return "".join(piece.text for line in lines for piece in line.pieces)


def on_one_line(text, faces):
    (line,) = lettering.typeset(text, faces, 10, 5000)
    return "".join(piece.text for piece in sorted(line.pieces, key=lambda piece: piece.x))


class TestWhatItSays:
    def test_every_part_of_the_content_is_on_the_page(self, fonts):
        said = read(render(CONTENT, TEXT, fonts))
        for part in (
            "Mara Sample",
            "Team North",
            "Lighthouse Clinic",
            "2026-11-21",
            "7KQ4-M2XR",
            "Medical examination",
        ):
            assert part in said
        for part in (
            "Please answer by 2026-11-24.",
            "Türkçe",
            "d4f1a9c2",
            words(bytes.fromhex("ab" * 32)),
            "Page 1 of 1",
        ):
            assert part in said

    def test_no_word_is_on_the_page_that_the_caller_did_not_give(self, fonts):
        texts = [*msgspec.structs.astuple(TEXT), *CONTENT.sender, *CONTENT.agency, *CONTENT.rows[0]]
        texts += [CONTENT.date, CONTENT.case_code, CONTENT.need, CONTENT.answer, CONTENT.reference]
        texts += [check_words(CONTENT.content), "Page 1 of 1 ·"]
        assert set(read(render(CONTENT, TEXT, fonts)).split()) <= set(" ".join(texts).split())

    def test_the_file_names_neither_our_field_nor_our_product(self, fonts):
        letter = render(CONTENT, TEXT, fonts)
        for word in ("traffick", "victim", "exploit", "ctcase", "counter"):
            assert word not in read(letter).lower()
            assert word.encode() not in letter.pdf.lower()

    def test_what_has_no_value_is_left_out_with_its_label(self, fonts):
        content = msgspec.structs.replace(CONTENT, answer="", rows=(("Telephone", " "), ("Notes", "")))
        said = read(render(content, TEXT, fonts))
        for label in ("Telephone", "Notes", "Answer due", "Shared with agreement"):
            assert label not in said

    def test_another_content_has_other_check_words(self):
        assert check_words("sha256:" + "ab" * 32) != check_words("sha256:" + "ab" * 31 + "ac")
        for wrong in ("ab" * 32, "sha256:" + "AB" * 32, "sha256:ab"):
            with pytest.raises(ValueError, match="no digest"):
                check_words(wrong)


class TestTheFile:
    def test_the_metadata_is_empty_and_nothing_is_attached_or_linked(self, fonts):
        letter = letter_of(fonts, "https://example.org/ file:///etc/passwd", "(/JavaScript) /URI (x) Tj")
        reader = pypdf.PdfReader(io.BytesIO(letter.pdf), strict=True)
        assert not reader.metadata
        assert reader.xmp_metadata is None
        assert not reader.attachments
        root = reader.trailer["/Root"]
        assert not {"/Names", "/OpenAction", "/AA", "/AcroForm", "/Metadata"} & set(root)
        for page in reader.pages:
            assert not {"/Annots", "/AA"} & set(page)

    def test_it_carries_no_name_of_a_program_path_or_time(self, fonts):
        pdf = render(CONTENT, TEXT, fonts).pdf
        for trace in (
            b"ReportLab",
            b"anonymous",
            b"/Producer",
            b"/CreationDate",
            b"/usr",
            b" object at 0x",
            b"Python",
        ):
            assert trace not in pdf

    def test_the_fonts_are_embedded_as_subsets(self, fonts):
        reader = pypdf.PdfReader(io.BytesIO(render(CONTENT, TEXT, fonts).pdf))
        embedded = {str(font["/BaseFont"]): font for font in reader.pages[0]["/Resources"]["/Font"].values()}
        assert {name.split("+")[1] for name in embedded} == {"DejaVuSans", "DejaVuSans-Bold"}
        assert all("/FontFile2" in font["/FontDescriptor"] for font in embedded.values())

    def test_the_same_content_gives_the_same_bytes(self, fonts):
        first = letter_of(fonts, "محمد", "Ґанна")
        assert letter_of(fonts, "محمد", "Ґанна") == first
        assert letter_of(fonts, "محمد", "Ганна").pdf != first.pdf

    def test_a_long_value_flows_over_pages_that_are_counted(self, fonts):
        letter = letter_of(fonts, " ".join(f"word{number}" for number in range(900)))
        pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(letter.pdf)).pages]
        assert letter.pages == len(pages) > 1
        for number, page in enumerate(pages, start=1):
            assert f"Page {number} of {len(pages)}" in page
            assert "7KQ4-M2XR" in page
        found = re.findall(r"word\d+", " ".join(pages))
        assert found == [f"word{number}" for number in range(900)]

    def test_nothing_is_drawn_outside_the_margins(self, fonts):
        letter = letter_of(fonts, "W" * 500, "x " * 2000, "é\n" * 100)
        places = []
        for page in pypdf.PdfReader(io.BytesIO(letter.pdf)).pages:
            page.extract_text(
                visitor_text=lambda text, _c, at, *_: places.append((at[4], at[5])) if text.strip() else None
            )
        assert places
        assert all(70 <= x <= 535 and 35 <= y <= 780 for x, y in places)

    def test_more_than_a_letter_holds_is_refused_before_work(self, fonts):
        with pytest.raises(Refused) as refused:
            letter_of(fonts, "x" * (MOST_CHARACTERS + 1))
        assert refused.value.code == "limit_exceeded"
        with pytest.raises(Refused) as refused:
            render(msgspec.structs.replace(CONTENT, agency=("line\n" * 30,)), TEXT, fonts)
        assert refused.value.code == "limit_exceeded"


class TestHostileText:
    def test_markup_is_plain_text(self, fonts):
        hostile = '<img src="file:///etc/passwd"> <b>x</b> &amp; \\(Tj) {page} %s'
        assert hostile in read(letter_of(fonts, hostile))

    @pytest.mark.parametrize(
        "hidden", ["\u202e", "\u2066", "\x00", "\x1b", "\x7f", "\x85", "\U000e0041", "\ue000", "\u3164"]
    )
    def test_what_is_hidden_is_shown_by_its_number(self, fonts, hidden):
        assert f"a[U+{ord(hidden):04X}]b" in read(letter_of(fonts, f"a{hidden}b"))

    @pytest.mark.parametrize("silent", ["\u200b", "\u200c", "\u200d", "\u200e", "\u00ad", "\ufeff", "\ufe0f"])
    def test_what_draws_nothing_leaves_nothing(self, silent):
        assert lettering.clean(f"a{silent}b") == "ab"

    def test_the_joiner_of_persian_spelling_stays_until_the_letters_are_joined(self):
        assert lettering.clean("گل\u200cچین") == "گل\u200cچین"
        assert lettering.shaped("گل\u200cچین") != lettering.shaped("گلچین")
        assert "\u200c" not in lettering.shaped("گل\u200cچین")

    def test_piled_marks_are_counted_out(self):
        assert lettering.clean("o" + "\u0316" * 6) == "o" + "\u0316" * 4 + "[U+0316]" * 2

    def test_spaces_and_line_ends_are_made_plain(self):
        assert lettering.clean("a \t\u2003 b\r\nc\rd\u2028e\n\n\n\nf\n") == "a b\nc\nd\ne\n\nf"


class TestScripts:
    @pytest.mark.parametrize(
        "value",
        ["Işıl İğneci ŞIRNAK çğıöşü", "Олена Приклад Ґанна", "Ελένη Παράδειγμα", "Nguyễn Thị Ánh"],  # noqa: RUF001  # Turkish
    )
    def test_alphabets_from_the_left_are_read_back_as_written(self, fonts, value):
        assert value in read(letter_of(fonts, value))

    def test_arabic_is_joined(self, fonts):
        said = read(letter_of(fonts, "محمد"))
        assert "\ufee3\ufea4\ufee4\ufeaa" in said  # the reader turns the line back
        assert "م" not in said

    def test_arabic_is_drawn_from_the_right(self, faces):
        assert on_one_line("محمد", faces) == "\ufeaa\ufee4\ufea4\ufee3"

    def test_each_joined_form_has_a_glyph(self, faces):
        forms = lettering.shaped("محمد عبد الله الأحمد مریم گل‌چین پژمان علي")
        assert forms != "محمد عبد الله الأحمد مریم گل‌چین پژمان علي"
        assert faces.covering(forms.replace(" ", "")) is not None

    def test_lines_are_broken_in_logical_order(self, faces):
        first, *others = lettering.typeset("أولا " + "وسط " * 30 + "أخيرا", faces, 10, 100)
        assert first.rtl
        assert drawn([first]).endswith(lettering.shaped("أولا")[::-1])
        assert drawn(others[-1:]).startswith(lettering.shaped("أخيرا")[::-1])
        assert all(line.width <= 100 for line in (first, *others))

    def test_a_value_has_the_direction_of_its_first_strong_letter(self, faces):
        assert on_one_line("Ana محمد b", faces).startswith("Ana ")
        assert on_one_line("1. محمد b", faces).startswith("b ")

    def test_brackets_turn_with_the_text(self, faces):
        assert on_one_line("שלום (אב) עולם", faces) == "םלוע (בא) םולש"
        assert on_one_line("a (b) שלום [c] «ד»", faces) == "a (b) םולש [c] «ד»"

    def test_telephone_numbers_and_dates_keep_their_order_in_arabic(self, faces):
        line = on_one_line("هاتف +90 532 000 00 17 حتى 2026-11-24", faces)
        assert "+90 532 000 00 17" in line
        assert "2026-11-24" in line

    def test_marks_stand_with_their_letter(self, faces):
        (line,) = lettering.typeset("בָּ a", faces, 10, 500)
        base = next(piece for piece in line.pieces if "ב" in piece.text)
        start = base.x + sum(base.face.width(letter) for letter in base.text.split("ב")[0]) / 100
        marks = [piece for piece in line.pieces if unicodedata.category(piece.text[0]) == "Mn"]
        assert len(marks) == 2
        assert all(abs(mark.x - start) < 10 for mark in marks)

    def test_the_vowel_stands_over_the_shadda(self, faces):
        (line,) = lettering.typeset("\u062f\u064e\u0651", faces, 100, 500)
        ink = {piece.text: piece.face.box(piece.text).bottom / 10 + piece.y for piece in line.pieces}
        assert ink["\u064e"] > ink["\u0651"]

    def test_a_capital_lifts_its_accent(self, faces):
        (line,) = lettering.typeset("Q\u0301 x\u0301", faces, 100, 500)
        capital, small = [piece for piece in line.pieces if piece.text == "\u0301"]
        assert capital.y > small.y

    @pytest.mark.parametrize(
        ("value", "script"),
        [
            ("राम", "devanagari"),
            ("បុប្ផា", "khmer"),
            ("王小明", "cjk"),
            ("ښځه", "arabic"),
            ("\U0001f9ff", "symbol"),
        ],
    )
    def test_what_cannot_be_drawn_right_is_refused(self, fonts, value, script):
        with pytest.raises(EnvironmentFailed) as refused:
            letter_of(fonts, "Ana", value)
        assert refused.value.code == "font_missing"
        assert refused.value.details == {"scripts": [script]}

    def test_a_script_of_another_font_is_drawn_where_that_font_is(self):
        try:
            found = find_fonts(system_folders())
        except EnvironmentFailed:
            pytest.skip("no font for paper on this machine")
        if not any("Ethiopic" in path.name for path in found.regular):
            pytest.skip("no Noto Sans Ethiopic on this machine (fonts-noto-core)")
        assert "ሰላም ተስፋዬ" in read(letter_of(found, "ሰላም ተስፋዬ"))

    def test_ideographs_break_anywhere_but_before_a_full_stop(self):
        assert list(lettering._words("王小明。a b")) == ["王", "小", "明。a ", "b"]


class TestFindingFonts:
    def test_no_font_at_all_is_named(self, tmp_path):
        with pytest.raises(EnvironmentFailed) as refused:
            find_fonts([tmp_path, tmp_path / "missing"])
        assert (refused.value.code, refused.value.details) == ("font_missing", {"scripts": ["latin"]})

    def test_the_first_folder_counts(self, tmp_path):
        for folder in ("a", "b/below"):
            (tmp_path / folder).mkdir(parents=True)
            (tmp_path / folder / "DejaVuSans.ttf").write_bytes(b"")
        assert find_fonts([tmp_path / "b", tmp_path / "a"]).regular == (tmp_path / "b/below/DejaVuSans.ttf",)

    def test_a_damaged_font_is_as_if_missing(self, tmp_path, fonts):
        whole = fonts.regular[0].read_bytes()
        for number, damaged in enumerate((b"", b"\0" * 100, whole[:5000], whole[:300_000])):
            path = tmp_path / f"{number}.ttf"
            path.write_bytes(damaged)
            broken = Fonts((path,), (path,))
            with pytest.raises(EnvironmentFailed) as refused:
                render(CONTENT, TEXT, broken)
            assert refused.value.code == "font_missing"
            assert render(CONTENT, TEXT, Fonts((path, *fonts.regular), fonts.bold)).pages == 1

    def test_a_missing_file_is_as_if_missing(self):
        assert open_typeface(Path("/nowhere/DejaVuSans.ttf")) is None

    def test_scripts_have_codes(self):
        assert [script_of(letter) for letter in "aжم王!"] == ["latin", "cyrillic", "arabic", "cjk", "symbol"]


LETTERS = st.sampled_from("abÉşßжΩאבגדרםתمحدپ12٣ .,:-+()[]«»<\u0301\u05b8\u064e")


class TestAnyText:
    @settings(max_examples=150, deadline=None)
    @given(text=st.text(LETTERS, max_size=30))
    def test_the_order_is_that_of_the_bidirectional_algorithm(self, text):
        line = lettering._NUMBER.sub("", lettering.clean(text))
        for rtl in (False, True):
            plain = list(get_display(lettering.shaped(line), base_dir="R" if rtl else "L"))
            ours = lettering._visual(line, rtl=rtl)
            neutral = {*lettering.MIRRORED, *"\u0301\u05b8\u064e"}
            assert [c for c in ours if c not in neutral] == [c for c in plain if c not in neutral]

    @settings(max_examples=100, deadline=None)
    @given(text=st.text(st.characters(max_codepoint=0x5FF, exclude_categories=["Cn"]), max_size=60))
    def test_no_letter_is_lost_on_the_way_to_the_paper(self, faces, text):
        if lettering.undrawable(text, faces):
            return
        lines = lettering.typeset(text, faces, 9.5, 60)
        turned = str.maketrans({letter: min(letter, other) for letter, other in lettering.MIRRORED.items()})
        wanted = lettering.clean(text).replace("\n", "").replace(" ", "").translate(turned)
        assert Counter(drawn(lines).replace(" ", "").translate(turned)) == Counter(wanted)

    @settings(max_examples=40, deadline=None)
    @given(value=st.text(max_size=40))
    def test_any_text_is_drawn_or_refused(self, fonts, value):
        try:
            letter = letter_of(fonts, value)
        except EnvironmentFailed as refused:
            assert refused.details["scripts"]  # noqa: PT017  # either outcome is right, and each is checked
        else:
            assert len(pypdf.PdfReader(io.BytesIO(letter.pdf)).pages) == letter.pages
