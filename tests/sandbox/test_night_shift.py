"""The night shift: it has all that the demonstration is to show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from batchdoctor.sandbox import Sandbox, load_scenario, scenario_names
from batchdoctor.sandbox.account.model import Node, Task
from batchdoctor.sandbox.account.store import Store
from batchdoctor.sandbox.clock import ticks
from batchdoctor.sandbox.scenario.expand import expand
from tests.sandbox.wire import Clock, Wire

PREPROCESSING = {
    "BlobNotFound",
    "BlobAccessDenied",
    "BlobDownloadTimedOut",
    "ResourceContainerAccessDenied",
    "ApplicationPackageError",
    "ContainerInvalidImage",
    "CommandProgramNotFound",
    "DiskFull",
}


def account(name: str) -> Store:
    size = 3000 if name == "big" else None
    return expand(load_scenario(name, size=size), "http://sandbox", ticks(Clock()()))


@pytest.fixture(params=scenario_names())
def store(request: pytest.FixtureRequest) -> Store:
    return account(request.param)


@pytest.fixture
def night() -> Store:
    return account("night-shift")


def nodes_of(store: Store) -> list[Node]:
    return [node for pool in store.pools for node in pool.nodes]


def failures(tasks: list[Task]) -> Counter[str]:
    return Counter(task.recipe.code for task in tasks if task.recipe)


def share(tasks: list[Task]) -> float:
    return sum(task.result == "failure" for task in tasks) / len(tasks)


def test_the_night_has_a_bad_node_in_three_jobs_that_still_runs_tasks(night: Store) -> None:
    pool = night.pool("render-linux")
    worst = max(pool.nodes, key=lambda node: node.tasks_run - node.tasks_succeeded)
    assert worst.tasks_run >= 15
    assert (worst.tasks_run - worst.tasks_succeeded) / worst.tasks_run > 0.7
    failed = [t for t in night.tasks() if t.node_id == worst.id and t.result == "failure"]
    assert len({task.job.id for task in failed}) == 3
    assert len(worst.running) == 2
    others = [node for node in pool.nodes if node is not worst and node.tasks_run]
    assert max((n.tasks_run - n.tasks_succeeded) / n.tasks_run for n in others) < 0.15


def test_the_night_has_a_bad_job_beside_a_good_one_on_the_same_pool(night: Store) -> None:
    bad, good = night.job("risk-var-20261121"), night.job("risk-stress-20261120")
    assert bad.pool_id == good.pool_id
    assert share(bad.tasks) > 0.85
    assert share(good.tasks) < 0.08


def test_the_night_has_nodes_in_every_kind_of_trouble(night: Store) -> None:
    states = Counter(node.state for node in nodes_of(night))
    assert (states["unusable"], states["starttaskfailed"]) == (2, 3)
    assert (states["offline"], states["preempted"], states["starting"]) == (1, 1, 1)
    unusable = [node for node in nodes_of(night) if node.state == "unusable"]
    assert sorted([error["code"] for error in node.errors] for node in unusable) == [
        [],
        ["DiskFull"],
    ]
    failed = [node.start_run for node in nodes_of(night) if node.state == "starttaskfailed"]
    assert [(r.recipe.code, r.exit_code) for r in failed if r and r.recipe] == [
        ("BlobAccessDenied", None),
        ("BlobAccessDenied", None),
        ("FailureExitCode", 100),
    ]


def test_the_night_has_every_kind_of_failure(night: Store) -> None:
    failed = [task for task in night.tasks() if task.recipe]
    codes = failures(failed)
    assert set(codes) >= PREPROCESSING
    for task in failed:
        assert task.recipe is not None
        if task.recipe.code in PREPROCESSING:
            assert task.exit_code is None
        if task.recipe.code.startswith("FileUpload"):
            assert task.exit_code == 0
    assert {code for code in codes if code.startswith("FileUpload")} == {
        "FileUploadAccessDenied",
        "FileUploadContainerNotFound",
        "FileUploadMiscError",
    }
    assert set(codes) >= {
        "FailureExitCode",
        "TaskEnded",
        "ResourceDirectoryCreateFailed",
        "Unknown",
    }


def test_the_night_has_timeouts_of_both_kinds(night: Store) -> None:
    ended = [task for task in night.tasks() if task.recipe and task.recipe.code == "TaskEnded"]
    timeouts = [task for task in ended if task.kind.wall_clock is not None]
    windows = [task for task in timeouts if task.kind.windows]
    linux = [task for task in timeouts if not task.kind.windows]
    assert {task.exit_code for task in windows} == {-1073741510}
    assert {task.exit_code for task in linux} == {None}
    for task in timeouts:
        assert (task.ended or 0) - (task.started or 0) >= (task.kind.wall_clock or 0)
    assert len(ended) > len(timeouts) > len(linux) > 0


def test_the_night_has_a_stale_resize_error_and_one_that_is_not(night: Store) -> None:
    stale, current = night.pool("render-linux"), night.pool("sim-spot")
    assert stale.resize_errors[0]["code"] == "AllocationTimedOut"
    assert len(stale.nodes) == stale.target_dedicated
    assert current.resize_errors[0]["code"] == "AccountLowPriorityCoreQuotaReached"
    assert len(current.nodes) < current.target_low_priority


def test_the_night_has_a_job_stuck_on_its_preparation(night: Store) -> None:
    job = night.job("model-fit-20261121")
    assert {(task.state, task.previous) for task in job.tasks} == {("active", "preparing")}
    assert {run.exit_code for run in job.preparations} == {32}
    assert len(job.preparations) == len(night.pool("model-gpu").nodes)


def test_the_night_has_secrets_that_must_be_masked(start: Callable[..., Sandbox]) -> None:
    wire = Wire(start("night-shift"))
    tasks = wire.get("/jobs/ingest-20261121/tasks").document["value"]
    messages = [task["executionInfo"].get("failureInfo", {}).get("message", "") for task in tasks]
    assert any("sig=" in message for message in messages)
    nodes = wire.get("/pools/ingest-linux/nodes").document["value"]
    assert any(
        "sig=" in node["startTaskInfo"].get("failureInfo", {}).get("message", "") for node in nodes
    )


def test_the_night_has_believable_output(start: Callable[..., Sandbox]) -> None:
    sandbox = start("night-shift")
    wire = Wire(sandbox)
    failed = next(
        t for t in sandbox.store.tasks() if t.recipe and t.recipe.name == "missing-module"
    )
    text = wire.get(f"/jobs/{failed.job.id}/tasks/{failed.id}/files/stderr.txt").body.decode()
    assert text.splitlines()[-1] == "ModuleNotFoundError: No module named 'riskengine.curves'"
    for task in sandbox.store.tasks():
        listing = wire.get(f"/jobs/{task.job.id}/tasks/{task.id}/files")
        assert listing.status in {200, 409}


def test_no_placeholder_is_left_in_any_text(start: Callable[..., Sandbox]) -> None:
    wire = Wire(start("night-shift"))
    for job in wire.get("/jobs").document["value"]:
        text = wire.get(f"/jobs/{job['id']}/tasks").body.decode()
        assert not any(f"{{{word}" in text for word in ("n}", "n:", "task}", "job}", "node}"))
