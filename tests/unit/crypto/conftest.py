"""A vault header made at a cost that only tests allow, and a source of bytes that repeats."""

import random
from dataclasses import dataclass

import pytest

from ctcase.crypto import slots
from ctcase.crypto.age import HybridIdentity
from ctcase.crypto.passphrases import Bounds, Cost

TINY = Cost(memory=8, passes=1, lanes=1)
TINY_BOUNDS = Bounds(floor=TINY, ceiling=Cost(memory=64, passes=4, lanes=4), most_work=128)


@dataclass(frozen=True)
class Maker:
    """Makes and opens headers at a tiny cost."""

    cost = TINY
    bounds = TINY_BOUNDS
    vault = "ab" * 16
    passphrase = "a fictional passphrase"
    recovery = HybridIdentity(bytes(range(32)))
    randomness = staticmethod(random.Random(1).randbytes)
    database_key = bytes(range(100, 132))

    def create(self, *, vault=vault, passphrase=passphrase, recovery=True, key=database_key, generation=1):
        return slots.create(
            vault,
            key,
            passphrase,
            self.recovery.recipient if recovery else None,
            self.randomness,
            cost=TINY,
            generation=generation,
            bounds=TINY_BOUNDS,
        )

    def unlock(self, header, passphrase=passphrase):
        return slots.unlock(header, passphrase, TINY_BOUNDS, TINY)

    def with_passphrase(self, header, passphrase, key=database_key):
        return slots.with_passphrase(header, key, passphrase, self.randomness, cost=TINY, bounds=TINY_BOUNDS)


@pytest.fixture(scope="session")
def maker():
    return Maker()


@pytest.fixture(scope="session")
def header(maker):
    return maker.create()
