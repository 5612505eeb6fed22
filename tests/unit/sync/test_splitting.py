"""Bundles stay under a limit, and every entry goes along once."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctcase.sync import splitting
from ctcase.sync.sealing import Content, unseal, write


@given(st.integers(0, 2**32), st.integers(1, 60_000))
@settings(max_examples=25, deadline=None)
def test_all_entries_in_order_each_once(team, seed, limit):
    entries = team(seed).history(30)
    groups = splitting.split(entries, limit)
    flat = [entry for group in groups for entry in group]
    assert sorted(one.id for one in flat) == sorted(one.id for one in entries)
    assert all(groups)
    seen = set()
    for entry in flat:
        assert set(entry.header.parents) <= seen
        seen.add(entry.id)


def test_sealed_bundles_stay_under_the_limit_also_when_nothing_compresses(
    team, heading, sender, recipients, identity
):
    crew, noise = team(), random.Random(5)
    entries = [crew.write(parts=(("case", "case", noise.randbytes(5_000)),)) for _ in range(60)]
    limit = 100_000
    groups = splitting.split(entries, limit, besides=2048)
    written = [write(heading, Content(entries=group), sender, recipients) for group in groups]
    assert 3 < len(groups) < 6
    assert all(len(one.data) <= limit for one in written)
    read = [
        entry
        for one in written
        for batch in unseal(one.data, [identity]).batches()
        for entry in batch.entries
    ]
    assert read == entries


def test_one_entry_is_never_divided(team):
    entries = [team(seed).write() for seed in range(3)]
    assert splitting.split(entries, 1) == [[entry] for entry in entries]
    assert splitting.split([]) == []


@pytest.mark.parametrize("limit", ["LARGEST_BATCH", "MOST_ENTRIES", "MOST_PARTS", "MOST_REFERENCES"])
def test_batches_respect_what_a_reader_takes(team, monkeypatch, limit):
    entries = team().history(20)
    whole = list(splitting.batches(entries))
    monkeypatch.setattr(splitting, limit, 2_000 if limit == "LARGEST_BATCH" else 4)
    parts = list(splitting.batches(entries))
    assert len(whole) == 1
    assert len(parts) > 1
    assert [one for part in parts for one in part] == entries


def test_order_holds_for_a_long_chain(team):
    crew = team()
    root = crew.write()
    for _ in range(300):
        crew.write(stream=root)
    assert splitting.in_order(reversed(crew.entries))[0] in crew.entries[:3]
    assert splitting.in_order(crew.entries) == crew.entries
