"""Leaves out what was ended from outside: with its job, by request or by the job's time limit."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence

from batchdoctor.core.suspicion.history import Runs, What

# Tasks that are ended together end within so many seconds.
TOGETHER = 10
# Tasks that reached one time limit ran equally long, up to this share.
_SAME_LENGTH = 0.03


def ended_from_outside(runs: Mapping[int, Runs], whats: Sequence[What]) -> dict[int, Runs]:
    """The runs, by index of what ran, without those that somebody ended.

    The service has one code for that and for a task's own time limit. Tasks that reached a limit
    ran equally long and end one by one; all else was ended by request or with the job.
    """
    suspended = [what for what in runs if whats[what].ended]
    if not suspended:
        return dict(runs)
    limits: dict[str, int] = {}
    ends: dict[str, list[int]] = {}
    for what in suspended:
        job_id = whats[what].job_id
        lengths = [end - start if start else 0 for _, start, end in runs[what].rows()]
        limits[job_id] = max(limits.get(job_id, 0), *lengths, 0)
        ends.setdefault(job_id, []).extend(runs[what].ends)
    for each in ends.values():
        each.sort()
    kept = dict(runs)
    for what in suspended:
        job_id = whats[what].job_id
        limit, together = limits[job_id], ends[job_id]
        kept[what] = runs[what].only(
            [_by_limit(start, end, limit, together) for _, start, end in runs[what].rows()]
        )
    return kept


def _by_limit(start: int, end: int, limit: int, ends: Sequence[int]) -> bool:
    together = bisect_right(ends, end + TOGETHER) - bisect_left(ends, end - TOGETHER)
    full = bool(start) and end - start >= limit * (1 - _SAME_LENGTH)
    return full and together == 1 and len(ends) > 1
