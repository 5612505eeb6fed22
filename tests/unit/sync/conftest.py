"""Entries of a fictitious team, made from a seed, and keys to seal with."""

import random
from dataclasses import dataclass, field

import msgspec
import pytest

from ctcase.crypto.dsse import pae
from ctcase.crypto.recipients import HybridIdentity
from ctcase.crypto.signing import SigningKey, key_id
from ctcase.log.entry import (
    PAYLOAD_TYPE,
    WITHHELD,
    Draft,
    Entry,
    Place,
    compose,
    digest,
)
from ctcase.model import canonical
from ctcase.sync.sealing import Heading

PAYLOADS = (
    b'{"kind":"person","set":{"first_name":{"value":"Ada"},"last_name":{"value":"Example"}}}',
    b'{"kind":"person","set":{"note":{"over":["%s"],"value":"100 % \\"sure\\"\\nand more: yes"}}}',
    b'{"kind":"case","set":{"a":{"value":12},"b":{"value":true},"c":{"value":["x","y"]},"d":{"value":{"missing":"unknown"}}}}',
    b'{"kind":"case","set":{"name":{"value":"\xd0\x90\xd0\xbd\xd0\xb4\xd1\x80\xd1\x96\xd0\xb9 \xef\xb7\xba"}}}',
    b'{"type":"case"}',
    b"{}",
    b"",
    b'not JSON: "\n%d %b :1:2:"open',
)
CATEGORIES = ("identity", "contact", "case", "control")


@dataclass
class Team:
    """Devices that write entries, with real chains and signatures."""

    random: random.Random
    keys: list[SigningKey] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    def __post_init__(self):
        self.keys = [SigningKey(self.random.randbytes(32)) for _ in range(3)]

    def write(self, parts=None, stream=None, key=None) -> Entry:
        """One more entry: a root, or one after a head or two of `stream` (an entry of it)."""
        key = key or self.random.choice(self.keys)
        public = key.public
        own = [one for one in self.entries if one.key == public]
        there = [one for one in self.entries if stream is not None and one.stream == stream.stream]
        parents = self.random.sample(there[-3:], min(len(there), self.random.randint(1, 2)))
        previous = next((one.id for one in reversed(own) if one in there), "")
        place = Place(
            key_id(public), len(own) + 1, own[-1].id if own else "", previous,
            stream.stream if stream else "", tuple(one.id for one in parents),
            1 + max((one.header.depth for one in parents), default=0),
            1_700_000_000 + self.random.randint(0, 10**6), self.random.randint(0, 3),
        )  # fmt: skip
        kind = "set" if stream else "open"
        header, bodies = compose(Draft(kind, parts or self.parts()), place, self.random.randbytes)
        raw = canonical.encode(header)
        entry = Entry(digest(raw), header, raw, key.sign(pae(PAYLOAD_TYPE, raw)), public, bodies)
        self.entries.append(entry)
        return entry

    def parts(self):
        """One to four parts of records with long and short names."""
        places = {
            (self.random.choice(("case", "0" * 16, self.random.randbytes(16).hex(), "ab" * 16)), category)
            for category in self.random.sample(CATEGORIES, self.random.randint(1, 4))
        }
        return tuple((record, category, self.random.choice(PAYLOADS)) for record, category in sorted(places))

    def history(self, count: int) -> list[Entry]:
        """Entries over a few streams, parents first, some of which lack parts."""
        for _ in range(count):
            roots = [one for one in self.entries if not one.header.stream]
            grow = roots and self.random.random() < 0.7
            self.write(stream=self.random.choice(roots) if grow else None)
        return [self.holed(entry) for entry in self.entries]

    def holed(self, entry: Entry) -> Entry:
        """The entry with some parts withheld (never control parts) or missing."""
        bodies = list(entry.parts)
        for place, head in enumerate(entry.header.parts):
            if self.random.random() < 0.2:
                bodies[place] = None if head.category == "control" else self.random.choice((None, WITHHELD))
        return msgspec.structs.replace(entry, parts=tuple(bodies))


@pytest.fixture(scope="session")
def team():
    """Makes a team from a seed."""
    return lambda seed=1: Team(random.Random(seed))


@pytest.fixture(scope="session")
def identity():
    """The sealing key of the addressee's device."""
    return HybridIdentity(bytes(range(32)))


@pytest.fixture(scope="session")
def recipients(identity):
    """The addressee's only device."""
    return {"1" * 64: identity.recipient}


@pytest.fixture(scope="session")
def sender():
    """The signing key of the device that sends."""
    return SigningKey(bytes(range(32, 64)))


@pytest.fixture(scope="session")
def heading():
    """What the sender says of a bundle."""
    return Heading(
        office="f" * 64, training=True, addressee="office", purpose="sync", number=4, roster=2,
        has=("b" * 64, "a" * 64),
    )  # fmt: skip
