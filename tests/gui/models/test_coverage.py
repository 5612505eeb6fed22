"""The first look at what a consent covers."""

import pytest

from ctcase.app.results import AgencyShown, ConsentShown
from ui.models.coverage import covered, fitting

SHELTER = AgencyShown("a1", "Harbour Shelter", "shelter", proposed=False)


def consent(one="c1", **more):
    given = {
        "id": one, "status": "given", "in_force": True, "given_by": "client", "method": "oral",
        "purposes": ["referral"], "recipients": ["a1"], "recipient_names": {}, "categories": ["identity"],
        "language": None, "interpreter": None, "witness": None, "date": None, "expires": None, "replaces": None,
        "note": "", "entry": "e", "member": "m", "time": "t",
    }  # fmt: skip
    return ConsentShown(**{**given, **more})


def kinds(consents, agency=SHELTER, purpose="referral", chosen=None):
    return covered(fitting(consents, agency, purpose, chosen))


def test_a_consent_covers_its_kinds_of_data():
    assert kinds([consent()]) == {"identity"}
    assert kinds([consent(recipients=["kind:shelter"])]) == {"identity"}


@pytest.mark.parametrize(
    "more",
    [
        {"in_force": False},
        {"status": "refused"},
        {"purposes": ["services"]},
        {"recipients": ["a2", "kind:clinic"]},
    ],
)
def test_what_does_not_fit_covers_nothing(more):
    assert kinds([consent(**more)]) == frozenset()


def test_one_consent_has_to_cover_everything():
    both = [consent("c1", categories=["identity", "contact"]), consent("c2", categories=["health"])]
    assert kinds(both) == {"identity", "contact"}
    assert kinds(both, chosen="c2") == {"health"}


def test_an_agency_that_is_not_known_is_not_covered():
    assert kinds([consent()], agency=None) == frozenset()
    assert (
        kinds([consent(recipients=["kind:"])], agency=AgencyShown("a9", "X", "", proposed=True))
        == frozenset()
    )
