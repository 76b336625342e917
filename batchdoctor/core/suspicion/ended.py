"""Leaves out what was ended from outside: with its job, by request or by the job's time limit."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence

from batchdoctor.core.suspicion.history import NodeHistory, What, rows_of, start_and_end

# Tasks that are ended together end within so many seconds.
TOGETHER = 10
# Tasks that reached one time limit ran equally long, up to this share.
_SAME_LENGTH = 0.03


def ended_from_outside(
    nodes: Mapping[str, NodeHistory], whats: Sequence[What]
) -> dict[str, NodeHistory]:
    """The nodes without the runs that somebody ended.

    The service has one code for that and for a task's own time limit. Tasks that reached a limit
    ran equally long and end one by one; all else was ended by request or with the job.
    """
    suspended = {index for index, what in enumerate(whats) if what.ended}
    if not suspended:
        return dict(nodes)
    lengths: dict[str, list[int]] = {}
    ends: dict[str, list[int]] = {}
    for node in nodes.values():
        for index, when in rows_of(node):
            if index in suspended:
                start, end = start_and_end(when)
                lengths.setdefault(whats[index].job_id, []).append(end - start if start else 0)
                ends.setdefault(whats[index].job_id, []).append(end)
    limits = {job_id: max(each) for job_id, each in lengths.items()}
    for each in ends.values():
        each.sort()
    return {node_id: _kept(node, whats, suspended, limits, ends) for node_id, node in nodes.items()}


def _kept(
    node: NodeHistory,
    whats: Sequence[What],
    suspended: set[int],
    limits: Mapping[str, int],
    ends: Mapping[str, Sequence[int]],
) -> NodeHistory:
    if suspended.isdisjoint(node.what):
        return node
    kept = NodeHistory()
    for index, when in rows_of(node):
        job_id = whats[index].job_id
        if index in suspended and not _by_limit(when, limits[job_id], ends[job_id]):
            continue
        kept.add(index, when)
    return kept


def _by_limit(when: int, limit: int, ends: Sequence[int]) -> bool:
    start, end = start_and_end(when)
    together = bisect_right(ends, end + TOGETHER) - bisect_left(ends, end - TOGETHER)
    full = bool(start) and end - start >= limit * (1 - _SAME_LENGTH)
    return full and together == 1 and len(ends) > 1
