"""The things in an account: pools, nodes, jobs and tasks, with times in ticks since 1970."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

RECENT_TASKS = 10


@dataclass(frozen=True, slots=True, eq=False)
class Recipe:
    """One way for a task or a start task to fail, and what its files say then.

    `details` are the service's name and value pairs. Texts hold placeholders such as `{task}`.
    """

    name: str
    code: str
    category: str
    message: str
    details: Mapping[str, str] = field(default_factory=dict)
    exit_code: int | None = None
    result: str = "failure"
    stdout: str | None = None
    stderr: str | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    seconds: tuple[float, float] | None = None
    container_error: str | None = None


@dataclass(slots=True, eq=False)
class Pool:
    """A pool. `shape` has the members that never change, as the service writes them."""

    seq: int
    id: str
    shape: dict[str, Any]
    created: int
    windows: bool
    slots: int = 1
    state: str = "active"
    since: int = 0
    allocation_state: str = "steady"
    allocation_time: int = 0
    modified: int = 0
    target_dedicated: int = 0
    target_low_priority: int = 0
    resize_errors: list[dict[str, Any]] = field(default_factory=list)
    auto_scale_run: dict[str, Any] | None = None
    start_task: dict[str, Any] | None = None
    start_task_recipe: Recipe | None = None
    start_task_stdout: str = ""
    id_style: str = "tvm"
    allocated: int = 0
    nodes: list[Node] = field(default_factory=list)

    @property
    def auto_scales(self) -> bool:
        """Whether a formula sets the targets."""
        return bool(self.shape.get("enableAutoScale"))


@dataclass(slots=True, eq=False)
class StartRun:
    """The latest run of a node's start task."""

    state: str
    started: int
    ended: int | None = None
    exit_code: int | None = None
    recipe: Recipe | None = None
    retries: int = 0


@dataclass(slots=True, eq=False)
class Node:
    """A node. `reachable` is whether its agent talks to the service.

    `pending` is what happens once the node's tasks have ended, `pending_state` the state that it
    then takes. `start_recipe` is how its start task fails, run after run; None when it succeeds.
    `members` stand in the place of what all nodes of its pool have.
    """

    seq: int
    id: str
    pool: Pool
    state: str
    since: int
    allocated: int
    booted: int | None
    ip: str
    public_ip: str
    port: int
    dedicated: bool = True
    scheduling: str = "enabled"
    reachable: bool = True
    errors: list[dict[str, Any]] = field(default_factory=list)
    start_recipe: Recipe | None = None
    start_run: StartRun | None = None
    tasks_run: int = 0
    tasks_succeeded: int = 0
    recent: deque[Task] = field(default_factory=lambda: deque(maxlen=RECENT_TASKS))
    running: dict[Task, None] = field(default_factory=dict)
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    imaged: int = 0
    members: dict[str, Any] = field(default_factory=dict)
    pending: Callable[[int], None] | None = None
    pending_state: str | None = None


@dataclass(slots=True, eq=False)
class Preparation:
    """A job's preparation task on one node."""

    seq: int
    node_id: str
    state: str
    started: int
    ended: int | None
    exit_code: int | None
    recipe: Recipe | None
    retries: int = 0


@dataclass(slots=True, eq=False)
class Job:
    """A job. `shape` has the members that never change, as the service writes them."""

    seq: int
    id: str
    pool_id: str
    shape: dict[str, Any]
    created: int
    modified: int
    state: str
    since: int
    started: int | None
    ended: int | None = None
    previous: str | None = None
    previous_since: int | None = None
    terminate_reason: str | None = None
    scheduling_error: dict[str, Any] | None = None
    preparations: list[Preparation] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    by_id: dict[str, Task] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class TaskKind:
    """What the tasks of one group share; `members` are JSON texts by their wire name.

    One that was `sent` over the wire has its texts as they came: no placeholders are filled in.
    """

    command: str
    members: Mapping[str, str]
    retention: int
    wall_clock: int | None
    windows: bool
    slots: int
    stdout: str
    stderr: str
    files: Mapping[str, str]
    instances: int = 0
    max_retries: int = 0
    sent: bool = False


@dataclass(slots=True, eq=False)
class Task:
    """A task. Its times are in ticks; `recipe` says how it failed, if it did.

    `node_id` outlives the node: a task remembers where it ran. One that really ran has its files in
    a `folder` of this computer.
    """

    seq: int
    id: str
    number: int
    job: Job
    kind: TaskKind
    created: int
    modified: int
    state: str
    since: int
    previous: str | None = None
    previous_since: int | None = None
    started: int | None = None
    ended: int | None = None
    exit_code: int | None = None
    result: str | None = None
    recipe: Recipe | None = None
    retries: int = 0
    retried: int | None = None
    requeues: int = 0
    requeued: int | None = None
    pool_id: str | None = None
    node_id: str | None = None
    files: dict[str, bytes] | None = None
    folder: Path | None = None
