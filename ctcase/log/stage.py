"""What the stages of the fold share."""

import msgspec

from ctcase.log.admission import Graph
from ctcase.log.entry import Entry
from ctcase.log.reading import Reading
from ctcase.log.rights import Rights, Row


class Stage(msgspec.Struct):
    """What the stages share: the stream's graph, its entries in order, what they say, who wrote them, what is void.

    `place` is the place of each entry in the order.
    """

    graph: Graph
    rights: Rights
    ordered: list[Entry]
    readings: dict[str, Reading]
    row: dict[str, Row | str]
    void: dict[str, str]
    place: dict[str, int]

    def member(self, entry: str) -> str:
        """The member behind an entry's device, "" if it is not enrolled."""
        row = self.row[entry]
        return row.member if isinstance(row, Row) else ""
