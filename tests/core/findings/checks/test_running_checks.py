"""Tasks that run far longer than others of their job did."""

from __future__ import annotations

from typing import Any

import msgspec

from batchdoctor.core.findings.checks.running import hung
from batchdoctor.core.findings.finding import Finding
from batchdoctor.core.records import Node
from tests.core.findings.test_witnesses import ENDED, RUNS_LONG, job_facts
from tests.steps import words

NO_LIMIT = "No maxWallClockTime is set, so nothing ends them."


def found(*members: dict[str, Any], **facts: Any) -> list[Finding]:
    return list(hung(job_facts(*members, ended=ENDED, running=[RUNS_LONG], **facts)))


def test_the_task_that_makes_the_others_runs_as_long_as_they_do() -> None:
    assert found()
    assert not found(manager_id="R")


def test_a_limit_of_the_job_ends_its_tasks_too() -> None:
    (without,), (limited,) = found(), found({"constraints": {"maxWallClockTime": "P7D"}})
    assert (without.evidence, limited.evidence) == ((NO_LIMIT,), ())


def test_of_a_node_that_does_not_answer_it_is_not_known_whether_the_task_runs() -> None:
    lost = [{"id": "n1", "state": "unknown"}]
    pool = {"nodes": msgspec.convert(lost, list[Node])}
    task = RUNS_LONG | {"nodeInfo": {"poolId": "p", "nodeId": "n1"}}
    (told,) = hung(job_facts(ended=ENDED, running=[task], pool_facts=pool))
    assert told.evidence == (
        "Node n1 of r is unknown: whether it still runs is not known.",
        NO_LIMIT,
    )
    assert words(told.advice)[0] == "batchdoctor node show n1 --pool p"
