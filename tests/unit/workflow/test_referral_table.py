"""The check of the referral's table finds each planted fault."""

import pytest

from ctcase.workflow.referral import FINAL_STATES, OPEN_STATES, TABLE, Row, TableError, check_table

GOOD = tuple(TABLE.values())


def without(*events):
    return tuple(row for row in GOOD if row.event not in events)


def row(event, sources, target, **more):
    return Row(event, frozenset(sources), target, more.pop("roles", frozenset({"caseworker"})), **more)


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        (without("start"), ("unreachable", "in_service")),
        (without("draft"), ("unreachable", "draft")),
        (without("reject"), ("unreachable", "rejected")),
        (without("withdraw", "complete", "discontinue"), ("dead_end", "accepted")),
        (without("withdraw", "complete", "discontinue"), ("dead_end", "in_service")),
        ((*GOOD, GOOD[0]), ("double_event", "draft")),
        ((*GOOD, row("reopen", ["completed"], "accepted")), ("leaves_final", "reopen")),
        ((*GOOD, row("park", ["draft"], "parked")), ("unknown_state", "parked")),
        ((*GOOD, row("poke", ["lost"], "draft")), ("unknown_state", "lost")),
        ((*GOOD, row("bless", ["draft"], "submitted", roles=frozenset({"king"}))), ("unknown_role", "bless")),
        ((*GOOD, row("never", ["draft"], "submitted", roles=frozenset())), ("no_role", "never")),
        ((*GOOD, row("wave", ["sent"], "accepted", flag=True)), ("flag_moves", "wave")),
    ],
)
def test_planted_faults_are_found(rows, fault):
    with pytest.raises(TableError) as caught:
        check_table(rows)
    assert fault in caught.value.faults


def test_a_circle_without_a_way_out_is_a_dead_end():
    circle = (
        *without("withdraw", "complete", "discontinue"),
        row("pause", ["in_service"], "accepted"),
        row("complete", ["sent"], "completed"),
        row("discontinue", ["sent"], "discontinued"),
        row("withdraw", ["sent"], "withdrawn"),
    )
    with pytest.raises(TableError) as caught:
        check_table(circle)
    assert set(caught.value.faults) == {("dead_end", "accepted"), ("dead_end", "in_service")}


def test_the_real_table_has_no_fault_and_keeps_its_order():
    assert list(check_table(GOOD)) == list(TABLE)
    assert set(OPEN_STATES).isdisjoint(FINAL_STATES)
