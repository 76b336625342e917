"""Why a file is not there, in words: looks at its task and node once the service has said no."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from batchdoctor.core.failures.failure import Failure, failure_of, never_ran
from batchdoctor.core.failures.signs import has_failed
from batchdoctor.core.nodes.states import Trait, has_trait
from batchdoctor.core.records import Node, Task, same
from batchdoctor.core.records.durations import parse_duration
from batchdoctor.core.remedies.start_task import never_ran as start_task_never_ran
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.times import age_text, span_text
from batchdoctor.core.words import Missed
from batchdoctor.errors import BatchdoctorError, NotFoundError, StateError
from batchdoctor.service.client import Client
from batchdoctor.service.files import NodeFile, TaskFile
from batchdoctor.service.source import BlobFile, FileSource
from batchdoctor.work.files.words import START_TASK_FOLDER

_GONE = frozenset({"taskfilescleanedup", "taskfilesunavailable"})
_NOT_STARTED = ("active", "preparing")


def with_reason(
    error: BatchdoctorError,
    client: Client,
    source: FileSource,
    now: datetime,
    missed: Sequence[Missed] = (),
) -> BatchdoctorError:
    """The same kind of error, with the reason that its task and node give for it.

    `missed` are the places where no saved copy was found; they are told where the files are gone.
    """
    if not isinstance(error, (NotFoundError, StateError)) or isinstance(source, BlobFile):
        return error
    if isinstance(error, NotFoundError):
        error.asked = _owner_of(source)
    try:
        told = _reason(error, client, source, now)
    except BatchdoctorError:
        return error
    if told is None:
        return error
    why, hint = told
    gone = missed and (isinstance(source, NodeFile) or (error.code or "").lower() in _GONE)
    copies = f" No copy was found: {'; '.join(map(str, missed))}." if gone else ""
    return type(error)(
        f"Could not read {source}: {why}.{copies}",
        hint=hint,
        code=error.code,
        request_id=error.request_id,
    )


def _owner_of(source: TaskFile | NodeFile) -> tuple[str, str]:
    if isinstance(source, NodeFile):
        return source.pool_id, source.node_id
    return source.job_id, source.task_id


def _reason(
    error: BatchdoctorError, client: Client, source: TaskFile | NodeFile, now: datetime
) -> tuple[str, str | None] | None:
    if isinstance(source, NodeFile):
        if same(error.code, "PoolNotFound"):
            return (
                f"there is no pool {source.pool_id}",
                "check its name, and the account: batchdoctor auth check",
            )
        return _node_reason(error, client, source.pool_id, source.node_id, source.path)
    if same(error.code, "TaskNotFound") or same(error.code, "JobNotFound"):
        return None
    task = client.task(source.job_id, source.task_id)
    told = _task_reason(error, source, task, now)
    where = task.node_info
    if told is not None or where is None or not where.pool_id or not where.node_id:
        return told
    return _node_reason(error, client, where.pool_id, where.node_id)


def _task_reason(
    error: BatchdoctorError, source: TaskFile, task: Task, now: datetime
) -> tuple[str, str | None] | None:
    """What the task itself tells; None when it is up to its node."""
    if any(same(task.state, state) for state in _NOT_STARTED):
        waits = age_text(task.state_transition_time, now)
        return (
            f"the task has not started; it became {task.state} {waits}",
            f"batchdoctor job diagnose --job {source.job_id}",
        )
    if same(error.code, "TaskFilesCleanedup"):
        return _cleaned_up(task, now), "files of failures can be kept: tasks failed --save-logs DIR"
    if same(error.code, "FileNotFound"):
        failure = failure_of(task) if has_failed(task) else None
        never = failure is not None and never_ran(failure)
        return _never_written(failure) if failure and never else _wrong_path(source)
    where = task.node_info
    if where is None or not (where.node_id or "").strip():
        return "the task ended without having been given a node, so it wrote nothing", None
    return None


def _cleaned_up(task: Task, now: datetime) -> str:
    ended = task.execution_info.end_time if task.execution_info else None
    kept = parse_duration(task.constraints.retention_time) if task.constraints else None
    why = "the node deleted the task's files"
    if kept is not None and ended is not None:
        why += f", which are kept for {span_text(kept)}; the task ended {age_text(ended, now)}"
    return why


def _never_written(failure: Failure) -> tuple[str, str]:
    show = command_line("task", "show", job=failure.job_id, task=failure.task_id)
    return f"its program was never started ({failure.code}), so it wrote nothing", show


def _wrong_path(source: TaskFile) -> tuple[str, str]:
    listing = f"batchdoctor files list --job {source.job_id} --task {source.task_id}"
    if source.path.startswith("/"):
        return (
            "paths begin at the task's own folder; of a container only what lies below "
            "AZ_BATCH_NODE_ROOT_DIR, such as the task's working folder wd, can be seen",
            listing,
        )
    return "the task has no file of that name", listing


def _node_reason(
    error: BatchdoctorError, client: Client, pool_id: str, node_id: str, path: str = ""
) -> tuple[str, str | None] | None:
    name = f"{pool_id}/{node_id}"
    try:
        node = client.node(pool_id, node_id)
    except NotFoundError as missing:
        gone = f"the node {name} has left the pool, and its files"
        if same(missing.code, "PoolNotFound"):
            gone = f"the pool {pool_id} is gone, and the files of its nodes"
        return f"{gone} with it", None
    if has_trait(node.state, Trait.OUT_OF_REACH):
        return (
            f"the node {name} is {node.state} and cannot be reached, so neither can its files",
            f"batchdoctor node show {name}",
        )
    if same(error.code, "NodeNotReady"):
        return f"the node {name} is {node.state}; try again when it is up", None
    if same(error.code, "FileNotFound"):
        return _not_on_node(node, path)
    if same(error.code, "TaskFilesUnavailable"):
        return f"the node {name} does not have them any more; it was restarted or reimaged", None
    return None


def _not_on_node(node: Node, path: str) -> tuple[str, str]:
    if path.startswith(f"{START_TASK_FOLDER}/") and start_task_never_ran(node.start_task_info):
        why = "the start task's program was never started, so it wrote nothing"
        return why, command_line("node", "show", node.id, pool=node.pool_id)
    listing = f"batchdoctor files list --pool {node.pool_id} --node {node.id}"
    return "the node has no file of that name", listing
