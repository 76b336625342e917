"""The last hours of a log that is followed: counted hour by hour, and forgotten so."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from batchdoctor.core.log.tally import Tally
from batchdoctor.core.records import Task
from batchdoctor.events.failures import attempt_key

# What nodes are judged by; triage looks as far back.
LENGTH = timedelta(hours=24)


class Window:
    """Counts by the hour in which they were filed, and which failures were told of."""

    def __init__(self) -> None:
        self._tallies: dict[datetime, Tally] = defaultdict(Tally)
        self._told: dict[datetime, set[int]] = defaultdict(set)

    def tally(self, hour: datetime) -> Tally:
        """Where to count what was filed in an hour."""
        return self._tallies[hour]

    def is_new(self, task: Task, hour: datetime) -> bool:
        """Whether this failed attempt was not told of before; it counts as told from now on."""
        key = attempt_key(task)
        if any(key in told for told in self._told.values()):
            return False
        self._told[hour].add(key)
        return True

    def forget(self, before: datetime) -> None:
        """Forget the hours that began before that."""
        for hours in (self._tallies, self._told):
            for hour in [each for each in hours if each < before]:
                del hours[hour]

    def whole(self) -> Tally:
        """All of it."""
        whole = Tally()
        for _, tally in sorted(self._tallies.items()):
            whole.merge(tally)
        return whole
