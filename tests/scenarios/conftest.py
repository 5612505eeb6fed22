"""A small office of real vaults, founded once; every test and every example works on a copy of it."""

import importlib.util
import itertools
import sys
from pathlib import Path

import pytest


def _load(name):
    known = sys.modules.get(f"scenario_{name}")
    if known is None:
        spec = importlib.util.spec_from_file_location(
            f"scenario_{name}", Path(__file__).with_name(f"{name}.py")
        )
        known = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = known
        spec.loader.exec_module(known)
    return known


@pytest.fixture(scope="session")
def founded(tmp_path_factory):
    """The office as it was founded: a supervisor and a caseworker enrolled, a second caseworker not yet."""
    return _load("world").found(tmp_path_factory.mktemp("founded"))


@pytest.fixture
def new_world(founded, tmp_path):
    """Makes copies of the founded office; `new_world(seed)`."""
    worlds, numbers = [], itertools.count()

    def make(seed=0):
        while worlds:
            worlds.pop().close()
        worlds.append(_load("world").World(founded, tmp_path / f"world{next(numbers)}", seed))
        return worlds[-1]

    yield make
    while worlds:
        worlds.pop().close()


@pytest.fixture
def world(new_world):
    """One copy of the founded office."""
    return new_world()


@pytest.fixture(scope="session")
def judging():
    """What must hold of every world: the checks."""
    return _load("judging")


@pytest.fixture(scope="session")
def moves():
    """What people do in a world at random, and the machine that does it."""
    return _load("moves")


@pytest.fixture(scope="session")
def watching():
    """What must hold after every move."""
    return _load("watching")


@pytest.fixture(scope="session")
def shapes():
    """How histories begin."""
    return _load("shapes")
