"""Since when an account or a log fails, as `core.suspicion` has judged it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from msgspec.structs import replace

from batchdoctor.core.findings.checks.common_rise import common_rise_told
from batchdoctor.core.findings.checks.facts import JobFacts, PoolFacts
from batchdoctor.core.findings.checks.rise_told import rise_span, to_the_minute
from batchdoctor.core.log.changed_before import new_nodes, pools_of
from batchdoctor.core.log.conclusion import Conclusion
from batchdoctor.core.suspicion.begun import Begun, Share
from batchdoctor.core.suspicion.changed_before import (
    changes_before,
    pool_changes,
    releases_before,
)
from batchdoctor.core.suspicion.common_rise import CommonRise
from batchdoctor.core.suspicion.history import History, moment
from batchdoctor.core.suspicion.outage import Outage
from batchdoctor.core.suspicion.rise import FEWEST_RUNS, RISEN_SHARE, Rise
from batchdoctor.core.text.wording import listed, plural
from batchdoctor.core.timeline.happening import Source
from batchdoctor.core.timeline.onset import Onset, in_order

# Nodes of a pool that turn bad within this time did so together.
_TOGETHER = timedelta(minutes=5)


def onsets_of_account(
    pools: Sequence[PoolFacts], jobs: Sequence[JobFacts], history: History | None
) -> list[Onset]:
    """Since when jobs and nodes of a live account fail, the most telling first."""
    struck = [facts for facts in jobs if facts.common_rise is not None]
    common = struck[0].common_rise if struck else None
    found = [_live_common(common, struck)] if common else []
    for facts in jobs:
        if facts.rise is not None:
            near = facts.pool
            changes = changes_before(
                facts.rise,
                near.pool if near else None,
                (near and near.nodes) or (),
                facts.deployed,
            )
            own = (facts.pool_id,) if facts.pool_id else ()
            found.append(replace(_rise(facts.rise), pools=own, changes=tuple(changes)))
    found += map(_outage, {id(each): each for facts in jobs for each in facts.outages}.values())
    for pool in pools:
        found += _nodes_of(pool)
    accused = {node for each in found for node in each.nodes}
    told = {facts.job.id for facts in jobs if facts.rise or facts.common_rise or facts.outages}
    failing = {facts.job.id: facts.pool for facts in jobs if _mostly_fails(facts)}
    for each in _from_the_beginning(history, accused, told):
        if each.job_id in failing:
            found.append(replace(each, changes=_pool_changes(each.since, failing[each.job_id])))
    return in_order(found)


def _pool_changes(since: datetime, pool: PoolFacts | None) -> tuple[str, ...]:
    return tuple(pool_changes(since, pool.pool, pool.nodes or ())) if pool else ()


def _mostly_fails(facts: JobFacts) -> bool:
    """Whether the counts say so: of very many tasks only the failed ones were listed."""
    counts = facts.counts
    return counts is not None and counts.failed >= RISEN_SHARE * counts.completed


def onsets_of_log(concluded: Conclusion) -> list[Onset]:
    """Since when jobs and nodes of a log fail, the most telling first, yet without changes."""
    found = [_common(concluded.common_rise)] if concluded.common_rise else []
    found += [
        replace(_rise(rise), pools=tuple(pools_of(concluded.history, rise.job_id)))
        for rise in concluded.rises
    ]
    found += map(_outage, concluded.outages)
    found += _nodes(
        _Bad(node.pool_id, node.node_id, node.onset, node.failures or 0)
        for node in concluded.suspects
        if node.verdict == "suspect" and node.onset is not None
    )
    accused = {node for each in found for node in each.nodes}
    told = {job_id for outage in concluded.outages for job_id in outage.jobs}
    told |= {rise.job_id for rise in concluded.rises}
    if concluded.common_rise:
        told |= concluded.common_rise.jobs.keys()
    found += _from_the_beginning(concluded.history, accused, told)
    return in_order(_as_logged(concluded, each) for each in found)


def _as_logged(concluded: Conclusion, onset: Onset) -> Onset:
    """An onset with the nodes that were new to the log; resizes are among what happened."""
    pools = onset.pools or pools_of(concluded.history, None)
    changes = tuple(new_nodes(concluded, onset.since, pools))
    return replace(onset, source=Source.LOG, changes=changes)


def _from_the_beginning(
    history: History | None, accused: Collection[tuple[str, str]], told: Collection[str]
) -> Iterator[Onset]:
    """Jobs that failed mostly from their first runs on, so that nothing of them rose."""
    begun = Begun(history, accused)
    failing = {
        job_id: Share(sum(runs), sum(failures))
        for job_id, (_, runs, failures) in begun.by_job(RISEN_SHARE * FEWEST_RUNS)
        if job_id not in told
        and sum(runs) >= FEWEST_RUNS
        and sum(failures) >= RISEN_SHARE * sum(runs)
    }
    first: dict[str, int] = {}
    for index, begin, _ in begun.rows() if failing else ():
        what = begun.whats[index]
        if what.failed and what.job_id in failing:
            first[what.job_id] = min(begin, first.get(what.job_id, begin))
    for job_id, second in first.items():
        since, share = moment(second), failing[job_id]
        if since is not None:
            told_so = f"{share.failures:,} of {plural(share.runs, 'task')}, from its beginning"
            yield Onset(
                since=since,
                until=None,
                say=f"Job {job_id} fails since {to_the_minute(since)}: {told_so}.",
                label=f"job {job_id} fails from its beginning",
                rank=3,
                failures=share.failures,
                pools=tuple(pools_of(history, job_id)),
                job_id=job_id,
            )


def _common(rise: CommonRise) -> Onset:
    return Onset(
        since=rise.since,
        until=rise.until,
        say=common_rise_told(rise),
        label="most jobs begin to fail",
        over="most jobs have stopped failing",
        rank=0,
        failures=rise.during.failures,
    )


def _live_common(rise: CommonRise, struck: Sequence[JobFacts]) -> Onset:
    pools = {facts.pool_id: facts.pool for facts in struck if facts.pool_id}
    deployed = dict.fromkeys(each for facts in struck for each in facts.deployed)
    changes = list(releases_before(rise.since, deployed))
    for pool_id, facts in pools.items():
        if facts is not None:
            told = changes_before(rise, facts.pool, facts.nodes or ())
            changes += [f"In pool {pool_id}: {each[:1].lower()}{each[1:]}" for each in told]
    return replace(_common(rise), pools=tuple(pools), changes=tuple(changes))


def _rise(rise: Rise) -> Onset:
    fails = "fails" if rise.until is None else "failed"
    return Onset(
        since=rise.since,
        until=rise.until,
        say=(
            f"Job {rise.job_id} {fails} {rise_span(rise)}: {rise.failures:,} of"
            f" {plural(rise.runs, 'task')}, before that {rise.failures_before:,} of"
            f" {rise.runs_before:,}."
        ),
        label=f"job {rise.job_id} begins to fail",
        over=f"job {rise.job_id} has stopped failing",
        rank=2,
        failures=rise.failures,
        job_id=rise.job_id,
    )


def _outage(outage: Outage) -> Onset:
    return Onset(
        since=outage.since,
        until=outage.until if outage.ended else None,
        say=(
            f"From {to_the_minute(outage.since)} to {to_the_minute(outage.until)} {outage.service}"
            f" failed {plural(outage.failures, 'task')} of {plural(len(outage.jobs), 'job')}."
        ),
        label=f"{outage.service} fails",
        over=f"last failure by {outage.service}",
        rank=1,
        failures=outage.failures,
    )


def _nodes_of(pool: PoolFacts) -> Iterator[Onset]:
    bad = [
        _Bad(pool.pool.id, each.node_id, each.onset, each.failures)
        for each in pool.suspicions
        if each.verdict == "suspect" and each.onset is not None
    ]
    for found in _nodes(bad):
        yield replace(found, changes=_pool_changes(found.since, pool))


class _Bad(NamedTuple):
    """A node, since when it is bad, and what failed on it."""

    pool_id: str
    node_id: str
    since: datetime
    failures: int


def _nodes(bad: Iterable[_Bad]) -> Iterator[Onset]:
    """Nodes that turned bad; those of a pool that did so together as one."""
    together: list[_Bad] = []
    for each in sorted(bad, key=lambda node: (node.pool_id, node.since, node.node_id)):
        first = together[0] if together else None
        if first and (first.pool_id != each.pool_id or each.since - first.since > _TOGETHER):
            yield _turned_bad(together)
            together = []
        together.append(each)
    if together:
        yield _turned_bad(together)


def _turned_bad(nodes: Sequence[_Bad]) -> Onset:
    first, failures = nodes[0], sum(each.failures for each in nodes)
    names = listed([each.node_id for each in nodes])
    one = len(nodes) == 1
    who = f"Node {names}" if one else f"{len(nodes):,} nodes ({names})"
    return Onset(
        since=first.since,
        until=None,
        say=(
            f"{who} of pool {first.pool_id} {'is' if one else 'are'} bad since"
            f" {to_the_minute(first.since)}: {plural(failures, 'task')} failed on"
            f" {'it' if one else 'them'}."
        ),
        label=f"{first.node_id if one else plural(len(nodes), 'node')} of {first.pool_id}"
        f" {'turns' if one else 'turn'} bad",
        rank=4,
        failures=failures,
        pools=(first.pool_id,),
        node_id=first.node_id if one else None,
        nodes=tuple((each.pool_id, each.node_id) for each in nodes),
    )
