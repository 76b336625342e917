"""Which nodes not to trust: read, judged, and how much that rests on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec

from batchdoctor.core.checked import Span
from batchdoctor.core.suspicion.shared import with_shared
from batchdoctor.core.suspicion.suspect_node import SuspectNode, suspect_nodes
from batchdoctor.work.diagnosis.runs import RunsReading
from batchdoctor.work.reading.reading import Reading


class Suspects(msgspec.Struct, frozen=True, kw_only=True):
    """Nodes not to be trusted, the worst first, and how many nodes, pools and jobs were weighed."""

    suspects: Sequence[SuspectNode]
    nodes: int
    pools: int
    jobs: int
    span: Span
    parked: int = 0
    """How many were left out because somebody keeps tasks off them already."""


def find_suspects(
    reading: Reading,
    *,
    pools: Sequence[str] | None = None,
    jobs: Sequence[str] | None = None,
    since: datetime | None = None,
    min_failures: int = 2,
    exact: bool = False,
    verdicts: Collection[str] = (),
    parked: bool = False,
) -> Suspects:
    """Judge the nodes of some pools, or of all, by what ran on them.

    Only those with one of the `verdicts`, if any are given. What somebody took out of scheduling is
    left out unless `parked` nodes are asked for: whoever acts on the answer would undo that.

    Counters cover the whole life of jobs and nodes: with `since`, tasks are listed as with `exact`.
    """
    now = reading.outside.now()
    runs = RunsReading(reading, pools, jobs, since)
    runs.read_nodes()
    suspicions = runs.suspicions(min_failures=min_failures, exact=exact or since is not None)
    named = suspect_nodes(runs.nodes, suspicions, now, runs.communication_modes, runs.empty_pools)
    every = [
        node for node in with_shared(named, runs.nodes) if not verdicts or node.verdict in verdicts
    ]
    shown = [node for node in every if parked or not node.is_parked]
    return Suspects(
        suspects=shown,
        parked=len(every) - len(shown),
        nodes=len(runs.nodes),
        pools=len(runs.pools),
        jobs=runs.jobs,
        span=Span(since, now),
    )
