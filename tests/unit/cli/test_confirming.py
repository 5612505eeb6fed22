"""Nobody is enrolled or accepted before the words were compared."""

import pytest

from ctcase.app import results as R

WORDS = "suror komuj zozub sodar dikiz ginon"
ENROL = ("enrol", "V", "F", "--team", "T", "--welcome", "W")
ACCEPT = ("accept", "V", "W")


@pytest.fixture
def asked(runner, application):
    """A request and a welcome whose words are WORDS."""
    request = R.RequestSeen("d1", "m1", "Bo \x1b[2JFiction", ["caseworker"], WORDS, None)
    application.answers("office.look_at_request", request)
    application.answers("office.look_at_welcome", R.WelcomeSeen("o", "Central", WORDS, 3, training=False))
    enrolled = R.Enrolled("W", "m1", "d1", WORDS, "other words", 2)
    application.answers("office.enrol", R.Outcome(enrolled, R.Changes()))
    accepted = R.Accepted("o", "Central", WORDS, 3, ["caseworker"], "T")
    application.answers("office.accept", R.Outcome(accepted, R.Changes()))
    return runner


def acted(application):
    return [name for name, _, _ in application.calls if name in ("office.enrol", "office.accept")]


@pytest.mark.parametrize("call", [ENROL, ACCEPT], ids=["enrol", "accept"])
def test_without_a_terminal_nothing_is_asked_and_nothing_done(asked, application, call):
    told = asked.json(*call)
    assert (told.status, told.code) == (3, "confirmation_needed")
    assert acted(application) == []


@pytest.mark.parametrize("call", [ENROL, ACCEPT], ids=["enrol", "accept"])
def test_words_given_as_an_option_are_compared(asked, application, call):
    told = asked.json(*call, "--fingerprint", WORDS.replace("ginon", "ginun"))
    assert (told.status, told.code) == (3, "fingerprint_differs")
    assert acted(application) == []
    assert asked.json(*call, "--fingerprint", WORDS.upper().replace(" ", "-")).status == 0
    assert len(acted(application)) == 1


@pytest.mark.parametrize("call", [ENROL, ACCEPT], ids=["enrol", "accept"])
def test_at_a_terminal_the_words_are_typed_and_never_shown_before(asked, application, call):
    asked.terminal = True
    asked.person.typed = ["some other words"]
    told = asked.json(*call)
    assert (told.status, told.code) == (3, "fingerprint_differs")
    assert WORDS not in told.err
    assert "\x1b" not in told.err
    assert acted(application) == []
    asked.person.typed = [WORDS]
    assert asked.json(*call).status == 0


@pytest.mark.parametrize("call", [ENROL, ACCEPT], ids=["enrol", "accept"])
def test_yes_says_they_were_compared(asked, application, call):
    assert asked.json(*call, "--yes").status == 0
    assert len(acted(application)) == 1


def test_enrol_hands_over_everything(asked, application):
    asked.json(*ENROL, "--yes", "--role", "supervisor", "--member", "m7")
    _, positional, named = application.calls[-1]
    assert positional[0] is application.session
    assert str(positional[1]) == "F"
    named = {key: str(value) for key, value in named.items()}
    assert named == {
        "team": "T",
        "role": "supervisor",
        "member": "m7",
        "welcome": "W",
        "passphrase": "a fictional passphrase",
        "compared": WORDS,
    }
