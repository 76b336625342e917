"""Jobs that really run: a node is a folder, a task a process, and both can be lost."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from batchdoctor.sandbox import Mishap, MishapKind, Sandbox, load_scenario
from batchdoctor.sandbox.account.model import Task
from tests.sandbox.wire import VERSION, Wire

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="processes are looked at in /proc"
)
_PATIENCE = 60.0
SCENARIO = """
[timings]
terminate = 0.0
[[pools]]
id = "work"
[[pools.nodes]]
count = 3
"""


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    file = tmp_path / "work.toml"
    file.write_text(SCENARIO, encoding="utf-8")
    return file


@pytest.fixture
def running(scenario: Path, start: Callable[..., Sandbox]) -> Iterator[Sandbox]:
    sandbox = start(load_scenario(str(scenario)), run_jobs=True)
    yield sandbox
    assert sandbox.outstanding_mishaps() == []


def python(code: str) -> str:
    return shlex.join([sys.executable, "-c", code])


def submit(sandbox: Sandbox, *tasks: dict[str, Any], **members: Any) -> Wire:
    wire = Wire(sandbox)
    job = {"id": "mine", "poolInfo": {"poolId": "work"}, "usesTaskDependencies": True, **members}
    assert wire.post("/jobs", job).status == 201
    assert wire.post("/jobs/mine/addtaskcollection", {"value": list(tasks)}).status == 200
    return wire


def eventually(so: Callable[[], bool]) -> None:
    until = time.monotonic() + _PATIENCE
    while not so():
        assert time.monotonic() < until, "it did not become so"
        time.sleep(0.005)


def ended(sandbox: Sandbox, task_id: str) -> Task:
    task = sandbox.store.task("mine", task_id)
    eventually(lambda: task.state == "completed")
    return task


def test_a_task_runs_as_a_process_in_a_folder_of_its_node(running: Sandbox) -> None:
    code = "import os; print(os.getcwd()); print(sorted(k for k in os.environ if 'BATCH' in k))"
    setting = {"name": "BATCH_TEST", "value": "yes"}
    wire = submit(
        running, {"id": "one", "commandLine": python(code), "environmentSettings": [setting]}
    )
    task = ended(running, "one")
    assert (task.exit_code, task.result) == (0, "success")
    stdout = wire.get("/jobs/mine/tasks/one/files/stdout.txt").body.decode().splitlines()
    assert stdout[0].endswith("/workitems/mine/job-1/one/wd")
    assert stdout[1] == str(
        [
            "AZ_BATCH_ACCOUNT_NAME",
            "AZ_BATCH_ACCOUNT_URL",
            "AZ_BATCH_JOB_ID",
            "AZ_BATCH_NODE_ID",
            "AZ_BATCH_NODE_IS_DEDICATED",
            "AZ_BATCH_NODE_ROOT_DIR",
            "AZ_BATCH_NODE_SHARED_DIR",
            "AZ_BATCH_POOL_ID",
            "AZ_BATCH_TASK_DIR",
            "AZ_BATCH_TASK_ID",
            "AZ_BATCH_TASK_WORKING_DIR",
            "BATCH_TEST",
        ]
    )


def test_a_process_gets_none_of_the_secrets_around(
    running: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_STORAGE_KEY", "c2VjcmV0")
    wire = submit(
        running, {"id": "one", "commandLine": python("import os; print(dict(os.environ))")}
    )
    ended(running, "one")
    assert b"c2VjcmV0" not in wire.get("/jobs/mine/tasks/one/files/stdout.txt").body


def test_a_command_line_meets_no_shell_but_its_own(running: Sandbox) -> None:
    wire = submit(
        running,
        {"id": "plain", "commandLine": "echo $AZ_BATCH_TASK_ID > out.txt"},
        {"id": "shell", "commandLine": "/bin/sh -c 'echo $AZ_BATCH_TASK_ID > out.txt'"},
    )
    ended(running, "plain")
    ended(running, "shell")
    plain = wire.get("/jobs/mine/tasks/plain/files/stdout.txt").body
    assert plain == b"$AZ_BATCH_TASK_ID > out.txt\n"
    assert wire.get("/jobs/mine/tasks/shell/files/wd/out.txt").body == b"shell\n"


def test_tasks_wait_for_those_they_depend_on(running: Sandbox) -> None:
    wait = "/bin/sh -c 'exit 0'"
    submit(
        running,
        {"id": "last", "commandLine": wait, "dependsOn": {"taskIds": ["a", "b"]}},
        {"id": "a", "commandLine": wait},
        {"id": "b", "commandLine": wait},
    )
    last = ended(running, "last")
    before = [ended(running, name) for name in ("a", "b")]
    assert all((task.ended or 0) <= (last.started or 0) for task in before)


def test_a_task_that_fails_is_tried_again_as_often_as_it_says(running: Sandbox) -> None:
    # Each run adds a line to a file, and the third one says yes.
    command = "/bin/sh -c 'echo x >> tries; test $(wc -l < tries) -ge 3'"
    submit(
        running,
        {"id": "third", "commandLine": command, "constraints": {"maxTaskRetryCount": 2}},
        {"id": "never", "commandLine": "/bin/sh -c 'exit 7'"},
    )
    third, never = ended(running, "third"), ended(running, "never")
    assert (third.result, third.retries, third.exit_code) == ("success", 2, 0)
    assert never.recipe is not None
    assert (never.result, never.retries, never.exit_code) == ("failure", 0, 7)
    assert never.recipe.code == "FailureExitCode"


def test_a_program_that_is_not_there_and_a_limit_are_told(running: Sandbox) -> None:
    sleeping = python("import time; time.sleep(600)")
    limit = {"maxWallClockTime": "PT0.2S"}
    submit(
        running,
        {"id": "none", "commandLine": "no-such-program"},
        {"id": "long", "commandLine": sleeping, "constraints": limit},
    )
    codes = {name: ended(running, name).recipe for name in ("none", "long")}
    assert {name: recipe.code for name, recipe in codes.items() if recipe} == {
        "none": "CommandProgramNotFound",
        "long": "TaskEnded",
    }


def test_a_job_ends_with_its_tasks_and_with_a_failure_that_asks_for_it(running: Sandbox) -> None:
    end = {"default": {"jobAction": "terminate"}}
    wire = submit(
        running,
        {"id": "bad", "commandLine": "/bin/sh -c 'exit 1'", "exitConditions": end},
        {"id": "next", "commandLine": "true", "dependsOn": {"taskIds": ["bad"]}},
        onTaskFailure="performexitoptionsjobaction",
    )
    job = running.store.job("mine")
    eventually(lambda: wire.get("/jobs/mine").document["state"] == "completed")
    assert job.terminate_reason == "TaskFailed"
    assert running.store.task("mine", "next").result == "failure"


def test_a_job_told_to_end_with_its_tasks_does(running: Sandbox) -> None:
    wire = submit(running, {"id": "one", "commandLine": "true"})
    wire.send("PATCH", f"/jobs/mine?{VERSION}", {"onAllTasksComplete": "terminatejob"})
    eventually(lambda: wire.get("/jobs/mine").document["state"] == "completed")
    assert running.store.job("mine").terminate_reason == "AllTasksComplete"


def waiting_for(folder: Path) -> str:
    """A program that tells where it runs, and ends once it may."""
    return python(
        "import os, pathlib, time\n"
        f"here = pathlib.Path({str(folder)!r})\n"
        "(here / os.environ['AZ_BATCH_NODE_ID']).write_text(str(os.getpid()))\n"
        "while not (here / 'go').exists(): time.sleep(0.01)\n"
        "(here / ('done-' + os.environ['AZ_BATCH_NODE_ID'])).touch()\n"
    )


def runners(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name.startswith("tvm"))


def is_alive(folder: Path, node: str) -> bool:
    """Whether the process runs; one that nobody has asked about its end yet does not."""
    status = Path(f"/proc/{(folder / node).read_text()}/stat")
    try:
        return status.read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_lost_node_takes_its_processes_along_and_the_task_runs_elsewhere(
    running: Sandbox, tmp_path: Path
) -> None:
    seen = tmp_path / "seen"
    seen.mkdir()
    running.befall(Mishap(MishapKind.NODE_LOST, "one", lambda: len(runners(seen)) == 1))
    submit(running, {"id": "one", "commandLine": waiting_for(seen)})
    eventually(lambda: len(runners(seen)) == 2)
    task = running.store.task("mine", "one")
    (lost,) = (node for node in runners(seen) if node != task.node_id)
    assert not is_alive(seen, lost)
    assert (task.requeues, running.store.node("work", lost).state) == (1, "unknown")
    (seen / "go").touch()
    assert ended(running, "one").result == "success"
    assert not (seen / f"done-{lost}").exists()


def test_a_node_that_is_cut_off_runs_a_task_a_second_time_at_the_same_time(
    running: Sandbox, tmp_path: Path
) -> None:
    seen = tmp_path / "seen"
    seen.mkdir()
    running.befall(Mishap(MishapKind.NODE_CUT_OFF, "one", lambda: len(runners(seen)) == 1))
    submit(running, {"id": "one", "commandLine": waiting_for(seen)})
    eventually(lambda: len(runners(seen)) == 2)
    assert all(is_alive(seen, node) for node in runners(seen))
    (seen / "go").touch()
    assert ended(running, "one").requeues == 1
    eventually(lambda: len(list(seen.glob("done-*"))) == 2)


def test_an_end_that_nobody_heard_of_has_the_task_run_once_more(
    running: Sandbox, tmp_path: Path
) -> None:
    file = tmp_path / "runs"
    running.befall(Mishap.of("end-unheard:o*"))
    submit(running, {"id": "one", "commandLine": f"/bin/sh -c 'echo x >> {file}'"})
    assert ended(running, "one").requeues == 1
    assert file.read_text() == "x\nx\n"


def test_whatever_runs_ends_with_the_sandbox(scenario: Path, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    seen.mkdir()
    with Sandbox(load_scenario(str(scenario)), run_jobs=True) as sandbox:
        with_child = shlex.join(["/bin/sh", "-c", f"{waiting_for(seen)} & sleep 600"])
        submit(sandbox, {"id": "one", "commandLine": with_child})
        eventually(lambda: bool(runners(seen)) and (seen / runners(seen)[0]).read_text() != "")
        assert is_alive(seen, runners(seen)[0])
    eventually(lambda: not is_alive(seen, runners(seen)[0]))


def test_nothing_of_a_scenario_is_ever_run(start: Callable[..., Sandbox]) -> None:
    sandbox = start("night-shift", run_jobs=True, lag=0.01)
    wire = Wire(sandbox)
    wire.post("/jobs", {"id": "mine", "poolInfo": {"poolId": "render-linux"}})
    wire.post("/jobs/mine/tasks", {"id": "one", "commandLine": "true"})
    ended(sandbox, "one")
    assert [task.id for task in sandbox.store.tasks() if task.folder is not None] == ["one"]


def test_a_terminated_task_takes_its_process_along(running: Sandbox, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    seen.mkdir()
    wire = submit(running, {"id": "one", "commandLine": waiting_for(seen)})
    eventually(lambda: bool(runners(seen)) and (seen / runners(seen)[0]).read_text() != "")
    assert wire.post("/jobs/mine/tasks/one/terminate").status == 204
    eventually(lambda: not is_alive(seen, runners(seen)[0]))


def test_resource_files_come_from_this_computer_only(running: Sandbox) -> None:
    away = {"httpUrl": "https://somewhere.example/a?sig=secret", "filePath": "a"}
    upwards = {"httpUrl": f"{running.url}/a", "filePath": "../../a"}
    submit(
        running,
        {"id": "away", "commandLine": "true", "resourceFiles": [away]},
        {"id": "upwards", "commandLine": "true", "resourceFiles": [upwards]},
    )
    found = {name: ended(running, name) for name in ("away", "upwards")}
    assert {name: task.recipe.code for name, task in found.items() if task.recipe} == {
        "away": "BlobDownloadMiscError",
        "upwards": "ResourceFileCreateFailed",
    }
    assert found["away"].recipe is not None
    assert "secret" not in found["away"].recipe.message
    assert found["away"].exit_code is None
