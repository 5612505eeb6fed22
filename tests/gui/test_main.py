"""The window as a build starts it: a real process that unlocks, draws the list and ends."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from ctcase.app import office
from ctcase.app.session import Environment
from ctcase.crypto.passphrases import Cost

ROOT = Path(__file__).resolve().parents[2]
SECRET = "four plain words here"


@pytest.fixture(scope="module")
def vault(tmp_path_factory):
    folder = tmp_path_factory.mktemp("main")
    env = Environment(lambda: 1_795_000_000, os.urandom, Cost(19 * 1024, 2, 1))
    office.create_office(folder / "office", "Harbour office", "Rana O.", SECRET, env)
    (folder / "right").write_text(SECRET + "\n")
    (folder / "wrong").write_text("not this one at all\n")
    yield folder
    shutil.rmtree(folder)


BROKEN = "import sys, ui.main as it; it.failed_check = lambda: 'x25519'; sys.exit(it.main(sys.argv[1:]))"


def start(*arguments, program=("-m", "ui.main")):
    env = {key: value for key, value in os.environ.items() if key not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    env["QT_QPA_PLATFORM"] = "offscreen"
    command = [sys.executable, *program, *map(str, arguments)]
    return subprocess.run(
        command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False
    )  # our own program


def test_it_unlocks_draws_and_ends(vault, tmp_path):
    picture = tmp_path / "list.png"
    done = start(vault / "office", "--passphrase-file", vault / "right", "--screenshot", picture)
    assert done.returncode == 0, done.stderr
    image = QImage(str(picture))
    assert (image.width(), image.height()) == (1366, 690)
    colours = {image.pixel(x, y) for x in range(0, 1366, 7) for y in range(0, 690, 7)}
    assert len(colours) > 20, "something was drawn"


def test_a_wrong_passphrase_ends_as_the_command_line_does(vault, tmp_path):
    picture = tmp_path / "list.png"
    done = start(vault / "office", "--passphrase-file", vault / "wrong", "--screenshot", picture)
    assert done.returncode == 3
    assert "This passphrase does not open the vault." in done.stderr
    assert not picture.exists()


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_passphrase_file_that_cannot_be_read_is_said_in_one_line(vault, tmp_path, content):
    file = tmp_path / "passphrase"
    if content is not None:
        file.write_bytes(content)
    done = start(vault / "office", "--passphrase-file", file, "--screenshot", tmp_path / "list.png")
    assert done.returncode == 1
    assert done.stderr == "The passphrase file is not there or cannot be read.\n"


def test_nothing_is_opened_with_a_broken_encryption(vault, tmp_path):
    picture = tmp_path / "list.png"
    arguments = (vault / "office", "--passphrase-file", vault / "right", "--screenshot", picture)
    done = start(*arguments, program=("-c", BROKEN))
    assert done.returncode == 1
    assert "No vault was opened." in done.stderr
    assert not picture.exists()


def test_without_a_display_it_says_so():
    env = {
        key: value
        for key, value in os.environ.items()
        if key not in {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    }
    if not sys.platform.startswith("linux"):
        pytest.skip("other systems always have a display")
    command = [sys.executable, "-m", "ui.main"]
    done = subprocess.run(
        command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False
    )  # our own program
    assert done.returncode == 1
    assert "There is no display." in done.stderr
