"""Random work of four people whose files are lost, repeated, delayed and reordered, on real vaults.

CTCASE_EXAMPLES sets how many histories of each shape are tried and CTCASE_STEPS how long they are (CTCASE_EXAMPLES=100
CTCASE_STEPS=60 for a long search). A long search draws its seed from CTCASE_SEED or at random, and prints it.
"""

import os
import random

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

EXAMPLES = int(os.environ.get("CTCASE_EXAMPLES", "0"))
STEPS = int(os.environ.get("CTCASE_STEPS", "8"))
SEED = int(os.environ.get("CTCASE_SEED", "0")) or (random.SystemRandom().randrange(2**32) if EXAMPLES else 1)
NAMES = ("anything", "rivals", "alone", "disks", "leaving", "consent", "forgeries")
WANTED = {
    "step conflict", "field conflict", "did restore", "fork", "adoption", "transfer", "withdrawal", "revocation",
    "clock jump", "self-approval", "forged approval",
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_vaults_agree_and_every_move_keeps_the_invariants(name, new_world, judging, watching, moves, shapes):
    examples = EXAMPLES or 5
    print(f"{name}: seed {SEED}, {examples} histories of {STEPS} steps")  # noqa: T201  # to repeat a failure
    shape, promised = shapes.SHAPES[name]
    machine = seed(SEED)(moves.machine(new_world, judging, watching, shape))
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.explicit, Phase.generate, Phase.shrink) if EXAMPLES else (Phase.generate,),
        ),
    )
    print(dict(sorted(machine.seen.items())))  # noqa: T201  # how far a search went
    assert machine.seen["histories"] > 0
    missing = [what for what in promised if machine.reached[what] < machine.seen["histories"]]
    assert not missing, "these no longer occur in every history of this shape"


def test_every_kind_of_trouble_has_a_shape_that_comes_to_it(shapes):
    assert set(shapes.SHAPES) == set(NAMES)
    assert {what for _, promised in shapes.SHAPES.values() for what in promised} >= WANTED
