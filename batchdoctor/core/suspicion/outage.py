"""Outages: many jobs on many nodes failed at once by storage, a container registry or a network.

No job and no node is at fault for what all of them shared. Runs are looked at in the order in which
they ended; time is cut where the share of such failures changes.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import islice, pairwise
from typing import Literal, NamedTuple

import msgspec

from batchdoctor.core.failures.counts import largest_first
from batchdoctor.core.suspicion.cuts import cuts_of
from batchdoctor.core.suspicion.history import History, What, moment

Service = Literal["storage", "registry", "network"]
_SERVICE_NAMES: tuple[Service, ...] = ("storage", "registry", "network")
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
# Of a failure whose words tell a cause on the node or in the task, whatever its code.
NO_SERVICE = "none"

FEWEST_JOBS = 3
FEWEST_NODES = 3
FEWEST_FAILURES = 10
# Where hardly a run ended well before or after, jobs may each be wrong in its own way: then so many
# failures are asked for.
FEWEST_WITHOUT_CONTRAST = 30
_FEWEST_OUTSIDE = 10
# In an outage so much of what ends fails by it, and no job has more than so much of that.
_SHARE = 0.2
_MOST_OF_ONE_JOB = 0.8
# The jobs of one outage begin to fail within so many seconds of each other, or with their first run
# after its beginning.
_WITHIN = 900
_MOST_POINTS = 8192
# Stretches of so many seconds in which a smaller share fails by a service are passed over.
_BIN = 600
_LOW_SHARE = 0.05
_BY_CHANCE = math.log(0.001)


class Outage(msgspec.Struct, frozen=True):
    """What failed by one service, from the first such failure to the last.

    `runs` are those that ended meanwhile in the jobs that it struck. `jobs` counts its failures by
    job, `codes` by code. `ended` says that so many runs of those jobs ended well afterwards as
    would hardly do so in it.
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
    service: Service | None


@lru_cache(maxsize=1024)
def service_of(code: str) -> Service | None:
    """The service outside of the pool that a failure's code tells of, if it does of one."""
    lower = code.lower()
    if lower in _OF_ONE_OBJECT:
        return None
    return next((name for begin, name in _SERVICES.items() if lower.startswith(begin)), None)


def service_in(what: What) -> Service | None:
    """The service that a failure's words speak of, else that of its code."""
    if what.service == NO_SERVICE:
        return None
    if what.service:
        said = next((name for name in _SERVICE_NAMES if name == what.service), None)
        return said or service_of(what.code)
    return service_of(what.code) if what.code else None


def outages_of(
    history: History | None, without: Collection[tuple[str, str]] = ()
) -> tuple[Outage, ...]:
    """Outages in a history, the first one first, without what ran on some nodes."""
    if history is None:
        return ()
    services = [service_in(what) for what in history.whats]
    if not any(services):
        return ()
    rows = _Rows(history, without)
    found = [
        outage
        for service in _SERVICE_NAMES
        if service in services
        for near in rows.near([each == service for each in services])
        for outage in _of_service(sorted(near), service, rows)
    ]
    return tuple(sorted(found, key=lambda each: (each.since, each.service)))


class _Rows:
    """The rows of a history, walked through twice so that few of them are held at a time."""

    def __init__(self, history: History, without: Collection[tuple[str, str]]) -> None:
        self._whats = history.whats
        self._found = list(history.without(without))
        self._in_bins: Counter[tuple[int, int]] = Counter()
        for _, _, what, found in self._found:
            self._in_bins.update([(what, end // _BIN) for end in found.ends])
        self.successes = sum(
            count for (what, _), count in self._in_bins.items() if not self._whats[what].failed
        )

    def successes_after(self, until: int, jobs: Collection[str], enough: int) -> int:
        """How many runs of some jobs ended well after a moment; counting stops at enough."""
        well = [not what.failed and what.job_id in jobs for what in self._whats]
        after = (
            True
            for _, _, what, found in self._found
            if well[what]
            for end in found.ends
            if end > until
        )
        return sum(islice(after, enough))

    def near(self, struck: Sequence[bool]) -> Iterator[list[_Run]]:
        """Runs of stretches in which some fail by a service, with a little before and after."""
        every: Counter[int] = Counter()
        failed: Counter[int] = Counter()
        for (what, place), count in self._in_bins.items():
            every[place] += count
            failed[place] += count * struck[what]
        places = sorted(every)
        high = [failed[place] > _LOW_SHARE * every[place] for place in places]
        stretch_of: dict[int, int] = {}
        for at, place in enumerate(places):
            if any(high[max(0, at - 1) : at + 2]):
                before = stretch_of.get(places[at - 1]) if at else None
                stretch_of[place] = place if before is None else before
        stretches: dict[int, list[_Run]] = {}
        for pool_id, nodes, what, found in self._found:
            told = self._whats[what]
            code, service = told.said or told.code, service_in(told)
            for node, _, end in found.rows() if not told.ended else ():
                stretch = stretch_of.get(end // _BIN)
                if stretch is not None and end:
                    name = (pool_id, nodes[node])
                    run = _Run(end, told.job_id, name, code, told.failed, service)
                    stretches.setdefault(stretch, []).append(run)
        return iter(stretches.values())


def _of_service(runs: Sequence[_Run], service: Service, rows: _Rows) -> Iterator[Outage]:
    struck = [run.service == service for run in runs]
    if sum(struck) < FEWEST_FAILURES:
        return
    each = -(-len(runs) // _MOST_POINTS)
    places = range(0, len(runs), each)
    cuts = cuts_of(
        [len(runs[at : at + each]) for at in places], [sum(struck[at : at + each]) for at in places]
    )
    edges = [0, *(cut * each for cut in cuts), len(runs)]
    stretch: list[_Run] = []
    # Neighbouring blocks that both fail much are one outage that grew or shrank.
    for begin, end in [*pairwise(edges), (len(runs), len(runs))]:
        failed = sum(struck[begin:end])
        if end > begin and failed >= _SHARE * (end - begin):
            stretch += runs[begin:end]
        elif stretch:
            if (outage := _outage(stretch, service, rows)) is not None:
                yield outage
            stretch = []


def _outage(stretch: Sequence[_Run], service: Service, rows: _Rows) -> Outage | None:
    failed = [run for run in stretch if run.service == service]
    if len(failed) < FEWEST_FAILURES:
        return None
    since, until = failed[0].end, failed[-1].end
    jobs = Counter(run.job for run in failed if run.job in _struck_together(stretch, failed))
    own = [run for run in failed if run.job in jobs]
    nodes = {run.node for run in own}
    if len(jobs) < FEWEST_JOBS or len(nodes) < FEWEST_NODES or len(own) < FEWEST_FAILURES:
        return None
    outside = rows.successes - sum(not run.failed for run in stretch)
    if outside < _FEWEST_OUTSIDE and len(own) < FEWEST_WITHOUT_CONTRAST:
        return None
    if max(jobs.values()) > _MOST_OF_ONE_JOB * len(own):
        return None
    first, last = moment(since), moment(until)
    if first is None or last is None:
        return None
    meanwhile = sum(run.job in jobs and since <= run.end <= until for run in stretch)
    enough = _enough(len(own) / meanwhile)
    return Outage(
        service=service,
        since=first,
        until=last,
        runs=meanwhile,
        failures=len(own),
        jobs=largest_first(dict(jobs)),
        nodes=len(nodes),
        codes=largest_first(dict(Counter(run.code for run in own))),
        ended=rows.successes_after(until, jobs, enough) >= enough,
    )


def _enough(share: float) -> int:
    """So many runs end well one after the other in an outage once in a thousand times."""
    return math.ceil(_BY_CHANCE / math.log(max(1 - share, 0.01)))


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
