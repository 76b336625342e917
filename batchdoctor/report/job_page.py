"""What stands above the findings about one job: its state, its tasks, its pool."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from batchdoctor.core.findings.checks.facts import JobFacts
from batchdoctor.core.findings.checks.pool import states_evidence
from batchdoctor.core.records import same
from batchdoctor.core.text.times import age_text
from batchdoctor.report.page import Block, Pairs


def job_blocks(facts: JobFacts) -> Sequence[Block]:
    """The job in a few lines."""
    return (Pairs(list(_rows(facts)), f"Job {facts.job.id}"),)


def _rows(facts: JobFacts) -> Iterator[tuple[str, str]]:
    job, counts = facts.job, facts.counts
    age = age_text(job.state_transition_time, facts.at)
    yield "state", f"{job.state or 'unknown'}{f', {age}' if age else ''}"
    if end := facts.job.execution_info and facts.job.execution_info.terminate_reason:
        yield "ended for", end
    if counts:
        preparing = sum(same(task.state, "preparing") for task in facts.running or ())
        preparing = min(preparing, counts.running)
        tasks = {
            "waiting": counts.active,
            "running": counts.running - preparing,
            "being prepared": preparing,
            "succeeded": counts.succeeded,
            "failed": counts.failed,
        }
        named = [f"{count:,} {name}" for name, count in tasks.items() if count]
        yield "tasks", ", ".join(named) or "none"
    if facts.pool_id:
        nodes = states_evidence(facts.pool) if facts.pool else "does not exist"
        yield "pool", f"{facts.pool_id}: {nodes or 'no nodes'}"
    if job.priority is not None:
        yield "priority", str(job.priority)
