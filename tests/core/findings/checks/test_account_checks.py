"""All checks together: what one finding makes of another."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from batchdoctor.core.findings.checks.account import unread_findings
from batchdoctor.core.findings.finding import Finding
from batchdoctor.core.records import Node
from tests.core.findings.test_witnesses import (
    FAILED,
    LARGE,
    NEEDS,
    PREPARATION,
    SUSPECT,
    WAITS,
    WAITS_LONG,
    ago,
    failing,
    made_for,
    node,
    of_job,
)

WAITING_BESIDE_AN_IDLE_NODE: dict[str, Any] = {"counts": {"active": 2}, "idle": 1}

# Kind -> what shows it, in a job whose tasks wait although a node is idle.
EXPLAINING: dict[str, dict[str, Any]] = {
    "preparation-failed": {"preparations": [PREPARATION]},
    "slots-never-fit": {"waiting": [WAITS | {"requiredSlots": 3}]},
    "dependency-never-met": {"waiting": [NEEDS], "dependencies": FAILED},
    "job-disabled": {"job": {"state": "disabled"}},
    "pool-missing": {"pool_exists": False},
    "job-not-started": {"job": {"executionInfo": {"schedulingError": {"code": "PoolNotFound"}}}},
    "multi-instance-never-fits": {"waiting": [LARGE]},
    "multi-instance-waits": {
        "waiting": [LARGE | WAITS_LONG],
        "pool": {"enableInterNodeCommunication": True, "taskSlotsPerNode": 1}
        | {"targetDedicatedNodes": 4},
        "pool_facts": {"nodes": msgspec.convert([node("a", "running")], list[Node])},
    },
    "tasks-stranded": {
        "waiting": [WAITS_LONG],
        "pool_facts": {"nodes": msgspec.convert([node("a", "idle")], list[Node])},
    },
    "pool-support-ended": {"pool": made_for("batch.node.ubuntu 18.04")},
    "pool-deletion-stuck": {
        "pool": {"state": "deleting", "stateTransitionTime": "2026-11-01T00:00:00Z"}
    },
}


def test_how_much_was_not_looked_at_is_told_of_each_kind_of_thing() -> None:
    found = unread_findings((), 3, waiting_left_out=["a", "b"])
    assert [(finding.kind, finding.message) for finding in found] == [
        ("not-looked-at", "3 more jobs were not looked at."),
        ("not-looked-at", "The waiting tasks of 2 more jobs were not looked at."),
    ]
    assert not list(unread_findings(()))


def test_a_suspect_node_is_the_concern_of_every_job_that_runs_on_its_pool() -> None:
    assert kinds([*of_job(pool_facts={"suspicions": [SUSPECT]})()]) == {"node-suspect"}


def kinds(found: list[Finding]) -> set[str]:
    return {finding.kind for finding in found}


@pytest.mark.parametrize("kind", EXPLAINING)
def test_whoever_knows_why_tasks_wait_is_not_told_that_they_wait(kind: str) -> None:
    told = kinds([*of_job(**WAITING_BESIDE_AN_IDLE_NODE, **EXPLAINING[kind])()])
    assert kind in told
    assert "tasks-waiting" not in told


def test_that_tasks_wait_is_told_beside_what_does_not_explain_it() -> None:
    told = of_job(**WAITING_BESIDE_AN_IDLE_NODE, failures=failing(1))()
    assert kinds([*told]) == {"tasks-failed", "tasks-waiting"}


SCALES_TO_NOTHING = {
    "enableAutoScale": True,
    "targetDedicatedNodes": 0,
    "autoScaleFormula": "$TargetDedicatedNodes = 0;",
    "autoScaleRun": {"timestamp": ago(minutes=3), "results": "$TargetDedicatedNodes=0"},
}


@pytest.mark.parametrize(
    ("active", "told"),
    [
        (1, {"dependency-never-met"}),
        (2, {"dependency-never-met", "autoscale-gives-nothing"}),
    ],
)
def test_no_formula_is_blamed_for_tasks_that_wait_for_what_will_not_succeed(
    active: int, told: set[str]
) -> None:
    found = of_job(
        waiting=[NEEDS | {"stateTransitionTime": ago(hours=5)}],
        dependencies=FAILED,
        counts={"active": active},
        pool=SCALES_TO_NOTHING,
        pool_facts={"waiting": {"j": active}},
    )
    assert kinds([*found()]) == told


def test_of_a_formula_that_nobody_evaluates_no_next_time_is_promised() -> None:
    run = {"timestamp": ago(hours=6), "results": "$TargetDedicatedNodes=0"}
    found = of_job(
        waiting=[WAITS_LONG],
        counts={"active": 1},
        pool=SCALES_TO_NOTHING | {"autoScaleRun": run},
        pool_facts={"waiting": {"j": 1}},
    )
    assert kinds([*found()]) == {"autoscale-frozen"}
