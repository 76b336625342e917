"""When several nodes turned bad together: each alone tells it less exactly than all of them do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from batchdoctor.core.suspicion.course import BEFORE_A_FAILURE, Course

# Nodes that turned bad within so many seconds of each other may have done so together.
_TOGETHER = 1200
FEWEST_TOGETHER = 3
# A node keeps its own onset if the common one is so much less probable for it, as a logarithm, or
# if it is so much for it and those nodes together on average that it suits better.
_OWN = 5.0
_OWN_ON_AVERAGE = 1.0


def common_onsets(courses: Mapping[str, Course]) -> dict[str, int]:
    """The common onset of nodes that turned bad together, by node, in seconds since 1970."""
    own = sorted((course.first_failure, node_id) for node_id, course in courses.items())
    middle = own[len(own) // 2][0] if own else 0
    near = [node_id for second, node_id in own if abs(second - middle) <= _TOGETHER]
    if len(near) < FEWEST_TOGETHER:
        return {}
    together = [courses[node_id] for node_id in near]
    candidates = sorted({course.first_failure for course in together})
    best = max(candidates, key=lambda at: sum(_gain(course, at) for course in together))
    onset = best - _half_a_gap(together, best)
    return {
        node_id: max(onset, courses[node_id].gains[0][0])
        for node_id in _suited(near, courses, best)
    }


def _suited(near: Sequence[str], courses: Mapping[str, Course], at: int) -> Iterator[str]:
    """The nodes whose runs a common onset explains about as well as their own does."""
    losses = {
        name: _gain(courses[name], courses[name].first_failure) - _gain(courses[name], at)
        for name in near
    }
    total = 0.0
    for count, name in enumerate(sorted(losses, key=losses.__getitem__), start=1):
        total += losses[name]
        if losses[name] >= _OWN or total > _OWN_ON_AVERAGE * count:
            return
        yield name


def _gain(course: Course, at: int) -> float:
    """How much likelier the runs that began since are on a sick node than on a sound one."""
    return sum(gain for start, gain in course.gains if start >= at)


def _half_a_gap(courses: Sequence[Course], at: int) -> int:
    """Half of the time in which nothing began on any of the nodes before this moment."""
    before = max((start for each in courses for start, _ in each.gains if start < at), default=at)
    return min((at - before) // 2, BEFORE_A_FAILURE)
