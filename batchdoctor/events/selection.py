"""Which events are asked for: by time, job, pool, node and category of failure."""

from __future__ import annotations

from datetime import datetime

import msgspec

from batchdoctor.core.classify import classify
from batchdoctor.core.event import (
    ATTEMPT_EVENTS,
    KNOWN_EVENTS,
    POOL_EVENTS,
    Event,
    LogRecord,
)
from batchdoctor.core.failed_task import failed_task_of
from batchdoctor.core.tally import NotDecidedError


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

    def takes(self, event: Event) -> bool:
        """Whether an event is asked for; one without a time is in no limited time."""
        return (
            self._in_time(event.time)
            and (not self.jobs or event.properties.job_id in self.jobs)
            and (not self.pools or event.pool_id in self.pools)
            and (not self.nodes or event.node_id in self.nodes)
            and (not self.categories or self._in_categories(event))
        )

    @property
    def needs_whole_events(self) -> bool:
        """Whether the fields that are counted are not enough to tell what is asked for."""
        return bool(self.categories)

    def takes_record(self, record: LogRecord) -> bool:
        """The same for the fields that are counted, where those are enough.

        Raises NotDecidedError for a record that has to be looked at as a whole.
        """
        name, body, node = record.operation_name, record.properties, record.properties.node_info
        if name in ATTEMPT_EVENTS:
            if not (body.job_id and body.id):
                raise NotDecidedError(f"{name} without a job or task id")
        elif name not in KNOWN_EVENTS:
            raise NotDecidedError(f"{name} is not a known event")
        if self.jobs and body.job_id not in self.jobs:
            return False
        if self.pools:
            of_node = ((node and node.pool_id) or "").strip()
            pool_id = body.id or body.pool_id if name in POOL_EVENTS else of_node
            if pool_id not in self.pools:
                return False
        if self.nodes and ((node and node.node_id) or "").strip() not in self.nodes:
            return False
        return self._in_time(record.time)

    def _in_time(self, time: datetime | None) -> bool:
        if self.since is None and self.until is None:
            return True
        if time is None:
            return False
        return (self.since is None or time >= self.since) and (
            self.until is None or time < self.until
        )

    def _in_categories(self, event: Event) -> bool:
        task = failed_task_of(event)
        return task is not None and str(classify(task).category) in self.categories


_EVERYTHING = Selection()
