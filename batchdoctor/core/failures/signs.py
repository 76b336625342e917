"""What the record of a task says about its failure, gathered once for all rules.

Reads the live service and the event logs of every age: older logs have an exit code and nothing
else, newer ones have empty strings where nothing went wrong.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum, auto
from functools import lru_cache
from typing import NamedTuple

from batchdoctor.core.failures.tellings import telling_of
from batchdoctor.core.meaning.catalog import CatalogEntry, Where, load_catalog
from batchdoctor.core.meaning.category import Category
from batchdoctor.core.records import FailureInformation, Task, TaskExecution, same
from batchdoctor.core.records.durations import parse_duration

# Some sources cut times to whole milliseconds or seconds, so a run that was ended at its limit can
# look a little shorter than the limit.
LIMIT_TOLERANCE = timedelta(seconds=1)


class Timing(StrEnum):
    """How a task's run time compares with its maxWallClockTime."""

    UNKNOWN = auto()
    """The limit or one of the times is not told: event logs have no time limits."""
    UNLIMITED = auto()
    WITHIN = auto()
    REACHED = auto()


class Evidence(NamedTuple):
    """What the rules of classification look at."""

    failed: bool
    code: str | None = None
    listed: Category | None = None
    """The catalog's category of the code; None for no code or an unknown one."""
    service: str | None = None
    """The service's own category, in lower case."""
    exit_code: int | None = None
    timing: Timing = Timing.UNKNOWN
    limit: timedelta | None = None
    job_end: str | None = None
    """Why the job ended (terminateReason), if it did."""
    node_state: str | None = None
    told: str | None = None
    """What the details tell beyond the code: the name of a rule."""
    quote: str | None = None
    """The words that tell it."""

    def says(self, code: str) -> bool:
        """Whether the service's code is this one."""
        return same(self.code, code)

    @property
    def unlisted(self) -> str:
        """The code in lower case if the catalog does not know it, else nothing."""
        return self.code.lower() if self.code and self.listed is None else ""


def has_failed(task: Task) -> bool:
    """Whether a task's latest run failed: by its result, else failure information, else exit code.

    Logs of before 2026 tell no result; there, as the service itself counts, any nonzero exit code
    is a failure. A missing exit code is none by itself.
    """
    execution = task.execution_info
    if execution is None:
        return False
    if same(execution.result, "failure"):
        return True
    if same(execution.result, "success"):
        return False
    return failure_information(execution) is not None or bool(execution.exit_code)


def failure_information(execution: TaskExecution) -> FailureInformation | None:
    """The service's words on a failure, or None; in the logs of a success they are all empty."""
    for information in (execution.failure_info, execution.scheduling_error):
        if information is not None and (
            information.code or information.message or information.category
        ):
            return information
    return None


def run_time(execution: TaskExecution) -> timedelta | None:
    """How long the latest run took; None unless both ends are known and in order."""
    start, end = execution.start_time, execution.end_time
    if start is None or end is None:
        return None
    elapsed = _utc(end) - _utc(start)
    return elapsed if elapsed >= timedelta() else None


@lru_cache(maxsize=1024)
def task_entry(code: str) -> CatalogEntry | None:
    """The catalog's entry of a task's failure code, or None."""
    return load_catalog().find(code, Where.TASK)


def evidence_of(
    task: Task, *, job_terminate_reason: str | None = None, node_state: str | None = None
) -> Evidence:
    """Everything that one task, and what else is known of its job and node, says."""
    execution = task.execution_info
    if execution is None or not has_failed(task):
        return Evidence(failed=False)
    information = failure_information(execution)
    code = (information.code if information else None) or None
    entry = task_entry(code) if code else None
    limit_text = task.constraints.max_wall_clock_time if task.constraints else None
    timing, limit = _timing(execution, limit_text)
    telling = telling_of(execution, information)
    return Evidence(
        failed=True,
        code=entry.code if entry else code,
        listed=entry.category if entry else None,
        service=information.category.lower() if information and information.category else None,
        exit_code=execution.exit_code,
        timing=timing,
        limit=limit,
        job_end=job_terminate_reason or None,
        node_state=node_state.lower() if node_state else None,
        told=telling.name if telling else None,
        quote=telling.quote if telling else None,
    )


def _timing(execution: TaskExecution, limit_text: str | None) -> tuple[Timing, timedelta | None]:
    if not limit_text:
        return Timing.UNKNOWN, None
    limit = parse_duration(limit_text)
    if limit is None:
        return Timing.UNLIMITED, None
    elapsed = run_time(execution)
    if elapsed is None:
        return Timing.UNKNOWN, None
    return Timing.REACHED if elapsed + LIMIT_TOLERANCE >= limit else Timing.WITHIN, limit


def _utc(moment: datetime) -> datetime:
    # Some log records write times without a zone; they are UTC.
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
