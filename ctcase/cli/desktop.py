"""Opening the window: another process, because the core knows nothing of it."""

import os
import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_BY_SIGNAL = 128


def open_window(vault: Path | None) -> int:
    """Runs the window until it is closed and answers its exit status."""
    # -P: a folder called `ui` where the user happens to be must never be run in place of ours.
    command = [sys.executable, "-P", "-m", "ui.main", *([str(vault)] if vault else [])]
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    surroundings = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    # Our own interpreter and module, no shell; the vault is one argument.
    ended = subprocess.run(command, env=surroundings, check=False).returncode  # noqa: S603  # see above
    return ended if ended >= 0 else _BY_SIGNAL - ended
