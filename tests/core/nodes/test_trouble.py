"""What the state of a node says against it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from batchdoctor.core.nodes.reason import Reason
from batchdoctor.core.nodes.states import STATES
from batchdoctor.core.nodes.trouble import (
    broken_reasons,
    minutes_in_state,
    other_reasons,
    start_task_fails_everywhere,
    usual_for,
)
from batchdoctor.core.records import (
    FailureInformation,
    NameValue,
    Node,
    NodeError,
    StartTaskInformation,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

USUAL = {state.name: state.usual for state in STATES.values() if state.usual}


def aged(state: str, minutes: float) -> Node:
    return Node(id="n", state=state, state_transition_time=NOW - timedelta(minutes=minutes))


@pytest.mark.parametrize("state", ["idle", "running", "preempted", "deallocated", "brandnew", None])
def test_a_node_at_work_or_put_aside_is_not_broken(state: str | None) -> None:
    node = Node(id="n", state=state, state_transition_time=NOW - timedelta(days=9))
    assert broken_reasons(node, NOW) == []


def test_every_error_of_an_unusable_node_is_named() -> None:
    full = NodeError(
        code="DiskFull",
        message="There is not enough disk space",
        error_details=[NameValue(name="Free", value="2 MB")],
    )
    node = Node(id="n", state="Unusable", errors=[full, NodeError()])
    assert broken_reasons(node, NOW) == [
        Reason("node-error", "DiskFull: There is not enough disk space; Free: 2 MB", "DiskFull"),
        Reason("node-error", "error without a code: no text"),
    ]


@pytest.mark.parametrize("errors", [None, []])
def test_an_unusable_node_without_errors_cannot_be_reached(errors: list[NodeError] | None) -> None:
    (reason,) = broken_reasons(Node(id="n", state="unusable", errors=errors), NOW)
    assert reason.kind == "agent-unreachable"
    assert all(word in reason.message for word in ("security groups", "DNS", "private endpoints"))


@pytest.mark.parametrize(
    ("info", "sentence"),
    [
        (
            StartTaskInformation(
                exit_code=2,
                failure_info=FailureInformation(code="FailureExitCode", message="It exited with 2"),
            ),
            "the start task failed (exit code 2, FailureExitCode: It exited with 2)",
        ),
        (
            StartTaskInformation(failure_info=FailureInformation(code="BlobAccessDenied")),
            "the start task failed (BlobAccessDenied)",
        ),
        (StartTaskInformation(failure_info=FailureInformation()), "the start task failed"),
        (None, "the start task failed"),
    ],
)
def test_a_failed_start_task_is_told_with_all_that_is_known(
    info: StartTaskInformation | None, sentence: str
) -> None:
    node = Node(id="n", state="startTaskFailed", start_task_info=info)
    code = info.failure_info.code if info and info.failure_info else None
    assert broken_reasons(node, NOW) == [Reason("start-task-failed", sentence, code)]


@pytest.mark.parametrize(("state", "kind"), [("unknown", "unknown"), ("Offline", "offline")])
def test_a_lost_node_and_one_taken_out_by_hand_are_broken(state: str, kind: str) -> None:
    assert [reason.kind for reason in broken_reasons(Node(id="n", state=state), NOW)] == [kind]


@pytest.mark.parametrize("state", USUAL)
def test_a_passing_state_is_stuck_only_beyond_its_usual_time(state: str) -> None:
    limit = USUAL[state] / timedelta(minutes=1)
    assert broken_reasons(aged(state, limit), NOW) == []
    (reason,) = broken_reasons(aged(state, limit + 1), NOW)
    assert reason.kind == "stuck"
    assert reason.message.startswith(f"{state} for {limit + 1:.0f} minutes, {limit:.0f} are usual")


def test_a_passing_state_of_unknown_age_is_not_called_stuck() -> None:
    assert broken_reasons(Node(id="n", state="starting"), NOW) == []


def test_minutes_in_a_state_are_whole_and_never_negative() -> None:
    assert minutes_in_state(aged("idle", 12.9), NOW) == 12
    assert minutes_in_state(aged("idle", -3), NOW) == 0
    assert minutes_in_state(Node(id="n", state="idle"), NOW) is None


def test_a_preempted_node_is_information_and_not_broken() -> None:
    node = Node(id="n", state="preempted")
    assert broken_reasons(node, NOW) == []
    assert [reason.kind for reason in other_reasons(node)] == ["preempted"]


def test_a_start_task_that_failed_without_being_waited_for_is_told() -> None:
    info = StartTaskInformation(result="Failure", exit_code=3)
    assert other_reasons(Node(id="n", state="idle", start_task_info=info)) == [
        Reason(
            "start-task-failure-ignored",
            "the start task failed (exit code 3), but the pool does not wait for its success",
        )
    ]


def test_a_failed_start_task_that_was_waited_for_is_told_once() -> None:
    info = StartTaskInformation(result="failure", exit_code=3)
    assert other_reasons(Node(id="n", state="starttaskfailed", start_task_info=info)) == []


def test_disabled_scheduling_is_told_while_tasks_still_run() -> None:
    node = Node(id="n", state="running", scheduling_state="Disabled")
    assert [reason.kind for reason in other_reasons(node)] == ["scheduling-disabled"]
    assert other_reasons(Node(id="n", state="offline", scheduling_state="disabled")) == []


@pytest.mark.parametrize(
    ("state", "reasons"),
    [
        (
            "Unusable",
            [
                Reason(
                    "agent-unreachable",
                    "unusable without any error: the service cannot reach the node's agent; look at"
                    " network security groups, routes, DNS, firewalls and private endpoints",
                )
            ],
        ),
        (
            "Unknown",
            [
                Reason(
                    "unknown",
                    "the service lost sight of the node; its tasks may still be running",
                )
            ],
        ),
        (
            "Offline",
            [Reason("offline", "someone disabled scheduling, and no task is left on the node")],
        ),
        ("Idle", []),
    ],
)
def test_a_state_says_in_words_what_is_wrong(state: str, reasons: list[Reason]) -> None:
    assert broken_reasons(Node(id="n", state=state), NOW) == reasons


def test_what_is_no_trouble_is_worth_knowing_all_the_same() -> None:
    assert other_reasons(Node(id="n", state="Preempted")) == [
        Reason("preempted", "the spot node was taken back; it returns with capacity")
    ]
    assert other_reasons(Node(id="n", state="idle", scheduling_state="Disabled")) == [
        Reason("scheduling-disabled", "scheduling was disabled by someone")
    ]
    assert other_reasons(Node(id="n", state="Offline", scheduling_state="disabled")) == []


@pytest.mark.parametrize(
    ("states", "everywhere"),
    [
        ([], False),
        (["StartTaskFailed"], False),
        (["starttaskfailed", "StartTaskFailed"], True),
        (["starttaskfailed", "starting"], False),
        (["starttaskfailed", "starttaskfailed", "starting"], True),
        (["starttaskfailed", "starttaskfailed", "idle"], False),
    ],
)
def test_one_node_does_not_tell_for_a_whole_pool(states: list[str], everywhere: bool) -> None:
    nodes = [Node(id=str(number), state=state) for number, state in enumerate(states)]
    assert start_task_fails_everywhere(nodes) is everywhere


def test_only_a_state_that_passes_has_a_usual_time() -> None:
    assert usual_for("Creating") == "30 are usual"
    assert (usual_for("idle"), usual_for("no such state")) == ("", "")
