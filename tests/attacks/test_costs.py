"""Attacks on the reckoning of node hours: prices, names and logs that nobody can reckon with."""

from __future__ import annotations

import json
import math
import time
from pathlib import Path
from typing import Any

import pytest

import batchdoctor
from batchdoctor.errors import UsageError
from tests.attacks.test_environment import VALUES, bug
from tests.box import Open, Run

TIMES: tuple[Any, ...] = (
    "0001-01-01T00:00:00Z",
    "1970-01-01T00:00:00Z",
    "9999-12-31T23:59:59.9999999Z",
    "2026-11-20T24:00:00Z",
    "2026-11-20 12:00:00",
    "2026-11-20T12:00:00+14:00",
    "",
    None,
    0,
    -1,
    1e300,
    "x" * 5000,
    [],
    {},
)
COUNTS: tuple[Any, ...] = (None, -1, 2**31, 2**63, 1e300, "7", "", True, [], {}, -(2**70))
ODD_PRICES = ("nan", "-inf", "1e309", "0x10", "1__0", "\uff11", "1" * 5000, "1e5000", "+", "1 2")


def event(name: str, moment: Any, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "time": moment,
        "category": "ServiceLog",
        "operationName": name,
        "properties": properties,
    }


def ran(**changed: Any) -> dict[str, Any]:
    execution: dict[str, Any] = {
        "startTime": "2026-11-20T12:00:00Z",
        "endTime": "2026-11-20T12:10:00Z",
        "exitCode": 0,
        "retryCount": 0,
        "requeueCount": 0,
    }
    body: dict[str, Any] = {
        "jobId": "j",
        "id": "t",
        "systemTaskVersion": 1,
        "nodeInfo": {"poolId": "p", "nodeId": "n"},
        "multiInstanceSettings": {"numberOfInstances": 1},
    }
    for key, value in changed.items():
        target = execution if key in execution else body
        target[key] = value
    return {**body, "executionInfo": execution}


def sized(**changed: Any) -> dict[str, Any]:
    return {"id": "p", "currentDedicatedNodes": 2, "currentLowPriorityNodes": 0, **changed}


def odd_logs() -> list[list[dict[str, Any]]]:
    """Logs with one odd value each, beside an event that is as it should be."""
    good = event("TaskCompleteEvent", "2026-11-20T12:10:00Z", ran(id="good"))
    moment = "2026-11-20T12:10:00Z"
    logs = []
    for told in TIMES:
        for name in ("TaskStartEvent", "TaskCompleteEvent", "TaskFailEvent", "TaskRequeueEvent"):
            logs += [
                [good, event(name, told, ran())],
                [good, event(name, moment, ran(startTime=told))],
                [good, event(name, moment, ran(endTime=told))],
            ]
        logs.append([good, event("PoolResizeCompleteEvent", told, sized(endTime=told))])
    for count in COUNTS:
        logs += [
            [good, event("TaskCompleteEvent", moment, ran(retryCount=count))],
            [good, event("TaskCompleteEvent", moment, ran(exitCode=count))],
            [good, event("TaskCompleteEvent", moment, ran(multiInstanceSettings=count))],
            [good, event("TaskCompleteEvent", moment, ran(systemTaskVersion=count))],
            [good, event("PoolResizeStartEvent", moment, sized(currentDedicatedNodes=count))],
        ]
    return logs


def checked(document: dict[str, Any]) -> dict[str, int]:
    """The seconds by purpose of a document that is whole, and whose numbers are finite."""
    summary = document["summary"]
    seconds: dict[str, int] = summary["secondsByPurpose"]
    parts = [item["nodeSeconds"] for item in document["items"] if item["purpose"]]
    assert summary["nodeSeconds"] == sum(seconds.values()) == sum(parts)
    assert all(each >= 0 for each in parts)
    assert all(
        math.isfinite(item[key] or 0)
        for item in document["items"]
        for key in ("nodeHours", "share", "usd")
    )
    return seconds


def test_more_than_200_odd_values_in_a_log_leave_the_rest_of_it_reckoned(
    run_offline: Run, tmp_path: Path
) -> None:
    logs = odd_logs()
    assert len(logs) > 200
    file = tmp_path / "log.json"
    for entries in logs:
        file.write_text("".join(json.dumps(entry) + "\n" for entry in entries), encoding="utf-8")
        result = run_offline("cost", "--events", str(file), "--price", "p=1", "-o", "json")
        assert not bug(result.stderr), entries[1]
        assert result.status == 0, entries[1]
        assert checked(result.json())["succeeded"] > 0, entries[1]


@pytest.mark.parametrize("told", [*VALUES, *ODD_PRICES])
def test_a_price_that_is_none_is_told_in_a_sentence(open_box: Open, told: str) -> None:
    box = open_box("bad-node")
    for word in (told, f"render-linux={told}", f"{told}="):
        result = box.run("cost", "--price", word)
        assert (result.status, result.stdout, bug(result.stderr)) == (2, "", False)
        assert result.stderr.startswith("error: ")
        assert len(result.stderr.splitlines()[0]) < 6000


@pytest.mark.parametrize("told", [math.nan, math.inf, -math.inf, -0.01, 1e308, True, None, "", []])
def test_a_program_is_told_as_well(tmp_path: Path, told: Any) -> None:
    with pytest.raises(UsageError, match="no price of an hour of a node of p"):
        batchdoctor.log_cost(tmp_path, prices={"p": told})


def test_names_of_pools_that_nobody_has_are_no_bug(run_offline: Run, tmp_path: Path) -> None:
    file = tmp_path / "log.json"
    entry = event("TaskCompleteEvent", "2026-11-20T12:10:00Z", ran())
    file.write_text(json.dumps(entry) + "\n", encoding="utf-8")
    for value in VALUES:
        for words in (("--price", f"{value}=1"), ("--pool", value), ("--job", value)):
            result = run_offline("cost", "--events", str(file), *words)
            assert (result.status in {2, 3}, bug(result.stderr)) == (True, False), words


@pytest.mark.parametrize("node", ["one", "each"])
def test_very_many_runs_at_once_take_no_more_time_than_as_many_one_by_one(
    run_offline: Run, tmp_path: Path, node: str
) -> None:
    file = tmp_path / "log.json"
    with file.open("w", encoding="utf-8") as log:
        for number in range(20_000):
            where = {"poolId": "p", "nodeId": "n" if node == "one" else f"n{number}"}
            start = f"2026-11-20T12:{number % 60:02}:{number % 59:02}.{number % 997:03}Z"
            end = f"2026-11-20T14:{number % 60:02}:{number % 53:02}.{number % 991:03}Z"
            body = ran(id=f"t{number}", nodeInfo=where, startTime=start, endTime=end)
            log.write(json.dumps(event("TaskCompleteEvent", end, body)) + "\n")
    begun = time.process_time()
    result = run_offline("cost", "--events", str(file), "-o", "json")
    assert time.process_time() - begun < 20
    assert checked(result.json())["succeeded"] > 0


def test_a_task_that_starts_again_and_again_without_an_end_is_reckoned_in_no_time(
    run_offline: Run, tmp_path: Path
) -> None:
    file = tmp_path / "log.json"
    with file.open("w", encoding="utf-8") as log:
        for number in range(20_000):
            moment = f"2026-11-20T{number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}Z"
            log.write(json.dumps(event("TaskStartEvent", moment, ran())) + "\n")
    begun = time.process_time()
    result = run_offline("cost", "--events", str(file), "-o", "json")
    assert time.process_time() - begun < 20
    assert checked(result.json()) == {"not-known": 19_999}
