"""Failures and resizes over time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from batchdoctor.core.log.event import LogRecord
from batchdoctor.core.log.tally import Tally
from batchdoctor.core.log.timeline import MOST_BUCKETS, Bucket, timeline

BEGIN = datetime(2026, 8, 1, 12, 2, tzinfo=UTC)


def record(name: str, minutes: float, task: str = "t", exit_code: int = 1) -> LogRecord:
    body = {"jobId": "j", "id": task, "executionInfo": {"exitCode": exit_code}}
    time = BEGIN + timedelta(minutes=minutes)
    return msgspec.convert({"operationName": name, "time": time, "properties": body}, LogRecord)


def tally_of(*records: LogRecord) -> Tally:
    tally = Tally()
    tally.add_all(records)
    return tally


def test_a_failure_counts_once_when_it_was_first_told() -> None:
    tally = tally_of(
        record("TaskFailEvent", 1.5),
        record("TaskCompleteEvent", 0.5),
        record("TaskCompleteEvent", 2, "u", 0),
        record("TaskFailEvent", 2, "v"),
        record("PoolResizeStartEvent", 3),
    )
    minute = timedelta(minutes=1)
    assert timeline(tally) == [
        Bucket(BEGIN, BEGIN + minute, 1, 0),
        Bucket(BEGIN + minute, BEGIN + 2 * minute, 0, 0),
        Bucket(BEGIN + 2 * minute, BEGIN + 3 * minute, 1, 0),
        Bucket(BEGIN + 3 * minute, BEGIN + 4 * minute, 0, 1),
    ]


def test_buckets_begin_at_round_times() -> None:
    found = timeline(tally_of(record("TaskFailEvent", 0), record("TaskFailEvent", 100, "u")))
    assert found[0].start == datetime(2026, 8, 1, 12, 0, tzinfo=UTC)
    assert found[0].end - found[0].start == timedelta(minutes=5)
    assert sum(bucket.failures for bucket in found) == 2


@pytest.mark.parametrize("days", [0.01, 0.5, 3, 40, 400, 20_000])
def test_a_timeline_fits_on_a_screen(days: float) -> None:
    minutes = days * 24 * 60
    found = timeline(tally_of(record("TaskFailEvent", 0), record("TaskFailEvent", minutes, "u")))
    assert 2 <= len(found) <= MOST_BUCKETS


def test_a_log_without_failures_has_no_timeline() -> None:
    assert timeline(tally_of(record("TaskCompleteEvent", 0, "t", 0))) == []
