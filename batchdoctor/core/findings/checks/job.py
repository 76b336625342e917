"""Checks of jobs: why their tasks do not start, and why they ended.

https://learn.microsoft.com/azure/batch/batch-job-task-error-checking
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from batchdoctor.core.failures.tellings import told_by
from batchdoctor.core.failures.told_rules import OF_NODES, PASSING, told_reason
from batchdoctor.core.failures.told_steps import told_steps
from batchdoctor.core.failures.wording import called, said
from batchdoctor.core.findings.checks.facts import JobFacts
from batchdoctor.core.findings.finding import Finding, Subject
from batchdoctor.core.meaning.catalog import Where, load_catalog
from batchdoctor.core.records import JobSchedulingError, PreparationStatus, same
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.step import Step, filled, run, say
from batchdoctor.core.text.wording import ago, listed, plural, since, span, verb

_ENDED = {"MaxWallClockTimeExpiry": "job-ended-by-limit", "TaskFailed": "job-ended-by-failure"}
# Ends that are as they should be.
_GOOD_ENDS = ("AllTasksComplete", "JMComplete")
# Nobody adds all tasks of a job, and sees them end, in so short a time.
_TOO_SHORT = timedelta(seconds=30)


def disabled(facts: JobFacts) -> Iterator[Finding]:
    """A job that somebody disabled."""
    job = facts.job
    if any(same(job.state, state) for state in ("disabled", "disabling")):
        wait = f"; {plural(facts.active, 'task')} {verb(facts.active, 'waits', 'wait')}"
        yield Finding(
            kind="job-disabled",
            subject=_subject(facts),
            message=f"Is {job.state}{since(job.state_transition_time, facts.at)}"
            f"{wait if facts.active else ''}.",
            evidence=("A disabled job starts no tasks until it is enabled again.",),
            advice=(
                say("Ask who disabled it, and why."),
                run(
                    command_line("job", "enable", job=job.id),
                    "If the reason is gone, enable it",
                ),
            ),
            stops=facts.active,
        )


def not_started(facts: JobFacts) -> Iterator[Finding]:
    """A job that could not be started, or whose pool is gone."""
    execution = facts.job.execution_info
    error = execution.scheduling_error if execution else None
    if error and (error.code or error.message):
        code = error.code or "an error without a code"
        entry = load_catalog().lookup(code, Where.JOB)
        yield Finding(
            kind="job-not-started",
            subject=_subject(facts),
            message=f"Could not be started: {code}.",
            evidence=(entry.meaning, *_told(error)),
            advice=filled(entry.actions, {"JOB": facts.job.id, "POOL": facts.pool_id}),
            stops=facts.active,
        )
    if not facts.pool_exists and same(facts.job.state, "active"):
        yield Finding(
            kind="pool-missing",
            subject=_subject(facts),
            message=f"Its pool {facts.pool_id} does not exist, and the job is active.",
            evidence=(_waiting(facts),) if facts.active else (),
            advice=(say("Make the pool again under the same id, or end the job."),),
            stops=facts.active,
        )


def _told(error: JobSchedulingError) -> tuple[str, ...]:
    said = [f"Batch says: {error.message}"] if error.message else []
    return (*said, *(f"{each.name}: {each.value}" for each in error.details or ()))


def _waiting(facts: JobFacts) -> str:
    return f"{plural(facts.active, 'task')} {verb(facts.active, 'waits', 'wait')}."


def preparation(facts: JobFacts) -> Iterator[Finding]:
    """A preparation task that fails, which sends the job's tasks back to waiting."""
    statuses = facts.preparations or ()
    failed = [status for status in statuses if _preparation_failed(status)]
    if not failed:
        return
    info = failed[0].job_preparation_task_execution_info
    failure = info.failure_info if info else None
    ends = [s.job_preparation_task_execution_info for s in failed]
    latest = max((end.end_time for end in ends if end and end.end_time), default=None)
    nodes = tuple(dict.fromkeys(status.node_id for status in failed if status.node_id))
    pool_id = failed[0].pool_id or facts.pool_id
    sent_back = sum(same(task.previous_state, "preparing") for task in facts.waiting or ())
    why = called(failure.code if failure else None, info.exit_code if info else None)
    evidence = [f"The latest failure was{ago(latest, facts.at)}, on {listed(nodes)}."]
    if sent_back:
        evidence.append(f"{plural(sent_back, 'task')} went back from preparing to waiting.")
    telling = told_by(failure, latest)
    evidence += [told_reason(telling)] if telling else []
    evidence += said(failure)
    yield Finding(
        kind="preparation-failed",
        subject=Subject(pool_id=pool_id, node_ids=nodes, job_ids=(facts.job.id,)),
        message=f"Its preparation task failed on {_of_nodes(facts, len(nodes))}: {why}."
        f" {_waiting(facts)}",
        evidence=tuple(evidence),
        advice=_preparation_advice(failed[0], pool_id, nodes),
        stops=facts.active,
    )


def _of_nodes(facts: JobFacts, failed: int) -> str:
    """On how many nodes of how many; of a listing that broke off, how many there are at least."""
    if facts.preparations_partial:
        return f"{plural(failed, 'node')} or more"
    return f"{plural(failed, 'node')} of {len(facts.preparations or ()):,}"


def _preparation_failed(status: PreparationStatus) -> bool:
    info = status.job_preparation_task_execution_info
    return info is not None and same(info.result, "failure")


_TRIED_AGAIN = say("The service prepares a node again with the next task that it sends there.")


def _preparation_advice(
    status: PreparationStatus, pool_id: str | None, nodes: tuple[str, ...]
) -> tuple[Step, ...]:
    info = status.job_preparation_task_execution_info
    folder = (info.task_root_directory or "") if info else ""
    end = say(
        "Correct the preparation task and submit the job again: it cannot be changed in place."
    )
    if info and info.exit_code is None and info.failure_info:
        # Its program never ran, so that nothing was written; the service's words say what lacks.
        telling = told_by(info.failure_info, info.end_time)
        entry = load_catalog().find(info.failure_info.code or "", Where.TASK)
        told = told_steps(telling.name) if telling else entry.actions if entry else ()
        if telling and telling.name in {*PASSING, *OF_NODES}:
            return (*filled(told, {"POOL": pool_id, "NODE": next(iter(nodes), None)}), _TRIED_AGAIN)
        return (*[step for step in told if step.run is None], end)
    if not folder or not nodes:
        return (end,)
    path = f"{folder}/stderr.txt".replace("\\", "/")
    return (run(command_line("files", "get", path, pool=pool_id, node=nodes[0])), end)


def ended(facts: JobFacts) -> Iterator[Finding]:
    """A job that a limit or a failed task ended."""
    execution = facts.job.execution_info
    reason = execution.terminate_reason if execution else None
    kind = next((kind for name, kind in _ENDED.items() if same(reason, name)), None)
    if kind and reason and execution:
        entry = load_catalog().lookup(reason, Where.JOB)
        constraints = facts.job.constraints
        limit = f" of {constraints.max_wall_clock_time}" if constraints else ""
        by_limit = kind == "job-ended-by-limit"
        yield Finding(
            kind=kind,
            subject=_subject(facts),
            message=f"Was ended{ago(execution.end_time, facts.at)}"
            + (f" by its time limit{limit}." if by_limit else f" because {_ender(facts)}."),
            evidence=_unfinished(facts),
            advice=filled(entry.actions, {"JOB": facts.job.id}),
        )


def _ender(facts: JobFacts) -> str:
    """The task whose failure ended the job, if only one failed that was not ended with it."""
    causes = facts.failures.by_cause() if facts.failures else {}
    own = [count for cause, count in causes.items() if not same(cause.code, "TaskEnded")]
    collateral = sum(count.count for count in causes.values()) - sum(each.count for each in own)
    if [each.count for each in own] != [1]:
        return "one of its tasks failed"
    first = own[0].first
    others = f", and {plural(collateral, 'other')} ended with it" if collateral else ""
    why = called(first.code, first.exit_code)
    return f"task {first.task_id} failed ({why}){others}"


def ended_too_early(facts: JobFacts) -> Iterator[Finding]:
    """A job that ended as it was told to, before its tasks were there."""
    execution, counts = facts.job.execution_info, facts.counts
    if execution is None or not same(execution.terminate_reason, "AllTasksComplete"):
        return
    begun, end = execution.start_time or facts.job.creation_time, execution.end_time
    lasted = end - begun if begun and end else None
    empty = counts is not None and not counts.completed
    # Tasks that wait for each other were there before the last of them could end.
    quick = lasted is not None and lasted <= _TOO_SHORT and not facts.job.uses_task_dependencies
    if not empty and not quick:
        return
    had = f"with {plural(counts.completed, 'task')}" if counts and not empty else "without any task"
    after = f", {span(lasted)} after it had begun" if lasted is not None else ""
    yield Finding(
        kind="job-ended-too-early",
        subject=_subject(facts),
        message=f"Ended{ago(end, facts.at)}{after}, {had}: AllTasksComplete holds as soon"
        " as no unfinished task is there, and tasks that are added later are refused.",
        evidence=("Its onAllTasksComplete was terminatejob before its tasks had been added.",),
        advice=(
            say(
                "Make the job with onAllTasksComplete noaction, add all tasks, and set terminatejob"
                " after the last one."
            ),
        ),
    )


def _unfinished(facts: JobFacts) -> tuple[str, ...]:
    counts = facts.counts
    if counts is None:
        return ()
    return (f"{plural(counts.succeeded, 'task')} succeeded, {counts.failed:,} failed.",)


def ended_by_request(facts: JobFacts) -> Iterator[Finding]:
    """A job that somebody ended; worth knowing for whoever wonders about this one job."""
    execution = facts.job.execution_info
    reason = execution.terminate_reason if execution else None
    if not execution or not reason or any(same(reason, name) for name in (*_ENDED, *_GOOD_ENDS)):
        return
    entry = load_catalog().lookup(reason, Where.JOB)
    yield Finding(
        kind="job-ended-by-request",
        subject=_subject(facts),
        message=f"Was ended{ago(execution.end_time, facts.at)}: {reason}.",
        evidence=((entry.meaning,) if entry.known else ()) + _unfinished(facts),
        advice=(run(command_line("tasks", "failed", job=facts.job.id)),),
    )


def _subject(facts: JobFacts) -> Subject:
    return Subject(pool_id=facts.pool_id, job_ids=(facts.job.id,))


JOB_CHECKS = (not_started, disabled, preparation, ended, ended_too_early)
