"""`job diagnose` and `pool diagnose`: one object, everything about it."""

from __future__ import annotations

import pytest

from batchdoctor.sandbox import Fault, Scenario
from batchdoctor.sandbox.scenario.load import JobPlan, NodePlan, PoolPlan, TaskPlan
from tests.box import Open

JOBS = {
    "risk-var-20261121": ["job-failing"],
    "model-fit-20261121": ["preparation-failed"],
    "nightly-etl-20261121": ["dependency-never-met", "node-unreachable", "tasks-failed"],
    "backfill-20261119": ["job-disabled"],
    "archive-20261114": [],
    "ingest-20261121": ["tasks-failed"],
    "render-20261121": [
        *("node-suspect", "node-error", "node-offline"),
        "tasks-failed-rarely",
    ],
}
POOLS = {
    "sim-spot": ["pool-resize-failed", "node-stuck", "node-preempted"],
    "etl-windows": ["node-unreachable"],
    "ingest-linux": ["start-task-failed", "start-task-failed"],
    "model-gpu": [],
    "render-linux": [
        *("node-suspect", "node-error", "node-offline"),
        "pool-resize-failed-before",
    ],
}


@pytest.mark.parametrize("job", JOBS)
def test_each_job_of_the_night_has_its_known_diagnosis(open_box: Open, job: str) -> None:
    result = open_box("night-shift").run("job", "diagnose", "--job", job, "-o", "json")
    told = result.json()
    assert [item["kind"] for item in told["items"]] == JOBS[job]
    assert (result.status, told["complete"]) == (0, True)


@pytest.mark.parametrize("pool", POOLS)
def test_each_pool_of_the_night_has_its_known_diagnosis(open_box: Open, pool: str) -> None:
    result = open_box("night-shift").run("pool", "diagnose", "--pool", pool, "-o", "json")
    told = result.json()
    assert [item["kind"] for item in told["items"]] == POOLS[pool]
    assert (result.status, told["complete"]) == (0, True)


def test_a_pool_that_is_well_is_told_in_a_few_lines(open_box: Open) -> None:
    page = open_box("night-shift").run("pool", "diagnose", "--pool", "model-gpu").page
    assert (
        page
        == """\
Pool model-gpu
size      2 of 2 dedicated; steady, 1 d 5 h ago
nodes     2 idle
waiting   tasks of model-fit-20261121 (12)
machines  standard_nc6s_v3, 1 task slot each
image     canonical ubuntu-24_04-lts server latest; batch.node.ubuntu 24.04
agent     1.13.7

Nothing is wrong with pool model-gpu (now, and failures of all time).
"""
    )


def test_a_diagnosis_does_not_advise_itself(open_box: Open) -> None:
    box = open_box("night-shift")
    for words in (["pool", "diagnose", "--pool", "sim-spot"], ["triage"]):
        page = box.run(*words).stdout
        assert f"$ batchdoctor {' '.join(words)}\n" not in page


@pytest.mark.parametrize("noun", ["job", "pool"])
def test_what_does_not_exist_is_not_found(open_box: Open, noun: str) -> None:
    result = open_box("healthy").run(noun, "diagnose", f"--{noun}", "nope")
    assert (result.status, result.stdout) == (3, "")


def test_a_job_whose_pool_may_not_be_read_is_diagnosed_without_it(open_box: Open) -> None:
    box = open_box("night-shift")
    box.order(Fault("expired-token", route="GET /pools/{id}"))
    result = box.run("job", "diagnose", "--job", "risk-var-20261121", "-o", "json")
    kinds = [item["kind"] for item in result.json()["items"]]
    assert kinds == ["job-failing", "not-read"]
    assert result.status == 4


@pytest.mark.parametrize("words", [["triage"], ["pool", "diagnose", "--pool", "large"]])
def test_a_fragment_of_a_pool_is_not_taken_for_all_of_it(open_box: Open, words: list[str]) -> None:
    offline = NodePlan(count=4, state="offline", scheduling="disabled")
    box = open_box(
        Scenario(
            name="offline",
            summary="A pool that somebody took out of service.",
            pools=[PoolPlan(id="large", nodes=[offline])],
            jobs=[],
        ),
        page_size=3,
    )
    box.order(Fault("expired-token", route="GET /pools/{id}/nodes", after=1))
    found = box.run(*words, "-o", "jsonl").jsonl()
    (node,) = [item for item in found if item["kind"] == "node-offline"]
    assert node["evidence"] == ["That is 3 of the 3 nodes that could be read; there may be more."]
    assert "not-read" in {item["kind"] for item in found}


STUCK = Scenario(
    name="stuck",
    summary="Every way for tasks to wait in vain.",
    pools=[
        PoolPlan(id="small", nodes=[NodePlan()], slots=2),
        PoolPlan(id="dead", nodes=[NodePlan(state="unusable", since="-2h")]),
    ],
    jobs=[
        JobPlan(
            id="too-large",
            pool="small",
            tasks=[TaskPlan(count=3, state="active", begin="-1h", end="-1h", slots=4)],
        ),
        JobPlan(
            id="no-node",
            pool="dead",
            tasks=[TaskPlan(count=2, state="active", begin="-1h", end="-1h")],
        ),
        JobPlan(
            id="orphans",
            pool="small",
            members={"usesTaskDependencies": True},
            tasks=[
                TaskPlan(
                    id="orphan-{n}",
                    state="active",
                    begin="-1h",
                    end="-1h",
                    members={"dependsOn": {"taskIds": ["nobody"]}},
                )
            ],
        ),
        JobPlan(
            id="goes-first",
            pool="small",
            priority=100,
            tasks=[TaskPlan(count=5, state="active", begin="-1h", end="-1h")],
        ),
        JobPlan(
            id="out-of-time",
            pool="small",
            state="completed",
            since="-1h",
            terminate_reason="MaxWallClockTimeExpiry",
        ),
    ],
)
VAIN = {
    "too-large": ["slots-never-fit", "lower-priority"],
    "no-node": ["node-unreachable"],
    "orphans": ["dependency-never-met", "lower-priority"],
    "goes-first": ["tasks-stranded"],
    "out-of-time": ["job-ended-by-limit"],
}


@pytest.mark.parametrize("job", VAIN)
def test_every_way_of_waiting_in_vain_is_named(open_box: Open, job: str) -> None:
    result = open_box(STUCK).run("job", "diagnose", "--job", job, "-o", "jsonl")
    assert [item["kind"] for item in result.jsonl()] == VAIN[job]


def test_triage_finds_them_too(open_box: Open) -> None:
    kinds = [item["kind"] for item in open_box(STUCK).run("triage", "-o", "jsonl").jsonl()]
    assert kinds == [
        "tasks-stranded",
        "slots-never-fit",
        "node-unreachable",
        "dependency-never-met",
        "job-ended-by-limit",
    ]


def test_a_job_on_a_pool_that_is_gone(open_box: Open) -> None:
    box = open_box(STUCK)
    del box.sandbox.store._pools["dead"]
    diagnosed = box.run("job", "diagnose", "--job", "no-node", "-o", "jsonl").jsonl()
    assert [item["kind"] for item in diagnosed] == ["pool-missing"]
    triaged = box.run("triage", "-o", "jsonl").jsonl()
    assert "pool-missing" in {item["kind"] for item in triaged}


def test_the_counts_are_compared_with_the_list(open_box: Open) -> None:
    box = open_box("healthy")
    job = next(job for job in box.sandbox.store.jobs if job.id == "render-20261121")
    box.run("job", "diagnose", "--job", job.id)
    # Those that wait, those that run, and all.
    assert box.requested("GET", f"/jobs/{job.id}/tasks") == 3


@pytest.mark.parametrize(("noun", "name"), [("pool", "render-linux"), ("job", "risk-var-20261121")])
def test_the_name_may_stand_without_its_option(open_box: Open, noun: str, name: str) -> None:
    box = open_box("night-shift")
    plain = box.run(noun, "diagnose", name, "-o", "json")
    assert plain.status == 0
    assert plain.stdout == box.run(noun, "diagnose", f"--{noun}", name, "-o", "json").stdout
    twice = box.run(noun, "diagnose", name, f"--{noun}", "other")
    assert (twice.status, f"Two {noun}s are named" in twice.stderr) == (2, True)
    assert box.run(noun, "diagnose").stderr == (
        f"error: The {noun} is not named.\nhint: give {noun.upper()}, or --{noun}\n"
    )
