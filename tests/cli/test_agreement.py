"""The live account and its diagnostic log tell the same story of the same night."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.box import Box, Open
from tests.scenarios import scenario


def events_of(box: Box) -> list[dict[str, Any]]:
    """What the service would have logged of every task that ended, as the sandbox serves it."""
    events = []
    for job in box.sandbox.store.jobs:
        for task in job.tasks:
            if task.state == "completed":
                events += list(_events(job.id, task))
    return events


def _events(job_id: str, task: Any) -> list[dict[str, Any]]:
    from batchdoctor.sandbox.clock import wire_time

    recipe = task.recipe
    execution: dict[str, Any] = {
        "startTime": wire_time(task.started),
        "endTime": wire_time(task.ended),
        "exitCode": task.exit_code,
        "result": "Failure" if recipe else "Success",
        "schedulingError": {
            "category": recipe.category if recipe else "",
            "code": recipe.code if recipe else "",
            "message": recipe.message if recipe else "",
            "details": [],
        },
        "retryCount": task.retries,
        "requeueCount": task.requeues,
    }
    body = {
        "jobId": job_id,
        "id": task.id,
        "taskType": "User",
        "systemTaskVersion": task.seq,
        "nodeInfo": {"poolId": task.pool_id, "nodeId": task.node_id},
        "executionInfo": execution,
    }
    names = ["TaskCompleteEvent", *(["TaskFailEvent"] if recipe else [])]
    return [
        {
            "time": wire_time(task.ended),
            "category": "ServiceLog",
            "operationName": name,
            "properties": body,
        }
        for name in names
    ]


@pytest.fixture
def night(open_box: Open) -> Box:
    return open_box("night-shift")


@pytest.fixture
def log(night: Box, tmp_path: Path) -> str:
    night.run("triage")  # the account's time has come to now
    file = tmp_path / "PT1H.json"
    file.write_text("".join(json.dumps(event) + "\n" for event in events_of(night)))
    return str(file)


def test_the_same_tasks_failed_of_the_same_causes(night: Box, log: str) -> None:
    # A time limit is in no event, so a timeout cannot be told from an end by request there.
    keys = ("jobId", "taskId", "poolId", "nodeId", "category", "code", "exitCode")
    live = night.run("tasks", "failed", "-o", "jsonl").jsonl()
    logged = night.run("events", "parse", log, "--show", "failures", "-o", "jsonl").jsonl()

    def told(items: list[dict[str, Any]]) -> set[tuple[Any, ...]]:
        return {tuple(item[key] for key in keys) for item in items}

    assert told(live) == told(logged)


def test_the_same_node_is_suspect(night: Box, log: str) -> None:
    def suspects(items: list[dict[str, Any]]) -> set[tuple[str, str]]:
        return {(item["poolId"], item["nodeId"]) for item in items if item["verdict"] == "suspect"}

    live = suspects(night.run("nodes", "suspect", "-o", "jsonl").jsonl())
    exact = suspects(night.run("nodes", "suspect", "--exact", "-o", "jsonl").jsonl())
    logged = suspects(night.run("events", "parse", log, "--show", "nodes", "-o", "jsonl").jsonl())
    triaged = {
        (item["subject"]["poolId"], item["subject"]["nodeId"])
        for item in night.run("triage", "-o", "jsonl").jsonl()
        if item["kind"] == "node-suspect"
    }
    assert len(live) == 1
    assert live == exact == logged == triaged


def _accused(items: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """Nodes that an answer calls suspect, whether it is about nodes or has findings."""
    found = set()
    for item in items:
        if item.get("verdict") == "suspect":
            found.add((item["poolId"], item["nodeId"]))
        if item.get("kind") == "node-suspect":
            subject = item["subject"]
            ids = subject.get("nodeIds") or [subject["nodeId"]]
            found |= {(subject["poolId"], node_id) for node_id in ids}
    return found


@pytest.mark.parametrize(
    "name", ["healthy", "bad-node", "bad-job", "night-shift", "other-jobs", "storage-outage"]
)
def test_no_command_contradicts_another_about_a_node(
    open_box: Open, tmp_path: Path, name: str
) -> None:
    box = open_box(scenario(name) if name in {"other-jobs", "storage-outage"} else name)
    triaged = _accused(box.run("triage", "-o", "jsonl").jsonl())
    file = tmp_path / "PT1H.json"
    file.write_text("".join(json.dumps(event) + "\n" for event in events_of(box)))
    logged = _accused(
        box.run("events", "parse", str(file), "--show", "nodes", "-o", "jsonl").jsonl()
    )
    named = box.run("nodes", "suspect", "-o", "jsonl").jsonl()
    exact = _accused(box.run("nodes", "suspect", "--exact", "-o", "jsonl").jsonl())
    broken = {(item["poolId"], item["nodeId"]) for item in named if item["verdict"] == "broken"}
    # A broken node is said to be that first, whatever it failed before.
    assert _accused(named) == exact == triaged - broken == logged - broken
    for job in box.sandbox.store.jobs:
        diagnosed = _accused(box.run("job", "diagnose", job.id, "-o", "jsonl").jsonl())
        asked = _accused(box.run("nodes", "suspect", "--job", job.id, "-o", "jsonl").jsonl())
        assert diagnosed | asked <= triaged
    pools = {pool.id for pool in box.sandbox.store.pools}
    diagnosed = {
        node
        for pool_id in pools
        for node in _accused(box.run("pool", "diagnose", pool_id, "-o", "jsonl").jsonl())
    }
    assert diagnosed == triaged
    for pool_id, node_id in exact:
        (shown,) = box.run("node", "show", node_id, "--pool", pool_id, "-o", "jsonl").jsonl()
        assert [reason["kind"] for reason in shown["reasons"]] == ["fails-often"]


def test_a_sick_node_is_found_by_either_way_though_all_successes_were_deleted(
    open_box: Open,
) -> None:
    box = open_box("bad-node")
    whole = _accused(box.run("nodes", "suspect", "-o", "jsonl").jsonl())
    for job in box.sandbox.store.jobs:
        job.tasks[:] = [task for task in job.tasks if task.recipe or task.state != "completed"]
    assert whole
    for options in ([], ["--exact"]):
        assert _accused(box.run("nodes", "suspect", *options, "-o", "jsonl").jsonl()) == whole


def test_a_job_says_where_too_many_others_ran_on_the_nodes_that_it_accuses(
    open_box: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = open_box("bad-node")
    (accused,) = _accused(box.run("nodes", "suspect", "-o", "jsonl").jsonl())
    job = next(
        job.id
        for job in box.sandbox.store.jobs
        if accused in _accused(box.run("job", "diagnose", job.id, "-o", "jsonl").jsonl())
    )

    def told() -> list[str]:
        answer = box.run("job", "diagnose", job, "-o", "json").json()
        return [
            f"{each['check']}: {each['problem']}" for each in answer["checked"] if each["problem"]
        ]

    assert told() == []
    monkeypatch.setattr("batchdoctor.work.diagnosis.beside_job.MOST_OTHERS", 0)
    unasked = "3 other jobs of its pool were not asked about its nodes"
    assert told() == [
        f"{check}: {unasked}" for check in ("outages", "failures-rose", "failed-tasks")
    ]
    assert accused in _accused(box.run("job", "diagnose", job, "-o", "jsonl").jsonl())
    assert box.run("job", "diagnose", job).stdout.endswith(f"Not known: {unasked}.\n")
