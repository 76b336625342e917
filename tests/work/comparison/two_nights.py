"""Accounts with two runs of one job, last night's and tonight's: alike, or with one difference."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import batchdoctor
from batchdoctor.core.comparison.conclusion import Comparison
from batchdoctor.sandbox import Sandbox
from batchdoctor.sandbox.scenario.load import (
    FailurePlan,
    JobPlan,
    NodePlan,
    PoolPlan,
    Scenario,
    TaskPlan,
)
from batchdoctor.work.reading.reading import Reading
from tests.box import NOW as AT

POOL = "farm"
THEN, NOW = "nightly-20261120-a81f03", "nightly-20261121-77be09"
_IMAGE = {"publisher": "canonical", "offer": "ubuntu-24_04-lts", "sku": "server"}


class Night:
    """One of two runs, with all that varies from run to run and does not matter.

    A test changes a member of it before the account is made.
    """

    def __init__(self, job_id: str, day: str, run: str, begin: str, end: str) -> None:
        self.job_id, self.day, self.run = job_id, day, run
        self.begin, self.end = begin, end
        self.pool = POOL
        self.on = ["usual"]
        self.more = "--quality 80"
        self.environment = {"OMP_NUM_THREADS": "8", "RUN_ID": run, "OUT": f"/out/{job_id}"}
        self.resource_files = {"scene.tar": "https://farm.blob.core.windows.net/in/scene.tar"}
        self.output = "https://farm.blob.core.windows.net/out"
        self.container = "registry.example/render:4.2.1"
        self.packages = {"blender": "4.2"}
        self.minutes = (4.0, 6.0)
        self.wall_clock: str | None = "2h"
        self.retries = 1
        self.requeues = 0
        self.slots = 1
        self.fails: FailurePlan | None = None
        self.priority = 0
        self.job_members: dict[str, Any] = {
            "commonEnvironmentSettings": [{"name": "SITE", "value": "north"}],
            "jobPreparationTask": {"id": "prepare", "commandLine": "/bin/bash prepare.sh"},
            "metadata": [{"name": "submitted", "value": f"{day}T20:00:00Z"}],
        }
        self.first_kind = "frame"

    @property
    def members(self) -> dict[str, Any]:
        """Members of its tasks as the service writes them, signed anew for each run."""
        signed = f"?sv=2024-05-04&se={self.day}T23%3A00%3A00Z&sr=b&sig={self.run[:8]}%3D"
        return {
            "environmentSettings": [
                {"name": name, "value": value} for name, value in self.environment.items()
            ],
            "resourceFiles": [
                {"httpUrl": url + signed, "filePath": path}
                for path, url in self.resource_files.items()
            ],
            "outputFiles": [
                {
                    "filePattern": "*.exr",
                    "destination": {
                        "container": {"containerUrl": self.output + signed, "path": "{job}/{task}"}
                    },
                    "uploadOptions": {"uploadCondition": "taskcompletion"},
                }
            ],
            "containerSettings": {"imageName": self.container, "containerRunOptions": "--rm"},
            "applicationPackageReferences": [
                {"applicationId": name, "version": version}
                for name, version in self.packages.items()
            ],
        }

    def job(self) -> JobPlan:
        """The run as the sandbox makes it: two kinds of tasks."""
        usual = TaskPlan(
            begin=self.begin,
            end=self.end,
            minutes=self.minutes,
            wall_clock=self.wall_clock,
            max_retries=self.retries,
            requeues=self.requeues,
            slots=self.slots,
            on=self.on,
            fails=self.fails,
            members=self.members,
        )
        run_of = f"--date {self.day.replace('-', '')} --log {{job}}"
        frames = replace(
            usual,
            count=48,
            id=f"{self.first_kind}-{{n:04}}",
            command=f"/bin/bash -c './render {self.more} {run_of} --frame {{n}}'",
        )
        joins = replace(
            usual,
            count=16,
            id="join-{n:02}",
            command=f"/bin/bash -c './join {self.more} --part {{n}} --run {self.run}'",
        )
        return JobPlan(
            id=self.job_id,
            pool=self.pool,
            created=self.begin,
            priority=self.priority,
            members=self.job_members,
            tasks=[frames, joins],
        )


def two_nights() -> tuple[Night, Night]:
    """Two runs between which there is no difference that matters."""
    return (
        Night(THEN, "2026-11-20", "5f0c7c62-5a3f-4a86-9a1e-0f4f1f6a1b01", "-30h", "-27h"),
        Night(NOW, "2026-11-21", "c1d9b7aa-3c11-4d3e-8f7a-6b5e1d2c3f02", "-6h", "-3h"),
    )


def node_members(agent: str = "1.13.7", image: str = "24.04.202610150") -> dict[str, Any]:
    """What the service tells of the agent and the image of a node."""
    return {
        "nodeAgentInfo": {"version": agent, "lastUpdateTime": "2026-11-01T00:00:00Z"},
        "virtualMachineInfo": {
            "imageReference": {**_IMAGE, "version": "latest", "exactVersion": image}
        },
    }


def usual_pool(pool_id: str = POOL, **more: Any) -> PoolPlan:
    """A pool of like nodes."""
    nodes = [NodePlan(count=6, name="usual", members=node_members())]
    return PoolPlan(
        id=pool_id,
        **{
            "slots": 2,
            "nodes": nodes,
            "start_task": {"commandLine": "/bin/bash install.sh", "waitForSuccess": True},
            **more,
        },
    )


Pools = list[PoolPlan]
Plant = Callable[[Night, Pools], None]


def with_member(name: str, value: Any) -> Plant:
    def plant(now: Night, _pools: Pools) -> None:
        setattr(now, name, value)

    return plant


def account(seed: int, plant: Plant | None = None) -> Scenario:
    """An account with both runs, tonight's with one difference if one is planted.

    Everywhere one task in forty fails by itself.
    """
    then, now = two_nights()
    pools = [usual_pool()]
    if plant is not None:
        plant(now, pools)
    return Scenario(
        name="two-nights",
        summary="Two runs of one job.",
        seed=seed,
        pools=pools,
        jobs=[then.job(), now.job()],
        noise=FailurePlan(share=0.025, recipes=["bad-input", "flaky-storage"]),
    )


@contextmanager
def reading_of(scenario: Scenario) -> Iterator[Reading]:
    with Sandbox(scenario, now=lambda: AT) as sandbox:
        asking = batchdoctor.connect(environ=sandbox.environment())._asking
        asking.outside.now = lambda: AT
        with asking.client:
            yield Reading(asking.outside, asking.client)


def told(found: Comparison) -> list[tuple[str, str | None, str | None, str | None]]:
    return [(each.what.value, each.subject, each.before, each.after) for each in found.found]
