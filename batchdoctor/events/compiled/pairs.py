"""Counts plain starts and ends of tasks with compiled code.

Most of a log is such lines. The compiled code counts them without decoding, once it knows a few
patterns of them; here the patterns are found, and a tally is given what was counted. Where nothing
could be compiled, this module cannot be imported.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from contextlib import suppress

import msgspec

from batchdoctor.core.log.attempt import START
from batchdoctor.core.log.event import (
    TASK_COMPLETE,
    TASK_FAIL,
    TASK_START,
    CountedExecution,
    CountedNode,
    LogRecord,
)
from batchdoctor.core.log.job_attempts import started
from batchdoctor.core.log.paired import Paired, PairedJob, ToldWay, moment_of
from batchdoctor.core.log.tally import Tally
from batchdoctor.events.blocks import Block
from batchdoctor.events.compiled import _pairs

# By name: what was compiled of an older version cannot be imported, as where nothing was compiled.
from batchdoctor.events.compiled._pairs import CLOSE, FAILED_END, OTHER_END
from batchdoctor.events.compiled.line_pattern import parts_of
from batchdoctor.events.selection import Selection

# A pattern is looked for in the first lines that have none, and in one of so many after those.
EAGER = 16
SELDOM = 256
# An attempt is 24 to 72 bytes here, and again on its way to the tally, where most are 24. The fewer
# are on their way at a time, the less memory is used and cut to pieces; fewer than this is slower.
MANY_ENDED = 30_000

# A line that is left: its index in its block, where it begins and ends, and whether it is like
# others all the same.
Left = tuple[int, int, int, bool]

# All times that there are, in microseconds since 1970.
_FIRST, _LAST = -(2**63), 2**63 - 1
_TOLD = {TASK_START, TASK_COMPLETE, TASK_FAIL}
_DECODE = msgspec.json.Decoder(LogRecord).decode


class PairCount:
    """Counts lines for a tally, which has to be given what was counted in the end.

    Only what is asked for is counted, by the fields that are. Lines whose record is `wanted` are
    left to others.
    """

    def __init__(
        self,
        tally: Tally,
        selection: Selection,
        wanted: Callable[[LogRecord], bool] = lambda _: False,
    ) -> None:
        self._tally = tally
        self._wanted = wanted
        since, until = selection.since, selection.until
        self._pairs = _pairs.Pairs(
            tally.names.portable,
            selection.takes_name if selection.limits_names else None,
            _FIRST if since is None else moment_of(since),
            _LAST if until is None else moment_of(until),
        )
        self._unlike = 0
        self._ways: dict[tuple[str, CountedExecution], int] = {}

    def count(self, block: Block) -> Sequence[Left]:
        """Count what can be counted here, and give the lines that are left, in order."""
        left = self._pairs.count(block.data)
        block.counted = self._pairs.lines
        if left:
            self._look_at(block, left)
        if self._pairs.full:
            self.give()
        elif self._pairs.ended >= MANY_ENDED:
            self.give(kept=False)
        return left

    def give(self, *, kept: bool = True) -> None:
        """Give the tally what was counted since the last time.

        Without what is `kept`, attempts that may yet end are not part of it.
        """
        self._tally.left_out |= self._pairs.left_out
        times, moments, nodes, jobs = self._pairs.take(kept)
        self._tally.add_paired(
            Paired(
                ways=[
                    ToldWay(name, execution, met)
                    for (name, execution), met in zip(self._ways, times, strict=True)
                ],
                moments=moments,
                nodes=[
                    CountedNode(pool_id=pool_id, node_id=node_id) for pool_id, node_id, _ in nodes
                ],
                last_failures=[last for *_, last in nodes],
                jobs=[
                    PairedJob(job_id, *(array("q", rows) for rows in (closed, ended, others)))
                    for job_id, closed, ended, others in jobs
                ],
            )
        )

    def _look_at(self, block: Block, left: Sequence[Left]) -> None:
        """Learn from some of the lines that are like none before."""
        for _, start, end, is_known in left:
            if is_known:
                continue
            self._unlike += 1
            if self._unlike <= EAGER or self._unlike % SELDOM == 0:
                with suppress(msgspec.MsgspecError, UnicodeError, RecursionError):
                    self._learn(bytes(block.data[start:end]))

    def _learn(self, line: bytes) -> None:
        record = _DECODE(line)
        execution = record.properties.execution_info
        if record.operation_name not in _TOLD or execution is None or execution.is_unclear:
            return
        # What a record is wanted for does not stand in gaps, so all of a pattern are, or none.
        if self._wanted(record):
            return
        parts = parts_of(line, record)
        way = self._way(record.operation_name, execution) if parts else None
        if parts is not None and way is not None:
            self._pairs.learn(parts, way)

    def _way(self, name: str, execution: CountedExecution) -> int | None:
        """The number of the way in which an event tells of its attempt; None if of too many."""
        way = self._ways.get((name, execution))
        if way is not None:
            return way
        if name == TASK_START:
            bits, tag = started(execution)
            kind = _pairs.START_NAMED if bits == START else _pairs.START
        else:
            tag, closes, failed = self._tally.ending(name, execution)
            kind = CLOSE if closes else FAILED_END if failed else OTHER_END
        way = self._pairs.add_way(kind, tag)
        if way is not None:
            self._ways[name, execution] = way
        return way
