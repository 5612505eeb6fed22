"""Answers about bundles: what was written, and what a file would do or did."""

import msgspec

from ctcase.app.results.base import ErrorAnswer, Shape


class Gap(Shape, frozen=True):
    """Numbers of a device's entries, first and last, that are missing here."""

    device: str
    from_: int = msgspec.field(name="from")
    to: int


class BundleFile(Shape, frozen=True):
    """A bundle that was written: the devices that can open it, its number, and what it carries."""

    file: str
    to: list[str]
    number: int
    bytes: int
    entries: int
    documents: int


class BundlesWritten(Shape, frozen=True):
    """The bundles that were written, for all addressees."""

    files: list[BundleFile]


class EntryCounts(Shape, frozen=True):
    """What became of the entries of a bundle."""

    new: int = 0
    known: int = 0
    waiting: int = 0
    void: int = 0
    quarantined: int = 0
    proposals: int = 0


class CaseCounts(Shape, frozen=True):
    """How many cases came with a bundle, and how many it changed."""

    new: int = 0
    changed: int = 0


class BundleFrom(Shape, frozen=True):
    """Who signed a bundle."""

    member: str
    device: str


class BundleProblem(Shape, frozen=True):
    """An entry of a bundle that has no effect now, and why, as a code word."""

    entry: str
    status: str
    code: str


class BundleSeen(Shape, frozen=True):
    """One bundle file, before or after it was taken. `status`: new, known, refused, damaged."""

    file: str
    status: str
    error: ErrorAnswer | None
    from_: BundleFrom | None = msgspec.field(name="from")
    number: int | None
    roster: int | None
    entries: EntryCounts
    cases: CaseCounts
    conflicts: int
    problems: list[BundleProblem]
    receipts: int
    new_roster: int | None
    gaps: list[Gap]


class BundlesSeen(Shape, frozen=True):
    """What became, or would become, of each file."""

    files: list[BundleSeen]
