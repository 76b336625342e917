"""Which node runs which task, when, and how it ends: a small scheduler over the scenario's past."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

from batchdoctor.errors import UsageError
from batchdoctor.sandbox.account import task_life
from batchdoctor.sandbox.account.model import Node, Recipe, Task
from batchdoctor.sandbox.account.pool_life import node_id
from batchdoctor.sandbox.account.store import Store
from batchdoctor.sandbox.clock import seconds
from batchdoctor.sandbox.scenario.load import FailurePlan, JobPlan, NodePlan, TaskPlan

_QUEUE = seconds(0.05)
_TRIES = 4
_NEVER = 1 << 62
# Numbers of nodes that have left a pool: far above those that are still in it.
_GONE = 900


@dataclass(frozen=True, slots=True)
class Run:
    """One task that waits for its place in the past."""

    release: int
    task: Task
    group: TaskPlan
    job: JobPlan


@dataclass(slots=True, eq=False)
class _Lane:
    """One task slot of a node, free from a moment on, in use until another."""

    node: Node
    plan: NodePlan
    free: int
    until: int

    def start(self, release: int) -> int:
        """Return when a task could start here; never when the node is out of service then."""
        start = max(release, self.free)
        return start if start < self.until else _NEVER


class Placement:
    """Places runs on lanes in the order of their release."""

    def __init__(
        self,
        store: Store,
        dice: random.Random,
        now: int,
        recipes: Mapping[str, Recipe],
        noise: FailurePlan | None,
    ) -> None:
        self.store, self.dice, self.now = store, dice, now
        self.recipes, self.noise = recipes, noise
        self.lanes: dict[str, list[_Lane]] = {}
        self.runs: list[Run] = []
        # What may start later than now: all else has ended.
        self._waiting: dict[Task, Run] = {}

    def add_node(self, node: Node, plan: NodePlan) -> None:
        """Offer a node's slots; one that is out of service offers those of its past."""
        until = _NEVER if plan.state == "ready" else node.since
        begin = node.start_run.ended if node.start_run and node.start_run.ended else node.booted
        if plan.start_recipe or begin is None:
            return
        lanes = self.lanes.setdefault(node.pool.id, [])
        lanes += [_Lane(node, plan, begin, until) for _ in range(node.pool.slots)]

    def add(self, run: Run) -> None:
        """Take a task to be placed."""
        self.runs.append(run)
        if run.group.state != "completed":
            self._waiting[run.task] = run

    def place_all(self) -> None:
        """Give every task its past."""
        for run in sorted(self.runs, key=lambda r: r.release):
            if run.group.state in {"completed", "running", "preparing"}:
                self._place(run)
            elif run.group.previous:
                run.task.previous = run.group.previous
                run.task.previous_since = run.task.since
                run.task.since = max(run.release, run.task.since)
            else:
                # Nothing but its coming has happened to it.
                came = max(run.release, run.task.created)
                run.task.created = run.task.modified = run.task.since = came
        for lane in (lane for lanes in self.lanes.values() for lane in lanes):
            self._settle(lane.node)

    def _place(self, run: Run) -> None:
        if run.group.gone:
            self._place_on_gone(run)
            return
        lane = self._lane(run)
        start = lane.start(run.release)
        recipe = self._outcome(run, lane.plan)
        span = self._span(run, recipe)
        if run.group.state == "running":
            self._run_on(run, lane, start, recipe)
            return
        if run.group.state == "preparing":
            lane.free = _NEVER
            task_life.move(run.task, "preparing", start)
            task_life.attach(run.task, lane.node)
            return
        if start + span >= min(self.now, lane.until):
            span = max((min(self.now, lane.until) - start) * 3 // 4, 1)
        lane.free = start + span
        self._history(run, start)
        task_life.attach(run.task, lane.node)
        self._ended(run, start + span, recipe)

    def _lane(self, run: Run) -> _Lane:
        lanes = self.lanes.get(run.job.pool, [])
        if run.group.on:
            lanes = [lane for lane in lanes if lane.plan.name in run.group.on]
        for _ in range(_TRIES if lanes else 0):
            lane = self.dice.choice(lanes)
            if lane.start(run.release) == run.release:
                return lane
        best = min(lanes, key=lambda lane: lane.start(run.release), default=None)
        if best is None or best.start(run.release) >= self.now:
            raise UsageError(f"The pool '{run.job.pool}' is too small for job '{run.job.id}'.")
        return best

    def _outcome(self, run: Run, node: NodePlan | None) -> Recipe | None:
        """Choose how a task ends: its own recipe first, then its job, its node, the noise."""
        if run.group.recipe:
            return self.recipes[run.group.recipe]
        plans = (run.group.fails, run.job.fails, node.fails if node else None, self.noise)
        for plan in plans:
            if plan is not None and self.dice.random() < plan.share:
                return self.recipes[self.dice.choice(plan.recipes)]
        return None

    def _span(self, run: Run, recipe: Recipe | None) -> int:
        if recipe and recipe.seconds:
            return seconds(self.dice.uniform(*recipe.seconds))
        low, high = run.group.minutes
        return seconds(self.dice.uniform(low, high) * 60)

    def _history(self, run: Run, start: int) -> None:
        """Let a task go from active to running."""
        task = run.task
        task.requeues = run.group.requeues
        if task.requeues:
            task.requeued = start - seconds(self.dice.uniform(20, 200))
        task.since = start - _QUEUE
        task_life.move(task, "running", start)
        task.started = start + _QUEUE

    def _ended(self, run: Run, end: int, recipe: Recipe | None) -> None:
        task = run.task
        task.exit_code = recipe.exit_code if recipe else 0
        if recipe and recipe.exit_code and run.group.max_retries > 0:
            task.retries = run.group.max_retries
            task.retried = task.started
        task_life.complete(self.store, task, end, recipe)

    def _run_on(self, run: Run, lane: _Lane, start: int, recipe: Recipe | None) -> None:
        """Let a task run past the present; it ends by itself when its time comes."""
        lane.free = _NEVER
        self._history(run, start)
        task_life.attach(run.task, lane.node)
        end = self.now + seconds(self.dice.uniform(*run.group.left) * 60)
        self._end_at(run.task, end, recipe)

    def go_on(self, task: Task, node: Node, moment: int) -> None:
        """Let a task that started just now end as its job, its group or its node make it."""
        run = self._waiting.get(task)
        plan = next(
            (lane.plan for lane in self.lanes.get(node.pool.id, []) if lane.node is node), None
        )
        recipe = self._outcome(run, plan) if run else None
        span = self._span(run, recipe) if run else seconds(self.dice.uniform(2, 9) * 60)
        self._end_at(task, moment + span, recipe)

    def _end_at(self, task: Task, end: int, recipe: Recipe | None) -> None:
        started = task.started

        def happen(moment: int) -> None:
            if task.state == "running" and task.started == started:
                task_life.finish(self.store, task, moment, recipe)

        self.store.at(end, happen)

    def _place_on_gone(self, run: Run) -> None:
        pool = self.store.pool(run.job.pool)
        self._history(run, run.release)
        run.task.pool_id = pool.id
        run.task.node_id = node_id(pool, _GONE + self.dice.randrange(2))
        recipe = self._outcome(run, None)
        self._ended(run, run.release + self._span(run, recipe), recipe)

    @staticmethod
    def _settle(node: Node) -> None:
        """Give a node that is in service the state that its tasks imply."""
        if node.state != "idle":
            return
        if node.running:
            node.state = "running"
            node.since = min(task.since for task in node.running)
        else:
            ends = (task.ended for task in node.recent if task.ended is not None)
            node.since = max(ends, default=node.since)
