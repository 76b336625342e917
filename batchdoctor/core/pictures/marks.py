"""Which moments of an account or of a log are worth a line in a picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from batchdoctor.core.findings.checks.facts import JobFacts, PoolFacts
from batchdoctor.core.log.conclusion import Conclusion
from batchdoctor.core.log.tally import Tally
from batchdoctor.core.pictures.lanes import lanes_of
from batchdoctor.core.pictures.matrix import NodeKey, matrix_of
from batchdoctor.core.pictures.of_log import failures_of_log, happenings_of_log
from batchdoctor.core.pictures.picture import Mark, Picture, picture_of
from batchdoctor.core.pictures.seen import Seen
from batchdoctor.core.suspicion.begun import Share
from batchdoctor.core.suspicion.history import History
from batchdoctor.core.timeline.happening import Happening
from batchdoctor.core.timeline.onset import Onset
from batchdoctor.core.timeline.onsets import onsets_of_account, onsets_of_log

_MOST_MARKED = 4
_TOGETHER = 2


def picture_of_account(
    history: History | None,
    pools: Sequence[PoolFacts],
    jobs: Sequence[JobFacts],
    seen: Seen | None = None,
) -> Picture | None:
    """The runs of jobs in which something failed, with what changed in their pools.

    What was `seen` while it was read is drawn beside.
    """
    accused = {
        (pool.pool.id, suspicion.node_id)
        for pool in pools
        for suspicion in pool.suspicions
        if suspicion.verdict == "suspect"
    }
    onsets = onsets_of_account(pools, jobs, history)
    marks = [*_marks(onsets), *(mark for pool in pools for mark in _changes(pool))]
    picture = picture_of(history, accused, marks)
    if picture is None or seen is None:
        return picture
    return _with(picture, seen.happenings, seen.by_message(), accused, onsets)


def picture_of_log(concluded: Conclusion, tally: Tally | None = None) -> Picture | None:
    """The runs of a log, and what else its `tally` keeps."""
    accused = {
        (node.pool_id, node.node_id) for node in concluded.suspects if node.verdict == "suspect"
    }
    onsets = onsets_of_log(concluded)
    picture = picture_of(concluded.history, accused, _marks(onsets))
    if picture is None or tally is None:
        return picture
    return _with(picture, happenings_of_log(tally), failures_of_log(tally), accused, onsets)


def _with(
    picture: Picture,
    happenings: Sequence[Happening],
    failures: Mapping[tuple[str, NodeKey], Share],
    accused: Collection[NodeKey],
    onsets: Sequence[Onset],
) -> Picture:
    moments = [each.since for each in onsets[:_MOST_MARKED]]
    lanes = lanes_of(happenings, moments, begin=picture.start, until=picture.end)
    return replace(picture, lanes=lanes, by_message=matrix_of("message", failures, accused))


def _marks(onsets: Iterable[Onset]) -> Iterator[Mark]:
    for onset in onsets:
        yield Mark(onset.since, onset.label, is_onset=True)
        if onset.until is not None and onset.over:
            yield Mark(onset.until, onset.over)


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
