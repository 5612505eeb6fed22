"""Lines of text in any script: cleaned, broken in logical order, then put in visual order and shaped line by line.

Each value is a paragraph of its own with the direction of its first strong letter (UAX #9, P2 and P3), so the
direction of one value never reaches into its neighbour. The text is drawn as text: markup in it means nothing.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from bidi import get_display

from ctcase.reports.fonts import Cluster, Faces, Typeface, script_of

_SILENT = frozenset("\u00ad\u034f\u061c\u200e\u200f\u2060\ufeff") | {chr(n) for n in range(0xFE00, 0xFE10)}
"""Leftovers of other programs that change neither order nor shape of our lines: left out."""
_SPELLING = frozenset("\u180e\u200b\u200c\u200d")
"""Without ink, but spelling or a place to end a line in some scripts: kept between their letters, left out elsewhere."""
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters without ink: shown by their number, as what is hidden must be seen."""
_BREAK = "\u200b"
_VIRAMA = 9  # the combining class of what kills a vowel (UAX #44)
_MOST_MARKS, _MOST_STACKED = (
    4,
    8,
)  # of the marks that go with any letter, and of a script's own (Tibetan stacks)
_LONGEST = 400  # characters that no line of ours can hold: measuring more of a word is waste
_LONGEST_UNIT = 24  # characters that stay together on a line: no syllable is longer
_NUMBER = re.compile(r"\+?[0-9(][0-9 ().\-/]{5,}[0-9]")
_ISOLATE, _END_ISOLATE = "\u2066", "\u2069"
_BREAKS = "-/_.,;:@?&=+\u0f0b\u0f0d\u1361\u17d4\u104a\u104b"

_SEPARATE = frozenset(
    {
        "armenian",
        "bopomofo",
        "cherokee",
        "cjk",
        "coptic",
        "cyrillic",
        "ethiopic",
        "fullwidth",
        "georgian",
        "greek",
        "halfwidth",
        "hangul",
        "hebrew",
        "hiragana",
        "katakana",
        "latin",
        "symbol",
    }
)
"""Scripts whose letters neither join nor stack: a joiner between them is a leftover, a ligature would hide a letter
(as the i in Turkish `fi`)."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Clusters of one font from left to right; `x` from the start of the line, in thousandths of the font size; `turned`
    when they are read from the right.
    """

    face: Typeface
    clusters: tuple[Cluster, ...]
    x: float
    turned: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its pieces, whether its paragraph runs from the right, and in points its font size, its width, and how
    far its ink reaches above and below the base line.
    """

    pieces: tuple[Piece, ...]
    rtl: bool
    size: float
    width: float
    above: float
    below: float


def clean(text: str) -> str:
    """The text with everything hidden removed or made visible (A09), composed (NFC), one space between words.

    What is spelling stays inside words: the joiners of Persian and Indian scripts, places to end a line in Khmer or Thai.
    """
    text = re.sub("\r\n?|[\u2028\u2029]", "\n", text)
    shown = []
    marks = 0
    for place, letter in enumerate(text):
        kind = unicodedata.category(letter)
        marks = marks + 1 if kind in ("Mn", "Me") else 0
        if letter in _SPELLING:
            shown.append(
                letter if _spells(letter, text[place - 1 : place], text[place + 1 : place + 2]) else ""
            )
        elif letter in _SILENT:
            continue
        elif letter == "\n" or (kind[0] != "C" and letter not in _BLANKS and marks <= _most_marks(letter)):
            shown.append(letter)
        else:
            shown.append(" " if letter == "\t" else f"[U+{ord(letter):04X}]")
    lines = unicodedata.normalize("NFC", "".join(shown)).split("\n")
    lines = [" ".join(re.split("[^\\S\u00a0]+", line)).strip() for line in lines]
    return re.sub("\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def _spells(letter: str, before: str, after: str) -> bool:
    if letter == "\u200d" and before and unicodedata.combining(before) == _VIRAMA:
        return True
    return bool(before and after) and not {script_of(before), script_of(after)} & _SEPARATE


def _most_marks(letter: str) -> int:
    return _MOST_MARKS if script_of(letter) == "combining" else _MOST_STACKED


def undrawable(text: str, faces: Faces) -> set[str]:
    """The scripts of the text that no font here has."""
    words = set(clean(text).replace("\n", " ").split(" "))
    units = {unit for word in words if faces.covering(word) is None for unit in _units(word)}
    return {script_of(unit[0]) for unit in units if faces.covering(unit) is None}


def typeset(text: str, faces: Faces, size: float, width: float) -> list[Line]:
    """The lines of a text, each at most `width` points wide; what has no spaces is broken where it must be."""
    lines: list[Line] = []
    for paragraph in clean(text).split("\n"):
        rtl = _runs_from_right(paragraph)
        lines += [_set_line(part, faces, size, rtl=rtl) for part in _broken(paragraph, faces, size, width)]
    return lines


def _runs_from_right(paragraph: str) -> bool:
    for letter in paragraph:
        kind = unicodedata.bidirectional(letter)
        if kind in ("L", "R", "AL"):
            return kind != "L"
    return False


def _broken(paragraph: str, faces: Faces, size: float, width: float) -> Iterator[str]:
    def wide(text: str) -> float:
        return _width(text[:_LONGEST], faces, size)

    space = wide(" ")
    line, filled = "", 0.0
    for word in _words(paragraph):
        rest, spaces = word.rstrip(" "), len(word) - len(word.rstrip(" "))
        needed = wide(rest)
        if line and filled + needed > width:
            yield line.rstrip(" ")
            line, filled = "", 0.0
        while needed > width:
            head = _fitting(rest, faces, size, width)
            yield head
            rest = rest[len(head) :]
            needed = wide(rest)
        line += rest + " " * spaces
        filled += needed + spaces * space
    yield line.rstrip(" ")


def _words(paragraph: str) -> Iterator[str]:
    """Pieces between which a line may end: after spaces, and beside ideographs, though not before their full stops."""
    begin = 0
    for place in range(1, len(paragraph)):
        before, letter = paragraph[place - 1], paragraph[place]
        if (
            (before == " " and letter != " ")
            or before == _BREAK
            or (_ideograph(letter) and not _opens(before))
            or (_ideograph(before) and letter.isalnum())
        ):
            yield paragraph[begin:place]
            begin = place
    yield paragraph[begin:]


def _ideograph(letter: str) -> bool:
    return (
        letter > "\u3000"
        and unicodedata.category(letter) == "Lo"
        and script_of(letter) in ("cjk", "hiragana", "katakana")
    )


def _opens(letter: str) -> bool:
    return unicodedata.category(letter) in ("Ps", "Pi")


def _fitting(word: str, faces: Faces, size: float, width: float) -> str:
    """The longest beginning of an overlong word that fits, at least one unit, preferably up to a mark of division."""

    def wide(end: int) -> float:
        return _width(word[:end], faces, size)

    ends = list(_unit_ends(word[:_LONGEST]))
    reach = 32
    while reach < len(ends) and wide(ends[reach]) <= width:
        reach *= 2
    fit = max(1, bisect_right(ends[:reach], width, key=wide))
    nice = [end for end in ends[fit // 2 : fit] if word[end - 1] in _BREAKS]
    return word[: nice[-1] if nice else ends[fit - 1]]


def _unit_ends(word: str) -> Iterator[int]:
    begin = 0
    for place in range(1, len(word)):
        if place - begin >= _LONGEST_UNIT or not _belongs(word[place - 1], word[place]):
            yield place
            begin = place
    yield len(word)


def _belongs(before: str, letter: str) -> bool:
    """Whether a line may not end between the two: before marks and joiners, and after what kills a vowel (as virama)."""
    if letter.isascii():
        return False
    return (
        unicodedata.category(letter)[0] == "M"
        or letter in _SPELLING
        or before == "\u200d"
        or (
            unicodedata.combining(before) == _VIRAMA
            and unicodedata.category(letter) == "Lo"
            and script_of(before) == script_of(letter)
        )
        or "\u1160" <= letter <= "\u11ff"  # vowels and finals of Korean
    )


def _units(word: str) -> Iterator[str]:
    begin = 0
    for end in _unit_ends(word):
        yield word[begin:end]
        begin = end


_DIGIT = 0xE0020  # tags: without ink, in no cleaned text, without influence on the order (UAX #9, BN)


def _visual(units: list[str], *, rtl: bool) -> list[tuple[int, bool]]:
    """The places of the units from left to right, each with whether it runs from the right.

    The library gives the order of characters only. Three digits of base 32 behind each base letter tell its place; they
    take its level and stand before it where the text runs from the right. A last letter keeps L1 from resetting them.
    """
    line = "".join(units)
    if not rtl and not any(unicodedata.bidirectional(letter) in ("R", "AL", "AN") for letter in line):
        return [(place, False) for place in range(len(units))]
    # Telephone numbers and dates: after an Arabic letter the rules would turn the order of their groups.
    numbers = [found.span() for found in _NUMBER.finditer(line)]
    begins, ends = {begin for begin, _ in numbers}, {end for _, end in numbers}
    marked, at = "", 0
    for place, unit in enumerate(units):
        digits = (_DIGIT + (place >> 10), _DIGIT + 32 + (place >> 5 & 31), _DIGIT + 64 + (place & 31))
        marked += (_ISOLATE if at in begins else "") + unit[0] + "".join(map(chr, digits))
        at += len(unit)
        marked += _END_ISOLATE if at in ends else ""
    visual = str(get_display(marked + ("\u05d0" if rtl else "a"), base_dir="R" if rtl else "L"))
    visual = (visual[1:] if rtl else visual[:-1]).replace(_ISOLATE, "").replace(_END_ISOLATE, "")
    return [_placed(visual[begin : begin + 4]) for begin in range(0, len(visual), 4)]


def _placed(marked: str) -> tuple[int, bool]:
    turned = _DIGIT <= ord(marked[0]) < _DIGIT + 96
    first, second, third = (ord(digit) & 31 for digit in (marked[2::-1] if turned else marked[1:]))
    return first << 10 | second << 5 | third, turned


@dataclass(frozen=True, slots=True)
class _Run:
    """What has one font, script and direction."""

    face: Typeface
    script: str
    turned: bool


def _runs(line: str, faces: Faces, *, rtl: bool) -> Iterator[tuple[_Run, str]]:
    """The runs of a line from left to right, each with its text in logical order."""
    line = line.replace(_BREAK, "")
    if not line:
        return
    units = list(_units(line))
    chosen = list(_chosen(units, faces))

    def run_of(step: tuple[int, tuple[int, bool]]) -> tuple[_Run, int]:
        number, (place, turned) = step
        return _Run(*chosen[place], turned), place + number if turned else place - number

    for (run, _), steps in groupby(enumerate(_visual(units, rtl=rtl)), key=run_of):
        places = sorted(place for _, (place, _) in steps)
        yield run, "".join(units[places[0] : places[-1] + 1])


def _width(line: str, faces: Faces, size: float) -> float:
    runs = _runs(line, faces, rtl=False)
    shaped = (
        run.face.width(text, rtl=run.turned, ligatures=run.script not in _SEPARATE) for run, text in runs
    )
    return sum(shaped) * size / 1000


def _set_line(line: str, faces: Faces, size: float, *, rtl: bool) -> Line:
    pieces: list[Piece] = []
    x = above = below = 0.0
    for run, text in _runs(line, faces, rtl=rtl):
        clusters = run.face.shape(text, rtl=run.turned, ligatures=run.script not in _SEPARATE)
        pieces.append(Piece(run.face, clusters, x, run.turned))
        for glyph in (glyph for cluster in clusters for glyph in cluster.glyphs):
            box = run.face.box(glyph.number)
            above, below = max(above, box.top + glyph.y), min(below, box.bottom + glyph.y)
            x += glyph.advance
    return Line(tuple(pieces), rtl, size, x * size / 1000, above * size / 1000, -below * size / 1000)


def _chosen(units: list[str], faces: Faces) -> Iterator[tuple[Typeface, str]]:
    """Font and script of each unit: a word has the first font that has all of it, else each unit its own; what is no
    letter goes with the letter before.
    """
    for _, group in groupby(units, key=" ".__eq__):
        word = list(group)
        whole = faces.covering("".join(word))
        script = next((script_of(unit[0]) for unit in word if script_of(unit[0]) != "symbol"), "symbol")
        for unit in word:
            face = whole or faces.covering(unit)
            if face is None:
                raise ValueError(script_of(unit[0]))  # undrawable() comes first
            own = script_of(unit[0])
            script = own if own not in ("symbol", "combining", "modifier") else script
            yield face, "space" if unit == " " else script
