"""Two runs with one planted difference: that one is named, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from batchdoctor.core.comparison.conclusion import Comparison
from batchdoctor.sandbox.scenario.load import FailurePlan, NodePlan, Scenario
from batchdoctor.work.comparison.jobs import compare_jobs
from tests.work.comparison.two_nights import (
    NOW,
    THEN,
    Night,
    Pools,
    account,
    node_members,
    reading_of,
    told,
    usual_pool,
    with_member,
)


def compared(scenario: Scenario) -> Comparison:
    """Tonight's run compared with last night's."""
    with reading_of(scenario) as reading:
        found = compare_jobs(reading, NOW, THEN)
        assert not reading.problems
    return found


def on_other_pool(**more: Any) -> Any:
    def plant(now: Night, pools: Pools) -> None:
        pools.append(usual_pool("farm-2", **more))
        now.pool = "farm-2"

    return plant


def on_other_nodes(**more: Any) -> Any:
    def plant(now: Night, pools: Pools) -> None:
        given = {"members": node_members(), **more}
        pools[0].nodes.append(NodePlan(count=6, name="new", **given))
        now.on = ["new"]

    return plant


def with_entry(name: str, key: str, value: Any) -> Any:
    def plant(now: Night, _: Pools) -> None:
        entries = getattr(now, name)
        if value is None:
            del entries[key]
        else:
            entries[key] = value

    return plant


BLOBS = "https://farm.blob.core.windows.net"
IMAGE = "canonical ubuntu-24_04-lts server"
START_TASK = {"commandLine": "/bin/bash install.sh --fast", "waitForSuccess": True}
# What is planted -> what is told: what, whose, before, after.
SETTINGS: dict[str, tuple[Any, tuple[str, str | None, str | None, str | None]]] = {
    "an option of the command line": (
        with_member("more", "--quality 90"),
        ("command-line", None, "--quality 80", "--quality 90"),
    ),
    "a flag more": (
        with_member("more", "--quality 80 --denoise"),
        ("command-line", None, "", "--denoise"),
    ),
    "a value of the environment": (
        with_entry("environment", "OMP_NUM_THREADS", "16"),
        ("environment", "OMP_NUM_THREADS", "***", "***"),
    ),
    "a new variable": (
        with_entry("environment", "CACHE", "/mnt"),
        ("environment", "CACHE", None, "***"),
    ),
    "a variable that is gone": (
        with_entry("environment", "OMP_NUM_THREADS", None),
        ("environment", "OMP_NUM_THREADS", "***", None),
    ),
    "the tag of a container image": (
        with_member("container", "registry.example/render:4.3.0"),
        (
            "container",
            "imageName",
            "registry.example/render:4.2.1",
            "registry.example/render:4.3.0",
        ),
    ),
    "another resource file of the same name": (
        with_entry("resource_files", "scene.tar", f"{BLOBS}/in/scene-v2.tar"),
        ("resource-file", "scene.tar", f"{BLOBS}/in/scene.tar", f"{BLOBS}/in/scene-v2.tar"),
    ),
    "a resource file that is gone": (
        with_entry("resource_files", "scene.tar", None),
        ("resource-file", "scene.tar", f"{BLOBS}/in/scene.tar", None),
    ),
    "an application package": (
        with_entry("packages", "blender", "4.3"),
        ("package", "blender", "4.2", "4.3"),
    ),
    "a time limit": (
        with_member("wall_clock", "20m"),
        ("constraint", "maxWallClockTime", "2 h", "20 min"),
    ),
    "the number of retries": (
        with_member("retries", 3),
        ("constraint", "maxTaskRetryCount", "1", "3"),
    ),
    "the slots of a task": (
        with_member("slots", 2),
        ("setting", "requiredSlots", "1", "2"),
    ),
    "where output goes": (
        with_member("output", f"{BLOBS}/archive"),
        (
            "output-file",
            "*.exr",
            f"{BLOBS}/out",
            f"{BLOBS}/archive",
        ),
    ),
    "the priority of the job": (
        with_member("priority", 500),
        ("setting", "priority", "0", "500"),
    ),
    "the preparation of the job": (
        with_entry(
            "job_members",
            "jobPreparationTask",
            {"id": "prepare", "commandLine": "/bin/bash prepare.sh --clean"},
        ),
        ("command-line", "preparation task", "", "--clean"),
    ),
    "an environment that all tasks of the job have": (
        with_entry("job_members", "commonEnvironmentSettings", [{"name": "SITE", "value": "s"}]),
        ("environment", "SITE", "***", "***"),
    ),
    "the size of the machines": (
        on_other_pool(vm_size="standard_d2s_v5"),
        ("vm-size", "vmSize", "standard_d4s_v5", "standard_d2s_v5"),
    ),
    "the start task of the pool": (
        on_other_pool(start_task=START_TASK),
        ("command-line", "start task", "", "--fast"),
    ),
    "a package of the pool": (
        on_other_pool(members={"applicationPackageReferences": [{"applicationId": "cuda"}]}),
        ("package", "cuda", None, "default version"),
    ),
    "the node agent": (
        on_other_nodes(members=node_members(agent="1.13.8")),
        ("agent", None, "1.13.7", "1.13.8"),
    ),
    "the version of the image": (
        on_other_nodes(members=node_members(image="24.04.202611110")),
        ("image", None, f"{IMAGE} 24.04.202610150", f"{IMAGE} 24.04.202611110"),
    ),
    "spot nodes": (
        on_other_nodes(low_priority=True),
        ("spot", None, "dedicated", "spot"),
    ),
}


@pytest.mark.parametrize("planted", SETTINGS)
def test_what_was_set_otherwise_is_named_and_nothing_else(planted: str) -> None:
    plant, expected = SETTINGS[planted]
    assert told(compared(account(3, plant))) == [expected]


# What is planted -> what is told: what, which way, and how its words begin.
OUTCOMES: dict[str, tuple[Any, tuple[str, str, str]]] = {
    "a full disk": (
        with_member("fails", FailurePlan(share=0.3, recipes=["disk-full"])),
        ("failures", "worse", "DiskFull"),
    ),
    "a lack of memory": (
        with_member("fails", FailurePlan(share=0.3, recipes=["out-of-memory"])),
        ("failures", "worse", "Killed"),
    ),
    "tasks that take longer": (
        with_member("minutes", (7.0, 10.0)),
        ("duration", "worse", "# takes"),
    ),
    "tasks that take less": (
        with_member("minutes", (2.0, 3.0)),
        ("duration", "better", "# takes"),
    ),
    "tasks that had to be put back": (
        with_member("requeues", 1),
        ("requeues", "worse", "were put back"),
    ),
}


@pytest.mark.parametrize("planted", OUTCOMES)
def test_what_came_out_otherwise_is_named_and_nothing_else(planted: str) -> None:
    plant, (what, way, words) = OUTCOMES[planted]
    (found,) = compared(account(3, plant)).found
    assert (found.what.value, found.way.value) == (what, way)
    assert words in found.message
    assert found.evidence is not None
    assert found.evidence.p_value is not None
    assert found.evidence.p_value * (found.evidence.tests or 0) <= 0.01


@pytest.mark.parametrize("seed", range(20))
def test_between_runs_that_differ_by_chance_nothing_is_told(seed: int) -> None:
    found = compared(account(1000 + seed))
    assert told(found) == []
    assert found.summary.tests > 0
