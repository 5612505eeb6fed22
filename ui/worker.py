"""The one thread that owns the vault. Views hand it work and get the answer back on the GUI thread.

A command's change set goes out through one signal, `changed`; every view decides by itself whether it is concerned.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal
from shiboken6 import isValid

from ctcase.app.results import Changes, Outcome
from ctcase.app.session import Environment, Progress, Session, open_vault
from ctcase.errors import Cancelled, CtcaseError

T = TypeVar("T")
REPORT_EVERY = 0.05  # seconds between two reports of progress


class Job(QObject):
    """A piece of work under way; its signals come on the GUI thread."""

    progressed = Signal(str, int, int)
    """Stage, done, total (0: not known)."""
    ended = Signal()
    """It is over, in every case: done, refused, cancelled, dropped, or by a fault. The answer, if any, comes after it."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._stop = threading.Event()
        self.is_command = False
        self.is_watched = False  # its progress is shown, and it may be stopped

    def cancel(self) -> None:
        """Stop as soon as the work asks; what it did is rolled back, and nobody is told of an answer."""
        self._stop.set()

    @property
    def is_cancelled(self) -> bool:
        """Whether it is to stop."""
        return self._stop.is_set()


@dataclass(frozen=True, slots=True)
class _Task:
    """What to run, and whom to tell."""

    job: Job
    owner: QObject
    epoch: int
    run: Callable[[Progress], Any]
    then: Callable[[Any], None]
    refused: Callable[[CtcaseError], None] | None


@dataclass(frozen=True, slots=True)
class _Answer:
    """How it ended: a value, a refusal, or the place of a fault of ours; none of them if it was cancelled."""

    value: object = None
    error: CtcaseError | None = None
    fault: str = ""
    cancelled: bool = False


class Worker(QObject):
    """Runs work one after the other on a thread of its own, which alone holds the open session."""

    changed = Signal(object)
    """`Changes` after a command, or what another process wrote."""
    refused = Signal(object)
    """A `CtcaseError` that no view takes care of."""
    unexpected = Signal(str)
    """A fault of the program, as the kind of exception and its place in the source; never case data."""
    settled = Signal()
    """Nothing is under way any more."""
    _returned = Signal(object, object)
    _reported = Signal(object, str, int, int)

    def __init__(self, env: Environment, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._env = env
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="vault")
        self._session: Session | None = None  # the pool's thread alone reads and writes it
        self._epoch = 0
        self._stopped = False
        self._under_way: list[Job] = []
        self._returned.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._reported.connect(self._report, Qt.ConnectionType.QueuedConnection)

    @property
    def is_busy(self) -> bool:
        """Whether anything is under way."""
        return bool(self._under_way)

    @property
    def is_stopped(self) -> bool:
        """Whether the thread has ended: nothing can be run any more."""
        return self._stopped

    def ask(
        self,
        owner: QObject,
        query: Callable[[Session, Progress], T],
        then: Callable[[T], None],
        refused: Callable[[CtcaseError], None] | None = None,
    ) -> Job:
        """Run a query; `then` gets its answer unless `owner` is gone or the vault was locked meanwhile."""
        return self._submit(owner, lambda progress: query(self._open(), progress), then, refused)

    def do(
        self,
        owner: QObject,
        command: Callable[[Session, Progress], Outcome[T]],
        then: Callable[[T], None],
        refused: Callable[[CtcaseError], None] | None = None,
    ) -> Job:
        """Run a command; what it changed is told to all before `then` gets its answer."""

        def tell(outcome: Outcome[T]) -> None:
            self.changed.emit(outcome.changes)
            if isValid(owner):
                then(outcome.value)

        job = self._submit(owner, lambda progress: command(self._open(), progress), tell, refused)
        job.is_command = True
        return job

    def prepare(
        self,
        owner: QObject,
        work: Callable[[Environment], T],
        then: Callable[[T], None],
        refused: Callable[[CtcaseError], None] | None = None,
    ) -> Job:
        """Run what needs no open vault: founding an office, joining one."""
        return self._submit(owner, lambda _progress: work(self._env), then, refused)

    def unlock(
        self,
        owner: QObject,
        folder: Path,
        passphrase: str,
        then: Callable[[None], None],
        refused: Callable[[CtcaseError], None],
    ) -> Job:
        """Open a vault; from then on it is the one that work is done in."""

        def run(_progress: Progress) -> None:
            self._shut()
            self._session = open_vault(folder, passphrase, self._env)

        return self._submit(owner, run, then, refused)

    def lock(self) -> None:
        """Close the vault; what a person saved is written first, queries and long work are stopped.

        No answer of before comes through any more.
        """
        self._epoch += 1
        for job in self._under_way:
            if job.is_watched or not job.is_command:
                job.cancel()
        if not self._stopped:
            self._pool.submit(self._shut)

    def poll(self, owner: QObject) -> None:
        """Look whether another process wrote to the vault; what it changed is told like our own changes."""

        def tell(changes: Changes | None) -> None:
            if changes is not None:
                self.changed.emit(changes)

        if not self.is_busy and not self._stopped:  # a window that is going still has its timer
            self.ask(owner, lambda session, _progress: session.poll(), tell)

    def stop(self) -> None:
        """Lock and end the thread; waits for what is being written."""
        if not self._stopped:
            self.lock()
            self._stopped = True
            self._pool.shutdown(wait=True)

    def _open(self) -> Session:
        if self._session is None:
            raise Cancelled  # locked in between
        return self._session

    def _shut(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.close()

    def _submit(
        self,
        owner: QObject,
        run: Callable[[Progress], Any],
        then: Callable[[Any], None],
        refused: Callable[[CtcaseError], None] | None,
    ) -> Job:
        job = Job(self)
        self._under_way.append(job)
        task = _Task(job, owner, self._epoch, run, then, refused)
        self._pool.submit(self._work, task)
        return job

    def _work(self, task: _Task) -> None:
        """On the pool's thread."""
        self._returned.emit(task, self._try(task))

    def _try(self, task: _Task) -> _Answer:
        if task.job.is_cancelled:
            return _Answer(cancelled=True)
        try:
            return _Answer(task.run(self._progress_of(task.job)))
        except Cancelled:
            return _Answer(cancelled=True)
        except CtcaseError as error:
            error.__cause__ = error.__context__ = None
            return _Answer(error=error.with_traceback(None))  # frames hold case data
        except Exception as error:  # noqa: BLE001  # the thread's boundary: told without case data
            return _Answer(fault=_place(error))

    def _progress_of(self, job: Job) -> Progress:
        last = 0.0

        def progress(stage: str, done: int, total: int) -> bool:
            nonlocal last
            now = time.monotonic()
            if now - last >= REPORT_EVERY:
                last = now
                self._reported.emit(job, stage, done, total)
            return not job.is_cancelled

        return progress

    def _report(self, job: Job, stage: str, done: int, total: int) -> None:
        if job in self._under_way and not job.is_cancelled:
            job.progressed.emit(stage, done, total)

    def _deliver(self, task: _Task, answer: _Answer) -> None:
        """On the GUI thread."""
        self._under_way.remove(task.job)
        task.job.ended.emit()
        task.job.deleteLater()
        if task.epoch == self._epoch:
            self._tell(task, answer)
        if not self._under_way:
            self.settled.emit()

    def _tell(self, task: _Task, answer: _Answer) -> None:
        if answer.fault:
            self.unexpected.emit(answer.fault)
        elif answer.error is not None:
            if task.refused is None or not isValid(task.owner):
                self.refused.emit(answer.error)
            else:
                task.refused(answer.error)
        elif not answer.cancelled and (isValid(task.owner) or isinstance(answer.value, Outcome)):
            task.then(answer.value)


def _place(error: BaseException) -> str:
    """The kind of a fault and the line of the source it came from."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    return f"{type(error).__name__} {where}".strip()
