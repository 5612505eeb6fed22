"""The page of the format tells the truth: its example reads as it says, and its limits are those of the code."""

import re
from pathlib import Path

import pytest
from backports import zstd

from ctcase.log.entry import LARGEST_HEADER, MOST_PARENTS, MOST_PARTS
from ctcase.store.streams import MOST_IN_STREAM
from ctcase.sync import (
    columns,
    columns_read,
    frames,
    incoming,
    manifest,
    packing,
    padding,
    peers,
    splitting,
    texts,
)
from ctcase.sync.sealing import LARGEST_BUNDLE

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "bundle-format.md").read_text(encoding="utf-8")


def block(name):
    return re.search(rf"```{name}\n(.*?)\n```", PAGE, re.DOTALL)[1]


def test_the_example_is_read_as_the_page_says():
    batch = columns_read.decode(zstd.compress(bytes.fromhex(block("batch"))))
    assert [one.id for one in batch.entries] == block("ids").split()
    assert batch.entries[1].raw.decode() == block("header")
    assert zstd.decompress(columns.encode(batch.entries)).hex() == block("batch").replace("\n", "")


def test_the_columns_are_listed_in_their_order():
    rows = re.findall(r"^\| \d+ \| (\w+) \|", PAGE[PAGE.index("## 5.") :], re.MULTILINE)
    assert rows == [*columns.Columns.__struct_fields__, *texts.Texts.__struct_fields__]


@pytest.mark.parametrize(
    ("sentence", "value"),
    [
        ("The sealed file is at most 64 MiB", LARGEST_BUNDLE == 64 << 20),
        ("16,384 if `n` ≤ 16,384", padding.SMALLEST_CLASS == 16_384),
        ('"ctcase-bundle/1" LF', frames.MAGIC == b"ctcase-bundle/1\n"),
        (f"`{manifest.PAYLOAD_TYPE}`", True),
        ("The payload, at most 4 MiB", manifest.LARGEST_MANIFEST == 4 << 20),
        ("at most 50,000, ascending", manifest.MOST_HAS == 50_000),
        ("1 to 256 digests", manifest.MOST_DEVICES == 256),
        ("in order, at most 1,024", manifest.MOST_FRAMES == 1_024),
        ("1 to 20,000 entries, 200,000 parts and 200,000 parents",
         (columns.MOST_ENTRIES, columns.MOST_PARTS, columns.MOST_REFERENCES) == (20_000, 200_000, 200_000)),
        ("more than 1,000,000 values or 64 MiB of payloads", (texts.MOST_CUTS, texts.LARGEST_TEXTS) == (10**6, 64 << 20)),
        ("binary strings, ≤ 1,200,000", texts.MOST_PIECES == 1_200_000),
        ("the window at most 8 MiB", packing.LARGEST_WINDOW == 23),
        ("at most 12 MiB each", packing.LARGEST_ROSTER_ENVELOPE == 12 << 20),
        ("at most 4 MiB: a list of at most 10,000", (manifest.LARGEST_RECEIPTS, manifest.MOST_RECEIPTS) == (4 << 20, 10_000)),
        ("| 128 MiB | what they state", incoming.LARGEST_OPENED == 128 << 20),
        ("| 250,000 | entries", incoming.MOST_ENTRIES == 250_000),
        ("| 64 MiB | headers", incoming.LARGEST_CONTENT == 64 << 20),
        ("| 10,000 | entries that are quarantined", peers.MOST_NOT_TAKEN == 10_000),
        ("20,000 entries waiting, of 128 MiB", (incoming.MOST_WAITING, incoming.LARGEST_WAITING) == (20_000, 128 << 20)),
        ("1,000 entries of one sending device are kept, of 16 MiB",
         (incoming.MOST_QUARANTINED, incoming.LARGEST_QUARANTINE) == (1_000, 16 << 20)),
        ("than 256 KiB nothing but the id", LARGEST_HEADER == 256 << 10),
        ("an entry with more than 256 parts", MOST_PARTS == 256),
        ("more than 256\nparents", MOST_PARENTS == 256),
        ("A stream has at most 10,000 entries", MOST_IN_STREAM == 10_000),
        ("stays under 8 MiB", splitting.DEFAULT_LIMIT == 8 << 20),
    ],
)  # fmt: skip
def test_limits_are_those_of_the_code(sentence, value):
    assert sentence in PAGE
    assert value
