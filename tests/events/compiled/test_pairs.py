"""Compiled code counts what the decoder would have counted, or leaves the line to it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from io import BufferedReader, BytesIO
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batchdoctor.core.log.summary import conclude
from batchdoctor.core.log.tally import Tally
from batchdoctor.core.log.timeline import timeline
from batchdoctor.events.blocks import Block, blocks
from batchdoctor.events.quick import QuickCount, exhaust
from batchdoctor.events.reading import EventLog
from batchdoctor.events.selection import Selection
from tests.events.corpus import Json

pairs = pytest.importorskip(
    "batchdoctor.events.compiled.pairs", reason="nothing was compiled here", exc_type=ImportError
)

BEGIN = datetime(2026, 8, 1, tzinfo=UTC)


def record(name: str, second: float, body: Json) -> Json:
    time = BEGIN + timedelta(seconds=second)
    return {
        "time": time.strftime("%Y-%m-%dT%H:%M:%S.%f") + "7Z",
        "resourceId": "/SUBSCRIPTIONS/S/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.BATCH",
        "category": "ServiceLog",
        "operationName": name,
        "properties": body,
    }


def body(execution: Json, **changes: Any) -> Json:
    return {
        "jobId": "job-1",
        "id": "task-1",
        "taskType": "User",
        "systemTaskVersion": 7,
        "nodeInfo": {"poolId": "pool-1", "nodeId": "tvm-1"},
        "executionInfo": execution,
        **changes,
    }


def started(second: float = 1, retries: int = 0, **changes: Any) -> Json:
    return record("TaskStartEvent", second, body({"retryCount": retries}, **changes))


def named_start(second: float = 1, requeues: int = 0, **changes: Any) -> Json:
    execution = {"retryCount": 0, "requeueCount": requeues}
    return record("TaskStartEvent", second, body(execution, **changes))


def ended(
    name: str, second: float, retries: int, exit_code: int, error: Json, **changes: Any
) -> Json:
    execution = {
        "startTime": "2026-08-01T00:00:01Z",
        "endTime": "2026-08-01T00:00:02Z",
        "exitCode": exit_code,
        "retryCount": retries,
        "requeueCount": 0,
        "result": "Failure" if exit_code else "Success",
        "schedulingError": error,
    }
    return record(name, second, body(execution, **changes))


def completed(second: float = 2, retries: int = 0, **changes: Any) -> Json:
    none = {"category": "", "code": "", "message": ""}
    return ended("TaskCompleteEvent", second, retries, 0, none, **changes)


def failed(
    second: float = 3,
    name: str = "TaskFailEvent",
    retries: int = 0,
    message: str = "m",
    **changes: Any,
) -> Json:
    error = {"category": "UserError", "code": "FailureExitCode", "message": message}
    return ended(name, second, retries, 3, error, **changes)


def badly_completed(second: float = 3, **changes: Any) -> Json:
    return failed(second, "TaskCompleteEvent", **changes)


def line(value: Json) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def lines(values: Iterable[Json]) -> list[bytes]:
    return [line(value) for value in values]


# Lines that tell of other tasks than a test is about, so that patterns are known before it begins.
EARLY = [
    started(100, id="early-1"),
    completed(101, id="early-1"),
    started(102, id="early-2"),
    badly_completed(103, id="early-2"),
    failed(103, id="early-2"),
    started(104, id="early-2", retries=1),
    completed(105, id="early-2", retries=1),
    named_start(106, id="early-3"),
    named_start(107, id="early-4", requeues=1),
]
PRELUDE = lines(EARLY)


def block_of(content: list[bytes], number: int = 1) -> Block:
    data = b"\n".join(content)
    return Block(data, 0, number, data.count(b"\n") + 1)


def answer_of(tally: Tally) -> tuple[Any, ...]:
    summary, runs = conclude(tally)
    places = [(each.line, each.offset, each.kind) for each in tally.damage.places]
    last = {tally.names.nodes[node]: time for node, time in tally.last_failures.items()}
    return summary, runs, timeline(tally), places, last


def counted(
    content: list[bytes],
    *,
    compiled: bool,
    at_once: int = 7,
    gives: Sequence[bool | None] = (None,),
    selection: Selection | None = None,
    portable: bool = False,
) -> tuple[Any, ...]:
    """What all lines together say; those behind the prelude come a few at a time.

    After each time, in turn, nothing is given, or everything, or what cannot end any more.
    """
    turns, selection = cycle(gives), selection or Selection()
    tally = Tally(portable=portable)
    count = pairs.PairCount(tally, selection) if compiled else None
    quick = QuickCount("log", tally, selection, pairs=count)
    exhaust(quick.block(block_of(PRELUDE)))
    for start in range(0, len(content), at_once):
        exhaust(quick.block(block_of(content[start : start + at_once], len(PRELUDE) + start + 1)))
        kept = next(turns)
        if count and kept is not None:
            count.give(kept=kept)
    if count:
        count.give()
    # An attempt may be in one row or in parts, but its task has one number.
    tasks = {key[:8] for group in tally.attempts.groups() for key in group} if portable else {}
    return (*answer_of(tally), tasks, tally.left_out)


def left_of(content: list[bytes]) -> int:
    """How many lines compiled code leaves, once it knows the patterns of the prelude."""
    count = pairs.PairCount(Tally(), Selection())
    count.count(block_of(PRELUDE))
    return len(count.count(block_of(content)))


USUAL = [started(), completed()]
OTHER_NODE = {"poolId": "pool-1", "nodeId": "tvm-2"}
# Name of the case: its events, and how many lines of them are left to the decoder.
CASES: dict[str, tuple[list[Json], int]] = {
    "a start and its completion": (USUAL, 0),
    "a start that never ends": ([started()], 0),
    "a completion without a start": ([completed()], 1),
    "a completion before its start": ([completed(), started()], 1),
    "a start told twice": ([started(), started(), completed()], 1),
    "a completion told twice": ([*USUAL, completed()], 1),
    "a pair told twice": (USUAL * 2, 0),
    "a failure": ([started(), failed()], 0),
    "a failure told in both ways": ([started(), badly_completed(4), failed(5)], 0),
    "a failure told later in one way": ([started(), failed(5), badly_completed(4)], 0),
    "a failure told twice": ([started(), failed(5), failed(4)], 0),
    "a failure told three times": ([started(), failed(6), failed(5), failed(4)], 1),
    "a failure without a start": ([failed(), badly_completed()], 2),
    "a failure of another message": ([started(), failed(message="other words, 7")], 0),
    "a failure of a message with escapes": ([started(), failed(message='say "no"')], 1),
    "a failure and then a completion": ([started(), failed(), completed()], 0),
    "a failure at another node": ([started(), failed(nodeInfo=OTHER_NODE)], 1),
    "a failure and a retry": ([started(), failed(), started(retries=1), completed(retries=1)], 0),
    "a retry without the first attempt": ([started(retries=1), completed(retries=1)], 0),
    "a retry that ends as the first attempt": ([started(retries=1), completed()], 1),
    "a start that names its requeues": ([named_start(), completed()], 0),
    "a failure after such a start": ([named_start(), failed()], 0),
    "such a start that never ends": ([named_start()], 0),
    "a requeue that began with such a start": ([named_start(requeues=1), completed()], 1),
    "a run on another node": ([started(), started(nodeInfo=OTHER_NODE)], 1),
    "a run on another node that ends": (
        [started(), started(5, nodeInfo=OTHER_NODE), completed(6, nodeInfo=OTHER_NODE)],
        2,
    ),
    "a failure of the first of two runs": (
        [started(), started(5, nodeInfo=OTHER_NODE), failed(6)],
        1,
    ),
    "a second retry": ([started(retries=2), *USUAL], 1),
    "a failure of another code": (
        [started(), ended("TaskFailEvent", 3, 0, 9, {"category": "ServerError", "code": "X"})],
        1,
    ),
    "a requeue": (
        [started(), record("TaskRequeueEvent", 5, body({"retryCount": 0, "requeueCount": 1}))],
        1,
    ),
    "another version at the end": ([started(), completed(systemTaskVersion=8)], 1),
    "another node at the end": ([started(), completed(nodeInfo=OTHER_NODE)], 1),
    "no node": ([started(nodeInfo={"poolId": "", "nodeId": " "}), completed()], 1),
    "a task of the same name in two jobs": (
        [started(), started(jobId="job-2"), completed(jobId="job-2"), completed()],
        0,
    ),
    "the largest version": (
        [started(systemTaskVersion=2**32 - 1), completed(systemTaskVersion=2**32 - 1)],
        0,
    ),
    "a version too large": (
        [started(systemTaskVersion=2**32), completed(systemTaskVersion=2**32)],
        2,
    ),
    "a version of zero": ([started(systemTaskVersion=0), completed(systemTaskVersion=0)], 0),
    "a negative version": ([started(systemTaskVersion=-1), completed(systemTaskVersion=-1)], 2),
    "a version with a point": ([started(systemTaskVersion=7.0), completed()], 2),
    "an id of 256 characters": ([started(id="x" * 256), completed(id="x" * 256)], 0),
    "an id too long": ([started(id="x" * 257), completed(id="x" * 257)], 2),
    "an empty id": ([started(id=""), completed(id="")], 2),
    "an empty job": ([started(jobId=""), completed(jobId="")], 2),
    "a pool too long": ([started(nodeInfo={"poolId": "p" * 257, "nodeId": "n"}), completed()], 2),
    "an id with an escape": ([started(id='a"b'), completed(id='a"b')], 2),
    "an id of other letters": ([started(id="größe-日本-🚀"), completed(id="größe-日本-🚀")], 0),
    "a node of other letters": (
        [each(nodeInfo={"poolId": "péñ", "nodeId": "тvm"}) for each in (started, completed)],
        0,
    ),
    "256 bytes of other letters": ([started(id="é" * 128), completed(id="é" * 128)], 0),
    "more bytes than letters": ([started(id="é" * 129), completed(id="é" * 129)], 2),
    "a failure told in another language": ([started(), failed(message="Größe überschritten")], 0),
    "an id with a line end": ([started(id="a\nb"), completed(id="a\nb")], 2),
    "an id with a DEL": ([started(id="a\x7fb"), completed(id="a\x7fb")], 0),
    "an event of a pool": ([record("PoolCreateEvent", 5, {"id": "pool-1"}), *USUAL], 1),
    "a field of a newer schema": ([started(newer={"a": [1, None]}), completed()], 2),
    "no object": ([7, *USUAL], 1),  # type: ignore[list-item]
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_counted_in_compiled_code_is_what_the_decoder_counts(case: str) -> None:
    events, left = CASES[case]
    content = lines(events)
    assert counted(content, compiled=True) == counted(content, compiled=False)
    assert left_of(content) == left


@pytest.mark.parametrize("case", CASES)
def test_tasks_are_numbered_alike_for_every_machine(case: str) -> None:
    content = lines(CASES[case][0])
    assert counted(content, compiled=True, portable=True) == counted(
        content, compiled=False, portable=True
    )


def test_ids_of_every_length_have_the_number_that_python_gives_them() -> None:
    ids = [("ab-é" * 64)[:length] for length in range(1, 257)]
    content = lines(each(id=name) for name in ids for each in (started, completed))
    assert counted(content, compiled=True, portable=True) == counted(
        content, compiled=False, portable=True
    )


SELECTIONS = {
    "a job": Selection(jobs=frozenset({"JOB-2"})),
    "two jobs": Selection(jobs=frozenset({"job-1", "job-3"})),
    "a pool": Selection(pools=frozenset({"Pool-1"})),
    "a node": Selection(nodes=frozenset({"tvm-2"})),
    "no node there is": Selection(nodes=frozenset({"none"})),
    "from a time on": Selection(since=BEGIN + timedelta(seconds=4)),
    "until a time": Selection(until=BEGIN + timedelta(seconds=4, microseconds=1)),
    "all at once": Selection(
        since=BEGIN,
        until=BEGIN + timedelta(hours=1),
        jobs=frozenset({"job-1"}),
        pools=frozenset({"pool-1"}),
        nodes=frozenset({"tvm-1"}),
    ),
}


@pytest.mark.parametrize("case", SELECTIONS)
def test_only_what_is_asked_for_is_counted_in_compiled_code_too(case: str) -> None:
    places = [{"poolId": f"pool-{number}", "nodeId": f"tvm-{number}"} for number in (1, 2)]
    content = lines(
        event
        for job in ("job-1", "job-2", "job-3")
        for place in places
        for event in (
            started(3, jobId=job, id=place["nodeId"], nodeInfo=place),
            failed(4, jobId=job, id=place["nodeId"], nodeInfo=place),
            completed(5, jobId=job, id="other", nodeInfo=place),
            started(4.000001, jobId=job, id="other", nodeInfo=place),
        )
    )
    selection = SELECTIONS[case]
    told = [counted(content, compiled=each, selection=selection) for each in (True, False)]
    assert told[0] == told[1]
    count = pairs.PairCount(Tally(), selection)
    count.count(block_of(PRELUDE))
    left = count.count(block_of(content))
    # What is left tells of an attempt of which nothing was kept.
    assert len(left) < len(content)


def test_failures_are_told_and_all_else_is_counted_in_compiled_code(tmp_path: Path) -> None:
    events = [*EARLY, started(), badly_completed(), failed(), started(id="x"), completed(id="x")]
    (tmp_path / "log").write_bytes(b"\n".join(lines(events * 2)))
    told = []
    for compiled in (True, False):
        tally, log = Tally(), EventLog([str(tmp_path / "log")])
        with pytest.MonkeyPatch.context() as patch:
            if not compiled:
                patch.setattr("batchdoctor.events.reading.pair_count", lambda *_: None)
            told.append((list(log.failures(tally)), answer_of(tally)))
    assert len(told[0][0]) == 2
    assert told[0] == told[1]


def test_a_listing_of_failures_that_is_cut_short_has_counted_what_went_by(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"\n".join(lines([*EARLY, started(), failed()])))
    tally, log = Tally(), EventLog([str(tmp_path / "log")])
    failures = log.failures(tally)
    next(failures)
    log.settle()
    assert conclude(tally)[0].attempts > 0


# Name of the case: a start, and whether it is left. The completion follows as it usually is.
SPELLINGS: dict[str, tuple[bytes, bool]] = {
    "an id that is no UTF-8": (line(started()).replace(b"task-1", b"task-\xff"), True),
    "an id that is cut off": (line(started()).replace(b"task-1", b"task-\xc3"), True),
    "an id with half a pair": (line(started()).replace(b"task-1", b"task-\xed\xa0\x80"), True),
    "an id in too many bytes": (line(started()).replace(b"task-1", b"task-\xc0\xaf"), True),
    "an id beyond Unicode": (line(started()).replace(b"task-1", b"\xf4\x90\x80\x80"), True),
    "a blank line": (b"", True),
    "an end of Windows": (line(started()) + b"\r", True),
    "a blank behind it": (line(started()) + b" ", True),
    "blanks in it": (json.dumps(started()).encode(), True),
    "two objects": (line(started()) + line(started(id="task-2")), True),
    "one bracket too few": (line(started())[:-1], True),
    "one bracket too many": (line(started()) + b"}", True),
    "a leading zero": (line(started()).replace(b":7,", b":07,"), True),
    "an id given twice": (line(started()).replace(b'"id":', b'"id":"other","id":'), True),
    "an invalid byte": (line(started()).replace(b"task-1", b"task\xff1"), True),
    "a zero byte": (line(started()).replace(b"task-1", b"task\x001"), True),
    "members in another order": (line(dict(reversed(started().items()))), True),
}


@pytest.mark.parametrize("case", SPELLINGS)
def test_another_spelling_of_a_line_is_left_to_the_decoder(case: str) -> None:
    start, left = SPELLINGS[case]
    content = [start, line(completed())]
    assert counted(content, compiled=True) == counted(content, compiled=False)
    assert left_of([start]) == left


@pytest.mark.parametrize(
    ("time", "left"),
    [
        ("2026-08-01T00:00:01Z", 0),
        ("2026-08-01T00:00:01.1Z", 0),
        ("2026-08-01T00:00:01.123456Z", 0),
        ("2026-08-01T00:00:01.1234564Z", 0),
        ("2026-08-01T00:00:01.1234565Z", 0),
        ("2026-08-01T23:59:59.9999994Z", 0),
        ("2026-08-01T23:59:59.9999995Z", 1),
        ("2026-08-01T00:00:01.12345678Z", 1),
        ("2024-02-29T00:00:00Z", 0),
        ("2000-02-29T00:00:00Z", 0),
        ("2100-02-29T00:00:00Z", 1),
        ("2026-04-31T00:00:00Z", 1),
        ("2026-13-01T00:00:00Z", 1),
        ("2026-00-01T00:00:00Z", 1),
        ("2026-08-00T00:00:00Z", 1),
        ("2026-08-01T24:00:00Z", 1),
        ("2026-08-01T00:60:00Z", 1),
        ("2026-08-01T00:00:60Z", 1),
        ("2026-08-01T00:00:00.Z", 1),
        ("2026-08-01T00:00:00,5Z", 1),
        ("2026-08-01T00:00:00.1x3Z", 1),
        ("2026-08-01 00:00:00Z", 1),
        ("2026-08-01T00:00:00z", 1),
        ("2026-08-01T00:00:00+00:00", 1),
        ("2026-08-01T02:00:00+02:00", 1),
        ("-026-08-01T00:00:00Z", 1),
        ("2026-8-01T00:00:000Z", 1),
        ("0001-01-01T00:00:00Z", 0),
        ("0000-01-01T00:00:00Z", 1),
        ("9999-12-31T23:59:59Z", 0),
        ("1969-12-31T23:59:59.5Z", 0),
        ("", 1),
    ],
)
def test_times_are_read_as_the_decoder_reads_them(time: str, left: int) -> None:
    content = [line({**started(id="task-9"), "time": time})]
    assert counted(content, compiled=True) == counted(content, compiled=False)
    assert left_of(content) == left


@pytest.mark.parametrize(
    "change",
    [
        {"jobId": "job-2"},
        {"id": "task-2"},
        {"systemTaskVersion": 8},
        {"nodeInfo": {"poolId": "pool-2", "nodeId": "tvm-1"}},
        {"nodeInfo": {"poolId": "pool-1", "nodeId": "tvm-2"}},
    ],
    ids=["job", "task", "version", "pool", "node"],
)
def test_each_of_the_gaps_is_taken_from_its_line(change: Json) -> None:
    same = lines([started(), started(), completed()])
    other = lines([started(), started(**change), completed(**change)])
    answer = counted(other, compiled=True)
    assert answer == counted(other, compiled=False)
    assert answer != counted(same, compiled=True)


def test_lines_of_many_patterns_are_counted_though_few_are_kept() -> None:
    content = lines(
        {**event, "Tenant": f"tenant-{tenant}"}
        for turn in range(30)
        for tenant in range(25)
        for event in (started(turn, id=f"{tenant}-{turn}"), completed(turn, id=f"{tenant}-{turn}"))
    )
    assert counted(content, compiled=True) == counted(content, compiled=False)


@pytest.mark.parametrize(
    ("jobs", "nodes", "tasks"),
    [(5000, 3, 12_000), (3, 17_000, 18_000), (2, 2, 85_000)],
    ids=["more jobs", "more nodes", "more open tasks"],
)
def test_there_may_be_more_of_anything_than_a_table_holds(
    jobs: int, nodes: int, tasks: int
) -> None:
    content: list[bytes] = []
    for form in (line(started(systemTaskVersion=1)), line(completed(systemTaskVersion=1))):
        parts = form.replace(b"job-1", b"%(j)s").replace(b"task-1", b"%(t)s")
        parts = parts.replace(b"tvm-1", b"%(n)s")
        content += [
            parts
            % {b"j": b"j%d" % (task % jobs), b"t": b"t%d" % task, b"n": b"n%d" % (task % nodes)}
            for task in range(tasks)
        ]
    left, right = (counted(content, compiled=each, at_once=2000) for each in (True, False))
    assert left == right
    assert left[0].attempts == tasks + 5
    assert left[0].unfinished == 2


def test_each_of_many_tasks_is_found_again_in_any_order() -> None:
    tasks = [f"task-{number}" for number in range(60_000)]
    begin, end = (line(form).replace(b"task-1", b"%s") for form in (started(), completed()))
    ends = sorted(tasks, key=lambda task: task[::-1])
    assert (
        left_of([begin % task.encode() for task in tasks] + [end % task.encode() for task in ends])
        == 0
    )


def test_what_was_counted_is_given_before_it_takes_much_memory() -> None:
    tally = Tally()
    count = pairs.PairCount(tally, Selection())
    count.count(block_of(PRELUDE))
    block = block_of(
        lines(
            event
            for task in range(1000)
            for event in (started(id=f"{task}"), completed(id=f"{task}"))
        )
    )
    for _ in range(300):
        assert not count.count(block)
    given = tally.events["TaskStartEvent"]
    count.give()
    assert 200_000 < given <= tally.events["TaskStartEvent"] == 300_000


def test_what_is_kept_is_given_in_the_end_if_nothing_came_after() -> None:
    tally = Tally()
    count = pairs.PairCount(tally, Selection())
    count.count(block_of(PRELUDE))
    assert not count.count(block_of(lines([started(id="a"), *USUAL])))
    count.give(kept=False)
    count.give()
    summary, _ = conclude(tally)
    assert (summary.attempts, summary.unfinished) == (2, 1)


def test_attempts_may_end_after_others_were_given() -> None:
    tally = Tally()
    count = pairs.PairCount(tally, Selection())
    count.count(block_of(PRELUDE))
    beginning = block_of(lines([started(id="a"), started(id="b"), failed(id="b"), *USUAL]))
    assert not count.count(beginning)
    count.give(kept=False)
    assert conclude(tally)[0].attempts == 1
    assert not count.count(block_of(lines([completed(id="a"), badly_completed(id="b")])))
    count.give()
    summary, _ = conclude(tally)
    assert (summary.attempts, summary.failures, summary.unfinished) == (3, 1, 0)
    assert summary.events == {"TaskCompleteEvent": 3, "TaskFailEvent": 1, "TaskStartEvent": 3}


TASKS: st.SearchStrategy[Json] = st.builds(
    dict,
    jobId=st.sampled_from(["job-1", "job-2"]),
    id=st.sampled_from(["task-1", "task-2"]),
    systemTaskVersion=st.sampled_from([7, 8]),
    nodeInfo=st.sampled_from([{"poolId": "p", "nodeId": node} for node in ("n", "m", " ")]),
)
EVENTS = st.builds(
    lambda event, second, task: line(event(second, **task)),
    st.sampled_from([started, completed, failed, badly_completed, named_start]),
    st.integers(0, 9),
    TASKS,
)
NOISE = st.sampled_from(
    [b'"', b"\\", b"{", b"}", b",", b":", b"0", b"7", b" ", b"\n", b"\xff", b""]
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    whole = draw(EVENTS)
    at = draw(st.integers(0, len(whole)))
    behind = whole[at + draw(st.integers(0, 3)) :]
    return whole[:at] + draw(st.one_of(NOISE, st.binary(max_size=3))) + behind


@settings(max_examples=300)
@given(
    st.lists(st.one_of(EVENTS, EVENTS, damaged()), max_size=12),
    st.integers(1, 5),
    st.lists(st.sampled_from([None, False, True]), min_size=1, max_size=3),
)
def test_no_damage_makes_a_difference(
    content: list[bytes], at_once: int, gives: list[bool | None]
) -> None:
    split = b"\n".join(content).split(b"\n")
    left = counted(split, compiled=True, at_once=at_once, gives=gives)
    assert left == counted(split, compiled=False, at_once=at_once)


@given(st.binary(max_size=40))
def test_lines_of_anything_are_left_with_their_places(data: bytes) -> None:
    count = pairs.PairCount(Tally(), Selection())
    count.count(block_of(PRELUDE))
    places = count.count(Block(memoryview(b"--" + data)[2:], 0, 1, data.count(b"\n") + 1))
    assert [data[start:end] for _, start, end, _ in places] == data.split(b"\n")
    assert [index for index, *_ in places] == list(range(len(places)))


# A line that is odd in a way that lines with patterns must not be, and what is in its gap.
ODD_FORMS: dict[str, tuple[str, str]] = {
    "an id that a later one overwrites": ('"id":', '"id":"%s","id":'),
    "a time that a later one overwrites": ('"time":', '"time":"%s","time":'),
    "a job that a later one overwrites": ('"jobId":', '"jobId":"%s","jobId":'),
    "a node that a later one overwrites": ('"nodeId":', '"nodeId":"%s","nodeId":'),
    "an id elsewhere": ('"taskType":', '"other":{"id":"%s"},"taskType":'),
    "a message that a later one overwrites": ('"message":', '"message":"%s","message":'),
}


@pytest.mark.parametrize("case", ODD_FORMS)
@pytest.mark.parametrize("gap", ["x" * 300, "", "2026-08-01T00:00:00Z", "no time"])
@pytest.mark.parametrize("ignored", ["1", "-1e999", '"\udcff"'])
def test_what_overwrites_and_what_is_ignored_make_no_difference(
    case: str, gap: str, ignored: str
) -> None:
    before, after = ODD_FORMS[case]
    content: list[bytes] = []
    for number, inside in enumerate(["y", "y", "y", gap, gap]):
        for event in (started(id=f"t-{number}"), failed(id=f"t-{number}")):
            text = line(event).decode().replace(before, after.replace("%s", inside), 1)
            content.append(f'{text[:-1]},"more":{ignored}}}'.encode(errors="surrogateescape"))
    left, right = (counted(content, compiled=each, at_once=1) for each in (True, False))
    assert left == right


HOSTILE = {
    "gaps without end": (b',"x":[' + b'{"id":"a"},' * 20_000 + b"1]}", 1),
    "a long member": (b',"x":"' + b"y" * 100_000 + b'"}', 1),
    "a deep one": (b',"x":' + b"[" * 900 + b"]" * 900 + b"}", 1),
    "deeper ones": (b',"x":' + b"[" * 985 + b"]" * 985 + b"}", 20),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_nothing_is_learned_from_lines_that_would_cost_much(case: str) -> None:
    end, depths = HOSTILE[case]
    for deeper in range(depths):
        hostile = line(started(id="h"))[:-1] + end.replace(b"[[", b"[[" + b"[" * deeper, 1)
        content = [hostile.replace(b"]]", b"]]" + b"]" * deeper, 1)] * 3
        left, right = (counted(content, compiled=each, at_once=1) for each in (True, False))
    assert left == right


def test_blocks_of_any_size_are_counted_alike() -> None:
    content = b"\n".join([*PRELUDE, *lines(USUAL), *PRELUDE])
    answers = []
    for size in (300, 1000, 10_000):
        tally = Tally()
        count = pairs.PairCount(tally, Selection())
        quick = QuickCount("log", tally, Selection(), pairs=count)
        for block in blocks(BufferedReader(BytesIO(content)), size=size):
            exhaust(quick.block(block))
        count.give()
        answers.append(answer_of(tally))
    assert answers[0] == answers[1] == answers[2]


def test_nothing_is_given_twice() -> None:
    tally = Tally()
    count = pairs.PairCount(tally, Selection())
    count.count(block_of(PRELUDE))
    left = count.count(block_of(lines(USUAL)))
    count.give()
    count.give()
    assert not left
    assert tally.events == {"TaskStartEvent": 1, "TaskCompleteEvent": 1}


def test_the_compiled_part_refuses_what_is_no_pattern() -> None:
    from batchdoctor.events.compiled import _pairs

    found = _pairs.Pairs(False, None, -(2**63), 2**63 - 1)
    with pytest.raises(ValueError, match="not a kind of way"):
        found.add_way(_pairs.OTHER_END + 1, 0)
    with pytest.raises(ValueError, match="not a way that was added"):
        found.learn(((b"x", _pairs.END),), 0)
    way = found.add_way(_pairs.START, 0)
    assert way is not None
    for parts in ((), ((b"x", _pairs.END),), ((b"x", 99),), ((b"x", -1), (b"", _pairs.END))):
        with pytest.raises(ValueError, match="not the parts of a pattern"):
            found.learn(parts, way)
    with pytest.raises(TypeError):
        found.learn((("text", 1),), way)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        found.count("text")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="exactly 4 arguments"):
        _pairs.Pairs(True)  # type: ignore[call-arg]


def test_more_ways_to_end_than_there_is_room_for_are_left() -> None:
    content = lines(
        event
        for code in range(1, 600)
        for event in (
            started(id=f"t{code}"),
            ended(
                "TaskFailEvent", 3, 0, code, {"category": "UserError", "code": "C"}, id=f"t{code}"
            ),
        )
    )
    answers = [counted(content, compiled=each, at_once=50) for each in (True, False)]
    assert answers[0] == answers[1]
    assert len(answers[0][0].by_exit_code) == 599
