"""Since when it fails, as the one judgement of live accounts and logs has it, and what came before.

Nothing is judged here: rises, outages and suspect nodes were found by `core.suspicion`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime

import msgspec
from msgspec.structs import replace

from batchdoctor.core.findings.checks.common_rise import common_rise_told
from batchdoctor.core.findings.checks.facts import JobFacts, PoolFacts
from batchdoctor.core.findings.checks.rise_told import rise_span, to_the_minute
from batchdoctor.core.log.conclusion import Conclusion
from batchdoctor.core.names import folded
from batchdoctor.core.suspicion.begun import Begun, Share
from batchdoctor.core.suspicion.changed_before import (
    changes_before,
    just_before,
    pool_changes,
    releases_before,
)
from batchdoctor.core.suspicion.common_rise import CommonRise
from batchdoctor.core.suspicion.history import History, moment
from batchdoctor.core.suspicion.outage import Outage
from batchdoctor.core.suspicion.rise import FEWEST_RUNS, RISEN_SHARE, Rise
from batchdoctor.core.text.wording import plural
from batchdoctor.core.timeline.happening import CHANGES, Happening, HappeningKind, Source


class Onset(msgspec.Struct, frozen=True, kw_only=True):
    """Since when something fails, until when if it is over, and what changed just before.

    `rank` orders the onsets of an account: what most jobs share before what one job or node does.
    """

    since: datetime
    until: datetime | None
    say: str
    label: str
    """The same in a few words."""
    over: str = ""
    """What happened at `until`, in a few words."""
    rank: int
    failures: int
    pools: tuple[str, ...] = ()
    job_id: str | None = None
    node_id: str | None = None
    changes: tuple[str, ...] = ()
    source: Source = Source.LIVE

    @property
    def key(self) -> tuple[str | None, ...]:
        """The same for the same thing that fails, by whoever it is told."""
        name = self.label if not (self.job_id or self.node_id) else None
        return tuple(each and folded(each) for each in (name, self.job_id, self.node_id))


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
    accused = {(each.pools[0], each.node_id) for each in found if each.node_id}
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
        replace(_rise(rise), pools=tuple(_pools_of(concluded.history, rise.job_id)))
        for rise in concluded.rises
    ]
    found += map(_outage, concluded.outages)
    found += [
        _node(node.pool_id, node.node_id, node.onset, node.failures or 0)
        for node in concluded.suspects
        if node.verdict == "suspect" and node.onset is not None
    ]
    accused = {(each.pools[0], each.node_id) for each in found if each.node_id}
    told = {job_id for outage in concluded.outages for job_id in outage.jobs}
    told |= {rise.job_id for rise in concluded.rises}
    if concluded.common_rise:
        told |= concluded.common_rise.jobs.keys()
    found += _from_the_beginning(concluded.history, accused, told)
    return in_order(replace(each, source=Source.LOG) for each in found)


def _from_the_beginning(
    history: History | None, accused: Collection[tuple[str, str]], told: Collection[str]
) -> Iterator[Onset]:
    """Jobs that failed mostly from their first runs on, so that nothing of them rose."""
    begun = Begun(history, accused)
    failing = {
        job_id: Share(sum(every.values()), sum(failed.values()))
        for job_id, every, failed in begun.by_job()
        if job_id not in told
        and sum(every.values()) >= FEWEST_RUNS
        and sum(failed.values()) >= RISEN_SHARE * sum(every.values())
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
                rank=2,
                failures=share.failures,
                pools=tuple(_pools_of(history, job_id)),
                job_id=job_id,
            )


def merged(live: Iterable[Onset], logged: Iterable[Onset]) -> list[Onset]:
    """Each thing that fails once: as the account tells it, with what its log knows beside."""
    found = {each.key: each for each in logged}
    for each in live:
        known = found.get(each.key)
        both = Source.BOTH if known is not None else each.source
        found[each.key] = replace(each, source=both)
    return in_order(found.values())


def in_order(onsets: Iterable[Onset]) -> list[Onset]:
    """What goes on and what most share first, then by failures."""
    return sorted(
        onsets, key=lambda each: (each.until is not None, each.rank, -each.failures, each.since)
    )


def with_changes(onset: Onset, happenings: Iterable[Happening]) -> Onset:
    """The same with the changes that only a log tells."""
    told = [
        f"Pool {each.pool_id}: {each.what} at {to_the_minute(each.time)}."
        for each in happenings
        if each.source is Source.LOG and is_change(onset, each)
    ]
    return replace(onset, changes=(*onset.changes, *dict.fromkeys(told)))


def is_change(onset: Onset, happening: Happening) -> bool:
    """Whether something that happened may have brought an onset: just before, and where it is."""
    return (
        happening.kind in CHANGES
        and just_before(onset.since, happening.time)
        and (not onset.pools or not happening.pool_id or _within(onset, happening.pool_id))
    )


def happenings_of(onset: Onset) -> Iterator[Happening]:
    """The moments of an onset among everything else that happened."""
    pool_id = onset.pools[0] if len(onset.pools) == 1 else None

    def of(time: datetime, kind: HappeningKind, what: str) -> Happening:
        return Happening(
            time=time,
            kind=kind,
            what=what,
            pool_id=pool_id,
            job_id=onset.job_id,
            node_id=onset.node_id,
            source=onset.source,
        )

    yield of(onset.since, HappeningKind.ONSET, onset.say.rstrip("."))
    if onset.until is not None and onset.over:
        yield of(onset.until, HappeningKind.ONSET_OVER, onset.over)


def _within(onset: Onset, pool_id: str) -> bool:
    return folded(pool_id) in map(folded, onset.pools)


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
    for each in pool.suspicions:
        if each.verdict == "suspect" and each.onset is not None:
            found = _node(pool.pool.id, each.node_id, each.onset, each.failures)
            yield replace(found, changes=_pool_changes(each.onset, pool))


def _node(pool_id: str, node_id: str, since: datetime, failures: int) -> Onset:
    return Onset(
        since=since,
        until=None,
        say=(
            f"Node {node_id} of pool {pool_id} is bad since {to_the_minute(since)}:"
            f" {plural(failures, 'task')} failed on it."
        ),
        label=f"{node_id} turns bad",
        rank=3,
        failures=failures,
        pools=(pool_id,),
        node_id=node_id,
    )


def _pools_of(history: History | None, job_id: str) -> Iterator[str]:
    """The pools in which a job ran."""
    if history is None:
        return
    of_job = {index for index, what in enumerate(history.whats) if what.job_id == job_id}
    yield from (pool_id for pool_id, pool in history.pools.items() if of_job & pool.runs.keys())
