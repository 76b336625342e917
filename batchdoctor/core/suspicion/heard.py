"""What failed programs said, beside the counts of runs: which few to read, and what follows.

A program that returned 1 may have said that the disk is read-only. That counts as caused by the
node; that storage did not answer, at many nodes at once, is an outage. Only a bounded sample of the
words is read: of accused nodes, of bursts of failures, and of nodes where several tasks failed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import NamedTuple

from msgspec.structs import replace

from batchdoctor.core.meaning.messages import Cause
from batchdoctor.core.nodes.reason import SAID, Reason
from batchdoctor.core.suspicion.history import SECONDS, History, What
from batchdoctor.core.suspicion.judge import Suspicion
from batchdoctor.core.suspicion.live_runs import LiveRuns, Unheard
from batchdoctor.core.suspicion.outage import (
    FEWEST_FAILURES,
    FEWEST_JOBS,
    FEWEST_NODES,
    Service,
)

# So many tasks are read at most, two or three requests each.
_ACCUSED = 3
_OF_ACCUSED = 20
_BURSTS = 4
_OF_BURST = 12
_OF_OTHERS = 16
_EACH_OTHER = 2
_FEWEST_OF_OTHER = 3
_BURST = 600
# Two that say the same speak for all of a job, exit code and node.
_ENOUGH = 2
_SHOWN = 2
_SERVICES: Mapping[str, Service] = {
    "storage": "storage",
    "registry": "registry",
    "network": "network",
}

Node = tuple[str, str]


class Heard(NamedTuple):
    """What was read: the cause of each task that was, None for one whose words tell none."""

    causes: Mapping[Unheard, Cause | None]

    def of_node(self, node: Node) -> list[Cause | None]:
        """The causes of the tasks of one node."""
        return [cause for each, cause in self.causes.items() if each.node == node]


def wanted(unheard: Sequence[Unheard], accused: Sequence[Node]) -> list[Unheard]:
    """Whose words are worth reading: at most about 120 tasks, whatever failed."""
    of_nodes: dict[Node, list[Unheard]] = {}
    for each in unheard:
        of_nodes.setdefault(each.node, []).append(each)
    found: dict[Unheard, None] = {}
    for node in accused[:_ACCUSED]:
        found.update(dict.fromkeys(_spread(of_nodes.pop(node, []), _OF_ACCUSED)))
    for burst in _bursts(unheard):
        found.update(dict.fromkeys(_varied(burst, _OF_BURST)))
    others = sorted(of_nodes.values(), key=len, reverse=True)[: _OF_OTHERS // _EACH_OTHER]
    for tasks in others:
        if len(tasks) >= _FEWEST_OF_OTHER:
            found.update(dict.fromkeys(_spread(tasks, _EACH_OTHER)))
    return list(found)


def _spread(tasks: Sequence[Unheard], most: int) -> list[Unheard]:
    """So many of some tasks, evenly from the first to the last that ended."""
    ordered = sorted(tasks, key=lambda each: (each.end, each.job_id, each.task_id))
    step = max(1.0, len(ordered) / most)
    return [ordered[int(place * step)] for place in range(min(most, len(ordered)))]


def _bursts(unheard: Iterable[Unheard]) -> list[list[Unheard]]:
    """The largest stretches of minutes in which tasks of several jobs failed on several nodes."""
    bins: dict[int, list[Unheard]] = {}
    for each in unheard:
        bins.setdefault(each.end // _BURST, []).append(each)
    found = [
        tasks
        for tasks in bins.values()
        if len(tasks) >= FEWEST_FAILURES // 2
        and len({each.job_id for each in tasks}) >= FEWEST_JOBS
        and len({each.node for each in tasks}) >= FEWEST_NODES
    ]
    return sorted(found, key=len, reverse=True)[:_BURSTS]


def _varied(tasks: Sequence[Unheard], most: int) -> list[Unheard]:
    """So many of some tasks: one of each job in turn."""
    of_jobs: dict[str, list[Unheard]] = {}
    for each in _spread(tasks, len(tasks)):
        of_jobs.setdefault(each.job_id, []).append(each)
    turns = (each for turn in zip_longest(*of_jobs.values()) for each in turn if each)
    return [each for each, _ in zip(turns, range(most), strict=False)]


def mark(runs: LiveRuns, heard: Heard) -> bool:
    """Have the counts know what was said; whether anything was."""
    marks = {**dict(_same_cell(runs.unheard, heard)), **dict(_same_burst(runs.unheard, heard))}
    for each, cause in heard.causes.items():
        if cause is not None and (cause.entry.blames_node or cause.entry.blames_outside):
            marks.setdefault(each, cause)
    for each, cause in marks.items():
        _mark_one(runs, each, cause)
    _rewrite(runs.counts.history, marks)
    return bool(marks)


def _same_cell(unheard: Iterable[Unheard], heard: Heard) -> Iterator[tuple[Unheard, Cause]]:
    """All failures of a job on a node where those that were read speak of the node."""
    told = _told(heard, lambda each: (each.node, each.what))
    for each in unheard:
        causes = told.get((each.node, each.what), ())
        first = causes[0] if causes else None
        if len(causes) >= _ENOUGH and first and all(c and c.entry.blames_node for c in causes):
            yield each, first


def _same_burst(unheard: Iterable[Unheard], heard: Heard) -> Iterator[tuple[Unheard, Cause]]:
    """All failures of a job in minutes where those that were read speak of one service."""
    told = _told(heard, lambda each: (each.what, each.end // _BURST))
    for each in unheard:
        causes = told.get((each.what, each.end // _BURST), ())
        first = causes[0] if causes else None
        if first and first.entry.blames_outside:
            about = {cause.entry.about if cause else None for cause in causes}
            if about == {first.entry.about}:
                yield each, first


def _told(heard: Heard, key: Callable[[Unheard], object]) -> dict[object, list[Cause | None]]:
    found: dict[object, list[Cause | None]] = {}
    for each, cause in heard.causes.items():
        found.setdefault(key(each), []).append(cause)
    return found


def _mark_one(runs: LiveRuns, each: Unheard, cause: Cause) -> None:
    if cause.entry.blames_node:
        pool_id, node_id = each.node
        job = runs.counts.node(pool_id, node_id).job(each.job_id)
        job.node_caused = min(job.node_caused + 1, job.failures)


def _rewrite(history: History | None, marks: Mapping[Unheard, Cause]) -> None:
    """Give the rows of marked failures what they are now known to be."""
    if history is None:
        return
    told: dict[Node, dict[tuple[int, int], What]] = {}
    for each, cause in marks.items():
        entry = cause.entry
        service = "" if entry.blames_node else _SERVICES.get(entry.about.value, "")
        what = each.what._replace(node_caused=entry.blames_node, said=entry.name, service=service)
        told.setdefault(each.node, {})[history.index_of(each.what), each.end] = what
    for (pool_id, node_id), rows in told.items():
        node = history.node(pool_id, node_id)
        for place, (index, when) in enumerate(zip(node.what, node.when, strict=True)):
            if (index, when & SECONDS) in rows:
                node.what[place] = history.index_of(rows[index, when & SECONDS])


def with_words(suspicions: Iterable[Suspicion], heard: Heard) -> list[Suspicion]:
    """The suspicions; those of nodes whose programs speak of the node name the words."""
    return [
        replace(each, reasons=_inserted(each.reasons, reason))
        if (reason := _reason(heard.of_node((each.pool_id, each.node_id))))
        else each
        for each in suspicions
    ]


def _inserted(reasons: tuple[Reason, ...], reason: Reason) -> tuple[Reason, ...]:
    return (*reasons[:1], reason, *reasons[1:])


def _reason(causes: Collection[Cause | None]) -> Reason | None:
    """How many of the tasks that were read say what: `19 of 19 say: Read-only file system`."""
    words = Counter(cause.words for cause in causes if cause and cause.entry.blames_node)
    if not words:
        return None
    told = [f"{count} of {len(causes)} say: {text}" for text, count in words.most_common(_SHOWN)]
    return Reason(SAID, "; ".join(told))
