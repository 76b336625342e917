"""What can happen to a node: taken out of service and back, restarted, stopped, removed."""

from __future__ import annotations

from collections.abc import Callable

from batchdoctor.sandbox.account import task_life
from batchdoctor.sandbox.account.model import Node, StartRun
from batchdoctor.sandbox.account.store import Store
from batchdoctor.sandbox.clock import seconds
from batchdoctor.sandbox.protocol.refusals import ServiceError

# What to do with the tasks of a node that is taken away from them.
DISABLE_OPTIONS = ("requeue", "terminate", "taskcompletion")
DEALLOCATION_OPTIONS = (*DISABLE_OPTIONS, "retaineddata")

_WAITING = {"taskcompletion", "retaineddata"}
_BUSY = {
    "creating": "NodeBeingCreated",
    "starting": "NodeBeingStarted",
    "waitingforstarttask": "NodeBeingStarted",
    "rebooting": "NodeBeingRebooted",
    "reimaging": "NodeBeingReimaged",
    "unusable": "NodeStateUnusable",
}
_IN_SERVICE = {"idle", "running"}
# The documentation allows a restart of idle and running nodes; tools in the field restart broken
# ones too, so those are accepted as long as the node's agent still answers.
_RESTARTABLE = {"idle", "running", "offline", "starttaskfailed"}


def require(node: Node, states: set[str], otherwise: str) -> None:
    """Refuse, with the code that fits best, when a node is not in one of these states."""
    state = node.pending_state or node.state
    if state not in states:
        raise ServiceError(_BUSY.get(state, otherwise))


def vacate(store: Store, node: Node, option: str, then: Callable[[int], None], state: str) -> None:
    """Free a node from its tasks as the option says; `then` happens when the last has gone."""
    then = _seen_later(store, node, then, state)
    node.pending, node.pending_state = then, state
    tasks = list(node.running)
    if not tasks:
        node.pending = node.pending_state = None
        then(store.now)
    elif option not in _WAITING:
        for task in tasks:
            if option == "terminate":
                task_life.terminate(store, task, store.now)
            else:
                task_life.requeue(store, task, store.now)


def _seen_later(
    store: Store, node: Node, then: Callable[[int], None], state: str
) -> Callable[[int], None]:
    """Let a change show only after the account's lag, unless it was taken back by then."""
    if not store.lag:
        return then

    def show(moment: int) -> None:
        if node.pending_state == state:
            node.pending_state = None
            then(moment)

    def wait(moment: int) -> None:
        node.pending_state = state
        store.at(moment + seconds(store.lag), show)

    return wait


def change_state(node: Node, state: str, moment: int) -> None:
    """Put a node into a state."""
    node.state, node.since = state, moment


def disable_scheduling(store: Store, node: Node, option: str) -> None:
    """Give a node no more tasks; it goes offline when those it has are gone."""
    if node.scheduling == "disabled":
        raise ServiceError("NodeAlreadyInTargetSchedulingState")
    if "leavingpool" in {node.state, node.pending_state}:
        raise ServiceError("NodeNotReady")
    node.scheduling = "disabled"
    if node.state in _IN_SERVICE and node.pending is None:
        vacate(store, node, option, lambda moment: change_state(node, "offline", moment), "offline")


def enable_scheduling(store: Store, node: Node) -> None:
    """Give a node tasks again."""
    if node.scheduling == "enabled":
        raise ServiceError("NodeAlreadyInTargetSchedulingState")
    node.scheduling = "enabled"
    if node.pending_state == "offline":
        node.pending = node.pending_state = None
    if node.state == "offline":
        change_state(node, "idle", store.now)


def restart(store: Store, node: Node, option: str, state: str) -> None:
    """Reboot (`rebooting`) or reimage (`reimaging`) a node; it comes back after its time."""
    reachable_but_full = node.state == "unusable" and node.reachable
    if not reachable_but_full or node.pending_state:
        require(node, _RESTARTABLE, "OperationInvalidForCurrentState")

    def go_down(moment: int) -> None:
        change_state(node, state, moment)
        node.start_run = None
        if state == "reimaging":
            node.files.clear()
            node.users.clear()
            node.imaged = moment
        delay = store.timings.reimage if state == "reimaging" else store.timings.reboot
        store.at(moment + seconds(delay), lambda later: boot(store, node, later, {state}))

    vacate(store, node, option, go_down, state)


def boot(store: Store, node: Node, moment: int, expected: set[str]) -> None:
    """Bring a node up: its start task first, then service."""
    if node.state not in expected:
        return
    node.booted, node.errors = moment, []
    if node.pool.start_task is None:
        _into_service(node, moment)
        return
    change_state(node, "waitingforstarttask", moment)
    node.start_run = StartRun("running", moment)
    end = moment + seconds(store.timings.start_task)
    store.at(end, lambda later: _end_start_task(node, later))


def _end_start_task(node: Node, moment: int) -> None:
    if node.state != "waitingforstarttask" or node.start_run is None:
        return
    recipe = node.start_recipe
    run = node.start_run
    run.state, run.ended, run.recipe = "completed", moment, recipe
    run.exit_code = recipe.exit_code if recipe else 0
    if recipe and (node.pool.start_task or {}).get("waitForSuccess"):
        change_state(node, "starttaskfailed", moment)
    else:
        _into_service(node, moment)


def _into_service(node: Node, moment: int) -> None:
    change_state(node, "offline" if node.scheduling == "disabled" else "idle", moment)


def deallocate(store: Store, node: Node, option: str) -> None:
    """Stop a node's machine."""
    require(node, _IN_SERVICE, "OperationInvalidForCurrentState")

    def go_down(moment: int) -> None:
        change_state(node, "deallocating", moment)
        end = moment + seconds(store.timings.deallocate)
        store.at(end, lambda later: change_state(node, "deallocated", later))

    vacate(store, node, option, go_down, "deallocating")


def start(store: Store, node: Node) -> None:
    """Start a node's machine again."""
    require(node, {"deallocated"}, "OperationInvalidForCurrentState")
    change_state(node, "starting", store.now)
    store.after(store.timings.start, lambda later: boot(store, node, later, {"starting"}))
