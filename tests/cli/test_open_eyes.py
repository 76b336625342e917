"""Acting with open eyes: what goes with a removal, what is saved first, who is in the list."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from batchdoctor.sandbox import Fault
from tests.box import Box, Open

POOL = "render-linux"
BAD = "tvm-283647310_10-20261111t202534z"
NAME = f"{POOL}/{BAD}"


@pytest.fixture
def box(open_box: Open) -> Box:
    return open_box("bad-node")


def removals(box: Box) -> int:
    return box.requested("POST", "/removenodes")


def test_a_removal_says_what_falls_and_what_goes(box: Box) -> None:
    result = box.run("node", "remove", NAME, "--yes")
    assert result.status == 0
    assert result.stderr.splitlines()[-3:] == [
        f"the pool {POOL} keeps 11 of 12 schedulable nodes",
        f"the target of the pool {POOL} falls from 12 to 11 dedicated nodes",
        "the files of 23 failed tasks go with it; --save-logs DIR keeps their stdout and stderr",
    ]
    assert box.sandbox.store.pool(POOL).target_dedicated == 11


def test_of_a_pool_that_scales_no_target_is_promised(box: Box) -> None:
    box.sandbox.store.pool(POOL).shape["enableAutoScale"] = True
    result = box.run("node", "remove", NAME, "--dry-run")
    told = "scales by its formula, which may ask for others in their place"
    assert f"the pool {POOL} {told}\n" in result.stderr
    assert "the target of" not in result.stderr


def test_logs_are_saved_before_anything_is_removed(box: Box, tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    result = box.run("node", "remove", NAME, "--yes", "--save-logs", str(folder), "-o", "json")
    assert (result.status, removals(box)) == (0, 1)
    entries = [json.loads(line) for line in (folder / "manifest.jsonl").read_text().splitlines()]
    assert len({(entry["jobId"], entry["taskId"]) for entry in entries}) == 23
    assert {entry["nodeId"] for entry in entries} == {BAD}
    requests = [request.path for request in box.sandbox.requests]
    last_file = max(index for index, path in enumerate(requests) if "/files/" in path)
    assert last_file < requests.index(f"/pools/{POOL}/removenodes")
    assert f"their stdout and stderr are saved below {folder} first\n" in result.stderr


def test_nothing_is_removed_if_the_logs_could_not_be_saved(box: Box, tmp_path: Path) -> None:
    box.order(Fault("not-allowed", "*/files/*", times=1))
    result = box.run("node", "remove", NAME, "--yes", "--save-logs", str(tmp_path))
    assert (result.status, removals(box)) == (5, 0)
    assert "error: Nothing was removed: 1 file could not be saved;" in result.stderr


def test_a_dry_run_saves_nothing(box: Box, tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    result = box.run("node", "remove", NAME, "--dry-run", "--save-logs", str(folder))
    assert (result.status, folder.exists(), removals(box)) == (0, False, 0)
    assert "Next" not in result.stdout


def test_after_a_change_it_is_told_what_to_type(box: Box) -> None:
    page = box.run("node", "disable", NAME, "--yes").page
    assert page.endswith(
        "\nNext\n  To see how it goes:\n"
        f"  $ batchdoctor node show {NAME}\n"
        "  The way back:\n"
        f"  $ batchdoctor node enable {NAME}\n"
        "\n1 node changed.\n"
    )
    # Nothing was done: there is nothing to see, and no way back from it.
    assert "Next" not in box.run("node", "disable", NAME, "--yes").page


def test_after_tasks_were_queued_again_it_is_told_what_to_type(box: Box) -> None:
    result = box.run("tasks", "reactivate", "render-20261121/frame-0090", "--yes")
    assert "  $ batchdoctor job diagnose render-20261121\n" in result.stdout


def listed(box: Box, *options: str) -> list[str]:
    return box.run("nodes", "suspect", *options, "-o", "ids").stdout.splitlines()


def test_a_node_that_somebody_parked_is_not_in_the_list_unless_asked_for(box: Box) -> None:
    assert listed(box) == [NAME]
    box.run("node", "disable", NAME, "--yes")
    assert listed(box) == []
    assert listed(box, "--parked") == [NAME]
    result = box.run("nodes", "suspect")
    assert result.head.endswith("  all time  without 1 parked")


def test_the_list_is_of_the_verdicts_that_are_asked_for(open_box: Open) -> None:
    night = open_box("night-shift")
    by_verdict = {
        verdict: listed(night, "--verdict", verdict) for verdict in ("broken", "suspect", "watch")
    }
    assert {verdict: len(ids) for verdict, ids in by_verdict.items()} == {
        "broken": 6,
        "suspect": 1,
        "watch": 0,
    }
    both = listed(night, "--verdict", "suspect", "--verdict", "broken")
    assert sorted(both) == sorted(by_verdict["broken"] + by_verdict["suspect"])
    assert night.run("nodes", "suspect", "--verdict", "bad").status == 2


@pytest.mark.parametrize("nodes_left", [11, 0])
def test_a_node_that_left_the_pool_keeps_its_verdict(box: Box, nodes_left: int) -> None:
    pool = box.sandbox.store.pool(POOL)
    pool.nodes[:] = [node for node in pool.nodes if node.id != BAD][:nodes_left]
    (item,) = box.run("nodes", "suspect", "-o", "json").json()["items"]
    assert (item["nodeId"], item["verdict"], item["failures"]) == (BAD, "suspect", 23)
    assert item["advice"] == ["the node is no longer in the pool, so there is nothing to stop"]
    findings = box.run("triage", "-o", "json").json()["items"]
    (found,) = [each for each in findings if each["kind"] == "node-suspect"]
    assert found["message"].startswith(
        "Failed more than its jobs explain, and has left the pool since: 23 failures of 28 runs"
    )
    assert found["nextCommands"] == [f"batchdoctor tasks failed --pool {POOL} --by node"]
