"""Compiled code finds the changes that Python finds, and refuses what are no runs."""

from __future__ import annotations

import random
from array import array
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchdoctor.core.suspicion import begun, blocks, cuts, durations, stretches
from batchdoctor.core.suspicion import history as history_of_runs
from batchdoctor.core.suspicion.begun import Begun
from batchdoctor.core.suspicion.history import History, Runs, What
from batchdoctor.core.suspicion.judge import judge
from batchdoctor.core.suspicion.pool_runs import PoolRuns
from batchdoctor.core.suspicion.rise import rises_of
from batchdoctor.core.suspicion.run_counts import RunCounts

_runs = pytest.importorskip(
    "batchdoctor.core.suspicion.compiled._runs",
    reason="nothing was compiled here",
    exc_type=ImportError,
)
BEGIN = datetime(2026, 8, 1, tzinfo=UTC)


def each_way(do: Callable[[], Any]) -> list[Any]:
    """What something gives with compiled code, and without."""
    found = []
    for way in (_runs, None):
        with pytest.MonkeyPatch.context() as patch:
            for module in (begun, blocks, cuts, durations, history_of_runs, stretches):
                patch.setattr(module, "_runs", way)
            found.append(do())
    return found


def alike(do: Callable[[], Any]) -> Any:
    compiled, plain = each_way(do)
    assert compiled == plain
    return compiled


# Runs at a place, and a share of them that failed which stays for some places.
SHARES = st.lists(
    st.tuples(st.integers(1, 60), st.sampled_from([0.0, 0.02, 0.2, 0.5, 0.9, 1.0])), max_size=8
)


@given(SHARES, st.integers(1, 9), st.randoms(use_true_random=False))
def test_a_share_is_cut_at_the_same_places(
    shares: Sequence[tuple[int, float]], most: int, rnd: random.Random
) -> None:
    runs, failures = [], []
    for places, share in shares:
        for _ in range(places):
            runs.append(rnd.randint(1, most))
            failures.append(sum(rnd.random() < share for _ in range(runs[-1])))
    alike(lambda: cuts.cuts_of(runs, failures))


@pytest.mark.parametrize("seed", range(6))
def test_a_long_share_that_changes_often_is_cut_at_the_same_places(seed: int) -> None:
    rnd = random.Random(seed)
    failures = [
        int(rnd.random() < share)
        for share in (0.03, 0.4, 0.03, 0.9, 0.1, 0.12, 0.5, 0.0, 1.0, 0.3)
        for _ in range(rnd.randint(20, 900))
    ]
    assert len(alike(lambda: cuts.cuts_of([1] * len(failures), failures))) > 4


# When a run started and ended in seconds, 0 for what is not known, and its node.
ENDS = st.integers(1, 300) | st.integers(1, 2**32 - 1)
RUNS = st.lists(st.tuples(st.integers(0, 3), st.just(0) | ENDS, ENDS), max_size=30)


def history_of(*ran: tuple[What, Sequence[tuple[int, int, int]]]) -> History:
    history = History()
    pool = history.pool("p")
    for name in "abcd":
        pool.number_of(name)
    for what, rows in ran:
        runs = Runs([node for node, *_ in rows], [start << 32 | end for _, start, end in rows])
        pool.runs[history.index_of(what)] = runs
    return history


@given(RUNS, RUNS, st.sets(st.sampled_from("abcd"), max_size=2), st.booleans())
def test_blocks_and_points_in_time_are_found_alike(
    well: Sequence[tuple[int, int, int]],
    failed: Sequence[tuple[int, int, int]],
    odd: set[str],
    by_start: bool,
) -> None:
    history = history_of((What("j", 1), well), (What("j", 1, failed=True), failed))

    def do() -> Any:
        begun = Begun(history, {("p", name) for name in odd})
        points = [
            tuple(map(list, each)) for each in (begun.points(), *dict(begun.by_job(1)).values())
        ]
        runs = PoolRuns(history, "p")
        found = blocks.blocks_of(runs, odd, by_start=by_start)
        counts = blocks.Blocks(runs, {0: [1, 9, 4000]}, by_start=by_start).counts()
        latest = durations._latest(runs, fewest=3, most=8)
        kept = [
            list(each.pairs())
            for ran in runs.runs.values()
            for each in (ran.of_nodes(b"\0\1\1\0"), ran.since(array("Q", latest), started=True))
        ]
        spans = [each.span for each in runs.runs.values()]
        return points, found.cuts, found.counts(), counts, latest, kept, spans

    alike(do)


def farm(seed: int, *, failing: float, sick: float = 0.95, jobs: int = 3) -> History:
    """Some days of a pool, in which a node turns sick and a job does."""
    rnd, history = random.Random(seed), History()
    for minute in range(1500):
        node, job = rnd.randrange(12), rnd.randrange(jobs)
        share = failing
        if node == 3 and 400 < minute < 900:
            share = sick
        if job == 1 and minute > 1200:
            share = 0.9
        start = BEGIN + timedelta(minutes=minute, seconds=rnd.randrange(200))
        what = What(f"j{job}", 7, failed=rnd.random() < share, code="FailureExitCode")
        history.add("p", f"n{node}", what, start, start + timedelta(seconds=rnd.randrange(900)))
    return history


def counts_of(history: History) -> RunCounts:
    counts = RunCounts(history=history)
    for pool_id, nodes, index, runs in history.without(()):
        what = history.whats[index]
        for node, _, _ in runs.rows():
            counts.add(pool_id, nodes[node], what.job_id, failed=what.failed, code=what.code)
    return counts


@pytest.mark.parametrize("failing", [0.01, 0.1, 0.35])
@pytest.mark.parametrize("seed", range(3))
def test_nodes_are_judged_and_rises_told_alike(seed: int, failing: float) -> None:
    history = farm(seed, failing=failing)

    def do() -> Any:
        return judge(counts_of(history)), list(rises_of(Begun(history)))

    judged, risen = alike(do)
    assert [each.node_id for each in judged] == ["n3"]
    assert [each.job_id for each in risen] == ["j1"]


def test_not_even_the_last_second_there_is_lets_a_run_of_another_node_by() -> None:
    runs = Runs([0, 1], [2**64 - 1, 2**64 - 1])
    assert alike(lambda: list(runs.of_nodes(b"\0\1").pairs())) == [(1, 2**64 - 1)]


@given(st.lists(st.integers(0, 50), max_size=40), st.data())
def test_gaps_between_failures_are_alike(seconds: list[int], data: st.DataObject) -> None:
    every = array("I", sorted(seconds))
    failed = array("I", sorted(data.draw(st.lists(st.sampled_from(seconds or [1]), max_size=20))))

    def do() -> Any:
        gaps = stretches._gaps(every, failed)
        return list(gaps), [stretches._best(gaps, 0.1, sick) for sick in (0.2, 0.5, 0.95)]

    alike(do)


def columns() -> Iterator[tuple[Callable[[], object], str]]:
    q, uint, when = array("q", [1]), array("I", [1]), array("Q", [1])
    yield lambda: _runs.of_points(uint, q), "not an array of such numbers"
    yield lambda: _runs.of_points(q, uint), "not an array of such numbers"
    yield lambda: _runs.of_points(q, array("q")), "not equally long"
    for runs, failures in ((1, 2), (1, -1), (-1, -1), (2**40, 1)):
        point = array("q", [runs]), array("q", [failures])
        yield lambda point=point: _runs.of_points(*point), "cannot be"  # type: ignore[misc]
    yield lambda: _runs.of_line(q, uint, 0, 1), "not an array of such numbers"
    yield lambda: _runs.of_line(uint, q, 0, 1), "not an array of such numbers"
    for begin, width in ((2, 1), (0, 0), (0, -1), (-1, 1), (0, 2**40)):
        yield (
            lambda begin=begin, width=width: _runs.of_line(uint, uint, begin, width),  # type: ignore[misc]
            "before the beginning",
        )
    yield lambda: _runs.points([q, uint], [], 6), "not an array of such numbers"
    yield lambda: _runs.points([when], [uint], 6), "not an array of such numbers"
    for bits in (-1, 32):
        yield lambda bits=bits: _runs.points([], [], bits), "not so many bits"  # type: ignore[misc]
    yield lambda: _runs.only(uint, when, when, True), "not there"
    yield lambda: _runs.only(array("I"), when, when, True), "not equally long"
    yield lambda: _runs.by_node([(uint, uint)], b"\1"), "not there"
    yield lambda: _runs.counted([(uint, None, True, True)], q, 1), "not there"
    yield lambda: _runs.counted([], q, 0), "not so many places"
    yield lambda: _runs.latest([(uint, when)], 1, 1), "not there"
    yield lambda: _runs.latest([], 1, 0), "not so many"
    yield lambda: _runs.gaps(q, uint), "not an array of such numbers"
    yield lambda: _runs.gaps(uint, q), "not an array of such numbers"
    yield lambda: _runs.most_telling(q, 0.0, 0.0), "not an array of such numbers"


@pytest.mark.parametrize(("do", "words"), list(columns()))
def test_the_compiled_part_refuses_what_are_no_columns(
    do: Callable[[], object], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        do()


@given(st.lists(st.integers(0, 2**32 - 1), max_size=30), st.integers(1, 2**32 - 1), st.data())
def test_any_seconds_may_be_those_of_a_line(
    seconds: list[int], width: int, data: st.DataObject
) -> None:
    failed = data.draw(st.lists(st.integers(0, 2**32 - 1), max_size=30))
    begin = min([*seconds, *failed], default=0)
    found = _runs.of_line(array("I", seconds), array("I", failed), begin, width)
    assert found == sorted(found)
