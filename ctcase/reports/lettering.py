"""Lines of text in any script: cleaned, broken in logical order, then joined and put in visual order line by line.

Each value is a paragraph of its own with the direction of its first strong letter (UAX #9, P2 and P3), so the
direction of one value never reaches into its neighbour. The text is drawn as text: markup in it means nothing.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from arabic_reshaper import ArabicReshaper
from bidi import get_display
from bidi.mirror import MIRRORED

from ctcase.reports.fonts import Box, Faces, Typeface, script_of

_SILENT = frozenset("\u00ad\u034f\u061c\u200b\u200e\u200f\u2060\ufeff") | {
    chr(n) for n in range(0xFE00, 0xFE10)
}
"""Leftovers of other programs that change neither order nor shape of our lines: left out."""
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters without ink: shown by their number, as what is hidden must be seen."""
_NON_JOINER, _JOINER = "\u200c", "\u200d"
_BEGIN, _END = "\u034f", "\ufe00"  # marks without ink, which no cleaned text holds
_MARKED = re.compile(f"([^{_BEGIN}{_END}]){_BEGIN}([^{_END}]*){_END}|{_END}([^{_BEGIN}]*){_BEGIN}(.)")
_MOST_MARKS = 4
_LONGEST = 1000  # characters that no line of ours can hold: measuring more of a word is waste
_SARA_AM = re.compile("([\u0e48-\u0e4b])\u0e33")
_NUMBER = re.compile(r"\+?[0-9(][0-9 ().\-/]{5,}[0-9]")
_ISOLATE, _END_ISOLATE = "\u2066", "\u2069"
_BREAKS = "-/_.,;:@?&=+"

# Letters that need neither joining nor reordering by the font, or whose joined forms have characters of their own.
DRAWN = frozenset(
    {
        "arabic",
        "armenian",
        "bopomofo",
        "cherokee",
        "cjk",
        "combining",
        "coptic",
        "cyrillic",
        "ethiopic",
        "feminine",
        "fullwidth",
        "georgian",
        "greek",
        "halfwidth",
        "hangul",
        "hebrew",
        "hiragana",
        "ideographic",
        "katakana",
        "lao",
        "latin",
        "lisu",
        "masculine",
        "micro",
        "modifier",
        "thai",
        "tifinagh",
        "vai",
        "yi",
    }
)
"""Scripts that come out right. Others (as Devanagari, Khmer, Tibetan) need a shaping engine and are refused."""

_RESHAPER = ArabicReshaper(
    configuration={
        "language": "Arabic",
        "delete_harakat": False,
        "delete_tatweel": False,
        "shift_harakat_position": False,
        "support_ligatures": True,
        "support_zwj": True,
        "use_unshaped_instead_of_isolated": False,
        "ARABIC LIGATURE ALLAH": False,
    },
)
# Kurdish and Uyghur ae looks like heh at the end of a word and has no forms of its own.
_RESHAPER.letters = {**_RESHAPER.letters, "\u06d5": ("\ufee9", "", "", "\ufeea")}


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters of one font in visual order, `x` and `y` in points from the start of the line's base line."""

    face: Typeface
    text: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its pieces, its width in points, and whether its paragraph runs from the right."""

    pieces: tuple[Piece, ...]
    width: float
    rtl: bool


def clean(text: str) -> str:
    """The text with everything hidden removed or made visible (A09), composed (NFC), one space between words.

    Joiners stay inside Arabic words, where they are spelling; line ends stay.
    """
    text = re.sub("\r\n?|[\u2028\u2029]", "\n", text)
    shown = []
    marks = 0
    for place, letter in enumerate(text):
        kind = unicodedata.category(letter)
        marks = marks + 1 if kind in ("Mn", "Me") else 0
        if letter in (_NON_JOINER, _JOINER):
            around = text[max(0, place - 1) : place + 2].replace(letter, "")
            shown.append(letter if len(around) == 2 and all(map(_joins, around)) else "")
        elif letter in _SILENT:
            continue
        elif letter == "\n" or (kind[0] != "C" and letter not in _BLANKS and marks <= _MOST_MARKS):
            shown.append(letter)
        else:
            shown.append(" " if letter == "\t" else f"[U+{ord(letter):04X}]")
    lines = unicodedata.normalize("NFC", "".join(shown)).split("\n")
    lines = [" ".join(re.split("[^\\S\u00a0]+", line)).strip() for line in lines]
    return re.sub("\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def _joins(letter: str) -> bool:
    return letter in _RESHAPER.letters or unicodedata.category(letter) == "Mn"


def shaped(text: str) -> str:
    """Cleaned text with the joined forms of Arabic letters, still in logical order."""
    if text.isascii():
        return text
    joined = str(_RESHAPER.reshape(_SARA_AM.sub("\u0e4d\\1\u0e32", text)))
    return joined.replace(_NON_JOINER, "").replace(_JOINER, "")


def undrawable(text: str, faces: Faces) -> set[str]:
    """The scripts of the text that cannot be drawn right: unknown to us, or in none of the fonts."""
    missing = set()
    for cluster in set(_clusters(shaped(clean(text)).replace("\n", " "))):
        for letter in cluster:
            script = script_of(letter)
            unjoined = script == "arabic" and letter < "\ufb50" and unicodedata.category(letter) == "Lo"
            if unjoined or (script not in DRAWN and script != "symbol"):
                missing.add(script)
        if faces.covering(cluster) is None:
            missing.add(script_of(cluster[0]))
    return missing


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
        return _set_line(text[:_LONGEST], faces, size, rtl=False).width

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
    word = ""
    for letter in paragraph:
        breaks = word and (
            (word[-1] == " " and letter != " ")
            or (_ideograph(letter) and not _opens(word[-1]))
            or (_ideograph(word[-1]) and letter.isalnum())
        )
        if breaks:
            yield word
            word = ""
        word += letter
    yield word


def _ideograph(letter: str) -> bool:
    return unicodedata.category(letter) == "Lo" and script_of(letter) in ("cjk", "hiragana", "katakana")


def _opens(letter: str) -> bool:
    return unicodedata.category(letter) in ("Ps", "Pi")


def _fitting(word: str, faces: Faces, size: float, width: float) -> str:
    """The longest beginning of an overlong word that fits, at least one cluster, preferably up to a mark of division."""

    def wide(end: int) -> float:
        return _set_line(word[:end], faces, size, rtl=False).width

    ends = list(_cluster_ends(word[:_LONGEST]))
    reach = 32
    while reach < len(ends) and wide(ends[reach]) <= width:
        reach *= 2
    fit = max(1, bisect_right(ends[:reach], width, key=wide))
    nice = [end for end in ends[fit // 2 : fit] if word[end - 1] in _BREAKS]
    return word[: nice[-1] if nice else ends[fit - 1]]


def _cluster_ends(word: str) -> Iterator[int]:
    for place in range(1, len(word)):
        if not _is_mark(word[place]) and word[place] not in (_NON_JOINER, _JOINER):
            yield place
    yield len(word)


def _is_mark(letter: str) -> bool:
    return unicodedata.category(letter) in ("Mn", "Me")


def _visual(line: str, *, rtl: bool) -> str:
    """The line in visual order, each mark after its base, brackets turned where the text runs from the right.

    The library gives the order only. Two markers, after each bracket and around the marks of each cluster, tell the rest:
    they take the level of their base (UAX #9, W1 and N0) and stand before it where the text runs from the right.
    """
    if not rtl and not any(unicodedata.bidirectional(letter) in ("R", "AL", "AN") for letter in line):
        return shaped(line)
    marked = "".join(
        cluster[0] + _BEGIN + cluster[1:] + _END if cluster[1:] or cluster in MIRRORED else cluster
        for cluster in _clusters(_NUMBER.sub(_isolated, shaped(line)))
    )
    visual = str(get_display(marked, base_dir="R" if rtl else "L"))
    return _MARKED.sub(_settled, visual.replace(_ISOLATE, "").replace(_END_ISOLATE, ""))


def _isolated(found: re.Match[str]) -> str:
    # Telephone numbers and dates: after an Arabic letter the rules would turn the order of their groups.
    return f"{_ISOLATE}{found[0]}{_END_ISOLATE}"


def _settled(found: re.Match[str]) -> str:
    left, after, before, right = found.groups()
    if left is not None:
        return f"{left}{after}"
    return f"{MIRRORED.get(right, right)}{before[::-1]}"


def _set_line(line: str, faces: Faces, size: float, *, rtl: bool) -> Line:
    pieces: list[Piece] = []
    x = 0.0
    visual = _visual(line, rtl=rtl)
    for word in re.findall(" +|[^ ]+", visual):
        whole = faces.covering(word)
        for cluster in _clusters(word):
            face = whole or faces.covering(cluster)
            if face is None:
                raise ValueError(script_of(cluster[0]))  # undrawable() comes first
            _add(pieces, face, cluster[0], x, 0.0)
            for letter, aside, up in _placed(cluster, face):
                pieces.append(Piece(face, letter, x + aside * size / 1000, up * size / 1000))
            x += face.width(cluster[0]) * size / 1000
    return Line(tuple(pieces), x, rtl)


def _clusters(word: str) -> Iterator[str]:
    begin = 0
    for end in _cluster_ends(word):
        yield word[begin:end]
        begin = end


def _add(pieces: list[Piece], face: Typeface, text: str, x: float, y: float) -> None:
    last = pieces[-1] if pieces else None
    if last and last.face is face and last.y == y == 0.0 and not _is_mark(last.text[0]):
        pieces[-1] = Piece(face, last.text + text, last.x, y)
    else:
        pieces.append(Piece(face, text, x, y))


_BELOW = frozenset((*range(10, 19), 20, 22, 29, 32, 103, 118, 202, 218, 220, 222, 233, 240))
_INSIDE = frozenset((1, 21, 202))
_GAP = 40.0


def _placed(cluster: str, face: Typeface) -> Iterator[tuple[str, float, float]]:
    """Each mark of a cluster with its shift in thousandths: over or under the ink of its base and of the marks before.

    The classes are Unicode's canonical combining classes (UAX #44); class 0 marks of Thai and Lao stand above.
    """
    base = face.box(cluster[0]) or Box(0, 0, face.width(cluster[0]), 0)
    top, bottom = base.top, base.bottom
    # Shadda lies next to its letter and the vowel over it, although Unicode sorts the vowel first (UTR #53).
    for mark in sorted(cluster[1:], key=lambda mark: mark != "\u0651"):
        box = face.box(mark)
        kind = unicodedata.combining(mark)
        if box is None:
            continue
        # Thai and Lao fonts draw their marks over the right end of the letter before: only the height is ours.
        own_place = script_of(mark) in ("thai", "lao")
        aside = face.width(cluster[0]) if own_place else (base.left + base.right - box.left - box.right) / 2
        if kind in (24, 25):  # the dots of shin and sin
            aside = base.right - box.right if kind == 24 else base.left - box.left
        up = 0.0
        if kind in _BELOW and kind not in _INSIDE:
            up = min(0.0, bottom - _GAP - box.top)
            bottom = box.bottom + up
        elif kind not in _INSIDE:
            up = max(0.0, top + _GAP - box.bottom)
            top = box.top + up
        yield mark, aside, up
