"""`node show` tells what a failed start task said, what that means, and what helps."""

from __future__ import annotations

import json
from typing import Any

from tests.box import Box, Open

LOCKED = (
    "E: Could not get lock /var/lib/dpkg/lock-frontend. "
    "It is held by process 1432 (unattended-upgr)"
)
NO_WORDS = {
    "stderr": None,
    "stderrPlace": None,
    "stderrName": None,
    "stderrProblem": None,
    "cause": None,
}


def shown(box: Box, node: str) -> dict[str, Any]:
    told = json.loads(box.run("node", "show", node, "-o", "json").stdout)
    item: dict[str, Any] = told["items"][0]
    return item


def words_of(item: dict[str, Any]) -> dict[str, Any]:
    return {key: item["startTask"][key] for key in NO_WORDS}


def failed_nodes(box: Box) -> list[str]:
    failed = ("--pool", "ingest-linux", "--state", "starttaskfailed")
    return box.run("nodes", "list", *failed, "-o", "ids").stdout.split()


def test_the_words_of_a_start_task_and_their_cause_are_part_of_the_node(open_box: Open) -> None:
    box = open_box("night-shift")
    never_ran, _, ran = failed_nodes(box)
    assert words_of(shown(box, ran)) == {
        "stderr": [LOCKED, "install.sh: apt-get failed with 100"],
        "stderrPlace": "stderr",
        "stderrName": "stderr.txt",
        "stderrProblem": None,
        "cause": {"entry": "package-lock", "about": "node", "line": LOCKED, "place": "stderr"},
    }
    assert words_of(shown(box, never_ran)) == NO_WORDS


def test_what_helps_with_the_cause_stands_before_what_helps_without_it(open_box: Open) -> None:
    box = open_box("night-shift")
    ran = failed_nodes(box)[2]
    page = box.run("node", "show", ran).stdout.splitlines()
    assert "cause       node: package-lock, by its words" in page
    pool, _, node = ran.partition("/")
    assert shown(box, ran)["advice"] == [
        "Have apt wait for it: apt-get -o DPkg::Lock::Timeout=300 install ...",
        f"batchdoctor files get stderr --pool {pool} --node {node} --start-task",
        f"batchdoctor node reboot {node} --pool {pool}",
        f"batchdoctor node remove {node} --pool {pool}",
    ]
