"""Every derived table equals a replay of the log, `verify` finds every hand in it, and `rebuild` mends what can be mended."""

import contextlib
import shutil
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from ctcase.app import case_list, cases, decisions, office, referrals, upkeep
from ctcase.errors import CtcaseError
from ctcase.store import schema, search
from tests.office_world import CONSENT, PERSON, World, code_of


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """An office in whose vault every derived table has a row, closed."""
    world = World(tmp_path_factory.mktemp("template"))
    office_vault = world.found()
    ben, eda = world.member("ben"), world.member("eda", "supervisor")
    office.add_agency(office_vault, "Shelter A", "shelter")
    world.meet("office", "ben", "eda")
    referrals.grant_standing(
        eda, {"recipient": "Shelter A", "service": "shelter", "categories": ["identity"], "until": "2030"}
    )
    code = world.case("ben")
    world.consent("ben", code)
    one = world.referral("ben", code)
    world.do("ben", one, "submit")
    world.meet("office", "ben", "eda")
    world.do("eda", one, "approve", comment="agreed")
    world.meet("office", "ben", "eda")
    world.do("ben", one, "send")
    cases.set_fields(ben, code, {"person.first_name": "Zehra"})
    cases.set_fields(eda, code, {"person.first_name": "Zeyneb"})
    world.copy("ben", "clone")
    cases.set_fields(world.session("ben"), code, {"case.alias": "Red"})
    cases.set_fields(world.session("clone"), code, {"case.alias": "Green"})
    world.meet("office", "ben", "eda")
    world.send("clone", "office")
    with office_vault.look() as connection:
        counts = {
            table.name: connection.scalar(select(func.count()).select_from(table)) for table in schema.DERIVED
        }
    assert all(counts.values()), counts
    world.close()
    return world


@pytest.fixture
def full(template, tmp_path):
    """A copy of that office."""
    shutil.copytree(template.folder, tmp_path / "copy")
    world = World(tmp_path / "copy", seed=8, numbers=count(1000))
    yield world
    world.close()


def alter(session, statement):
    with session.opened.database.transaction() as connection:
        assert connection.exec_driver_sql(statement).rowcount != 0


def test_an_untouched_vault_verifies(full):
    assert all(full.verified(name).ok for name in ("office", "ben", "eda"))


CHANGES = {
    "case_row": "UPDATE case_row SET owner = 'x'",
    "record": 'UPDATE record SET fields = \'{"first_name":"Nobody"}\'',
    "consent": "UPDATE consent SET status = 'given', document = replace(document, 'identity', 'health')",
    "referral": "UPDATE referral SET state = 'completed'",
    "disclosure": "UPDATE disclosure SET document = '{}'",
    "conflict": "UPDATE conflict SET kind = 'none'",
    "verdict": "UPDATE verdict SET status = 'effective'",
    "fork": "UPDATE fork SET entries = '[]'",
    "agency": "UPDATE agency SET proposed = 1 - proposed",
    "standing": "UPDATE standing SET document = ''",
}


@pytest.mark.parametrize("table", CHANGES)
def test_a_row_that_was_changed_by_hand_is_found_and_mended(full, table):
    session = full.session("office")
    alter(session, CHANGES[table])
    assert upkeep.verify(session).tables.differ == [table]
    assert upkeep.rebuild(session).value.ok
    assert upkeep.verify(session).ok


@pytest.mark.parametrize("table", CHANGES)
def test_a_row_that_was_taken_away_is_found_and_mended(full, table):
    session = full.session("office")
    alter(session, f"DELETE FROM {table}")
    assert table in upkeep.verify(session).tables.differ
    assert upkeep.rebuild(session).value.ok


@pytest.mark.parametrize("table", CHANGES)
def test_a_row_of_a_stream_that_is_not_in_the_log_is_found_and_mended(full, table):
    session = full.session("office")
    with session.opened.database.transaction() as connection:
        row = dict(connection.execute(select(schema.metadata.tables[table]).limit(1)).mappings().one())
        keys = [column.name for column in schema.metadata.tables[table].primary_key]
        row |= {"stream": "f" * 64, **{key: "f" * 64 for key in keys if key != "row"}}
        row |= {"row": 4711} if "row" in row else {}
        connection.execute(schema.metadata.tables[table].insert(), row)
    assert table in upkeep.verify(session).tables.differ
    assert upkeep.rebuild(session).value.ok


def test_an_approval_written_straight_into_the_table_is_found_and_dropped(full):
    session = full.session("office")
    code = full.case("ben", {"person": PERSON})
    full.consent("ben", code)
    one = full.referral("ben", code)
    full.do("ben", one, "submit")
    full.send("ben", "office")
    alter(session, f"UPDATE referral SET state = 'approved' WHERE id = '{one}'")
    assert upkeep.verify(session).tables.differ == ["referral"]
    upkeep.rebuild(session)
    assert referrals.show_referral(session, one).state == "submitted"
    assert upkeep.verify(session).ok


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO search(search) VALUES ('delete-all')",
        "DELETE FROM search WHERE rowid = 1",
        "INSERT INTO search(rowid, words) VALUES (4711, 'zeynep')",
    ],
)
def test_the_search_is_compared_and_made_anew(full, statement):
    session = full.session("office")
    with session.opened.database.transaction() as connection:
        connection.exec_driver_sql(statement)
    assert upkeep.verify(session).tables.differ == ["search"]
    assert upkeep.rebuild(session).value.ok
    assert case_list.list_cases(session, search="zehra").total == 1


def test_a_case_that_the_search_finds_by_other_words_is_found_out(full):
    session = full.session("office")
    with session.opened.database.transaction() as connection:
        search.put(connection, [(1, "nobody at all")])
    assert upkeep.verify(session).tables.differ == ["search"]


LOG = {
    "header": "UPDATE entry SET header = CAST(replace(CAST(header AS TEXT), '\"depth\":2', '\"depth\":3') AS BLOB)",
    "parts": "UPDATE entry SET parts = CAST(substr(parts, 1, length(parts) - 1) || x'00' AS BLOB) WHERE seq > 3",
    "signature": "UPDATE entry SET signature = CAST(substr(signature, 1, 63) || x'00' AS BLOB)",
    "id": "UPDATE entry SET id = replace(id, 'a', 'b') WHERE seq = 3",
    "stream": "UPDATE entry SET stream = (SELECT stream FROM entry ORDER BY seq LIMIT 1)",
    "key": "UPDATE device_key SET key = (SELECT key FROM device_key LIMIT 1)",
    "middle": "DELETE FROM entry WHERE seq = (SELECT seq FROM entry WHERE CAST(header AS TEXT) LIKE '%\"depth\":2%' LIMIT 1)",
    "root": "DELETE FROM entry WHERE seq = (SELECT max(seq) FROM entry WHERE id = stream)",
    "last": "DELETE FROM entry WHERE seq = (SELECT max(seq) FROM entry)",
}


@pytest.mark.parametrize("place", LOG)
def test_a_hand_in_the_log_is_found(full, place):
    session = full.session("office")
    alter(session, LOG[place])
    session.streams.forget()
    found = upkeep.verify(session)
    assert not found.ok
    assert found.chains.broken or found.signatures.bad or found.tables.differ


@pytest.mark.parametrize("header", ["x'7b7d'", "x'7b226265666f7265223a22ff227d'", "header || ' '", "x''"])
def test_an_entry_that_cannot_be_read_spoils_its_own_stream_only(full, header):
    session = full.session("office")
    for number in range(3):
        full.case("office", {"alias": f"Sound {number}"})
    before = upkeep.verify(session)
    with session.look() as connection:
        last = select(schema.entry.c.stream).order_by(schema.entry.c.seq.desc()).limit(1)
        stream = connection.scalar(last)
    alter(session, f"UPDATE entry SET header = {header} WHERE stream = '{stream}'")
    session.streams.forget()
    found = upkeep.verify(session)
    assert (found.ok, found.chains.broken, found.tables.differ) == (False, [stream], [])
    assert (found.entries, found.chains.checked) == (before.entries - 1, before.chains.checked)


def test_a_roster_that_was_changed_by_hand_is_found(full):
    session = full.session("office")
    alter(session, "UPDATE roster SET signed = (SELECT signed FROM roster ORDER BY version LIMIT 1)")
    assert upkeep.verify(session).chains.broken == ["roster"]


def test_a_damaged_log_is_not_rebuilt_into_less(full):
    session = full.session("office")
    before = case_list.list_cases(session)
    alter(session, LOG["parts"])
    session.streams.forget()
    assert code_of(upkeep.rebuild, session) == "log_damaged"
    assert case_list.list_cases(session).total == before.total


def test_verify_is_cancelled_without_a_trace(full):
    from ctcase.errors import Cancelled

    with pytest.raises(Cancelled):
        upkeep.verify(full.session("office"), lambda *_: False)
    with pytest.raises(Cancelled):
        upkeep.rebuild(full.session("office"), lambda *_: False)
    assert upkeep.verify(full.session("office")).ok


# --- random histories of commands ---------------------------------------------------------------------------------

NAMES = st.sampled_from(["Omar", "Ömer", "عمر", "Ann-Marie", "", {"missing": "unknown"}, None])
STEPS = st.one_of(
    st.tuples(st.just("case"), NAMES),
    st.tuples(st.just("set"), st.integers(0, 3), NAMES),
    st.tuples(st.just("alias"), st.integers(0, 3), st.text(max_size=6)),
    st.tuples(st.just("consent"), st.integers(0, 3), st.sampled_from(["given", "refused"])),
    st.tuples(st.just("withdraw"), st.integers(0, 3)),
    st.tuples(st.just("refer"), st.integers(0, 3)),
    st.tuples(
        st.just("step"),
        st.integers(0, 3),
        st.sampled_from(
            ["submit", "send", "send_ahead", "withdraw", "retract", "acknowledge", "approve", "return"]
        ),
    ),
    st.tuples(st.just("meet")),
    st.tuples(st.just("decide"), st.integers(0, 3)),
    st.tuples(st.just("transfer"), st.integers(0, 3), st.sampled_from(["A", "B"])),
)
SAID = {"reason": "because", "comment": "seen", "date": "2026-01-01", "channel": "phone", "contact": "desk"}


class Random:
    """Two members and their office doing things at random; what is refused is refused."""

    def __init__(self, world):
        self.world = world
        self.codes, self.referrals, self.consents = [], [], []

    def run(self, who, step):
        kind, *rest = step
        with contextlib.suppress(CtcaseError, IndexError):
            getattr(self, kind)(who, *rest)

    def case(self, who, name):
        person = {} if name is None else {"first_name": name}
        self.codes.append(self.world.case(who, {"person": person}))

    def set(self, who, which, name):
        from ctcase.model.values import Missing

        value = Missing(name["missing"]) if isinstance(name, dict) else name
        cases.set_fields(self.world.session(who), self.codes[which], {"person.first_name": value})

    def alias(self, who, which, text):
        cases.set_fields(self.world.session(who), self.codes[which], {"case.alias": text})

    def consent(self, who, which, status):
        self.consents.append((self.codes[which], self.world.consent(who, self.codes[which], status=status)))

    def withdraw(self, who, which):
        code, one = self.consents[which]
        self.world.consent(
            who,
            code,
            **{
                **dict.fromkeys(CONSENT),
                "purposes": [],
                "recipients": [],
                "categories": [],
                "status": "withdrawn",
                "replaces": one,
            },
        )

    def refer(self, who, which):
        self.referrals.append(self.world.referral(who, self.codes[which]))

    def step(self, who, which, event):
        self.world.do(who, self.referrals[which], event, **SAID)

    def meet(self, who):
        self.world.meet("office", "ben", "eda")

    def decide(self, who, which):
        session = self.world.session(who)
        found = decisions.conflicts(session).conflicts[which]
        decisions.resolve_conflict(session, found.id, keep=found.theirs[0].entry)

    def transfer(self, who, which, team):
        cases.transfer(self.world.session(who), self.codes[which], team)


@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(steps=st.lists(st.tuples(st.sampled_from(["ben", "eda", "office"]), STEPS), min_size=5, max_size=16))
def test_tables_equal_a_replay_after_any_history(tmp_path_factory, steps):
    world = World(tmp_path_factory.mktemp("history"))
    try:
        world.found()
        world.member("ben")
        world.member("eda", "supervisor")
        acting = Random(world)
        for who, step in steps:
            acting.run(who, step)
        acting.meet("office")
        for name in ("office", "ben", "eda"):
            session = world.session(name)
            found = upkeep.verify(session)
            assert (found.ok, found.tables.differ, found.chains.broken) == (True, [], [])
            before = case_list.list_cases(session, order="code").cases
            assert upkeep.rebuild(session).value.ok
            assert case_list.list_cases(session, order="code").cases == before
    finally:
        world.close()
