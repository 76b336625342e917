"""The scenarios: each is consistent in itself, and shows what it says it shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from batchdoctor.errors import UsageError
from batchdoctor.sandbox import Sandbox, Scenario, describe, load_scenario, scenario_names
from batchdoctor.sandbox.account.model import Node, Task
from batchdoctor.sandbox.account.store import Store, Timings
from batchdoctor.sandbox.clock import ticks
from batchdoctor.sandbox.scenario.expand import expand
from batchdoctor.sandbox.scenario.load import (
    JobPlan,
    NodePlan,
    PoolPlan,
    PreparationPlan,
    TaskPlan,
)
from batchdoctor.sandbox.scenario.recipes import load_recipes
from tests.sandbox.wire import Clock, Wire


def account(name: str) -> Store:
    size = 3000 if name == "big" else None
    return expand(load_scenario(name, size=size), "http://sandbox", ticks(Clock()()))


@pytest.fixture(params=scenario_names())
def store(request: pytest.FixtureRequest) -> Store:
    return account(request.param)


def nodes_of(store: Store) -> list[Node]:
    return [node for pool in store.pools for node in pool.nodes]


def failures(tasks: list[Task]) -> Counter[str]:
    return Counter(task.recipe.code for task in tasks if task.recipe)


def share(tasks: list[Task]) -> float:
    return sum(task.result == "failure" for task in tasks) / len(tasks)


def plan(**task: Any) -> Scenario:
    pool = PoolPlan(id="small", nodes=[NodePlan(booted="-2h")])
    job = JobPlan(id="job", pool="small", created="-1h", tasks=[TaskPlan(**task)])
    return Scenario(name="own", summary="One.", pools=[pool], jobs=[job])


def test_each_has_a_sentence_that_describes_it() -> None:
    for name in scenario_names():
        assert describe(name).endswith(".")
        assert "\n" not in describe(name)


def test_tasks_have_a_believable_past(store: Store) -> None:
    for task in store.tasks():
        assert task.job.created < task.created <= task.since <= store.now
        assert task.result in ({"success", "failure"} if task.state == "completed" else {None})
        assert (task.recipe is not None) == (task.result == "failure")
        if task.started is not None:
            assert task.created < task.started <= store.now
        if task.ended is not None:
            assert task.started is not None
            assert task.started < task.ended <= store.now
        assert (task.node_id is not None) == (task.state in {"running", "completed"})


def test_a_node_never_runs_more_tasks_at_once_than_it_has_slots(store: Store) -> None:
    for node in nodes_of(store):
        changes = []
        for task in store.tasks():
            if task.node_id == node.id and task.started is not None:
                changes += [(task.started, 1), (task.ended or store.now + 1, -1)]
        running = highest = 0
        for _, change in sorted(changes):
            running += change
            highest = max(highest, running)
        assert highest <= node.pool.slots


def test_a_nodes_counters_agree_with_the_tasks(store: Store) -> None:
    for node in nodes_of(store):
        ran = [task for task in store.tasks() if task.node_id == node.id]
        completed = [task for task in ran if task.state == "completed"]
        assert node.tasks_run == len(completed)
        assert node.tasks_succeeded == sum(task.result == "success" for task in completed)
        assert set(node.running) == {task for task in ran if task.state == "running"}
        latest = sorted(ran, key=lambda task: task.started or 0)[-10:]
        assert list(node.recent) == latest


def test_a_nodes_state_agrees_with_what_it_does(store: Store) -> None:
    for node in nodes_of(store):
        assert bool(node.running) == (node.state == "running")
        assert (node.scheduling == "disabled") == (node.state == "offline")
        assert node.allocated <= node.since <= store.now
        assert node.booted is None or node.allocated < node.booted <= node.since


def test_ids_are_unique_and_look_like_the_services(store: Store) -> None:
    names = [node.id for node in nodes_of(store)]
    assert len(set(names)) == len(names)
    assert all(name.startswith(("tvm-", "tvmps_")) for name in names)
    for job in store.jobs:
        assert len(job.by_id) == len(job.tasks)


def test_counts_over_the_wire_agree_with_the_lists(start: Callable[..., Sandbox]) -> None:
    wire = Wire(start("night-shift"))
    for job in wire.get("/jobs").document["value"]:
        tasks = wire.get(f"/jobs/{job['id']}/tasks").document["value"]
        states = Counter(task["state"] for task in tasks)
        results = Counter(task["executionInfo"].get("result") for task in tasks)
        counts = wire.get(f"/jobs/{job['id']}/taskcounts").document["taskCounts"]
        assert counts == {
            "active": states["active"],
            "running": states["running"],
            "completed": states["completed"],
            "succeeded": results["success"],
            "failed": results["failure"],
        }
    for counts in wire.get("/nodecounts").document["value"]:
        nodes = wire.get(f"/pools/{counts['poolId']}/nodes").document["value"]
        for kind, dedicated in (("dedicated", True), ("lowPriority", False)):
            states = Counter(n["state"] for n in nodes if n["isDedicated"] == dedicated)
            shown = {name.lower(): count for name, count in counts[kind].items() if count}
            assert shown.pop("total", 0) == sum(states.values())
            assert shown == dict(states)


def test_nothing_fails_in_healthy() -> None:
    store = account("healthy")
    assert failures(list(store.tasks())) == Counter()
    assert {node.state for node in nodes_of(store)} == {"idle", "running"}


def test_bad_node_has_one_bad_node_in_every_job_and_little_noise_elsewhere() -> None:
    store = account("bad-node")
    by_node: dict[str, list[Task]] = {}
    for task in store.tasks():
        if task.state == "completed" and task.node_id:
            by_node.setdefault(task.node_id, []).append(task)
    shares = sorted(((share(tasks), node) for node, tasks in by_node.items()), reverse=True)
    worst = by_node[shares[0][1]]
    assert len(worst) >= 20
    assert shares[0][0] > 0.7
    assert shares[1][0] < 0.15
    assert {t.job.id for t in worst if t.result == "failure"} == {job.id for job in store.jobs}
    rest = [t for t in store.tasks() if t.node_id != worst[0].node_id and t.state == "completed"]
    assert 0 < share(rest) < 0.05
    assert any(task.state == "running" for task in store.tasks() if task.node_id == shares[0][1])


def test_bad_job_has_one_bad_job_on_every_node() -> None:
    store = account("bad-job")
    shares = {job.id: share(job.tasks) for job in store.jobs}
    bad = max(shares, key=lambda job: shares[job])
    assert shares.pop(bad) > 0.85
    assert max(shares.values()) < 0.05
    touched = {task.node_id for task in store.job(bad).tasks}
    failed = {task.node_id for task in store.job(bad).tasks if task.result == "failure"}
    assert touched == failed == {node.id for node in nodes_of(store)}


def test_big_has_as_many_tasks_as_asked_for() -> None:
    store = expand(load_scenario("big", size=5000), "http://sandbox", ticks(Clock()()))
    tasks = list(store.tasks())
    assert len(tasks) == 5000
    assert 0.012 < share(tasks) < 0.028


def test_big_has_a_hundred_thousand_when_nothing_is_said() -> None:
    assert load_scenario("big").size == 100_000


def test_every_recipe_is_used_and_has_what_a_failure_needs() -> None:
    recipes = load_recipes()
    used = {
        task.recipe.name
        for name in scenario_names()
        for task in account(name).tasks()
        if task.recipe
    }
    for name in scenario_names():
        used |= {
            n.start_run.recipe.name
            for n in nodes_of(account(name))
            if n.start_run and n.start_run.recipe
        }
        jobs = account(name).jobs
        used |= {run.recipe.name for job in jobs for run in job.preparations if run.recipe}
    assert used == set(recipes)
    for recipe in recipes.values():
        assert recipe.code
        assert recipe.message
        assert recipe.category in {"UserError", "ServerError"}


def test_a_scenario_of_ones_own_needs_no_file(start: Callable[..., Sandbox]) -> None:
    wire = Wire(start(plan(count=3, begin="-50m", minutes=(1, 1), recipe="bad-input")))
    tasks = wire.get("/jobs/job/tasks").document["value"]
    assert [task["executionInfo"]["exitCode"] for task in tasks] == [2, 2, 2]


def test_a_pool_that_is_too_small_for_its_tasks_is_told() -> None:
    with pytest.raises(UsageError, match="too small"):
        expand(plan(count=90, begin="-50m", minutes=(9, 9)), "http://sandbox", ticks(Clock()()))


OWN = """
seed = 5
[[pools]]
id = "mine"
[[pools.nodes]]
count = 2
[[jobs]]
id = "work"
pool = "mine"
[[jobs.tasks]]
count = 3
"""


def test_a_file_of_ones_own_is_a_scenario(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(OWN, encoding="utf-8")
    with Sandbox(str(file)) as sandbox:
        assert [pool.id for pool in sandbox.store.pools] == ["mine"]
        assert len(sandbox.store.job("work").tasks) == 3


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("pools = [", "is no TOML"),
        (OWN + "colour = 1\n", "has unknown members: colour"),
        (OWN.replace("count = 2", 'count = "two"'), "has members of a wrong type: count"),
        (OWN.replace('pool = "mine"', 'pool = "other"'), "cannot be made: PoolNotFound"),
        (OWN.replace('id = "work"', 'id = "work"\ncreated = "soon"'), "cannot be made: not a span"),
        (OWN + 'recipe = "bad luck"\n', "cannot be made: 'bad luck'"),
        (OWN.replace('id = "mine"', ""), "is not complete"),
    ],
)
def test_a_file_that_is_no_scenario_is_refused_in_words(
    tmp_path: Path, text: str, told: str
) -> None:
    file = tmp_path / "own.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=told):
        Sandbox(str(file)).start()


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(UsageError, match=r"/nowhere/own\.toml cannot be read"):
        Sandbox("/nowhere/own.toml")


@pytest.mark.parametrize(
    "plan", [Scenario, PoolPlan, NodePlan, JobPlan, TaskPlan, PreparationPlan, Timings], ids=str
)
def test_the_page_about_scenarios_knows_every_member(plan: type) -> None:
    page = (Path(__file__).parents[2] / ".github" / "SCENARIOS.md").read_text(encoding="utf-8")
    names = {field.name for field in fields(plan)}
    assert [name for name in sorted(names - {"name"}) if f"`{name}`" not in page] == []


def test_a_formula_is_evaluated_again_and_again(
    start: Callable[..., Sandbox], clock: Clock
) -> None:
    wire = Wire(start("night-shift", now=clock))
    for minutes in (0, 25, 600):
        clock.forward(minutes=minutes)
        run = wire.get("/pools/ingest-linux").document["autoScaleRun"]
        told = datetime.fromisoformat(run["timestamp"][:19] + "+00:00")
        assert clock.time - told <= timedelta(minutes=5)
        assert run["results"].startswith("$TargetDedicatedNodes=7;")


def test_a_formula_that_was_given_up_stays_so(tmp_path: Path, clock: Clock) -> None:
    file = tmp_path / "own.toml"
    frozen = (
        'auto_scale_run = { timestamp = "-3h", results = "" }\nmembers = { enableAutoScale = true }'
    )
    file.write_text(OWN.replace('id = "mine"', f'id = "mine"\n{frozen}'), encoding="utf-8")
    with Sandbox(str(file), now=clock) as sandbox:
        before = Wire(sandbox).get("/pools/mine").document["autoScaleRun"]
        clock.forward(minutes=40)
        assert Wire(sandbox).get("/pools/mine").document["autoScaleRun"] == before
