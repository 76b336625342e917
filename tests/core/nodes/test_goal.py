"""When a change to a node has come true, and when it never will."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from batchdoctor.core.nodes import goal as node_goal
from batchdoctor.core.nodes.goal import Arrival, Goal, start_task_words
from batchdoctor.core.records import FailureInformation, Node, StartTaskInformation

BOOT = datetime(2026, 11, 21, tzinfo=UTC)
LATER = BOOT + timedelta(hours=1)
W, T, E = Arrival.WAITING, Arrival.THERE, Arrival.ELSEWHERE


def node(state: str, boot: datetime | None = BOOT, scheduling: str = "enabled") -> Node:
    return Node("n", state=state, last_boot_time=boot, scheduling_state=scheduling)


CASES: list[tuple[Goal, Node, Node | None, Arrival]] = [
    # A reboot that was asked for and has not begun looks like one that is over.
    (node_goal.restarted, node("idle"), node("idle"), W),
    (node_goal.restarted, node("running"), node("idle"), W),
    (node_goal.restarted, node("idle"), node("Rebooting"), W),
    (node_goal.restarted, node("idle"), node("waitingforstarttask", LATER), W),
    (node_goal.restarted, node("idle"), node("running", LATER), T),
    (node_goal.restarted, node("offline"), node("offline", LATER), T),
    (node_goal.restarted, node("idle"), node("starttaskfailed", LATER), E),
    (node_goal.restarted, node("starttaskfailed"), node("starttaskfailed"), W),
    (node_goal.restarted, node("unusable", None), node("unusable", None), W),
    (node_goal.restarted, node("unusable", None), node("idle", LATER), T),
    (node_goal.restarted, node("rebooting"), node("Unusable"), E),
    (node_goal.restarted, node("idle"), None, E),
    (node_goal.disabled, node("running"), node("running", scheduling="disabled"), W),
    (node_goal.disabled, node("running"), node("offline", scheduling="Disabled"), T),
    (node_goal.disabled, node("unusable"), node("unusable", scheduling="disabled"), T),
    (node_goal.disabled, node("running"), None, E),
    (node_goal.enabled, node("idle"), node("idle", scheduling="disabled"), W),
    (node_goal.enabled, node("idle"), node("running"), T),
    (node_goal.started, node("deallocated"), node("deallocated"), W),
    (node_goal.started, node("unusable"), node("unusable"), W),
    (node_goal.started, node("idle"), node("deallocating"), W),
    (node_goal.enabled, node("offline", scheduling="disabled"), node("offline"), W),
    (node_goal.enabled, node("offline", scheduling="disabled"), node("idle"), T),
    (node_goal.enabled, node("offline", scheduling="disabled"), None, E),
    (node_goal.started, node("deallocated"), node("deallocated"), W),
    (node_goal.started, node("deallocated"), node("starting"), W),
    (node_goal.started, node("deallocated"), node("idle"), T),
    (node_goal.started, node("deallocated"), node("starttaskfailed"), E),
    (node_goal.started, node("deallocated"), None, E),
    (node_goal.deallocated, node("idle"), node("deallocating"), W),
    (node_goal.deallocated, node("idle"), node("Deallocated"), T),
    (node_goal.deallocated, node("idle"), None, E),
    (node_goal.removed, node("idle"), node("leavingpool"), W),
    (node_goal.removed, node("idle"), None, T),
]


@pytest.mark.parametrize(("goal", "before", "now", "arrival"), CASES)
def test_a_node_is_judged_by_what_it_was_and_is(
    goal: Goal, before: Node, now: Node | None, arrival: Arrival
) -> None:
    assert goal(now, before) is arrival


@pytest.mark.parametrize(
    ("info", "words"),
    [
        (None, None),
        (StartTaskInformation(state="completed", exit_code=0), "its start task succeeded"),
        (StartTaskInformation(state="Running"), "its start task is still running"),
        (
            StartTaskInformation(
                result="Failure", exit_code=3, failure_info=FailureInformation(code="X")
            ),
            "its start task failed (exit code 3, X)",
        ),
        (StartTaskInformation(result="failure"), "its start task failed (no reason given)"),
    ],
)
def test_the_outcome_of_a_start_task_is_a_clause(
    info: StartTaskInformation | None, words: str | None
) -> None:
    assert start_task_words(Node("n", start_task_info=info)) == words


# What is asked of a node -> the states and scheduling in which the answer is yes.
ANSWERS: dict[Callable[[Node], bool], set[str]] = {
    node_goal.is_disabled: {"idle disabled", "offline enabled", "offline disabled"},
    node_goal.is_enabled: {
        f"{state} enabled"
        for state in (
            "idle",
            "starting",
            "deallocating",
            "deallocated",
            "unusable",
            "rebooting",
            "reimaging",
            "leavingpool",
        )
    },
    node_goal.is_started: {
        "idle enabled",
        "idle disabled",
        "starting enabled",
        "offline enabled",
        "offline disabled",
    },
    node_goal.is_stopped: {"deallocating enabled", "deallocated enabled"},
    node_goal.is_rebooting: {"rebooting enabled"},
    node_goal.is_reimaging: {"reimaging enabled"},
    node_goal.is_leaving: {"leavingpool enabled"},
}
ASKED = ("idle disabled", "offline disabled", "offline enabled", *ANSWERS[node_goal.is_enabled])


@pytest.mark.parametrize("question", ANSWERS, ids=lambda question: question.__name__)
def test_what_a_node_already_is_keeps_it_from_being_changed(
    question: Callable[[Node], bool],
) -> None:
    def asked(words: str) -> bool:
        state, scheduling = words.split()
        return question(node(state.title(), scheduling=scheduling.title()))

    assert {words for words in ASKED if asked(words)} == ANSWERS[question]
