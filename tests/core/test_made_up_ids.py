"""Made-up ids: the same for the same, wherever it stands, and of one kind for tasks of one kind."""

from __future__ import annotations

from batchdoctor.core.made_up_ids import MadeUpIds
from batchdoctor.core.suspicion.kind import kind_of


def test_the_same_id_has_the_same_stand_in_wherever_it_stands() -> None:
    ids = MadeUpIds()
    job = ids.document({"id": "nightly-7", "poolInfo": {"poolId": "render"}}, "job")
    assert job == {"id": "job-1", "poolInfo": {"poolId": "pool-1"}}
    task = {"url": "https://h/jobs/Nightly-7/tasks/f-1", "dependsOn": {"taskIds": ["f-2", "f-1"]}}
    assert ids.document(task) == {
        "url": "https://h/jobs/job-1/tasks/task-1",
        "dependsOn": {"taskIds": ["task-2", "task-1"]},
    }
    assert ids.text("task of nightly-7 ended") == "task of job-1 ended"


def test_an_id_that_a_later_member_tells_is_made_up_in_an_earlier_text() -> None:
    ids = MadeUpIds()
    task = {"nodeInfo": {"affinityId": "TVM:tvm-9_1", "nodeId": "tvm-9_1"}}
    ids.meet([task])
    assert ids.document(task) == {"nodeInfo": {"affinityId": "TVM:node-1", "nodeId": "node-1"}}


def test_words_that_mean_something_else_stay() -> None:
    ids = MadeUpIds()
    ids.learn("task", "completed")
    ids.learn("task", "2026")
    text = {"state": "completed", "message": "completed in 2026"}
    assert ids.document(text) == text


def test_tasks_of_one_kind_keep_one_kind() -> None:
    ids = MadeUpIds()
    small = [ids.learn("task", f"small-{n}") for n in range(3)]
    large = [ids.learn("task", f"large-{n}") for n in range(3)]
    assert len({kind_of(name) for name in small}) == len({kind_of(name) for name in large}) == 1
    assert kind_of(small[0]) != kind_of(large[0])
