"""One small incident of every family: the sick nodes are suspect, and nobody else."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from batchdoctor.core.suspicion.judge import judge
from tests.benchmarks.incidents.as_log import counts_of
from tests.benchmarks.incidents.healthy import HEALTHY
from tests.benchmarks.incidents.scheduler import World
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
