"""Opening a long list of cases and searching in it, beside SQLCipher alone."""

from pathlib import Path

from benchmarks import measure, world
from benchmarks.measure import Result
from ctcase.app import case_list, spreadsheets

WINDOW = 64
SEARCHES = ("mu", "muster", "ara muster", "fictiva ab")
LONGEST_KEY = 50.0  # milliseconds


def run(folder: Path, count: int, times: int) -> list[Result]:
    """All row numbers and the first window; then what a key in the search costs, at worst."""
    leader, worker = world.make_office(folder)
    leader.close()
    world.write_spreadsheet(folder / "cases.csv", count)
    spreadsheets.import_cases(worker, folder / "cases.csv")
    raw = worker.opened.database.raw

    def floor() -> None:
        rows = [
            row
            for (row,) in raw.execute("SELECT row FROM case_row ORDER BY updated DESC, row DESC").fetchall()
        ]
        wanted = ",".join(map(str, rows[:WINDOW]))
        raw.execute(f"SELECT * FROM case_row WHERE row IN ({wanted})").fetchall()

    def ours(words: str = "") -> None:
        rows = case_list.case_ids(worker, search=words)
        case_list.case_lines(worker, rows[:WINDOW])

    found = [Result(f"open the list of {count} cases", *measure.in_turns(floor, ours, times), target=1.4)]
    for words in SEARCHES:
        _, taken = measure.in_turns(floor, lambda words=words: ours(words), times)
        hits = len(case_list.case_ids(worker, search=words))
        found.append(
            Result(f"search, {hits} of {count} found", LONGEST_KEY, taken, 1, "(floor: 50 ms allowed)")
        )
    worker.close()
    return found
