"""The state of a case from its status field."""

import pytest

from ctcase.model.values import DECLINED, UNKNOWN
from ctcase.workflow.case import state_of


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("Active", "open"),
        ("FollowUp", "open"),
        ("Closed", "closed"),
        ("ClosedReferred", "closed"),
        (None, "open"),
        (UNKNOWN, "open"),
        (DECLINED, "open"),
        ("closed soon", "open"),
        (("Closed",), "open"),
    ],
)
def test_only_a_closed_status_closes_a_case(status, state):
    assert state_of(status) == state
