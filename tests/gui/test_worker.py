"""The one thread that owns the vault: answers come on the GUI thread, or not at all."""

import threading

import pytest
import shiboken6
from PySide6.QtCore import QObject, QThread
from PySide6.QtWidgets import QPushButton

from ctcase.app.results import Changes, Outcome
from ctcase.app.session import Environment
from ctcase.errors import Cancelled, Refused, refusal
from ui.desk import hold
from ui.worker import Worker


class FakeSession:
    """Counts what a worker does with a session."""

    def __init__(self):
        self.closed = 0
        self.threads = set()

    def poll(self):
        return Changes(local=True)

    def close(self):
        self.closed += 1


@pytest.fixture
def worker(qapp):
    made = Worker(Environment(lambda: 0, bytes))
    yield made
    made.stop()


@pytest.fixture
def session(worker):
    found = FakeSession()
    worker._session = found
    return found


@pytest.fixture
def owner(qapp):
    return QObject()


def settle(qtbot, worker):
    while worker.is_busy:
        with qtbot.waitSignal(worker.settled, timeout=10_000):
            pass


def test_work_runs_on_one_other_thread_and_answers_here(qtbot, worker, session, owner):
    threads, answers = set(), []
    for number in range(3):

        def work(_session, _progress, number=number):
            threads.add(threading.get_ident())
            return number

        worker.ask(owner, work, lambda value: answers.append((value, QThread.currentThread().isMainThread())))
    settle(qtbot, worker)
    assert answers == [(0, True), (1, True), (2, True)]
    assert len(threads) == 1
    assert threading.get_ident() not in threads


def test_changes_are_told_once_before_the_answer(qtbot, worker, session, owner):
    told = []
    worker.changed.connect(told.append)
    outcome = Outcome("done", Changes(frozenset({"a"})))
    worker.do(owner, lambda _s, _p: outcome, told.append)
    settle(qtbot, worker)
    assert told == [Changes(frozenset({"a"})), "done"]


def test_a_refusal_goes_to_the_one_who_asked_or_to_all(qtbot, worker, session, owner):
    mine, everybody = [], []
    worker.refused.connect(lambda error: everybody.append(error.code))

    def refuse(_session, _progress):
        raise Refused("four_eyes")

    worker.ask(owner, refuse, mine.append, lambda error: mine.append(error.code))
    worker.ask(owner, refuse, mine.append)
    settle(qtbot, worker)
    assert (mine, everybody) == (["four_eyes"], ["four_eyes"])


def test_a_refusal_keeps_no_frame_with_case_data(qtbot, worker, session, owner):
    found = []

    def refuse(_session, _progress):
        try:
            int("Canaria")
        except ValueError as cause:
            raise refusal("not_found") from cause

    worker.ask(owner, refuse, found.append, found.append)
    settle(qtbot, worker)
    assert found[0].__cause__ is None
    assert found[0].__context__ is None
    assert found[0].__traceback__ is None


def test_a_fault_is_told_by_kind_and_place_only(qtbot, worker, session, owner):
    found = []
    worker.unexpected.connect(found.append)

    def fail(_session, _progress):
        raise ValueError("Canaria")

    worker.ask(owner, fail, found.append)
    settle(qtbot, worker)
    assert len(found) == 1
    assert found[0].startswith("ValueError test_worker.py:")


def done(_session, _progress):
    return "done"


def refused(_session, _progress):
    raise Refused("four_eyes")


def failed(_session, _progress):
    raise ValueError


def cancelled(_session, _progress):
    raise Cancelled


@pytest.mark.parametrize(
    ("work", "answers"), [(done, ["done"]), (refused, ["four_eyes"]), (failed, ["fault"]), (cancelled, [])]
)
def test_however_it_ends_that_is_told_before_the_answer(qtbot, worker, session, owner, work, answers):
    told = []
    worker.unexpected.connect(lambda _place: told.append("fault"))
    job = worker.ask(owner, work, told.append, lambda error: told.append(error.code))
    job.ended.connect(lambda: told.append("ended"))
    settle(qtbot, worker)
    assert told == ["ended", *answers]


def test_what_was_dropped_by_locking_has_ended_too(qtbot, worker, session, owner):
    told = []
    worker.ask(owner, done, told.append).ended.connect(lambda: told.append("ended"))
    worker.lock()
    settle(qtbot, worker)
    assert told == ["ended"]


def test_what_is_held_is_on_again_before_the_answer_and_may_be_gone(qtbot, worker, session, owner):
    button, gone, seen = QPushButton(), QPushButton(), []
    job = worker.ask(owner, failed, seen.append)
    hold(job, gone, button)
    assert not button.isEnabled()
    worker.unexpected.connect(lambda _place: seen.append(button.isEnabled()))
    shiboken6.delete(gone)
    settle(qtbot, worker)
    assert seen == [True]


def test_progress_is_reported_and_cancelling_stops(qtbot, worker, session, owner):
    begun, go_on = threading.Event(), threading.Event()
    seen, answers = [], []

    def work(_session, progress):
        progress("reading", 1, 2)
        begun.set()
        go_on.wait(10)
        if not progress("reading", 2, 2):
            raise Cancelled
        return "done"

    job = worker.ask(owner, work, answers.append)
    job.progressed.connect(lambda *report: seen.append(report))
    assert begun.wait(10)
    qtbot.waitUntil(lambda: bool(seen))
    job.cancel()
    go_on.set()
    settle(qtbot, worker)
    assert seen == [("reading", 1, 2)]
    assert answers == []


def test_what_was_cancelled_before_its_turn_does_not_run(qtbot, worker, session, owner):
    gate, ran = threading.Event(), []
    worker.ask(owner, lambda _s, _p: gate.wait(10), lambda _v: None)
    job = worker.ask(owner, lambda _s, _p: ran.append("no"), lambda _v: None)
    job.cancel()
    gate.set()
    settle(qtbot, worker)
    assert ran == []


def test_after_locking_no_answer_comes_and_saving_still_happens(qtbot, worker, session, owner):
    gate, answers, saved = threading.Event(), [], []
    worker.ask(owner, lambda _s, _p: gate.wait(10), answers.append)
    worker.ask(owner, lambda _s, _p: answers.append("asked"), answers.append)
    worker.do(owner, lambda _s, _p: Outcome(saved.append("saved"), Changes()), answers.append)
    worker.lock()
    gate.set()
    settle(qtbot, worker)
    worker.stop()
    assert answers == []
    assert saved == ["saved"]
    assert session.closed == 1


def test_without_a_vault_work_is_let_go_quietly(qtbot, worker, owner):
    answers = []
    worker.refused.connect(answers.append)
    worker.unexpected.connect(answers.append)
    worker.ask(owner, lambda _s, _p: "never", answers.append)
    settle(qtbot, worker)
    assert answers == []


def test_an_owner_that_is_gone_gets_no_answer_but_the_change_is_told(qtbot, worker, session):
    owner, answers, told = QObject(), [], []
    worker.changed.connect(told.append)
    worker.do(owner, lambda _s, _p: Outcome(1, Changes(local=True)), answers.append)
    shiboken6.delete(owner)
    settle(qtbot, worker)
    assert answers == []
    assert told == [Changes(local=True)]


def test_polling_tells_what_another_process_wrote_and_waits_while_busy(qtbot, worker, session, owner):
    told = []
    worker.changed.connect(told.append)
    worker.poll(owner)
    worker.poll(owner)
    settle(qtbot, worker)
    assert told == [Changes(local=True)]


def test_after_the_end_a_late_timer_asks_nothing(qtbot, worker, session, owner):
    worker.stop()
    worker.poll(owner)
    assert not worker.is_busy
