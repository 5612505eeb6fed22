"""Lines in every script: cleaned, broken, in order, and shaped by the rules of the script."""

import unicodedata
from collections import Counter

import pytest
from bidi import get_display
from hypothesis import given, settings
from hypothesis import strategies as st

from ctcase.errors import EnvironmentFailed
from ctcase.reports import lettering
from ctcase.reports.fonts import Faces, find_fonts, open_typeface, system_folders

SAMPLES = {
    "devanagari": "श्रीमती लक्ष्मी त्रिपाठी की कोशिका",
    "bengali": "শ্রীমতী লক্ষ্মী বন্দ্যোপাধ্যায় র‍্যাব",
    "gurmukhi": "ਸ੍ਰੀ ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ",
    "gujarati": "શ્રી લક્ષ્મીબહેન ત્રિવેદી",
    "oriya": "ଶ୍ରୀ ଲକ୍ଷ୍ମୀ ତ୍ରିପାଠୀ",
    "tamil": "லக்ஷ்மி கோபாலகிருஷ்ணன் கௌரி",
    "telugu": "లక్ష్మీ త్రివేణి శ్రీ",
    "kannada": "ಲಕ್ಷ್ಮೀ ತ್ರಿವೇಣಿ ಶ್ರೀ",
    "malayalam": "ലക്ഷ്മി ത്രിവേണി കൊച്ചി",
    "sinhala": "ශ්‍රී ක්‍රිෂාන්ති ප්‍රනාන්දු",
    "khmer": "ស្រីមុំ ព្រះសីហនុ ខ្ញុំ",
    "myanmar": "မြန်မာ ကျွန်တော် က္ကန္တ စင်္ကာပူ",
    "tibetan": "བསྟན་འཛིན་རྒྱ་མཚོ།",
    "javanese": "ꦱꦿꦶ ꦧꦱꦗꦮ",
    "nko": "ߒߞߏ ߝߊ߬ߛߏ߬",
    "syriac": "ܡܪܝܡ ܣܘܪܝܝܐ",
    "mongolian": "ᠮᠣᠩᠭᠣᠯ ᠪᠠᠲᠤ",
    "thaana": "މުޙައްމަދު",
    "arabic": "ښځه ڕۆژ ئەڵێ ڀاڳ الأحمد لاہور گل‌چین",
    "hebrew": "שָׁלוֹם מרים",
    "ethiopic": "ሰላም ተስፋዬ",
    "thai": "น้ำใจ ปู่ที่",
    "lao": "ນ້ຳ ສະບາຍດີ",
    "hangul": "김영희 서울",
    "cjk": "王小明。李秀英",
    "katakana": "プログラム",
}


def faces_here():
    try:
        return Faces(find_fonts(system_folders()).regular, open_typeface)
    except EnvironmentFailed:
        pytest.skip("no DejaVu Sans on this machine (fonts-dejavu-core)")


@pytest.fixture(scope="module")
def every():
    """All fonts of this machine that the program knows."""
    return faces_here()


@pytest.fixture(scope="module")
def faces():
    """DejaVu Sans alone."""
    only = [path for path in find_fonts(system_folders()).regular if path.name == "DejaVuSans.ttf"]
    if not only:
        pytest.skip("no DejaVu Sans on this machine (fonts-dejavu-core)")
    return Faces(only, open_typeface)


def one_line(text, faces, size=100):
    (line,) = lettering.typeset(text, faces, size, 50_000)
    return line


def from_left(line):
    """The text of the clusters as they stand from left to right."""
    return "".join(cluster.text for piece in line.pieces for cluster in piece.clusters)


def placed(line):
    """What is drawn, from left to right: number of the glyph, its x, and its ink as bottom and top."""
    found = []
    for piece in line.pieces:
        x = piece.x
        for glyph in (glyph for cluster in piece.clusters for glyph in cluster.glyphs):
            box = piece.face.box(glyph.number)
            found.append((glyph.number, x + glyph.x, box.bottom + glyph.y, box.top + glyph.y))
            x += glyph.advance
    return found


def numbers(text, faces):
    return [number for number, *_ in placed(one_line(text, faces))]


def drawable(script, faces):
    text = SAMPLES[script]
    if lettering.undrawable(text, faces):
        pytest.skip(f"no font for {script} on this machine (fonts-noto-core, fonts-wqy-microhei)")
    return text


class TestCleaning:
    @pytest.mark.parametrize("silent", ["\u200b", "\u200c", "\u200d", "\u200e", "\u00ad", "\ufeff", "\ufe0f"])
    def test_what_draws_nothing_leaves_nothing(self, silent):
        assert lettering.clean(f"a{silent}b") == "ab"
        assert lettering.clean(f"{silent}م{silent}") == "م"

    @pytest.mark.parametrize("text", ["گل\u200cچین", "ශ්\u200dරී", "ന്\u200d", "ខ្មែរ\u200bភាសា", "र्\u200dय"])
    def test_what_is_spelling_stays(self, text):
        assert lettering.clean(text) == text

    def test_piled_marks_are_counted_out(self):
        assert lettering.clean("o" + "\u0316" * 6) == "o" + "\u0316" * 4 + "[U+0316]" * 2
        assert lettering.clean("ཀ" + "\u0f90" * 9) == "ཀ" + "\u0f90" * 8 + "[U+0F90]"

    def test_spaces_and_line_ends_are_made_plain(self):
        assert lettering.clean("a \t\u2003 b\r\nc\rd\u2028e\n\n\n\nf\n") == "a b\nc\nd\ne\n\nf"


class TestShaping:
    @pytest.mark.parametrize("script", SAMPLES)
    def test_each_script_is_drawn_whole_without_an_empty_box(self, every, script):
        text = drawable(script, every)
        line = one_line(text, every)
        assert all(number for number, *_ in placed(line))
        assert Counter(from_left(line)) == Counter(lettering.clean(text))

    @pytest.mark.parametrize(
        "script",
        sorted(SAMPLES.keys() - {"hebrew", "thaana", "lao", "ethiopic", "hangul", "cjk", "katakana"}),
    )
    def test_the_rules_of_the_script_change_what_the_letters_alone_would_be(self, every, script):
        word = drawable(script, every).split()[0]
        alone = [number for letter in word for number in numbers(letter, every)]
        assert Counter(numbers(word, every)) != Counter(alone)

    def test_a_vowel_that_is_written_after_stands_before(self, every):
        drawable("devanagari", every)
        assert numbers("कि", every)[1] == numbers("क", every)[0]
        assert len(numbers("कि", every)) == 2

    def test_letters_without_vowel_become_one(self, every):
        drawable("devanagari", every)
        assert len(numbers("क्ष", every)) == 1
        drawable("sinhala", every)
        assert numbers("ක්\u200dර", every) != numbers("ක්ර", every)

    @pytest.mark.parametrize(
        ("script", "stack", "base"), [("myanmar", "က္က", "က"), ("khmer", "ខ្ញ", "ខ"), ("tibetan", "རྒྱ", "ར")]
    )
    def test_what_is_stacked_stands_below(self, every, script, stack, base):
        drawable(script, every)
        high, low = one_line(stack, every), one_line(base, every)
        assert high.below > low.below + 10
        assert high.width < low.width * 1.5

    def test_arabic_is_joined_and_drawn_from_the_right(self, faces):
        assert from_left(one_line("محمد", faces)) == "دمحم"
        alone = [numbers(letter, faces)[0] for letter in "دمحم"]
        assert all(a != b for a, b in zip(numbers("محمد", faces)[1:], alone[1:], strict=True))

    def test_a_joiner_keeps_letters_apart(self, faces):
        assert numbers("گل\u200cچین", faces) != numbers("گلچین", faces)

    def test_letters_that_stand_alone_do_not_hide_each_other(self, faces):
        assert numbers("fi", faces) == [*numbers("f", faces), *numbers("i", faces)]

    def test_marks_stand_with_their_letter(self, faces):
        letter, *marks = sorted(placed(one_line("בָּ", faces)), key=lambda one: one[2] - one[3])
        assert len(marks) == 2
        assert all(abs(x - letter[1]) < 600 for _, x, *_ in marks)

    def test_vowel_and_shadda_stand_over_the_letter(self, faces):
        *marks, letter = placed(one_line("\u062f\u064e\u0651", faces))
        assert marks
        assert all(bottom > letter[3] for _, _, bottom, _ in marks)

    def test_what_has_no_ink_at_all_is_drawn_as_nothing(self, every):
        assert one_line("\u180b", every).pieces[0].clusters == ()

    def test_a_capital_lifts_its_accent(self, faces):
        assert one_line("Q\u0301", faces).above > one_line("x\u0301", faces).above + 10


class TestOrder:
    def test_lines_are_broken_in_logical_order(self, faces):
        first, *others = lettering.typeset("أولا " + "وسط " * 30 + "أخيرا", faces, 10, 100)
        assert first.rtl
        assert from_left(first).endswith("لاوأ")
        assert from_left(others[-1]).startswith("اريخأ")
        assert all(line.width <= 100 for line in (first, *others))

    def test_a_value_has_the_direction_of_its_first_strong_letter(self, faces):
        assert from_left(one_line("Ana محمد b", faces)).startswith("Ana ")
        assert from_left(one_line("1. محمد b", faces)).startswith("b ")

    def test_brackets_turn_with_the_text(self, faces):
        opening, closing = numbers("(", faces)[0], numbers(")", faces)[0]
        assert numbers("(אב)", faces)[::3] == [opening, closing]
        assert from_left(one_line("(אב)", faces)) == ")בא("
        assert from_left(one_line("a (b) שלום [c] «ד»", faces)) == "a (b) םולש [c] «ד»"

    def test_telephone_numbers_and_dates_keep_their_order_in_arabic(self, faces):
        line = from_left(one_line("هاتف +90 532 000 00 17 حتى 2026-11-24", faces))
        assert "+90 532 000 00 17" in line
        assert "2026-11-24" in line

    def test_ideographs_break_anywhere_but_before_a_full_stop(self):
        assert list(lettering._words("王小明。a b")) == ["王", "小", "明。a ", "b"]

    def test_a_line_ends_where_the_writer_allows_it(self):
        assert list(lettering._words("ខ្មែរ\u200bភាសា ក")) == ["ខ្មែរ\u200b", "ភាសា ", "ក"]

    def test_syllables_stay_whole(self):
        assert list(lettering._units("क्षत्रियខ្ញុំက္ကརྒྱ")) == ["क्ष", "त्रि", "य", "ខ្ញុំ", "က္က", "རྒྱ"]

    def test_a_syllable_is_of_one_script(self):
        assert list(lettering._units("क्王क्ा")) == ["क्", "王", "क्ा"]

    def test_what_would_never_end_is_cut(self):
        assert max(map(len, lettering._units("क्" * 500))) <= 24
        assert max(map(len, lettering._units("क" + "ा" * 500))) <= 24


LETTERS = st.sampled_from("abÉşßжΩאבגדרםתمحدپ12٣ .,:-+()[]«»<\u0301\u05b8\u064e")


class TestAnyText:
    @settings(max_examples=200, deadline=None)
    @given(text=st.text(LETTERS, max_size=30))
    def test_the_order_is_that_of_the_bidirectional_algorithm(self, text):
        units = list(lettering._units(lettering._NUMBER.sub("", lettering.clean(text)).strip()))
        for rtl in (False, True) if units[0] else ():
            order = lettering._visual(units, rtl=rtl)
            assert sorted(place for place, _ in order) == list(range(len(units)))
            plain = get_display("".join(unit[0] for unit in units), base_dir="R" if rtl else "L")
            assert "".join(units[place][0] for place, _ in order) == plain
            for place, turned in order:
                if unicodedata.bidirectional(units[place][0]) in ("L", "R", "AL", "EN"):
                    assert turned == (unicodedata.bidirectional(units[place][0]) in ("R", "AL"))

    @settings(max_examples=100, deadline=None)
    @given(text=st.text(st.characters(max_codepoint=0x17FF, exclude_categories=["Cn"]), max_size=60))
    def test_no_letter_is_lost_on_the_way_to_the_paper(self, every, text):
        if lettering.undrawable(text, every):
            return
        lines = lettering.typeset(text, every, 9.5, 60)
        wanted = lettering.clean(text).replace("\n", "").replace(" ", "").replace("\u200b", "")
        assert Counter("".join(map(from_left, lines)).replace(" ", "")) == Counter(wanted)
