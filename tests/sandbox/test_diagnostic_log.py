"""The diagnostic log of an account tells of the same tasks as its REST service does."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime

from batchdoctor.sandbox import Sandbox

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


def test_every_task_that_started_or_ended_is_told_of_in_the_order_of_time() -> None:
    with Sandbox("night-shift", now=lambda: NOW) as box:
        records = [json.loads(line) for line in box.diagnostic_log()]
        tasks = list(box.store.tasks())
    assert [record["time"] for record in records] == sorted(record["time"] for record in records)
    assert Counter(record["operationName"] for record in records) == {
        "TaskStartEvent": sum(task.started is not None for task in tasks),
        "TaskCompleteEvent": sum(task.ended is not None for task in tasks),
        "TaskFailEvent": sum(task.result == "failure" for task in tasks),
    }


def test_a_record_has_the_shape_of_a_storage_account() -> None:
    with Sandbox("healthy", now=lambda: NOW) as box:
        record = json.loads(next(iter(box.diagnostic_log())))
    assert list(record) == [
        "time",
        "resourceId",
        "category",
        "operationName",
        "operationVersion",
        "properties",
    ]
    assert record["category"] == "ServiceLog"
    assert set(record["properties"]["executionInfo"]) == {"retryCount", "requeueCount"}


def test_old_starts_differ_from_new_ones_in_the_requeue_count_that_they_do_not_name() -> None:
    with Sandbox("night-shift", now=lambda: NOW) as box:
        new = [json.loads(line) for line in box.diagnostic_log()]
        old = [json.loads(line) for line in box.diagnostic_log(old_starts=True)]
    for record in new:
        if record["operationName"] == "TaskStartEvent":
            del record["properties"]["executionInfo"]["requeueCount"]
    assert old == new
