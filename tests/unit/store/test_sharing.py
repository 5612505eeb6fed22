"""Several processes on one vault: one writer at a time, the second waits and is then told, nobody loses anything."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from ctcase.app import case_list, cases, upkeep
from ctcase.app.session import open_vault
from tests.office_world import PASSPHRASE, code_of

ROOT = Path(__file__).resolve().parents[3]

WRITER = """
    import random, sys
    from pathlib import Path
    from ctcase.app import cases
    from ctcase.app.session import Environment, open_vault
    from ctcase.crypto.passphrases import BOUNDS

    folder, passphrase, name, rounds = sys.argv[1:]
    env = Environment(lambda: 1_790_000_000, random.Random(name).randbytes, BOUNDS.floor)
    session = open_vault(Path(folder), passphrase, env)
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(int(rounds)):
        code = cases.add_case(session, {"alias": f"{name} {number}"}).value.code
        cases.set_fields(session, code, {"person.first_name": f"{name} {number}"})
    session.close()
"""

HOLDER = """
    import sys
    from pathlib import Path
    from ctcase.store import vault

    held = vault.unlock(Path(sys.argv[1]), sys.argv[2])
    with held.database.transaction():
        print("ready", flush=True)
        sys.stdin.readline()
    held.close()
"""


def start(script, *arguments):
    started = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(script), *map(str, arguments)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert started.stdout.readline() == "ready\n", started.stderr.read()
    return started


def go(started):
    started.stdin.write("\n")
    started.stdin.flush()


def end(started):
    _, said = started.communicate(timeout=120)
    assert (started.returncode, said) == (0, "")


def be_impatient(session):
    session.opened.database.raw.execute("PRAGMA busy_timeout = 100")


def test_a_second_writer_waits_and_is_then_told(world):
    session = world.found()
    be_impatient(session)
    holder = start(HOLDER, session.folder, PASSPHRASE)
    assert code_of(world.case, "office") == "vault_busy"
    assert case_list.list_cases(session).total == 0
    go(holder)
    end(holder)
    world.case("office")
    assert case_list.list_cases(session).total == 1
    assert upkeep.verify(session).ok


def test_a_passphrase_is_not_changed_while_somebody_writes(world):
    session = world.found()
    be_impatient(session)
    header, root = (
        (session.folder / "vault.json").read_bytes(),
        (session.folder / "root" / "root.json").read_bytes(),
    )
    holder = start(HOLDER, session.folder, PASSPHRASE)
    assert code_of(upkeep.change_passphrase, session, "another one", old=PASSPHRASE) == "vault_busy"
    go(holder)
    end(holder)
    assert (session.folder / "vault.json").read_bytes() == header
    assert (session.folder / "root" / "root.json").read_bytes() == root


def test_a_reader_is_never_stopped_by_a_writer(world):
    session = world.found()
    world.case("office")
    holder = start(HOLDER, session.folder, PASSPHRASE)
    assert case_list.list_cases(session).total == 1
    go(holder)
    end(holder)


@pytest.mark.parametrize("writers", [3])
def test_many_writers_lose_nothing_and_make_no_fork(world, writers):
    session = world.found()
    world.member("ben")
    world.close("ben")
    rounds = 6
    started = [
        start(WRITER, world.vault("ben"), PASSPHRASE, f"w{number}", rounds) for number in range(writers)
    ]
    for one in started:
        go(one)
    for one in started:
        end(one)
    ben = world.session("ben")
    assert case_list.list_cases(ben).total == writers * rounds
    found = upkeep.verify(ben)
    assert (found.ok, found.warnings) == (True, [])
    world.send("ben", "office")
    assert upkeep.status(session).gaps == []
    assert upkeep.status(session).forks == []


def test_what_another_process_wrote_is_noticed(world):
    session = world.found()
    other = open_vault(session.folder, PASSPHRASE, world.env)
    assert session.poll() is None
    code = cases.add_case(other, {"alias": "Green"}).value.code
    assert session.poll() is not None
    assert session.poll() is None
    assert cases.show_case(session, code).alias == "Green"
    cases.set_fields(session, code, {"case.alias": "Red"})
    assert cases.show_case(other, code).alias == "Red"
    cases.set_fields(other, code, {"case.alias": "Blue"})
    cases.set_fields(session, code, {"person.first_name": "Zehra"})
    shown = cases.show_case(session, code)
    assert (shown.alias, shown.conflicts) == ("Blue", [])
    other.close()
    assert upkeep.verify(session).ok
