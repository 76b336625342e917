"""A small Batch: nodes with slots take tasks from a queue, and tasks are tried again."""

from __future__ import annotations

import heapq
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

HOUR = 3600.0


class Fault(NamedTuple):
    """How a run fails, and after which share of its time or how many seconds."""

    code: str = "FailureExitCode"
    category: str = "UserError"
    exit_code: int | None = 1
    after: float | None = None


@dataclass
class Task:
    """A task to run; `only` names the nodes that may take it."""

    job: str
    name: str
    seconds: float
    bad: bool = False
    kind: str = ""
    only: frozenset[str] | None = None


@dataclass
class Node:
    """A node, alive between two moments."""

    name: str
    born: float = 0.0
    dies: float = float("inf")
    slots: int = 1
    pace: float = 1.0
    """How many times as long it takes for the same."""


@dataclass(frozen=True)
class Run:
    """One attempt of a task."""

    task: Task
    node: str
    start: float
    end: float
    retry: int
    fault: Fault | None


Verdict = Callable[[Task, Node, float], Fault | None]


@dataclass
class World:
    """What there is to run, where, and what fails; `truth` is filled by the family."""

    rng: random.Random
    nodes: list[Node]
    tasks: list[Task]
    fault: Verdict
    retries: int = 0
    on_the_spot: float = 0.0
    ends_at: float = float("inf")
    arrivals: float = 0.0
    sick: set[str] = field(default_factory=set)
    slow: set[str] = field(default_factory=set)
    over: set[str] = field(default_factory=set)
    onsets: dict[str, float] = field(default_factory=dict)
    cannot_be_told: bool = False

    def run(self) -> list[Run]:
        """Run everything that there is time and room for."""
        return _Clock(self).run()


class _Clock:
    """The moments at which slots become free, and the queue of tasks with their retry counts."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.queue = deque((task, 0) for task in world.tasks)
        self.runs: list[Run] = []
        self.free = [
            (node.born + world.rng.uniform(0, 5), index, node)
            for index, node in enumerate(node for node in world.nodes for _ in range(node.slots))
        ]
        heapq.heapify(self.free)
        self.taken = 0

    def run(self) -> list[Run]:
        while self.free and self.queue:
            now, index, node = heapq.heappop(self.free)
            if now >= min(node.dies, self.world.ends_at):
                continue
            arrived = self.taken * self.world.arrivals
            if arrived > now:
                heapq.heappush(self.free, (arrived + self.world.rng.random(), index, node))
                continue
            taken = self._take(node)
            if taken is None:
                heapq.heappush(self.free, (now + 30.0, index, node))
                if now > 200 * HOUR:
                    break
                continue
            self.taken += 1
            heapq.heappush(self.free, (self._attempt(node, now, *taken) + 0.5, index, node))
        return self.runs

    def _take(self, node: Node) -> tuple[Task, int] | None:
        for _ in range(min(len(self.queue), 40)):
            task, retry = self.queue.popleft()
            if task.only is None or node.name in task.only:
                return task, retry
            self.queue.append((task, retry))
        return None

    def _attempt(self, node: Node, now: float, task: Task, retry: int) -> float:
        world = self.world
        while True:
            fault = world.fault(task, node, now)
            seconds = task.seconds * node.pace
            if fault:
                seconds = (
                    seconds * world.rng.uniform(0.1, 1) if fault.after is None else fault.after
                )
            end = now + seconds
            if end > node.dies:
                self.queue.append((task, retry))
                return end
            self.runs.append(Run(task, node.name, now, end, retry, fault))
            if not fault or retry >= world.retries:
                return end
            retry += 1
            if world.rng.random() >= world.on_the_spot:
                self.queue.append((task, retry))
                return end
            now = end + 0.5
