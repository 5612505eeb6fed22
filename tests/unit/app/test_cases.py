"""Cases as commands: what is taken, what is left alone, and every refusal by its code."""

import pytest

from ctcase.app import case_list, cases, decisions, upkeep
from ctcase.log.fold import fold
from ctcase.model.ids import new_case_code
from ctcase.model.values import Missing
from ctcase.store import streams
from tests.office_world import PERSON, code_of, refused


@pytest.fixture
def ben(world):
    world.found()
    return world.member("ben")


def fields_of(session, code):
    return {
        f"{it.id}.{name}": value
        for it in cases.show_case(session, code).records
        for name, value in it.fields.items()
    }


def test_a_case_is_what_was_said(ben):
    document = {"alias": "Blue", "person": {**PERSON, "citizenship": ["SY"]}, "case": {}}
    added = cases.add_case(ben, document).value
    assert added.similar == []
    shown = cases.show_case(ben, added.code)
    assert (shown.alias, shown.state, shown.team, shown.owner) == ("Blue", "open", "A", ben.member_id)
    assert shown.head == [added.entry]
    assert fields_of(ben, added.code)["person.second_name"] == "Örnek"
    assert fields_of(ben, added.code)["person.birth_date"] == "1999"


def test_an_empty_case_may_be_added(ben):
    assert cases.show_case(ben, cases.add_case(ben, {}).value.code).records == []


@pytest.mark.parametrize(
    "document",
    [
        {"persn": {}}, {"person": []}, {"person": {"no_such_field": "x"}}, {"person": {"first_name": 1.5}},
        {"person": {"first_name": {"missing": "lost"}}}, {"person": {"first_name": {"a": 1}}}, {"alias": 7},
        {"person": {"birth_date": "1999-13"}}, {"person": {"first_name": ["a"]}}, {"person": {"first_name": "\ud800"}},
        {"alias": "x" * 201}, {"case": {"status": "no such code"}}, {"person": {"": "x"}},
    ],
)  # fmt: skip
def test_a_document_that_is_none_adds_nothing(ben, document):
    assert code_of(cases.add_case, ben, document) == "file_not_understood"
    assert code_of(cases.similar_cases, ben, document) == "file_not_understood"
    assert case_list.list_cases(ben).total == 0


def test_missing_values_are_values_and_clearing_is_one_too(ben):
    code = cases.add_case(ben, {"person": {"first_name": {"missing": "declined"}}}).value.code
    assert fields_of(ben, code) == {"person.first_name": Missing("declined")}
    assert cases.set_fields(ben, code, {"person.first_name": Missing("declined")}).value.entry is None
    changed = cases.set_fields(ben, code, {"person.first_name": Missing("unknown"), "case.alias": "x"}).value
    assert sorted(changed.changed) == ["case.alias", "person.first_name"]
    assert cases.set_fields(ben, code, {"person.first_name": None}).value.changed == ["person.first_name"]
    assert "person.first_name" not in fields_of(ben, code)
    assert cases.set_fields(ben, code, {"person.first_name": None}).value.entry is None
    cases.set_fields(ben, code, {"person.first_name": "Zehra"})
    assert fields_of(ben, code)["person.first_name"] == "Zehra"
    assert cases.show_case(ben, code).conflicts == []


@pytest.mark.parametrize(
    ("assignments", "expected"),
    [
        (["person.first_name=Zehra"], {"person.first_name": "Zehra"}),
        (["person.first_name="], {"person.first_name": None}),
        (["person.first_name=@unknown"], {"person.first_name": Missing("unknown")}),
        (["person.first_name=@declined"], {"person.first_name": Missing("declined")}),
        (["person.first_name=@@home"], {"person.first_name": "@home"}),
        (["person.first_name=a=b"], {"person.first_name": "a=b"}),
    ],
)
def test_arguments_are_read_by_the_type_of_their_field(ben, assignments, expected):
    assert cases.parse_assignments(ben, assignments) == expected


@pytest.mark.parametrize(
    "assignment",
    ["person.first_name", "first_name=x", "person.no_such=x", "x.y=z", ".=x", "=x", "person.=x", ""],
)
def test_arguments_that_are_none_are_wrong_usage(ben, assignment):
    assert code_of(cases.parse_assignments, ben, [assignment]) == "usage"


def test_a_field_that_no_form_knows_is_told_by_its_place_because_its_name_was_typed(ben):
    document = {
        "alias": "Blue",
        "person": {"first_name": "Zehra"},
        "case": {"alias": "Blue", "Zerafina": "x"},
    }
    refusal = refused(cases.add_case, ben, document)
    assert refusal.code == "file_not_understood"
    assert refusal.details == {"record": "case", "number": 2, "reason": "unknown_field"}


@pytest.mark.parametrize(
    "changes",
    [{"person.no_such": "x"}, {"first_name": "x"}, {"person.first_name": ("a",)}, {"nobody.first_name": "x"},
     {"person.birth_date": "31.12.1999"}, {"person.first_name": 7}],
)  # fmt: skip
def test_a_change_that_is_none_changes_nothing(ben, changes):
    code = cases.add_case(ben, {"person": PERSON}).value.code
    head = cases.show_case(ben, code).head
    assert code_of(cases.set_fields, ben, code, {"case.alias": "new", **changes}) == "usage"
    assert cases.show_case(ben, code).head == head


def test_a_case_is_found_by_code_or_id_only(ben):
    code = cases.add_case(ben, {}).value.code
    stream = cases.find_case(ben, code)
    assert cases.find_case(ben, stream) == stream
    assert cases.find_case(ben, code.lower().replace("-", "")) == stream
    for nothing in ("", "x", "0000-0000", "f" * 64, code[:-1], code[:-1] + ("0" if code[-1] != "0" else "1")):
        assert code_of(cases.find_case, ben, nothing) == "not_found"
        assert code_of(cases.show_case, ben, nothing) == "not_found"
        assert code_of(cases.set_fields, ben, nothing, {}) == "not_found"


def test_two_cases_with_one_code_are_told_apart_by_id(world, ben, monkeypatch):
    one_code = new_case_code(world.env.randomness)
    monkeypatch.setattr(cases, "new_case_code", lambda _: one_code)
    first, second = (cases.add_case(ben, {"alias": name}).value for name in ("one", "two"))
    assert first.code == second.code
    found = [one.id for one in case_list.list_cases(ben).cases]
    refusal = refused(cases.show_case, ben, first.code)
    assert (refusal.code, sorted(refusal.details["ids"])) == ("ambiguous", sorted(found))
    assert {cases.show_case(ben, one).alias for one in found} == {"one", "two"}


def test_likely_the_same_person_is_told_before_and_after(ben):
    cases.add_case(ben, {"person": PERSON})
    alike = {"person": {"first_name": "ZEYNEP", "second_name": "Ornek"}}
    seen = cases.similar_cases(ben, alike)
    assert [one.why for one in seen] == [["name_same"]]
    added = cases.add_case(ben, {"person": {**PERSON, "first_name": "Zeynab"}}).value
    assert [one.why for one in added.similar] == [["name_sounds_alike", "birth_date_same"]]
    assert cases.similar_cases(ben, {"person": {"first_name": "Q"}}) == []
    assert cases.similar_cases(ben, {"person": {"first_name": {"missing": "unknown"}}}) == []
    assert cases.similar_cases(ben, {"person": {"first_name": '"" OR * NEAR('}}) == []


def test_another_teams_case_is_not_mine(world, ben):
    eda = world.member("eda", team="B")
    world.member("sup", "supervisor", team="A")
    code = world.case("ben")
    world.meet("office", "ben", "sup")
    assert code_of(cases.show_case, eda, code) == "not_found"
    assert code_of(cases.transfer, ben, code, "B") == "role_missing"
    sup = world.session("sup")
    assert code_of(cases.transfer, sup, code, "Nowhere") == "not_found"
    assert code_of(cases.transfer, sup, code, "") == "not_found"
    assert code_of(cases.transfer, sup, code, "A") == "state_forbids"
    cases.transfer(sup, code, "B")
    assert code_of(cases.set_fields, sup, code, {"case.alias": "x"}) == "not_your_case"
    world.meet("office", "ben", "sup", "eda")
    assert code_of(cases.set_fields, ben, code, {"case.alias": "x"}) == "not_your_case"
    cases.set_fields(eda, code, {"case.alias": "Handed over"})
    assert cases.show_case(eda, code).team == "B"
    assert cases.show_case(ben, code).alias == "Blue"  # the old team keeps what it had


def test_what_the_old_team_wrote_unknowing_takes_effect(world, ben):
    world.member("sup", "supervisor")
    world.member("eda", team="B")
    code = world.case("ben")
    world.meet("office", "ben", "sup")
    cases.transfer(world.session("sup"), code, "B")
    cases.set_fields(ben, code, {"case.alias": "Unknowing"})
    world.meet("office", "ben", "sup", "eda")
    for name in ("office", "eda"):
        assert cases.show_case(world.session(name), code).alias == "Unknowing"


# --- conflicts ---------------------------------------------------------------------------------------------------


@pytest.fixture
def conflict(world, ben):
    """A case whose first name is said in two ways."""
    sup = world.member("sup", "supervisor")
    code = world.case("ben")
    world.meet("office", "ben", "sup")
    cases.set_fields(ben, code, {"person.first_name": "Zehra"})
    cases.set_fields(sup, code, {"person.first_name": "Zeyneb"})
    world.meet("office", "ben", "sup")
    return code


def test_both_values_are_kept_until_somebody_decides(world, ben, conflict):
    for name in ("office", "ben", "sup"):
        (found,) = decisions.conflicts(world.session(name)).conflicts
        assert {found.ours.value, *(it.value for it in found.theirs)} == {"Zehra", "Zeyneb"}
        assert found.field == "person.first_name"
    (found,) = decisions.conflicts(ben, conflict).conflicts
    assert decisions.conflicts(ben, world.case("ben")).conflicts == []
    decisions.resolve_conflict(ben, found.id, keep=found.theirs[0].entry)
    assert decisions.conflicts(ben).conflicts == []
    assert fields_of(ben, conflict)["person.first_name"] == found.theirs[0].value
    world.meet("office", "ben", "sup")
    assert decisions.conflicts(world.session("sup")).conflicts == []


def test_only_the_case_that_is_asked_for_is_folded(ben, conflict, monkeypatch):
    code = cases.add_case(ben, {"person": {"first_name": "Daw"}}).value.code
    for name in ("Zehra", "Zelda"):
        cases.set_fields(ben, code, {"person.first_name": name}, {})
    folded = []
    monkeypatch.setattr(streams, "fold", lambda *it: folded.append(it) or fold(*it))
    for wanted, times in ((None, 2), (code, 1), (conflict, 1)):
        ben.streams.forget()
        folded.clear()
        assert len(decisions.conflicts(ben, wanted).conflicts) == len(folded) == times


def test_a_third_value_may_be_the_right_one(ben, conflict):
    (found,) = decisions.conflicts(ben).conflicts
    decisions.resolve_conflict(ben, found.id, value="Zöhre")
    assert fields_of(ben, conflict)["person.first_name"] == "Zöhre"
    assert cases.show_case(ben, conflict).conflicts == []


def test_an_answer_that_came_unseen_is_not_replaced(ben):
    code = cases.add_case(ben, {"person": {"first_name": "Daw"}}).value.code
    _, seen = cases.show_to_edit(ben, code)
    cases.set_fields(ben, code, {"person.first_name": "Zehra", "person.second_name": "Khin"})
    done = cases.set_fields(
        ben, code, {"person.first_name": "Zelda", "person.second_name": "Kin"}, seen
    ).value
    found = {one.field: one for one in decisions.conflicts(ben, code).conflicts}
    first, second = found["person.first_name"], found["person.second_name"]
    assert (first.ours.value, [it.value for it in first.theirs]) == ("Zelda", ["Zehra"])
    assert (second.ours.value, [it.value for it in second.theirs]) == ("Kin", ["Khin"])
    assert first.ours.entry == done.entry
    _, seen = cases.show_to_edit(ben, code)
    assert seen["person.first_name"] == (done.entry,)
    cases.set_fields(ben, code, {"person.first_name": "Zoe"}, seen)
    values = {it.value for one in decisions.conflicts(ben).conflicts for it in (one.ours, *one.theirs)}
    assert values == {"Zoe", "Zehra", "Kin", "Khin"}


def test_a_cleared_answer_was_seen_too(ben):
    code = cases.add_case(ben, {"person": {"first_name": "Daw"}}).value.code
    cleared = cases.set_fields(ben, code, {"person.first_name": None}).value.entry
    _, seen = cases.show_to_edit(ben, code)
    assert seen == {"person.first_name": (cleared,)}
    cases.set_fields(ben, code, {"person.first_name": "Zehra"}, seen)
    assert decisions.conflicts(ben).conflicts == []


def test_what_was_shown_is_a_set_of_that_field_in_that_case(ben):
    code, other = (cases.add_case(ben, {"person": {"first_name": "Daw"}}).value for _ in range(2))
    alias = cases.set_fields(ben, code.code, {"case.alias": "Blue"}).value.entry
    head = cases.show_case(ben, code.code).head
    for wrong in (other.entry, alias, "f" * 64, ""):
        change = {"person.first_name": "Zehra"}
        assert (
            code_of(cases.set_fields, ben, code.code, change, {"person.first_name": (wrong,)}) == "not_found"
        )
    assert cases.show_case(ben, code.code).head == head


def test_a_stale_decision_is_refused(world, ben, conflict):
    (found,) = decisions.conflicts(ben).conflicts
    decisions.resolve_conflict(ben, found.id, keep=found.ours.entry)
    assert code_of(decisions.resolve_conflict, ben, found.id, keep=found.ours.entry) == "conflict_stale"
    assert code_of(decisions.resolve_conflict, ben, "f" * 64, keep=found.ours.entry) == "conflict_stale"
    sup = world.session("sup")
    (theirs,) = decisions.conflicts(sup).conflicts
    assert code_of(decisions.resolve_conflict, sup, theirs.id, keep="f" * 64) == "not_found"
    assert code_of(decisions.resolve_conflict, sup, theirs.id, value=("a",)) == "needs_missing"
    cases.set_fields(sup, conflict, {"person.first_name": "Zelda"})
    assert code_of(decisions.resolve_conflict, sup, theirs.id, keep=theirs.ours.entry) == "conflict_stale"


def test_adopting_and_closing_are_the_offices(world, ben):
    assert code_of(decisions.adopt, ben, ["f" * 64]) == "role_missing"
    assert code_of(decisions.close_fork, ben, ben.device_id, []) == "role_missing"
    session = world.session("office")
    assert code_of(decisions.adopt, session, ["f" * 64]) == "not_found"
    assert code_of(decisions.adopt, session, []) == "not_found"
    assert code_of(decisions.close_fork, session, ben.device_id, []) == "not_found"
    assert code_of(decisions.close_fork, session, ben.device_id, ["f" * 64]) == "not_found"


def test_a_fork_is_closed_by_the_office(world, ben):
    session = world.session("office")
    code = world.case("ben")
    world.copy("ben", "clone")
    cases.set_fields(world.session("ben"), code, {"case.alias": "Red"})
    cases.set_fields(world.session("clone"), code, {"case.alias": "Green"})
    world.send("ben", "office")
    world.send("clone", "office")
    (fork,) = decisions.forks(session).forks
    assert (fork.code, len(fork.entries)) == (code, 2)
    assert cases.show_case(session, code).alias == "Blue"
    red = cases.show_case(world.session("ben"), code).head[0]
    decisions.close_fork(session, fork.device, [red])
    assert cases.show_case(session, code).alias == "Red"
    assert decisions.forks(session).forks == []
    assert upkeep.status(session).forks == []
    assert world.verified("office").ok
