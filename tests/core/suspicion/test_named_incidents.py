"""One small incident of every family: the sick nodes are suspect, and nobody else."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from batchdoctor.core.suspicion.judge import judge
from batchdoctor.core.suspicion.run_counts import RunCounts
from tests.benchmarks.incidents.as_log import counts_of
from tests.benchmarks.incidents.healthy import HEALTHY
from tests.benchmarks.incidents.parts import OUT_OF_STORAGE, PLAIN
from tests.benchmarks.incidents.scheduler import Run, Task, World
from tests.benchmarks.incidents.sick import SICK

Family = Callable[[random.Random], World]


def _name(family: Family) -> str:
    return f"{family.__module__.rpartition('.')[2]} {family.__name__}"


@pytest.mark.parametrize("family", HEALTHY + SICK, ids=_name)
def test_exactly_the_sick_nodes_are_suspect(family: Family) -> None:
    world = family(random.Random(11))
    found = judge(counts_of(world.run()))
    assert {each.node_id for each in found if each.verdict == "suspect"} == world.sick


def test_a_node_that_is_well_again_is_watched_and_its_course_is_told() -> None:
    world = next(family for family in SICK if family.__name__ == "well_again")(random.Random(3))
    (node_id,) = world.over
    (found,) = [each for each in judge(counts_of(world.run())) if each.node_id == node_id]
    assert (found.verdict, found.trend) == ("watch", "over")
    assert found.onset is not None
    assert found.last_failure_time is not None
    assert found.onset < found.last_failure_time
    assert "over: " in found.reasons[0].message


# Seconds at which runs of the ten nodes began; from here on an outage fails all of them.
AWAY = 600


def _beside_an_outage(failures: int) -> RunCounts:
    """Ten nodes with eight runs each before an outage and ten in it; one failed some of the eight.

    Two other runs failed as well.
    """
    runs = [
        Run(Task("job", f"t{node}-{number}", 60.0), f"tvm-{node}", second, second + 40.0, 0, fault)
        for node in range(10)
        for number in range(18)
        for second in [75.0 * number + 3 * node]
        for bad in [number < failures if node == 0 else (node in {3, 7} and number == 4)]
        for fault in [OUT_OF_STORAGE if second >= AWAY else PLAIN if bad else None]
    ]
    return counts_of(runs)


@pytest.mark.parametrize(
    ("failures", "verdicts"), [(6, {"tvm-0": "suspect"}), (4, {"tvm-0": "watch"}), (2, {})]
)
def test_beside_an_outage_a_node_is_judged_by_what_is_left_of_its_runs(
    failures: int, verdicts: dict[str, str]
) -> None:
    found = judge(_beside_an_outage(failures))
    assert {each.node_id: each.verdict for each in found} == verdicts
