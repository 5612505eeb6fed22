"""What was typed and not saved stays in the vault, and is no part of what is shared."""

from ctcase.app import unfinished, upkeep


def test_a_text_is_kept_replaced_and_forgotten(world):
    session = world.found()
    assert unfinished.kept(session) == ""
    unfinished.keep(session, "half a consent: Canaria")
    unfinished.keep(session, "more of it: Canaria")
    world.close("office")
    session = world.session("office")
    assert unfinished.kept(session) == "more of it: Canaria"
    unfinished.keep(session, "")
    assert unfinished.kept(session) == ""


def test_it_is_local_and_readable_nowhere(world):
    session = world.found()
    before = upkeep.status(session)
    done = unfinished.keep(session, "half a consent: Canaria")
    assert done.changes.streams == frozenset()
    assert upkeep.status(session) == before
    assert upkeep.verify(session).ok
    for file in world.vault("office").rglob("*"):
        assert not file.is_file() or b"Canaria" not in file.read_bytes()
