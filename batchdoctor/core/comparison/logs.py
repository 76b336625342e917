"""Compares two event logs: how runs ended and how long they took, by message and kind of task."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from batchdoctor.core.checked import Checked
from batchdoctor.core.comparison.conclusion import Comparison, Named, concluded
from batchdoctor.core.comparison.difference import Way, What
from batchdoctor.core.comparison.durations import duration_trials, together
from batchdoctor.core.comparison.runs import NO_TIME, Cause, Runs, comparable
from batchdoctor.core.comparison.shares import StepsFor, failing_newcomers, share_trials
from batchdoctor.core.comparison.steady import looser_shape_of
from batchdoctor.core.comparison.trial import counted, told
from batchdoctor.core.failures.by_message import spoken_line
from batchdoctor.core.failures.failure import failure_of
from batchdoctor.core.failures.signs import run_time
from batchdoctor.core.failures.template import template
from batchdoctor.core.log.event import (
    POOL_RESIZE_COMPLETE,
    TASK_COMPLETE,
    TASK_FAIL,
    Event,
)
from batchdoctor.core.log.failed_task import failed_task_of
from batchdoctor.core.records import Task, same
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.step import Step, run
from batchdoctor.core.text.wording import plural

# Of so many attempts of a log it is known how they ended.
MOST_ATTEMPTS = 500_000


class _Success(msgspec.Struct, frozen=True, gc=False):
    """A run that went well."""

    kind: str
    task_id: str
    seconds: float
    node: str | None
    retries: int
    requeues: int


class LogSide(msgspec.Struct):
    """One of two logs, counted event by event; `place` is what it is called."""

    place: str
    events: int = 0
    first: datetime | None = None
    last: datetime | None = None
    resizes: Runs = msgspec.field(default_factory=Runs)
    full: bool = False
    """Whether there are more attempts than are kept."""
    _failed: dict[int, Task] = msgspec.field(default_factory=dict)
    _succeeded: dict[int, _Success] = msgspec.field(default_factory=dict)

    def add(self, event: Event) -> None:
        """Count an event. What is delivered twice, or told by two events, counts once."""
        self.events += 1
        if event.time is not None:
            self.first = min(self.first or event.time, event.time)
            self.last = max(self.last or event.time, event.time)
        if event.operation_name == POOL_RESIZE_COMPLETE:
            self._add_resize(event)
        if event.operation_name in {TASK_COMPLETE, TASK_FAIL}:
            self._add_end(event)

    def _add_resize(self, event: Event) -> None:
        body, pool = event.properties, event.pool_id or ""
        code = None if same(body.result_code, "success") else body.result_code
        end = Cause(code) if code else None
        took = body.end_time - body.start_time if body.start_time and body.end_time else None
        seconds = took.total_seconds() if took is not None else None
        name = f"{pool} at {event.time}"
        kind = self.resizes.add(
            name, end, seconds=seconds, node=None, of_kind=f"resize of {pool}: "
        )
        if end is not None:
            self.resizes.add_failure(Cause(code, None, f"resize: {code}"), kind, name, None)

    def _add_end(self, event: Event) -> None:
        body, execution = event.properties, event.properties.execution_info
        retries = (execution.retry_count or 0) if execution else 0
        requeues = (execution.requeue_count or 0) if execution else 0
        job_id, task_id = body.job_id or "", body.id or ""
        key = hash((job_id, task_id, retries, requeues, body.system_task_version or 0))
        failed = failed_task_of(event)
        if len(self._failed) + len(self._succeeded) >= MOST_ATTEMPTS:
            self.full = True
        elif failed is not None:
            known = self._failed.get(key)
            self._failed[key] = max(known, failed, key=_richness) if known else failed
        else:
            took = run_time(execution) if execution else None
            self._succeeded[key] = _Success(
                kind=f"{looser_shape_of(job_id)}/",
                task_id=task_id,
                seconds=took.total_seconds() if took is not None else NO_TIME,
                node=event.node_id,
                retries=retries,
                requeues=requeues,
            )

    def runs(self) -> Runs:
        """All runs that ended; one that failed by any event has failed."""
        runs = Runs()
        for key, each in self._succeeded.items():
            if key in self._failed:
                continue
            runs.add(
                each.task_id,
                None,
                seconds=each.seconds if each.seconds >= 0 else None,
                node=each.node,
                retries=each.retries,
                requeues=each.requeues,
                of_kind=each.kind,
            )
        for task in self._failed.values():
            _add_failed(runs, task)
        if self.full:
            runs.left_out = f"only the first {MOST_ATTEMPTS:,} runs of {self.place} were counted"
        return runs


def _add_failed(runs: Runs, task: Task) -> None:
    failure = failure_of(task)
    node = failure.node_id
    shape = f"{looser_shape_of(task.job_id)}/"
    end = Cause(failure.code, failure.exit_code)
    kind = runs.add(task.id, end, seconds=None, node=node, of_kind=shape)
    line = spoken_line(failure, None, None, None).line
    cause = Cause(failure.code, failure.exit_code, template(line) if line else None)
    runs.add_failure(cause, kind, f"{task.job_id}/{task.id}", node)


def _richness(task: Task) -> tuple[bool, bool, bool]:
    execution = task.execution_info
    failure = execution.failure_info if execution else None
    return (
        bool(failure and failure.code),
        bool(execution and execution.exit_code is not None),
        bool(failure and failure.message),
    )


def compared_logs(old: LogSide, new: LogSide) -> Comparison:
    """Compare two logs, of which one is the older."""
    runs = comparable(old.runs(), new.runs())
    steps = _steps(new.place)
    timed = list(duration_trials(*runs, [], steps))
    trials = [
        *share_trials(*runs, steps),
        *timed,
        *share_trials(old.resizes, new.resizes, steps),
    ]
    found = [*failing_newcomers(*runs, steps), *together(told(trials))]
    differ = {each.what for each in found}
    left_out = [each.left_out for each in runs if each.left_out]
    names = {What.FAILURES: "failures"} if all(each.ended for each in runs) else {}
    names |= {What.DURATION: "how long tasks take"} if timed else {}
    only = _only_in(*runs)
    return concluded(
        ("old", "new"),
        (_named(old, runs[0]), _named(new, runs[1])),
        found,
        same=[words for what, words in names.items() if what not in differ],
        tests=counted(trials),
        checked=(
            Checked(
                check="outcomes",
                objects=sum(each.ended for each in runs),
                of="runs",
                problem="; ".join([*left_out, *only]) or None,
            ),
            Checked(check="resizes", objects=old.resizes.ended + new.resizes.ended, of="resizes"),
        ),
    )


def _only_in(old: Runs, new: Runs) -> Sequence[str]:
    """How many runs are of kinds that only one of the logs has, and were not compared."""
    found = []
    for this, other, name in ((old, new, "old"), (new, old, "new")):
        count = sum(kind.ended for key, kind in this.kinds.items() if key not in other.kinds)
        if count:
            found.append(f"{plural(count, 'run')} of kinds that only the {name} one has")
    return found


def _steps(place: str) -> StepsFor:
    def steps(_what: What, way: Way, _names: Sequence[str]) -> Sequence[Step]:
        if way is Way.BETTER:
            return ()
        parse = command_line("events", "parse", place)
        return (
            run(f"{parse} --by message", "failures by message"),
            run(f"{parse} --show nodes", "is it a node"),
        )

    return steps


def _named(side: LogSide, runs: Runs) -> Named:
    span = ""
    if side.first and side.last:
        span = f", {side.first:%Y-%m-%d %H:%M} to {side.last:%Y-%m-%d %H:%M} UTC"
    told_runs = f"{plural(runs.ended, 'run')} ended, {runs.failed_count:,} failed"
    return Named(side.place, f"{side.place}: {told_runs}{span}", side.first)
