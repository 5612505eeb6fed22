"""A command's transaction pauses the collector of cycles, and leaves it as it was."""

import contextlib
import gc

import pytest

from ctcase.app import session


class _BrokenError(Exception):
    pass


@pytest.mark.parametrize("before", [True, False])
def test_the_collector_is_as_it_was_after_a_command_and_after_a_failure(before):
    was = gc.isenabled()
    try:
        (gc.enable if before else gc.disable)()
        with session.uncollected():
            assert not gc.isenabled()
        assert gc.isenabled() is before
        with contextlib.suppress(_BrokenError), session.uncollected():
            raise _BrokenError
        assert gc.isenabled() is before
    finally:
        (gc.enable if was else gc.disable)()
