"""Taking times so that a drifting machine does not lie: floor and ours in turns, medians, ratios."""

import statistics
import time
from collections.abc import Callable, Sequence

import msgspec

Action = Callable[[], object]


class Result(msgspec.Struct):
    """One line: what was measured, floor and ours in milliseconds, and the ratio that is asked for."""

    name: str
    floor: float
    ours: float
    target: float
    note: str = ""

    @property
    def ratio(self) -> float:
        """Ours in floors."""
        return self.ours / self.floor if self.floor else 0.0


def once(action: Action) -> float:
    """The time of one run in milliseconds."""
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000


def in_turns(floor: Action, ours: Action, times: int) -> tuple[float, float]:
    """The medians of both, each run right after the other."""
    pairs = [(once(floor), once(ours)) for _ in range(times)]
    return statistics.median(one for one, _ in pairs), statistics.median(two for _, two in pairs)


def head() -> None:
    """Prints what the columns are."""
    print(f"{'':44} {'floor ms':>10} {'ours ms':>10} {'ratio':>7} {'target':>7}")


def show(results: Sequence[Result]) -> None:
    """Prints the lines."""
    for it in results:
        verdict = "" if not it.target else "met" if it.ratio <= it.target else "missed"
        target = f"{it.target:.2f}" if it.target else ""
        print(
            f"{it.name:44} {it.floor:10.2f} {it.ours:10.2f} {it.ratio:7.2f} {target:>7} {verdict} {it.note}"
        )
