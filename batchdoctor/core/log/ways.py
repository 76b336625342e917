"""The ways in which events tell that attempts ended: each learned once, then counted in place."""

from __future__ import annotations

from collections import Counter
from typing import Any

from batchdoctor.core.log.attempt import COMPLETE, ENDED, FAIL, TELLING, Names
from batchdoctor.core.log.event import TASK_START, CountedExecution, CountedFailure
from batchdoctor.core.log.job_attempts import counters
from batchdoctor.core.log.outcome import outcome_of

_UNTOLD = CountedExecution()
_NO_FAILURE = CountedFailure()
# Events that end attempts, or put them back in the queue.
ENDINGS = tuple(name for name in TELLING if name != TASK_START)
# Beyond this many, ways to tell are forgotten and learned again: exit codes may be random numbers.
MANY_WAYS = 20_000

# Packed bits without a node, retry and requeue count, whether it closes what a start opened, and
# how often it was met. A list, so that it is counted in place.
Way = list[Any]
# A start is none.
NO_WAY: Way = []


class Ways:
    """What is known of each way to end, by the name of the event and what it tells of the run.

    `known` is open to the fold that looks ways up and counts them.
    """

    def __init__(self, names: Names) -> None:
        self.known: dict[str, dict[CountedExecution | None, Way]] = {name: {} for name in ENDINGS}
        self._names = names
        self._forgotten: Counter[str] = Counter()

    def met(self) -> Counter[str]:
        """How often events of each name told of an end."""
        met = Counter(self._forgotten)
        for name, ways in self.known.items():
            met[name] += sum(way[3] for way in ways.values())
        return met

    def to_end(self, name: str, execution: CountedExecution | None) -> Way:
        """Give the way that an event of this name tells, to be counted."""
        ways = self.known[name]
        way = ways.get(execution)
        if way is None:
            if len(ways) >= MANY_WAYS:
                self._forgotten[name] += sum(way[3] for way in ways.values())
                ways.clear()
            way = ways[execution] = self.way(name, execution or _UNTOLD)
        return way

    def way(self, name: str, execution: CountedExecution) -> Way:
        """Make out what an event tells, without remembering it."""
        telling = TELLING[name]
        tag = counters(execution)
        if telling & ENDED:
            error = execution.scheduling_error or _NO_FAILURE
            end = (execution.exit_code, execution.result, error.category, error.code)
            telling |= self._names.outcome_bits(outcome_of(end, failed=telling == FAIL))
        return [telling, tag, telling == COMPLETE and not tag, 0]
