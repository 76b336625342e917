"""What tasks save when they end: the files of their `outputFiles`, and the names of their blobs.

https://learn.microsoft.com/azure/batch/batch-task-output-files
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import quote, urlsplit

from batchdoctor.sandbox.account.files import written_by
from batchdoctor.sandbox.account.model import Task
from batchdoctor.sandbox.account.store import Store
from batchdoctor.sandbox.account.wording import fill

_WILD = set("*?[")
_ROOTS: dict[str, list[str]] = {"$AZ_BATCH_TASK_DIR": [], "$AZ_BATCH_TASK_WORKING_DIR": ["wd"]}


@dataclass(frozen=True, slots=True)
class Upload:
    """A blob to be written: its URL, with the signature of its container, and its bytes."""

    url: str = field(repr=False)
    content: bytes


def uploads(store: Store) -> Iterator[Upload]:
    """Yield what all tasks have saved that ended, whatever has become of their nodes since."""
    for task in store.tasks():
        if task.ended is not None and "outputFiles" in task.kind.members:
            yield from _saved_by(task, store.now)


def _saved_by(task: Task, now: int) -> Iterator[Upload]:
    words = {
        "job": task.job.id,
        "task": task.id,
        "n": str(task.number),
        "pool": task.pool_id or "",
        "node": task.node_id or "",
    }
    files = written_by(task, now)
    for output in json.loads(fill(task.kind.members["outputFiles"], **words)):
        when = output.get("uploadOptions", {}).get("uploadCondition", "taskcompletion").lower()
        if when in {"taskcompletion", f"task{task.result}".lower()}:
            yield from _matching(output, files)


def _matching(output: dict[str, Any], files: dict[str, bytes]) -> Iterator[Upload]:
    container = output["destination"]["container"]
    wanted, fixed = _segments(output["filePattern"]), 0
    while fixed < len(wanted) - 1 and not _WILD & set(wanted[fixed]):
        fixed += 1
    is_one = not any(_WILD & set(segment) for segment in wanted)
    for path, content in files.items():
        has = path.split("/")
        if not _fits(wanted, has):
            continue
        below = container.get("path", "")
        name = below or has[-1] if is_one else "/".join([below, *has[fixed:]]).lstrip("/")
        url = urlsplit(container["containerUrl"])
        yield Upload(url._replace(path=f"{url.path}/{quote(name)}").geturl(), content)


def _segments(pattern: str) -> list[str]:
    """A pattern as folders below the task's own folder, which its working folder `wd` is one of."""
    found: list[str] = ["wd"]
    for segment in pattern.replace("\\", "/").split("/"):
        if segment in _ROOTS:
            found = list(_ROOTS[segment])
        elif segment == "..":
            found.pop()
        elif segment != ".":
            found.append(segment)
    return found


def _fits(wanted: list[str], has: list[str]) -> bool:
    if not wanted or not has:
        return wanted == has
    if wanted[0] == "**":
        return _fits(wanted[1:], has) or _fits(wanted, has[1:]) or len(wanted) == 1
    return fnmatchcase(has[0], wanted[0]) and _fits(wanted[1:], has[1:])
