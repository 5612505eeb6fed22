"""Shaped lines as operators of a PDF page, and the fonts they use as objects of the file.

Fonts are embedded as glyphs by number (ISO 32000-1, 9.7: CIDFontType2). Each pair of a glyph and the text it stands for
has a code of its own, so a reader finds and copies the text as it was written, whatever became of its letters; where
several glyphs stand for a text together, `ActualText` (14.9.4) says it again for the whole of them.
"""

import struct
from collections.abc import Iterator
from typing import Any

import uharfbuzz as hb
from reportlab.pdfbase.pdfdoc import (
    PDFArray,
    PDFDictionary,
    PDFName,
    PDFStream,
    PDFZCompress,
)

from ctcase.errors import EnvironmentFailed, Refused
from ctcase.reports.fonts import Cluster, Typeface
from ctcase.reports.lettering import Line

_MOST_CODES = 0xFFFF
_GAP = 20.0  # thousandths of the font size that no reader takes for a space


class PaperFont:
    """One font in one file: the codes of what was drawn with it."""

    def __init__(self, face: Typeface, number: int) -> None:
        self.face = face
        self.name = f"F{number}"
        self._tag = "".join(chr(65 + number // 26**place % 26) for place in range(6))
        self._codes: dict[tuple[int, str], int] = {(0, ""): 0}

    def code(self, glyph: int, text: str) -> int:
        """The code of a glyph that stands for this text. Raises Refused `limit_exceeded`."""
        if len(self._codes) > _MOST_CODES:
            raise Refused("limit_exceeded", limit=_MOST_CODES)
        return self._codes.setdefault((glyph, text), len(self._codes))

    def add_to(self, document: Any) -> None:
        """Puts the font and what it consists of into a reportlab document.

        Raises EnvironmentFailed `font_missing` when the font turns out damaged.
        """
        try:
            data, numbers = self.face.subset({glyph for glyph, _ in self._codes})
        except (hb.HarfBuzzError, RuntimeError) as problem:
            raise EnvironmentFailed("font_missing", scripts=[], fonts=[self.face.name]) from problem
        places = struct.pack(f">{len(self._codes)}H", *(numbers[glyph] for glyph, _ in self._codes))
        widths = [round(self.face.advance(glyph), 2) for glyph, _ in self._codes]
        name = PDFName(f"{self._tag}+{self.face.name}")
        descendant = PDFDictionary(
            {
                "Type": PDFName("Font"),
                "Subtype": PDFName("CIDFontType2"),
                "BaseFont": name,
                "CIDSystemInfo": PDFDictionary(
                    {"Registry": "(Adobe)", "Ordering": "(Identity)", "Supplement": 0}
                ),
                "FontDescriptor": document.Reference(self._descriptor(document, name, data)),
                "W": PDFArray([0, PDFArray(widths)]),
                "CIDToGIDMap": document.Reference(_stream(places)),
            }
        )
        font = PDFDictionary(
            {
                "Type": PDFName("Font"),
                "Subtype": PDFName("Type0"),
                "BaseFont": name,
                "Encoding": PDFName("Identity-H"),
                "DescendantFonts": PDFArray([document.Reference(descendant)]),
                "ToUnicode": document.Reference(_stream(self._to_unicode().encode("ascii"))),
            }
        )
        document.idToObject["BasicFonts"].dict[self.name] = document.Reference(font)

    def _descriptor(self, document: Any, name: PDFName, data: bytes) -> PDFDictionary:
        bounds, file = self.face.bounds, _stream(data)
        file.dictionary["Length1"] = len(data)
        return PDFDictionary(
            {
                "Type": PDFName("FontDescriptor"),
                "FontName": name,
                "Flags": 4,
                "FontBBox": PDFArray(
                    [round(side) for side in (bounds.left, bounds.bottom, bounds.right, bounds.top)]
                ),
                "ItalicAngle": 0,
                "Ascent": round(self.face.ascent),
                "Descent": round(self.face.descent),
                "CapHeight": round(self.face.ascent),
                "StemV": 80,
                "FontFile2": document.Reference(file),
            }
        )

    def _to_unicode(self) -> str:
        """The map from codes to text (ISO 32000-1, 9.10.3), in blocks of at most 100 lines."""
        lines = [f"<{code:04X}> <{_utf16(text)}>" for (_, text), code in self._codes.items()]
        blocks = (lines[begin : begin + 100] for begin in range(0, len(lines), 100))
        mapped = "\n".join(f"{len(block)} beginbfchar\n{chr(10).join(block)}\nendbfchar" for block in blocks)
        return (
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
            "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
            f"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n{mapped}\n"
            "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
        )


def _stream(content: bytes) -> PDFStream:
    return PDFStream(PDFDictionary({}), content, [PDFZCompress])


def _utf16(text: str) -> str:
    return text.encode("utf-16-be").hex().upper()


class PaperFonts:
    """The fonts of one file, in the order of their use."""

    def __init__(self) -> None:
        self._fonts: dict[Typeface, PaperFont] = {}

    def of(self, face: Typeface) -> PaperFont:
        """The font for this face, the same one each time."""
        if face not in self._fonts:
            self._fonts[face] = PaperFont(face, len(self._fonts) + 1)
        return self._fonts[face]

    def addObjects(self, document: Any) -> None:  # noqa: N802  # what reportlab calls when a document is finished
        for font in self._fonts.values():
            font.add_to(document)


def line_operators(line: Line, x: float, y: float, grey: float, fonts: PaperFonts) -> str:
    """The operators that draw a line with the start of its base line at x, y (points)."""
    pen = _Pen(line.size)
    for piece in line.pieces:
        pen.change(fonts.of(piece.face))
        at = piece.x
        for cluster in piece.clusters:
            (_draw_turned if piece.turned else _draw)(cluster, at, piece.face, pen)
            at += cluster.advance
    return f"BT {grey:.2f} g 1 0 0 1 {x:.3f} {y:.3f} Tm\n{pen.finished()}\nET"


def _draw(cluster: Cluster, at: float, face: Typeface, pen: "_Pen") -> None:
    """Each glyph stands for a character, the last one for the rest."""
    drawn = list(_placed(cluster, at))
    several = len(drawn) > 1
    if several:
        pen.write(f"/Span <</ActualText <FEFF{_utf16(cluster.text)}>>> BDC")
        drawn += _closing(drawn[-1], at + cluster.advance, face)
    for place, (number, x, y) in enumerate(drawn, start=1):
        pen.show(number, cluster.text[place - 1 : place if place < len(drawn) else None], x, y)
    if several:
        pen.write("EMC")


def _closing(
    last: tuple[int, float, float], end: float, face: Typeface
) -> Iterator[tuple[int, float, float]]:
    """A glyph without ink at the end of a cluster, so that no reader sees a gap after a mark that stands further back."""
    number, x, _ = last
    if face.blank is not None and end - (x + face.advance(number)) > _GAP:
        yield face.blank, end - face.advance(face.blank), 0.0


def _draw_turned(cluster: Cluster, at: float, face: Typeface, pen: "_Pen") -> None:
    """From the right, readers turn the order of what they find: each character has to be found by itself, the last first.

    Where one glyph stands for several, the others are found on glyphs without ink.
    """
    letters = list(cluster.text)
    for number, x, y in _placed(cluster, at):
        pen.show(number, letters.pop() if letters else "", x, y)
    if face.blank is not None:
        for letter in reversed(letters):
            pen.show(face.blank, letter, at + cluster.advance, 0.0)


def _placed(cluster: Cluster, at: float) -> Iterator[tuple[int, float, float]]:
    for glyph in cluster.glyphs:
        yield glyph.number, at + glyph.x, glyph.y
        at += glyph.advance


class _Pen:
    """Writes codes that follow each other; all positions are in thousandths of the font size from the line's start."""

    def __init__(self, size: float) -> None:
        self._size = size
        self._written: list[str] = []
        self._codes = ""
        self._font: PaperFont | None = None
        self._reached = self._height = 0.0

    def change(self, font: PaperFont) -> None:
        """What follows is drawn with this font."""
        if font is not self._font:
            self._font = font
            self.write(f"/{font.name} {self._size:g} Tf")

    def show(self, glyph: int, text: str, x: float, y: float) -> None:
        """Draws a glyph that stands for this text."""
        assert self._font is not None, "change() comes first"
        if y != self._height:
            self._height = y
            self.write(f"{y * self._size / 1000:.3f} Ts")
        moved = round(x - self._reached)
        if moved:
            self._codes += f"{-moved} "
        code = f"{self._font.code(glyph, text):04X}> "
        self._codes = self._codes[:-2] + code if self._codes.endswith("> ") else f"{self._codes}<{code}"
        self._reached += moved + self._font.face.advance(glyph)

    def write(self, operator: str) -> None:
        """Adds an operator after all that was shown."""
        if self._codes:
            self._written.append(f"[{self._codes.rstrip()}] TJ")
            self._codes = ""
        self._written.append(operator)

    def finished(self) -> str:
        """All operators, with what later lines could inherit set back."""
        self.write("0 Ts")
        return "\n".join(self._written)
