"""The files of tasks and nodes: made from the recipes when they are asked for, never stored."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from batchdoctor.sandbox.account.model import Job, Node, Preparation, Recipe, Task
from batchdoctor.sandbox.account.store import Store
from batchdoctor.sandbox.account.wording import fill
from batchdoctor.sandbox.clock import TICKS_PER_SECOND, seconds
from batchdoctor.sandbox.protocol.refusals import ServiceError

_LINES = "@lines:"
_PROGRESS_EVERY = seconds(10)
_READABLE = {"idle", "running", "waitingforstarttask", "starttaskfailed", "offline"}
_PASSING = {"rebooting", "reimaging", "starting", "creating", "leavingpool"}
_PREPARATION = "jobpreparation"


@dataclass(frozen=True, slots=True)
class Tree:
    """Files by path with forward slashes, and when they were made and last written."""

    files: dict[str, bytes]
    created: int
    modified: int
    windows: bool

    def folders(self) -> set[str]:
        """Return all folders on the way to a file; the working folder is always there."""
        found = set()
        for path in self.files:
            parts = path.split("/")[:-1]
            found |= {"/".join(parts[: depth + 1]) for depth in range(len(parts))}
        return found


def _written(folder: Path) -> dict[str, bytes]:
    """What a process wrote below the folder of its task, as far as it can be read now."""
    found = {}
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.is_file() and not path.is_symlink():
            with suppress(OSError):
                found[path.relative_to(folder).as_posix()] = path.read_bytes()
    return found


@lru_cache(maxsize=8)
def _many_lines(count: int) -> bytes:
    return "".join(f"{number:08} tile {number % 97:02} ok\n" for number in range(count)).encode()


def _content(text: str, words: dict[str, str]) -> bytes:
    """Return a text with its placeholders filled, or as many lines as it asks for."""
    if text.startswith(_LINES):
        return _many_lines(int(text.removeprefix(_LINES)))
    return fill(text, **words).encode()


def _words(task: Task) -> dict[str, str]:
    return {
        "job": task.job.id,
        "task": task.id,
        "n": str(task.number),
        "pool": task.pool_id or "",
        "node": task.node_id or "",
    }


def require_readable(node: Node) -> None:
    """Refuse when a node's files cannot be read now."""
    if node.state == "unusable":
        raise ServiceError("NodeStateUnusable")
    if node.state not in _READABLE:
        raise ServiceError("NodeNotReady")


def task_tree(store: Store, task: Task) -> Tree:
    """Return a task's files.

    Refuses with TaskFilesCleanedup after their retention, TaskFilesUnavailable without the node
    that has them, NodeNotReady while it is on its way down or up.
    """
    if task.ended is not None and task.ended + task.kind.retention < store.now:
        raise ServiceError("TaskFilesCleanedup")
    node = store.find_node(task.pool_id, task.node_id)
    if node is None:
        raise ServiceError("TaskFilesUnavailable")
    if node.state in _PASSING:
        raise ServiceError("NodeNotReady")
    if node.state not in _READABLE or (task.ended or store.now) < node.imaged:
        raise ServiceError("TaskFilesUnavailable")
    return _task_tree(task, store.now)


def written_by(task: Task, now: int) -> dict[str, bytes]:
    """Return what a task wrote, by path, whether or not its node still has it."""
    files = _task_tree(task, now).files
    return {path: content for path, content in files.items() if not path.endswith("/.keep")}


def _task_tree(task: Task, now: int) -> Tree:
    if task.folder is not None:
        files = {"wd/.keep": b"", **_written(task.folder)}
        return Tree(files, task.started or task.created, task.ended or now, task.kind.windows)
    words, recipe, kind = _words(task), task.recipe, task.kind
    texts = {"stdout.txt": kind.stdout, "stderr.txt": kind.stderr, **kind.files}
    if task.state == "running":
        texts = {**texts, "stdout.txt": _progress(task, now)}
    elif recipe is not None:
        texts |= _failed(recipe, kind.stdout)
    if recipe is not None and recipe.exit_code is None and recipe.stdout is None:
        texts = {name: text for name, text in texts.items() if name not in kind.files}
    files = {fill(name, **words): _content(text, words) for name, text in texts.items()}
    files.setdefault("wd/.keep", b"")
    started = task.started or task.created
    return Tree(files | (task.files or {}), started, task.ended or now, kind.windows)


def _failed(recipe: Recipe, stdout: str) -> dict[str, str]:
    """Return what a failure leaves behind; a task that never ran has empty output."""
    unspoken = stdout if recipe.exit_code is not None else ""
    return {
        "stdout.txt": unspoken if recipe.stdout is None else recipe.stdout,
        "stderr.txt": recipe.stderr or "",
        **recipe.files,
    }


def _progress(task: Task, now: int) -> str:
    """Return the output so far of a running task: it grows by a line every ten seconds."""
    first = task.kind.stdout.split("\n", 1)[0]
    steps = (now - (task.started or now)) // _PROGRESS_EVERY
    span = _PROGRESS_EVERY // TICKS_PER_SECOND
    lines = [f"[{step * span:5} s] {{task}} still working" for step in range(1, steps + 1)]
    return "\n".join([first, *lines]) + "\n"


def node_tree(store: Store, node: Node) -> Tree:
    """Return a node's files: its start task's, its jobs' and what was put there."""
    require_readable(node)
    files: dict[str, bytes] = {"shared/.keep": b"", "volatile/.keep": b""}
    modified = node.booted or node.allocated
    if node.start_run is not None:
        files |= _start_task_files(node)
        modified = node.start_run.ended or store.now
    for task in _tasks_of(store, node):
        root = f"workitems/{task.job.id}/job-1/{task.id}"
        tree = _task_tree(task, store.now)
        files |= {f"{root}/{path}": content for path, content in tree.files.items()}
    for job in store.jobs:
        for run in job.preparations:
            if run.node_id == node.id:
                files |= _preparation_files(job, run)
    return Tree(files | node.files, node.booted or node.allocated, modified, node.pool.windows)


def _start_task_files(node: Node) -> dict[str, bytes]:
    run = node.start_run
    words = {"pool": node.pool.id, "node": node.id}
    stdout, stderr = node.pool.start_task_stdout, ""
    if run is not None and run.recipe is not None:
        stdout, stderr = run.recipe.stdout or "", run.recipe.stderr or ""
    return {
        "startup/stdout.txt": fill(stdout, **words).encode(),
        "startup/stderr.txt": fill(stderr, **words).encode(),
        "startup/wd/.keep": b"",
    }


def _preparation_files(job: Job, run: Preparation) -> dict[str, bytes]:
    words = {"job": job.id, "pool": job.pool_id, "node": run.node_id}
    stdout = run.recipe.stdout if run.recipe else "prepared\n"
    stderr = run.recipe.stderr if run.recipe else ""
    root = f"workitems/{job.id}/job-1/{_PREPARATION}"
    return {
        f"{root}/stdout.txt": fill(stdout or "", **words).encode(),
        f"{root}/stderr.txt": fill(stderr or "", **words).encode(),
    }


def _tasks_of(store: Store, node: Node) -> Iterable[Task]:
    """Yield the tasks whose files are still on a node."""
    for task in store.tasks():
        if task.node_id != node.id or task.started is None:
            continue
        ended = store.now if task.ended is None else task.ended
        if ended + task.kind.retention >= store.now and ended >= node.imaged:
            yield task
