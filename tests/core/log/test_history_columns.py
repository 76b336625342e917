"""A history as plain data, and the history that is judged."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from batchdoctor.core.log.grain import Grain
from batchdoctor.core.log.history_columns import (
    HistoryColumns,
    PackedRuns,
    PoolColumns,
    columns_of,
    history_of,
    judged,
)
from batchdoctor.core.suspicion.history import HALF, History, What

WELL, FAILED = What("j", 1), What("j", 1, failed=True, code="FailureExitCode")
BEGIN = 1_700_000_000
RUNS = 4000
# What ran, on which node of which pool, when it began, and how long it took.
Told = tuple[What, str, str, int, int]


def told(seed: int = 1) -> list[Told]:
    rnd = random.Random(seed)
    return [
        (
            FAILED if rnd.random() < 0.1 else What("jk"[rnd.randrange(2)], rnd.randrange(3)),
            f"p{rnd.randrange(2)}",
            f"n{rnd.randrange(9)}",
            BEGIN + rnd.randrange(20_000),
            rnd.randrange(1, 900),
        )
        for _ in range(RUNS)
    ]


def history(runs: list[Told]) -> History:
    found = History()
    for what, pool_id, node_id, start, length in runs:
        pool = found.pool(pool_id)
        column = pool.runs_of(found.index_of(what))
        column.nodes.append(pool.number_of(node_id))
        column.when.append(start << HALF | start + length)
    return found


def rows(found: History) -> list[Told]:
    return sorted(
        (found.whats[what], pool_id, nodes[node], start, end - start)
        for pool_id, nodes, what, runs in found.without(())
        for node, start, end in runs.rows()
    )


def test_a_history_comes_back_from_its_columns() -> None:
    runs = told()
    assert rows(history_of([columns_of(history(runs))])) == sorted(runs)
    assert history_of([columns_of(History())]) == History() == history_of([])


@pytest.mark.parametrize("grain", [Grain(), Grain(64), Grain(1, 4), Grain(256, 8)])
def test_any_split_is_judged_as_the_whole(grain: Grain) -> None:
    runs, rnd = told(), random.Random(2)
    expected = rows(judged(history(runs), grain))
    for count in (1, 2, 7):
        parts: list[list[Told]] = [[] for _ in range(count)]
        for run in rnd.sample(runs, len(runs)):
            rnd.choice(parts).append(run)
        assert rows(history_of([columns_of(history(each), grain) for each in parts], grain)) == (
            expected
        )


def test_of_a_success_the_grain_and_some_of_the_length_is_kept_and_of_a_failure_all() -> None:
    runs = told()
    found = rows(judged(history(runs), Grain(64)))
    assert [run for run in found if run[0].failed] == sorted(run for run in runs if run[0].failed)
    assert Counter((*run[:3], run[3] // 64) for run in found) == Counter(
        (*run[:3], run[3] // 64) for run in runs
    )
    lengths = sorted(run[4] for run in runs if not run[0].failed)
    kept = sorted(run[4] for run in found if not run[0].failed)
    assert all(least <= full < least * 1.125 for least, full in zip(kept, lengths, strict=True))
    assert len(set(kept)) < 64 < len(set(lengths))


def test_runs_of_a_node_within_a_grain_stand_evenly() -> None:
    begin = BEGIN - BEGIN % 64
    same: list[Told] = [(WELL, "p", "n", begin + 3, length) for length in (9, 5, 5, 7)]
    assert rows(judged(history([*same, (WELL, "p", "m", begin, 1)]), Grain(64))) == [
        (WELL, "p", "m", begin + 32, 1),
        (WELL, "p", "n", begin + 8, 5),
        (WELL, "p", "n", begin + 24, 5),
        (WELL, "p", "n", begin + 40, 7),
        (WELL, "p", "n", begin + 56, 9),
    ]


def test_of_too_many_runs_some_of_each_kind_and_node_are_judged() -> None:
    runs = told()
    found = rows(judged(history(runs), Grain(1, 8)))
    assert len(found) == RUNS // 8
    assert set(found) <= set(runs)
    for key in (lambda run: run[0].failed, lambda run: run[2], lambda run: run[3] // 5000):
        whole, part = Counter(map(key, runs)), Counter(map(key, found))
        assert all(abs(8 * part[each] - times) < 0.35 * times for each, times in whole.items())


@pytest.mark.parametrize(
    "runs", [PackedRuns(1, 1, b"", b""), PackedRuns(0, 3, b"", b"")], ids=["what", "node"]
)
def test_runs_of_what_is_not_there_are_refused(runs: PackedRuns) -> None:
    with pytest.raises(IndexError, match="not there"):
        HistoryColumns(1, [WELL], [PoolColumns("p", ["n", "m"], [runs])]).check()
    with pytest.raises((ValueError, IndexError)):
        history_of([HistoryColumns(1, [WELL], [PoolColumns("p", ["n", "m"], [runs])])])
