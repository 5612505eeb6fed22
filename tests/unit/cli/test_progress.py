"""Progress is quiet at first, and Ctrl+C asks the work to stop where it can roll back."""

import io
import os
import re
import signal
from pathlib import Path

import pytest

from ctcase.cli.progress import Progress
from ctcase.cli.text import STAGES


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_short_work_shows_nothing():
    stream, clock = io.StringIO(), Clock()
    with Progress(stream, str, clock) as progress:
        assert progress("importing", 0, 10)
        clock.now = 0.39
        assert progress("importing", 9, 10)
    assert stream.getvalue() == ""


def test_long_work_says_each_stage_once_where_nobody_watches():
    stream, clock = io.StringIO(), Clock()
    with Progress(stream, str, clock) as progress:
        clock.now = 0.4
        progress("importing", 1, 10)
        progress("importing", 2, 10)
        progress("new_stage", 7, 0)
    assert stream.getvalue() == "Taking rows: 1/10\nnew stage: 7\n"


def test_every_stage_has_its_words():
    source = Path(__file__).resolve().parents[3] / "ctcase" / "app"
    used = {
        stage
        for file in source.glob("*.py")
        for stage in re.findall(r'\bprogress[(,]\s*"(\w+)"', file.read_text(encoding="utf-8"))
    }
    assert used == set(STAGES)


def test_long_work_draws_a_bar_at_a_terminal():
    stream, clock = Terminal(), Clock()
    with Progress(stream, str, clock) as progress:
        clock.now = 1.0
        progress("importing", 1, 10)
        progress("importing", 5, 10)
        progress("writing", 1, 0)
    assert "Taking rows" in stream.getvalue()


def interrupt():
    os.kill(os.getpid(), signal.SIGINT)


def test_the_first_interrupt_asks_and_the_second_stops():
    before = signal.getsignal(signal.SIGINT)
    with Progress(io.StringIO(), str, Clock()) as progress:
        assert progress("importing", 0, 10)
        interrupt()
        assert not progress("importing", 1, 10)
        with pytest.raises(KeyboardInterrupt):
            interrupt()
    assert signal.getsignal(signal.SIGINT) is before
