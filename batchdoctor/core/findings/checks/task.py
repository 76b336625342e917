"""Checks of failed tasks: is it the job as a whole, some of its tasks, or the usual background?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from batchdoctor.core.failures.by_cause import Cause, CauseCount, NodeKey
from batchdoctor.core.failures.examined import RARE_SHARE
from batchdoctor.core.failures.tellings import quotable
from batchdoctor.core.failures.wording import called, out_of_memory
from batchdoctor.core.findings.checks.facts import JobFacts
from batchdoctor.core.findings.checks.job_failed import JobFailed, job_failed
from batchdoctor.core.findings.checks.outage import explained_by_outages
from batchdoctor.core.findings.checks.rise_told import (
    rise_changes,
    rise_evidence,
    rise_span,
    to_the_minute,
)
from batchdoctor.core.findings.finding import Finding, Subject
from batchdoctor.core.meaning.category import Category
from batchdoctor.core.suspicion.rise import Rise
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.step import Step, run, say
from batchdoctor.core.text.wording import listed, plural

# A job that fails at least half of its tasks, and more than a few, is broken as a whole.
FAILING_SHARE = 0.5
FAILING_TASKS = 5
# So many jobs with fewer tasks than that, and with one cause, are told as one finding.
FEWEST_ALIKE = 3

_CAUSES_SHOWN = 4
_OUT_OF_MEMORY = "The container runtime says that they were killed for lack of memory."
_MORE_MEMORY = (
    "Give its tasks more memory: more slots for each, a larger VM size, a higher limit of the"
    " container."
)


def failed_tasks(jobs: Iterable[JobFacts], suspects: Collection[NodeKey]) -> Iterator[Finding]:
    """Judge the failures of jobs, those on suspect nodes left out: they count for the node."""
    rare, small = [], list[JobFailed]()
    for failed in _unexplained(jobs, suspects):
        facts = failed.facts
        if facts.unlisted:
            yield _unlisted(failed)
        elif failed.share >= FAILING_SHARE and failed.total >= FAILING_TASKS:
            yield _job_failing(failed)
        elif facts.rise is not None and facts.rise.until is None:
            yield _rising(failed, facts.rise)
        # Of other failures, such as files that cannot be read, a single one is worth a word.
        elif facts.rise is None and failed.share < RARE_SHARE and _only_application(failed):
            rare.append(failed)
        elif failed.judged < FAILING_TASKS:
            small.append(failed)
        else:
            yield _tasks_failed(failed)
    for alike in _alike(small):
        if len(alike) < FEWEST_ALIKE:
            yield from map(_tasks_failed, alike)
        else:
            yield _small_jobs(alike)
    if rare:
        yield _rare(rare)


def _unexplained(jobs: Iterable[JobFacts], suspects: Collection[NodeKey]) -> Iterator[JobFailed]:
    """Jobs with failures that neither suspect nodes nor outages explain."""
    for facts in jobs:
        failed = job_failed(facts, suspects)
        if failed and not explained_by_outages(facts, failed.total, failed.judged):
            yield failed


def _alike(small: Iterable[JobFailed]) -> Iterable[list[JobFailed]]:
    """Small jobs of one pool that failed mostly of one cause, of which Batch tells the same."""
    groups: dict[tuple[str | None, Cause, str], list[JobFailed]] = {}
    for failed in small:
        key = (failed.facts.pool_id, next(iter(failed.causes)), _told(failed))
        groups.setdefault(key, []).append(failed)
    return groups.values()


def _only_application(failed: JobFailed) -> bool:
    return all(cause.category is Category.APPLICATION for cause in failed.causes)


def _job_failing(failed: JobFailed) -> Finding:
    nodes, every = len(failed.nodes), failed.total + failed.on_suspects
    most = next(iter(failed.causes))
    so = "" if most.category is Category.NODE else ", so it is the job"
    where = f"on {plural(nodes, 'node')}{so}" if nodes > 1 else "all on one node"
    where = f", {failed.total:,} of them {where}" if failed.on_suspects else f" {where}"
    since = f", {rise_span(failed.facts.rise)}" if failed.facts.rise else ""
    return Finding(
        kind="job-failing",
        subject=_subject(failed),
        message=f"{every:,} of {plural(failed.ended, 'task')} failed"
        f" ({every / max(failed.ended, 1):.0%}){where if nodes else ''}{since}:"
        f" {_text(most)}.{_told(failed)}",
        evidence=tuple(_evidence(failed)),
        advice=_advice(failed),
        stops=failed.total,
        changes=tuple(rise_changes(failed.facts)),
    )


def _rising(failed: JobFailed, rise: Rise) -> Finding:
    """A job that was well and is not any more: most of it may have run before that."""
    told = f"{rise.failures:,} of {plural(rise.runs, 'task')}"
    every = f"all {plural(rise.runs, 'task')}" if rise.failures == rise.runs else told
    return Finding(
        kind="job-failing",
        subject=_subject(failed),
        message=f"Since {to_the_minute(rise.since)} {every} failed"
        f" ({rise.failures / rise.runs:.0%}), before that {rise.failures_before:,} of"
        f" {rise.runs_before:,}: {_text(next(iter(failed.causes)))}.{_told(failed)}",
        evidence=tuple(_evidence(failed)),
        advice=_advice(failed),
        stops=failed.total,
        changes=tuple(rise_changes(failed.facts)),
    )


def _unlisted(failed: JobFailed) -> Finding:
    """Failures of a job whose successes are not listed, so that nothing tells their share."""
    gone = f"{failed.facts.unlisted:,} tasks that succeeded"
    return Finding(
        kind="tasks-failed",
        subject=_subject(failed),
        message=f"{plural(failed.total, 'failed task')}, and no other ended task is listed. The"
        f" nodes of the pool counted {gone} and are in no list: they were deleted, so what share"
        f" failed is not known.{_told(failed)}",
        evidence=tuple(_evidence(failed)),
        advice=_advice(failed),
        stops=failed.total,
    )


def _tasks_failed(failed: JobFailed) -> Finding:
    categories: dict[str, int] = {}
    for cause, count in failed.causes.items():
        name = cause.category.value
        categories[name] = categories.get(name, 0) + count.count
    largest = sorted(categories.items(), key=lambda entry: -entry[1])
    kinds = ", ".join(f"{count:,} {name}" for name, count in largest)
    told = _told(failed)
    code = (
        f" ({_text(next(iter(failed.causes)))})" if told.strip() not in {"", _OUT_OF_MEMORY} else ""
    )
    return Finding(
        kind="tasks-failed",
        subject=_subject(failed),
        message=f"{failed.total:,} of {plural(failed.judged, 'task')} failed: {kinds}{code}.{told}",
        evidence=tuple(_evidence(failed)),
        advice=_advice(failed),
        stops=failed.total,
    )


def _small_jobs(alike: Sequence[JobFailed]) -> Finding:
    """Jobs of a few tasks each that fail in the same way, as workflow systems make them."""
    first, total = alike[0], sum(each.total for each in alike)
    cause = next(iter(first.causes))
    alike_too = sum(each.causes[cause].count for each in alike)
    shown = first.causes[cause]
    jobs = tuple(each.facts.job.id for each in alike)
    pool_id = first.facts.pool_id
    return Finding(
        kind="tasks-failed",
        subject=Subject(pool_id=pool_id, job_ids=jobs),
        message=f"{total:,} of {plural(sum(each.judged for each in alike), 'task')} of"
        f" {len(jobs):,} small jobs failed, {alike_too:,} of them"
        f" {cause.category.value} ({_text(cause)}).{_told(first)}",
        evidence=(
            f"Jobs: {listed(jobs)}.",
            f"The first: {shown.examples[0]} of {jobs[0]}.{_reason(shown, _told(first))}",
        ),
        advice=(*_advice(first)[:-1], run(command_line("tasks", "failed", pool=pool_id, by="job"))),
        stops=total,
    )


def _told(failed: JobFailed) -> str:
    """What the service's details say of most of the failures, where the code leaves it open."""
    most = next(iter(failed.causes.values()))
    first = most.first
    if most.count * 2 < failed.total:
        return ""
    if first.told:
        return f" {first.reason}"
    if out_of_memory(first):
        return f" {_OUT_OF_MEMORY}"
    return f" {_names(most)}" if first.detail else ""


def _names(count: CauseCount) -> str:
    """The details of a cause; those of others may differ."""
    alike = len(count.details) < 2  # noqa: PLR2004
    return f"Batch names{'' if alike else ', for one'}: {quotable(count.first.detail or '')}."


def _evidence(failed: JobFailed) -> Iterator[str]:
    yield from rise_evidence(failed.facts)
    shown = list(failed.causes.items())[:_CAUSES_SHOWN]
    told = _told(failed)
    for cause, count in shown:
        why = _reason(count, told)
        yield f"{count.count:,} with {_text(cause)}: {listed(count.examples)}.{why}"
    every = failed.facts.failures
    if every and every.recent < every.total:
        yield f"{every.recent:,} of them ended in the time that was asked about."
    yield from _elsewhere(failed)
    more = len(failed.causes) - len(shown)
    if more:
        yield f"And {plural(more, 'other cause')}."
    if failed.on_suspects:
        yield f"{plural(failed.on_suspects, 'failure')} more on suspect nodes counted for those."


def _elsewhere(failed: JobFailed) -> Iterator[str]:
    """That other tasks ran well where these failed, before a node is blamed."""
    if _blames_nodes(failed) and (succeeded := _succeeded_there(failed)):
        yield (
            f"On the same {plural(len(failed.nodes), 'node')} {plural(succeeded, 'other task')}"
            " succeeded, so what the job asks for is likelier than the nodes."
        )


def _blames_nodes(failed: JobFailed) -> bool:
    most = next(iter(failed.causes))
    return most.category is Category.NODE and failed.share >= FAILING_SHARE


def _succeeded_there(failed: JobFailed) -> int:
    """How many tasks succeeded on the nodes on which this job's failed."""
    pool = failed.facts.pool
    there = {node.node_id for node in failed.nodes}
    return sum(
        node.total_tasks_succeeded or 0 for node in (pool and pool.nodes) or () if node.id in there
    )


def _text(cause: Cause) -> str:
    return called(cause.code, cause.exit_code)


def _reason(count: CauseCount, told: str) -> str:
    """Why it failed, where neither the code says it nor the message; programs have their own."""
    first = count.first
    if first.told:
        return "" if first.reason in told else f" {first.reason}"
    names = f" {_names(count)}" if first.detail and not out_of_memory(first) else ""
    names = "" if names.strip() in told else names
    if first.category is Category.APPLICATION:
        return names
    reason = first.reason.removeprefix(f"{first.code}: ")
    return f" {reason[:1].upper()}{reason[1:]}{names}"


def _advice(failed: JobFailed) -> tuple[Step, ...]:
    """What helps with the cause of at least half of the failures, if there is one; the list."""
    most = next(iter(failed.causes.values()))
    listing = run(command_line("tasks", "failed", "--by", "code", job=failed.facts.job.id))
    helpful = [step for step in most.first.advice if not _stops_a_node(step)][:2]
    if most.count * 2 < failed.total:
        helpful = []
    elif out_of_memory(most.first):
        helpful.insert(0, say(_MORE_MEMORY))
    return tuple(dict.fromkeys([*helpful, listing]))


def _stops_a_node(step: Step) -> bool:
    """Whether a step is about a node that is not suspect: these failures are of no suspect one."""
    return bool(step.run) and " node disable " in f" {step.run} "


def _rare(failed: list[JobFailed]) -> Finding:
    total, ended = sum(each.total for each in failed), sum(each.judged for each in failed)
    jobs = tuple(each.facts.job.id for each in failed)
    pools = {each.facts.pool_id for each in failed}
    of_job = jobs[0] if len(jobs) == 1 else None
    of_pool = next(iter(pools)) if len(pools) == 1 and not of_job else None
    fails = "less than" if len(jobs) == 1 else "each less than"
    return Finding(
        kind="tasks-failed-rarely",
        subject=Subject(job_ids=jobs),
        message=f"{total:,} of {plural(ended, 'task')} failed in {plural(len(jobs), 'job')},"
        f" {fails} {RARE_SHARE:.0%} of its tasks.",
        evidence=tuple(
            f"{each.facts.job.id}: {each.total:,} of {each.judged:,}" for each in failed[:3]
        ),
        advice=(run(command_line("tasks", "failed", job=of_job, pool=of_pool)),),
    )


def _subject(failed: JobFailed) -> Subject:
    return Subject(pool_id=failed.facts.pool_id, job_ids=(failed.facts.job.id,))
