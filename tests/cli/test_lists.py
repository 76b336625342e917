"""`jobs|pools|nodes|tasks list`: what there is, what the service is asked for, every format."""

from __future__ import annotations

from typing import Any

import pytest

from batchdoctor.cli.commands.list_options import JobState, NodeState
from batchdoctor.core.nodes.states import STATES
from batchdoctor.sandbox import Fault, FaultKind
from tests.box import Box, Open

NOUNS = ("jobs", "pools", "nodes", "tasks")


def filters(box: Box, end: str) -> list[str | None]:
    """The filters of the listings that were asked for."""
    return [request.query.get("$filter") for request in box.sandbox.requests if request.path == end]


def listed(box: Box, *argv: str) -> list[dict[str, Any]]:
    result = box.run(*argv, "-o", "jsonl")
    assert result.status == 0, result.stderr
    return result.jsonl()


def test_jobs_come_with_the_counts_of_their_tasks_and_a_next_command(open_box: Open) -> None:
    told = open_box("bad-job").run("jobs", "list")
    assert (told.status, told.stderr) == (0, "")
    assert told.page == (
        "STATE   JOB                   ACTIVE  RUN  OK  FAILED   FOR  POOL\n"
        "active  risk-stress-20261120       0    0  60       0  21 h  risk-linux\n"
        "active  risk-var-20261121          0    0   0      60   8 h  risk-linux\n"
        "active  risk-stress-20261121       0    0  59       1   8 h  risk-linux\n"
        "active  curves-20261121            0    0  40       0   5 h  risk-linux\n"
        "\n"
        "Next\n"
        "  $ batchdoctor tasks failed --job risk-var-20261121\n"
        "\n"
        "4 jobs: 4 active.\n"
    )


def test_jobs_are_counted_as_the_service_counts_them(open_box: Open) -> None:
    box = open_box("night-shift")
    for item in listed(box, "jobs", "list"):
        tasks = box.sandbox.store.job(item["jobId"]).tasks
        assert item["failedTasks"] == sum(task.result == "failure" for task in tasks)
        assert item["succeededTasks"] == sum(task.result == "success" for task in tasks)
        assert item["runningTasks"] == sum(task.state == "running" for task in tasks)


def test_pools_come_with_the_states_of_their_nodes_in_two_requests(open_box: Open) -> None:
    box = open_box("night-shift")
    for item in listed(box, "pools", "list"):
        pool = box.sandbox.store.pool(item["poolId"])
        states = [node.state for node in pool.nodes]
        assert item["nodesByState"] == {state: states.count(state) for state in states}
    assert len(box.sandbox.requests) == 2


@pytest.mark.parametrize(
    ("argv", "end", "expected"),
    [
        (("jobs", "list", "--state", "Active"), "/jobs", "state eq 'active'"),
        (
            ("jobs", "list", "--pool", "sim-spot", "--since", "6h"),
            "/jobs",
            "executionInfo/poolId eq 'sim-spot' and "
            "stateTransitionTime ge DateTime'2026-11-20T21:00:00Z'",
        ),
        (
            ("nodes", "list", "sim-spot", "--state", "idle", "--state", "preempted"),
            "/pools/sim-spot/nodes",
            "(state eq 'idle' or state eq 'preempted')",
        ),
        (
            ("tasks", "list", "encode-20261121", "--state", "failed", "--until", "1h"),
            "/jobs/encode-20261121/tasks",
            "executionInfo/result eq 'failure' and "
            "stateTransitionTime le DateTime'2026-11-21T02:00:00Z'",
        ),
        (
            ("tasks", "list", "encode-20261121", "--exit-code", "-9", "--state", "completed"),
            "/jobs/encode-20261121/tasks",
            "state eq 'completed' and executionInfo/exitCode eq -9",
        ),
    ],
)
def test_the_service_leaves_out_what_it_can(
    open_box: Open, argv: tuple[str, ...], end: str, expected: str
) -> None:
    box = open_box("night-shift")
    assert box.run(*argv).status == 0
    assert filters(box, end) == [expected]


def test_what_the_service_cannot_filter_by_is_left_out_here(open_box: Open) -> None:
    box = open_box("night-shift")
    everything = listed(box, "tasks", "list")
    node = next(item["nodeId"] for item in everything if item["nodeId"])
    of_node = [item for item in everything if item["nodeId"] == node]
    assert listed(box, "tasks", "list", "--node", node.upper()) == of_node
    of_pool = [item for item in everything if item["poolId"] == "sim-spot"]
    assert listed(box, "tasks", "list", "--pool", "SIM-SPOT") == of_pool
    running = {item["nodeId"] for item in everything if item["state"] == "running"}
    job = next(item["jobId"] for item in everything if item["state"] == "running")
    assert running & {item["nodeId"] for item in listed(box, "nodes", "list", "--job", job)}
    (one,) = listed(box, "nodes", "list", "--node", node)
    assert one["nodeId"] == node


def test_jobs_that_are_named_are_asked_for_one_by_one_in_any_case(open_box: Open) -> None:
    box = open_box("night-shift")
    found = listed(box, "jobs", "list", "ENCODE-20261121", "--job", "risk-var-20261121")
    assert [item["jobId"] for item in found] == ["encode-20261121", "risk-var-20261121"]
    assert filters(box, "/jobs") == []
    missing = box.run("jobs", "list", "nope")
    assert (missing.status, missing.stdout) == (3, "")


def test_names_are_read_from_standard_input(open_box: Open) -> None:
    box = open_box("night-shift")
    ids = box.run("jobs", "list", "--state", "disabled", "-o", "ids").output
    assert ids == b"backfill-20261119\n"
    for noun in ("jobs", "tasks"):
        result = box.run(noun, "list", "-", "-o", "jsonl", stdin=ids)
        assert {item["jobId"] for item in result.jsonl()} == {"backfill-20261119"}


def test_an_order_and_a_limit_go_together(open_box: Open) -> None:
    box = open_box("night-shift")
    longest = listed(box, "tasks", "list", "--sort", "longest")
    seconds = [item["durationSeconds"] or 0 for item in longest]
    assert seconds == sorted(seconds, reverse=True)
    assert listed(box, "tasks", "list", "--sort", "longest", "--limit", "3") == longest[:3]
    newest = listed(box, "jobs", "list", "--sort", "newest")
    times = [item["stateTransitionTime"] for item in newest]
    assert times == sorted(times, reverse=True)
    ids = [item["nodeId"] for item in listed(box, "nodes", "list", "sim-spot", "--sort", "id")]
    assert ids == sorted(ids)


def test_a_limit_ends_the_asking(open_box: Open) -> None:
    box = open_box("big", page_size=100)
    told = box.run("tasks", "list", "--limit", "5", "-o", "jsonl")
    assert len(told.jsonl()) == 5
    pages = [r for r in box.sandbox.requests if r.path.endswith("/tasks")]
    assert len(pages) <= 8  # one page of each job that is begun ahead, and no second one


def test_no_tasks_are_counted_where_nobody_sees_it(open_box: Open) -> None:
    box = open_box("night-shift")
    assert box.run("jobs", "list", "-o", "ids").status == 0
    assert box.run("jobs", "list", "--no-counts").status == 0
    assert box.requested("GET", "taskcounts") == 0


def test_counts_that_cannot_be_read_are_told_and_the_jobs_are_shown(open_box: Open) -> None:
    box = open_box("night-shift")
    box.order(Fault(FaultKind.EXPIRED_TOKEN, route="GET /jobs/{id}/taskcounts", times=1))
    told = box.run("jobs", "list", "-o", "json")
    assert told.status == 4
    document = told.json()
    assert (document["complete"], len(document["items"])) == (False, 10)
    assert [item["failedTasks"] for item in document["items"]].count(None) == 1


@pytest.mark.parametrize("noun", NOUNS)
def test_every_format_tells_of_the_same_things(open_box: Open, noun: str) -> None:
    box = open_box("bad-node")
    items = box.run(noun, "list", "-o", "json").json()
    lines = box.run(noun, "list", "-o", "csv").stdout.splitlines()
    names = box.run(noun, "list", "-o", "ids").stdout.splitlines()
    assert lines[0].split(",") == list(items["items"][0])
    assert len(lines) - 1 == len(names) == len(items["items"]) == items["summary"]["listed"]
    assert sum(items["summary"]["byState"].values()) == items["summary"]["listed"]
    table = box.run(noun, "list").stdout
    assert all(name in table for name in names)


def test_what_is_not_there_is_told_with_what_was_asked_for(open_box: Open) -> None:
    box = open_box("bad-node")
    told = box.run("jobs", "list", "--state", "deleting")
    assert (told.status, told.page) == (0, "No job is like that.\n")
    assert box.run("nodes", "list", "--state", "preempted", "--fail-on", "any").status == 0
    assert box.run("nodes", "list", "--fail-on", "any").status == 10


def test_states_are_words_of_the_service(open_box: Open) -> None:
    told = open_box("bad-node").run("jobs", "list", "--state", "stuck")
    assert told.status == 2
    assert all(state.value in told.stderr for state in JobState)
    assert {state.value for state in NodeState} == STATES.keys()
    both = open_box("bad-node").run("tasks", "list", "--state", "failed", "--state", "running")
    assert (both.status, both.stdout) == (2, "")
