"""Starts of runs whose ends are not told, or not yet; and what becomes of those in the end."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from batchdoctor.core.cost.purpose import Purpose
from batchdoctor.core.cost.runs import NodeRuns, Run, Runs, code_of, job_of, purpose_of

# A start is told of within a minute of the moment that the run itself gives as its start.
_SLACK = 60_000_000
_FIRST = frozenset({Purpose.SUCCEEDED, Purpose.FAILED})


class Start(NamedTuple):
    """A run of a job that began at a moment on a node."""

    moment: int
    place: NodeRuns
    job: int

    def begins(self, place: NodeRuns, start: int | None, end: int) -> bool:
        """Whether it is the start of a run on this node that ended then.

        At its end the next run may begin; only what took no time begins there itself.
        """
        if place is not self.place or self.moment > end:
            return False
        if start is None:
            return True
        return self.moment >= start - _SLACK and (self.moment < end or start == end)


class OpenRuns:
    """The starts by task, and when tasks were put back in the queue without more words."""

    def __init__(self) -> None:
        # By the moment and the node, so that what is told again is known again.
        self._starts: dict[int, dict[tuple[int, int], Start]] = {}
        self._requeues: dict[int, list[int]] = {}
        self.running = self.lost = 0

    def start(self, task: int, start: Start) -> None:
        """Keep a start until its run is told to have ended."""
        self._starts.setdefault(task, {})[start.moment, id(start.place)] = start

    def end(self, task: int, place: NodeRuns, start: int | None, end: int) -> Start | None:
        """Let go of the start of a run that ended, if it is here."""
        known = self._starts.get(task)
        if not known:
            return None
        mine = [key for key, each in known.items() if each.begins(place, start, end)]
        if not mine:
            return None
        latest = known.pop(max(mine))
        if not known:
            del self._starts[task]
        return latest

    def requeue(self, task: int, moment: int) -> None:
        """Note that a task was put back in the queue."""
        self._requeues.setdefault(task, []).append(moment)

    def settle(self, runs: Runs, until: int) -> None:
        """Make runs of the starts that are left."""
        told, repeated = _runs_of(runs, self._starts), list[tuple[NodeRuns, Run]]()
        for task, starts in self._starts.items():
            ended = told.get(task, [])
            left = [each for each in starts.values() if not _is_told(each, ended)]
            began = sorted({*(each.moment for each in left), *(run.start for _, run in ended)})
            requeued = sorted(self._requeues.get(task, ()))
            for start in left:
                again = _first(began, bisect_right(began, start.moment))
                end, purpose = self._ending(
                    again, _first(requeued, bisect_left(requeued, start.moment)), until
                )
                code = code_of(start.job, purpose)
                start.place.add(start.moment, max(end, start.moment), task, code)
            if left:
                repeated += _later(min(each.moment for each in left), ended)
        _mark_repeated(repeated)
        self._starts.clear()

    def _ending(self, again: int | None, requeued: int | None, until: int) -> tuple[int, Purpose]:
        """When a run ended whose task began again then and was put back in the queue then."""
        if requeued is not None and (again is None or requeued <= again):
            return requeued, Purpose.INTERRUPTED
        if again is not None:
            self.lost += 1
            return again, Purpose.NOT_KNOWN
        self.running += 1
        return until, Purpose.RUNNING


def _first(moments: Sequence[int], at: int) -> int | None:
    return moments[at] if at < len(moments) else None


def _runs_of(runs: Runs, tasks: Iterable[int]) -> dict[int, list[tuple[NodeRuns, Run]]]:
    """What is told of some tasks, which are few; one look at all runs."""
    wanted = frozenset(tasks)
    found: dict[int, list[tuple[NodeRuns, Run]]] = {}
    if not wanted:
        return found
    for pool in runs.pools.values():
        for node in pool.nodes.values():
            if wanted.isdisjoint(node.rows[2::4]):
                continue
            for run in node.distinct():
                if run.task in wanted:
                    found.setdefault(run.task, []).append((node, run))
    return found


def _is_told(start: Start, ended: Iterable[tuple[NodeRuns, Run]]) -> bool:
    """Whether a start came after the end of its run, or once more."""
    return any(start.begins(place, run.start, run.end) for place, run in ended)


def _later(since: int, ended: Iterable[tuple[NodeRuns, Run]]) -> Iterator[tuple[NodeRuns, Run]]:
    """Runs that began after one of which the end is not told: whatever their counters say."""
    for place, run in ended:
        if run.start > since and purpose_of(run.code) in _FIRST:
            yield place, run


def _mark_repeated(found: Iterable[tuple[NodeRuns, Run]]) -> None:
    """Say of runs that they repeat others; a look at each node, however many of them ran there."""
    by_place: dict[int, tuple[NodeRuns, set[Run]]] = {}
    for place, run in found:
        by_place.setdefault(id(place), (place, set()))[1].add(run)
    for place, repeated in by_place.values():
        place.replace(
            run._replace(code=code_of(job_of(run.code), Purpose.REPEATED))
            if run in repeated
            else run
            for run in place.distinct()
        )
