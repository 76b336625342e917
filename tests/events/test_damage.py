"""Damaged logs: each kind of damage is counted, the lines around it are read, nothing crashes."""

from __future__ import annotations

import io
import tracemalloc
from datetime import UTC, timedelta
from typing import Any

import pytest

from batchdoctor.core.log.damage import Place
from batchdoctor.core.log.summary import Summary, conclude
from batchdoctor.core.log.tally import Tally
from batchdoctor.events.failures import failed_tasks
from batchdoctor.events.reading import EventLog
from batchdoctor.events.selection import Selection
from tests.events.corpus import BAD_JOB, BAD_NODE, BEGIN, corpus
from tests.events.wrappings import WRAPPINGS, lines

RECORDS = corpus(20).records
GOOD = lines(RECORDS)
HALF = GOOD.index(b"\n", len(GOOD) // 2) + 1


SELECTIONS = (
    Selection(),
    Selection(jobs=frozenset({BAD_JOB, "j"})),
    Selection(nodes=frozenset({BAD_NODE[1]})),
    Selection(pools=frozenset({BAD_NODE[0], "pool-3"})),
    Selection(since=BEGIN + timedelta(minutes=1), until=BEGIN + timedelta(minutes=9)),
)


def read(content: bytes) -> tuple[Summary, list[Place]]:
    """The summary of a log, which reading event by event must give as well, whatever is asked."""
    for selection in SELECTIONS:
        quick, slow, half = Tally(), Tally(), Tally()
        EventLog(["-"], io.BytesIO(content), selection).tally(into=quick)
        events = [*EventLog(["-"], io.BytesIO(content), selection).events(slow)]
        failures = [*EventLog(["-"], io.BytesIO(content), selection).failures(half)]
        assert conclude(slow) == conclude(quick) == conclude(half)
        assert slow.damage == quick.damage == half.damage
        assert failures == [*failed_tasks(events)]
    everything = EventLog(["-"], io.BytesIO(content)).tally()
    return conclude(everything)[0], everything.damage.places


PLAIN, _ = read(GOOD)

BAD_LINES = {
    "cut off": (b'{"time":"2026-08-01T00:00:00Z","operationName":"TaskStartE', "cut off"),
    "text": (b"Traceback (most recent call last):", "not JSON"),
    "invalid UTF-8": (b'{"operationName":"\xff\xfe","time":"x","properties":{}}', "not UTF-8"),
    "lone surrogate": (b'{"operationName":"\\ud800","time":"x","properties":{}}', "not JSON"),
    "NaN": (b'{"operationName":"TaskStartEvent","properties":{"jobId":NaN}}', "not JSON"),
    "5000 digits": (b'{"operationName":"a","properties":{"n":' + b"9" * 5000 + b"}}", None),
    "nested": (b'{"a":' * 100_000, "nested too deeply"),
    "nested arrays": (b"[" * 100_000, "nested too deeply"),
    "zeros": (b"\0" * 4096, "zeros"),
    "number": (b"17", "not an event"),
    "null": (b"null", "not an event"),
    "text value": (b'"text"', "not an event"),
    "empty object": (b"{}", "not an event"),
    "some object": (b'{"level":"info","msg":"hello"}', "not an event"),
    "array of numbers": (b"[1]", "not an event"),
    "no ids": (
        b'{"operationName":"TaskFailEvent","time":"2026-08-01T00:00:00Z","properties":{}}',
        "event without ids",
    ),
    "no properties": (b'{"operationName":"TaskFailEvent"}', "event without ids"),
    "odd name": (b'{"operationName":7,"time":"x","properties":{}}', None),
    "null name": (b'{"operationName":null,"properties":{}}', "not an event"),
    "odd properties": (
        b'{"operationName":"TaskStartEvent","properties":"{\\"a\\":"}',
        "properties not JSON",
    ),
}


@pytest.mark.parametrize("bad", BAD_LINES)
def test_a_bad_line_is_counted_and_the_others_are_read(bad: str) -> None:
    line, kind = BAD_LINES[bad]
    summary, places = read(GOOD[:HALF] + line + b"\n" + GOOD[HALF:])
    if kind is None:
        assert summary.attempts == PLAIN.attempts
        return
    assert summary.damage == {kind: 1}
    assert (summary.malformed, summary.attempts) == (1, PLAIN.attempts)
    assert {**summary.events} == {**PLAIN.events}
    number = GOOD[:HALF].count(b"\n") + 1
    assert [(place.file, place.offset, place.line) for place in places] == [("-", HALF, number)]


@pytest.mark.parametrize(
    "bad", [name for name, (_, kind) in BAD_LINES.items() if kind and name != "nested arrays"]
)
def test_a_bad_first_line_does_not_hide_the_rest(bad: str) -> None:
    summary, _ = read(BAD_LINES[bad][0] + b"\n" + GOOD)
    assert (summary.malformed, summary.attempts) == (1, PLAIN.attempts)


def test_an_unfinished_last_line_is_one_damaged_piece() -> None:
    summary, places = read(GOOD[:-20])
    assert summary.damage == {"cut off": 1}
    assert places[0].line == GOOD.count(b"\n")


def test_zeros_of_a_crashed_writer_around_a_line_do_not_cost_it() -> None:
    summary, _ = read(GOOD[:HALF] + b"\0" * 100 + GOOD[HALF:])
    assert (summary.malformed, summary.attempts) == (0, PLAIN.attempts)


def test_a_line_too_long_is_stepped_over_in_little_memory() -> None:
    tracemalloc.start()
    summary, places = read(GOOD[:HALF] + b"x" * (20 * 1024 * 1024) + b"\n" + GOOD[HALF:])
    tracemalloc.stop()
    assert summary.damage == {"line too long": 1}
    assert (places[0].offset, summary.attempts) == (HALF, PLAIN.attempts)


def test_lines_after_one_that_is_too_long_keep_their_place() -> None:
    long = b"x" * (17 * 1024 * 1024) + b"\n"
    _, places = read(GOOD + long + b"bad\n")
    assert places[1].offset == len(GOOD) + len(long)
    assert places[1].line == GOOD.count(b"\n") + 2


def test_damage_in_the_middle_of_an_array_costs_one_record() -> None:
    array = WRAPPINGS["array"](RECORDS)
    middle = array.index(b'"executionInfo"', len(array) // 2)
    summary, _ = read(array[:middle] + b"\x01}" + array[middle:])
    assert summary.malformed == 1
    assert PLAIN.attempts - 1 <= summary.attempts <= PLAIN.attempts


def test_a_document_over_several_lines_may_be_cut_off() -> None:
    summary, _ = read(WRAPPINGS["over several lines"](RECORDS)[:-40])
    assert summary.damage == {"cut off": 1}
    assert sum(summary.events.values()) == len(RECORDS) - 1


def test_examples_are_the_first_few_places() -> None:
    _, places = read(GOOD + b"bad\n" * 50)
    first = GOOD.count(b"\n") + 1
    assert [place.line for place in places] == list(range(first, first + 5))


def with_body(**changes: Any) -> bytes:
    """The corpus with one field of every record's body changed."""
    changed = [{**each, "properties": {**each["properties"], **changes}} for each in RECORDS]
    return lines(changed)


@pytest.mark.parametrize(
    "changes",
    [
        {"nodeInfo": 5},
        {"nodeInfo": {"poolId": [], "nodeId": {}}},
        {"systemTaskVersion": "many"},
        {"constraints": "none"},
        {"schedulingError": True},
        {"multiInstanceSettings": []},
    ],
    ids=str,
)
def test_a_field_of_a_wrong_type_does_not_cost_the_event(changes: dict[str, Any]) -> None:
    summary, _ = read(with_body(**changes))
    assert (summary.malformed, summary.failures) == (0, PLAIN.failures)


@pytest.mark.parametrize("value", [1.0, "1", "1.0"])
def test_numbers_written_as_doubles_or_text_are_numbers(value: object) -> None:
    end = {"exitCode": value, "retryCount": value, "requeueCount": 0, "endTime": "x"}
    record = {**RECORDS[1], "operationName": "TaskFailEvent"}
    record["properties"] = {**record["properties"], "executionInfo": end}
    summary, _ = read(lines([record]))
    assert (summary.by_exit_code, summary.retried) == ({"1": 1}, 1)


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("2019-08-22T20:59:13.5698778Z", "2019-08-22T20:59:13.569878+00:00"),
        ("2019-08-22 20:50:59.522", "2019-08-22T20:50:59.522000+00:00"),
        ("2019-08-22T22:50:59+02:00", "2019-08-22T20:50:59+00:00"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59+00:00"),
        ("8/22/2019, 8:59:13.569 PM", "2019-08-22T20:59:13.569000+00:00"),
        ("0001-01-01T00:00:00+05:00", None),
        ("yesterday", None),
        ("", None),
        (17, None),
    ],
)
def test_times_of_every_spelling_are_read(written: object, read_as: str | None) -> None:
    summary, _ = read(lines([{**RECORDS[0], "time": written}]))
    found = summary.first_time
    assert (found.isoformat() if found else None) == read_as
    assert summary.attempts == 1
    among_others, _ = read(lines([*RECORDS[:3], {**RECORDS[0], "time": written}, *RECORDS[3:]]))
    times = (among_others.first_time, among_others.last_time)
    assert [time.tzinfo for time in times if time] == [UTC, UTC]


def test_audit_records_are_counted_and_not_taken_for_events() -> None:
    audit = {**RECORDS[0], "category": "AuditLog", "operationName": "ListKeys"}
    summary, _ = read(lines([audit, *RECORDS]))
    assert summary.audit_records == 1
    assert {**summary.events} == {**PLAIN.events}
