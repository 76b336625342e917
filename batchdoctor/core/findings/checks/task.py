"""Checks of failed tasks: is it the job as a whole, some of its tasks, or the usual background?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

import msgspec

from batchdoctor.core.failures.by_cause import Cause, CauseCount, NodeKey
from batchdoctor.core.failures.wording import called
from batchdoctor.core.findings.checks.facts import JobFacts
from batchdoctor.core.findings.finding import Finding, Subject
from batchdoctor.core.meaning.category import Category
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.step import Step, run
from batchdoctor.core.text.wording import listed, plural

# A job that fails at least half of its tasks, and more than a few, is broken as a whole.
FAILING_SHARE = 0.5
FAILING_TASKS = 5
# Programs that fail now and then on one input in twenty are the background of any account. Of
# other failures, such as files that cannot be read, a single one is worth a word.
RARE_SHARE = 0.05

_CAUSES_SHOWN = 4


class _Failed(msgspec.Struct, frozen=True):
    """The failures of a job that no suspect node explains."""

    facts: JobFacts
    causes: Mapping[Cause, CauseCount]
    on_suspects: int

    @property
    def total(self) -> int:
        return sum(count.count for count in self.causes.values())

    @property
    def ended(self) -> int:
        counts = self.facts.counts
        listed_ = self.total + self.on_suspects
        return max(counts.succeeded + counts.failed if counts else 0, listed_)

    @property
    def share(self) -> float:
        return self.total / max(self.ended - self.on_suspects, 1)

    @property
    def nodes(self) -> set[NodeKey]:
        return {node for count in self.causes.values() for node in count.nodes}


def failed_tasks(jobs: Iterable[JobFacts], suspects: Collection[NodeKey]) -> Iterator[Finding]:
    """Judge the failures of jobs, those on suspect nodes left out: they count for the node."""
    rare = []
    for facts in jobs:
        failed = _failed(facts, suspects)
        if failed is None:
            continue
        if failed.share >= FAILING_SHARE and failed.total >= FAILING_TASKS:
            yield _job_failing(failed)
        elif failed.share < RARE_SHARE and _only_application(failed):
            rare.append(failed)
        else:
            yield _tasks_failed(failed)
    if rare:
        yield _rare(rare)


def _failed(facts: JobFacts, suspects: Collection[NodeKey]) -> _Failed | None:
    if facts.failures is None or not facts.failures.recent:
        return None
    causes = facts.failures.by_cause(without=suspects)
    explained = facts.failures.total - sum(count.count for count in causes.values())
    return _Failed(facts, causes, explained) if causes else None


def _only_application(failed: _Failed) -> bool:
    return all(cause.category is Category.APPLICATION for cause in failed.causes)


def _job_failing(failed: _Failed) -> Finding:
    nodes = len(failed.nodes)
    where = f"on {plural(nodes, 'node')}, so it is the job" if nodes > 1 else "all on one node"
    return Finding(
        kind="job-failing",
        subject=_subject(failed),
        message=f"{failed.total:,} of {plural(failed.ended, 'task')} failed ({failed.share:.0%})"
        f"{f' {where}' if nodes else ''}: {_text(next(iter(failed.causes)))}.",
        evidence=tuple(_evidence(failed)),
        advice=_advice(failed),
    )


def _tasks_failed(failed: _Failed) -> Finding:
    categories: dict[str, int] = {}
    for cause, count in failed.causes.items():
        name = cause.category.value
        categories[name] = categories.get(name, 0) + count.count
    largest = sorted(categories.items(), key=lambda entry: -entry[1])
    kinds = ", ".join(f"{count:,} {name}" for name, count in largest)
    return Finding(
        kind="tasks-failed",
        subject=_subject(failed),
        message=f"{failed.total:,} of {plural(failed.ended, 'task')} failed: {kinds}.",
        evidence=tuple(_evidence(failed)),
        advice=_advice(failed),
    )


def _evidence(failed: _Failed) -> Iterator[str]:
    shown = list(failed.causes.items())[:_CAUSES_SHOWN]
    for cause, count in shown:
        yield f"{count.count:,} with {_text(cause)}: {listed(count.examples)}.{_reason(count)}"
    every = failed.facts.failures
    if every and every.recent < every.total:
        yield f"{every.recent:,} of them ended in the time that was asked about."
    more = len(failed.causes) - len(shown)
    if more:
        yield f"And {plural(more, 'other cause')}."
    if failed.on_suspects:
        yield f"{plural(failed.on_suspects, 'failure')} more on suspect nodes counted for those."


def _text(cause: Cause) -> str:
    return called(cause.code, cause.exit_code)


def _reason(count: CauseCount) -> str:
    """Why the category was chosen, where the code does not say it; programs have their own."""
    first = count.first
    if first.category is Category.APPLICATION:
        return ""
    reason = first.reason.removeprefix(f"{first.code}: ")
    return f" {reason[:1].upper()}{reason[1:]}"


def _advice(failed: _Failed) -> tuple[Step, ...]:
    """What helps with the cause of at least half of the failures, if there is one; the list."""
    most = next(iter(failed.causes.values()))
    listing = run(command_line("tasks", "failed", "--by", "code", job=failed.facts.job.id))
    helpful = most.first.advice[:2] if most.count * 2 >= failed.total else ()
    return tuple(dict.fromkeys([*helpful, listing]))


def _rare(failed: list[_Failed]) -> Finding:
    total, ended = sum(each.total for each in failed), sum(each.ended for each in failed)
    jobs = tuple(each.facts.job.id for each in failed)
    fails = "less than" if len(jobs) == 1 else "each less than"
    return Finding(
        kind="tasks-failed-rarely",
        subject=Subject(job_ids=jobs),
        message=f"{total:,} of {plural(ended, 'task')} failed in {plural(len(jobs), 'job')},"
        f" {fails} {RARE_SHARE:.0%} of its tasks.",
        evidence=tuple(
            f"{each.facts.job.id}: {each.total:,} of {each.ended:,}" for each in failed[:3]
        ),
        advice=(run(command_line("tasks", "failed", job=jobs[0] if len(jobs) == 1 else None)),),
    )


def _subject(failed: _Failed) -> Subject:
    return Subject(pool_id=failed.facts.pool_id, job_ids=(failed.facts.job.id,))
