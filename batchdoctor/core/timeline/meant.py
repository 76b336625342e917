"""What of a timeline is about what was asked for: pools, jobs and runs of the nodes, too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

import msgspec

from batchdoctor.core.checked import Span
from batchdoctor.core.names import folded
from batchdoctor.core.suspicion.begun import Begun, second_of
from batchdoctor.core.suspicion.history import History, seconds_of
from batchdoctor.core.timeline.gathered import Asked
from batchdoctor.core.timeline.happening import FAILURES, Happening
from batchdoctor.core.timeline.onset import Onset, happenings_of

# A node, as its pool and its id.
Place = tuple[str, str]


class Meant(msgspec.Struct, frozen=True):
    """What was asked for, and `nodes` of it that are known, in the spellings that were met.

    `unknown` are names of nodes of which nothing is known, neither now nor in what happened.
    """

    asked: Asked
    nodes: Collection[Place] = ()
    unknown: Sequence[str] = ()

    @property
    def pools(self) -> set[str]:
        """The pools of the nodes."""
        return {folded(pool_id) for pool_id, _ in self.nodes}

    def about(self, happenings: Collection[Happening]) -> list[Happening]:
        """Without what happened to other pools than those of the nodes or jobs that are meant."""
        asked = self.asked
        if asked.pools or not (asked.jobs or asked.nodes):
            return list(happenings)
        if asked.nodes:
            pools = self.pools
            return [
                each for each in happenings if each.node_id or folded(each.pool_id or "") in pools
            ]
        pools = {folded(each.pool_id) for each in happenings if each.job_id and each.pool_id}
        return [
            each
            for each in happenings
            if each.job_id or each.pool_id is None or not pools or folded(each.pool_id) in pools
        ]

    def takes(self, onset: Onset, happenings: Iterable[Happening]) -> bool:
        """Whether an onset is about it: had begun, was not over before, and struck those nodes."""
        since, until = self.asked.since, self.asked.until
        if (until and onset.since >= until) or (since and onset.until and onset.until < since):
            return False
        at_any_time = msgspec.structs.replace(self.asked, since=None, until=None)
        if not at_any_time.takes(next(happenings_of(onset))):
            return False
        if not self.asked.nodes:
            return True
        if onset.nodes:
            return any(self.asked.takes_node(*each) for each in onset.nodes)
        failing = {folded(each.job_id or "") for each in happenings if each.kind in FAILURES}
        if onset.job_id:
            return folded(onset.job_id) in failing
        here = not onset.pools or not self.pools.isdisjoint(map(folded, onset.pools))
        return here and bool(failing)

    def runs(self, history: History | None, span: Span) -> Counter[int]:
        """How many runs began when within a time, of the jobs and on the nodes that are meant."""
        found: Counter[int] = Counter()
        first, last = seconds_of(span.since), seconds_of(span.until)
        begun = Begun(history, self._others(history))
        jobs = self.asked.jobs
        for (what, place), count in begun.counts.items():
            second = second_of(place)
            wanted = not jobs or folded(begun.whats[what].job_id) in jobs
            if wanted and first <= second and (not last or second < last):
                found[second] += count
        return found

    def _others(self, history: History | None) -> set[Place]:
        """The nodes of a history that are not meant."""
        if not self.asked.nodes:
            return set()
        return {each for each in places_of(history) if not self.asked.takes_node(*each)}


def meant_by(asked: Asked, places: Iterable[Place]) -> Meant:
    """Find the nodes that were asked for among those that are known."""
    nodes = {each for each in places if asked.nodes and asked.takes_node(*each)}
    known = {folded(node_id) for _, node_id in nodes} | {folded("/".join(each)) for each in nodes}
    return Meant(asked, nodes, sorted(asked.nodes - known))


def places_of(history: History | None) -> set[Place]:
    """The nodes on which something ran."""
    pools = history.pools.items() if history else ()
    return {(pool_id, node_id) for pool_id, pool in pools for node_id in pool.nodes}
