"""When several nodes were sick together and are well again: each alone may have run too little."""

from __future__ import annotations

from collections.abc import Mapping

from batchdoctor.core.suspicion.course import WELL_AGAIN, Course

# Nodes were sick together if their bad stretches began within so many seconds.
_TOGETHER = 1200
# A stretch seems so much longer, in seconds, where a run outlasted the cause or failed by itself.
_LONGER = 600
_FEWEST = 3
# What runs since then must say for most of the nodes, for each of them, and for all together.
_WELL = 2.0
_WELL_ALONE = 0.5
_WELL_TOGETHER = 3 * WELL_AGAIN


def well_together(courses: Mapping[str, Course]) -> set[str]:
    """The nodes that, beside others that were sick when they were, can be said to be well again.

    What ended on several nodes at once had one cause, and where most of them seem well it is
    over for those, too, that failed no longer than these and have run a little less since.
    """
    once = {name: each for name, each in courses.items() if each.trend != "intermittent"}
    firsts = sorted(each.first_failure for each in once.values())
    if len(firsts) < _FEWEST:
        return set()
    middle = firsts[len(firsts) // 2]
    near = {name for name in once if abs(once[name].first_failure - middle) <= _TOGETHER}
    well = {name: once[name].last_failure for name in near if once[name].well >= _WELL}
    together = sum(once[name].well for name in near)
    if len(well) < _FEWEST or 2 * len(well) < len(near) or together < _WELL_TOGETHER:
        return set()
    return {
        name
        for name in near
        if once[name].well >= _WELL_ALONE
        and once[name].last_failure
        <= _LONGER + max(at for each, at in well.items() if each != name)
    }
