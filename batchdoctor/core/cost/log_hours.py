"""The fold over the events of a log from which node hours are reckoned: 32 bytes a run.

The end of a run tells all of it: node, from when to when, how it went. So a start is kept only
until the end of its run is told; a start that is left began a run whose end nobody tells.
"""

from __future__ import annotations

from datetime import datetime

from batchdoctor.core.cost.open_runs import OpenRuns, Start
from batchdoctor.core.cost.purpose import Purpose
from batchdoctor.core.cost.reckoning import Window
from batchdoctor.core.cost.runs import NodeRuns, Runs, code_of
from batchdoctor.core.cost.sizes import PoolSizes
from batchdoctor.core.cost.told import Told, ToldExecution, microseconds, told_of
from batchdoctor.core.log.attempt import SUCCESS
from batchdoctor.core.log.event import (
    POOL_CREATE,
    POOL_DELETE_COMPLETE,
    POOL_EVENTS,
    POOL_RESIZE_COMPLETE,
    POOL_RESIZE_START,
    TASK_COMPLETE,
    TASK_FAIL,
    TASK_REQUEUE,
    TASK_START,
    CountedFailure,
    Event,
)
from batchdoctor.core.log.outcome import outcome_of
from batchdoctor.core.names import folded

QUICK_EVENTS = frozenset({TASK_START, TASK_COMPLETE, TASK_FAIL})
_UNTOLD = ToldExecution()
_NO_FAILURE = CountedFailure()
# Programs write the years 1, 1970 or 9999 for a time that is not set.
_YEARS = range(2000, 2200)
# Exit codes may be random numbers.
_MANY_WAYS = 20_000


class LogHours:
    """What a log tells of the hours of nodes, of some pools or of all.

    `nowhere` counts runs that name no node, `untimed` those without a time, `several` runs on
    several nodes at once, of which a log names only one.
    """

    def __init__(self, pools: frozenset[str] = frozenset()) -> None:
        self.runs = Runs()
        self.sizes: dict[str, PoolSizes] = {}
        self.open = OpenRuns()
        self.nowhere = self.untimed = self.several = 0
        self._pools = frozenset(map(folded, pools))
        self._first: datetime | None = None
        self._last: datetime | None = None
        self._failed: dict[tuple[object, ...], bool] = {}

    def add_event(self, event: Event) -> None:
        """Take notice of one event, whatever it is about."""
        if event.operation_name in POOL_EVENTS:
            self._note_time(event.time)
            self._add_size(event)
        else:
            self.add(told_of(event))

    def add(self, told: Told) -> None:
        """Take notice of one event of a task."""
        self._note_time(told.time)
        name, body = told.operation_name, told.properties
        node = body.node_info
        if name not in QUICK_EVENTS and name != TASK_REQUEUE:
            return
        pool_id, node_id = (node.pool_id, node.node_id) if node else (None, None)
        pool_id, node_id = (pool_id or "").strip(), (node_id or "").strip()
        if self._pools and folded(pool_id) not in self._pools:
            return
        if not pool_id or not node_id:
            self.nowhere += name != TASK_START
            return
        execution = body.execution_info or _UNTOLD
        task, place = hash((body.job_id, body.id)), self.runs.pool(pool_id).node(node_id)
        job = self.runs.job(body.job_id)
        if name == TASK_START:
            if (when := _moment(told.time)) is None:
                self.untimed += 1
            else:
                self.open.start(task, Start(when, place, job))
        elif name == TASK_REQUEUE:
            self._add_requeue(task, place, job, told, execution)
        else:
            self._add_end(task, place, job, told, execution)

    def _add_end(
        self, task: int, place: NodeRuns, job: int, told: Told, execution: ToldExecution
    ) -> None:
        end = _moment(execution.end_time) or _moment(told.time)
        if end is None:
            self.untimed += 1
            return
        start = _moment(execution.start_time)
        begun = self.open.end(task, place, start, end)
        first = begun.moment if start is None and begun else start
        if first is None:
            # What could not be started took no time that is told of.
            self.untimed += told.operation_name == TASK_COMPLETE
            return
        self._note_time(execution.start_time)
        instances = told.properties.multi_instance_settings
        if told.operation_name == TASK_COMPLETE and instances:
            self.several += (instances.number_of_instances or 1) > 1
        if _before(execution):
            purpose = Purpose.REPEATED
        else:
            failed = told.operation_name == TASK_FAIL or self._has_failed(execution)
            purpose = Purpose.FAILED if failed else Purpose.SUCCEEDED
        place.add(min(first, end), end, task, code_of(job, purpose))

    def _add_requeue(
        self, task: int, place: NodeRuns, job: int, told: Told, execution: ToldExecution
    ) -> None:
        """The run that was put back in the queue, if its times are told; else when that was."""
        start, end = _moment(execution.start_time), _moment(execution.end_time)
        if start is not None and end is not None:
            self.open.end(task, place, start, end)
            place.add(min(start, end), end, task, code_of(job, Purpose.INTERRUPTED))
        elif (when := end or _moment(told.time)) is not None:
            self.open.requeue(task, when)

    def _has_failed(self, execution: ToldExecution) -> bool:
        error = execution.scheduling_error or _NO_FAILURE
        end = (execution.exit_code, execution.result, error.category, error.code)
        known = self._failed.get(end)
        if known is None:
            if len(self._failed) >= _MANY_WAYS:
                self._failed.clear()
            known = self._failed[end] = outcome_of(end, failed=False) is not SUCCESS
        return known

    def _add_size(self, event: Event) -> None:
        pool_id, body, name = (event.pool_id or "").strip(), event.properties, event.operation_name
        if not pool_id or (self._pools and folded(pool_id) not in self._pools):
            return
        nodes: int | None
        if name in {POOL_CREATE, POOL_DELETE_COMPLETE}:
            nodes = 0
        elif name in {POOL_RESIZE_START, POOL_RESIZE_COMPLETE}:
            counts = (body.current_dedicated_nodes, body.current_low_priority_nodes)
            nodes = sum(each or 0 for each in counts) if counts != (None, None) else None
        else:
            return
        ended = name in {POOL_RESIZE_COMPLETE, POOL_DELETE_COMPLETE}
        when = (_moment(body.end_time) if ended else None) or _moment(event.time)
        if when is not None and nodes is not None and nodes >= 0:
            self.runs.pool(pool_id)
            self.sizes.setdefault(folded(pool_id), PoolSizes()).note(when, nodes)

    def _note_time(self, moment: datetime | None) -> None:
        if moment is None or moment.year not in _YEARS:
            return
        if self._first is None or moment < self._first:
            self._first = moment
        if self._last is None or moment > self._last:
            self._last = moment

    @property
    def window(self) -> Window | None:
        """From the first moment that is told of to the last; None where there is none."""
        if self._first is None or self._last is None:
            return None
        return Window(microseconds(self._first), microseconds(self._last))

    def settle(self) -> None:
        """Give every start that no end was told for a run of its own; to be called once, at last.

        Until its task began again nobody tells when such a run ended; one that did not begin again
        went on until the last moment of the log.
        """
        window = self.window
        if window is not None:
            self.open.settle(self.runs, window.end)


def _moment(moment: datetime | None) -> int | None:
    """Microseconds since 1970; None for no time, or one that stands for none."""
    return microseconds(moment) if moment and moment.year in _YEARS else None


def _before(execution: ToldExecution) -> int:
    """How often the task had run before, as far as its counters tell."""
    return (execution.retry_count or 0) + (execution.requeue_count or 0)
