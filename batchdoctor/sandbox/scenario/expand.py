"""A scenario becomes an account: every id, time and outcome follows from the scenario's seed."""

from __future__ import annotations

import random
from typing import Any

from batchdoctor.sandbox.account.model import Job, Node, Pool, Preparation, StartRun, Task
from batchdoctor.sandbox.account.pool_life import evaluate_formula, new_node
from batchdoctor.sandbox.account.store import Store
from batchdoctor.sandbox.account.wording import fill
from batchdoctor.sandbox.clock import parse_iso_duration, parse_span, seconds, wire_time
from batchdoctor.sandbox.scenario.dispatch import Dispatch
from batchdoctor.sandbox.scenario.hours import with_hours
from batchdoctor.sandbox.scenario.load import (
    JobPlan,
    NodePlan,
    PoolPlan,
    Scenario,
    TaskPlan,
)
from batchdoctor.sandbox.scenario.placement import Placement, Run
from batchdoctor.sandbox.scenario.recipes import recipes_of
from batchdoctor.sandbox.scenario.shapes import job_shape, pool_shape, task_kind

# Tasks are added a hundred at a time, about as fast as this.
_BETWEEN_TASKS = seconds(0.015)
_NOT_BOOTED = {"creating", "starting"}


def expand(scenario: Scenario, url: str, now: int, lag: float = 0.0) -> Store:
    """Return the account that a scenario describes, as it is at a moment.

    With a lag it goes on as the service does: changes show late, and waiting tasks start.
    """
    expansion = _Expansion(scenario, url, now, lag)
    store = expansion.account()
    if lag:
        Dispatch(store, expansion.placement.go_on)
    return store


class _Expansion:
    """One account in the making."""

    def __init__(self, scenario: Scenario, url: str, now: int, lag: float) -> None:
        self.scenario, self.now = with_hours(scenario, now), now
        self.dice = random.Random(scenario.seed)  # noqa: S311  # repeatable, not secret
        self.recipes = with_hours(recipes_of(scenario), now)
        self.store = Store(url, scenario.timings, lag)
        self.store.now = now
        self.placement = Placement(self.store, self.dice, now, self.recipes, scenario.noise)

    def account(self) -> Store:
        for pool in self.scenario.pools:
            self.store.add_pool(self._pool(pool))
        for job in self.scenario.jobs:
            self.store.add_job(self._job(job))
        self.placement.place_all()
        return self.store

    def moment(self, span: str) -> int:
        """Return a moment, with the odd digits that a real clock has."""
        return self.now + parse_span(span) + self.dice.randrange(seconds(1))

    def _pool(self, plan: PoolPlan) -> Pool:
        created = self.moment(plan.created)
        pool = Pool(
            seq=self.store.next_seq(),
            id=plan.id,
            shape=pool_shape(plan),
            created=created,
            modified=created,
            windows=plan.os == "windows",
            slots=plan.slots,
            allocation_time=self.moment(plan.allocation_time),
            state=plan.state,
            # The nodes of a pool that is being deleted are let go first.
            allocation_state="resizing" if plan.state == "deleting" else "steady",
            since=created if plan.state == "active" else self.moment(plan.since),
            resize_errors=plan.resize_errors,
            auto_scale_run=self._auto_scale_run(plan),
            start_task=plan.start_task,
            start_task_stdout=plan.start_task_stdout,
            id_style=plan.ids,
        )
        self._evaluate(pool, plan)
        for group in plan.nodes:
            pool.nodes += [self._node(pool, group) for _ in range(group.count)]
        pool.start_task_recipe = self._recipe(plan.start_task_recipe)
        low_priority = sum(1 for node in pool.nodes if not node.dedicated)
        dedicated = len(pool.nodes) - low_priority
        wanted, wanted_low = plan.target_dedicated, plan.target_low_priority
        pool.target_dedicated = dedicated if wanted is None else wanted
        pool.target_low_priority = low_priority if wanted_low is None else wanted_low
        return pool

    def _evaluate(self, pool: Pool, plan: PoolPlan) -> None:
        """Let a formula that was evaluated lately be evaluated on; an old one was given up."""
        if plan.auto_scale_run is None:
            return
        last = self.now + parse_span(plan.auto_scale_run["timestamp"])
        interval = parse_iso_duration(plan.members.get("autoScaleEvaluationInterval", "PT15M"))
        if self.now - last < interval:
            self.store.at(
                last + interval,
                lambda moment: evaluate_formula(self.store, pool, moment, interval),
            )

    def _auto_scale_run(self, plan: PoolPlan) -> dict[str, Any] | None:
        if plan.auto_scale_run is None:
            return None
        moment = self.moment(plan.auto_scale_run["timestamp"])
        return plan.auto_scale_run | {"timestamp": wire_time(moment)}

    def _recipe(self, name: str | None) -> Any:
        return self.recipes[name] if name else None

    def _node(self, pool: Pool, plan: NodePlan) -> Node:
        booted = self.moment(plan.booted)
        first_boot = self.moment(plan.allocated) if plan.allocated else booted
        node = new_node(self.store, pool, first_boot - seconds(self.dice.uniform(60, 200)))
        recipe = self._recipe(plan.start_recipe)
        if plan.state in _NOT_BOOTED:
            node.booted, node.allocated = None, self.moment(plan.since)
        else:
            node.booted = booted
        node.dedicated = not plan.low_priority
        node.scheduling, node.reachable, node.errors = plan.scheduling, plan.reachable, plan.errors
        node.members = plan.members
        node.start_recipe = None if plan.cured_by_reboot else recipe
        ready = plan.state == "ready"
        node.state = "idle" if ready else plan.state
        node.since = booted if ready else self.moment(plan.since)
        if pool.start_task and node.booted is not None:
            end = node.since if recipe else booted + seconds(self.dice.uniform(8, 50))
            begin = max(booted, end - seconds(self.dice.uniform(4, 30)))
            code = recipe.exit_code if recipe else 0
            node.start_run = StartRun("completed", begin, end, code, recipe)
            node.since = max(node.since, end)
        self.placement.add_node(node, plan)
        return node

    def _job(self, plan: JobPlan) -> Job:
        created = self.moment(plan.created)
        since = self.moment(plan.since) if plan.since else created
        job = Job(
            seq=self.store.next_seq(),
            id=plan.id,
            pool_id=plan.pool,
            shape=job_shape(plan),
            created=created,
            modified=since,
            state=plan.state,
            since=since,
            started=created,
            terminate_reason=plan.terminate_reason,
            scheduling_error=plan.scheduling_error,
        )
        if plan.state != "active":
            job.previous, job.previous_since = "active", created
        if plan.state == "completed":
            job.ended = since
        self._prepare(job, plan)
        for group in plan.tasks:
            self._tasks(job, plan, group)
        return job

    def _prepare(self, job: Job, plan: JobPlan) -> None:
        if plan.preparations is None:
            return
        recipe = self._recipe(plan.preparations.recipe)
        runs = plan.preparations.running
        for node in self.store.pool(plan.pool).nodes:
            started = self.moment(plan.preparations.started)
            job.preparations.append(
                Preparation(
                    seq=self.store.next_seq(),
                    node_id=node.id,
                    state="running" if runs else "completed",
                    started=started,
                    ended=None if runs else started + seconds(plan.preparations.seconds),
                    exit_code=None if runs else recipe.exit_code if recipe else 0,
                    recipe=recipe,
                    retries=plan.preparations.retries,
                )
            )

    def _tasks(self, job: Job, plan: JobPlan, group: TaskPlan) -> None:
        kind = task_kind(group, windows=self._windows(plan.pool))
        count = group.count
        if group.share_of_size is not None and self.scenario.size is not None:
            count = max(round(self.scenario.size * group.share_of_size), 1)
        begin, end = self.now + parse_span(group.begin), self.now + parse_span(group.end)
        for index in range(count):
            release = begin + (end - begin) * index // count + self.dice.randrange(seconds(9))
            created = job.created + seconds(3) + index * _BETWEEN_TASKS
            release = max(release, created + seconds(1))
            number = group.first + index
            task = Task(
                seq=self.store.next_seq(),
                id=fill(group.id, n=str(number)),
                number=number,
                job=job,
                kind=kind,
                created=created,
                modified=created,
                state="active",
                since=created,
            )
            job.tasks.append(task)
            job.by_id[task.id.lower()] = task
            self.placement.add(Run(release, task, group, plan))

    def _windows(self, pool_id: str) -> bool:
        return self.store.pool(pool_id).windows
