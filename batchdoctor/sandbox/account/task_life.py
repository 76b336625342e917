"""What can happen to a task: it starts, ends, goes back to the queue, is ended, is tried again."""

from __future__ import annotations

from batchdoctor.sandbox.account.model import Job, Node, Recipe, Task
from batchdoctor.sandbox.account.store import Store
from batchdoctor.sandbox.protocol.refusals import ServiceError

CONTROL_C_EXIT = -1_073_741_510

_CLOSED_JOBS = {
    "completed": "JobCompleted",
    "terminating": "JobBeingTerminated",
    "deleting": "JobBeingDeleted",
}


def ended_by_user(*, windows: bool) -> Recipe:
    """Return the failure of a task that somebody ended; only Windows gives it an exit code."""
    return Recipe(
        name="ended-by-user",
        code="TaskEnded",
        category="UserError",
        message="Task was ended by user request",
        exit_code=CONTROL_C_EXIT if windows else None,
    )


def refuse_closed_job(job: Job) -> None:
    """Refuse a change to a job, or to its tasks, when the job is at its end."""
    if job.state in _CLOSED_JOBS:
        raise ServiceError(_CLOSED_JOBS[job.state])


def move(task: Task, state: str, moment: int) -> None:
    """Put a task into a state and remember the one before."""
    task.previous, task.previous_since = task.state, task.since
    task.state, task.since = state, moment


def attach(task: Task, node: Node) -> None:
    """Let a task run on a node."""
    task.pool_id, task.node_id = node.pool.id, node.id
    node.running[task] = None
    node.recent.append(task)


def finish(store: Store, task: Task, moment: int, recipe: Recipe | None) -> None:
    """End a running task as its recipe says, with success when there is none."""
    if task.state != "running":
        return
    task.exit_code = recipe.exit_code if recipe else 0
    complete(store, task, moment, recipe)


def complete(store: Store, task: Task, moment: int, recipe: Recipe | None) -> None:
    """Mark a task as completed and take it off its node."""
    task.recipe = recipe
    task.result = recipe.result if recipe else "success"
    task.ended = moment
    node = store.find_node(task.pool_id, task.node_id)
    if node is not None and task in node.running:
        node.tasks_run += 1
        node.tasks_succeeded += recipe is None
    move(task, "completed", moment)
    if node is not None:
        _leave(node, task, moment)


def requeue(store: Store, task: Task, moment: int) -> None:
    """Stop a running task and put it back into the queue."""
    node = store.find_node(task.pool_id, task.node_id)
    move(task, "active", moment)
    task.requeues += 1
    task.requeued = moment
    task.started = task.pool_id = task.node_id = None
    store.queue.append(task)
    if node is not None:
        if task in node.recent:
            node.recent.remove(task)
        _leave(node, task, moment)


def retry(task: Task, moment: int) -> None:
    """Let a task that failed run once more, where it is."""
    task.retries += 1
    task.retried = task.started = moment


def terminate(store: Store, task: Task, moment: int) -> None:
    """End a task that has not ended: TaskEnded, a failure. Refuses with TaskCompleted."""
    if task.state == "completed":
        raise ServiceError("TaskCompleted")
    recipe = ended_by_user(windows=task.kind.windows)
    task.exit_code = recipe.exit_code if task.state == "running" else None
    task.modified = moment
    complete(store, task, moment, recipe)


def reactivate(store: Store, task: Task, moment: int) -> None:
    """Queue a failed task again, with its retries reset.

    Refuses with TaskNotCompleted, TaskSucceeded, or the state of a job that is at its end.
    """
    refuse_closed_job(task.job)
    if task.state != "completed":
        raise ServiceError("TaskNotCompleted")
    if task.result == "success":
        raise ServiceError("TaskSucceeded")
    move(task, "active", moment)
    task.modified, task.retries, task.retried = moment, 0, None
    task.started = task.ended = task.exit_code = task.result = task.recipe = None
    task.pool_id = task.node_id = None
    store.queue.append(task)


def _leave(node: Node, task: Task, moment: int) -> None:
    node.running.pop(task, None)
    if node.running:
        return
    if node.pending is not None:
        pending, node.pending, node.pending_state = node.pending, None, None
        pending(moment)
    elif node.state == "running":
        node.state, node.since = "idle", moment
