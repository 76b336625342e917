"""What was done about a finding is told with it: by whom, since when, and the way back."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.box import Box, Open


def suspect_of(box: Box, home: Path, *words: str) -> dict[str, Any]:
    items = box.run(*words, "-o", "jsonl", environ={"XDG_STATE_HOME": str(home)}).jsonl()
    (found,) = [item for item in items if item["kind"] == "node-suspect"]
    return dict(found)


def disabled(box: Box, home: Path) -> str:
    """Disable the suspect node, and let four minutes go by; gives its id."""
    node = str(suspect_of(box, home, "triage")["subject"]["nodeId"])
    words = ["node", "disable", node, "--pool", "render-linux", "--task-completion", "--yes"]
    assert box.run(*words, environ={"XDG_STATE_HOME": str(home)}).status == 0
    box.clock.sleep(240)
    return node


@pytest.mark.parametrize("words", [["triage"], ["pool", "diagnose", "render-linux"]])
def test_a_suspect_that_you_disabled_says_so_and_offers_the_way_back(
    open_box: Open, tmp_path: Path, words: list[str]
) -> None:
    box = open_box("bad-node")
    node = disabled(box, tmp_path)
    found = suspect_of(box, tmp_path, *words)
    assert "You disabled it 4 min ago." in found["message"]
    assert found["advice"][0] == (
        "The way back, if it is to take tasks again:"
        f" batchdoctor node enable {node} --pool render-linux"
    )
    assert not any("node disable" in step for step in found["advice"])


def test_that_it_takes_no_tasks_is_not_told_a_second_time(open_box: Open, tmp_path: Path) -> None:
    box = open_box("bad-node")
    disabled(box, tmp_path)
    kinds = {item["kind"] for item in box.run("triage", "-o", "jsonl").jsonl()}
    assert "node-offline" not in kinds


def test_what_others_did_is_told_apart(open_box: Open, tmp_path: Path) -> None:
    box = open_box("bad-node")
    disabled(box, tmp_path / "of somebody else")
    found = suspect_of(box, tmp_path / "mine", "triage")
    assert "Somebody else disabled it, by your own journal." in found["message"]
    assert "You " not in found["message"]


def test_a_deed_that_was_undone_is_not_told(open_box: Open, tmp_path: Path) -> None:
    box = open_box("bad-node")
    node = disabled(box, tmp_path)
    words = ["node", "enable", node, "--pool", "render-linux", "--yes"]
    box.run(*words, environ={"XDG_STATE_HOME": str(tmp_path)})
    assert "disabled it" not in suspect_of(box, tmp_path, "triage")["message"]


def test_tasks_that_you_ran_again_are_told_with_their_job(open_box: Open, tmp_path: Path) -> None:
    box = open_box("bad-job")
    home = {"XDG_STATE_HOME": str(tmp_path)}
    task = box.run("tasks", "failed", "--job", "risk-var-20261121", "-o", "ids").stdout.split()[0]
    assert box.run("tasks", "reactivate", task, "--yes", environ=home).status == 0
    box.clock.now += timedelta(minutes=3)
    items = box.run("triage", "-o", "jsonl", environ=home).jsonl()
    (found,) = [item for item in items if item["kind"] == "job-failing"]
    assert "You ran 1 task of it again 3 min ago." in found["message"]
