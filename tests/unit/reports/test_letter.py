"""The letter on paper: what it says, what it never says, and that every script comes out right or is refused."""

import io
import itertools
import re
from pathlib import Path

import msgspec
import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctcase.crypto.fingerprint import words
from ctcase.errors import EnvironmentFailed, Refused
from ctcase.reports.fonts import Fonts, find_fonts, open_typeface, system_folders
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
    contact="Call us at",
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


def with_rows(*values):
    return msgspec.structs.replace(CONTENT, rows=tuple(("Row", value) for value in values))


def letter_of(fonts, *values):
    return render(with_rows(*values), TEXT, fonts)


def read(letter):
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(letter.pdf)).pages)


def lowest(letter):
    """The height of the lowest thin line of the first page."""
    page = pypdf.PdfReader(io.BytesIO(letter.pdf)).pages[0].get_contents().get_data().decode("ascii")
    return min(float(height) for height in re.findall(r"([0-9.]+) l S", page))


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

    def test_how_to_reach_the_sender_is_written_by_hand_on_a_free_line(self, fonts):
        letter = letter_of(fonts)
        said = read(letter)
        assert said.index("Please answer by") < said.index("Call us at") < said.index("Please tell us")
        page = pypdf.PdfReader(io.BytesIO(letter.pdf)).pages[0].get_contents().get_data().decode("ascii")
        heights = [float(height) for height in re.findall(r"([0-9.]+) l S", page)]
        rows = [upper - lower for upper, lower in itertools.pairwise(heights[:5])]
        assert rows[3] > 36, "points: room for a hand"
        assert rows[3] > max(rows[:3])

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
        letter = render(CONTENT, TEXT, fonts)
        embedded = list(pypdf.PdfReader(io.BytesIO(letter.pdf)).pages[0]["/Resources"]["/Font"].values())
        names = {str(font["/BaseFont"]).split("+")[1] for font in embedded}
        assert names == {"DejaVuSans", "DejaVuSans-Bold"}
        for font in embedded:
            (descendant,) = font["/DescendantFonts"]
            assert "/FontFile2" in descendant["/FontDescriptor"]
        assert len(letter.pdf) < 30_000

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

    def test_more_than_a_letter_holds_is_refused_when_it_is_shown_by_number(self, fonts):
        with pytest.raises(Refused) as refused:
            letter_of(fonts, "o" + "\u0316" * 20_000)
        assert refused.value.code == "limit_exceeded"


class TestScripts:
    @pytest.mark.parametrize(
        "value",
        [
            "Işıl İğneci ŞIRNAK çğıöşü fi",  # noqa: RUF001  # Turkish
            "Олена Приклад Ґанна",
            "Ελένη Παράδειγμα",
            "Nguyễn Thị Ánh",
            "محمد الأحمد",
        ],
    )
    def test_names_are_read_back_as_written(self, fonts, value):
        assert value in read(letter_of(fonts, value))

    @pytest.mark.parametrize(
        ("value", "script", "font"),
        [
            ("राम", "devanagari", ["NotoSansDevanagari-Regular.ttf"]),
            ("បុប្ផា", "khmer", ["NotoSansKhmer-Regular.ttf"]),
            ("王小明", "cjk", ["wqy-microhei.ttc"]),
            ("김영희", "hangul", ["wqy-microhei.ttc"]),
            ("\U0001f9ff", "symbol", []),
        ],
    )
    def test_what_no_font_has_is_refused_with_the_font_to_install(self, fonts, value, script, font):
        with pytest.raises(EnvironmentFailed) as refused:
            letter_of(fonts, "Ana", value)
        assert refused.value.code == "font_missing"
        assert refused.value.details == {"scripts": [script], "fonts": font}

    def test_tall_letters_keep_off_the_line_below(self):
        found = find_fonts(system_folders())
        if not any("Tibetan" in path.name for path in found.regular):
            pytest.skip("no Noto Serif Tibetan on this machine (fonts-noto-core)")
        tall, flat = letter_of(found, "ཧཱུྃ་སྒྲུབ།\nརྒྱལ་པོ"), letter_of(found, "Ana\nEva")
        assert lowest(tall) < lowest(flat)


class TestFindingFonts:
    def test_no_font_at_all_is_named(self, tmp_path):
        with pytest.raises(EnvironmentFailed) as refused:
            find_fonts([tmp_path, tmp_path / "missing"])
        assert (refused.value.code, refused.value.details) == (
            "font_missing",
            {"scripts": ["latin"], "fonts": ["DejaVuSans.ttf"]},
        )

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


class TestAnyText:
    @settings(max_examples=40, deadline=None)
    @given(value=st.text(max_size=40))
    def test_any_text_is_drawn_or_refused(self, fonts, value):
        try:
            letter = letter_of(fonts, value)
        except EnvironmentFailed as refused:
            assert refused.details["scripts"]  # noqa: PT017  # either outcome is right, and each is checked
        else:
            assert len(pypdf.PdfReader(io.BytesIO(letter.pdf)).pages) == letter.pages
