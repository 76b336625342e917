"""Which moments of an account or of a log are worth a line in a picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from batchdoctor.core.findings.checks.facts import JobFacts, PoolFacts
from batchdoctor.core.log.conclusion import Conclusion
from batchdoctor.core.pictures.picture import Mark, NodeKey, Picture, picture_of
from batchdoctor.core.suspicion.history import History
from batchdoctor.core.suspicion.outage import Outage
from batchdoctor.core.suspicion.rise import Rise

_TOGETHER = 2


def picture_of_account(
    history: History | None, pools: Sequence[PoolFacts], jobs: Sequence[JobFacts]
) -> Picture | None:
    """The runs of jobs in which something failed, with what changed in their pools."""
    accused: set[NodeKey] = set()
    marks: list[Mark] = []
    for pool in pools:
        for suspicion in pool.suspicions:
            if suspicion.verdict == "suspect":
                accused.add((pool.pool.id, suspicion.node_id))
                if suspicion.onset:
                    marks.append(_turned_bad(suspicion.node_id, suspicion.onset))
        marks += _changes(pool)
    for job in jobs:
        marks += _rise_marks([job.rise] if job.rise else [])
    marks += _outage_marks({id(each): each for job in jobs for each in job.outages}.values())
    return picture_of(history, accused, marks)


def picture_of_log(concluded: Conclusion) -> Picture | None:
    """The runs of a log."""
    accused: set[NodeKey] = set()
    marks = [*_rise_marks(concluded.rises), *_outage_marks(concluded.outages)]
    for node in concluded.suspects:
        if node.verdict == "suspect":
            accused.add((node.pool_id, node.node_id))
            if node.onset:
                marks.append(_turned_bad(node.node_id, node.onset))
    return picture_of(concluded.history, accused, marks)


def _turned_bad(node_id: str, onset: datetime) -> Mark:
    return Mark(onset, f"{node_id} turns bad", is_onset=True)


def _rise_marks(rises: Iterable[Rise]) -> Iterator[Mark]:
    for rise in rises:
        yield Mark(rise.since, f"job {rise.job_id} begins to fail", is_onset=True)
        if rise.until:
            yield Mark(rise.until, f"job {rise.job_id} is well again")


def _outage_marks(outages: Iterable[Outage]) -> Iterator[Mark]:
    for outage in outages:
        yield Mark(outage.since, f"{outage.service} fails", is_onset=True)
        yield Mark(outage.until, f"last failure by {outage.service}")


def _changes(pool: PoolFacts) -> Iterator[Mark]:
    """A resize of a pool, and nodes that came together."""
    pool_id, changed = pool.pool.id, pool.pool.allocation_state_transition_time
    if changed:
        yield Mark(changed, f"pool {pool_id} becomes {pool.pool.allocation_state or 'resized'}")
    minutes = Counter(
        node.allocation_time.replace(second=0, microsecond=0)
        for node in pool.nodes or ()
        if node.allocation_time
    )
    for minute, count in minutes.items():
        if count >= _TOGETHER:
            yield Mark(minute, f"{count:,} nodes of {pool_id} allocated")
