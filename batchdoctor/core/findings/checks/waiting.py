"""Checks of tasks that wait: what they wait for, and whether it can ever come.

https://learn.microsoft.com/azure/batch/batch-task-dependencies
"""

from __future__ import annotations

from collections.abc import Iterator

from batchdoctor.core.failures.dependency import dependency_ids, never_satisfies
from batchdoctor.core.findings.checks.facts import JobFacts
from batchdoctor.core.findings.finding import Finding, Subject
from batchdoctor.core.records import Task, same
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.step import run, say
from batchdoctor.core.text.wording import listed, plural, verb

_JOBS_NAMED = 5


def slots(facts: JobFacts) -> Iterator[Finding]:
    """Tasks that need more slots than any node of the pool has."""
    offered = facts.pool.pool.task_slots_per_node if facts.pool else None
    if not offered:
        return
    large = [task for task in facts.waiting or () if (task.required_slots or 1) > offered]
    if large:
        most = max(task.required_slots or 1 for task in large)
        yield Finding(
            kind="slots-never-fit",
            subject=_subject(facts, large),
            message=f"{plural(len(large), 'task')} {verb(len(large), 'needs', 'need')} up to"
            f" {most} slots, and a node of the pool has {offered}: they never start.",
            evidence=(f"The tasks are {listed(_ids(large))}.",),
            advice=(
                say(
                    "Submit them again with fewer requiredSlots, or to a pool with more"
                    " taskSlotsPerNode: neither can be changed in place."
                ),
            ),
            stops=len(large),
        )


def dependencies(facts: JobFacts) -> Iterator[Finding]:
    """Tasks that depend on tasks that failed or do not exist."""
    blockers = {
        task_id: task
        for task_id, task in facts.dependencies.items()
        if task is None or never_satisfies(task)
    }
    stuck = [t for t in facts.waiting or () if blockers.keys() & set(dependency_ids(t))]
    if not stuck:
        return
    failed = [task_id for task_id, task in blockers.items() if task is not None]
    missing = [task_id for task_id, task in blockers.items() if task is None]
    evidence = []
    if failed:
        evidence.append(f"Failed: {listed(failed)}.")
    if missing:
        evidence.append(f"Not there at all: {listed(missing)}.")
    again = command_line("tasks", "reactivate", *(f"{facts.job.id}/{each}" for each in failed[:3]))
    yield Finding(
        kind="dependency-never-met",
        subject=_subject(facts, stuck),
        message=f"{plural(len(stuck), 'task')} ({listed(_ids(stuck))})"
        f" {verb(len(stuck), 'waits', 'wait')} for tasks that will not succeed.",
        evidence=tuple(evidence),
        advice=(
            *([run(again, "Repair what fails, then run it again")] if failed else []),
            *([say("Add the tasks that are missing, or submit without them.")] if missing else []),
        ),
        stops=len(stuck),
    )


def priority(facts: JobFacts) -> Iterator[Finding]:
    """Jobs that go first."""
    own = facts.job.priority or 0
    above = sorted(
        (rival for rival in facts.rivals if rival.priority > own),
        key=lambda rival: (-rival.priority, rival.job_id),
    )
    if facts.active and above:
        named = [f"{rival.job_id} (priority {rival.priority})" for rival in above[:_JOBS_NAMED]]
        tasks = sum(rival.waiting for rival in above)
        yield Finding(
            kind="lower-priority",
            subject=_subject(facts, ()),
            message=f"{plural(tasks, 'task')} of {plural(len(above), 'job')} of higher priority"
            f" go first; this job has {own}.",
            evidence=(f"Before it: {listed(named)}.",),
            advice=(say("Raise the job's priority, or give it a pool of its own."),),
        )


def unexplained(facts: JobFacts) -> Iterator[Finding]:
    """Tasks wait although nodes could run them, or because all nodes are busy."""
    pool, counts = facts.pool, facts.counts
    if pool is None or counts is None or not counts.active or counts.running:
        return
    if facts.job.state and not same(facts.job.state, "active"):
        # Only an active job hands out tasks; why this one is none is told elsewhere.
        return
    idle, busy = pool.in_states("idle"), pool.in_states("running")
    if idle:
        text = f"{plural(idle, 'node')} {verb(idle, 'is', 'are')} idle: no task of it runs"
        advice = "Look again in half an hour: the service may be about to hand them out."
    elif busy:
        every = f"all {busy:,} usable nodes are" if busy > 1 else "the only usable node is"
        text = f"{every} busy with other jobs"
        advice = "Wait, or resize the pool."
    else:
        return
    yield Finding(
        kind="tasks-waiting",
        subject=_subject(facts, ()),
        message=f"{plural(facts.active, 'task')} {verb(facts.active, 'waits', 'wait')}, and"
        f" {text}.",
        advice=(say(advice),),
    )


def disagreement(facts: JobFacts) -> Iterator[Finding]:
    """Task counts, which are approximate, that differ from the list of the tasks."""
    counts, listed_ = facts.counts, facts.listed
    if counts is None or listed_ is None or counts == listed_:
        return
    names = ("active", "running", "succeeded", "failed")
    differ = [
        f"{name} {getattr(counts, name):,} against {getattr(listed_, name):,}"
        for name in names
        if getattr(counts, name) != getattr(listed_, name)
    ]
    if differ:
        yield Finding(
            kind="counts-disagree",
            subject=_subject(facts, ()),
            message=f"The service's counts and its list of tasks differ: {', '.join(differ)}.",
            evidence=("The counts are approximate, and tasks go on while they are listed.",),
            advice=(say("Trust the list; the counts follow within minutes."),),
        )


def _subject(facts: JobFacts, tasks: list[Task] | tuple[()]) -> Subject:
    return Subject(
        pool_id=facts.pool_id, job_ids=(facts.job.id,), task_ids=tuple(_ids(list(tasks)))
    )


def _ids(tasks: list[Task]) -> list[str]:
    return [task.id for task in tasks]


WAITING_CHECKS = (slots, dependencies)
"""What keeps tasks waiting for ever."""

DETAIL_CHECKS = (priority, unexplained, disagreement)
"""What is worth knowing when one job is looked at."""
