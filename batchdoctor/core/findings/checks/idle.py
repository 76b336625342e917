"""Checks of what is left over: jobs that stay active after their tasks, pools that idle.

https://learn.microsoft.com/azure/batch/batch-quota-limit
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from batchdoctor.core.findings.checks.facts import JobFacts, PoolFacts
from batchdoctor.core.findings.finding import Finding, Subject
from batchdoctor.core.records import same
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.step import Step, quoted, run, say
from batchdoctor.core.text.wording import plural, since, span, verb

# Whoever adds tasks bit by bit is not done within the hour.
_STAYS = timedelta(hours=1)
# From here on a good part of the smallest quota, 100 active jobs, is gone.
MANY_FINISHED = 24
# Fewer are nobody's trouble in an account, nor are those of today; asked about one job, one counts.
_SOME_FINISHED = 5
_NOT_OF_TODAY = timedelta(days=1)
_IDLE_FOR_LONG = timedelta(hours=12)


def finished_jobs(jobs: Sequence[JobFacts], *, fewest: int = _SOME_FINISHED) -> Iterator[Finding]:
    """Active jobs none of whose tasks is unfinished: they count for the account's quota."""
    finished = [facts for facts in jobs if _is_finished(facts)]
    if len(finished) < fewest:
        return
    finished.sort(key=lambda facts: facts.job.creation_time or facts.at)
    many, oldest = len(finished) >= MANY_FINISHED, finished[0]
    if not many and oldest.at - (oldest.job.creation_time or oldest.at) < _NOT_OF_TODAY:
        return
    kind = "jobs-fill-quota" if many else "jobs-stay-active"
    noun, has = plural(len(finished), "active job"), verb(len(finished), "has", "have")
    age = span(oldest.at - (oldest.job.creation_time or oldest.at))
    yield Finding(
        kind=kind,
        subject=Subject(job_ids=tuple(facts.job.id for facts in finished)),
        message=f"No task of it is unfinished, and it is still active, {age} after it was made."
        if len(finished) == 1
        else f"{noun} {has} no unfinished task, the oldest made {age} ago.",
        evidence=(
            "They stay active until somebody ends them, and an account may have 100 to 300 active"
            " jobs and schedules; then new ones are refused (ActiveJobAndScheduleQuotaReached).",
        ),
        advice=_ending(finished, kind),
    )


def _ending(finished: Sequence[JobFacts], kind: str) -> tuple[Step, ...]:
    new = say(
        "Set onAllTasksComplete to terminatejob once the last task of a job was added, and jobs"
        " end by themselves."
    )
    if len(finished) == 1:
        end = command_line("job", "terminate", job=finished[0].job.id)
        return (new, run(end, "If no more tasks come, end it"))
    pick = f"jq -r 'select(.kind==\"{kind}\").subject.jobIds[]'"
    end = f"batchdoctor triage -o jsonl | {pick} | batchdoctor job terminate - --dry-run"
    when = "If no more tasks come, end them: with --yes in place of --dry-run"
    return (new, run(end, when))


def _is_finished(facts: JobFacts) -> bool:
    counts, job = facts.counts, facts.job
    if counts is None or counts.active or counts.running:
        return False
    ends_itself = same(job.on_all_tasks_complete, "terminatejob")
    # The tasks of an empty job may still be on their way.
    least = _STAYS if counts.completed else _NOT_OF_TODAY
    old = job.creation_time is not None and facts.at - job.creation_time > least
    return same(job.state, "active") and old and not ends_itself


def idle_pool(facts: PoolFacts) -> Iterator[Finding]:
    """A pool all of whose nodes have had nothing to do for long, and cost money."""
    nodes = facts.nodes or ()
    idle_since = [node.state_transition_time for node in nodes if same(node.state, "idle")]
    moments: list[datetime] = [moment for moment in idle_since if moment]
    if facts.waiting or facts.nodes_partial or not nodes or len(moments) < len(nodes):
        return
    if facts.at - max(moments) < _IDLE_FOR_LONG:
        return
    pool = facts.pool
    shrink = (
        say("Let the formula give no node while no task waits.")
        if pool.enable_auto_scale
        else run(
            f"az batch pool resize --pool-id {quoted(pool.id)}"
            " --target-dedicated-nodes 0 --target-low-priority-nodes 0",
            "If no work comes, let the nodes go",
        )
    )
    yield Finding(
        kind="pool-idle",
        subject=Subject(pool_id=pool.id),
        message=f"All of its {plural(len(nodes), 'node')} {verb(len(nodes), 'has', 'have')} had"
        f" nothing to do{since(max(moments), facts.at)}, and no task waits; they cost money.",
        advice=(shrink, run(command_line("pool", "diagnose", pool=pool.id))),
    )
