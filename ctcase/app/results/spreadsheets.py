"""Answers about spreadsheets: what was imported, what was exported."""

from ctcase.app.results.base import Shape


class SameRow(Shape, frozen=True):
    """A row that was imported before, and the code of its case; `#` and a number is a row of the same file."""

    row: int
    code: str


class RefusedRow(Shape, frozen=True):
    """A row that was not taken, and the column that was wrong, if it is one."""

    row: int
    column: str | None
    code: str


class ColumnTaken(Shape, frozen=True):
    """A column of an imported file and the field it was taken as; `differs`: hidden name and label disagree."""

    column: str
    name: str | None
    label: str | None
    taken_as: str | None
    differs: bool


class Imported(Shape, frozen=True):
    """What became of the rows of a file."""

    format: str
    rows: int
    added: int
    same: list[SameRow]
    refused: list[RefusedRow]
    columns: list[ColumnTaken]


class LeftOut(Shape, frozen=True):
    """A case that is not in the file, and why, as a code word."""

    code: str
    reason: str


class Exported(Shape, frozen=True):
    """A file with cases that was written, and what is not in it."""

    file: str
    format: str
    rows: int
    left_out: list[LeftOut]
