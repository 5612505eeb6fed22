"""What a reader of the file finds: the text as it was written, whatever became of its letters."""

import io
import re

import pypdf
import pytest
from reportlab.pdfbase.pdfdoc import PDFDocument

from ctcase.errors import EnvironmentFailed, Refused
from ctcase.reports import letter_pdf
from ctcase.reports.fonts import Faces, find_fonts, open_typeface, system_folders
from ctcase.reports.letter_pdf import PaperFonts, line_operators
from ctcase.reports.lettering import typeset, undrawable


@pytest.fixture(scope="module")
def faces():
    try:
        return Faces(find_fonts(system_folders()).regular, open_typeface)
    except EnvironmentFailed:
        pytest.skip("no DejaVu Sans on this machine (fonts-dejavu-core)")


def operators(text, faces, fonts):
    if undrawable(text, faces):
        pytest.skip("no font for this script on this machine (fonts-noto-core, fonts-wqy-microhei)")
    (line,) = typeset(text, faces, 10, 5000)
    return line_operators(line, 72, 700, 0.1, fonts)


def found_in(drawn, fonts):
    """What a reader finds that knows ToUnicode only: the text of each code, in the order of drawing."""
    document = PDFDocument(invariant=1)
    fonts.addObjects(document)
    written = re.findall(r"/(F\d+) [\d.]+ Tf|\[(.*?)\] TJ", drawn)
    said, texts = "", {}
    for font, codes in written:
        if font:
            one = next(each for each in fonts._fonts.values() if each.name == font)
            texts = {code: text for (_, text), code in one._codes.items()}
        said += "".join(
            texts[int(run[place : place + 4], 16)]
            for run in re.findall("<(.*?)>", codes)
            for place in range(0, len(run), 4)
        )
    return said


@pytest.mark.parametrize(
    "text",
    ["Ana fi Eşi", "é x\u0301", "श्रीमती लक्ष्मी की", "কোলকাতা র‍্যাব", "ତ୍ରିପାଠୀ", "கோபால கௌரி", "ശ്രീ കൊച്ചി", "ශ්‍රී කෝ",
     "ខ្ញុំស្ត្រី", "ကျွန်တော် စင်္ကာပူ", "བསྟན་འཛིན།", "ꦱꦿꦶ", "น้ำใจ", "ນ້ຳ", "김영희 王小明", "ᠮᠣᠩᠭᠣᠯ"],
)  # fmt: skip
def test_what_runs_from_the_left_is_found_as_written(faces, text):
    fonts = PaperFonts()
    assert found_in(operators(text, faces, fonts), fonts) == text


@pytest.mark.parametrize("text", ["محمد الأحمد", "گل‌چین", "لَا", "مُحَمَّدٌ", "שָׁלוֹם", "ߝߊ߬ߛߏ߬", "މުޙައްމަދު", "(مريم)"])
def test_what_runs_from_the_right_is_found_letter_by_letter_from_the_left(faces, text):
    fonts = PaperFonts()
    assert sorted(found_in(operators(text, faces, fonts), fonts)) == sorted(text)


def test_letters_that_are_drawn_as_one_are_found_as_two(faces):
    fonts = PaperFonts()
    assert found_in(operators("لا", faces, fonts), fonts) == "ال"


def test_several_glyphs_say_together_what_they_stand_for(faces):
    drawn = operators("कि", faces, PaperFonts())
    assert f"/ActualText <FEFF{'कि'.encode('utf-16-be').hex().upper()}>" in drawn
    assert drawn.count("BDC") == drawn.count("EMC") == 1
    assert "ActualText" not in operators("ka", faces, PaperFonts())


def test_a_glyph_has_a_code_for_each_text_it_stands_for(faces):
    fonts = PaperFonts()
    font = fonts.of(faces.covering("a"))
    assert fonts.of(faces.covering("a")) is font
    first, again, other = font.code(5, "a"), font.code(5, "a"), font.code(5, "b")
    assert first == again != other


def test_a_file_has_room_for_so_many_codes(faces, monkeypatch):
    monkeypatch.setattr(letter_pdf, "_MOST_CODES", 3)
    font = PaperFonts().of(faces.covering("a"))
    with pytest.raises(Refused) as refused:
        [font.code(number, "x") for number in range(5)]
    assert refused.value.code == "limit_exceeded"


def test_what_is_raised_is_set_back_for_the_next_line(faces):
    drawn = operators("x\u0301\u0301", faces, PaperFonts())
    assert re.findall(r"(\S+) Ts", drawn)[-1] == "0"
    assert drawn.startswith("BT")
    assert drawn.endswith("ET")


def test_the_widths_and_outlines_are_those_of_the_font(faces):
    fonts = PaperFonts()
    face = faces.covering("a")
    drawn = operators("aab", faces, fonts)
    assert re.findall("<(.*?)> ?]? ?TJ|<(.*?)>] TJ", drawn)
    document = PDFDocument(invariant=1)
    fonts.addObjects(document)
    data = document.GetPDFData(None)
    objects = pypdf.PdfReader(io.BytesIO(data))
    found = [objects.get_object(number) for number in range(1, len(objects.xref[0]) + 1)]
    (font,) = [each for each in found if isinstance(each, dict) and each.get("/Subtype") == "/CIDFontType2"]
    letters = [cluster.glyphs[0].number for cluster in face.shape("ab")]
    assert [float(width) for width in font["/W"][1][1:]] == pytest.approx(
        [face.advance(number) for number in letters], abs=0.01
    )
    assert len(font["/CIDToGIDMap"].get_data()) == 2 * len(font["/W"][1])
