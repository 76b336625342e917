"""The last line of a log's page: what it tells, over which time, and what it cannot tell.

Nothing is called well here but what a check has looked at (see `core.log.examined`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from batchdoctor.core.failures.counts import largest_first
from batchdoctor.core.findings.checks.outage import OUTAGE_NAMES
from batchdoctor.core.findings.checks.rise_told import rise_span
from batchdoctor.core.log.conclusion import Conclusion
from batchdoctor.core.log.failing_jobs import FailingJob
from batchdoctor.core.log.summary import Summary
from batchdoctor.core.log.trouble import TroubleKind
from batchdoctor.core.suspicion.rise import Rise
from batchdoctor.core.suspicion.suspect_node import SuspectNode
from batchdoctor.core.text.wording import plural
from batchdoctor.report.event_rises import rise_parts

_TROUBLE_NOUNS = {
    TroubleKind.RESIZE: "failed resize",
    TroubleKind.AUTOSCALE: "autoscale error",
    TroubleKind.SCHEDULE: "failed scheduling",
    TroubleKind.SPECIAL_TASK: "failed special task",
}
_NAMED = 2


def event_verdict(concluded: Conclusion) -> str:
    """How much failed, mostly of what kind, and which jobs and nodes stand out."""
    summary = concluded.summary
    if not summary.events:
        return f"No event matches, so it tells nothing of what was asked{_so_far(concluded)}."
    parts = [_tasks(concluded), *_others(summary)]
    if summary.failures:
        parts += [*_outages(concluded), *_jobs(concluded), *rise_parts(concluded, _NAMED)]
        parts.append(_nodes(concluded))
    parts += _slow(concluded)
    parts += _blind(concluded)
    return f"{'; '.join(parts)}{_so_far(concluded)}."


def unfinished_verdict(concluded: Conclusion) -> str:
    """How many attempts have not ended, as far as the log has their starts."""
    summary = concluded.summary
    so_far = _so_far(concluded)
    if not summary.events:
        return event_verdict(concluded)
    check = next((each for each in concluded.checked if each.check == "unfinished-attempts"), None)
    if check is not None and not check.known:
        return f"What is unfinished is not known: {check.problem}{so_far}."
    if not summary.attempts:
        return f"No attempt of a task is in it, so nothing is known of tasks{so_far}."
    again = ""
    if summary.overtaken:
        again = f"; {_overtaken(summary.overtaken)}"
    if not summary.unfinished:
        return f"Every attempt that started {_when(summary)} has ended{again}{so_far}."
    unfinished = plural(summary.unfinished, "attempt")
    return f"{unfinished} started and had not ended when the log ended{again}{so_far}."


def _tasks(concluded: Conclusion) -> str:
    summary = concluded.summary
    if not summary.attempts:
        return f"No attempt of a task is in it, so nothing is known of tasks {_when(summary)}"
    attempts = f"{plural(summary.attempts, 'attempt')} {_when(summary)}"
    if not summary.failures:
        return _no_failures(sum(summary.ended_by_job.values()), summary.attempts, attempts)
    category, most = next(iter(largest_first(dict(summary.by_category)).items()))
    return f"{plural(summary.failures, 'failure')} in {attempts}, {most:,} of them {category}"


def _no_failures(ended: int, attempts: int, told: str) -> str:
    """An attempt without an end may have failed for all that the log says."""
    if not ended:
        they = "it" if attempts == 1 else "they"
        return f"{told} without any end, so whether {they} failed is not known"
    if ended < attempts:
        return f"No failures in {ended:,} of {told} that have an end in it"
    return f"No failures in {told}"


def _others(summary: Summary) -> Iterator[str]:
    """What failed and is no attempt, and attempts that nobody told the end of."""
    named = [
        plural(times, _TROUBLE_NOUNS[kind])
        for kind, times in summary.trouble_counts.items()
        if times
    ]
    if named:
        yield ", ".join(named)
    if summary.overtaken:
        yield _overtaken(summary.overtaken)


def _overtaken(attempts: int) -> str:
    their = "its task" if attempts == 1 else "their tasks"
    return f"{plural(attempts, 'attempt')} without an end, and {their} began again"


def _jobs(concluded: Conclusion) -> Iterator[str]:
    jobs = concluded.failing_jobs
    if jobs:
        more = f" and {len(jobs) - _NAMED} more" if len(jobs) > _NAMED else ""
        rises = {rise.job_id: rise for rise in concluded.rises}
        yield f"{', '.join(_job(job, rises.get(job.job_id)) for job in jobs[:_NAMED])}{more}"


def _outages(concluded: Conclusion) -> Iterator[str]:
    """What many jobs shared; one sentence for each outage, and a count for more of them."""
    outages = concluded.outages
    for outage in outages[:_NAMED]:
        over = "" if outage.ended else ", still so at the end"
        yield (
            f"an outage of {OUTAGE_NAMES[outage.service]} from {_minute(outage.since)} to"
            f" {_minute(outage.until)} ({outage.failures:,} failures in"
            f" {plural(len(outage.jobs), 'job')} on {plural(outage.nodes, 'node')}{over})"
        )
    if len(outages) > _NAMED:
        yield f"{plural(len(outages) - _NAMED, 'more outage')}"


def _job(job: FailingJob, rise: Rise | None) -> str:
    since = f", {rise_span(rise)}" if rise else ""
    where = f" on {plural(job.nodes, 'node')}" if job.nodes else ""
    doubt = ", or its only node is at fault" if job.may_be_the_node else ""
    return f"job {job.job_id} fails ({job.failures:,} of {job.ended:,}{where}{since}{doubt})"


def _nodes(concluded: Conclusion) -> str:
    for check in concluded.checked:
        if check.check == "suspect-nodes" and not check.known:
            return f"suspect nodes not known: {check.problem}"
    accused = [node for node in concluded.suspects if node.verdict == "suspect"]
    if not accused:
        return "no suspect node"
    return f"suspect: {_some(accused)}"


def _slow(concluded: Conclusion) -> Iterator[str]:
    slow = [node for node in concluded.suspects if node.is_only_slow]
    if slow:
        yield f"only slow: {_some(slow)}"


def _some(nodes: Sequence[SuspectNode]) -> str:
    named = ", ".join(f"{node.pool_id}/{node.node_id}" for node in nodes[:_NAMED])
    return named + (f" and {len(nodes) - _NAMED} more" if len(nodes) > _NAMED else "")


def _blind(concluded: Conclusion) -> Iterator[str]:
    """What of the log was not looked at, where nothing else in the line says so."""
    told = {"suspect-nodes", "failing-jobs", "unfinished-attempts"}
    reasons = dict.fromkeys(
        check.problem
        for check in concluded.checked
        if not check.known and check.check not in told and check.problem
    )
    yield from reasons


def _when(summary: Summary) -> str:
    first, last = summary.first_time, summary.last_time
    if first is None or last is None:
        return "at unknown times"
    if _minute(first) == _minute(last):
        return f"at {_minute(first)}"
    if first.date() == last.date():
        return f"from {_minute(first)} to {last:%H:%M}Z"
    return f"from {_minute(first)} to {_minute(last)}"


def _minute(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M}Z"


def _so_far(concluded: Conclusion) -> str:
    return " (not everything could be read)" if concluded.problems else ""
