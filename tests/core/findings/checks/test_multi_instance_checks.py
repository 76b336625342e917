"""Tasks that need several nodes at once: pools that can never give them, and those that do not."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from batchdoctor.core.findings.checks.facts import JobFacts
from batchdoctor.core.findings.checks.fitting import stranded
from batchdoctor.core.findings.checks.multi_instance import too_few_nodes
from batchdoctor.core.findings.finding import Finding
from batchdoctor.core.records import Node
from tests.core.findings.test_witnesses import WAITS_LONG, ago, job_facts
from tests.steps import words

MPI = WAITS_LONG | {"multiInstanceSettings": {"numberOfInstances": 3}}
MADE_FOR_IT = {"enableInterNodeCommunication": True, "taskSlotsPerNode": 1}


def facts(*states: str, pool: dict[str, Any] | None = None, **others: Any) -> JobFacts:
    nodes = [
        {"id": f"n{number}", "state": state, "stateTransitionTime": ago(hours=5)}
        for number, state in enumerate(states)
    ]
    made = MADE_FOR_IT | {"targetDedicatedNodes": 3} | (pool or {})
    known = {"nodes": msgspec.convert(nodes, list[Node])} | others.pop("pool_facts", {})
    return job_facts(waiting=[MPI], pool=made, pool_facts=known, **others)


def only(found: Any) -> Finding:
    (finding,) = found
    assert isinstance(finding, Finding)
    return finding


def test_fewer_nodes_than_instances_take_tasks() -> None:
    found = only(too_few_nodes(facts("idle", "running", "unusable")))
    assert (found.kind, found.message) == (
        "multi-instance-waits",
        "1 multi-instance task (w) waits for 2 h: 3 nodes are needed at once, and 2 of the pool"
        " take tasks.",
    )
    assert words(found.advice) == (
        "See why the other nodes take no tasks.",
        "batchdoctor pool diagnose --pool p",
    )


def test_a_formula_that_gives_too_few_is_told_with_what_it_gave() -> None:
    run = {"timestamp": ago(minutes=4), "results": "$TargetDedicatedNodes=1"}
    scales = {"enableAutoScale": True, "targetDedicatedNodes": 1, "autoScaleRun": run}
    found = only(too_few_nodes(facts("idle", pool=scales)))
    assert found.evidence == ("The formula gave 4 min ago: $TargetDedicatedNodes=1",)
    assert words(found.advice)[0].startswith("Have the formula give 3 nodes or more")


@pytest.mark.parametrize(
    "others",
    [
        facts("idle", "running", "running"),
        facts("idle", pool={"taskSlotsPerNode": 4}),
        facts("idle", pool_facts={"nodes_partial": True}),
        facts("unusable"),
        job_facts(waiting=[MPI], pool=MADE_FOR_IT),
    ],
)
def test_it_is_not_said_of_enough_nodes_nor_where_something_else_or_nothing_is_known(
    others: JobFacts,
) -> None:
    assert not list(too_few_nodes(others))


def test_a_task_beside_as_many_idle_nodes_as_it_needs_is_stranded() -> None:
    found = only(stranded(facts("idle", "idle", "idle")))
    assert found.message == "1 task waits for 2 h, and 3 nodes of the pool are idle."
    assert not list(stranded(facts("idle", "idle", "running")))
