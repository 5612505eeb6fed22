"""The window is another process, and only ever ours."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ctcase.cli import desktop

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(("returned", "status"), [(0, 0), (3, 3), (-15, 143)])
def test_the_window_runs_from_our_own_folder(monkeypatch, tmp_path, returned, status):
    started = []

    def run(command, *, env, check):
        started.append((command, env["PYTHONPATH"].split(os.pathsep)[0], check))
        return subprocess.CompletedProcess(command, returned)

    monkeypatch.setattr(desktop.subprocess, "run", run)
    assert desktop.open_window(tmp_path) == status
    assert started == [([sys.executable, "-P", "-m", "ui.main", str(tmp_path)], str(ROOT), False)]
    desktop.open_window(None)
    assert started[1][0][-1] == "ui.main"
