"""Which nodes not to trust: read, judged, and how much that rests on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from batchdoctor.core.checked import Span
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


def find_suspects(
    reading: Reading,
    *,
    pools: Sequence[str] | None = None,
    jobs: Sequence[str] | None = None,
    since: datetime | None = None,
    min_failures: int = 2,
    exact: bool = False,
) -> Suspects:
    """Judge the nodes of some pools, or of all, by what ran on them.

    Counters cover the whole life of jobs and nodes: with `since`, tasks are listed as with `exact`.
    """
    now = reading.outside.now()
    runs = RunsReading(reading, pools, jobs, since)
    runs.read_nodes()
    suspicions = runs.suspicions(min_failures=min_failures, exact=exact or since is not None)
    return Suspects(
        suspects=suspect_nodes(runs.nodes, suspicions, now, runs.communication_modes),
        nodes=len(runs.nodes),
        pools=len(runs.pools),
        jobs=runs.jobs,
        span=Span(since, now),
    )
