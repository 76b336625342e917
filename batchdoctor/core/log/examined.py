"""What the reading of a log looked at, check by check, and what it could not see."""

from __future__ import annotations

from collections.abc import Collection

from batchdoctor.core.checked import Checked
from batchdoctor.core.log.event import (
    POOL_AUTOSCALE,
    POOL_RESIZE_COMPLETE,
    TASK_COMPLETE,
    TASK_START,
)
from batchdoctor.core.log.summary import Summary

# Filters that leave events of pools out.
_OF_TASKS = ("job", "node", "category")
_NO_SUCCESS = "the log has no successes to compare with"


def examined(
    summary: Summary, filters: Collection[str] = (), *, whole: bool = True
) -> tuple[Checked, ...]:
    """Every check of a log. `filters` are the names of the options that left events out.

    `whole` says that everything named could be read, to its end.
    """
    unread = None if whole else "not everything could be read"
    return (
        Checked(check="task-failures", objects=summary.attempts, of="attempts", problem=unread),
        _unfinished(summary, unread, filters),
        _comparison(summary, unread, filters, "suspect-nodes", summary.nodes, "nodes"),
        _comparison(summary, unread, filters, "failing-jobs", summary.jobs, "jobs"),
        _pool_events(summary, unread, filters, "failed-resizes", POOL_RESIZE_COMPLETE, "resizes"),
        _pool_events(
            summary, unread, filters, "autoscale-errors", POOL_AUTOSCALE, "autoscale evaluations"
        ),
        _schedulings(summary, unread, filters),
    )


def _unfinished(summary: Summary, unread: str | None, filters: Collection[str]) -> Checked:
    starts, check, of = summary.events.get(TASK_START, 0), "unfinished-attempts", "starts"
    if "category" in filters:
        return Checked(check=check, objects=None, of=of, problem="--category leaves starts out")
    if summary.attempts and not starts:
        return Checked(check=check, objects=None, of=of, problem="the log has no starts")
    return Checked(check=check, objects=starts, of=of, problem=unread)


def _comparison(
    summary: Summary,
    unread: str | None,
    filters: Collection[str],
    check: str,
    objects: int,
    of: str,
) -> Checked:
    problem = None
    if "category" in filters:
        problem = "--category leaves successes out"
    elif "node" in filters:
        problem = "--node leaves the other nodes out"
    elif summary.failures and not summary.events.get(TASK_COMPLETE, 0):
        problem = _NO_SUCCESS
    if problem is not None:
        return Checked(check=check, objects=None, of=of, problem=problem)
    return Checked(check=check, objects=objects, of=of, problem=unread)


def _pool_events(
    summary: Summary,
    unread: str | None,
    filters: Collection[str],
    check: str,
    operation: str,
    of: str,
) -> Checked:
    left_out = next((name for name in _OF_TASKS if name in filters), None)
    if left_out is not None:
        problem = f"--{left_out} leaves events of pools out"
        return Checked(check=check, objects=None, of=of, problem=problem)
    found = summary.events.get(operation, 0)
    return Checked(check=check, objects=found, of=of, problem=unread)


def _schedulings(summary: Summary, unread: str | None, filters: Collection[str]) -> Checked:
    check, of = "schedule-failures", "events"
    left_out = next((name for name in ("node", "pool", "category") if name in filters), None)
    if left_out is not None:
        problem = f"--{left_out} leaves tasks out that were not scheduled"
        return Checked(check=check, objects=None, of=of, problem=problem)
    objects = sum(summary.events.values())
    return Checked(check=check, objects=objects, of=of, problem=unread)
