"""Payloads taken apart, so that the values of one field lie together and compress together.

A payload is cut at the values that follow a colon in its JSON. What lies between two values is a *piece*, the row of
pieces of a payload is its *shape*, and all values that follow the same piece are one *column*. Joining gives back
exactly the bytes there were, whatever they were: where the cuts fall decides the size only, never the meaning.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, islice, pairwise
from typing import Annotated

import msgspec

from ctcase.errors import Damaged, Refused

LARGEST_TEXTS = 64 * 1024 * 1024
MOST_PAYLOADS = 200_000
MOST_CUTS = 1_000_000
MOST_PIECES = MOST_CUTS + MOST_PAYLOADS

# A list without nesting, a string, or a number or truth value; none holds a control character, so that a line feed
# can part the values. Every quantifier is possessive: the time is linear in the size, also for hostile bytes.
_VALUE = re.compile(
    rb":("
    rb"\[[^\[\]{\x00-\x1f]*+\]"
    rb'|"[^"\\\x00-\x1f]*+(?:\\[^\x00-\x1f][^"\\\x00-\x1f]*+)*+"'
    rb"|[-0-9tf][-0-9a-z]*+"
    rb")"
)


Index = Annotated[int, msgspec.Meta(ge=0, le=2**32)]
Pieces = Annotated[list[bytes], msgspec.Meta(max_length=MOST_PIECES)]


class Texts(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Payloads in columns.

    `shapes` are rows of indexes into `pieces`, one after another, `widths` the lengths of the rows; `used` names the
    shape of each payload; `columns[i]` are the values that follow piece i, parted by line feeds, by shape and then in
    order.
    """

    pieces: Pieces
    widths: Annotated[list[Index], msgspec.Meta(max_length=MOST_PAYLOADS)]
    shapes: Annotated[list[Index], msgspec.Meta(max_length=MOST_PIECES)]
    used: Annotated[list[Index], msgspec.Meta(max_length=MOST_PAYLOADS)]
    columns: Pieces


def take_apart(payloads: Iterable[bytes]) -> Texts:
    """The columns of these payloads, at most MOST_PAYLOADS; past MOST_CUTS values the rest stays whole."""
    cut = _VALUE.split
    left = MOST_CUTS
    shapes: dict[tuple[bytes, ...], int] = {}
    rows: list[list[list[bytes]]] = []
    used = []
    for payload in payloads:
        cuts = (
            cut(payload) if left >= len(payload) // 2 else [payload]
        )  # a value and its colon are two bytes or more
        left -= len(cuts) // 2
        shape = tuple(cuts[::2])
        place = shapes.get(shape)
        if place is None:
            place = shapes[shape] = len(shapes)
            rows.append([])
        used.append(place)
        rows[place].append(cuts[1::2])
    pieces: dict[bytes, int] = {}
    numbered = [[pieces.setdefault(piece, len(pieces)) for piece in shape] for shape in shapes]
    columns: list[list[bytes]] = [[] for _ in pieces]
    for shape_row, values in zip(numbered, rows, strict=True):
        # No value follows the last piece. Most shapes occur once: records seldom have just the same fields.
        if len(values) == 1:
            for piece, value in zip(shape_row, values[0], strict=False):
                columns[piece].append(value)
            continue
        for piece, column in zip(shape_row, zip(*values, strict=True), strict=False):
            columns[piece].extend(column)
    return Texts(
        list(pieces),
        [len(shape) for shape in numbered],
        [piece for shape in numbered for piece in shape],
        used,
        [b"\n".join(column) for column in columns],
    )


def put_together(texts: Texts) -> list[bytes]:
    """The payloads, in order. Raises Damaged `bundle_damaged`, or Refused `limit_exceeded` before building them."""
    shapes = _shapes(texts)
    amounts = [0] * len(shapes)
    for shape in texts.used:
        amounts[shape] += 1
    _check_size(texts.pieces, shapes, amounts, sum(map(len, texts.columns)))
    columns = [iter(column) for column in _columns(texts, shapes, amounts)]
    starts = [piece + b":" for piece in texts.pieces]
    made: list[Iterator[bytes]] = []
    for row, amount in zip(shapes, amounts, strict=True):
        if not amount:  # not counted by its size, so it must not be built
            made.append(iter(()))
            continue
        if amount == 1:
            joined = [text for piece in row[:-1] for text in (starts[piece], next(columns[piece]))]
            made.append(iter((b"".join(joined) + texts.pieces[row[-1]],)))
            continue
        template = b":%b".join([texts.pieces[piece].replace(b"%", b"%%") for piece in row])
        values = [list(islice(columns[piece], amount)) for piece in row[:-1]]
        rows = zip(*values, strict=True) if values else [()] * amount
        made.append(iter([template % filled for filled in rows]))
    return [next(made[shape]) for shape in texts.used]


def _shapes(texts: Texts) -> list[list[int]]:
    """The rows of pieces, once all indexes are known to be in range."""
    sound = (
        sum(texts.widths) == len(texts.shapes)
        and all(texts.widths)
        and max(texts.shapes, default=-1) < len(texts.pieces)
        and max(texts.used, default=-1) < len(texts.widths)
    )
    if not sound:
        raise Damaged("bundle_damaged", what="texts")
    return [texts.shapes[start:end] for start, end in pairwise(accumulate(texts.widths, initial=0))]


def _check_size(
    pieces: Sequence[bytes], shapes: Sequence[list[int]], amounts: Sequence[int], values: int
) -> None:
    """Refuses what would grow too large when it is joined, by adding up only."""
    sizes = [len(piece) + 1 for piece in pieces]
    joined = sum(
        amount * sum([sizes[piece] for piece in row]) for row, amount in zip(shapes, amounts, strict=True)
    )
    cuts = sum(amount * (len(row) - 1) for row, amount in zip(shapes, amounts, strict=True))
    if joined + values > LARGEST_TEXTS or cuts > MOST_CUTS:
        raise Refused("limit_exceeded", what="payload")


def _columns(texts: Texts, shapes: Sequence[list[int]], amounts: Sequence[int]) -> list[list[bytes]]:
    """The values of each column, once they are known to be as many as the shapes call for."""
    expected = [0] * len(texts.pieces)
    for row, amount in zip(shapes, amounts, strict=True):
        for piece in row[:-1]:
            expected[piece] += amount
    counted = [column.count(b"\n") + 1 if column else 0 for column in texts.columns]
    if counted != expected:  # no value is empty, so an empty column is one of no values
        raise Damaged("bundle_damaged", what="texts")
    return [
        column.split(b"\n") if count else [] for column, count in zip(texts.columns, expected, strict=True)
    ]
