"""Checks of pools: what is wrong now, and what is only history."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from batchdoctor.core.findings.checks.account import account_findings
from batchdoctor.core.findings.checks.autoscale import autoscale
from batchdoctor.core.findings.checks.facts import PoolFacts
from batchdoctor.core.findings.checks.pool import deletion, no_usable_nodes
from batchdoctor.core.findings.checks.resize import (
    below_target,
    cause_named,
    resize_errors,
    stuck_resize,
)
from batchdoctor.core.findings.finding import Finding
from batchdoctor.core.records import Node, Pool, PoolNodeCounts, ResizeError
from tests.steps import words

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


def ago(**span: float) -> str:
    return (NOW - timedelta(**span)).isoformat()


def facts(
    counts: Any = None,
    waiting: Any = None,
    **members: Any,
) -> PoolFacts:
    steady = {"id": "p", "allocationState": "steady", "allocationStateTransitionTime": ago(hours=2)}
    pool = msgspec.convert(steady | members, Pool)
    told = {"poolId": "p", "dedicated": dict(counts)} if counts is not None else None
    return PoolFacts(
        pool=pool,
        at=NOW,
        counts=msgspec.convert(told, PoolNodeCounts) if told else None,
        waiting=waiting or {},
    )


def only(found: Any) -> Finding:
    (finding,) = found
    assert isinstance(finding, Finding)
    return finding


QUOTA = {
    "code": "AccountCoreQuotaReached",
    "message": "The core quota is reached",
    "values": [{"name": "Reason", "value": "all 64 cores are in use"}],
}


def test_a_resize_error_matters_while_the_target_is_not_met() -> None:
    pool = facts(
        waiting={"b": 2, "a": 3},
        resizeErrors=[QUOTA],
        currentDedicatedNodes=3,
        targetDedicatedNodes=10,
    )
    found = only(resize_errors(pool))
    assert found.kind == "pool-resize-failed"
    assert found.message == "Has 3 of 10 nodes: AccountCoreQuotaReached, 2 h ago."
    assert found.evidence == (
        "The account has no dedicated cores left for the nodes that the pool wants.",
        "Batch says: The core quota is reached",
        "Reason: all 64 cores are in use",
        "5 tasks wait for the pool: a, b.",
    )
    assert words(found.advice)[-1] == "batchdoctor pool diagnose --pool p"


def test_an_old_resize_error_is_history_once_the_target_is_met() -> None:
    pool = facts(resizeErrors=[QUOTA], currentDedicatedNodes=10, targetDedicatedNodes=10)
    found = only(resize_errors(pool))
    assert (found.kind, found.advice) == ("pool-resize-failed-before", ())


def test_the_error_of_the_provider_is_taken_apart() -> None:
    provider = json.dumps({"error": {"code": "SkuNotAvailable", "message": "none in zone 1"}})
    error = {
        "code": "AllocationFailed",
        "values": [
            {"name": "Provider Error Json", "value": provider},
            {"name": "Provider Error Json Truncated", "value": "False"},
        ],
    }
    pool = facts(resizeErrors=[error], targetLowPriorityNodes=1)
    found = only(resize_errors(pool))
    cause = "AllocationFailed (SkuNotAvailable: none in zone 1)"
    assert found.message == f"Has 0 of 1 spot node: {cause}, 2 h ago."
    assert found.evidence[1:] == ("Azure says: SkuNotAvailable: none in zone 1",)


@pytest.mark.parametrize(
    ("values", "inner", "meaning"),
    [
        (
            {"Reason": "Allocation failed as Batch is not authorized to access the key vault."},
            " (Allocation failed as Batch is not authorized to access the key vault)",
            "Batch may not use the key vault of the account (accounts in user-subscription mode).",
        ),
        (
            {"Provider Error Json": '{"error": {"code": "BadRequest", "message": "cannot boot"}}'},
            " (BadRequest: cannot boot)",
            "The size cannot run with the pool's image or settings.",
        ),
        (
            {"Error Code": "ScopeLocked", "Error Message": "the scope is locked"},
            " (ScopeLocked: the scope is locked)",
            "A lock on the subscription, resource group or network keeps Batch from making what the"
            " nodes need.",
        ),
        (
            {},
            "",
            "Azure refused to allocate the nodes, and neither a reason nor its own error is told.",
        ),
    ],
)
def test_the_cause_is_read_from_the_words_where_no_code_tells_it(
    values: dict[str, str], inner: str, meaning: str
) -> None:
    told = [{"name": name, "value": value} for name, value in values.items()]
    error = {"code": "AllocationFailed", "values": told}
    found = only(resize_errors(facts(resizeErrors=[error], targetDedicatedNodes=1)))
    assert found.message == f"Has 0 of 1 node: AllocationFailed{inner}, 2 h ago."
    assert found.evidence[0] == meaning


def test_an_unknown_code_is_said_to_be_unknown() -> None:
    pool = facts(resizeErrors=[{"code": "BrandNew"}], targetDedicatedNodes=1)
    found = only(resize_errors(pool))
    assert found.evidence[0] == "This code is not in batchdoctor's catalog."


STOPPED = {"code": "ResizeStopped", "message": "The resize was stopped"}
SCALED = {
    "enableAutoScale": True,
    "resizeErrors": [STOPPED],
    "currentDedicatedNodes": 3,
    "targetDedicatedNodes": 8,
}


@pytest.mark.parametrize(
    ("evaluated", "error", "promised"),
    [
        (5, None, "The formula is evaluated next in about 10 min, and asks for its nodes again"),
        (5, {"code": "X", "message": "no"}, "Its formula fails: until that is mended nothing asks"),
        (180, None, "Its formula is not evaluated any more: until that is mended nothing asks"),
    ],
)
def test_only_a_formula_that_works_asks_for_its_nodes_again(
    evaluated: int, error: object, promised: str
) -> None:
    run = {"timestamp": ago(minutes=evaluated), "results": "", "error": error}
    found = only(resize_errors(facts(**SCALED, autoScaleRun=run)))
    assert words(found.advice)[0].startswith(promised)


def test_a_refusal_without_a_reason_is_told_what_the_pool_itself_narrows() -> None:
    error = {"code": "AllocationFailed", "message": "Desired number could not be allocated"}
    pool = facts(
        resizeErrors=[error],
        currentDedicatedNodes=90,
        targetDedicatedNodes=150,
        enableInterNodeCommunication=True,
    )
    assert words(only(resize_errors(pool)).advice)[:3] == (
        "Ask for it again: az batch pool resize --pool-id p --target-dedicated-nodes 150"
        " --target-low-priority-nodes 0",
        "Make the pool without inter-node communication if none of its tasks has"
        " multiInstanceSettings: it narrows where the nodes may be placed.",
        "Such a pool may have 100 nodes at most; it asks for 150: lower the target, or split the"
        " work over pools.",
    )


def test_a_resize_beyond_its_timeout_is_stuck() -> None:
    slow = {"allocationState": "Resizing", "allocationStateTransitionTime": ago(minutes=31)}
    found = only(stuck_resize(facts({"leavingPool": 2}, **slow)))
    assert found.message == "Is Resizing for 31 min; 15 min are allowed."
    assert found.evidence == (
        "2 nodes are leaving the pool; they may wait for running tasks to end.",
    )
    assert not list(stuck_resize(facts(**slow, resizeTimeout="PT30M")))
    assert not list(stuck_resize(facts()))


def test_a_deletion_may_take_its_time() -> None:
    deleting = {"state": "deleting", "stateTransitionTime": ago(minutes=59)}
    found = only(deletion(facts(**deleting)))
    assert (found.kind, found.message) == ("pool-deleting", "Is being deleted for 59 min.")
    found = only(deletion(facts(**deleting | {"stateTransitionTime": ago(hours=3)})))
    assert (found.kind, found.message) == ("pool-deletion-stuck", "Is being deleted for 3 h.")


@pytest.mark.parametrize("minutes", [5, 40, 300])
def test_a_pool_that_is_being_deleted_is_one_finding(minutes: int) -> None:
    """Its nodes leave, it resizes, it is below its target: all of that is the deletion."""
    pool = facts(
        {"leavingPool": 1, "unusable": 1, "total": 2},
        {"job": 3},
        state="deleting",
        stateTransitionTime=ago(minutes=minutes),
        allocationState="resizing",
        allocationStateTransitionTime=ago(minutes=minutes),
        resizeTimeout="PT5M",
        resizeErrors=[QUOTA],
        targetDedicatedNodes=4,
    )
    node = {"id": "n", "stateTransitionTime": ago(minutes=minutes)}
    states = [{"state": "leavingpool"}, {"state": "unusable"}]
    pool.nodes = [msgspec.convert(node | state, Node) for state in states]
    found = only(account_findings([pool], []))
    assert found.kind in {"pool-deleting", "pool-deletion-stuck"}
    assert found.evidence == (
        "Its nodes: 1 leavingpool, 1 unusable.",
        "3 tasks wait for the pool: job.",
    )
    assert not any("node remove" in each for each in words(found.advice))


def test_a_steady_pool_below_its_target_says_so_without_an_error() -> None:
    pool = facts(currentDedicatedNodes=1, targetDedicatedNodes=2)
    assert only(below_target(pool)).message == "Has 1 of 2 nodes for 2 h, without an error."
    assert not list(below_target(facts(currentDedicatedNodes=2, targetDedicatedNodes=2)))
    assert not list(below_target(facts(targetDedicatedNodes=2, allocationState="resizing")))


SCALES = {"enableAutoScale": True, "autoScaleEvaluationInterval": "PT5M"}


def test_an_autoscale_run_of_five_intervals_ago_is_frozen() -> None:
    def run(minutes: float) -> PoolFacts:
        return facts(**SCALES, autoScaleRun={"timestamp": ago(minutes=minutes)})

    assert not list(autoscale(run(25)))
    found = only(autoscale(run(26)))
    assert found.kind == "autoscale-frozen"
    assert found.message == "Its formula was last evaluated 26 min ago; every 5 min is asked for."


def test_the_interval_is_a_quarter_of_an_hour_unless_it_is_said() -> None:
    pool = {"enableAutoScale": True, "autoScaleRun": {"timestamp": ago(minutes=74)}}
    assert not list(autoscale(facts(**pool)))
    assert list(autoscale(facts(**pool | {"autoScaleRun": {"timestamp": ago(minutes=76)}})))


def test_a_pool_that_was_never_evaluated_is_judged_by_its_age() -> None:
    assert not list(autoscale(facts(**SCALES, creationTime=ago(minutes=20))))
    found = only(autoscale(facts(**SCALES, creationTime=ago(hours=2))))
    assert found.message == "Its formula was never evaluated; every 5 min is asked for."


def test_a_formula_that_fails_is_told_with_the_words_of_the_service() -> None:
    error = {
        "code": "InsufficientSampleData",
        "message": "Not enough samples",
        "values": [{"name": "Metric", "value": "$PendingTasks"}],
    }
    run = {"timestamp": ago(minutes=2), "error": error}
    found = only(autoscale(facts(**SCALES, autoScaleRun=run)))
    assert found.message == (
        "Its formula failed 2 min ago of InsufficientSampleData; the pool keeps its size."
    )
    assert found.evidence[1:] == ("Batch says: Not enough samples", "Metric: $PendingTasks")


def test_the_empty_error_of_a_successful_evaluation_is_none() -> None:
    run = {"timestamp": ago(minutes=2), "error": {"code": "", "message": "", "values": []}}
    assert not list(autoscale(facts(**SCALES, autoScaleRun=run)))


def test_tasks_that_wait_for_a_pool_without_a_usable_node_are_an_error() -> None:
    found = only(no_usable_nodes(facts({"unusable": 2, "total": 2}, {"a": 1})))
    assert found.message == ("1 task waits for the pool: a, and none of its 2 nodes can run tasks.")
    assert found.evidence == ("2 unusable",)
    assert found.subject.job_ids == ("a",)


def test_a_pool_whose_nodes_are_on_their_way_is_left_alone() -> None:
    assert not list(no_usable_nodes(facts({"starting": 1, "total": 1}, {"a": 1})))
    assert not list(no_usable_nodes(facts({"idle": 1, "total": 1}, {"a": 1})))
    assert not list(no_usable_nodes(facts({"total": 0}, {"a": 1}, allocationState="resizing")))
    assert not list(no_usable_nodes(facts({"total": 0})))


def test_an_empty_pool_that_nobody_asked_to_grow_is_told_how() -> None:
    found = only(no_usable_nodes(facts({"total": 0}, {"a": 1}, targetDedicatedNodes=0)))
    assert found.message == "1 task waits for the pool: a, and it has no nodes."
    assert words(found.advice)[-1] == "Resize the pool."


def test_of_a_long_formula_the_lines_around_the_error_are_shown() -> None:
    formula = "\n".join(f"a{number} = {number};" for number in range(1, 101))
    error = {"code": "X", "message": "Line 60, Col 2: what"}
    run = {"timestamp": ago(minutes=3), "error": error}
    found = only(autoscale(facts(**SCALES | {"autoScaleFormula": formula}, autoScaleRun=run)))
    lines = [line for line in found.evidence if line[:2] in {"| ", "> "}]
    assert (lines[0], lines[15], lines[-1]) == (
        "| 46  a46 = 46;",
        "| 61  a61 = 61;",
        "| 75  a75 = 75;",
    )
    assert "> 60  a60 = 60;" in lines
    assert "30 of the formula's 100 lines." in found.evidence


def test_an_empty_error_is_none() -> None:
    error = {"code": "", "message": "", "values": []}
    run = {"timestamp": ago(minutes=3), "results": "$x=1", "error": error}
    assert not list(autoscale(facts(**SCALES, autoScaleRun=run)))


def test_a_failed_resize_is_named_with_its_innermost_cause() -> None:
    told = {"code": "AllocationFailed", "values": [{"name": "Reason", "value": "No capacity."}]}
    errors = msgspec.convert([told, {"code": "ResizeStopped"}, {}], list[ResizeError])
    assert [cause_named(error) for error in errors] == [
        "AllocationFailed (No capacity)",
        "ResizeStopped",
        "an error without a code",
    ]
