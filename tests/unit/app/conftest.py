"""An office with members on disk."""

import pytest

from tests.office_world import World


@pytest.fixture
def world(tmp_path):
    """Nobody yet: `world.found()` makes the office."""
    found = World(tmp_path)
    yield found
    found.close()
