"""The fonts for paper: where they lie, which letters they have, and how large each letter is.

A letter embeds what it uses of a font. What no font here can draw is a refusal, never an empty box (DESIGN §15).
"""

import os
import struct
import sys
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from ctcase.errors import EnvironmentFailed

KNOWN = (
    ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
    ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf"),
    ("NotoNaskhArabic-Regular.ttf", "NotoNaskhArabic-Bold.ttf"),
    ("NotoSansArabic-Regular.ttf", "NotoSansArabic-Bold.ttf"),
    ("NotoSansHebrew-Regular.ttf", "NotoSansHebrew-Bold.ttf"),
    ("NotoSansArmenian-Regular.ttf", "NotoSansArmenian-Bold.ttf"),
    ("NotoSansGeorgian-Regular.ttf", "NotoSansGeorgian-Bold.ttf"),
    ("NotoSansEthiopic-Regular.ttf", "NotoSansEthiopic-Bold.ttf"),
    ("NotoSansThai-Regular.ttf", "NotoSansThai-Bold.ttf"),
    ("NotoSansLao-Regular.ttf", "NotoSansLao-Bold.ttf"),
    ("NotoSansTifinagh-Regular.ttf", "NotoSansTifinagh-Regular.ttf"),
    ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf"),
    ("NotoSansJP-Regular.ttf", "NotoSansJP-Bold.ttf"),
    ("NotoSansKR-Regular.ttf", "NotoSansKR-Bold.ttf"),
    ("DroidSansFallbackFull.ttf", "DroidSansFallbackFull.ttf"),
    ("DroidSansFallback.ttf", "DroidSansFallback.ttf"),
)
"""File names of regular and bold faces, the preferred first. All are free to embed and have TrueType outlines."""

_MOST_FOLDERS = 5000


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
        raise EnvironmentFailed("font_missing", scripts=["latin"])
    regular = tuple(found[name] for name, _ in KNOWN if name in found)
    bold = tuple(found[name] for _, name in KNOWN if name in found)
    return Fonts(regular, bold or regular)


@dataclass(frozen=True, slots=True)
class Box:
    """The ink of a glyph, in thousandths of the font size, from the origin of the glyph."""

    left: float
    bottom: float
    right: float
    top: float


class Typeface:
    """One opened font: coverage, widths and boxes. `name` is what a canvas knows it by."""

    def __init__(self, path: Path) -> None:
        self._font: Any = TTFont(f"letter {path.stem}", str(path))
        self._outlines: bytes = self._font.face.get_table("glyf")
        self.name: str = self._font.fontName
        self._scale = 1000 / self._font.face.unitsPerEm

    def register(self) -> None:
        """Makes the font known to reportlab, whose canvas takes fonts by name only."""
        pdfmetrics.registerFont(self._font)

    def covers(self, letter: str) -> bool:
        """Whether the font has a glyph of its own for this character (any space counts as a space)."""
        return letter == "\u00a0" or self._font.face.charToGlyph.get(ord(letter), 0) != 0

    def width(self, letter: str) -> float:
        """How far the next glyph stands, in thousandths of the font size."""
        code = 32 if letter == "\u00a0" else ord(letter)
        return float(self._font.face.getCharWidth(code))

    def box(self, letter: str) -> Box | None:
        """The ink of the character, None when there is none, as in a space."""
        places, glyph = self._font.face.glyphPos, self._font.face.charToGlyph.get(ord(letter), 0)
        if glyph + 1 >= len(places) or places[glyph + 1] - places[glyph] < 10:
            return None
        # OpenType, table glyf: numberOfContours, xMin, yMin, xMax, yMax, each a signed 16-bit number.
        sides = struct.unpack_from(">hhhh", self._outlines, places[glyph] + 2)
        return Box(*(side * self._scale for side in sides))


def open_typeface(path: Path) -> Typeface | None:
    """The font in a file; None when the file is gone, damaged or has no TrueType outlines: then it is as if missing."""
    try:
        return Typeface(path)
    except (TTFError, OSError, struct.error, LookupError, ValueError):
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
