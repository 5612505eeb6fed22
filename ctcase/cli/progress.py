"""Progress of long work on standard error, and its cancelling with Ctrl+C."""

import signal
import threading
import time
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Self, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from ctcase.cli.text import STAGES, Translate

QUIET = 0.4
"""Seconds in which nothing is shown."""


class Progress:
    """Given to long work: `with Progress(…) as progress: work(progress)`.

    The first Ctrl+C asks the work to stop where it can; a second one stops it at once.
    """

    def __init__(
        self, stream: TextIO, translate: Translate, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._stream, self._translate, self._clock = stream, translate, clock
        self._start = clock()
        self._bar: Bar | None = None
        self._task = TaskID(0)
        self._stage = ""
        self._cancelled = False
        self._before: object = None

    @property
    def is_cancelled(self) -> bool:
        """Whether the person asked it to stop."""
        return self._cancelled

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._interrupt)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
        if callable(self._before) or isinstance(self._before, signal.Handlers):
            signal.signal(signal.SIGINT, self._before)

    def __call__(self, stage: str, done: int, total: int) -> bool:
        """Shows how far the work is (a total of 0: nobody knows); False asks it to stop."""
        if self._clock() - self._start >= QUIET:
            name = self._translate(STAGES.get(stage, stage.replace("_", " ")))
            if self._stream.isatty():
                self._draw(stage, name, done, total or None)
            elif stage != self._stage:
                how_far = f": {done}/{total}" if total else f": {done}" if done else ""
                print(name + how_far, file=self._stream)
            self._stage = stage
        return not self._cancelled

    def _draw(self, stage: str, name: str, done: int, total: int | None) -> None:
        if self._bar is None:
            columns = (
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
            )
            self._bar = Bar(*columns, console=Console(file=self._stream), transient=True)
            self._bar.start()
            self._task = self._bar.add_task(name, total=total, completed=done)
        elif stage != self._stage:
            self._bar.reset(self._task, description=name, total=total, completed=done)
        else:
            self._bar.update(self._task, total=total, completed=done)

    def _interrupt(self, _number: int, _frame: FrameType | None) -> None:
        if self._cancelled:
            raise KeyboardInterrupt
        self._cancelled = True
