"""The fonts for paper: where they lie, which letters they have, and how they shape a text.

A letter embeds what it uses of a font. What no font here can draw is a refusal, never an empty box (DESIGN §15).
"""

import os
import re
import struct
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import uharfbuzz as hb

from ctcase.errors import EnvironmentFailed

_NOTO = (  # noqa: SIM905  # one name a line would fill two screens
    "NaskhArabic SansArabic SansHebrew SansSyriac SansThaana SansNKo SansAdlam SansHanifiRohingya SansMandaic "
    "SansArmenian SansGeorgian SansEthiopic SansTifinagh SansVai SansOsmanya SansBamum SansMendeKikakui "
    "SansDevanagari SansBengali SansGurmukhi SansGujarati SansOriya SansTamil SansTelugu SansKannada SansMalayalam "
    "SansSinhala SansMeeteiMayek SansOlChiki SansLepcha SansLimbu SansSaurashtra SansSoraSompeng SansSylotiNagri "
    "SansWarangCiti SansWancho SansNewa SansChakma SansMro SerifTibetan SansMongolian SansPhagsPa "
    "SansThai SansLao SansKhmer SansMyanmar SansCham SansKayahLi SansTaiLe SansNewTaiLue SansTaiTham SansTaiViet "
    "SansPahawhHmong SansMiao SansLisu SansYi SansJavanese SansBalinese SansSundanese SansBatak SansBuginese SansRejang "
    "SansCherokee SansCanadianAboriginal SansOsage SansCoptic SansSC SansJP SansKR"
).split()

KNOWN = (
    ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
    ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf"),
    *((f"Noto{name}-Regular.ttf", f"Noto{name}-Bold.ttf") for name in _NOTO),
    ("wqy-microhei.ttc", "wqy-microhei.ttc"),
    ("DroidSansFallbackFull.ttf", "DroidSansFallbackFull.ttf"),
    ("DroidSansFallback.ttf", "DroidSansFallback.ttf"),
)
"""File names of regular and bold faces, the preferred first. All are free to embed and have TrueType outlines, and each
has the tables to shape the scripts it covers."""

_EAST_ASIAN = frozenset(
    {"cjk", "hiragana", "katakana", "hangul", "bopomofo", "ideographic", "halfwidth", "fullwidth"}
)
_MOST_FOLDERS = 5000
_LARGEST = 64 << 20
_KEPT = 40


def system_folders() -> tuple[Path, ...]:
    """Where this system keeps its fonts; a caller puts the program's own folder before these."""
    if sys.platform == "win32":
        return (Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts",)
    if sys.platform == "darwin":
        return (Path("/System/Library/Fonts"), Path("/Library/Fonts"))
    return (
        Path("/usr/share/fonts"),
        Path("/usr/local/share/fonts"),
        Path.home() / ".local/share/fonts",
    )


@dataclass(frozen=True, slots=True)
class Fonts:
    """The font files of this machine, the preferred first; `bold` may hold fewer scripts than `regular`."""

    regular: tuple[Path, ...]
    bold: tuple[Path, ...]


def find_fonts(folders: Iterable[Path]) -> Fonts:
    """The known fonts in these folders and their subfolders; of two files with one name the first found counts.

    Raises EnvironmentFailed `font_missing` when there is no font for Latin letters.
    """
    wanted = {name for pair in KNOWN for name in pair}
    found: dict[str, Path] = {}
    for folder in folders:
        for number, (place, below, names) in enumerate(os.walk(folder)):
            if number >= _MOST_FOLDERS:
                break
            below.sort()
            for name in wanted.intersection(names):
                found.setdefault(name, Path(place, name))
    if not any(name in found for pair in KNOWN[:2] for name in pair[:1]):
        raise font_missing({"latin"})
    regular = tuple(found[name] for name, _ in KNOWN if name in found)
    bold = tuple(found[name] for _, name in KNOWN if name in found)
    return Fonts(regular, bold or regular)


def font_missing(scripts: Iterable[str]) -> EnvironmentFailed:
    """The refusal for scripts without a font: `scripts` and, where we know one, the files of `fonts` that have them."""
    named = sorted(scripts)
    return EnvironmentFailed(
        "font_missing", scripts=named, fonts=sorted({*filter(None, map(_font_for, named))})
    )


def _font_for(script: str) -> str | None:
    if script in ("latin", "cyrillic", "greek", "combining"):
        return KNOWN[0][0]
    if script in _EAST_ASIAN:
        return "wqy-microhei.ttc"
    endings = (f"NotoSans{script}", f"NotoSerif{script}", f"NotoNaskh{script}")
    return next((name for name, _ in KNOWN if name.lower().startswith(tuple(map(str.lower, endings)))), None)


@dataclass(frozen=True, slots=True)
class Glyph:
    """One drawn shape: its number in the font, its shift from the pen, and how far the pen moves on; in thousandths."""

    number: int
    x: float
    y: float
    advance: float


@dataclass(frozen=True, slots=True)
class Cluster:
    """The characters, in logical order, that these glyphs together stand for; the glyphs from left to right."""

    text: str
    glyphs: tuple[Glyph, ...]

    @property
    def advance(self) -> float:
        """How far the pen moves on."""
        return sum(glyph.advance for glyph in self.glyphs)


@dataclass(frozen=True, slots=True)
class Box:
    """The ink of a glyph, in thousandths of the font size, from the origin of the glyph."""

    left: float
    bottom: float
    right: float
    top: float


class Typeface:
    """One opened font. All lengths are in thousandths of the font size; `blank` is a glyph that draws nothing."""

    def __init__(self, data: bytes) -> None:
        head = _checked(data)
        self._face: Any = hb.Face(hb.Blob(data))
        self._font: Any = hb.Font(self._face)
        self._letters: Any = self._face.unicodes
        self._scale = 1000 / self._face.upem
        if not self._letters or self._font.get_glyph_extents(self._face.glyph_count - 1) is None:
            raise ValueError("no letters, or no outlines")
        extents = self._font.get_font_extents("ltr")
        name = self._face.get_name(hb.OTNameIdPredefined.POSTSCRIPT_NAME) or ""
        self.name: str = re.sub("[^A-Za-z0-9-]", "", name)[:60] or "Font"
        self.ascent, self.descent = extents.ascender * self._scale, extents.descender * self._scale
        self.bounds = Box(*(side * self._scale for side in struct.unpack(">4h", head)))
        self._shaped: dict[tuple[str, bool, bool], tuple[Cluster, ...]] = {}
        self._boxes: dict[int, Box] = {}
        self.blank = self._without_ink("\u200c\u200d\u200b ")

    def covers(self, letter: str) -> bool:
        """Whether the font can draw this character: by a glyph, by its parts, or because it has no ink by itself."""
        if ord(letter) in self._letters or letter in _WITHOUT_INK:
            return True
        parts = unicodedata.normalize("NFD", letter)
        return parts != letter and all(ord(part) in self._letters for part in parts)

    def shape(self, text: str, *, rtl: bool = False, ligatures: bool = True) -> tuple[Cluster, ...]:
        """The clusters of a text of one direction and script, from left to right, joined and placed by the font's rules.

        `ligatures` are those that a script can do without, as of f and i.
        """
        key = (text, rtl, ligatures)
        found = self._shaped.get(key)
        if found is None:
            found = tuple(self._clusters(text, self._shape(text, rtl=rtl, ligatures=ligatures)))
            if len(text) <= _KEPT:
                self._shaped[key] = found
        return found

    def width(self, text: str, *, rtl: bool = False, ligatures: bool = True) -> float:
        """The sum of the advances of the shaped text."""
        if len(text) <= _KEPT:
            return sum(cluster.advance for cluster in self.shape(text, rtl=rtl, ligatures=ligatures))
        places = self._shape(text, rtl=rtl, ligatures=ligatures).glyph_positions or ()
        return float(sum(place.x_advance for place in places) * self._scale)

    def _shape(self, text: str, *, rtl: bool, ligatures: bool) -> Any:
        buffer: Any = hb.Buffer()
        buffer.add_str(text)
        buffer.language = "und"  # else that of the machine counts
        buffer.guess_segment_properties()
        buffer.direction = "rtl" if rtl else "ltr"
        buffer.flags = hb.BufferFlags.REMOVE_DEFAULT_IGNORABLES
        if rtl:  # where each mark is to be found by itself (letter_pdf)
            buffer.cluster_level = hb.BufferClusterLevel.MONOTONE_CHARACTERS
        hb.shape(self._font, buffer, {} if ligatures else {"liga": False, "clig": False})
        return buffer

    def _clusters(self, text: str, buffer: Any) -> Iterator[Cluster]:
        drawn = list(zip(buffer.glyph_infos or (), buffer.glyph_positions or (), strict=True))
        starts = sorted({info.cluster for info, _ in drawn})
        ends = dict(pairwise([*starts, len(text)]))
        for start, group in groupby(drawn, key=lambda one: int(one[0].cluster)):
            glyphs = (
                Glyph(
                    info.codepoint,
                    place.x_offset * self._scale,
                    place.y_offset * self._scale,
                    place.x_advance * self._scale,
                )
                for info, place in group
            )
            yield Cluster(text[start : ends[start]], tuple(glyphs))

    def advance(self, number: int) -> float:
        """How far the pen moves after a glyph if nothing moves it further."""
        return float(self._font.get_glyph_h_advance(number) * self._scale)

    def box(self, number: int) -> Box:
        """The ink of a glyph; a box without height where there is none, as for a space."""
        found = self._boxes.get(number)
        if found is None:
            ink = self._font.get_glyph_extents(number) or hb.GlyphExtents(0, 0, 0, 0)
            left, top = ink.x_bearing * self._scale, ink.y_bearing * self._scale
            found = Box(left, top + ink.height * self._scale, left + ink.width * self._scale, top)
            self._boxes[number] = found
        return found

    def _without_ink(self, letters: str) -> int | None:
        glyphs = (self._font.get_nominal_glyph(ord(letter)) for letter in letters)
        return next(
            (glyph for glyph in glyphs if glyph and self.box(glyph).top == self.box(glyph).bottom), None
        )

    def subset(self, numbers: Iterable[int]) -> tuple[bytes, dict[int, int]]:
        """A font file with the outlines of these glyphs only, and their numbers in it by their numbers here."""
        wanted: Any = hb.SubsetInput()
        wanted.glyph_set.update(numbers)
        wanted.flags = hb.SubsetFlags.NO_LAYOUT_CLOSURE | hb.SubsetFlags.NO_HINTING
        unneeded = set(self._face.table_tags) - _OUTLINES
        wanted.drop_table_tag_set.update(int.from_bytes(tag.encode("latin-1")) for tag in unneeded)
        plan: Any = hb.SubsetPlan(self._face, wanted)
        return bytes(plan.execute().blob.data), dict(plan.old_to_new_glyph_mapping)


_OUTLINES = {"glyf", "loca", "head", "hhea", "hmtx", "maxp"}
_WITHOUT_INK = frozenset("\u00a0\u034f\u180b\u180c\u180d\u180e\u180f\u200b\u200c\u200d")


def _checked(data: bytes) -> bytes:
    """The bounds (table head) of the first font in a file with TrueType outlines, all of whose tables lie in the file."""
    start = struct.unpack_from(">I", data, 12)[0] if data[:4] == b"ttcf" else 0
    if data[start : start + 4] not in (b"\0\1\0\0", b"true"):
        raise ValueError("no TrueType font")
    tables = {}
    for number in range(struct.unpack_from(">H", data, start + 4)[0]):
        tag, _, offset, length = struct.unpack_from(">4s3I", data, start + 12 + 16 * number)
        if offset + length > len(data):
            raise ValueError("cut off")
        tables[tag.decode("latin-1")] = offset
    if not (_OUTLINES | {"cmap"}) <= tables.keys():
        raise ValueError("no outlines")
    # OpenType, table head: the magic number at 12, then xMin, yMin, xMax, yMax at 36.
    if data[tables["head"] + 12 : tables["head"] + 16] != b"\x5f\x0f\x3c\xf5":
        raise ValueError("no head")
    return data[tables["head"] + 36 : tables["head"] + 44]


def open_typeface(path: Path) -> Typeface | None:
    """The font in a file; None when the file is gone, damaged or has no TrueType outlines: then it is as if missing."""
    try:
        with path.open("rb") as file:
            return Typeface(file.read(_LARGEST))
    except (OSError, struct.error, ValueError):
        return None


class Faces:
    """The fonts of one weight, opened in the order of preference when the ones before do not suffice."""

    def __init__(self, paths: Sequence[Path], opened: Callable[[Path], Typeface | None]) -> None:
        self._waiting = list(paths)
        self._open = opened
        self._ready: list[Typeface] = []

    def covering(self, letters: Iterable[str]) -> Typeface | None:
        """The first font with all these characters."""
        needed = set(letters)
        for face in self._ready:
            if all(map(face.covers, needed)):
                return face
        while self._waiting:
            fresh = self._open(self._waiting.pop(0))
            if fresh is None:
                continue
            self._ready.append(fresh)
            if all(map(fresh.covers, needed)):
                return fresh
        return None


def script_of(letter: str) -> str:
    """The script of a character as a lower-case code (`arabic`, `cjk`, `devanagari`); `symbol` for what is no letter."""
    if unicodedata.category(letter)[0] not in "LM":
        return "symbol"
    return unicodedata.name(letter, "unknown").split()[0].split("-")[0].lower()
