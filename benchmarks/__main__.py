"""Runs all measurements: `python -m benchmarks [--quick] [NAME …]`."""

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks import bundles, folding, importing, listing, measure, saving
from benchmarks.measure import Result

MOST_SECONDS, MOST_MEMORY, MOST_READING = 60, 400, 250


def _imported(folder: Path, count: int) -> list[Result]:
    cost = importing.measured("import", folder / "import", count)
    allowed = MOST_SECONDS * 1000 * count / 20_000
    return [
        Result(
            f"import {count} rows of CSV", allowed, cost.seconds * 1000, 1, "(floor: 60 s for 20,000 allowed)"
        ),
        Result("  its peak memory, MiB", MOST_MEMORY, cost.peak, 1, "(floor: 400 MiB allowed)"),
    ]


def _memory(folder: Path, count: int) -> list[Result]:
    cost = importing.measured("read", folder / "memory", count)
    return [Result(f"read {count} entries, peak MiB", MOST_READING, cost.peak, 1, "(floor: 250 MiB allowed)")]


def _chosen(quick: bool) -> dict[str, Callable[[Path], list[Result]]]:
    size = 1_000 if quick else 10_000
    times = 3 if quick else 5
    return {
        "save": lambda folder: saving.save(folder, 100 if quick else 400),
        "unlock": lambda folder: [saving.unlock(folder, times)],
        "import": lambda folder: _imported(folder, size * 2),
        "bundle": lambda folder: bundles.run(folder, size, times),
        "memory": lambda folder: _memory(folder, size * 10),
        "list": lambda folder: listing.run(folder, size * 10, times * 3),
        "verify": lambda folder: [folding.verify(folder, size, times)],
        "referral": lambda folder: [folding.referral(folder, 500)],
    }


def main() -> None:
    """Prints floor, ours and ratio of each."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the size, for a first look")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="save unlock import bundle memory list verify referral"
    )
    arguments = parser.parse_args()
    available = _chosen(arguments.quick)
    unknown = set(arguments.names) - available.keys()
    if unknown:
        parser.error(f"no such measurement: {', '.join(sorted(unknown))}")
    measure.head()
    for name in arguments.names or available:
        with tempfile.TemporaryDirectory(prefix="ctcase-benchmark-") as folder:
            measure.show(available[name](Path(folder)))


if __name__ == "__main__":
    main()
