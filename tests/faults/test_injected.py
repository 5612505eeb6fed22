"""A kill or an error of the disk at every write of every operation: the state is the one before or the one after.

The faults are injected by strace, so nothing in the program knows of them. A fast run takes a sample; CTCASE_FAULTS=all
visits every write, CTCASE_FAULTS_SEED chooses another sample.
"""

import contextlib
import json
import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from ctcase.app import case_list, cases, exchange, office, root, upkeep
from ctcase.app.session import open_vault
from ctcase.errors import CtcaseError
from tests.faults.operation import CODES, NEW, OPERATIONS, PASSPHRASE
from tests.office_world import World

SCRIPT = Path(__file__).with_name("operation.py")
SYSCALLS = ("write", "pwrite64", "fsync", "fdatasync", "rename", "mkdir", "ftruncate", "unlink")
FAULTS = {"kill": "signal=SIGKILL:when={}", "full": "error=ENOSPC:when={}+", "error": "error=EIO:when={}"}
SEED = int(os.environ.get("CTCASE_FAULTS_SEED", "20261121"))
ALL = os.environ.get("CTCASE_FAULTS") == "all"
SAMPLE = 4
ENVIRONMENT = {"PYTHONDONTWRITEBYTECODE": "1", "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
KILLED = -9
FAIR = {"disk_full", "permission", "read_only", "file_missing", "vault_damaged", "vault_busy"}


def strace(options, name, folder):
    command = [
        "strace",
        "-f",
        "-qq",
        "-o",
        "/dev/null",
        *options,
        sys.executable,
        str(SCRIPT),
        name,
        str(folder),
    ]
    return subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """An office, a member with unsent work, a bundle, a backup and a request under way; and what is in them."""
    if shutil.which("strace") is None:
        pytest.skip("strace, which injects the faults, is not installed")
    folder = tmp_path_factory.mktemp("template")
    if strace([], "no operation", folder).returncode != 1:
        pytest.skip("strace may not trace processes here")
    world = World(folder)
    world.found()
    world.member("ben")
    code = world.case("ben")
    (folder / "code").write_text(code)
    upkeep.backup(world.session("ben"), folder / "old-backup", PASSPHRASE)
    shutil.copy(folder / "old-backup", folder / "backup")
    world.bundles("ben", "office")[0].rename(folder / "bundle.age")
    world.case("ben", {"alias": "Unsent"})
    world.join("eda").rename(folder / "request")
    rows = [{"prs_FirstName": f"Person {number}"} for number in range(3)]
    (folder / "rows.json").write_text(json.dumps(rows))
    world.close()
    return folder


@pytest.fixture(scope="module")
def writes(template, tmp_path_factory):
    """By operation, how often it calls what."""
    found = {}

    def counted(name):
        if name not in found:
            folder, log = (
                copy(template, tmp_path_factory.mktemp("count")),
                tmp_path_factory.mktemp("log") / "log",
            )
            ended = subprocess.run(
                ["strace", "-f", "-qq", "-o", str(log), "-e", f"trace={','.join(SYSCALLS)}", sys.executable,
                 str(SCRIPT), name, str(folder)],
                env=ENVIRONMENT, capture_output=True, text=True, timeout=120, check=False,
            )  # fmt: skip
            assert (ended.returncode, ended.stderr) == (0, "")
            calls = [line.split(None, 1)[1].split("(", 1)[0] for line in log.read_text().splitlines()]
            found[name] = Counter(call for call in calls if call in SYSCALLS)
        return found[name]

    return counted


def copy(template, place):
    shutil.copytree(template, place / "case")
    return place / "case"


@dataclass
class After:
    """What is on the disk after an operation was hurt, and whether it said that it was done."""

    folder: Path
    done: bool

    def __post_init__(self):
        self.world = World(self.folder, seed=5, numbers=count(1000))
        self.env = self.world.env

    def opened(self, name, passphrase=PASSPHRASE):
        self.world.close(name)
        self.world.sessions[name] = open_vault(self.folder / name, passphrase, self.env)
        return self.world.sessions[name]

    def verified(self, name):
        session = self.opened(name)
        found = upkeep.verify(session)
        assert found.ok, found
        return session


def opens(path, passphrase, env):
    try:
        open_vault(path, passphrase, env).close()
    except CtcaseError as refusal:
        if refusal.code != "passphrase_wrong":
            raise
        return False
    return True


def after_create(after):
    there = (after.folder / "new").exists()
    assert there or not after.done
    if there:
        session = after.verified("new")
        assert upkeep.status(session).enrolled == "yes"
        root.open_root(session.folder, PASSPHRASE)


def after_save(after):
    session = after.verified("ben")
    shown = cases.show_case(session, (after.folder / "code").read_text())
    names = [it.fields["first_name"] for it in shown.records if it.kind == "person"]
    assert (shown.alias, names) in [("Blue", ["Zeynep"]), ("Saved", ["Zehra"])]
    assert shown.alias == "Saved" or not after.done


def after_import(after):
    total = case_list.list_cases(after.verified("ben")).total
    assert total in (2, 5)
    assert total == 5 or not after.done


def after_bundle_write(after):
    session = after.verified("ben")
    out = after.folder / "out"
    files = [file for file in out.iterdir() if not file.name.startswith(".")] if out.exists() else []
    unsent = upkeep.status(session).unsent
    assert files or not after.done
    read = exchange.read_bundles(after.opened("office"), files).value.files
    assert all(one.error is None for one in read)
    if not files:
        assert unsent


def after_bundle_read(after):
    session = after.verified("office")
    total = case_list.list_cases(session).total
    assert total in (0, 1)
    assert total == 1 or not after.done
    (seen,) = exchange.read_bundles(session, [after.folder / "bundle.age"]).value.files
    assert seen.error is None
    assert case_list.list_cases(session).total == 1


def after_passphrase(after):
    folder = after.folder / "office"
    vault_new = opens(folder, NEW, after.env)
    assert vault_new != opens(folder, PASSPHRASE, after.env)
    root_new = True
    try:
        root.open_root(folder, NEW)
    except CtcaseError:
        root.open_root(folder, PASSPHRASE)
        root_new = False
    assert root_new or not vault_new
    assert vault_new or not after.done
    if not vault_new:
        upkeep.change_passphrase(after.opened("office"), NEW, old=PASSPHRASE)
        assert opens(folder, NEW, after.env)
        root.open_root(folder, NEW)
    assert upkeep.verify(after.opened("office", NEW)).ok


def after_backup(after):
    after.verified("ben")
    upkeep.restore(after.folder / "backup", after.folder / "r", PASSPHRASE, after.env, None)
    total = case_list.list_cases(after.verified("r")).total
    assert total in (1, 2)
    assert total == 2 or not after.done


def after_restore(after):
    there = (after.folder / "restored").exists()
    assert there or not after.done
    if there:
        session = after.verified("restored")
        assert upkeep.status(session).enrolled == "requested"
        office.write_request(session, after.folder / "again")
        session = after.opened("office")
        office.enrol(
            session, after.folder / "again", team="A", role=None, member="Ben Member", welcome=after.folder / "w",
            passphrase=PASSPHRASE,
        )  # fmt: skip


def after_enrol(after):
    session = after.verified("office")
    assert upkeep.status(session).roster in (2, 3)
    assert upkeep.status(session).roster == 3 or not after.done
    with contextlib.suppress(CtcaseError):
        OPERATIONS["enrol"](after.folder)  # the same call again ends what was begun
    assert upkeep.verify(after.opened("office")).ok
    assert upkeep.status(after.opened("office")).roster == 3
    office.accept(after.opened("eda"), after.folder / "welcome")
    assert upkeep.status(after.opened("eda")).enrolled == "yes"


CHECKS = {
    "create": after_create, "save": after_save, "import": after_import, "bundle_write": after_bundle_write,
    "bundle_read": after_bundle_read, "passphrase": after_passphrase, "backup": after_backup,
    "restore": after_restore, "enrol": after_enrol,
}  # fmt: skip


def chosen(name, counted):
    """(syscall, fault, n): all of them, or a sample that touches every syscall."""
    every = [
        (call, fault, n) for call, most in counted.items() for fault in FAULTS for n in range(1, most + 1)
    ]
    return every if ALL else random.Random(f"{SEED} {name}").sample(every, min(SAMPLE, len(every)))


@pytest.mark.parametrize("name", OPERATIONS)
def test_nothing_is_half_done(name, template, writes, tmp_path):
    for number, (call, fault, n) in enumerate(chosen(name, writes(name))):
        folder = copy(template, tmp_path / str(number))
        before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
        ended = strace(["-e", f"inject={call}:{FAULTS[fault].format(n)}"], name, folder)
        place = (name, call, fault, n, ended.returncode, ended.stderr[-2000:])
        assert ended.returncode in (0, KILLED) or (
            ended.returncode >= 10 and CODES[ended.returncode - 10] in FAIR
        ), place
        assert ended.stderr == "", place
        assert fault != "kill" or ended.returncode == KILLED, place
        for file, data in before.items():
            kept = file.suffix == ".json" or file.stat().st_size >= len(data)
            assert kept or file.name.endswith(("-wal", "-shm")) or file == folder / "backup", (file, place)
        after = After(folder, ended.returncode == 0)
        try:
            CHECKS[name](after)
        except (AssertionError, CtcaseError) as problem:
            raise AssertionError(place) from problem
        finally:
            after.world.close()
        shutil.rmtree(tmp_path / str(number))
