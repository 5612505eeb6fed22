"""What lists say of a case: its rows are made of the folded stream alone."""

import msgspec
import pytest

from ctcase.app import cases
from ctcase.log import payload
from ctcase.log.entry import Draft
from ctcase.log.fold_consents import Consent
from ctcase.log.payload import StepData
from ctcase.log.reading import DataPart, Reading
from ctcase.model.values import CONTROL
from ctcase.store.projection import agency_id, consent_until, consent_word, project, step_data


def consent(entry, status="given", *, expires="", withdrawn=False, replaced=False, time=0):
    terms = payload.ConsentTerms(status, expires=expires)
    ended = ["w"] if withdrawn else []
    return Consent(terms, payload.ConsentData(), entry, "ben", time, ended, ["r"] if replaced else [])


@pytest.mark.parametrize(
    ("consents", "word"),
    [
        ([], ""),
        ([consent("a")], "given"),
        ([consent("a"), consent("b", "refused", time=5)], "given"),
        ([consent("a", withdrawn=True)], "withdrawn"),
        ([consent("a", withdrawn=True), consent("b", time=1)], "given"),
        ([consent("a", "refused", time=1), consent("b", withdrawn=True)], "refused"),
        ([consent("a", "refused"), consent("b", withdrawn=True, time=1)], "withdrawn"),
        ([consent("a", replaced=True), consent("b", "refused", time=1)], "refused"),
    ],
)
def test_a_list_tells_the_best_or_else_the_last_of_the_consents(consents, word):
    for ordered in (consents, consents[::-1]):
        assert consent_word({one.entry: one for one in ordered}) == word


@pytest.mark.parametrize(
    ("consents", "until"),
    [
        ([], ""),
        ([consent("a")], ""),
        ([consent("a", expires="2027")], "2027"),
        ([consent("a", expires="2027"), consent("b", expires="2028-03")], "2028-03"),
        ([consent("a", expires="2027"), consent("b")], ""),
        ([consent("a", expires="2027"), consent("b", expires="2030", withdrawn=True)], "2027"),
        ([consent("a", "refused", expires="2027")], ""),
    ],
)
def test_the_end_is_that_of_the_longest_consent_in_force(consents, until):
    assert consent_until({one.entry: one for one in consents}) == until


def test_the_id_of_an_agency_is_its_name_as_people_compare_it():
    assert agency_id("Shelter A") == agency_id("  shelter   a ") == agency_id("SHELTER\tA")
    assert agency_id("Shelter A") != agency_id("Shelter B")


def test_what_a_step_says_in_several_categories_is_one():
    parts = (
        DataPart("r", "case", StepData(agency_name="Shelter A", reason="safe", fields=("case.alias",))),
        DataPart("r", "identity", StepData(content={"person.first_name": "Zeynep"})),
        DataPart("r", "contact", StepData(content={"person.email": "z@example.org"})),
    )
    said = step_data(Reading("", None, "r", parts))
    assert (said.agency_name, said.reason, said.fields) == ("Shelter A", "safe", ("case.alias",))
    assert said.content == {"person.first_name": "Zeynep", "person.email": "z@example.org"}
    assert step_data(Reading("")) == StepData()


@pytest.fixture
def ben(world):
    world.found()
    return world.member("ben")


def rows_of(session, code):
    one = cases.find_case(session, code)
    with session.look() as connection:
        return session.streams.get(connection, one).rows


def names(session, code):
    return set(rows_of(session, code)["case_row"][()]["names"].split())


def test_a_plain_case_has_rows_in_no_other_table(world, ben):
    assert set(rows_of(ben, world.case("ben"))) == {"case_row", "record"}


def test_a_case_is_found_by_code_alias_and_searchable_fields_only(world, ben):
    person = {
        "first_name": "Zeynep",
        "birth_date": "1999",
        "safe_phrase": "canary",
        "present_location": "canary",
    }
    code = world.case("ben", {"alias": "Blue Heron", "person": person})
    there = names(ben, code)
    assert {"zeynep", "blue", "heron", code.replace("-", "").lower(), *code.lower().split("-")} <= there
    assert "canary" not in there


def test_while_values_compete_a_case_is_found_by_each_of_them(world, ben):
    world.member("sup", "supervisor")
    code = world.case("ben")
    world.meet("office", "ben", "sup")
    for name, value in (("ben", "Zehra"), ("sup", "Zeyneb")):
        cases.set_fields(world.session(name), code, {"person.first_name": value})
    world.meet("office", "ben", "sup")
    assert {"zehra", "zeyneb"} <= names(ben, code)
    assert "zeynep" not in names(ben, code), "what both replaced is no value any more"
    assert rows_of(ben, code)["case_row"][()]["conflicts"] == 1


def test_a_cleared_field_is_no_answer_and_not_found_by(world, ben):
    code = world.case("ben")
    cases.set_fields(ben, code, {"person.first_name": None})
    (record,) = [row for row in rows_of(ben, code)["record"].values() if row["kind"] == "person"]
    assert set(msgspec.json.decode(record["fields"])) == {"second_name", "birth_date"}
    assert "zeynep" not in names(ben, code)


def test_a_case_remembers_every_team_it_had(world, ben):
    world.member("sup", "supervisor")
    world.member("eda", team="B")
    code = world.case("ben")
    world.meet("office", "ben", "sup")
    cases.transfer(world.session("sup"), code, "B")
    world.meet("office", "ben", "sup", "eda")
    row = rows_of(world.session("office"), code)["case_row"][()]
    assert (row["team"], msgspec.json.decode(row["teams"])) == ("B", ["A", "B"])
    assert row["owner"] == ben.member_id


def test_an_agency_under_a_name_that_is_not_its_own_is_not_proposed(world, ben):
    """A changed program could put another name beside the id of a known agency."""
    code = world.case("ben")
    known, new = agency_id("Shelter A"), agency_id("Harbour House")
    data = payload.ConsentData(names={known: "Elsewhere", new: "Harbour House"})
    terms = payload.ConsentTerms("refused", recipients=tuple(sorted((known, new))))
    case, one = cases.find_case(ben, code), "c" * 32
    with ben.work() as work:
        stream = work.stream(case)
        work.write(
            Draft("consent", ((one, CONTROL, payload.write(terms)), (one, "case", payload.write(data)))),
            stream,
        )
    agencies = rows_of(ben, code)["agency"]
    assert {key[0]: row["name"] for key, row in agencies.items()} == {new: "Harbour House"}


def test_only_fields_that_are_searchable_here_are_found_by(world, ben):
    case = cases.find_case(ben, world.case("ben"))
    with ben.look() as connection:
        stream = ben.streams.get(connection, case)
        rows = project(stream.folded, stream.graph.entries, {"person": frozenset({"birth_date"})})
    assert "1999" in rows["case_row"][()]["names"].split()
    assert "zeynep" not in rows["case_row"][()]["names"].split()
    assert {table: it for table, it in rows.items() if table != "case_row"} == {
        table: it for table, it in stream.rows.items() if table != "case_row"
    }
