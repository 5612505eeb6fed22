"""Importing a spreadsheet in a process of its own, so that its peak memory is its own."""

import re
import resource
import subprocess
import sys
import time
from pathlib import Path

import msgspec

from benchmarks import world
from ctcase.app import exchange, spreadsheets

MEBIBYTE = 1024  # in the kibibytes that Linux counts memory in


class Cost(msgspec.Struct):
    """Seconds, and the most memory in MiB."""

    seconds: float
    peak: float


def measured(job: str, folder: Path, count: int) -> Cost:
    """Runs `import` or `read` for so many cases in a process of its own."""
    folder.mkdir()
    command = [sys.executable, "-m", "benchmarks.importing", job, str(folder), str(count)]
    done = subprocess.run(command, check=True, capture_output=True)
    return msgspec.json.decode(done.stdout, type=Cost)


def prepared(folder: Path, count: int) -> None:
    """An office, and what it will read; made in a process that is not measured."""
    leader, worker = world.make_office(folder)
    world.write_spreadsheet(folder / "cases.csv", count)
    leader.close()
    spreadsheets.import_cases(worker, folder / "cases.csv")
    exchange.write_bundles(worker, "office", folder / "out")
    worker.close()


def run(job: str, folder: Path, count: int) -> Cost:
    """The job itself, timed."""
    if job == "read":
        command = [sys.executable, "-m", "benchmarks.importing", "prepare", str(folder), str(count)]
        subprocess.run(command, check=True, capture_output=True)
        session = world.unlocked(folder / "office")
        files = sorted((folder / "out").iterdir())
        start = time.perf_counter()
        seen = exchange.read_bundles(session, files).value.files
        assert sum(one.entries.new for one in seen) >= count
    else:
        leader, session = world.make_office(folder)
        leader.close()
        world.write_spreadsheet(folder / "cases.csv", count)
        start = time.perf_counter()
        assert spreadsheets.import_cases(session, folder / "cases.csv").value.added == count
    seconds = time.perf_counter() - start
    session.close()
    return Cost(seconds, peak())


def peak() -> float:
    """The most memory that this process ever had; `getrusage` would count the parent's before the program started."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEBIBYTE
    return int(re.search(r"VmHWM:\s+(\d+) kB", status.read_text())[1]) / MEBIBYTE


def main() -> None:
    """`python -m benchmarks.importing import|read|prepare FOLDER COUNT`."""
    job, folder, count = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    if job == "prepare":
        prepared(folder, count)
        return
    sys.stdout.buffer.write(msgspec.json.encode(run(job, folder, count)))


if __name__ == "__main__":
    main()
