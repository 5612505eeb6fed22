"""The letter that goes to an agency with a referral: one calm layout on A4, names in any script.

Every word on the page comes from the caller. The file says nothing of the machine, the program or the person who made
it, and the same content gives the same bytes. It names the case code and the need only; what is left out is not hinted at.
"""

import io
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFInfo
from reportlab.pdfgen.canvas import Canvas

from ctcase.crypto.fingerprint import words
from ctcase.errors import Refused
from ctcase.reports.fonts import Faces, Fonts, Typeface, font_missing, open_typeface
from ctcase.reports.letter_pdf import PaperFonts, line_operators
from ctcase.reports.lettering import Line, clean, typeset, undrawable

MOST_CHARACTERS = 50_000
MOST_ADDRESS_LINES = 20
"""What a letter can hold; more is `limit_exceeded`."""


class LetterText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The fixed words of the layout, in the language of the letter. `page` holds `{page}` and `{pages}`.

    `contact` stands before a free line: how the sender can be reached is written there by hand.
    """

    language: str  # BCP 47, as `en`
    title: str
    to: str
    sender: str
    date: str
    case: str
    need: str
    answer: str
    contact: str
    intro: str
    details: str
    closing: str
    reference: str
    check: str
    check_note: str
    page: str


class LetterContent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one letter says. Empty texts and rows without a value are left out, with their labels.

    `date` is shown as given (ISO 8601), `case_code` as people read it (`7KQ4-M2XR`), `need` the service in words, `answer`
    the sentence on when an answer is due, `reference` the short id of the referral, `content` the digest (`sha256:` and 64
    hexadecimal digits) of exactly what was approved. `rows` are the shared fields: label and value.
    """

    sender: tuple[str, ...]
    agency: tuple[str, ...]
    date: str
    case_code: str
    need: str
    answer: str
    rows: tuple[tuple[str, str], ...]
    reference: str
    content: str


class LetterFile(msgspec.Struct, frozen=True):
    """A finished letter: the bytes of the PDF and the number of its pages."""

    pdf: bytes
    pages: int


def render(content: LetterContent, text: LetterText, fonts: Fonts) -> LetterFile:
    """The letter as PDF.

    Raises EnvironmentFailed `font_missing` with the scripts that no font draws right, Refused `limit_exceeded` when the
    texts are longer than a letter, ValueError when `content.content` is no digest.
    """
    texts = list(_texts(content, text))
    if sum(map(len, texts)) > MOST_CHARACTERS or sum(map(len, map(clean, texts))) > MOST_CHARACTERS:
        raise Refused("limit_exceeded", limit=MOST_CHARACTERS)
    opened: dict[Path, Typeface] = {}
    styles = _Styles(_faces(fonts.regular, opened), _faces((*fonts.bold, *fonts.regular), opened))
    missing = set().union(*(undrawable(each, styles.regular) for each in texts))
    if missing:
        raise font_missing(missing)
    sheets = _Sheets(styles)
    _compose(sheets, content, text)
    for page in range(1, sheets.page + 1):
        numbered = text.page.replace("{page}", str(page)).replace("{pages}", str(sheets.page))
        sheets.footer(page, f"{content.case_code} · {content.reference}", numbered)
    return LetterFile(_written(sheets, text), sheets.page)


def check_words(content: str) -> str:
    """The six words that stand for a digest `sha256:…` on paper, the same as the program shows for it."""
    match = re.fullmatch("sha256:([0-9a-f]{64})", content)
    if match is None:
        raise ValueError("no digest")
    return words(bytes.fromhex(match[1]))


def _texts(content: LetterContent, text: LetterText) -> Iterator[str]:
    yield from (value for value in msgspec.structs.astuple(text) if isinstance(value, str))
    yield from (
        *content.sender,
        *content.agency,
        content.date,
        content.case_code,
        content.need,
        content.answer,
    )
    yield from (part for row in content.rows for part in row)
    yield from (content.reference, check_words(content.content), "·", "0123456789")


def _faces(paths: tuple[Path, ...], opened: dict[Path, Typeface]) -> Faces:
    def opening(path: Path) -> Typeface | None:
        face = opened.get(path) or open_typeface(path)
        if face is not None:
            opened[path] = face
        return face

    return Faces(paths, opening)


_WIDTH, _HEIGHT = A4
_MM = 72 / 25.4
_LEFT, _RIGHT, _TOP, _BOTTOM = 25 * _MM, _WIDTH - 22 * _MM, _HEIGHT - 24 * _MM, 27 * _MM
_VALUES = _LEFT + 46 * _MM
_GREY, _INK, _HAIR = 0.38, 0.08, 0.78
_SMALL, _BODY, _LEAD, _HEADING = 8.5, 9.5, 15.0, 11.0
_AIR, _DESCENT = (
    2.5,
    4.0,
)  # between the ink of two lines; how far a line may reach below the last base line of a page


@dataclass(frozen=True, slots=True)
class _Styles:
    regular: Faces
    bold: Faces


class _Sheets:
    """Pages that fill from the top; what is drawn is kept until the number of pages is known."""

    def __init__(self, styles: _Styles) -> None:
        self.styles = styles
        self.page = 1
        self.y = _TOP
        self.below = 0.0
        self.fonts = PaperFonts()
        self.drawn: defaultdict[int, list[str]] = defaultdict(list)

    def room(self, height: float) -> None:
        """Begins a new page when `height` points are not left on this one."""
        if self.y - height < _BOTTOM:
            self.page += 1
            self.y, self.below = _TOP, 0.0

    def lower(self, lead: float, *lines: Line) -> None:
        """Goes down to the next base line: by `lead`, or further where ink would touch (stacked marks and letters)."""
        self.room(self.depth(lead, *lines))
        self.y -= max(lead, self.below + _AIR + max(line.above for line in lines))
        self.below = max(line.below for line in lines)

    def depth(self, lead: float, *lines: Line) -> float:
        """How far down these lines reach that stand beside each other."""
        lead = max(lead, self.below + _AIR + max(line.above for line in lines))
        return lead + max(0.0, max(line.below for line in lines) - _DESCENT)

    def put(self, line: Line, x: float, y: float, grey: float = _INK) -> None:
        self.drawn[self.page].append(line_operators(line, x, y, grey, self.fonts))

    def rule(self) -> None:
        self.below = 0.0
        self.drawn[self.page].append(
            f"{_HAIR} G 0.5 w {_LEFT:.3f} {self.y:.3f} m {_RIGHT:.3f} {self.y:.3f} l S"
        )

    def block(
        self,
        text: str,
        x: float,
        right: float,
        size: float = _BODY,
        *,
        bold: bool = False,
        grey: float = _INK,
    ) -> None:
        """A text that flows down the page and over its end."""
        faces = self.styles.bold if bold else self.styles.regular
        lines = typeset(text, faces, size, right - x)
        for line in lines:
            self.lower(_LEAD, line)
            self.put(line, _start(line, x, right, alone=len(lines) == 1), self.y, grey)

    def row(self, label: str, value: str, *, bold: bool = False) -> None:
        """Label and value above a thin line; on a new page the label stands again."""
        faces = self.styles.bold if bold else self.styles.regular
        labels = typeset(label, self.styles.regular, _SMALL, _VALUES - _LEFT - 10)
        values = typeset(value, faces, _BODY, _RIGHT - _VALUES)
        begun = 0
        for number in range(max(len(labels), len(values))):
            page = self.page
            beside = [*labels[number - begun :][:1], *values[number:][:1]]
            self.room(self.depth(_LEAD * 2 if number == 0 else _LEAD, *beside))
            if number == 0 or self.page != page:
                begun = number
                beside = [*labels[:1], *values[number:][:1]]
            self.lower(_LEAD if number > begun else _LEAD + 3, *beside)
            if number - begun < len(labels):
                self.put(labels[number - begun], _LEFT, self.y, _GREY)
            if number < len(values):
                line = values[number]
                self.put(line, _start(line, _VALUES, _RIGHT, alone=len(values) == 1), self.y)
        self.y -= max(7.0, self.below + _AIR)
        self.rule()

    def free_row(self, label: str) -> None:
        """A label above a thin line, with room to write beside it by hand."""
        self.room(_LEAD * 3)
        self.y -= _LEAD
        self.row(label, "")

    def footer(self, page: int, left: str, right: str) -> None:
        y = 14 * _MM
        for text, at_end in ((left, False), (right, True)):
            line = typeset(text, self.styles.regular, _SMALL, (_RIGHT - _LEFT) / 2)[0]
            x = _RIGHT - line.width if at_end else _LEFT
            self.drawn[page].append(line_operators(line, x, y, _GREY, self.fonts))


def _start(line: Line, x: float, right: float, *, alone: bool) -> float:
    # One line stays beside its label whatever its direction; a paragraph has its edge where it is read from.
    return right - line.width if line.rtl and not alone else x


def _compose(sheets: _Sheets, content: LetterContent, text: LetterText) -> None:
    _heading(sheets, content, text)
    sheets.block(text.intro, _LEFT, _RIGHT)
    sheets.y -= 12
    sheets.rule()
    for label, value, bold in (
        (text.case, content.case_code, True),
        (text.need, content.need, True),
        (text.answer, content.answer, False),
    ):
        if value.strip():
            sheets.row(label, value, bold=bold)
    sheets.free_row(text.contact)
    rows = [row for row in content.rows if row[1].strip()]
    if rows:
        sheets.room(_LEAD * 5)
        sheets.y -= 20
        sheets.block(text.details, _LEFT, _RIGHT, _HEADING, bold=True)
        sheets.y -= 8
        sheets.rule()
        for label, value in rows:
            sheets.row(label, value)
    sheets.room(_LEAD * 8)
    sheets.y -= 14
    sheets.block(text.closing, _LEFT, _RIGHT)
    sheets.y -= 14
    sheets.rule()
    sheets.row(text.reference, content.reference)
    sheets.row(text.check, check_words(content.content))
    sheets.y -= 4
    sheets.block(text.check_note, _LEFT, _RIGHT, _SMALL, grey=_GREY)


def _heading(sheets: _Sheets, content: LetterContent, text: LetterText) -> None:
    title = typeset(text.title, sheets.styles.bold, 20, _RIGHT - _LEFT)
    for part in title:
        sheets.y -= 20
        sheets.put(part, _start(part, _LEFT, _RIGHT, alone=len(title) == 1), sheets.y)
    sheets.y -= 16
    top = sheets.y
    columns = (
        (text.to, content.agency, 0.0, 0.38),
        (text.sender, content.sender, 0.42, 0.78),
        (text.date, (content.date,), 0.84, 1.0),
    )
    lowest = top
    for label, lines, begin, end in columns:
        sheets.y, sheets.below = top, 0.0
        x, right = (_LEFT + part * (_RIGHT - _LEFT) for part in (begin, end))
        sheets.block(label, x, right, _SMALL, grey=_GREY)
        for line in filter(str.strip, lines):
            sheets.block(line, x, right)
        if sheets.page > 1 or top - sheets.y > _LEAD * (MOST_ADDRESS_LINES + 1):
            raise Refused("limit_exceeded", limit=MOST_ADDRESS_LINES)
        lowest = min(lowest, sheets.y)
    sheets.y = lowest - 18


class _NoInfo(PDFInfo):  # type: ignore[misc]  # reportlab has no types
    """The document information left empty: no title, author, program or time."""

    def format(self, document: Any) -> Any:
        return PDFDictionary({}).format(document)


_ADVERT = re.compile(rb"%[^\n]*ReportLab[^\n]*")


class _BareCanvas(Canvas):  # type: ignore[misc]  # reportlab has no types
    """A canvas whose pages begin with nothing, instead of with a font that nothing here uses and no file embeds."""

    def _make_preamble(self) -> None:
        self._preamble = ""


def _written(sheets: _Sheets, text: LetterText) -> bytes:
    target = io.BytesIO()
    canvas = _BareCanvas(target, pagesize=A4, invariant=1, pageCompression=1, lang=text.language)
    canvas._doc.info = _NoInfo()  # noqa: SLF001  # the canvas can change these entries, not leave them out
    canvas._doc.delayedFonts.append(sheets.fonts)  # noqa: SLF001  # as reportlab's own fonts do
    for page in range(1, sheets.page + 1):
        canvas.addLiteral("\n".join(sheets.drawn[page]))
        canvas.showPage()
    canvas.save()
    # Comments of the library at the head and the end; the length stays, since the table of objects counts bytes.
    return _ADVERT.sub(lambda found: b"%" + b" " * (len(found[0]) - 1), target.getvalue())
