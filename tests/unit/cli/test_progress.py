"""Progress is quiet at first, and Ctrl+C asks the work to stop where it can roll back."""

import io
import os
import signal

import pytest

from ctcase.cli.progress import Progress


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
        assert progress("rows", 0, 10)
        clock.now = 0.39
        assert progress("rows", 9, 10)
    assert stream.getvalue() == ""


def test_long_work_says_each_stage_once_where_nobody_watches():
    stream, clock = io.StringIO(), Clock()
    with Progress(stream, str, clock) as progress:
        clock.now = 0.4
        progress("rows", 1, 10)
        progress("rows", 2, 10)
        progress("new_stage", 0, 3)
    assert stream.getvalue() == "Taking rows: 1/10\nnew stage: 0/3\n"


def test_long_work_draws_a_bar_at_a_terminal():
    stream, clock = Terminal(), Clock()
    with Progress(stream, str, clock) as progress:
        clock.now = 1.0
        progress("rows", 1, 10)
        progress("rows", 5, 10)
        progress("seal", 1, 2)
    assert "Taking rows" in stream.getvalue()


def interrupt():
    os.kill(os.getpid(), signal.SIGINT)


def test_the_first_interrupt_asks_and_the_second_stops():
    before = signal.getsignal(signal.SIGINT)
    with Progress(io.StringIO(), str, Clock()) as progress:
        assert progress("rows", 0, 10)
        interrupt()
        assert not progress("rows", 1, 10)
        with pytest.raises(KeyboardInterrupt):
            interrupt()
    assert signal.getsignal(signal.SIGINT) is before
