"""`triage`: each scenario's known diagnosis, what may be left out, and how much it asks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from batchdoctor.core.findings.kinds import KINDS
from batchdoctor.core.records import Task
from batchdoctor.sandbox import Fault, Scenario
from batchdoctor.sandbox.scenario.load import JobPlan, NodePlan, PoolPlan, TaskPlan
from batchdoctor.service.client import Client
from batchdoctor.work.diagnosis import account as survey
from batchdoctor.work.diagnosis import unfinished
from batchdoctor.work.diagnosis.last_words import MOST_JOBS, MOST_QUOTED
from batchdoctor.work.diagnosis.releases import MOST_SMALL
from tests.box import NOW, Box, Open

Diagnosis = list[tuple[str, str]]


def diagnosis(items: list[dict[str, Any]]) -> Diagnosis:
    """Each finding as its kind and what it is about, nodes by their place in the pool."""
    return [(item["kind"], about(item["subject"])) for item in items]


def about(subject: dict[str, Any]) -> str:
    jobs = subject.get("jobIds", [])
    if jobs:
        return jobs[0] if len(jobs) == 1 else f"{len(jobs)} jobs"
    nodes = len(subject.get("nodeIds", []))
    return f"{subject.get('poolId', 'account')}{f' x{nodes}' if nodes else ''}"


KNOWN: dict[str, Diagnosis] = {
    "healthy": [],
    "bad-node": [
        ("node-suspect", "render-linux x1"),
        ("tasks-failed", "encode-20261121"),
        ("tasks-failed-rarely", "3 jobs"),
    ],
    "bad-job": [
        ("job-failing", "risk-var-20261121"),
        ("tasks-failed-rarely", "risk-stress-20261121"),
    ],
    "night-shift": [
        ("job-failing", "risk-var-20261121"),
        ("node-suspect", "render-linux x1"),
        ("preparation-failed", "model-fit-20261121"),
        ("dependency-never-met", "nightly-etl-20261121"),
        ("pool-resize-failed", "sim-spot"),
        ("start-task-failed", "ingest-linux x2"),
        ("start-task-failed", "ingest-linux x1"),
        ("node-unreachable", "etl-windows x1"),
        ("node-error", "render-linux x1"),
        ("tasks-failed", "ingest-20261121"),
        ("tasks-failed", "nightly-etl-20261121"),
        ("job-disabled", "backfill-20261119"),
        ("node-stuck", "sim-spot x1"),
        ("node-offline", "render-linux x1"),
        ("node-preempted", "sim-spot x1"),
        ("tasks-failed-rarely", "4 jobs"),
        ("pool-resize-failed-before", "render-linux"),
    ],
}


@pytest.mark.parametrize("scenario", KNOWN)
def test_the_diagnosis_of_a_scenario_is_exactly_the_known_one(
    open_box: Open, scenario: str
) -> None:
    result = open_box(scenario).run("triage", "-o", "json")
    told = result.json()
    assert diagnosis(told["items"]) == KNOWN[scenario]
    assert (result.status, told["complete"], told["problems"]) == (0, True, [])


def test_the_diagnosis_of_many_tasks_is_the_background_only(open_box: Open) -> None:
    result = open_box("big", size=1000).run("triage", "-o", "jsonl")
    assert diagnosis(result.jsonl()) == [("tasks-failed-rarely", "2 jobs")]


def test_a_healthy_account_is_one_line_below_where_one_is(open_box: Open) -> None:
    result = open_box("healthy").run("triage")
    well = "Nothing is wrong with 2 pools and 3 jobs (now, and failures of the last 1 d).\n"
    assert (result.page, result.stderr) == (well, "")


def test_the_suspect_and_the_sick_are_named_by_their_ids(open_box: Open) -> None:
    box = open_box("night-shift")
    sick = {
        item["kind"]: item["subject"].get("nodeId")
        for item in box.run("triage", "-o", "jsonl").jsonl()
    }
    nodes = {node.id: node for node in box.sandbox.store.pool("render-linux").nodes}
    assert nodes[sick["node-error"]].errors
    assert nodes[sick["node-offline"]].scheduling == "disabled"
    suspect = nodes[sick["node-suspect"]]
    assert suspect.tasks_succeeded < suspect.tasks_run / 2


def test_programs_that_failed_speak_for_themselves(open_box: Open) -> None:
    page = " ".join(open_box("night-shift").run("triage").stdout.split())
    assert "ModuleNotFoundError: No module named 'riskengine.curves'" in page
    assert "apt-get failed with 100" in page
    assert "cannot mount the weights" in page


def test_every_kind_is_in_the_table_and_says_its_severity(open_box: Open) -> None:
    for item in open_box("night-shift").run("triage", "-o", "jsonl").jsonl():
        assert item["severity"] == KINDS[item["kind"]].severity.value
        named = ("kind", "severity", "subject", "message", "evidence", "advice", "nextCommands")
        assert tuple(item) == named


def test_nodes_can_be_piped_on(open_box: Open) -> None:
    box = open_box("night-shift")
    words = box.run("triage", "-o", "ids").stdout.splitlines()
    nodes = {f"{pool.id}/{node.id}" for pool in box.sandbox.store.pools for node in pool.nodes}
    tasks = {word for word in words if word not in nodes}
    assert tasks == {"nightly-etl-20261121/publish"}
    assert len(words) > 5


# --- leaving out ---


def test_a_kind_can_be_ignored_and_is_counted(open_box: Open) -> None:
    box = open_box("bad-job")
    result = box.run("triage", "--ignore", "tasks-failed-rarely", "-o", "json").json()
    assert diagnosis(result["items"]) == KNOWN["bad-job"][:1]
    assert result["summary"]["ignored"] == 1


def test_an_unknown_kind_is_wrong_usage_with_a_near_miss(open_box: Open) -> None:
    result = open_box("healthy").run("triage", "--ignore", "node-ofline")
    assert result.status == 2
    assert "did you mean node-offline?" in result.stderr


def config(folder: Path, text: str) -> dict[str, str]:
    file = folder / "config.toml"
    file.write_text(text)
    return {"BATCHDOCTOR_CONFIG": str(file)}


ACCEPTED = """
[[triage.ignore]]
kind = "node-offline"
pool = "render-linux"
reason = "kept for the vendor"
until = {until}
"""


def test_an_accepted_finding_is_left_out_until_its_day_is_over(
    open_box: Open, tmp_path: Path
) -> None:
    box = open_box("night-shift")
    until_today = config(tmp_path, ACCEPTED.format(until="2026-11-21"))
    told = box.run("triage", "-o", "json", environ=until_today).json()
    assert "node-offline" not in {item["kind"] for item in told["items"]}
    assert told["summary"]["accepted"] == 1
    over = config(tmp_path, ACCEPTED.format(until="2026-11-20"))
    items = box.run("triage", "-o", "jsonl", environ=over).jsonl()
    (shown,) = [item for item in items if item["kind"] == "node-offline"]
    assert shown["evidence"][-1] == "It was accepted until 2026-11-20: kept for the vendor"


def test_another_pool_is_not_covered(open_box: Open, tmp_path: Path) -> None:
    other = ACCEPTED.replace("render-linux", "sim-spot").format(until="2026-12-01")
    told = open_box("night-shift").run("triage", "-o", "json", environ=config(tmp_path, other))
    assert told.json()["summary"]["accepted"] == 0


def test_the_configuration_is_found_where_programs_keep_theirs(
    open_box: Open, tmp_path: Path
) -> None:
    folder = tmp_path / "batchdoctor"
    folder.mkdir()
    config(folder, ACCEPTED.format(until="2026-12-01"))
    box = open_box("night-shift")
    told = box.run("triage", "-o", "json", environ={"XDG_CONFIG_HOME": str(tmp_path)}).json()
    assert told["summary"]["accepted"] == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[triage.ignore]]\nkind = 'node-offline'\nreason = 'x'\n", "missing required field"),
        ("[triage]\nnonsense = 1\n", "unknown field `nonsense`"),
        (ACCEPTED.replace("node-offline", "node-of").format(until="2026-12-01"), "does not exist"),
        ("[[triage", "cannot be read"),
    ],
)
def test_a_wrong_configuration_is_said_before_anything_is_asked(
    open_box: Open, tmp_path: Path, text: str, said: str
) -> None:
    box = open_box("healthy")
    result = box.run("triage", environ=config(tmp_path, text))
    assert result.status == 2
    assert said in result.stderr
    assert not box.sandbox.requests


# --- exit status and incompleteness ---


@pytest.mark.parametrize(
    ("scenario", "fail_on", "status"),
    [
        ("healthy", "warning", 0),
        ("bad-job", "error", 10),
        ("bad-job", "warning", 10),
        ("big", "warning", 0),
    ],
)
def test_findings_decide_the_status_where_that_was_asked_for(
    open_box: Open, scenario: str, fail_on: str, status: int
) -> None:
    options = {"size": 1000} if scenario == "big" else {}
    assert open_box(scenario, **options).run("triage", "--fail-on", fail_on).status == status


def test_what_may_not_be_read_is_a_finding_and_the_rest_goes_on(open_box: Open) -> None:
    box = open_box("night-shift")
    box.order(Fault("expired-token", route="GET /nodecounts"))
    result = box.run("triage", "-o", "json")
    told = result.json()
    kinds = [item["kind"] for item in told["items"]]
    assert kinds.count("not-read") == 1
    assert {"pool-resize-failed", "job-failing", "job-disabled"} <= set(kinds)
    assert (result.status, told["complete"]) == (4, False)


def test_a_job_that_may_not_be_read_costs_only_what_rests_on_it(open_box: Open) -> None:
    box = open_box("bad-job")
    box.order(Fault("expired-token", route="GET /jobs/{id}/taskcounts"))
    result = box.run("triage", "-o", "json")
    kinds = [item["kind"] for item in result.json()["items"]]
    assert kinds.count("not-read") == 1
    assert result.status == 4


def not_read(box: Box) -> set[str]:
    items = box.run("triage", "-o", "jsonl").jsonl()
    return {item["advice"][0] for item in items if item["kind"] == "not-read"}


def test_what_could_not_be_read_says_whether_the_rest_was(open_box: Open) -> None:
    refused, broken = open_box("bad-job"), open_box("bad-job")
    refused.order(Fault("expired-token", route="GET /jobs/{id}/taskcounts"))
    broken.order(Fault("busy", route="GET /jobs/{id}/taskcounts", times=None))
    went_on = "What rests on it was not checked; whatever else could be read was."
    ended = "What rests on it was not checked, and more besides: the reading ended early."
    assert (not_read(refused), not_read(broken)) == ({went_on}, {ended})


def test_an_account_of_which_nothing_may_be_read_is_an_error(open_box: Open) -> None:
    box = open_box("healthy")
    for route in ("GET /pools", "GET /jobs", "GET /nodecounts"):
        box.order(Fault("expired-token", route=route))
    result = box.run("triage")
    assert (result.status, result.stdout) == (4, "")


def test_failures_of_before_the_time_asked_for_are_left_out(open_box: Open) -> None:
    box = open_box("bad-job")
    assert box.run("triage", "--since", "5m", "-o", "jsonl").jsonl() == []


# --- how much it asks ---

POOLS, JOBS = 200, 1000
SICK_EVERY, FAILING_EVERY = 40, 100


def large_account() -> Scenario:
    full = [{"code": "DiskFull", "message": "More than 90 percent of a disk is in use"}]
    sick = NodePlan(state="unusable", since="-2h", errors=full)
    done = TaskPlan(begin="-8h", end="-7h")
    failed = TaskPlan(first=2, begin="-6h", end="-5h", recipe="bad-input")
    return Scenario(
        name="large",
        summary="Many pools and jobs, of which few are sick.",
        pools=[
            PoolPlan(
                id=f"pool-{n:03}", nodes=[NodePlan(), *([sick] if n % SICK_EVERY == 0 else [])]
            )
            for n in range(POOLS)
        ],
        jobs=[
            JobPlan(
                id=f"job-{n:04}",
                pool=f"pool-{n % POOLS:03}",
                tasks=[done, *([failed] if n % FAILING_EVERY == 0 else [])],
            )
            for n in range(JOBS)
        ],
    )


@pytest.fixture
def large(open_box: Open) -> Box:
    return open_box(large_account())


def test_a_large_account_takes_a_count_for_each_job_and_little_more(large: Box) -> None:
    result = large.run("triage", "-v", "-o", "json")
    sick, failing = POOLS // SICK_EVERY, JOBS // FAILING_EVERY
    pools_of_failing_jobs = len({n % POOLS for n in range(0, JOBS, FAILING_EVERY)})
    lists = 3  # pools, counts of nodes, jobs: a page of 1000 each
    requests = len(large.sandbox.requests)
    words = 4 * MOST_QUOTED * MOST_JOBS  # a length and a text, of stderr and of stdout
    support = 1
    read = lists + JOBS + failing + sick + pools_of_failing_jobs
    releases = 2 * MOST_SMALL  # what jobs of before and after a rise run
    assert requests <= read + support + words + releases + survey.MOST_IDLE
    # What ran last failed, in all jobs and in the same way; they are of two pools.
    found = {"failures-rose": 1, "node-error": sick, "tasks-failed": 2, "jobs-fill-quota": 1}
    assert result.json()["summary"]["byKind"] == found
    assert f"note: {requests:,} requests" in result.stderr


def stuck_account(jobs: int) -> Scenario:
    waiting = TaskPlan(count=2, state="active", begin="-1h", end="-1h", slots=4)
    return Scenario(
        name="stuck",
        summary="Jobs of which nothing ever starts.",
        pools=[PoolPlan(id="small", nodes=[NodePlan()])],
        jobs=[JobPlan(id=f"job-{n}", pool="small", tasks=[waiting]) for n in range(jobs)],
    )


def test_the_tasks_that_wait_are_read_of_several_jobs_at_a_time(
    open_box: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    together, tasks = threading.Barrier(4, timeout=10), Client.tasks

    def waits(*args: Any, **options: Any) -> Iterator[Task]:
        together.wait()
        yield from tasks(*args, **options)

    monkeypatch.setattr(Client, "tasks", waits)
    kinds = [
        item["kind"] for item in open_box(stuck_account(4)).run("triage", "-o", "jsonl").jsonl()
    ]
    assert kinds == ["slots-never-fit"] * 4


def test_of_very_many_stuck_jobs_some_are_looked_at_and_the_others_counted(
    open_box: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unfinished, "MOST_UNFINISHED", 3)
    box = open_box(stuck_account(5))
    *found, rest = box.run("triage", "-o", "jsonl").jsonl()
    assert [item["kind"] for item in found] == ["slots-never-fit"] * 3
    assert rest["kind"] == "not-looked-at"
    assert rest["message"] == "The waiting tasks of 2 more jobs were not looked at."
    assert rest["advice"] == ["batchdoctor job diagnose --job job-3"]
    assert sum(request.path.endswith("/tasks") for request in box.sandbox.requests) == 3


def test_finished_jobs_of_before_cost_nothing(open_box: Open) -> None:
    box = open_box("night-shift")
    box.run("triage")
    assert box.requested("GET", "/jobs/archive-20261114") == 0


def test_only_the_nodes_of_pools_with_trouble_are_listed(open_box: Open) -> None:
    box = open_box("night-shift")
    box.run("triage")
    # Its nodes, since they idle while tasks wait, and the stderr of the preparation.
    assert box.requested("GET", "/pools/model-gpu/nodes") == 2
    assert box.requested("GET", "/pools/model-gpu/nodes/") == 1


def test_the_time_of_the_account_is_the_time_of_the_report(open_box: Open) -> None:
    told = open_box("healthy").run("triage", "-o", "json").json()
    assert told["generatedAt"] == f"{NOW:%Y-%m-%dT%H:%M:%S}Z"


def test_a_long_page_ends_with_the_errors_and_what_to_type_within_a_screen(open_box: Open) -> None:
    told = open_box("night-shift").run("triage", terminal=True, environ={"NO_COLOR": "1"}).stdout
    end = told[told.index("In short, the errors") :].splitlines()
    assert len(end) <= 24
    places = [line for line in end if line.startswith("  ") and not line.startswith("    ")]
    commands = [line for line in end if line.startswith("    $ batchdoctor ")]
    assert len(places) == len(commands) >= 5
    assert "  job risk-var-20261121: job-failing" in places
    assert "In short" not in open_box("bad-job").run("triage").stdout
