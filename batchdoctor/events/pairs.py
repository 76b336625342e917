"""Counts plain starts and completions of tasks with compiled code.

Most of a log is such lines. The compiled code counts them without decoding, once it knows a few
patterns of them; here the patterns are found, and a tally is given what was counted. Where nothing
could be compiled, this module cannot be imported.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence

import msgspec

from batchdoctor.core.event import (
    TASK_COMPLETE,
    TASK_START,
    CountedExecution,
    CountedNode,
    LogRecord,
)
from batchdoctor.core.job_attempts import FIRST, FIRST_NAMED
from batchdoctor.core.paired import Paired, PairedJob
from batchdoctor.core.tally import Tally
from batchdoctor.events import _pairs
from batchdoctor.events.blocks import Block
from batchdoctor.events.line_pattern import parts_of

# A pattern is looked for in the first lines that match none, and in one of so many after those.
EAGER = 16
SELDOM = 256

# A line that is left: its index in its block, and where it begins and ends.
Left = tuple[int, int, int]

_STARTS = {FIRST: _pairs.START, FIRST_NAMED: _pairs.START_NAMED}
_FIRST_COMPLETION = len(_STARTS)
_DECODE = msgspec.json.Decoder(LogRecord).decode


class PairCount:
    """Counts lines for a tally, which has to be given what was counted in the end.

    It numbers tasks as Python's `hash` does, which is of no use for a portable tally.
    """

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._pairs = _pairs.Pairs()
        self._unlike = 0
        self._ways: dict[CountedExecution, int] = {}

    def count(self, block: Block) -> Sequence[Left]:
        """Count what can be counted here, and give the lines that are left, in order."""
        left = self._pairs.count(block.data)
        if left:
            self._look_at(block, left)
        if self._pairs.full:
            self.give()
        return left

    def give(self) -> None:
        """Give the tally what was counted since the last time."""
        times, first, last, nodes, jobs = self._pairs.take()
        if first is None or last is None:
            return
        self._tally.add_paired(
            Paired(
                starts=times[_pairs.START] + times[_pairs.START_NAMED],
                completions={way: times[number] for way, number in self._ways.items()},
                first_moment=first,
                last_moment=last,
                nodes=[CountedNode(pool_id=pool_id, node_id=node_id) for pool_id, node_id in nodes],
                jobs=[
                    PairedJob(job_id, array("q", closed), array("q", opened))
                    for job_id, closed, opened in jobs
                ],
            )
        )

    def _look_at(self, block: Block, left: Sequence[Left]) -> None:
        """Learn from some of the lines that are like none before."""
        before, self._unlike = self._unlike, self._unlike + len(left)
        if before < EAGER:
            some = left[: EAGER - before]
        elif before // SELDOM < self._unlike // SELDOM:
            some = [left[before % len(left)]]
        else:
            return
        for _, start, end in some:
            self._learn(bytes(block.data[start:end]))

    def _learn(self, line: bytes) -> None:
        try:
            record = _DECODE(line)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            return
        way = self._way(record)
        parts = parts_of(line, record) if way is not None else None
        if way is not None and parts is not None:
            self._pairs.learn(parts, way)

    def _way(self, record: LogRecord) -> int | None:
        """The number of the way in which a record tells of an attempt; None if not plain."""
        execution = record.properties.execution_info
        if execution is None:
            return None
        if record.operation_name == TASK_START:
            return _STARTS.get(execution)
        if record.operation_name != TASK_COMPLETE or not self._tally.closes_start(execution):
            return None
        if len(self._ways) < _pairs.MOST_WAYS - _FIRST_COMPLETION:
            self._ways.setdefault(execution, _FIRST_COMPLETION + len(self._ways))
        return self._ways.get(execution)
