"""What several events together tell of one attempt: a small number, and how two of them join.

An attempt is one run of a task: (job, task, retry count, requeue count, system task version).
What is known of it is packed into one integer, because a log holds millions of them:

    bits 0-7    which events told of it (`START` ... `OVERTAKEN`)
    bits 8-35   where it ran: index of a `NodeName`
    bits 36-63  how it failed: index of an `Outcome`, 0 while no failure is known

Joining is commutative and associative, so events may come in any order and from any split of a log.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from struct import Struct
from typing import NamedTuple, TypeVar

from batchdoctor.core.log.event import (
    TASK_COMPLETE,
    TASK_FAIL,
    TASK_REQUEUE,
    TASK_START,
    CountedNode,
)

START = 1
COMPLETE = 2
FAIL = 4
REQUEUE = 8
# A start that names no requeue count, as all starts up to 2026: it may belong to a later requeue.
LOOSE = 16
# Put back in the queue, as a requeue event of the next attempt told.
CLOSED = 32
# Without an end, and its task began again later: given up by the service, or the end is missing.
OVERTAKEN = 64

ENDED = COMPLETE | FAIL
GONE = ENDED | REQUEUE | CLOSED | OVERTAKEN
TELLING = {TASK_START: START, TASK_COMPLETE: COMPLETE, TASK_FAIL: FAIL, TASK_REQUEUE: REQUEUE}

NODE_SHIFT = 8
OUTCOME_SHIFT = 36
ONE_NODE = 1 << NODE_SHIFT
ONE_OUTCOME = 1 << OUTCOME_SHIFT
EVENTS = ONE_NODE - 1
# The bits of where it ran.
PLACE = ONE_OUTCOME - ONE_NODE
NODES = (ONE_OUTCOME - ONE_NODE) >> NODE_SHIFT
_HALF = 32
# Odd, without a pattern in their bits.
_ONE, _OTHER = 0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F
_ALL = 2**64 - 1
_EIGHT = Struct("<Q")
_SECONDS = 2**_HALF - 1


class NodeName(NamedTuple):
    """A node; empty text is unknown."""

    pool_id: str
    node_id: str


class Outcome(NamedTuple):
    """How an attempt failed. Of two, the greater one tells more."""

    coded: bool
    certain: bool
    category: str
    code: str
    exit_code: int | None
    node_caused: bool

    @property
    def rank(self) -> tuple[bool, bool, bool, tuple[object, ...]]:
        """Richest first, then any fixed order, so that the choice does not depend on the order."""
        known = self.exit_code is not None
        rest = (self.category, self.code, self.exit_code or 0, self.node_caused)
        return (self.coded, self.certain, known, rest)


SUCCESS = Outcome(
    coded=False, certain=False, category="", code="", exit_code=None, node_caused=False
)


N = TypeVar("N", NodeName, str, Outcome)


class Place(NamedTuple):
    """What is known of attempts at one node: where they ran alone, and that they ran there well.

    `completed` is after a start that names no requeue count, `completed_named` after one that does.
    """

    bits: int
    completed: int
    completed_named: int


class Names:
    """What the numbers stand for; grows with nodes, jobs and ways to fail, never with tasks.

    `places` remembers what `place` gave, and is open to the fold that asks for it. `task_number`
    gives the number of a task id: 64 bits, which are kept in its stead. Numbers that are `portable`
    are the same in every process, and take longer to find.
    """

    def __init__(self, *, portable: bool = False) -> None:
        self.portable = portable
        self.task_number: Callable[[str], int] = _portable_number if portable else hash
        self.places: dict[CountedNode | None, Place] = {}
        self.nodes: list[NodeName] = []
        self.jobs: list[str] = []
        self.outcomes: list[Outcome] = [SUCCESS]
        self._bits: dict[NodeName | str | Outcome, int] = {SUCCESS: 0}

    def place(self, node: CountedNode | None) -> Place:
        """Give what is known of attempts at a node, as an event names it."""
        place = self.places.get(node)
        if place is None:
            bits = self.node_bits(name_of(node))
            place = Place(bits, bits | LOOSE | COMPLETE, bits | START | COMPLETE)
            self.places[node] = place
        return place

    def node_bits(self, node: NodeName) -> int:
        """Give the index of a node, shifted to its place."""
        return self._shifted(node, self.nodes, NODE_SHIFT)

    def job_index(self, job_id: str) -> int:
        """Give the index of a job."""
        return self._shifted(job_id, self.jobs, 0)

    def outcome_bits(self, outcome: Outcome) -> int:
        """Give the index of an outcome, shifted to its place."""
        return self._shifted(outcome, self.outcomes, OUTCOME_SHIFT)

    def node(self, packed: int) -> NodeName:
        """Where an attempt ran."""
        return self.nodes[packed >> NODE_SHIFT & NODES]

    def outcome(self, packed: int) -> Outcome:
        """How an attempt failed; `SUCCESS` when it is not known to have failed."""
        return self.outcomes[packed >> OUTCOME_SHIFT]

    def translation(self, other: Names) -> Callable[[int], int]:
        """What turns packed numbers whose indices are another's into those of these names."""
        nodes = [self.node_bits(node) for node in other.nodes]
        outcomes = [self.outcome_bits(outcome) for outcome in other.outcomes]

        @cache
        def here(packed: int) -> int:
            place = nodes[packed >> NODE_SHIFT & NODES]
            return outcomes[packed >> OUTCOME_SHIFT] | place | packed & EVENTS

        return here

    def join(self, left: int, right: int) -> int:
        """Everything that two sets of events tell of one attempt."""
        if (left ^ right) < ONE_NODE:  # most often only the events differ
            return left | right
        outcome = self._outcome(left >> OUTCOME_SHIFT, right >> OUTCOME_SHIFT)
        return outcome << OUTCOME_SHIFT | self._place(left, right) | (left | right) & EVENTS

    def _shifted(self, name: N, names: list[N], shift: int) -> int:
        bits = self._bits.get(name)
        if bits is None:
            bits = self._bits[name] = len(names) << shift
            names.append(name)
        return bits

    def _outcome(self, left: int, right: int) -> int:
        if left == right or not right:
            return left
        if not left:
            return right
        return max(left, right, key=lambda index: self.outcomes[index].rank)

    def _place(self, left: int, right: int) -> int:
        """An end knows better than a start where the attempt ran; a node better than none."""
        if not (left ^ right) & PLACE:
            return left & PLACE
        return min(left, right, key=self._placing) & PLACE

    def _placing(self, packed: int) -> tuple[bool, bool, NodeName]:
        node = self.node(packed)
        return (not packed & ENDED, not node.node_id, node)


def name_of(node: CountedNode | None) -> NodeName:
    """The node that an event names; a schedule failure may name it with a single blank."""
    if node is None:
        return NodeName("", "")
    return NodeName((node.pool_id or "").strip(), (node.node_id or "").strip())


def _portable_number(task_id: str) -> int:
    """The number of an id that is the same on every machine, as `_pairs.c` gives it, too.

    Each eight bytes change the number into another one each, so ids that differ in those alone have
    different numbers.
    """
    name = task_id.encode("utf-8", "surrogatepass")
    number = len(name) * _ONE & _ALL
    for (eight,) in _EIGHT.iter_unpack(name + bytes(-len(name) % 8)):
        part = eight * _OTHER & _ALL
        number ^= (part << 31 | part >> 33) * _ONE & _ALL
        number = (number << 27 & _ALL | number >> 37) * _ONE + _OTHER & _ALL
    number = (number ^ number >> 33) * _OTHER & _ALL
    number = (number ^ number >> 29) * _ONE & _ALL
    number ^= number >> 32
    return number - (number >> 63 << 64)


def when_of(start: int | None, end: int | None) -> int:
    """When an attempt started and ended, each in seconds since 1970, in one number of 64 bits.

    0 in either half is not known.
    """
    return (start or 0) << _HALF | (end or 0)


def halves_of(when: int) -> tuple[int, int]:
    """Start and end of a `when`."""
    return when >> _HALF & _SECONDS, when & _SECONDS


def join_when(left: int, left_when: int, right: int, right_when: int) -> int:
    """When an attempt ran that two sets of events tell of: the earliest of each.

    The end of what failed is the earliest failure that was told of.
    """
    if left_when == right_when and (left >= ONE_OUTCOME) == (right >= ONE_OUTCOME):
        return left_when
    (left_start, left_end), (right_start, right_end) = halves_of(left_when), halves_of(right_when)
    if left >= ONE_OUTCOME > right:
        right_end = 0
    elif right >= ONE_OUTCOME > left:
        left_end = 0
    return when_of(_earliest(left_start, right_start), _earliest(left_end, right_end))


def _earliest(left: int, right: int) -> int:
    return min(left, right) if left and right else left or right
