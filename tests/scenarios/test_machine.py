"""Random work of four people whose files are lost, repeated, delayed and reordered, on real vaults.

CTCASE_EXAMPLES sets how many histories are tried and CTCASE_STEPS how long they are (CTCASE_EXAMPLES=500
CTCASE_STEPS=60 for a long search). A long search draws its seed from CTCASE_SEED or at random, and prints it.
"""

import os
import random

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

EXAMPLES = int(os.environ.get("CTCASE_EXAMPLES", "0"))
STEPS = int(os.environ.get("CTCASE_STEPS", "8"))
SEED = int(os.environ.get("CTCASE_SEED", "0")) or (random.SystemRandom().randrange(2**32) if EXAMPLES else 1)


def test_vaults_agree_once_everything_is_delivered(new_world, judging, moves):
    print(f"seed {SEED}, {EXAMPLES or 8} histories of {STEPS} steps")  # noqa: T201  # to repeat a failure
    machine = seed(SEED)(moves.machine(new_world, judging))
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES or 8,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.explicit, Phase.generate, Phase.shrink) if EXAMPLES else (Phase.generate,),
        ),
    )
    print(dict(sorted(machine.seen.items())))  # noqa: T201  # how far a long search went
    assert machine.seen["histories"] > 0
