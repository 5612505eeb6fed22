"""The path of a referral through the tree of its valid steps (rules 18 and 19), kept as steps are added.

What a decision may keep depends on the path in its author's past, and an author's past only grows. So the path is not
walked anew for each decision: a step that is added changes it from the place on where it is offered, or not at all.
"""

from collections.abc import Iterable, Iterator

import msgspec

from ctcase.log.payload import Step
from ctcase.log.stage import Stage
from ctcase.workflow.referral import TABLE, Basis

_UNMERGED = frozenset({"draft", "submit", "send_ahead", "decide"})
"""Events of which two are never one step: each carries something of its own (rule 18)."""


class Node(msgspec.Struct, frozen=True):
    """A valid step in the tree of its referral: what the next is judged by, and what it follows."""

    entry: str
    event: str
    follows: str
    basis: Basis


def places(bits: int) -> Iterator[int]:
    """The places of the bits that are set, from the lowest on."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


class _Place(msgspec.Struct):
    """One place of the path: the step taken there (none at the end), and as bits all that were offered.

    `sources` are the steps that those follow; `confirmed` is the decision that goes before all others, if there is
    one; `undoing` whether retracts of the step before it are among them.
    """

    here: tuple[str, ...]
    offered: int
    sources: list[str]
    confirmed: str
    undoing: bool


class Path:
    """The path through the steps given and added so far; each is added after all that are in its past."""

    def __init__(self, stage: Stage, steps: Iterable[Node] = ()) -> None:
        self.seen = 0
        self._stage = stage
        self._nodes: dict[str, Node] = {}
        self._at: dict[int, str] = {}
        self._children: dict[str, list[str]] = {}
        self._places: list[_Place] = []
        self._offers: dict[str, list[int]] = {}
        self._taken = 0
        self._number: dict[str, int] = {}
        for node in steps:
            self._enter(node)
        self._go_on()

    @property
    def steps(self) -> tuple[tuple[str, ...], ...]:
        """The steps from the draft on; those that several did as one are together, in order."""
        return tuple(place.here for place in self._places[:-1])

    def rivals(self) -> tuple[str, ...]:
        """All steps of the conflict that nobody on the path knew of (rule 18), by id."""
        found: set[str] = set()
        known = 0
        for place in reversed(self._places[:-1]):
            for one in place.here:
                known |= self._stage.graph.ancestors[one]
            if left := place.offered & ~self._taken & ~known:
                found |= {place.here[0], *(self._at[bit] for bit in places(left))}
        return tuple(sorted(found))

    def is_rival(self, one: str) -> bool:
        """Whether a step that was added is one of `rivals`."""
        bit = self._bit(one)
        for number in self._offers.get(self._nodes[one].follows, ()):
            place = self._places[number]
            left_out = place.offered & ~self._taken
            first = place.here[:1] == (one,)
            if (first or left_out & bit) and self._unknown(number, left_out) & (-1 if first else bit):
                return True
        return False

    def _unknown(self, number: int, left: int) -> int:
        """Of these bits, those that no step of the path from a place on has in its past."""
        taken = self._taken
        while taken and left:
            last = taken.bit_length() - 1
            taken ^= 1 << last
            one = self._at[last]
            if self._number[one] >= number:
                past = self._stage.graph.ancestors[one]
                left, taken = (
                    left & ~past,
                    taken & ~past,
                )  # whatever those have in their past, this one has too
        return left

    def add(self, node: Node) -> None:
        """Adds a step; nothing that was added before has it in its past."""
        siblings = self._enter(node)
        if len(siblings) == 1 and self._goes_before(node.follows):
            self._walk_from(0)
        for number in [*self._offers.get(node.follows, ())]:
            if number < len(self._places) and not self._offer(number, node):
                self._walk_from(number)

    def _enter(self, node: Node) -> list[str]:
        """Notes a step; the answer is what follows the same one."""
        place = self._stage.graph.position[node.entry]
        self._nodes[node.entry] = node
        self._at[place] = node.entry
        self.seen |= 1 << place
        siblings = self._children.setdefault(node.follows, [])
        siblings.append(node.entry)
        return siblings

    def _goes_before(self, draft: str) -> bool:
        """Whether a draft takes the first place now that it is followed."""
        first = self._places[0].here
        return (
            draft in self._nodes
            and self._nodes[draft].event == "draft"
            and self._rank(draft) < self._rank(first[0])
        )

    def _offer(self, number: int, node: Node) -> bool:
        """Offers a new step at a place; False if what is taken there, or what is offered, may be another one now."""
        place, before, one = self._places[number], self._before(number), node.entry
        if one in self._number or place.offered & self._bit(one):
            return True
        if node.follows in before:
            place.undoing = place.undoing or node.event == "retract"
        elif node.follows not in self._kept(number) or not self._unseen(number, one):
            return True
        retracts_some = node.event == "retract" and len(before) > 1
        if not place.here or retracts_some or self._comes_first(place, before, one):
            return False
        place.offered |= self._bit(one)
        if node.event not in _UNMERGED and node.event == self._nodes[place.here[0]].event:
            self._join(number, one)
        return True

    def _comes_first(self, place: _Place, before: tuple[str, ...], one: str) -> bool:
        """Whether a step is taken instead of what is: not with it, as one step."""
        order, event = self._stage.place, self._nodes[one].event
        if self._confirms(one, before, place.offered):
            return not place.confirmed or order[one] < order[place.confirmed]
        merged = event not in _UNMERGED and event == self._nodes[place.here[0]].event
        return not place.confirmed and not merged and self._rank(one) < self._rank(place.here[0])

    def _join(self, number: int, one: str) -> None:
        """Takes a step as one with those taken at a place; what will follow it is offered where theirs is."""
        place = self._places[number]
        offers = self._offers[place.here[0]]
        self._offers[one] = [*offers]
        for later in offers:
            self._places[later].sources.append(one)
        place.here = tuple(sorted((*place.here, one), key=self._stage.place.__getitem__))
        self._take(number, one)
        if self._places[number + 1].undoing:
            self._walk_from(number + 1)

    def _walk_from(self, number: int) -> None:
        while len(self._places) > number:
            place = self._places.pop()
            for one in place.sources:
                self._offers[one].pop()
            for one in place.here:
                self._taken &= ~self._bit(one)
                del self._number[one]
        self._go_on()

    def _go_on(self) -> None:
        """Walks on from the last place known to the end."""
        while not self._places or self._places[-1].here:
            number = len(self._places)
            place = self._next(number)
            for one in place.sources:
                self._offers.setdefault(one, []).append(number)
            for one in place.here:
                self._take(number, one)
            self._places.append(place)

    def _take(self, number: int, one: str) -> None:
        self._number[one] = number
        self._taken |= self._bit(one)

    def _next(self, number: int) -> _Place:
        """What is offered and taken at a place, by what was taken before it."""
        before, kept = self._before(number), self._kept(number)
        following = [child for one in before for child in self._children.get(one, ())]
        retracted = {self._nodes[one].follows for one in following if self._nodes[one].event == "retract"}
        undoing = retracted.issuperset(before)
        if not undoing:  # what several did as one step is taken back only by all of them
            following = [one for one in following if self._nodes[one].event != "retract"]
        following += [
            one for step in kept for one in self._children.get(step, ()) if self._unseen(number, one)
        ]
        found = [one for one in following if one not in self._number]
        offered = 0
        for one in found:
            offered |= self._bit(one)
        confirming = [one for one in found if self._confirms(one, before, offered)]
        confirmed = min(confirming, key=self._stage.place.__getitem__, default="")
        first = confirmed or min(found, key=self._rank, default="")
        return _Place(self._with(first, found), offered, [*before, *kept], confirmed, undoing)

    def _with(self, first: str, found: Iterable[str]) -> tuple[str, ...]:
        """A step with those of the same event, as one step (rule 18)."""
        if not first or (event := self._nodes[first].event) in _UNMERGED:
            return (first,) if first else ()
        same = {one for one in found if self._nodes[one].event == event}
        return tuple(sorted(same, key=self._stage.place.__getitem__))

    def _before(self, number: int) -> tuple[str, ...]:
        return self._places[number - 1].here if number else ("",)

    def _bit(self, one: str) -> int:
        return 1 << self._stage.graph.position[one]

    def _rank(self, one: str) -> tuple[bool, bool, int]:
        """Stopping events first, then the order of the stream; a draft that nobody went on with comes last."""
        event = self._nodes[one].event
        lonely = event == "draft" and one not in self._children
        return (not TABLE[event].stops, lonely, self._stage.place[one])

    def _keeps(self, one: str) -> str:
        """The step that a decision keeps, "" for every other step."""
        said = self._stage.readings[one].control if one else None
        return said.keep if isinstance(said, Step) and said.event == "decide" else ""

    def _confirms(self, one: str, before: tuple[str, ...], offered: int) -> bool:
        """Whether a decision keeps the step the path stands on and knew of nothing offered there.

        It comes before that, since what its author had not seen follows it (rule 19).
        """
        keep = self._keeps(one)
        return bool(keep) and keep in before and not self._stage.graph.ancestors[one] & offered

    def _kept(self, number: int) -> tuple[str, ...]:
        """The step that a decision just before a place keeps, with those that are one step with it; none otherwise."""
        keep = self._keeps(self._before(number)[0])
        taken = self._number.get(keep, number)
        return self._places[taken].here if taken < number else (keep,) if keep else ()

    def _unseen(self, number: int, one: str) -> bool:
        """Whether a step on the kept one was not seen by the decider, and so follows the decision (rule 19).

        A decision for another step does not: two decisions that contradict each other are a conflict, not a sequence.
        """
        decision = self._before(number)[0]
        return not self._stage.graph.precedes(one, decision) and self._keeps(one) in ("", *self._kept(number))
