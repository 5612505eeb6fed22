"""Small, full and read-only places: clear codes, nothing shortened, and everything works again when there is room."""

import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ctcase.app import case_list, upkeep
from ctcase.app.session import open_vault
from tests.faults.operation import CODES, PASSPHRASE
from tests.office_world import World, code_of

SCRIPT = Path(__file__).with_name("operation.py")


def run(name, folder, largest=None):
    """Runs an operation in a process that may write files up to a size; how it ended, as a code."""

    def limit():
        if largest is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))

    ended = subprocess.run(
        [sys.executable, "-B", str(SCRIPT), name, str(folder)],
        capture_output=True, text=True, check=False, preexec_fn=limit, timeout=120,  # one thread here
    )  # fmt: skip
    assert ended.stderr == ""
    return "done" if ended.returncode == 0 else CODES[ended.returncode - 10]


@pytest.fixture
def folder(tmp_path):
    """An office and a member with a case."""
    world = World(tmp_path / "medium")
    world.folder.mkdir()
    world.found()
    world.member("ben")
    (world.folder / "code").write_text(world.case("ben"))
    world.close()
    return world.folder


def verified(folder):
    world = World(folder)
    session = open_vault(folder / "ben", PASSPHRASE, world.env)
    found = upkeep.verify(session)
    total = case_list.list_cases(session).total
    session.close()
    return found.ok, total


def opened(folder):
    session = open_vault(folder / "ben", PASSPHRASE, World(folder).env)
    try:
        return case_list.list_cases(session).total
    finally:
        session.close()


@pytest.mark.parametrize("name", ["create", "save", "backup", "bundle_write", "passphrase"])
def test_a_limit_on_the_size_of_files_ends_an_operation_and_nothing_else(folder, name):
    before = {file: file.stat().st_size for file in folder.rglob("*") if file.is_file()}
    codes = set()
    for largest in (1, 500, 5_000, 20_000, 100_000):
        codes.add(code := run(name, folder, largest))
        assert all(file.stat().st_size >= size for file, size in before.items() if file.suffix == ".db")
        assert verified(folder) == (True, 1)
        if code == "done":
            break
    assert codes <= {"done", "disk_full", "permission"}
    assert "disk_full" in codes


@pytest.fixture
def mounted(tmp_path):
    """Mounts for the length of a test, where that is permitted."""
    places = []

    def mount(place, *options):
        place.mkdir(exist_ok=True)
        done = subprocess.run(["mount", *options, str(place)], capture_output=True, check=False)
        if done.returncode:
            pytest.skip("file systems may not be mounted here")
        places.append(place)
        return place

    if shutil.which("mount") is None:
        pytest.skip("file systems may not be mounted here")
    yield mount
    for place in reversed(places):
        subprocess.run(["umount", str(place)], check=True)


def test_a_full_medium_is_said_so_and_works_again_when_there_is_room(folder, mounted, tmp_path):
    small = mounted(tmp_path / "small", "-t", "tmpfs", "-o", "size=1500k", "tmpfs")
    shutil.copytree(folder, small / "medium")
    filler = small / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(b"x" * 4096):
                pass
        except OSError:
            pass
    for name in ("save", "backup", "bundle_write", "create", "passphrase"):
        assert run(name, small / "medium") == "disk_full"
    assert opened(small / "medium") == 1  # what is there can still be read
    filler.unlink()
    assert verified(small / "medium") == (True, 1)
    assert run("save", small / "medium") == "done"
    assert run("backup", small / "medium") == "done"


def test_a_read_only_medium_refuses_with_a_clear_code(folder, mounted):
    mounted(folder, "--bind", "-o", "ro", str(folder))
    world = World(folder)
    for name in ("create", "save", "backup", "bundle_write"):
        assert run(name, folder) == "read_only"
    assert code_of(open_vault, folder / "ben", PASSPHRASE, world.env) == "read_only"
