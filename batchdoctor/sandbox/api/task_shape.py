"""How a task is written: JSON text member by member, because a page holds a thousand of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from json.encoder import encode_basestring_ascii as quoted
from typing import Any

from batchdoctor.sandbox.account.model import Recipe, Task, TaskKind
from batchdoctor.sandbox.account.wording import fill
from batchdoctor.sandbox.clock import entity_tag, wire_time
from batchdoctor.sandbox.protocol.select import Selection, member_order, prune

Writer = Callable[[Task, str], str | None]


def task_url(task: Task, url: str) -> str:
    """Return the address of a task."""
    return f"{url}/jobs/{task.job.id}/tasks/{task.id}"


def root_directory(task: Task) -> str:
    """Return a task's directory below the root of its node, with forward slashes."""
    return f"workitems/{task.job.id}/job-1/{task.id}"


def failure(recipe: Recipe, **words: str) -> dict[str, Any]:
    """Return the service's failure information for a recipe."""
    information: dict[str, Any] = {
        "category": recipe.category,
        "code": recipe.code,
        "message": fill(recipe.message, **words),
    }
    if recipe.details:
        information["details"] = [
            {"name": name, "value": fill(value, **words)} for name, value in recipe.details.items()
        ]
    return information


def words_of(task: Task) -> dict[str, str]:
    """Return what placeholders in a task's texts stand for."""
    return {
        "job": task.job.id,
        "task": task.id,
        "n": str(task.number),
        "pool": task.pool_id or "",
        "node": task.node_id or "",
    }


def _time(moment: int | None) -> str | None:
    return None if moment is None else f'"{wire_time(moment)}"'


def _execution(task: Task, _url: str) -> str:
    parts = []
    if task.started is not None:
        parts.append(f'"startTime":"{wire_time(task.started)}"')
    if task.ended is not None:
        parts.append(f'"endTime":"{wire_time(task.ended)}"')
    if task.exit_code is not None:
        parts.append(f'"exitCode":{task.exit_code}')
    if task.recipe is not None:
        parts += _failed(task, task.recipe)
    if task.result is not None:
        parts.append(f'"result":"{task.result}"')
    parts.append(f'"retryCount":{task.retries}')
    if task.retried is not None:
        parts.append(f'"lastRetryTime":"{wire_time(task.retried)}"')
    parts.append(f'"requeueCount":{task.requeues}')
    if task.requeued is not None:
        parts.append(f'"lastRequeueTime":"{wire_time(task.requeued)}"')
    return "{" + ",".join(parts) + "}"


def _failed(task: Task, recipe: Recipe) -> list[str]:
    words = words_of(task)
    parts = [f'"failureInfo":{json.dumps(failure(recipe, **words))}']
    if recipe.container_error:
        container = {
            "containerId": f"{task.seq:012x}",
            "state": "exited",
            "error": fill(recipe.container_error, **words),
        }
        parts.append(f'"containerInfo":{json.dumps(container)}')
    return parts


def node_info(task: Task, url: str) -> str | None:
    """Return the JSON text of where a task ran; Windows nodes name the directory their way."""
    if task.node_id is None:
        return None
    node, pool = task.node_id, task.pool_id
    node_url = f"{url}/pools/{pool}/nodes/{node}"
    root = root_directory(task)
    shown = root.replace("/", "\\\\") if task.kind.windows else root
    return (
        f'{{"affinityId":"TVM:{node}","nodeUrl":"{node_url}","poolId":"{pool}",'
        f'"nodeId":"{node}","taskRootDirectory":"{shown}",'
        f'"taskRootDirectoryUrl":"{node_url}/files/{root}"}}'
    )


def _command(task: Task, _url: str) -> str:
    if task.kind.sent:
        return quoted(task.kind.command)
    return quoted(fill(task.kind.command, n=str(task.number), task=task.id, job=task.job.id))


_WRITERS: dict[str, Writer] = {
    "id": lambda task, _url: f'"{task.id}"',
    "url": lambda task, url: f'"{task_url(task, url)}"',
    "eTag": lambda task, _url: f'"{entity_tag(task.modified)}"',
    "creationTime": lambda task, _url: _time(task.created),
    "lastModified": lambda task, _url: _time(task.modified),
    "state": lambda task, _url: f'"{task.state}"',
    "stateTransitionTime": lambda task, _url: _time(task.since),
    "previousState": lambda task, _url: f'"{task.previous}"' if task.previous else None,
    "previousStateTransitionTime": lambda task, _url: _time(task.previous_since),
    "commandLine": _command,
    "requiredSlots": lambda task, _url: str(task.kind.slots),
    "executionInfo": _execution,
    "nodeInfo": node_info,
}
# The service's order; what has no writer above is the same for a whole group of tasks.
_ORDER = member_order(
    """id displayName url eTag creationTime lastModified state stateTransitionTime
    previousState
    previousStateTransitionTime commandLine containerSettings resourceFiles outputFiles
    environmentSettings affinityInfo userIdentity exitConditions constraints requiredSlots
    executionInfo nodeInfo multiInstanceSettings dependsOn applicationPackageReferences"""
)
MEMBERS = frozenset(_ORDER) | {"stats"}


class TaskWriter:
    """Writes tasks as JSON text, whole or with the wanted members only.

    What can be known from a group of tasks is worked out once, at its first task.
    """

    def __init__(self, url: str, selection: Selection | None) -> None:
        self._url, self._selection = url, selection
        self._plans: dict[TaskKind, list[tuple[str, Writer]]] = {}

    def __call__(self, task: Task) -> str:
        """Return one task."""
        plan = self._plans.get(task.kind) or self._plan(task.kind)
        url = self._url
        parts = [name + text for name, write in plan if (text := write(task, url)) is not None]
        return "{" + ",".join(parts) + "}"

    def _plan(self, kind: TaskKind) -> list[tuple[str, Writer]]:
        names = _ORDER if self._selection is None else list(self._selection)
        writers = ((name, self._writer(kind, name)) for name in names)
        plan = [(f'"{name}":', writer) for name, writer in writers if writer is not None]
        self._plans[kind] = plan
        return plan

    def _writer(self, kind: TaskKind, name: str) -> Writer | None:
        nested = self._selection[name] if self._selection else []
        whole = _WRITERS.get(name)
        if name in kind.members:
            whole = _constant(kind.members[name], as_sent=kind.sent)
        if whole is None or not nested:
            return whole
        return _pruned(whole, name, nested)


def _constant(text: str, *, as_sent: bool) -> Writer:
    """What a group of tasks has in common; only output files name the task that saves them."""
    if as_sent or fill(text, job="", task="", n="", pool="", node="") == text:
        return lambda _task, _url: text
    return lambda task, _url: fill(text, **words_of(task))


def _pruned(whole: Writer, name: str, nested: list[str]) -> Writer:
    def write(task: Task, url: str) -> str | None:
        text = whole(task, url)
        if text is None:
            return None
        return json.dumps(prune({name: json.loads(text)}, {name: nested})[name])

    return write


def write_subtasks(task: Task) -> list[dict[str, Any]]:
    """Return the subtasks of a multi-instance task, all with the fate of the whole."""
    subtask: dict[str, Any] = {
        "startTime": task.started,
        "endTime": task.ended,
        "stateTransitionTime": task.since,
    }
    times = {name: wire_time(value) for name, value in subtask.items() if value is not None}
    shared = {"state": task.state, "result": task.result, "exitCode": task.exit_code}
    shared = {name: value for name, value in shared.items() if value is not None}
    return [{"id": index, **times, **shared} for index in range(1, task.kind.instances)]
