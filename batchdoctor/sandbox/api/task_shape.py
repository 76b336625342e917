"""How a task is written: JSON text member by member, because a page holds a thousand of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from json.encoder import encode_basestring_ascii as quoted
from typing import Any

from batchdoctor.sandbox.account.model import Recipe, Task
from batchdoctor.sandbox.account.wording import fill
from batchdoctor.sandbox.clock import entity_tag, wire_time
from batchdoctor.sandbox.protocol.select import Selection, prune

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
    return quoted(fill(task.kind.command, n=str(task.number), task=task.id, job=task.job.id))


def _constant(name: str) -> Writer:
    return lambda task, _url: task.kind.members.get(name)


_WRITERS: dict[str, Writer] = {
    "id": lambda task, _url: f'"{task.id}"',
    "displayName": _constant("displayName"),
    "url": lambda task, url: f'"{task_url(task, url)}"',
    "eTag": lambda task, _url: f'"{entity_tag(task.modified)}"',
    "creationTime": lambda task, _url: _time(task.created),
    "lastModified": lambda task, _url: _time(task.modified),
    "state": lambda task, _url: f'"{task.state}"',
    "stateTransitionTime": lambda task, _url: _time(task.since),
    "previousState": lambda task, _url: f'"{task.previous}"' if task.previous else None,
    "previousStateTransitionTime": lambda task, _url: _time(task.previous_since),
    "commandLine": _command,
    "containerSettings": _constant("containerSettings"),
    "resourceFiles": _constant("resourceFiles"),
    "outputFiles": _constant("outputFiles"),
    "environmentSettings": _constant("environmentSettings"),
    "userIdentity": _constant("userIdentity"),
    "exitConditions": _constant("exitConditions"),
    "constraints": _constant("constraints"),
    "requiredSlots": lambda task, _url: str(task.kind.slots),
    "executionInfo": _execution,
    "nodeInfo": node_info,
    "multiInstanceSettings": _constant("multiInstanceSettings"),
    "dependsOn": _constant("dependsOn"),
    "applicationPackageReferences": _constant("applicationPackageReferences"),
}
MEMBERS = frozenset(_WRITERS) | {"stats", "affinityInfo"}


def write_task(task: Task, url: str, selection: Selection | None) -> str:
    """Return a task as JSON text, whole or with the wanted members only."""
    names = _WRITERS if selection is None else selection
    parts = []
    for name in names:
        writer = _WRITERS.get(name)
        text = writer(task, url) if writer else None
        if text is None:
            continue
        if selection and selection[name]:
            text = json.dumps(prune({name: json.loads(text)}, {name: selection[name]})[name])
        parts.append(f'"{name}":{text}')
    return "{" + ",".join(parts) + "}"


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
