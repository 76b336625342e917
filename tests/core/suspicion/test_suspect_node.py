"""State and failures of nodes put together, and the command lines that follow from them."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime, timedelta

import pytest

from batchdoctor.core.nodes.advice import (
    ALL_START_TASKS_FAIL,
    CLASSIC_NETWORK_CHECK,
    MAY_BE_REFUSED,
    NETWORK_CHECK,
)
from batchdoctor.core.nodes.reason import Reason
from batchdoctor.core.records import (
    Node,
    NodeError,
    NodeTask,
    StartTaskInformation,
    TaskExecution,
)
from batchdoctor.core.suspicion.judge import Suspicion, Verdict
from batchdoctor.core.suspicion.suspect_node import GONE_ADVICE, SuspectNode, suspect_nodes
from tests.steps import steps, words

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
EVIDENCE = Reason("repeated-failures", "12 failures of 20 runs")


def suspicion(node_id: str, verdict: Verdict = "suspect", p_value: float = 1e-9) -> Suspicion:
    return Suspicion(
        pool_id="p",
        node_id=node_id,
        verdict=verdict,
        runs=20,
        failures=12,
        failure_rate=0.6,
        expected_failures=1.0,
        p_value=p_value,
        jobs={"j": 12},
        codes={"FailureExitCode": 12},
        last_failure_time=NOW,
        reasons=(EVIDENCE,),
    )


def node(node_id: str, state: str = "idle", **fields: object) -> Node:
    return Node(id=node_id, pool_id="p", state=state, **fields)  # type: ignore[arg-type]  # by name


def only(nodes: list[Node], suspicions: tuple[Suspicion, ...] = ()) -> SuspectNode:
    (found,) = suspect_nodes(nodes, suspicions, NOW)
    return found


def test_a_suspect_node_carries_state_figures_reasons_and_advice() -> None:
    since = NOW - timedelta(minutes=7)
    bad = NodeTask("j", "t", "completed", execution_info=TaskExecution(exit_code=1))
    sick = node(
        "n1",
        "running",
        scheduling_state="enabled",
        state_transition_time=since,
        recent_tasks=[NodeTask("j", "u", "running"), bad],
        start_task_info=StartTaskInformation(state="completed", result="success"),
    )
    assert only([sick, node("n2")], (suspicion("n1"),)) == SuspectNode(
        pool_id="p",
        node_id="n1",
        state="running",
        scheduling_state="enabled",
        minutes_in_state=7,
        verdict="suspect",
        reasons=(EVIDENCE,),
        runs=20,
        failures=12,
        failure_rate=0.6,
        expected_failures=1.0,
        p_value=1e-9,
        jobs={"j": 12},
        codes={"FailureExitCode": 12},
        last_failure_time=NOW,
        advice=steps(
            "batchdoctor node disable n1 --pool p --requeue",
            "batchdoctor tasks failed --pool p --by node",
            "batchdoctor files tail stderr --job j --task t",
            "batchdoctor node reboot n1 --pool p",
            "batchdoctor node reimage n1 --pool p",
            "batchdoctor node remove n1 --pool p",
        ),
    )


def test_sound_nodes_are_not_named() -> None:
    assert suspect_nodes([node("n1"), node("n2", "preempted")], (), NOW) == []


def test_broken_comes_before_suspect_and_suspect_before_watch() -> None:
    nodes = [node("a"), node("b"), node("c", "offline"), node("d", "unusable"), node("e")]
    found = suspect_nodes(nodes, (suspicion("a", "watch"), suspicion("b")), NOW)
    assert [(each.node_id, each.verdict) for each in found] == [
        ("d", "broken"),
        ("c", "broken"),
        ("b", "suspect"),
        ("a", "watch"),
    ]


def test_the_order_does_not_depend_on_the_order_of_the_nodes() -> None:
    nodes = [node("a", "unknown"), node("b", "unknown"), node("c"), node("d")]
    suspicions = (suspicion("c", p_value=1e-3), suspicion("d"))
    found = suspect_nodes(nodes, suspicions, NOW)
    assert found == suspect_nodes(nodes[::-1], suspicions[::-1], NOW)
    assert [each.node_id for each in found] == ["a", "b", "d", "c"]


def test_a_broken_node_that_also_failed_tasks_tells_both() -> None:
    full = NodeError(code="DiskFull", message="full")
    found = only([node("n1", "unusable", errors=[full])], (suspicion("n1"),))
    assert (found.verdict, found.failures) == ("broken", 12)
    assert found.reasons == (Reason("node-error", "DiskFull: full", "DiskFull"), EVIDENCE)


@pytest.mark.parametrize(
    "fields", [{"scheduling_state": "disabled"}, {"scheduling_state": "Disabled"}]
)
def test_a_node_already_disabled_is_not_advised_to_be_disabled(fields: dict[str, str]) -> None:
    for state in ("running", "offline", "unusable"):
        found = only([node("n1", state, **fields)], (suspicion("n1"),))
        assert not any("node disable" in step for step in words(found.advice))


def test_a_node_to_be_watched_is_only_looked_at() -> None:
    running = StartTaskInformation(state="running")
    found = only([node("n1", start_task_info=running)], (suspicion("n1", "watch"),))
    assert words(found.advice) == (
        "batchdoctor tasks failed --pool p --by node",
        "batchdoctor files get stderr --pool p --node n1 --start-task",
        "batchdoctor node show n1 --pool p",
    )


def test_a_start_task_that_failed_on_one_node_is_tried_again_by_a_reboot() -> None:
    found = only([node("n1", "starttaskfailed"), node("n2")])
    assert words(found.advice) == (
        "batchdoctor node show n1 --pool p",
        "batchdoctor node reboot n1 --pool p",
        "batchdoctor node remove n1 --pool p",
    )


def test_a_start_task_that_fails_on_every_node_is_not_rebooted_away() -> None:
    nodes = [node("n1", "starttaskfailed"), node("n2", "startTaskFailed"), node("n3", "starting")]
    for found in suspect_nodes(nodes, (), NOW):
        assert ALL_START_TASKS_FAIL in words(found.advice)
        assert not any("node reboot" in step for step in words(found.advice))


def test_an_unreachable_node_is_a_matter_of_the_network_first() -> None:
    found = only([node("n1", "unusable")])
    assert words(found.advice) == (
        NETWORK_CHECK,
        "batchdoctor pool diagnose --pool p",
        "batchdoctor node remove n1 --pool p",
        f"{MAY_BE_REFUSED}: batchdoctor node reboot n1 --pool p",
        f"{MAY_BE_REFUSED}: batchdoctor node reimage n1 --pool p",
    )


@pytest.mark.parametrize("mode", ["classic", "Classic", "simplified", None])
def test_advice_about_the_network_follows_how_nodes_communicate(mode: str | None) -> None:
    (found,) = suspect_nodes([node("n1", "unusable")], (), NOW, {"p": mode})
    classic = mode is not None and mode.lower() == "classic"
    assert words(found.advice)[0] == (CLASSIC_NETWORK_CHECK if classic else NETWORK_CHECK)


def test_a_node_that_never_began_a_start_task_has_no_files_of_one() -> None:
    long_ago = NOW - timedelta(hours=5)
    assert words(only([node("n1", "starting", state_transition_time=long_ago)]).advice) == (
        "batchdoctor node show n1 --pool p",
        "batchdoctor node remove n1 --pool p",
    )


def test_the_logs_of_a_node_are_asked_for_with_the_container_they_need() -> None:
    found = only([node("n1", "unusable", errors=[NodeError("BrandNew")])])
    assert "batchdoctor node logs n1 --pool p --container-file URL.txt" in words(found.advice)


def test_a_node_taken_out_by_hand_can_be_put_back() -> None:
    assert words(only([node("n1", "offline")]).advice) == (
        "batchdoctor node show n1 --pool p",
        "batchdoctor node enable n1 --pool p",
    )


def test_an_ignored_start_task_failure_is_worth_watching() -> None:
    info = StartTaskInformation(result="failure")
    assert only([node("n1", start_task_info=info)]).verdict == "watch"


def test_a_suspect_that_is_no_longer_in_its_pool_is_gone() -> None:
    found = only([node("n2")], (suspicion("n1"),))
    assert (found.state, found.minutes_in_state, words(found.advice)) == (
        None,
        None,
        (GONE_ADVICE,),
    )


def test_a_suspect_from_event_logs_is_looked_up_before_it_is_disabled() -> None:
    found = only([], (suspicion("n1"),))
    assert (found.state, found.verdict, found.runs) == (None, "suspect", 20)
    assert words(found.advice) == (
        "batchdoctor node show n1 --pool p",
        "batchdoctor node disable n1 --pool p --requeue",
    )


def test_command_lines_survive_a_shell() -> None:
    odd = Node(id="n 1;rm", pool_id="-p", state="unknown")
    (found,) = suspect_nodes([odd], (), NOW)
    assert shlex.split(words(found.advice)[0]) == [
        "batchdoctor",
        "node",
        "show",
        "n 1;rm",
        "--pool=-p",
    ]
