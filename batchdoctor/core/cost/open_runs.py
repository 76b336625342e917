"""Starts of runs whose ends are not told, or not yet; and what becomes of those in the end."""

from __future__ import annotations

from collections.abc import Iterable
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
        self._starts: dict[int, tuple[Start, ...]] = {}
        self._requeues: dict[int, tuple[int, ...]] = {}
        self.running = self.lost = 0

    def start(self, task: int, start: Start) -> None:
        """Keep a start until its run is told to have ended."""
        known = self._starts.get(task, ())
        if not any(each.place is start.place and each.moment == start.moment for each in known):
            self._starts[task] = (*known, start)

    def end(self, task: int, place: NodeRuns, start: int | None, end: int) -> Start | None:
        """Let go of the start of a run that ended, if it is here."""
        known = self._starts.get(task, ())
        mine = [each for each in known if each.begins(place, start, end)]
        if not mine:
            return None
        latest = max(mine, key=lambda each: each.moment)
        left = tuple(each for each in known if each is not latest)
        if left:
            self._starts[task] = left
        else:
            del self._starts[task]
        return latest

    def requeue(self, task: int, moment: int) -> None:
        """Note that a task was put back in the queue."""
        self._requeues[task] = (*self._requeues.get(task, ()), moment)

    def settle(self, runs: Runs, until: int) -> None:
        """Make runs of the starts that are left."""
        told = _runs_of(runs, self._starts)
        for task, starts in self._starts.items():
            ended = told.get(task, [])
            left = [each for each in starts if not _is_told(each, ended)]
            began = sorted({*(each.moment for each in left), *(run.start for _, run in ended)})
            for start in left:
                self._end(task, start, next((at for at in began if at > start.moment), None), until)
            if left:
                _mark_repeated(min(each.moment for each in left), ended)
        self._starts.clear()

    def _end(self, task: int, start: Start, again: int | None, until: int) -> None:
        requeued = [at for at in self._requeues.get(task, ()) if at >= start.moment]
        if requeued and (again is None or min(requeued) <= again):
            end, purpose = min(requeued), Purpose.INTERRUPTED
        elif again is not None:
            end, purpose = again, Purpose.NOT_KNOWN
            self.lost += 1
        else:
            end, purpose = until, Purpose.RUNNING
            self.running += 1
        start.place.add(start.moment, max(end, start.moment), task, code_of(start.job, purpose))


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


def _mark_repeated(since: int, ended: Iterable[tuple[NodeRuns, Run]]) -> None:
    """Later runs of a task repeat one of which the end is not told, whatever their counters say."""
    for place, told in ended:
        if told.start <= since or purpose_of(told.code) not in _FIRST:
            continue
        code = code_of(job_of(told.code), Purpose.REPEATED)
        again = told._replace(code=code)
        place.replace(again if run == told else run for run in place.distinct())
