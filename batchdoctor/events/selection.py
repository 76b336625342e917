"""Which events are asked for: by time, job, pool, node and category of failure."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

import msgspec

from batchdoctor.core.failures.classify import classify
from batchdoctor.core.log.event import ATTEMPT_EVENTS, KNOWN_EVENTS, Event, LogRecord
from batchdoctor.core.log.failed_task import failed_task_of
from batchdoctor.core.names import folded


class Selection(msgspec.Struct, frozen=True):
    """What an event must be to count; empty means any. Times carry their zone, `until` excluded.

    Pool events belong to no job and no node. A category keeps only events of attempts that failed
    so.
    """

    since: datetime | None = None
    until: datetime | None = None
    jobs: frozenset[str] = frozenset()
    pools: frozenset[str] = frozenset()
    nodes: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()

    @property
    def everything(self) -> bool:
        """Whether nothing is left out."""
        return self == _EVERYTHING

    @property
    def filters(self) -> frozenset[str]:
        """What else than a time was asked for: `job`, `pool`, `node`, `category`."""
        asked = {
            "job": self.jobs,
            "pool": self.pools,
            "node": self.nodes,
            "category": self.categories,
        }
        return frozenset(name for name, words in asked.items() if words)

    @property
    def limits_time(self) -> bool:
        """Whether only a certain time was asked for."""
        return self.since is not None or self.until is not None

    @property
    def limits_names(self) -> bool:
        """Whether only certain jobs, pools or nodes were asked for."""
        return bool(self.jobs or self.pools or self.nodes)

    def takes_name(self, what: str, name: str) -> bool:
        """Whether a `job` is asked for, or a `node`, of which pool and node are a line each."""
        if what == "job":
            return _is_among(name, self.jobs)
        pool_id, node_id = name.split("\n")
        return _is_among(pool_id.strip(), self.pools) and _is_among(node_id.strip(), self.nodes)

    @property
    def needs_whole_events(self) -> bool:
        """Whether the fields that are counted are not enough to tell what is asked for."""
        return bool(self.categories)

    def takes(self, event: Event) -> bool:
        """Whether an event is asked for; one without a time is in no limited time."""
        return self._names(event) and (not self.categories or self._in_categories(event))

    def takes_record(self, record: LogRecord) -> bool:
        """The same for the fields that are counted, if those are enough.

        What a tally refuses to count (see `Tally.add_all`) is taken, so that it is looked at whole.
        """
        body = record.properties
        if record.operation_name in ATTEMPT_EVENTS:
            decided = bool(body.job_id and body.id)
        else:
            decided = record.operation_name in KNOWN_EVENTS
        # Of another zone the time may be none that can be told in UTC.
        if self.limits_time and record.time.tzinfo is not UTC:
            return True
        return not decided or self._names(record)

    def _names(self, event: Event | LogRecord) -> bool:
        return (
            self._in_time(event.time)
            and _is_among(event.properties.job_id, self.jobs)
            and _is_among(event.pool_id, self.pools)
            and _is_among(event.node_id, self.nodes)
        )

    def _in_time(self, time: datetime | None) -> bool:
        if not self.limits_time:
            return True
        if time is None:
            return False
        return (self.since is None or time >= self.since) and (
            self.until is None or time < self.until
        )

    def _in_categories(self, event: Event) -> bool:
        task = failed_task_of(event)
        return task is not None and str(classify(task).category) in self.categories


def _is_among(an_id: str | None, wanted: frozenset[str]) -> bool:
    """Whether an id was asked for, in whatever case; without any wish every one is."""
    return not wanted or (an_id is not None and folded(an_id) in _folded(wanted))


@lru_cache(maxsize=8)
def _folded(ids: frozenset[str]) -> frozenset[str]:
    return frozenset(map(folded, ids))


_EVERYTHING = Selection()
