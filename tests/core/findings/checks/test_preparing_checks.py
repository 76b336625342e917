"""Tasks that are prepared for long: what holds them up, and what of that is not known."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from batchdoctor.core.findings.checks.facts import JobFacts
from batchdoctor.core.findings.checks.preparing import preparing
from batchdoctor.core.records import Node
from tests.core.findings.test_witnesses import ago, job_facts

PREPARES_FIRST = {"jobPreparationTask": {"commandLine": "fetch"}}
TASK = {
    "id": "t",
    "state": "preparing",
    "stateTransitionTime": ago(hours=2),
    "nodeInfo": {"poolId": "p", "nodeId": "n1"},
}


def status(node: str, **info: Any) -> dict[str, Any]:
    return {"nodeId": node, "poolId": "p", "jobPreparationTaskExecutionInfo": info}


def ended(node: str, minutes: int) -> dict[str, Any]:
    times = {"startTime": ago(hours=9), "endTime": ago(hours=9, minutes=-minutes)}
    return status(node, state="completed", result="success", **times)


def told(facts: JobFacts) -> list[str]:
    begin = "1 task (t) is being prepared for "
    return [found.message.removeprefix(begin) for found in preparing(facts)]


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        (
            job_facts(running=[TASK]),
            "2 h: its files, packages or container image do not arrive.",
        ),
        (
            job_facts(PREPARES_FIRST, running=[TASK], preparations=[ended("n1", 2)]),
            "2 h: its files, packages or container image do not arrive.",
        ),
        (
            job_facts(PREPARES_FIRST, running=[TASK]),
            "2 h: its preparation task hangs or its files, packages or container image do not"
            " arrive; which of these is not known.",
        ),
        (
            job_facts(running=[TASK | {"multiInstanceSettings": {"numberOfInstances": 2}}]),
            "2 h: its files, packages or container image do not arrive, or a coordination command"
            " does not end on all of the nodes.",
        ),
        (
            job_facts(
                running=[TASK],
                pool_facts={
                    "nodes": msgspec.convert([{"id": "n1", "state": "unusable"}], list[Node])
                },
            ),
            "2 h: n1 is unusable.",
        ),
    ],
)
def test_what_holds_a_task_up_is_told_as_far_as_it_is_known(facts: JobFacts, why: str) -> None:
    assert told(facts) == [why]


def test_a_preparation_that_was_quick_elsewhere_is_slow_before_it_is_long() -> None:
    begun = ago(minutes=20)
    task = TASK | {"stateTransitionTime": begun}
    still = status("n1", state="running", startTime=begun)
    elsewhere = [ended("n2", 2), ended("n3", 2)]
    assert told(job_facts(PREPARES_FIRST, running=[task], preparations=[still, *elsewhere])) == [
        "20 min: the preparation task still runs on n1, which took 2 min elsewhere."
    ]
    assert not told(job_facts(PREPARES_FIRST, running=[task], preparations=[still, elsewhere[0]]))
    slow_anyway = [ended("n2", 9), ended("n3", 9)]
    assert not told(job_facts(PREPARES_FIRST, running=[task], preparations=[still, *slow_anyway]))
