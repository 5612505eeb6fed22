"""The standard's rows in and out of a real vault: once each, with nothing lost, and never of somebody else's cases."""

import json

import pytest

from ctcase.app import case_list, cases, spreadsheets
from ctcase.app.session import Work
from ctcase.errors import Cancelled, EnvironmentFailed
from ctcase.log.fold import fold
from ctcase.store import streams
from tests.office_world import PERSON, World, code_of


@pytest.fixture
def ben(world):
    world.found()
    return world.member("ben")


def write(world, rows):
    file = world.path("rows").with_suffix(".json")
    file.write_text(json.dumps(rows))
    return file


def row(name, **more):
    return {"prs_FirstName": name, **more}


def meanings(session):
    """Every case as its fields, in no order."""
    every = case_list.list_cases(session).cases
    shown = [cases.show_case(session, one.id) for one in every]
    found = [
        {f"{it.id}.{name}": value for it in one.records for name, value in it.fields.items()} for one in shown
    ]
    return sorted(found, key=repr)


def test_rows_are_taken_once_however_often_they_come(world, ben):
    file = write(world, [row("Zehra"), row("Ömer"), row("Zehra")])
    first = spreadsheets.import_cases(ben, file).value
    assert (first.rows, first.added, [(it.row, it.code) for it in first.same], first.refused) == (
        3,
        2,
        [(3, "#1")],
        [],
    )
    again = spreadsheets.import_cases(ben, file).value
    assert (again.added, len(again.same)) == (0, 3)
    assert {it.row for it in again.same} == {1, 2, 3}
    codes = {one.code for one in case_list.list_cases(ben).cases}
    assert {it.code for it in again.same if not it.code.startswith("#")} == codes
    assert case_list.list_cases(ben).total == 2
    assert world.verified("ben").ok


def test_a_row_that_is_wrong_does_not_keep_the_others_out(world, ben):
    file = write(
        world, [row("Zehra"), row("Ömer", prs_Birthdate="yesterday"), {"prs_FirstName": 1.5}, row("Can")]
    )
    done = spreadsheets.import_cases(ben, file).value
    assert (done.added, [it.row for it in done.refused]) == (2, [2, 3])
    assert all(it.code and it.column for it in done.refused)


@pytest.mark.parametrize("data", [b"", b"[", b"{}", b"PK\x03\x04", b"\xff\xfe\x00", b"a,b\n1,2\n"])
def test_a_file_that_is_none_changes_nothing(world, ben, data):
    file = world.path("rows")
    file.write_bytes(data)
    assert code_of(spreadsheets.import_cases, ben, file) == "file_not_understood"
    assert case_list.list_cases(ben).total == 0


def test_an_import_that_is_cancelled_leaves_nothing(world, ben):
    file = write(world, [row(f"Person {number}") for number in range(600)])
    calls = iter([True, False])
    with pytest.raises(Cancelled):
        spreadsheets.import_cases(ben, file, lambda *_: next(calls))
    assert case_list.list_cases(ben).total == 0
    assert case_list.list_cases(ben, search="person").total == 0
    assert spreadsheets.import_cases(ben, file).value.added == 600
    assert world.verified("ben").ok


def test_an_import_is_cancelled_where_rows_are_blank_too(world, ben):
    file = world.path("rows")
    file.write_bytes(b"prs_FirstName\nZehra\n" + b"\n" * 20_000)
    told = []
    with pytest.raises(Cancelled):
        spreadsheets.import_cases(ben, file, lambda *it: told.append(it) or len(told) < 10)
    assert told == [("importing", 0, 0)] * 10
    assert case_list.list_cases(ben).total == 0


def test_an_export_is_a_disclosure_in_each_case_and_of_ones_own_team(world, ben):
    world.member("sup", "supervisor")
    world.member("far", "supervisor", team="B")
    for name in ("ben", "far"):
        world.case(name, {"person": PERSON, "alias": "working name"})
    world.meet("office", "ben", "sup", "far")
    target = world.path("export").with_suffix(".json")
    done = spreadsheets.export_cases(world.session("office"), target).value
    assert (done.rows, done.left_out) == (2, [])
    assert "working name" not in target.read_text()
    done = spreadsheets.export_cases(world.session("sup"), target).value
    assert done.rows == 1
    (one,) = case_list.list_cases(world.session("sup")).cases
    (disclosure,) = cases.show_case(world.session("sup"), one.id).disclosures
    assert (disclosure.what, disclosure.fields) == (
        "export",
        ["person.birth_date", "person.first_name", "person.second_name"],
    )
    assert world.verified("sup").ok


def test_an_export_folds_each_case_as_it_was_and_as_it_is(world, ben, monkeypatch):
    cases_here = streams.KEPT + 3
    spreadsheets.import_cases(ben, write(world, [row(f"Person {number}") for number in range(cases_here)]))
    ben.streams.forget()
    folded = []
    monkeypatch.setattr(streams, "fold", lambda *it: folded.append(it) or fold(*it))
    assert spreadsheets.export_cases(ben, world.folder / "x.csv").value.rows == cases_here
    assert len(folded) == 2 * cases_here
    every = [cases.show_case(ben, one.id).disclosures for one in case_list.list_cases(ben).cases]
    assert [len(one) for one in every] == [1] * cases_here


def test_an_export_that_cannot_be_written_is_no_disclosure(world, ben):
    code = world.case("ben")
    assert code_of(spreadsheets.export_cases, ben, world.folder / "no" / "x.csv") == "file_missing"
    assert code_of(spreadsheets.export_cases, ben, world.folder / "x.pdf") == "usage"
    assert cases.show_case(ben, code).disclosures == []


def test_an_export_whose_disclosures_cannot_be_saved_is_taken_back(world, ben, monkeypatch):
    def disk_full(_):
        raise EnvironmentFailed("disk_full")

    code, target = world.case("ben"), world.folder / "x.csv"
    target.write_bytes(b"an export from before")
    with monkeypatch.context() as broken:
        broken.setattr(Work, "finish", disk_full)
        assert code_of(spreadsheets.export_cases, ben, target) == "disk_full"
        assert code_of(spreadsheets.export_cases, ben, world.folder / "y.csv") == "disk_full"
    assert target.read_bytes() == b"an export from before"
    assert [one.name for one in world.folder.iterdir() if one.suffix != ""] == ["x.csv"]
    assert cases.show_case(ben, code).disclosures == []


def test_all_sample_rows_keep_their_meaning_through_a_vault(world, ben, shared, tmp_path):
    sample = shared / "samples" / "htcds-300.xlsx"
    if not sample.exists():
        pytest.skip("the sample workbook is not there")
    done = spreadsheets.import_cases(ben, sample).value
    assert (done.rows, done.refused) == (300, [])
    assert done.added + len(done.same) == 300
    before = meanings(ben)
    assert world.verified("ben").ok
    for ending in ("xlsx", "csv", "json"):
        target = tmp_path / f"out.{ending}"
        exported = spreadsheets.export_cases(ben, target).value
        assert (exported.rows, exported.left_out) == (done.added, [])
        (tmp_path / ending).mkdir()
        other = World(tmp_path / ending, seed=11)
        other.found()
        taken = spreadsheets.import_cases(other.session("office"), target).value
        assert (taken.added, taken.refused, taken.same) == (done.added, [], [])
        assert meanings(other.session("office")) == before
        other.close()
