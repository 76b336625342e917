"""`nodes suspect`: the right nodes by state and by failures, and nobody else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from batchdoctor.core.suspicion.item import SuspectItem
from batchdoctor.sandbox import Fault
from tests.box import Box, Open

HOW = {"estimated": [], "exact": ["--exact"], "of a span of time": ["--since", "7d"]}


SCENARIOS = Path(__file__).parents[1] / "scenarios"


def verdicts(box: Box, *options: str) -> list[tuple[str, str]]:
    items = box.run("nodes", "suspect", *options, "-o", "jsonl").jsonl()
    return [(item["verdict"], item["nodeId"]) for item in items]


@pytest.mark.parametrize("how", HOW.values(), ids=HOW)
def test_the_node_that_fails_across_jobs_is_named_and_no_other(
    open_box: Open, how: list[str]
) -> None:
    suspects = [each for each in verdicts(open_box("bad-node"), *how) if each[0] == "suspect"]
    assert suspects == [("suspect", "tvm-283647310_10-20261111t202534z")]


@pytest.mark.parametrize("how", HOW.values(), ids=HOW)
def test_a_job_that_fails_everywhere_is_not_blamed_on_a_node(
    open_box: Open, how: list[str]
) -> None:
    assert verdicts(open_box("bad-job"), *how) == []


def test_a_healthy_account_is_one_line(open_box: Open) -> None:
    result = open_box("healthy").run("nodes", "suspect")
    assert result.status == 0
    assert result.page == (
        "No suspect nodes among 9 nodes in 2 pools (now, and failures of all time in 3 jobs).\n"
    )
    assert result.stderr == ""


def test_a_night_shift_has_broken_nodes_by_state_and_a_suspect_by_failures(
    open_box: Open,
) -> None:
    items = open_box("night-shift").run("nodes", "suspect", "--parked", "-o", "jsonl").jsonl()
    kinds = {item["nodeId"]: [reason["kind"] for reason in item["reasons"]] for item in items}
    assert [item["verdict"] for item in items] == ["broken"] * 7 + ["suspect"]
    assert sorted({kind for each in kinds.values() for kind in each}) == [
        "agent-unreachable",
        "node-caused-failures",
        "node-error",
        "offline",
        "repeated-failures",
        "said",
        "start-task-failed",
        "stuck",
    ]
    sick = "tvm-283647310_8-20261109t212451z"
    assert kinds[sick] == ["repeated-failures", "said", "node-caused-failures"]
    (said,) = (
        reason["message"]
        for item in items
        for reason in item["reasons"]
        if reason["kind"] == "said"
    )
    assert said == "13 of 19 say: Input/output error; 6 of 19 say: Read-only file system"
    assert kinds["tvm-283647310_12-20261113t033913z"] == ["node-error"]


@pytest.mark.parametrize("mode", ["classic", "simplified"])
def test_every_command_about_a_silent_node_asks_for_the_network_of_its_pool(
    mode: str, open_box: Open
) -> None:
    box = open_box("night-shift")
    pool = box.sandbox.store.pool("etl-windows")
    pool.shape["currentNodeCommunicationMode"] = mode
    silent = next(node for node in pool.nodes if not node.reachable)
    for command in (
        ["node", "show", silent.id, "--pool", pool.id],
        ["nodes", "suspect", "--pool", pool.id],
        ["pool", "diagnose", "--pool", pool.id],
    ):
        items = box.run(*command, "-o", "jsonl").jsonl()
        advice = "".join(step for item in items for step in item["advice"])
        assert "outbound 443" in advice, command
        assert ("29876-29877" in advice) == (mode == "classic"), command


def test_a_suspect_tells_when_a_task_last_failed_on_it(open_box: Open) -> None:
    box = open_box("bad-node")
    suspect = next(
        item
        for item in box.run("nodes", "suspect", "-o", "json").json()["items"]
        if item["verdict"] == "suspect"
    )
    failed = box.run("tasks", "failed", "-o", "json").json()["items"]
    ends = [item["endTime"] for item in failed if item["nodeId"] == suspect["nodeId"]]
    assert suspect["lastFailureTime"] == max(ends)


def test_an_item_has_exactly_the_keys_of_the_contract(open_box: Open) -> None:
    told = open_box("night-shift").run("nodes", "suspect", "--parked", "-o", "json").json()
    assert {tuple(item) for item in told["items"]} == {SuspectItem.__struct_encode_fields__}
    assert told["summary"] == {
        "pools": 5,
        "nodes": 35,
        "byVerdict": {"broken": 7, "suspect": 1, "watch": 0},
    }


def test_pool_and_job_narrow_what_is_looked_at(open_box: Open) -> None:
    box = open_box("night-shift")
    told = box.run("nodes", "suspect", "--pool", "render-linux", "-o", "json").json()
    assert told["summary"]["pools"] == 1
    assert {item["poolId"] for item in told["items"]} == {"render-linux"}
    assert ("suspect", "tvm-283647310_8-20261109t212451z") in verdicts(
        box, "--pool", "render-linux", "--job", "render-20261121", "--job", "encode-20261121"
    )


def test_min_failures_spares_a_node_with_fewer(open_box: Open) -> None:
    assert verdicts(open_box("bad-node"), "--min-failures", "100") == []


def test_the_ids_can_be_piped_into_a_command_that_acts(open_box: Open) -> None:
    box = open_box("bad-node")
    ids = box.run("nodes", "suspect", "-o", "ids")
    assert ids.stdout == "render-linux/tvm-283647310_10-20261111t202534z\n"
    piped = box.run("node", "disable", "-", "--yes", "-o", "ids", stdin=ids.output)
    assert (piped.status, piped.stdout) == (0, ids.stdout)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_ids_are_understood_in_the_encodings_that_shells_pipe(
    open_box: Open, encoding: str
) -> None:
    box = open_box("bad-node")
    ids = box.run("nodes", "suspect", "-o", "ids").stdout.strip()
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    piped = (mark + f"{ids}\r\n").encode(encoding)
    result = box.run("node", "disable", "-", "--yes", "--dry-run", "-o", "ids", stdin=piped)
    assert (result.status, result.stdout.strip()) == (0, ids)


def test_ids_that_are_no_text_are_refused(open_box: Open) -> None:
    result = open_box("bad-node").run("node", "disable", "-", "--yes", stdin=b"p/n\xff\n")
    assert (result.status, result.stdout) == (2, "")
    assert "they are not in UTF-8" in result.stderr


def test_fail_on_any_is_status_10_when_a_node_is_named(open_box: Open) -> None:
    assert open_box("bad-node").run("nodes", "suspect", "--fail-on", "any").status == 10
    assert open_box("bad-job").run("nodes", "suspect", "--fail-on", "any").status == 0


def test_a_pool_that_does_not_exist_is_status_3(open_box: Open) -> None:
    result = open_box("healthy").run("nodes", "suspect", "--pool", "nope")
    assert (result.status, result.stdout) == (3, "")
    assert "PoolNotFound" in result.stderr


@pytest.mark.parametrize(
    "route",
    ["GET /pools", "GET /pools/{id}/nodes", "GET /jobs/{id}/tasks", "GET /jobs/{id}/taskcounts"],
)
def test_a_broken_connection_anywhere_changes_nothing(open_box: Open, route: str) -> None:
    box = open_box("bad-node")
    whole = box.run("nodes", "suspect")
    box.order(Fault("reset-in-body", route=route))
    assert box.run("nodes", "suspect").output == whole.output


def test_a_command_to_type_is_never_folded(open_box: Open) -> None:
    shown = open_box("night-shift").run("nodes", "suspect").stdout.splitlines()
    commands = [line.strip() for line in shown if line.strip().startswith("$ ")]
    assert commands
    assert all(line.startswith("$ batchdoctor ") for line in commands)
    assert all(" --pool " in line or " --task " in line for line in commands)


def test_a_pool_or_job_named_twice_or_in_another_case_counts_once(open_box: Open) -> None:
    box = open_box("night-shift")
    once = ["--pool", "render-linux", "--job", "encode-20261121", "--exact"]
    twice = ["--pool", "RENDER-LINUX", "--job", "Encode-20261121"]
    expected = box.run("nodes", "suspect", *once, "-o", "json")
    assert box.run("nodes", "suspect", *once, *twice, "-o", "json").output == expected.output
    assert box.run("nodes", "suspect", *twice, "--exact", "-o", "json").output == expected.output


def test_a_node_that_fails_more_than_the_others_is_not_called_sound(open_box: Open) -> None:
    box = open_box("night-shift")
    found = box.run("nodes", "suspect", "-o", "jsonl").jsonl()
    sick = next(f"{i['poolId']}/{i['nodeId']}" for i in found if i["verdict"] == "suspect")
    (item,) = box.run("node", "show", sick, "-o", "json").json()["items"]
    page = box.run("node", "show", sick).stdout
    pool = sick.partition("/")[0]
    assert item["verdict"] == "watch"
    assert [reason["kind"] for reason in item["reasons"]] == ["fails-often"]
    assert "Nothing is wrong" not in page
    assert re.search(
        rf"\n\d+ of \d+ tasks failed on it, and \d %.*; batchdoctor nodes suspect --pool {pool} ",
        page,
    )
    assert re.search(r"\nfailed, exit code \d+ +\S+/\S+\n", page)
    assert {task["result"] for task in item["recentTasks"]} >= {"failure"}


def test_a_node_of_a_job_that_fails_everywhere_is_sound(open_box: Open) -> None:
    box = open_box("bad-job")
    pool = max(box.sandbox.store.pools, key=lambda pool: len(pool.nodes))
    shown = [
        box.run("node", "show", f"{pool.id}/{node.id}", "-o", "json").json()["items"][0]
        for node in pool.nodes[:6]
    ]
    assert any(item["totalTasksRun"] - item["totalTasksSucceeded"] > 1 for item in shown)
    assert {item["verdict"] for item in shown} == {"sound"}


def test_nodes_with_the_same_trouble_are_one_block_with_a_count(open_box: Open) -> None:
    box = open_box(str(SCENARIOS / "same-trouble.toml"))
    told = box.run("nodes", "suspect")
    assert told.page == (
        "BROKEN  200 nodes of farm  starttaskfailed\n"
        "        the start task failed (exit code 100, FailureExitCode: The task exited\n"
        "        with an exit code representing a failure)\n"
        "        tvm-769037855_100-20261101t201626z, tvm-769037855_101-20261102t101627z,\n"
        "        tvm-769037855_102-20261103t184438z and 197 more (-o ids has all)\n"
        "        About the first of them:\n"
        "        $ batchdoctor node show tvm-769037855_100-20261101t201626z --pool farm\n"
        "        $ batchdoctor node reboot tvm-769037855_100-20261101t201626z --pool farm\n"
        "        $ batchdoctor node remove tvm-769037855_100-20261101t201626z --pool farm\n"
        "\n"
        "200 broken of 220 nodes in 1 pool (now, and failures of all time in 1 job).\n"
    )
    assert len(box.run("nodes", "suspect", "-o", "ids").stdout.splitlines()) == 200
    assert len(box.run("nodes", "suspect", "-o", "jsonl").jsonl()) == 200
