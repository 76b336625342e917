"""Checks of nodes: the same trouble of several nodes is one finding."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from batchdoctor.core.findings.checks.facts import PoolFacts
from batchdoctor.core.findings.checks.node import (
    lost_and_stuck,
    old_agents,
    suspects,
    taken_out,
    unusable,
)
from batchdoctor.core.findings.checks.start_task import start_tasks
from batchdoctor.core.findings.finding import Finding
from batchdoctor.core.records import Node, Pool
from batchdoctor.core.suspicion.judge import judge
from batchdoctor.core.suspicion.run_counts import RunCounts
from tests.steps import words

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


def node(name: str, state: str = "idle", minutes: float = 90, **members: Any) -> Node:
    since = (NOW - timedelta(minutes=minutes)).isoformat()
    told = {"id": name, "state": state, "stateTransitionTime": since} | members
    return msgspec.structs.replace(msgspec.convert(told, Node), pool_id="p")


def facts(*nodes: Node) -> PoolFacts:
    return PoolFacts(pool=Pool(id="p"), at=NOW, nodes=nodes)


def started(code: str | None = None, exit_code: int | None = None) -> dict[str, Any]:
    info: dict[str, Any] = {"result": "failure", "state": "completed", "exitCode": exit_code}
    if code:
        info["failureInfo"] = {"category": "UserError", "code": code, "message": "no entry"}
    return {"startTaskInfo": info}


def only(found: Any) -> Finding:
    (finding,) = found
    assert isinstance(finding, Finding)
    return finding


def test_nodes_with_the_same_start_task_failure_are_one_finding() -> None:
    same_failure = started("BlobAccessDenied")
    pool = facts(
        *(node(f"n{number}", "starttaskfailed", **same_failure) for number in range(12)),
        node("other", "StartTaskFailed", **started("FailureExitCode", 7)),
        node("well"),
    )
    first, second = start_tasks(pool)
    assert (len(first.subject.node_ids), second.subject.node_ids) == (12, ("other",))
    assert first.message == "The start task failed on 12 nodes: BlobAccessDenied."
    assert second.message == "The start task failed on 1 node: exit code 7."


def test_of_many_nodes_one_is_tried_first() -> None:
    many = [node(f"n{number}", "starttaskfailed", **started(exit_code=1)) for number in range(6)]
    (found,) = start_tasks(facts(*many, node("well")))
    assert words(found.advice) == (
        "batchdoctor files get stderr --pool p --node n0 --start-task",
        "batchdoctor node reboot n0 --pool p",
    )


def test_of_a_fragment_nobody_can_say_what_is_so_on_every_node() -> None:
    pool = facts(*(node(name, "starttaskfailed", **started(exit_code=1)) for name in "ab"))
    pool.nodes_partial = True
    assert words(only(start_tasks(pool)).advice) == (
        "batchdoctor files get stderr --pool p --node a --start-task",
        "batchdoctor node reboot a b --pool p",
    )


def test_what_a_reboot_cannot_help_is_corrected_first() -> None:
    denied = only(start_tasks(facts(node("a", "starttaskfailed", **started("BlobAccessDenied")))))
    assert words(denied.advice)[-1] == "When that is corrected: batchdoctor node reboot a --pool p"
    everywhere = [node(name, "starttaskfailed", **started(exit_code=1)) for name in "ab"]
    assert "on every node" in words(only(start_tasks(facts(*everywhere))).advice)[-1]


def test_one_code_with_two_causes_is_two_findings_with_steps_of_their_own() -> None:
    def failed(message: str) -> dict[str, Any]:
        details = [{"name": "Message", "value": message}]
        failure = {"code": "ContainerInvalidImage", "details": details}
        return {"startTaskInfo": {"result": "failure", "failureInfo": failure}}

    full = node("a", "starttaskfailed", **failed("write x: no space left on device"))
    slow = node("b", "starttaskfailed", **failed("net/http: TLS handshake timeout"))
    first, second = start_tasks(facts(full, slow))
    assert words(first.advice)[1] == (
        "To free its disk of images and old files, which a reboot may not: batchdoctor node reimage"
        " a --pool p"
    )
    assert words(second.advice)[0] == (
        "Such trouble passes: have the start task run again: batchdoctor node reboot b --pool p"
    )


def erring(name: str, *errors: tuple[str, str]) -> Node:
    told = [
        {"code": code, "errorDetails": [{"name": "Message", "value": message}]}
        for code, message in errors
    ]
    return node(name, "unusable", errors=told)


def test_nodes_with_errors_of_one_code_are_told_apart_by_what_those_say() -> None:
    gone, slow = "manifest unknown", "net/http: TLS handshake timeout"
    pool = facts(
        erring("a", ("ContainerInvalidImage", gone)),
        erring("b", ("ContainerInvalidImage", slow)),
        erring("c", ("containerinvalidimage", gone)),
    )
    first, second = unusable(pool)
    assert (first.subject.node_ids, second.subject.node_ids) == (("a", "c"), ("b",))
    assert words(first.advice)[0] == "Check each name and tag in the pool's containerImageNames."
    assert words(second.advice)[0] == ("Such time-outs pass: batchdoctor node reboot b --pool p")


def test_every_error_of_a_node_is_named_and_has_its_steps() -> None:
    pool = facts(erring("a", ("ContainerInvalidImage", "manifest unknown"), ("DiskFull", "full")))
    found = only(unusable(pool))
    assert found.message.endswith(
        'ContainerInvalidImage ("manifest unknown") and DiskFull ("full").'
    )
    assert "Delete old jobs to free their files, then: batchdoctor node reboot a --pool p" in (
        words(found.advice)
    )


def test_a_failed_start_task_that_nobody_waits_for_is_a_warning() -> None:
    found = only(start_tasks(facts(node("a", "running", **started(exit_code=1)))))
    assert found.kind == "start-task-failure-ignored"


def test_unusable_nodes_are_told_apart_by_their_errors() -> None:
    full = {"errors": [{"code": "DiskFull", "message": "no space"}]}
    nodes = [node("a", "unusable", 30, **full), node("b", "unusable", 60, **full)]
    erring, silent = unusable(facts(*nodes, node("c", "unusable", 10)))
    assert erring.message == "2 nodes are unusable for 1 h: DiskFull."
    assert erring.evidence[1:] == ("Batch says: no space",)
    assert silent.kind == "node-unreachable"
    assert silent.subject.node_ids == ("c",)
    assert silent.evidence == ("That is 1 of the pool's 3 nodes.",)


def test_a_node_on_its_way_is_stuck_only_beyond_what_is_usual() -> None:
    assert not list(lost_and_stuck(facts(node("a", "starting", 20))))
    found = only(lost_and_stuck(facts(node("a", "starting", 80), node("b", "starting", 50))))
    assert found.subject.node_ids == ("a", "b")
    assert found.message.startswith("2 nodes are starting for 1 h 20 min, 30 are usual")


def test_lost_nodes_are_an_error() -> None:
    assert only(lost_and_stuck(facts(node("a", "unknown")))).kind == "node-unknown"


def test_nodes_taken_out_by_somebody_and_by_azure() -> None:
    offline, preempted = taken_out(
        facts(
            node("a", "offline", schedulingState="disabled"),
            node("b", "running", schedulingState="Disabled"),
            node("c", "preempted"),
        )
    )
    assert (offline.kind, offline.subject.node_ids) == ("node-offline", ("a", "b"))
    assert words(offline.advice)[-1] == (
        "If the reason is gone: batchdoctor node enable a b --pool p"
    )
    assert (preempted.kind, preempted.subject.node_ids) == ("node-preempted", ("c",))


def test_agents_are_compared_by_number() -> None:
    versions = {"a": "1.9.27", "b": "1.13.7", "c": "1.13.7"}
    nodes = [node(name, nodeAgentInfo={"version": v}) for name, v in versions.items()]
    found = only(old_agents(facts(*nodes, node("d"))))
    assert found.subject.node_ids == ("a",)
    assert "older than the 1.13.7 of the others, down to 1.9.27" in found.message
    assert not list(old_agents(facts(*nodes[1:])))


def test_a_suspect_is_stopped_before_it_is_restarted() -> None:
    counts = RunCounts()
    for name in "abcdefgh":
        counts.add_many("p", name, "j", runs=40)
    counts.add_many("p", "sick", "j", runs=30, failures=30)
    pool = facts(node("sick"))
    pool.suspicions = judge(counts)
    found = only(suspects(pool))
    assert found.subject.node_ids == ("sick",)
    assert [line.split()[2] for line in words(found.advice)] == ["disable", "failed", "reboot"]
    disabled = facts(node("sick", schedulingState="disabled"))
    disabled.suspicions = pool.suspicions
    assert words(only(suspects(disabled)).advice)[0].startswith("batchdoctor tasks failed")


def test_a_healthy_pool_has_no_findings() -> None:
    pool = facts(node("a"), node("b", "running"))
    for check in (start_tasks, unusable, lost_and_stuck, taken_out, old_agents, suspects):
        assert not list(check(pool))


def suspect_among(*nodes: Node) -> Finding:
    """What is told of the first of some nodes, which fails since an hour and a half ago."""
    counts = RunCounts()
    for each in nodes:
        counts.add_many("p", each.id, "j", runs=20, failures=18 if each is nodes[0] else 0)
    pool = facts(*nodes)
    onset = NOW - timedelta(minutes=90)
    pool.suspicions = [msgspec.structs.replace(found, onset=onset) for found in judge(counts)]
    return only(suspects(pool))


def test_that_a_node_was_allocated_just_before_it_turned_bad_is_told_if_few_others_were() -> None:
    new: dict[str, Any] = {"allocationTime": (NOW - timedelta(minutes=100)).isoformat()}
    old: dict[str, Any] = {"allocationTime": (NOW - timedelta(days=2)).isoformat()}
    few = suspect_among(node("n0", **new), *(node(f"n{number}", **old) for number in range(1, 8)))
    assert few.changes == ("Just before: 1 of 8 nodes was allocated at 2026-11-21 01:20 UTC.",)
    whole = suspect_among(*(node(f"n{number}", **new) for number in range(8)))
    assert whole.changes == ()
