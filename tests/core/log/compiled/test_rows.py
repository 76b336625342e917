"""Compiled code goes through rows of attempts as Python does, and refuses what are none."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchdoctor.core.log import attempt_rows, run_columns
from batchdoctor.core.log.attempt import Names
from batchdoctor.core.log.attempt_store import AttemptStore
from batchdoctor.core.log.event import LogRecord
from batchdoctor.core.log.left import left_of
from batchdoctor.core.log.shards import left_from, left_to_bytes
from batchdoctor.core.log.tally import Tally
from batchdoctor.core.suspicion.history import Runs
from tests.core.log.test_tally import RECORDS, complete, fail, start, tally_of

_rows = pytest.importorskip(
    "batchdoctor.core.log.compiled._rows", reason="nothing was compiled here", exc_type=ImportError
)
WAYS = (_rows, None)


def each_way(do: Any) -> list[Any]:
    """What something gives with compiled code, and without."""
    found = []
    for way in WAYS:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(attempt_rows, "_rows", way)
            patch.setattr(run_columns, "_rows", way)
            found.append(do())
    return found


def told(store: AttemptStore) -> tuple[Any, ...]:
    left = left_of(store)
    known = {
        (left.names.jobs[job], left.names.node(packed), left.names.outcome(packed), packed & 255): n
        for (job, packed), n in left.count.by_packed.items()
    }
    count = left.count
    numbers = (count.told, count.retried, count.requeued, count.service_retries, count.oldest_open)
    return known, numbers, dict(count.failed_at), left.history()


@given(st.lists(RECORDS, max_size=30), st.lists(RECORDS, max_size=30))
def test_rows_are_counted_alike(some: list[LogRecord], others: list[LogRecord]) -> None:
    def do() -> Any:
        parts = [tally_of(*each, hot_limit=5, portable=True) for each in (some, others)]
        names = Names(portable=True)
        # So that their indices are other ones than those of the parts.
        names.node_bits(parts[-1].names.nodes[0]) if parts[-1].names.nodes else None
        names.job_index("none of them")
        store = AttemptStore(names)
        for part in parts:
            store.take_over(b"".join(part.attempts.buckets()), part.names)
        first = left_to_bytes(left_of(store), "left")
        again = left_from(first, "it", "left")
        return told(store), sorted(map(len, store.buckets())), again.history()

    compiled, plain = each_way(do)
    assert compiled == plain


def many(tasks: int = 3000) -> Tally:
    records: list[LogRecord] = []
    for number in range(tasks):
        named: dict[str, Any] = {
            "task": f"t{number}",
            "job": f"j{number % 7}",
            "node": f"n{number % 11}",
        }
        records += [start(minutes=number, **named), complete(minutes=number + 3, **named)]
        if number % 5 == 0:
            records.append(fail(number % 3, minutes=number + 4, **named))
        if number % 9 == 0:
            records.append(complete(minutes=number + 9, retryCount=1, **named))
    return tally_of(*records, hot_limit=500, portable=True)


def test_many_rows_are_counted_alike() -> None:
    compiled, plain = each_way(lambda: told(many().attempts))
    assert compiled == plain
    assert sum(compiled[0].values()) > 3000


def test_many_jobs_are_counted_as_few_are(monkeypatch: pytest.MonkeyPatch) -> None:
    records = [
        make(job=f"j{number}", minutes=minutes)
        for number in range(40)
        for minutes, make in ((0, start), (1, complete if number % 3 else fail))
    ]
    few = told(tally_of(*records, portable=True).attempts)
    monkeypatch.setattr("batchdoctor.core.log.attempt_count.MANY_JOBS", 10)
    for found in each_way(lambda: told(tally_of(*records, portable=True).attempts)):
        assert found == few


TIMES = st.integers(0, 2**32 - 1)


# Small ones too, so that runs meet at one place.
SOME = st.one_of(TIMES, st.integers(0, 40))
ROWS = st.lists(st.tuples(SOME, SOME, SOME), max_size=40)


def runs_of(rows: Sequence[tuple[int, int, int]]) -> Runs:
    return Runs([node for node, *_ in rows], [start << 32 | end for _, start, end in rows])


def again(packed: run_columns.Packed, grain: int) -> Runs:
    size, steps, lengths = packed
    return run_columns.unpacked(size, steps, lengths, grain)


@given(ROWS)
def test_runs_are_packed_alike_and_come_back(rows: Sequence[tuple[int, int, int]]) -> None:
    compiled, plain = each_way(lambda: run_columns.packed(runs_of(rows), 1))
    assert compiled == plain
    for found in each_way(lambda: again(compiled, 1)):
        assert sorted(found.rows()) == sorted(rows)


# A grain takes nothing of what is not known; and nothing began within minutes of 1970.
KNOWN = st.one_of(st.just(0), st.integers(10**6, 10**6 + 40), st.integers(10**6, 2**32 - 1))


@given(
    st.lists(st.tuples(st.integers(0, 2), KNOWN, KNOWN), max_size=40),
    st.sampled_from([1, 2, 8, 256]),
)
def test_runs_that_a_grain_keeps_are_the_same_once_they_were_packed(
    rows: Sequence[tuple[int, int, int]], grain: int
) -> None:
    compiled, plain = each_way(lambda: run_columns.packed(runs_of(rows), grain))
    assert compiled == plain
    expected, same = each_way(lambda: [*run_columns.evened(runs_of(rows), grain).rows()])
    assert expected == same
    for found in each_way(lambda: again(compiled, grain)):
        assert [*run_columns.evened(found, grain).rows()] == expected


@pytest.mark.parametrize(
    ("size", "steps", "lengths", "grain"),
    [
        (1, b"\x80", b"\x00", 1),
        (1, b"\x01", b"", 1),
        (1, b"", b"\x01", 1),
        (0, b"\x00", b"\x00", 1),
        (1, b"\x01", b"\xff\xff\xff\xff\x7f", 1),
        (1, b"\xff" * 11, b"\x00", 1),
        (1, b"\xff" * 9 + b"\x7f", b"\x00", 1),
        (1, b"\x80\x80\x80\x80\x10", b"\x00", 1),
        (1, b"\x80\x80\x80\x08", b"\x00", 4096),
    ],
)
def test_what_are_no_runs_are_refused(size: int, steps: bytes, lengths: bytes, grain: int) -> None:
    def refused() -> bool:
        with pytest.raises(ValueError):  # noqa: PT011 - both ways have words of their own
            run_columns.unpacked(size, steps, lengths, grain)
        return True

    assert each_way(refused) == [True, True]


def test_the_compiled_part_refuses_what_are_no_rows() -> None:
    row = tally_of(complete(), portable=True).attempts.rows()
    nodes, outcomes, jobs = array("Q", [0]), array("Q", [0]), array("I", [0])
    assert len(_rows.translated(row, nodes, outcomes, jobs)) == 38
    for part in (row[:-1], row + b"x"):
        with pytest.raises(ValueError, match="not whole"):
            _rows.split(part)
    for changed in (
        (row, array("Q"), outcomes, jobs),
        (row, nodes, array("Q"), jobs),
        (row, nodes, outcomes, array("I")),
        (row[:25] + b"\0" + row[26:], nodes, outcomes, jobs),
    ):
        with pytest.raises(ValueError, match="of what is not there"):
            _rows.translated(*changed)
    with pytest.raises(ValueError, match="not an array of such numbers"):
        _rows.translated(row, array("I", [0]), outcomes, jobs)
    with pytest.raises(ValueError, match="not an array of such numbers"):
        _rows.counted(row, array("Q", [0]))
    with pytest.raises(ValueError, match="not whole"):
        _rows.spread([(array("q", [1, 2, 3]), 0, 0)])
    with pytest.raises(TypeError, match="not a list"):
        _rows.spread(())
    with pytest.raises(ValueError, match="not equally long"):
        _rows.packed(array("I", [1]), array("Q"), 1)
    with pytest.raises(ValueError, match="no grain"):
        _rows.evened(array("I", [1]), array("Q", [1]), 0)
    assert _rows.split(b"") == (b"", b"")
    assert _rows.spread([]) == [b""] * 256
