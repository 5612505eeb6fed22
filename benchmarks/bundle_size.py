"""How large a bundle is beside what cannot be made smaller, and how long writing and reading it takes.

    python benchmarks/bundle_size.py [--entries 10000] [--seed 7]

The floor is 64 bytes of signature an entry, 32 bytes of salt a part, and zstd-3 of the payloads by columns: all values
of one field, one after another. Everything is fictitious and made from the seed.
"""

import argparse
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Sequence

import msgspec

from benchmarks.world import FIRST_NAMES, WORDS
from ctcase.crypto import age
from ctcase.crypto.recipients import HybridIdentity
from ctcase.crypto.signing import SigningKey, key_id
from ctcase.log import payload
from ctcase.log.entry import Draft, Entry, Part, Place, compose, digest
from ctcase.model import canonical
from ctcase.sync import columns, columns_read, packing, sealing
from ctcase.sync.texts import take_apart

PLACES = [f"{name}{tail}" for name in FIRST_NAMES for tail in ("ville", "stad", "abad", "ton", "pur")]
CODES = [f"code_{number}" for number in range(12)]
FIELDS = {
    "identity": 12,
    "contact": 6,
    "location": 8,
    "case": 14,
}


def value(random_: random.Random, number: int) -> payload.Value:
    """A short answer, of the kind that the field with this number takes."""
    kind = number % 6
    if kind == 0:
        return f"{random_.choice(FIRST_NAMES)} {random_.choice(FIRST_NAMES)}"
    if kind == 1:
        return f"{random_.randint(1950, 2015)}-{random_.randint(1, 12):02}-{random_.randint(1, 28):02}"
    if kind == 2:
        return random_.choice(PLACES)
    if kind == 3:
        return tuple(random_.sample(CODES, random_.randint(1, 3)))
    if kind == 4:
        return random_.choice([True, False, random_.randint(0, 60)])
    return " ".join(random_.choices(WORDS, k=random_.randint(1, 4)))


def sets(random_: random.Random, category: str, share: float, over: tuple[str, ...]) -> bytes:
    """The payload of one part with about that share of its fields filled in."""
    chosen = [one for one in range(FIELDS[category]) if random_.random() < share] or [0]
    fields = {f"{category}_field_{one}": payload.FieldSet(value(random_, one), over) for one in chosen}
    kind = "case" if category == "case" else "person"
    return payload.write(payload.Sets(kind, fields, "htcds", 1))


class Author:
    """One device that writes entries and keeps its own chain."""

    def __init__(self, random_: random.Random) -> None:
        self.random = random_
        self.key = SigningKey(random_.randbytes(32))
        self.public = self.key.public
        self.device = key_id(self.public)
        self.number, self.before, self.time = 0, "", 1_700_000_000

    def write(self, draft: Draft, stream: str, parents: tuple[str, ...], previous: str, depth: int) -> Entry:
        """The next entry of this device; the signature is random bytes, which are as long and as incompressible."""
        self.number += 1
        self.time += self.random.randint(1, 900)
        place = Place(self.device, self.number, self.before, previous, stream, parents, depth, self.time, 3)
        header, parts = compose(draft, place, self.random.randbytes)
        raw = canonical.encode(header)
        self.before = digest(raw)
        return Entry(self.before, header, raw, self.random.randbytes(64), self.public, parts)


def root(author: Author, share: float) -> Entry:
    """A case as an import writes it: the control part and a part for each category."""
    random_ = author.random
    opening = payload.write(
        payload.Opening("case", "".join(random_.choices("0123456789ABCDEFGHJKMNPQRSTVWXYZ", k=8)), "field")
    )
    person, case = random_.randbytes(16).hex(), random_.randbytes(16).hex()
    parts = [(case, "control", opening), (case, "case", sets(random_, "case", share, ()))]
    parts += [
        (person, category, sets(random_, category, share, ()))
        for category in ("identity", "contact", "location")
    ]
    return author.write(Draft("open", tuple(parts)), "", (), "", 1)


def imported(count: int, seed: int) -> list[Entry]:
    """What an import of full rows writes: all fields, five parts an entry."""
    author = Author(random.Random(seed))
    return [root(author, 1.0) for _ in range(count)]


def daily(count: int, seed: int) -> list[Entry]:
    """What a team of eight writes in a year: a fifth are new cases half filled in, the rest are edits of three parts."""
    random_ = random.Random(seed)
    authors = [Author(random_) for _ in range(8)]
    cases: list[list[Entry]] = []
    written: list[Entry] = []
    for _ in range(count):
        author = random_.choice(authors)
        if random_.random() < 0.2 or not cases:
            entry = root(author, 0.5)
            cases.append([entry])
        else:
            entry = edit(author, random_.choice(cases[-200:]))
        written.append(entry)
    return written


def edit(author: Author, case: list[Entry]) -> Entry:
    """An edit of a few fields in three categories, each in place of the set that was shown."""
    last, first = case[-1], case[0]
    own = [entry for entry in case if entry.header.device == author.device]
    records = {part.category: part.record for part in first.header.parts}
    chosen = author.random.sample(sorted(FIELDS), 3)
    parts = tuple((records[one], one, sets(author.random, one, 0.2, (last.id,))) for one in chosen)
    entry = author.write(
        Draft("set", parts), first.id, (last.id,), own[-1].id if own else "", last.header.depth + 1
    )
    case.append(entry)
    return entry


def present(entries: Sequence[Entry]) -> list[bytes]:
    """The payloads of all parts."""
    return [part.payload for entry in entries for part in entry.parts if isinstance(part, Part)]


def floors(entries: Sequence[Entry]) -> tuple[int, dict[str, int]]:
    """What cannot be compressed, and the payloads under zstd-3 in two orders."""
    fixed = 64 * len(entries) + 32 * len(present(entries))
    groups: dict[tuple[str, str], list[bytes]] = defaultdict(list)
    for entry in entries:
        for head, part in zip(entry.header.parts, entry.parts, strict=True):
            if isinstance(part, Part):
                groups[entry.header.kind, head.category].append(part.payload)
    rows = b"".join(b"".join(group) for group in groups.values())
    values = b"\n".join(take_apart(present(entries)).columns)
    compressed = {
        "whole payloads, by category": len(packing.zstd.compress(rows, packing.LEVEL)),
        "values only, by field": len(packing.zstd.compress(values, packing.LEVEL)),
    }
    return fixed, compressed


def median(run: Callable[[], object], times: int = 5) -> float:
    """The median time in milliseconds."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken) * 1000


def show(name: str, entries: list[Entry]) -> None:
    """Prints size, ratio, where the rest goes, and times for one set of entries."""
    identity = HybridIdentity(bytes(32))
    key = SigningKey(bytes(32))
    heading = sealing.Heading("0" * 64, False, "office", "sync", 1, 1)
    recipients = {"1" * 64: identity.recipient}
    written = sealing.write(heading, sealing.Content(entries=entries), key, recipients)
    body = sum(frame.size for frame in written.manifest.frames)
    raw = present(entries)
    print(f"{name}: {len(entries)} entries, {len(raw)} parts, {sum(map(len, raw))} bytes of payload")
    fixed, compressed = floors(entries)
    for what, size in compressed.items():
        floor = fixed + size
        print(f"  floor ({what:27}) {floor:9}   batch {body:9}  ratio {body / floor:.3f}", end="")
        print(f"   sealed {len(written.data):9}  ratio {len(written.data) / floor:.3f}")
    where(entries)
    plain = msgspec.msgpack.encode([b"".join(raw), fixed * b"x"])
    floor = median(lambda: age.seal_bytes(packing.zstd.compress(plain, packing.LEVEL), [identity.recipient]))
    print(f"  zstd and seal alone {floor:6.0f} ms")
    print(
        f"  write a bundle      {median(lambda: sealing.write(heading, sealing.Content(entries=entries), key, recipients)):6.0f} ms"
    )
    print(
        f"  unseal and decode   {median(lambda: list(sealing.unseal(written.data, [identity]).batches())):6.0f} ms"
    )
    for frame in sealing.unseal(written.data, [identity]).bodies[:1]:
        print(f"  decode one batch    {median(lambda frame=frame: columns_read.decode(frame)):6.0f} ms")


def where(entries: Sequence[Entry]) -> None:
    """Prints what each column takes when it is compressed alone."""
    table = columns.tabulate(entries[: columns.MOST_ENTRIES])
    sizes = {
        f"texts.{name}": packing.pack(getattr(table.texts, name)) for name in table.texts.__struct_fields__
    }
    sizes |= {name: packing.pack(getattr(table, name)) for name in table.__struct_fields__ if name != "texts"}
    ranked = sorted(((len(size), name) for name, size in sizes.items()), reverse=True)
    print("  " + "  ".join(f"{name} {size}" for size, name in ranked[:12]))


def main() -> None:
    """Runs both sets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=7)
    chosen = parser.parse_args()
    show("an import", imported(chosen.entries, chosen.seed))
    show("daily work", daily(chosen.entries, chosen.seed))


if __name__ == "__main__":
    main()
