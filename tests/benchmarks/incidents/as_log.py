"""A simulated incident as the diagnostic log that Batch would have written of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from batchdoctor.core.log.event import (
    TASK_COMPLETE,
    TASK_FAIL,
    TASK_START,
    CountedBody,
    CountedExecution,
    CountedFailure,
    CountedNode,
    LogRecord,
)
from batchdoctor.core.log.summary import conclude
from batchdoctor.core.log.tally import Tally
from batchdoctor.core.suspicion.run_counts import RunCounts
from tests.benchmarks.incidents.scheduler import Run

BEGIN = datetime(2026, 11, 20, tzinfo=UTC)
POOL = "p"


def counts_of(runs: Iterable[Run]) -> RunCounts:
    """What `events parse` would count."""
    tally = Tally()
    tally.add_all(record for run in runs for record in _records(run))
    return conclude(tally)[1]


def _records(run: Run) -> list[LogRecord]:
    failure = None
    if run.fault:
        failure = CountedFailure(category=run.fault.category, code=run.fault.code)
    end = CountedExecution(
        retry_count=run.retry,
        requeue_count=0,
        exit_code=run.fault.exit_code if run.fault else 0,
        result="Failure" if run.fault else "Success",
        scheduling_error=failure,
    )
    started = _record(run, TASK_START, run.start, CountedExecution(retry_count=run.retry))
    ended = [_record(run, TASK_COMPLETE, run.end, end)]
    if run.fault:
        ended.append(_record(run, TASK_FAIL, run.end, end))
    return [started, *ended]


def _record(run: Run, name: str, when: float, execution: CountedExecution) -> LogRecord:
    return LogRecord(
        operation_name=name,
        time=BEGIN + timedelta(seconds=when),
        properties=CountedBody(
            job_id=run.task.job,
            id=run.task.name,
            node_info=CountedNode(pool_id=POOL, node_id=run.node),
            execution_info=execution,
        ),
    )
