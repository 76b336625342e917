"""Hours of nodes: whatever the schedule, the parts are those of a reckoning second by second."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from batchdoctor.core.cost.purpose import Purpose
from batchdoctor.core.cost.reckoning import PoolSpent, PoolTold, Window, WithoutTask, reckon
from batchdoctor.core.cost.runs import NodeRuns, PoolRuns, Run, code_of
from batchdoctor.core.cost.sizes import PoolSizes
from batchdoctor.core.cost.spending import whole_seconds
from tests.core.cost.by_second import SECOND, PlainRun, PlainSpan, by_second

NODES = ("n1", "n2", "n3")
LONGEST = 16
OF_RUNS = (
    Purpose.SUCCEEDED,
    Purpose.FAILED,
    Purpose.REPEATED,
    Purpose.INTERRUPTED,
    Purpose.RUNNING,
    Purpose.NOT_KNOWN,
)
OF_STATES = (Purpose.IDLE, Purpose.STARTING, Purpose.UNUSABLE, Purpose.PREEMPTED)

seconds = st.integers(0, LONGEST)
runs = st.lists(
    st.builds(
        lambda node, a, b, purpose: PlainRun(node, min(a, b), max(a, b), purpose),
        st.sampled_from(NODES),
        seconds,
        seconds,
        st.sampled_from(OF_RUNS),
    ),
    max_size=12,
)
windows = st.tuples(seconds, seconds).map(lambda pair: (min(pair), max(pair)))
sizes = st.dictionaries(seconds, st.integers(0, 5), max_size=5)


@st.composite
def spans(draw: st.DrawFn) -> list[PlainSpan]:
    """States of some nodes, one after the other, with gaps of which nobody tells."""
    found = []
    for node in draw(st.lists(st.sampled_from(NODES), unique=True)):
        moments = sorted(draw(st.lists(seconds, min_size=2, max_size=6, unique=True)))
        for start, end in pairwise(moments):
            if draw(st.booleans()):
                found.append(PlainSpan(node, start, end, draw(st.sampled_from(OF_STATES))))
    return found


def reckoned(
    window: tuple[int, int],
    told: list[PlainRun],
    states: list[PlainSpan] | None = None,
    moments: dict[int, int] | None = None,
) -> PoolSpent:
    pool = PoolRuns("p")
    for number, run in enumerate(told):
        node, code = pool.node(run.node), code_of(number % 2, run.purpose)
        node.add(run.start * SECOND, run.end * SECOND, number, code)
    known = PoolSizes() if moments is not None else None
    for moment, many in (moments or {}).items():
        assert known is not None
        known.note(moment * SECOND, many)
    nodes: dict[str, list[WithoutTask]] = {}
    for each in states or ():
        there = WithoutTask(each.start * SECOND, each.end * SECOND, each.purpose)
        nodes.setdefault(each.node, []).append(there)
    start, end = window
    return reckon(
        PoolTold(runs=pool, sizes=known, nodes=nodes), Window(start * SECOND, end * SECOND)
    )


def in_seconds(spent: PoolSpent) -> dict[Purpose, Fraction]:
    return {purpose: length / SECOND for purpose, length in spent.by_purpose.items()}


@given(windows, runs)
def test_runs_and_the_gaps_between_them_are_those_of_each_second(
    window: tuple[int, int], told: list[PlainRun]
) -> None:
    assert in_seconds(reckoned(window, told)) == by_second(window, told)


@given(windows, runs, spans())
def test_states_fill_what_the_runs_leave(
    window: tuple[int, int], told: list[PlainRun], states: list[PlainSpan]
) -> None:
    assert in_seconds(reckoned(window, told, states)) == by_second(window, told, states)


@given(windows, runs, sizes)
def test_sizes_of_the_pool_tell_of_nodes_that_ran_nothing(
    window: tuple[int, int], told: list[PlainRun], moments: dict[int, int]
) -> None:
    assert in_seconds(reckoned(window, told, None, moments)) == by_second(
        window, told, None, moments
    )


@given(windows, runs, spans(), sizes)
def test_the_parts_of_jobs_and_of_nodes_are_parts_of_the_whole(
    window: tuple[int, int],
    told: list[PlainRun],
    states: list[PlainSpan],
    moments: dict[int, int],
) -> None:
    spent = reckoned(window, told, states, moments)
    of_jobs = {
        purpose: sum((job.get(purpose, Fraction()) for job in spent.by_job.values()), Fraction())
        for purpose in OF_RUNS[:5]
    }
    assert of_jobs == {
        purpose: spent.by_purpose.get(purpose, Fraction()) for purpose in OF_RUNS[:5]
    }
    of_nodes = sum((sum(node.values()) for node in spent.by_node.values()), Fraction())
    assert of_nodes <= spent.total
    if not moments:
        assert of_nodes == spent.total


@given(windows, seconds, runs)
def test_two_windows_side_by_side_are_one(
    window: tuple[int, int], cut: int, told: list[PlainRun]
) -> None:
    start, end = window
    between = min(max(cut, start), end)
    halves = [reckoned((start, between), told).total, reckoned((between, end), told).total]
    assert sum(halves) == reckoned(window, told).total


def test_tasks_that_share_a_node_share_its_time() -> None:
    told = [
        PlainRun("n1", 0, 40, Purpose.SUCCEEDED),
        PlainRun("n1", 10, 20, Purpose.FAILED),
        PlainRun("n1", 10, 20, Purpose.FAILED),
    ]
    assert in_seconds(reckoned((0, 60), told)) == {
        Purpose.SUCCEEDED: 30 + Fraction(10, 3),
        Purpose.FAILED: Fraction(20, 3),
    }


def test_a_run_whose_end_is_not_told_takes_nothing_from_those_that_are() -> None:
    told = [
        PlainRun("n1", 0, 50, Purpose.NOT_KNOWN),
        PlainRun("n1", 10, 20, Purpose.SUCCEEDED),
    ]
    assert in_seconds(reckoned((0, 60), told)) == {
        Purpose.SUCCEEDED: 10,
        Purpose.NOT_KNOWN: 40,
    }


@given(st.lists(st.fractions(0, 10**7), max_size=20))
def test_whole_seconds_add_up_to_the_whole(lengths: list[Fraction]) -> None:
    found = whole_seconds(lengths)
    assert sum(found) == round(sum(lengths, Fraction()) / SECOND)
    assert all(abs(a - b / SECOND) < 1 for a, b in zip(found, lengths, strict=True))


def test_a_run_that_is_told_of_again_and_again_takes_the_memory_of_one() -> None:
    node = NodeRuns()
    for _ in range(100):
        for task in range(1000):
            node.add(task * 60, task * 60 + 50, task, code_of(0, Purpose.SUCCEEDED))
    assert len(node) < 4000
    assert node.distinct() == [
        Run(task * 60, task * 60 + 50, task, code_of(0, Purpose.SUCCEEDED)) for task in range(1000)
    ]
