"""Changes over real HTTP: their bodies, their repeats, and answers that get lost."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from batchdoctor.errors import (
    NotFoundError,
    StateError,
    UnreachableError,
    UsageError,
)
from batchdoctor.sandbox import Fault, FaultKind, Sandbox
from batchdoctor.service import actions
from batchdoctor.service.actions import ActionResult, Effect
from batchdoctor.service.client import Client
from batchdoctor.service.only import Only
from tests.service.conftest import node_in, posts

NodeAction = Callable[[Client, str, str], ActionResult]


@pytest.mark.parametrize(
    ("action", "sent"),
    [
        (
            actions.disable_scheduling,
            ("disablescheduling", {"nodeDisableSchedulingOption": "requeue"}),
        ),
        (
            lambda c, p, n: actions.disable_scheduling(c, p, n, "taskcompletion"),
            ("disablescheduling", {"nodeDisableSchedulingOption": "taskcompletion"}),
        ),
        (actions.reboot, ("reboot", {"nodeRebootOption": "requeue"})),
        (
            lambda c, p, n: actions.reimage(c, p, n, "retaineddata"),
            ("reimage", {"nodeReimageOption": "retaineddata"}),
        ),
        (
            lambda c, p, n: actions.deallocate(c, p, n, "terminate"),
            ("deallocate", {"nodeDeallocateOption": "terminate"}),
        ),
        (
            lambda c, p, n: actions.remove(c, p, [n]),
            ("removenodes", {"nodeList": ["NODE"], "nodeDeallocationOption": "requeue"}),
        ),
    ],
)
def test_a_change_is_sent_in_the_words_of_the_service(
    client: Client, box: Sandbox, action: NodeAction, sent: tuple[str, dict[str, object]]
) -> None:
    pool, node = node_in(box, "idle")
    result = action(client, pool, node)
    expected = json.loads(json.dumps(sent[1]).replace("NODE", node))
    assert posts(box) == [(sent[0], expected)]
    assert result.outcome is Effect.CHANGED
    assert result.request_id
    request = next(request for request in box.requests if request.method == "POST")
    assert request.headers["content-type"] == "application/json; odata=minimalmetadata"


def test_disabling_twice_is_a_success_that_says_so(client: Client, box: Sandbox) -> None:
    pool, node = node_in(box, "idle")
    outcomes = [actions.disable_scheduling(client, pool, node).outcome for _ in range(2)]
    outcomes += [actions.enable_scheduling(client, pool, node).outcome for _ in range(2)]
    assert outcomes == [Effect.CHANGED, Effect.ALREADY] * 2
    assert posts(box)[-1] == ("enablescheduling", None)


def test_starting_and_stopping_twice_is_a_success_that_says_so(
    client: Client, box: Sandbox
) -> None:
    pool, node = node_in(box, "idle")
    assert actions.start(client, pool, node).outcome is Effect.ALREADY
    outcomes = [actions.deallocate(client, pool, node).outcome for _ in range(2)]
    assert outcomes == [Effect.CHANGED, Effect.ALREADY]


@pytest.mark.parametrize(
    "action",
    [
        actions.start,
        actions.deallocate,
        lambda c, p, n: actions.remove(c, p, [n]),
    ],
    ids=["start", "deallocate", "remove"],
)
def test_a_change_whose_answer_was_lost_is_looked_up_and_not_sent_again(
    client: Client, box: Sandbox, action: NodeAction
) -> None:
    pool, node = node_in(box, "idle")
    if action is actions.start:
        box.store.node(pool, node).state = "deallocated"
    box.add_fault(Fault(FaultKind.LOST_ANSWER, route="POST *"))
    assert action(client, pool, node).outcome is Effect.CHANGED
    assert (len(posts(box)), box.unfired_faults()) == (1, [])


@pytest.mark.parametrize("times", [1, 2])
def test_a_lost_answer_to_a_change_that_may_be_repeated_is_a_success(
    client: Client, box: Sandbox, times: int
) -> None:
    pool, node = node_in(box, "idle")
    box.add_fault(Fault(FaultKind.LOST_ANSWER, route="POST *", times=times))
    assert actions.disable_scheduling(client, pool, node).outcome is Effect.CHANGED
    assert box.unfired_faults() == []


@pytest.mark.parametrize("action", [actions.reboot, actions.reimage])
@pytest.mark.parametrize("state", ["idle", "running"])
def test_a_restart_whose_answer_is_lost_is_not_sent_again(
    client: Client, box: Sandbox, action: NodeAction, state: str
) -> None:
    pool, node = node_in(box, state)
    box.add_fault(Fault(FaultKind.LOST_ANSWER, route="POST *"))
    assert action(client, pool, node).outcome is Effect.CHANGED
    assert len(posts(box)) == 1


def test_a_restart_that_waits_for_tasks_is_not_started_twice(client: Client, box: Sandbox) -> None:
    pool, node = node_in(box, "running")
    box.add_fault(Fault(FaultKind.LOST_ANSWER, route="POST *"))
    assert actions.reboot(client, pool, node, "taskcompletion").outcome is Effect.CHANGED
    assert len(posts(box)) == 2
    assert client.node(pool, node).state == "running"


@pytest.mark.parametrize("kind", [FaultKind.THROTTLED, FaultKind.BUSY, FaultKind.RESET])
def test_a_restart_that_never_arrived_is_sent_again(
    client: Client, box: Sandbox, kind: FaultKind
) -> None:
    pool, node = node_in(box, "idle")
    box.add_fault(Fault(kind, route="POST *"))
    assert actions.reboot(client, pool, node).outcome is Effect.CHANGED
    assert client.node(pool, node).state == "rebooting"
    methods = [request.method for request in box.requests if request.segments[-1] != "pools"]
    assert methods[-4:] == ["POST", "GET", "POST", "GET"]


def test_rebooting_a_rebooting_node_is_a_success_that_says_so(client: Client, box: Sandbox) -> None:
    pool, node = node_in(box, "idle")
    outcomes = [actions.reboot(client, pool, node).outcome for _ in range(2)]
    assert outcomes == [Effect.CHANGED, Effect.ALREADY]
    assert len(posts(box)) == 1


def test_a_restart_in_the_wrong_state_is_a_matter_of_state(client: Client, box: Sandbox) -> None:
    pool, node = node_in(box, "idle")
    actions.deallocate(client, pool, node)
    with pytest.raises(StateError, match=f"Could not reboot node {pool}/{node}: "):
        actions.reboot(client, pool, node)


def test_an_outage_of_a_change_is_unreachable(client: Client, box: Sandbox) -> None:
    pool, node = node_in(box, "idle")
    box.add_fault(Fault(FaultKind.BUSY, route="POST *", times=None))
    with pytest.raises(UnreachableError, match="gave up after 10 attempts"):
        actions.disable_scheduling(client, pool, node)


def test_removing_what_is_leaving_is_a_success_that_says_so(client: Client, box: Sandbox) -> None:
    pool, node = node_in(box, "idle")
    outcomes = [actions.remove(client, pool, [node]).outcome for _ in range(2)]
    assert outcomes == [Effect.CHANGED, Effect.ALREADY]


def test_a_node_that_is_gone_does_not_save_the_others(client: Client, box: Sandbox) -> None:
    pool, node = node_in(box, "idle")
    result = actions.remove(client, pool, ["tvm-gone", node])
    assert result.outcome is Effect.CHANGED
    assert client.node(pool, node).state == "leavingpool"


def test_a_pool_that_resizes_refuses_to_let_others_go(client: Client, box: Sandbox) -> None:
    pool, node = node_in(box, "idle")
    actions.remove(client, pool, [node])
    other = next(n.id for n in client.nodes(pool) if n.id != node)
    with pytest.raises(StateError) as caught:
        actions.remove(client, pool, [node, other])
    assert caught.value.code == "PoolBeingResized"


@pytest.mark.parametrize("count", [0, 101])
def test_the_number_of_nodes_to_remove_is_bounded(client: Client, count: int) -> None:
    with pytest.raises(UsageError, match="1 to 100"):
        actions.remove(client, "pool", [f"node-{n}" for n in range(count)])


def test_an_option_the_service_does_not_know_is_refused_here(client: Client, box: Sandbox) -> None:
    with pytest.raises(UsageError, match="'retaineddata'"):
        actions.disable_scheduling(client, "pool", "node", "retaineddata")
    assert not box.requests


def test_a_failed_task_runs_again_once(client: Client, box: Sandbox) -> None:
    task = next(t for j in client.jobs(states=["active"]) for t in client.failed_tasks(j.id))
    box.add_fault(Fault(FaultKind.LOST_ANSWER, route="POST *"))
    assert actions.reactivate(client, task.job_id, task.id).outcome is Effect.CHANGED
    with pytest.raises(StateError) as caught:
        actions.reactivate(client, task.job_id, task.id)
    assert caught.value.code == "TaskNotCompleted"


def test_ending_a_task_twice_is_a_success_that_says_so(client: Client) -> None:
    running = (t for j in client.jobs() for t in client.tasks(j.id, Only(states=["running"])))
    task = next(running)
    outcomes = [actions.terminate(client, task.job_id, task.id).outcome for _ in range(2)]
    assert outcomes == [Effect.CHANGED, Effect.ALREADY]


def test_a_change_to_what_does_not_exist_is_not_found(client: Client, box: Sandbox) -> None:
    pool, _ = node_in(box, "idle")
    for action in (actions.disable_scheduling, actions.reboot, actions.start):
        with pytest.raises(NotFoundError) as caught:
            action(client, pool, "tvm-gone")
        assert caught.value.code == "NodeNotFound"
