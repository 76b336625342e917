"""Saved answers of az and of the service: what they tell, and what they leave open."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from batchdoctor.work.bundle.saved_answers import SavedAnswers

HOST = "https://a.westeurope.batch.azure.com"


def task(name: str, state: str = "completed", result: str = "success") -> dict[str, Any]:
    url = f"{HOST}/jobs/Night/tasks/{name}"
    return {"id": name, "url": url, "state": state, "executionInfo": {"result": result}}


def node(name: str, state: str) -> dict[str, Any]:
    return {"id": name, "url": f"{HOST}/pools/p/nodes/{name}", "state": state, "isDedicated": True}


def saved(folder: Path, *values: object) -> SavedAnswers:
    for number, value in enumerate(values):
        (folder / f"{number}.json").write_text(json.dumps(value))
    return SavedAnswers(folder)


def test_a_list_of_tasks_tells_its_job_and_is_counted(tmp_path: Path) -> None:
    tasks = [task("a"), task("b", result="failure"), task("c", "preparing"), task("d", "active")]
    answers = saved(tmp_path, tasks)
    assert answers.documents("jobs") == [{"id": "Night"}]
    assert (answers.missing("tasks", "NIGHT"), answers.missing("nodes", "p")) == ((), ("all",))
    counted = {"active": 1, "running": 1, "completed": 2, "failed": 1, "succeeded": 1}
    assert answers.documents("taskcounts") == [
        {"jobId": "Night", "document": {"taskCounts": counted, "taskSlotCounts": {}}}
    ]


def test_a_job_that_was_saved_itself_is_not_made_up(tmp_path: Path) -> None:
    job = {"id": "night", "url": f"{HOST}/jobs/night", "state": "active"}
    assert saved(tmp_path, [task("a")], [job]).documents("jobs") == [job]


def test_nodes_are_counted_by_kind_and_state(tmp_path: Path) -> None:
    spot = {**node("n3", "preempted"), "isDedicated": False}
    answers = saved(tmp_path, [node("n1", "idle"), node("n2", "startTaskFailed"), spot])
    (counted,) = answers.documents("nodecounts") or ()
    assert (
        counted["dedicated"] | {"idle": 1, "startTaskFailed": 1, "total": 2} == counted["dedicated"]
    )
    assert counted["lowPriority"] | {"preempted": 1, "total": 1} == counted["lowPriority"]
    assert answers.missing("nodecounts") == ()


def test_one_object_and_a_page_with_a_next_are_no_whole_lists(tmp_path: Path) -> None:
    for value in (task("a"), {"value": [task("a")], "odata.nextLink": f"{HOST}/more"}):
        answers = saved(tmp_path, value)
        assert answers.missing("tasks", "night") == ("all",)
        assert answers.documents("taskcounts") is None
    assert saved(tmp_path, {"value": [task("a")]}).missing("tasks", "night") == ()
