"""Changes whose answer is lost, broken or somebody else's: done once, or told as not known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from batchdoctor.core.records import Node
from batchdoctor.errors import UncertainError
from batchdoctor.sandbox import Fault, FaultKind, Sandbox
from batchdoctor.service import actions
from batchdoctor.service.account import AccountOptions, resolve_account
from batchdoctor.service.actions import ActionResult, Effect
from batchdoctor.service.client import Client
from batchdoctor.service.once import REBOOT, _restarted
from batchdoctor.service.retry import RetryPolicy
from batchdoctor.service.transport import Answer, Request
from tests.service.conftest import node_in, posts

NodeAction = Callable[[Client, str, str], ActionResult]


def test_a_task_that_failed_again_behind_a_lost_answer_is_not_run_a_third_time(
    box: Sandbox,
) -> None:
    task = next(task for task in box.store.tasks() if task.result == "failure")
    account = resolve_account(AccountOptions(), box.environment())

    def fail_again(_seconds: float) -> None:
        assert task.state == "active"
        task.state, task.result, task.exit_code = "completed", "failure", 1
        task.ended = box.store.now

    with Client(account, retry=RetryPolicy(sleep=fail_again)) as client:
        known = client.task(task.job.id, task.id).execution_info
        assert known is not None
        box.add_fault(Fault(FaultKind.LOST_ANSWER, "POST *"))
        result = actions.reactivate(client, task.job.id, task.id, known.end_time)
    assert result == ActionResult(Effect.CHANGED)
    assert posts(box) == [("reactivate", None)]


@pytest.mark.parametrize(
    ("kind", "code", "hint"),
    [
        (FaultKind.BUSY, "ServerBusy", "Wait a little, or give --timeout more seconds."),
        (
            FaultKind.CLOSE,
            None,
            "Look at it, or run the same command again: it is not done twice.",
        ),
    ],
)
def test_whoever_is_left_uncertain_is_told_what_the_service_said_and_what_to_do(
    box: Sandbox, kind: FaultKind, code: str | None, hint: str
) -> None:
    pool, node = node_in(box, "idle")
    account = resolve_account(AccountOptions(), box.environment())
    box.add_fault(Fault(kind, "POST *", times=None))
    with (
        Client(account, retry=RetryPolicy(attempts=1)) as client,
        pytest.raises(UncertainError) as caught,
    ):
        actions.disable_scheduling(client, pool, node)
    error = caught.value
    assert (error.code, error.hint) == (code, hint)
    assert (error.request_id is not None) is (code is not None)


BOOT = datetime(2026, 11, 21, tzinfo=UTC)
LATER = BOOT + timedelta(minutes=5)


def booted(state: str, boot: datetime | None = BOOT, moved: datetime = BOOT) -> Node:
    return Node("n", state=state, last_boot_time=boot, state_transition_time=moved)


@pytest.mark.parametrize(
    ("now", "restarted"),
    [
        (booted("idle"), False),
        (booted("Rebooting"), True),
        (booted("idle", LATER, LATER), True),
        (booted("running", LATER), True),
        (booted("starting", BOOT, LATER), True),
        (booted("waitingForStartTask", None, LATER), True),
        (booted("starting"), False),
        (booted("running", BOOT, LATER), False),
        (booted("idle", None, LATER), False),
    ],
)
def test_a_node_shows_by_its_boot_or_its_state_that_it_was_restarted(
    now: Node, restarted: bool
) -> None:
    assert _restarted(now, booted("idle"), REBOOT.state) is restarted


def test_a_page_of_somebody_else_is_no_yes_of_the_service(box: Sandbox, client: Client) -> None:
    pool, node = node_in(box, "idle")
    box.add_fault(Fault(FaultKind.CAPTIVE_PORTAL, "POST *", times=None))
    with pytest.raises(UncertainError, match="may have been carried out all the same"):
        actions.disable_scheduling(client, pool, node)
    assert box.store.node(pool, node).scheduling == "enabled"


Exchange = Callable[[Request, float], Answer]


def yes_of_nobody(exchange: Exchange, status: int, times: int) -> Exchange:
    """Somebody between answers the first changes with a success of their own; nothing is done."""
    left = [status] * times

    def exchanged(request: Request, limit: float) -> Answer:
        if request.method == "POST" and left:
            return Answer(left.pop(), {}, b"")
        return exchange(request, limit)

    return exchanged


NODE_ACTIONS: dict[str, NodeAction] = {
    "disable": actions.disable_scheduling,
    "start": actions.start,
    "deallocate": actions.deallocate,
    "reboot": actions.reboot,
    "reimage": actions.reimage,
}


@pytest.mark.parametrize("name", NODE_ACTIONS)
def test_a_success_that_the_service_never_says_is_no_yes(
    box: Sandbox, client: Client, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    pool, node = node_in(box, "idle")
    if name == "start":
        box.store.node(pool, node).state = "deallocated"
    action, exchange = NODE_ACTIONS[name], client.transport.exchange
    monkeypatch.setattr(client.transport, "exchange", yes_of_nobody(exchange, 204, 1))
    assert action(client, pool, node).outcome is Effect.CHANGED
    assert len(posts(box)) == 1
    monkeypatch.setattr(client.transport, "exchange", yes_of_nobody(exchange, 204, 99))
    pool, node = node_in(box, "idle")
    if name == "start":
        box.store.node(pool, node).state = "deallocated"
    with pytest.raises(UncertainError, match="HTTP 204, which the Batch service does not say"):
        action(client, pool, node)


@pytest.mark.parametrize("status", [200, 202, 204])
def test_a_task_that_is_as_it_was_after_a_yes_was_not_run_again(
    box: Sandbox, client: Client, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    task = next(task for task in box.store.tasks() if task.result == "failure")
    exchange = client.transport.exchange
    ended = client.task(task.job.id, task.id).execution_info
    assert ended is not None
    argv = (client, task.job.id, task.id, ended.end_time)
    monkeypatch.setattr(client.transport, "exchange", yes_of_nobody(exchange, status, 99))
    with pytest.raises(UncertainError):
        actions.reactivate(*argv)
    assert task.result == "failure"
    monkeypatch.setattr(client.transport, "exchange", yes_of_nobody(exchange, status, 1))
    assert actions.reactivate(*argv).outcome is Effect.CHANGED
    assert posts(box) == [("reactivate", None)]


def test_a_removal_behind_which_the_pool_is_resized_may_be_ours(
    box: Sandbox, client: Client
) -> None:
    pool, node = node_in(box, "idle")
    box.store.pool(pool).allocation_state = "resizing"
    box.add_fault(Fault(FaultKind.CLOSE, "POST *"))
    with pytest.raises(UncertainError, match="may have been carried out all the same"):
        actions.remove(client, pool, [node])


def test_a_refusal_that_breaks_off_is_asked_for_again(box: Sandbox, client: Client) -> None:
    pool, node = node_in(box, "idle")
    actions.disable_scheduling(client, pool, node)
    box.add_fault(Fault(FaultKind.RESET_IN_BODY, "POST *"))
    assert actions.disable_scheduling(client, pool, node).outcome is Effect.ALREADY
    assert len(posts(box)) == 3


def test_a_node_that_came_up_out_of_scheduling_was_started_all_the_same(
    box: Sandbox, client: Client
) -> None:
    pool, node_id = node_in(box, "idle")
    node = box.store.node(pool, node_id)
    node.state, node.scheduling = "offline", "disabled"
    assert actions.start(client, pool, node_id).outcome is Effect.ALREADY


@pytest.mark.parametrize("action", [actions.reboot, actions.deallocate])
def test_an_answer_that_never_comes_is_not_told_as_not_done(
    box: Sandbox, action: NodeAction
) -> None:
    pool, node = node_in(box, "idle")
    account = resolve_account(AccountOptions(), box.environment())
    box.add_fault(Fault(FaultKind.LOST_ANSWER, "POST *"))
    with (
        Client(account, retry=RetryPolicy(attempts=1)) as client,
        pytest.raises(UncertainError, match="may have been carried out all the same"),
    ):
        action(client, pool, node)


@pytest.mark.parametrize("action", [actions.start, actions.deallocate])
def test_a_refusal_whose_reason_nobody_can_read_up_is_not_told_as_not_done(
    box: Sandbox, action: NodeAction
) -> None:
    state = "deallocated" if action is actions.start else "idle"
    pool, node = node_in(box, "idle")
    box.store.node(pool, node).state = state
    account = resolve_account(AccountOptions(), box.environment())
    box.add_fault(Fault(FaultKind.LOST_ANSWER, "POST *"))
    box.add_fault(Fault(FaultKind.RESET, "GET *", times=None))
    with (
        Client(account, retry=RetryPolicy(attempts=2, sleep=lambda _seconds: None)) as client,
        pytest.raises(UncertainError, match="may have been carried out all the same"),
    ):
        action(client, pool, node)


def test_whoever_is_shut_out_after_a_lost_answer_is_not_told_that_nothing_was_done(
    box: Sandbox, client: Client
) -> None:
    pool, node = node_in(box, "idle")
    box.add_fault(Fault(FaultKind.LOST_ANSWER, "POST *"))
    box.add_fault(Fault(FaultKind.EXPIRED_TOKEN, "*", times=None, after=1))
    with pytest.raises(UncertainError) as caught:
        actions.reboot(client, pool, node)
    assert caught.value.message.endswith("may have been carried out all the same.")
    assert box.store.node(pool, node).state == "rebooting"
