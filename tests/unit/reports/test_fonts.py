"""Fonts for paper: found by name, opened only when needed, and as if missing when damaged."""

import random

import pytest
import uharfbuzz

from ctcase.errors import EnvironmentFailed
from ctcase.reports import fonts
from ctcase.reports.fonts import (
    KNOWN,
    Faces,
    Fonts,
    find_fonts,
    font_missing,
    open_typeface,
    script_of,
    system_folders,
)

REGULAR, BOLD = KNOWN[0]


def touch(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"")
    return folder


@pytest.fixture(scope="module")
def path():
    """DejaVu Sans of this machine."""
    try:
        found = find_fonts(system_folders())
    except EnvironmentFailed:
        pytest.skip("no DejaVu Sans on this machine (fonts-dejavu-core)")
    if found.regular[0].name != REGULAR:
        pytest.skip("no DejaVu Sans on this machine (fonts-dejavu-core)")
    return found.regular[0]


@pytest.fixture(scope="module")
def face(path):
    return open_typeface(path)


class Fake:
    """A face that has some letters."""

    def __init__(self, letters):
        self.letters = letters

    def covers(self, letter):
        return letter in self.letters


def faces_of(*alphabets):
    """Faces with these letters, and the list of those that were opened; None is a font that cannot be opened."""
    opened = []

    def opening(place):
        opened.append(place)
        return None if alphabets[place] is None else Fake(alphabets[place])

    return Faces([*range(len(alphabets))], opening), opened


# finding


def test_known_names_are_found_below_in_the_order_of_preference(tmp_path):
    touch(tmp_path, f"z/{KNOWN[2][0]}", f"a/deep/{KNOWN[1][0]}", REGULAR, BOLD, "Other.ttf", f"not-{REGULAR}")
    found = find_fonts([tmp_path])
    assert found.regular == (
        tmp_path / REGULAR,
        tmp_path / "a/deep" / KNOWN[1][0],
        tmp_path / "z" / KNOWN[2][0],
    )
    assert found.bold == (tmp_path / BOLD,)


def test_without_any_bold_the_regular_ones_are_used(tmp_path):
    touch(tmp_path, REGULAR)
    assert find_fonts([tmp_path]) == Fonts((tmp_path / REGULAR,), (tmp_path / REGULAR,))


@pytest.mark.parametrize("name", [KNOWN[2][0], BOLD, "Other.ttf", REGULAR.lower(), REGULAR + ".bak"])
def test_without_latin_letters_there_is_no_letter(tmp_path, name):
    touch(tmp_path, name)
    with pytest.raises(EnvironmentFailed) as refused:
        find_fonts([tmp_path])
    assert (refused.value.code, refused.value.details) == (
        "font_missing",
        {"scripts": ["latin"], "fonts": ["DejaVuSans.ttf"]},
    )


def test_of_two_files_with_one_name_the_first_folder_counts(tmp_path):
    for name in ("b", "a"):
        touch(tmp_path / name, REGULAR)
    assert find_fonts([tmp_path / "b", tmp_path / "a"]).regular == (tmp_path / "b" / REGULAR,)
    assert find_fonts([tmp_path]).regular == (tmp_path / "a" / REGULAR,), (
        "in one folder the order is that of the names"
    )


def test_the_search_ends(tmp_path, monkeypatch):
    monkeypatch.setattr(fonts, "_MOST_FOLDERS", 3)
    for number in range(6):
        touch(tmp_path / f"{number}", REGULAR if number == 5 else "x")
    with pytest.raises(EnvironmentFailed):
        find_fonts([tmp_path])
    touch(tmp_path / "1", REGULAR)
    assert find_fonts([tmp_path]).regular == (tmp_path / "1" / REGULAR,)


def test_a_link_that_leads_back_does_not_hold_it_up(tmp_path):
    touch(tmp_path / "a", REGULAR)
    (tmp_path / "a" / "back").symlink_to(tmp_path, target_is_directory=True)
    assert find_fonts([tmp_path]).regular == (tmp_path / "a" / REGULAR,)


# choosing


def test_the_first_face_with_all_letters_is_taken_and_later_ones_stay_closed():
    faces, opened = faces_of("abc", "abcd", "xyz")
    assert faces.covering("ab").letters == "abc"
    assert opened == [0]
    assert faces.covering("abd").letters == "abcd"
    assert faces.covering("c").letters == "abc"
    assert opened == [0, 1]
    assert faces.covering("").letters == "abc"


def test_no_face_is_made_up_of_two():
    faces, opened = faces_of("abc", "xyz")
    assert faces.covering("ax") is None
    assert opened == [0, 1]
    assert faces.covering("ax") is None
    assert opened == [0, 1], "each is opened once"
    assert faces.covering("x").letters == "xyz"


def test_what_cannot_be_opened_is_passed_over():
    faces, opened = faces_of(None, "abc", None)
    assert faces.covering("a").letters == "abc"
    assert faces.covering("z") is None
    assert opened == [0, 1, 2]
    assert Faces([], open_typeface).covering("a") is None


# one font


def test_coverage_is_that_of_the_font(face):
    assert all(map(face.covers, "Aaéğşİ\u0131 ЖЯ محمد ." + "\u00a0"))
    assert not any(map(face.covers, "漢字ሰላ\ud800"))


def glyph(face, letter):
    ((one,),) = [cluster.glyphs for cluster in face.shape(letter)]
    return one.number


def test_widths_and_boxes_are_in_thousandths(face):
    assert face.width("i") < face.width("m") < 1000
    assert face.width("\u00a0") == face.width(" ") > 0
    assert face.advance(glyph(face, "m")) == face.width("m")
    assert face.box(glyph(face, " ")).top == face.box(glyph(face, " ")).bottom
    box = face.box(glyph(face, "A"))
    assert 0 <= box.left < box.right <= face.width("A") + 10
    assert -10 <= box.bottom < box.top < 1000
    assert face.box(glyph(face, "g")).bottom < 0 < face.box(glyph(face, "g")).top
    assert face.box(glyph(face, "Á")).top > box.top
    assert face.descent < 0 < face.ascent < 1500


def test_a_letter_can_be_drawn_by_its_parts(face):
    assert face.covers("\u1e4d\u0323"[0])
    assert not face.covers("\U000110ab")
    assert face.covers("\u200d")


def test_the_width_of_a_text_is_that_of_what_is_drawn(face):
    for text in ("Ana", "AVAVA", "x\u0301", "a" * 100, ""):
        assert face.width(text) == pytest.approx(sum(cluster.advance for cluster in face.shape(text)))


def test_clusters_hold_the_whole_text_and_run_from_left_to_right(face):
    assert [cluster.text for cluster in face.shape("aé", rtl=False)] == ["a", "é"]
    assert [cluster.text for cluster in face.shape("محمد", rtl=True)] == list("دمحم")
    assert "".join(cluster.text for cluster in face.shape("a\u200db")) == "a\u200db"
    assert [glyph.number for cluster in face.shape("fi", ligatures=False) for glyph in cluster.glyphs] == [
        glyph(face, "f"),
        glyph(face, "i"),
    ]


def test_a_subset_has_the_outlines_and_widths_of_its_glyphs_only(face, path):
    wanted = {glyph(face, letter) for letter in "Ág"}
    data, numbers = face.subset(wanted)
    assert wanted <= numbers.keys()
    assert len(data) < len(path.read_bytes()) / 50
    small = uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob(data)))
    for number in wanted:
        extents = small.get_glyph_extents(numbers[number])
        assert extents.y_bearing * 1000 / small.face.upem == pytest.approx(face.box(number).top)
        assert small.get_glyph_h_advance(numbers[number]) * 1000 / small.face.upem == face.advance(number)
    assert "GSUB" not in small.face.table_tags


def test_each_script_that_needs_it_has_a_font_with_its_rules():
    scripts = {"devanagari": "dev2", "bengali": "bng2", "khmer": "khmr", "myanmar": "mym2", "tibetan": "tibt",
               "sinhala": "sinh", "tamil": "tml2", "telugu": "tel2", "nko": "nko ", "syriac": "syrc"}  # fmt: skip
    here = {path.name: path for path in find_fonts(system_folders()).regular}
    checked = 0
    for script, tag in scripts.items():
        (name,) = font_missing([script]).details["fonts"]
        if name in here:
            tags = uharfbuzz.Face(uharfbuzz.Blob(here[name].read_bytes())).get_table_script_tags("GSUB")
            assert tag in tags
            checked += 1
    if not checked:
        pytest.skip("no Noto fonts on this machine (fonts-noto-core)")


@pytest.mark.parametrize(
    ("scripts", "wanted"),
    [(["khmer"], ["NotoSansKhmer-Regular.ttf"]), (["hangul", "cjk"], ["wqy-microhei.ttc"]), (["symbol"], []),
     (["tibetan", "latin"], ["DejaVuSans.ttf", "NotoSerifTibetan-Regular.ttf"]), (["klingon"], [])],
)  # fmt: skip
def test_a_refusal_names_the_fonts_to_install(scripts, wanted):
    assert font_missing(scripts).details == {"scripts": sorted(scripts), "fonts": wanted}


def test_a_damaged_font_is_as_if_missing_wherever_it_is_damaged(tmp_path, path):
    """Cut off or with a changed head, it is None or a font; never another error."""
    whole = path.read_bytes()
    place = tmp_path / path.name
    source = random.Random(8)
    for size in (0, 1, 4, 11, 12, 100, 300, len(whole) // 3):
        place.write_bytes(whole[:size])
        assert open_typeface(place) is None
    survived = 0
    for _ in range(25):
        spoilt = bytearray(whole)
        spoilt[source.randrange(320)] ^= 1 << source.randrange(8)  # the directory of the tables
        place.write_bytes(spoilt)
        found = open_typeface(place)
        survived += found is not None
    assert survived < 25


@pytest.mark.parametrize(
    "data",
    [b"", b"OTTO" + bytes(200), b"ttcf" + bytes(200), b"\0\1\0\0" + bytes(8), b"%PDF-1.7", b"\xff" * 500],
)
def test_other_files_are_no_fonts(tmp_path, data):
    place = tmp_path / REGULAR
    place.write_bytes(data)
    assert open_typeface(place) is None
    assert open_typeface(tmp_path) is None
    assert open_typeface(tmp_path / "missing") is None


@pytest.mark.parametrize(
    ("letter", "script"),
    [("a", "latin"), ("é", "latin"), ("ё", "cyrillic"), ("م", "arabic"), ("ሰ", "ethiopic"), ("漢", "cjk"), ("あ", "hiragana"),
     ("한", "hangul"), ("ก", "thai"), ("א", "hebrew"), ("1", "symbol"), ("😀", "symbol"), (".", "symbol"), ("\ud800", "symbol"),
     ("\U000e0001", "symbol"), ("\x00", "symbol")],
)  # fmt: skip
def test_scripts_have_codes(letter, script):
    assert script_of(letter) == script
