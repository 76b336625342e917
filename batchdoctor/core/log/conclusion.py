"""What is known once a whole log has been read, and how far that goes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from batchdoctor.core.checked import Checked, Span
from batchdoctor.core.log.examined import examined
from batchdoctor.core.log.failing_jobs import AT_FAULT, FailingJob, failing_jobs
from batchdoctor.core.log.left import Left
from batchdoctor.core.log.summary import Summary, conclude
from batchdoctor.core.log.tally import Tally
from batchdoctor.core.nodes.advice import NodeCommands
from batchdoctor.core.problem import Problem
from batchdoctor.core.suspicion.begun import Begun
from batchdoctor.core.suspicion.common_rise import CommonRise, common_rise
from batchdoctor.core.suspicion.history import History
from batchdoctor.core.suspicion.judge import judge
from batchdoctor.core.suspicion.outage import Outage, outages_of
from batchdoctor.core.suspicion.rise import Rise, rises_of
from batchdoctor.core.suspicion.run_counts import RunCounts
from batchdoctor.core.suspicion.suspect_node import SuspectNode, suspect_nodes
from batchdoctor.core.text.step import say

# A node that failed longer ago may be gone, or be another machine under its name.
STILL_THERE = timedelta(days=1)
LONG_AGO = (
    "its last failure was {days} days before this was asked: see first whether it is still there"
)


class Conclusion(msgspec.Struct, frozen=True):
    """The log in numbers, the jobs and nodes that stand out, and what could not be read.

    `checked` says what the answer rests on, `span` which time it covers: that of the events.
    """

    summary: Summary
    suspects: Sequence[SuspectNode]
    problems: Sequence[Problem]
    checked: Sequence[Checked] = ()
    span: Span = Span()
    failing_jobs: Sequence[FailingJob] = ()
    outages: Sequence[Outage] = ()
    rises: Sequence[Rise] = ()
    common_rise: CommonRise | None = None
    history: History | None = None
    resizes: Mapping[int, int] = msgspec.field(default_factory=dict)
    """Resizes of pools that began, by second since 1970."""


def conclusion_of(
    tally: Tally,
    now: datetime,
    *,
    problems: Sequence[Problem] = (),
    filters: Collection[str] = (),
    min_failures: int = 2,
    left: Left | None = None,
) -> Conclusion:
    """Conclude a log that was counted; `filters` are the names of options that left events out.

    `left` is what is left of the tally's attempts, if they were concluded before.
    """
    summary, runs = conclude(tally, left)
    checked = examined(summary, filters, whole=not problems)
    compared = {each.check: each.known for each in checked}
    suspicions = judge(runs, min_failures=min_failures) if compared["suspect-nodes"] else ()
    suspects = [_fitting(node, now) for node in suspect_nodes((), suspicions, now)]
    accused = {(node.pool_id, node.node_id) for node in suspects if node.verdict == "suspect"}
    found = Conclusion(
        summary,
        suspects,
        problems,
        checked,
        Span(summary.first_time, summary.last_time),
        history=runs.history,
        resizes=tally.resizes,
    )
    return _with_jobs(found, runs, accused) if compared["failing-jobs"] else found


def _with_jobs(
    found: Conclusion, runs: RunCounts, accused: Collection[tuple[str, str]]
) -> Conclusion:
    """The same with the jobs that stand out, and with what struck many of them."""
    outages = outages_of(runs.history, accused)
    struck = {job_id for outage in outages for job_id in outage.jobs}
    begun = Begun(runs.history, accused)
    jobs = failing_jobs(found.summary, runs, accused)
    return replace(
        found,
        failing_jobs=tuple(job for job in jobs if not _struck(job, outages)),
        outages=outages,
        rises=tuple(rise for rise in rises_of(begun) if rise.job_id not in struck),
        common_rise=common_rise(begun, outages=outages),
    )


def _struck(job: FailingJob, outages: Collection[Outage]) -> bool:
    """Whether outages explain a job, so that it does not fail by itself."""
    struck = sum(outage.jobs.get(job.job_id, 0) for outage in outages)
    return job.failures - struck < AT_FAULT * (job.ended - struck)


def _fitting(node: SuspectNode, now: datetime) -> SuspectNode:
    """A node with advice that fits a log that may be old: nothing is done to what may be gone."""
    last = node.last_failure_time
    if last is not None and now - last <= STILL_THERE:
        return node
    stop = NodeCommands(node.pool_id, node.node_id).act("disable", "--requeue")
    kept = tuple(step for step in node.advice if step.run != stop)
    if len(kept) == len(node.advice):
        return node
    days = f"{(now - last).days:,}" if last is not None else "unknown"
    return replace(node, advice=(say(LONG_AGO.format(days=days)), *kept))
