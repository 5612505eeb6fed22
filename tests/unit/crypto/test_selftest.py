import pytest

from ctcase.crypto import age, selftest


def test_every_check_runs_and_is_right():
    assert selftest.run() == len(selftest.CHECKS) == 10


@pytest.mark.parametrize("name", list(selftest.CHECKS))
def test_one_wrong_answer_stops_the_program(name):
    with pytest.raises(selftest.SelfTestError) as refused:
        selftest.run({**selftest.CHECKS, name: lambda: False})
    assert refused.value.check == name


@pytest.mark.parametrize("problem", [ValueError(), TypeError(), age.AgeError("hmac")])
def test_a_check_that_fails_on_the_way_is_named_too(problem):
    def fails():
        raise problem

    with pytest.raises(selftest.SelfTestError) as refused:
        selftest.run({"broken": fails})
    assert refused.value.check == "broken"


def test_a_swapped_primitive_is_noticed(monkeypatch):
    monkeypatch.setattr(selftest.kdf, "hkdf", lambda secret, *, salt, info, length=32: bytes(length))
    with pytest.raises(selftest.SelfTestError):
        selftest.run()
