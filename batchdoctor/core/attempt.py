"""What several events together tell of one attempt: a small number, and how two of them join.

An attempt is one run of a task: (job, task, retry count, requeue count, system task version).
What is known of it is packed into one integer, because a log holds millions of them:

    bits 0-7    which events told of it (`START` ... `CLOSED`)
    bits 8-39   where it ran: index of a `Cell`
    bits 40-    how it failed: index of an `Outcome`, 0 while no failure is known

Joining is commutative and associative, so events may come in any order and from any split of a log.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple, TypeVar

from batchdoctor.core.event import TASK_COMPLETE, TASK_FAIL, TASK_REQUEUE, TASK_START

# A moment, in any form that can be ordered.
M = TypeVar("M", int, datetime)

START = 1
COMPLETE = 2
FAIL = 4
REQUEUE = 8
# A start that names no requeue count, as all starts up to 2026: it may belong to a later requeue.
LOOSE = 16
# Put back in the queue, as a requeue event of the next attempt told.
CLOSED = 32

ENDED = COMPLETE | FAIL
GONE = ENDED | REQUEUE | CLOSED
TELLING = {TASK_START: START, TASK_COMPLETE: COMPLETE, TASK_FAIL: FAIL, TASK_REQUEUE: REQUEUE}

CELL_SHIFT = 8
OUTCOME_SHIFT = 40
_EVENTS = (1 << CELL_SHIFT) - 1
_CELL = (1 << OUTCOME_SHIFT) - 1 - _EVENTS


class Cell(NamedTuple):
    """Where an attempt ran and for which job; empty text is unknown."""

    pool_id: str
    node_id: str
    job_id: str


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


class Names:
    """The cells and outcomes behind the indices; both grow with nodes, jobs and codes only."""

    def __init__(self) -> None:
        self.cells: list[Cell] = []
        self.outcomes: list[Outcome] = [SUCCESS]
        self._cell_bits: dict[Cell, int] = {}
        self._outcome_bits: dict[Outcome, int] = {SUCCESS: 0}

    def cell_bits(self, cell: Cell) -> int:
        """Give the index of a cell, shifted to its place."""
        bits = self._cell_bits.get(cell)
        if bits is None:
            bits = self._cell_bits[cell] = len(self.cells) << CELL_SHIFT
            self.cells.append(cell)
        return bits

    def outcome_bits(self, outcome: Outcome) -> int:
        """Give the index of an outcome, shifted to its place."""
        bits = self._outcome_bits.get(outcome)
        if bits is None:
            bits = self._outcome_bits[outcome] = len(self.outcomes) << OUTCOME_SHIFT
            self.outcomes.append(outcome)
        return bits

    def cell(self, packed: int) -> Cell:
        """Where an attempt ran."""
        return self.cells[(packed & _CELL) >> CELL_SHIFT]

    def outcome(self, packed: int) -> Outcome:
        """How an attempt failed; `SUCCESS` when it is not known to have failed."""
        return self.outcomes[packed >> OUTCOME_SHIFT]

    def join(self, left: int, right: int) -> int:
        """Everything that two sets of events tell of one attempt."""
        events = (left | right) & _EVENTS
        outcome = self._outcome(left >> OUTCOME_SHIFT, right >> OUTCOME_SHIFT)
        return outcome << OUTCOME_SHIFT | self._place(left, right) | events

    def _outcome(self, left: int, right: int) -> int:
        if left == right or not right:
            return left
        if not left:
            return right
        return max(left, right, key=lambda index: self.outcomes[index].rank)

    def _place(self, left: int, right: int) -> int:
        """An end knows better than a start where the attempt ran; a node better than none."""
        if not (left ^ right) & _CELL:
            return left & _CELL
        best = min(left, right, key=self._placing)
        return best & _CELL

    def _placing(self, packed: int) -> tuple[bool, bool, Cell]:
        cell = self.cell(packed)
        return (not packed & ENDED, not cell.node_id, cell)


def moment_of(left: int, left_moment: M | None, right: int, right_moment: M | None) -> M | None:
    """The moment to remember of two sets of events that tell of one attempt.

    The earliest failure if there is one, else the earliest start of what has not ended.
    """
    failed = (left | right) >= 1 << OUTCOME_SHIFT
    if not failed and (left | right) & ENDED:
        return None
    sides = ((left, left_moment), (right, right_moment))
    told = [
        moment
        for packed, moment in sides
        if moment is not None and (not failed or packed >= 1 << OUTCOME_SHIFT)
    ]
    return min(told, default=None)
