"""Failures against nodes: the worst first, all others as one, none lost."""

from __future__ import annotations

from batchdoctor.core.pictures.matrix import MOST_COLUMNS, MOST_NODES, matrix_of
from batchdoctor.core.suspicion.begun import Share


def test_the_accused_come_first_then_what_failed_most() -> None:
    counts = {
        ("exit code 1", ("p", "a")): Share(2, 2),
        ("exit code 1", ("p", "b")): Share(5, 5),
        ("exit code 9", ("p", "c")): Share(1, 1),
    }
    found = matrix_of("message", counts, [("p", "c")])
    assert found is not None
    assert (found.columns, found.nodes) == (["exit code 1", "exit code 9"], ["p/c", "p/b", "p/a"])
    assert found.accused == [True, False, False]
    assert [[cell.failures for cell in row] for row in found.cells] == [[0, 1], [5, 0], [2, 0]]
    assert not found.has_runs


def test_what_does_not_fit_is_counted_with_the_others() -> None:
    counts = {
        (f"job-{job:03}", ("p", f"n{node:03}")): Share(10, job % 2)
        for job in range(40)
        for node in range(100)
    }
    found = matrix_of("job", counts)
    assert found is not None
    assert (len(found.nodes), len(found.columns)) == (MOST_NODES + 1, MOST_COLUMNS + 1)
    assert (found.nodes[-1], found.columns[-1]) == ("70 other nodes", "30 other jobs")
    assert found.failures == 2000
    assert sum(cell.runs for row in found.cells for cell in row) == 40_000
    assert found.has_runs


def test_nothing_is_drawn_where_nothing_failed() -> None:
    assert matrix_of("job", {("j", ("p", "n")): Share(3, 0)}) is None
