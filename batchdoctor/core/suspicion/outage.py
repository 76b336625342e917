"""Outages: many jobs on many nodes failed at once by storage, a container registry or a network.

No job and no node is at fault for what all of them shared. Runs are looked at in the order in which
they ended; time is cut where the share of such failures changes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Literal, NamedTuple

import msgspec

from batchdoctor.core.failures.counts import largest_first
from batchdoctor.core.suspicion.cuts import cuts_of
from batchdoctor.core.suspicion.history import History, moment, rows_of, start_and_end

Service = Literal["storage", "registry", "network"]
# Codes of tasks that tell of something outside of the pool, by their beginnings:
# https://learn.microsoft.com/azure/batch/batch-job-task-error-checking
_SERVICES: Mapping[str, Service] = {
    "blob": "storage",
    "resourcecontainer": "storage",
    "fileupload": "storage",
    "containerinvalidregistry": "registry",
    "containermiscerror": "registry",
    "containerinvalidimage": "registry",
    "resourcedownload": "network",
    "mountconfiguration": "storage",
}
# One missing file or image of many jobs is no outage, however many ask for it.
_OF_ONE_OBJECT = frozenset({"blobnotfound", "fileuploadconflict", "fileuploaddeleted"})
_REFUSED = ("accessdenied",)

FEWEST_JOBS = 3
FEWEST_NODES = 3
FEWEST_FAILURES = 10
# In an outage so much of what ends fails by it, and no job has more than so much of that.
_SHARE = 0.2
_MOST_OF_ONE_JOB = 0.8
# The jobs of one outage begin to fail within so many seconds of each other, or with their first run
# after its beginning.
_WITHIN = 900
_MOST_POINTS = 8192


class Outage(msgspec.Struct, frozen=True):
    """What failed by one service, from the first such failure to the last.

    `runs` are those that ended meanwhile in the jobs that it struck. `jobs` counts its failures by
    job, `codes` by code. `ended` says that runs of those jobs ended well afterwards.
    """

    service: Service
    since: datetime
    until: datetime
    runs: int
    failures: int
    jobs: Mapping[str, int]
    nodes: int
    codes: Mapping[str, int]
    ended: bool

    @property
    def refused(self) -> bool:
        """Whether most of it was refused, which a signature or a key that expired does, too."""
        most = next(iter(self.codes))
        return most.lower().endswith(_REFUSED)


class _Run(NamedTuple):
    end: int
    job: str
    node: tuple[str, str]
    code: str
    failed: bool
    start: int


def service_of(code: str) -> Service | None:
    """The service outside of the pool that a failure's code tells of, if it does of one."""
    lower = code.lower()
    if lower in _OF_ONE_OBJECT:
        return None
    return next((name for begin, name in _SERVICES.items() if lower.startswith(begin)), None)


def outages_of(
    history: History | None, without: Collection[tuple[str, str]] = ()
) -> tuple[Outage, ...]:
    """Outages in a history, the first one first, without what ran on some nodes."""
    if history is None:
        return ()
    told = Counter(service for what in history.whats if (service := service_of(what.code)))
    if not told:
        return ()
    runs = sorted(_runs(history, without))
    found = [outage for service in told for outage in _of_service(runs, service)]
    return tuple(sorted(found, key=lambda each: (each.since, each.service)))


def _runs(history: History, without: Collection[tuple[str, str]]) -> Iterator[_Run]:
    for pool_id, nodes in history.pools.items():
        for node_id, node in nodes.items():
            if (pool_id, node_id) in without:
                continue
            for index, when in rows_of(node):
                what = history.whats[index]
                start, end = start_and_end(when)
                if end and not what.ended:
                    yield _Run(end, what.job_id, (pool_id, node_id), what.code, what.failed, start)


def _of_service(runs: Sequence[_Run], service: Service) -> Iterator[Outage]:
    struck = [service_of(run.code) == service for run in runs]
    if sum(struck) < FEWEST_FAILURES:
        return
    each = -(-len(runs) // _MOST_POINTS)
    places = range(0, len(runs), each)
    points = [(len(runs[at : at + each]), sum(struck[at : at + each])) for at in places]
    edges = [0, *(cut * each for cut in cuts_of(points)), len(runs)]
    stretch: list[_Run] = []
    # Neighbouring blocks that both fail much are one outage that grew or shrank.
    for begin, end in [*pairwise(edges), (len(runs), len(runs))]:
        failed = sum(struck[begin:end])
        if end > begin and failed >= _SHARE * (end - begin):
            stretch += runs[begin:end]
        elif stretch:
            if (outage := _outage(runs, stretch, service)) is not None:
                yield outage
            stretch = []


def _outage(runs: Sequence[_Run], stretch: Sequence[_Run], service: Service) -> Outage | None:
    failed = [run for run in stretch if service_of(run.code) == service]
    if len(failed) < FEWEST_FAILURES:
        return None
    since, until = failed[0].end, failed[-1].end
    jobs = Counter(run.job for run in failed if run.job in _struck_together(stretch, failed))
    own = [run for run in failed if run.job in jobs]
    nodes = {run.node for run in own}
    if len(jobs) < FEWEST_JOBS or len(nodes) < FEWEST_NODES or len(own) < FEWEST_FAILURES:
        return None
    if max(jobs.values()) > _MOST_OF_ONE_JOB * len(own):
        return None
    later = runs[bisect_left(runs, until + 1, key=lambda run: run.end) :]
    first, last = moment(since), moment(until)
    if first is None or last is None:
        return None
    return Outage(
        service=service,
        since=first,
        until=last,
        runs=sum(run.job in jobs and since <= run.end <= until for run in stretch),
        failures=len(own),
        jobs=largest_first(dict(jobs)),
        nodes=len(nodes),
        codes=largest_first(dict(Counter(run.code for run in own))),
        ended=any(run.job in jobs and not run.failed for run in later),
    )


def _struck_together(stretch: Sequence[_Run], failed: Sequence[_Run]) -> set[str]:
    """The jobs that began to fail with the others, or as soon as they ran at all."""
    first_failures: dict[str, int] = {}
    first_runs: dict[str, int] = {}
    for run in failed:
        first_failures.setdefault(run.job, run.end)
    for run in stretch:
        first_runs.setdefault(run.job, run.end)
    begin = min(first_failures.values())
    return {
        job
        for job, first in first_failures.items()
        if first - max(begin, first_runs[job]) <= _WITHIN
    }
