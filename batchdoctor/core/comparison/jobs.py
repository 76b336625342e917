"""Compares two jobs: what they were made with, where their tasks ran, and what came of these."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec
from msgspec.structs import replace

from batchdoctor.core.checked import Checked
from batchdoctor.core.comparison.conclusion import (
    Comparison,
    Named,
    Outcomes,
    concluded,
    one_problem,
)
from batchdoctor.core.comparison.difference import Found, What
from batchdoctor.core.comparison.durations import duration_trials, together
from batchdoctor.core.comparison.facts import Fact, Key
from batchdoctor.core.comparison.node_facts import (
    NodeRuns,
    node_differences,
    node_trials,
    unknown_nodes,
)
from batchdoctor.core.comparison.runs import Pairs, Runs, comparable, paired
from batchdoctor.core.comparison.settings import Settings, compared_facts
from batchdoctor.core.comparison.shares import failing_newcomers, share_trials
from batchdoctor.core.comparison.steady import Steadying
from batchdoctor.core.comparison.steps import JobSteps
from batchdoctor.core.comparison.task_settings import compared_task_settings
from batchdoctor.core.comparison.trial import counted, told
from batchdoctor.core.text.wording import listed, plural

Facts = Mapping[Key, Fact]
# Where there are more kinds of tasks than this, ids tell no kinds.
_MOST_KINDS = 20


class JobSide(msgspec.Struct, kw_only=True):
    """One of two jobs, as far as it was read.

    `pool` is None where the pool is gone; `tasks` are the facts of some tasks by id, all of them
    unless `settings_left_out` says otherwise in a part of a sentence.
    """

    job_id: str
    pool_id: str | None
    created: datetime | None
    end: str | None
    """Why it ended or cannot run, where that is told."""
    facts: Facts
    pool: Facts | None
    tasks: Mapping[str, Facts]
    runs: Runs
    nodes: NodeRuns
    unfinished: int = 0
    settings_left_out: str | None = None
    words_left_out: str | None = None


def in_time(first: JobSide, second: JobSide) -> tuple[JobSide, JobSide]:
    """Both, the older one first; as they were given where nobody knows."""
    if first.created and second.created and second.created < first.created:
        return second, first
    return first, second


def compared_jobs(
    then: JobSide, now: JobSide, chosen: str | None = None, *, among: int = 1
) -> Comparison:
    """Compare two jobs of which `then` is the older one, as one of so many comparisons."""
    steps = JobSteps(now.job_id, now.pool_id)
    steady = Steadying([then.job_id]).text, Steadying([now.job_id]).text
    pairs = paired(then.runs, now.runs, steady)
    settings = _settings(then, now, steady)
    runs = comparable(then.runs, now.runs)
    timed = list(duration_trials(*runs, pairs, steps))
    trials = [*node_trials(then.nodes, now.nodes), *share_trials(*runs, steps), *timed]
    by_chance = together(told(trials, among))
    known = {each.what for part in settings for each in part.found}
    of_nodes = [each for each in node_differences(then.nodes, now.nodes) if each.what not in known]
    new = failing_newcomers(*runs, steps)
    found = [*of_nodes, *_ends(then, now), *_other_tasks(then, now), *new, *by_chance]
    return concluded(
        ("then", "now"),
        (_named(then), _named(now)),
        [steps.to(each) for each in found],
        settings=[replace(part, found=list(map(steps.to, part.found))) for part in settings],
        same=list(_same(by_chance, then, now, timed=bool(timed))),
        tests=counted(trials),
        chosen=chosen,
        outcomes=_changed_outcomes(then, now, pairs),
        checked=tuple(_checked(then, now)),
    )


def _settings(
    then: JobSide, now: JobSide, steady: tuple[Callable[[str], str], Callable[[str], str]]
) -> list[Settings]:
    parts = [
        compared_task_settings(then.tasks, now.tasks, steady, (then.job_id, now.job_id)),
        compared_facts(then.facts, now.facts, "the job's "),
    ]
    if then.pool_id != now.pool_id and then.pool is not None and now.pool is not None:
        parts.append(compared_facts(then.pool, now.pool, "the pool's "))
    return parts


def _ends(then: JobSide, now: JobSide) -> Iterator[Found]:
    """Jobs that ended for different reasons; one that goes on may still end like the other."""
    if then.end and now.end and then.end != now.end:
        yield Found(
            what=What.JOB_END,
            before=then.end,
            after=now.end,
            message=f"the job ended with {now.end}, then with {then.end}",
        )


def _other_tasks(then: JobSide, now: JobSide) -> Iterator[Found]:
    """Kinds of tasks that only one of two jobs has, where both were read to their ends."""
    if then.runs.left_out or now.runs.left_out or not (then.runs.ended and now.runs.ended):
        return
    for this, other, when in ((now, then, "now"), (then, now, "then")):
        kinds = this.runs.kinds.keys() - other.runs.kinds.keys()
        if not kinds or other.unfinished or len(kinds) > _MOST_KINDS:
            continue
        count = sum(this.runs.kinds[kind].ended for kind in kinds)
        told = listed(sorted(kinds))
        yield Found(
            what=What.TASKS,
            subject=told,
            before=None if this is now else f"{count:,}",
            after=f"{count:,}" if this is now else None,
            message=f"only {when} are there tasks such as {told}: {plural(count, 'task')}",
        )


def _changed_outcomes(then: JobSide, now: JobSide, pairs: Pairs) -> Outcomes:
    """Tasks that failed now and succeeded then, and how many the other way."""
    failed = [b for a, b in pairs if b in now.runs.failed and a in then.runs.tasks]
    succeeded = sum(b in now.runs.tasks and a in then.runs.failed for a, b in pairs)
    return Outcomes([f"{now.job_id}/{each}" for each in failed], succeeded)


def _same(by_chance: Sequence[Found], then: JobSide, now: JobSide, *, timed: bool) -> Iterator[str]:
    """What was tested, or is one thing, and does not differ."""
    differ = {each.what for each in by_chance}
    if then.runs.ended and now.runs.ended:
        if What.FAILURES not in differ:
            yield "failures"
        if timed and What.DURATION not in differ:
            yield "how long tasks take"
    if then.pool_id and then.pool_id == now.pool_id:
        yield f"pool {now.pool_id}"


def _named(side: JobSide) -> Named:
    """A job with how its tasks ended."""
    parts = [side.job_id, f"{plural(side.runs.ended, 'task')} ended"]
    parts.append(f"{side.runs.failed_count:,} failed")
    if side.unfinished:
        parts.append(f"{side.unfinished:,} not ended yet")
    if side.created:
        parts.append(f"made {side.created:%Y-%m-%d %H:%M} UTC")
    return Named(side.job_id, ", ".join(parts), side.created)


def _checked(then: JobSide, now: JobSide) -> Iterator[Checked]:
    sides = (then, now)
    yield Checked(
        check="settings",
        objects=sum(len(each.tasks) for each in sides),
        of="tasks",
        problem=one_problem([each.settings_left_out for each in sides]),
    )
    yield Checked(
        check="outcomes",
        objects=sum(each.runs.ended for each in sides),
        of="tasks",
        problem=one_problem([each.runs.left_out for each in sides]),
    )
    yield Checked(
        check="messages",
        objects=sum(
            failures.by_kind.total() for each in sides for failures in each.runs.failures.values()
        ),
        of="failed tasks",
        problem=one_problem([each.words_left_out for each in sides]),
    )
    nodes = [each.nodes for each in sides]
    yield Checked(
        check="nodes",
        objects=sum(each.nodes - each.unknown for each in nodes),
        of="nodes",
        problem=unknown_nodes(nodes),
    )
