"""Files of every released version open in this one, mean what they meant, and verify."""

import json
import random
import shutil
from pathlib import Path

import pytest

from ctcase.app import case_list, cases, exchange, office, referrals, root, upkeep
from ctcase.app.session import Environment, open_vault
from ctcase.crypto.passphrases import BOUNDS
from ctcase.model import forms
from ctcase.trust import roster

HERE = Path(__file__).parent
VERSIONS = sorted(one.name for one in HERE.iterdir() if one.name.startswith("v"))
NOON = 1_795_262_400


@pytest.fixture(params=VERSIONS or ["v1"])
def old(request, tmp_path):
    """A copy of one version's files: nothing here may change the ones that are kept."""
    if not VERSIONS:
        pytest.skip("no version has been released yet, so there are no files of one (tools/make_oldfiles.py)")
    shutil.copytree(HERE / request.param, tmp_path / "old")
    for name in ("inbox", "outbox"):
        (tmp_path / "old" / "office" / name).mkdir(exist_ok=True)
    return tmp_path / "old"


@pytest.fixture
def expected(old):
    return json.loads((old / "expected.json").read_text())


@pytest.fixture
def env():
    return Environment(lambda: NOON, random.Random(2).randbytes, BOUNDS.floor)


@pytest.fixture
def chief(old, expected, env):
    session = open_vault(old / "office", expected["passphrase"], env)
    yield session
    session.close()


def check_case(session, expected):
    shown = cases.show_case(session, expected["code"])
    (person,) = [it.fields for it in shown.records if it.kind == "person"]
    assert {name: list(it) if isinstance(it, tuple) else it for name, it in person.items()} == expected[
        "person"
    ]
    assert shown.alias == expected["alias"]
    assert [[it.what, it.fields] for it in shown.disclosures] == expected["disclosures"]
    one = referrals.show_referral(session, expected["referral"]["id"])
    assert one.state == expected["referral"]["state"]


def test_the_offices_vault_opens_verifies_and_works(chief, expected):
    found = upkeep.verify(chief)
    assert (found.ok, found.entries) == (True, expected["entries"])
    check_case(chief, expected)
    assert [it.name for it in office.members(chief).members] == expected["members"]
    assert case_list.list_cases(chief, search="zeynep").total == expected["cases"]
    cases.set_fields(chief, expected["code"], {"case.alias": "Green"})
    assert upkeep.rebuild(chief).value.ok


def test_the_root_store_signs(chief, old, expected):
    opened = root.open_root(old / "office", expected["passphrase"])
    assert opened.roster.version == expected["roster"]
    office.set_member(chief, "Ben Worker", None, "ANK", expected["passphrase"])
    assert upkeep.status(chief).roster == expected["roster"] + 1


def test_the_backup_restores_and_its_device_is_enrolled_again(chief, old, expected, env):
    request, welcome = old / "new.request", old / "new.welcome"
    upkeep.restore(old / "worker.backup", old / "worker", expected["passphrase"], env, request)
    worker = open_vault(old / "worker", expected["passphrase"], env)
    check_case(worker, expected)
    assert upkeep.verify(worker).ok
    (seen,) = exchange.read_bundles(worker, [old / "office-to-worker.age"]).value.files
    assert seen.error is None
    office.enrol(
        chief,
        request,
        team="IST",
        role=None,
        member="Ben Worker",
        welcome=welcome,
        passphrase=expected["passphrase"],
    )
    office.accept(worker, welcome)
    assert upkeep.status(worker).enrolled == "yes"
    worker.close()


def test_the_bundle_request_roster_and_form_are_understood(chief, old, expected):
    (seen,) = exchange.read_bundles(chief, [old / "worker-to-office.age"]).value.files
    assert (seen.error, seen.status) == (None, "known")
    assert office.look_at_request(chief, old / "worker.request").name == "Ben Worker"
    assert roster.read_first((old / "roster.json").read_bytes()).version == expected["roster"]
    assert forms.load_form((old / "form.json").read_bytes()).id == "htcds"
