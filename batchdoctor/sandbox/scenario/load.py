"""Scenario files: what may stand in them, and how they are read."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from importlib import resources
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from batchdoctor.errors import UsageError
from batchdoctor.sandbox.account.store import Timings

_Plan = TypeVar("_Plan")
_FOLDER = "scenarios"


@dataclass(frozen=True, kw_only=True, slots=True)
class FailurePlan:
    """How often tasks fail, and how: one of the recipes, in turn."""

    share: float
    recipes: list[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class NodePlan:
    """A group of like nodes; times are spans such as `-40m`, counted from the start.

    `members` are further members as the service writes them, in the place of those it has anyway.
    """

    count: int = 1
    name: str = ""
    state: str = "ready"
    booted: str = "-9d"
    allocated: str | None = None
    since: str = "-1h"
    scheduling: str = "enabled"
    low_priority: bool = False
    reachable: bool = True
    errors: list[dict[str, Any]] = field(default_factory=list)
    start_recipe: str | None = None
    cured_by_reboot: bool = False
    fails: FailurePlan | None = None
    members: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class PoolPlan:
    """A pool; `members` are further members as the service writes them."""

    id: str
    nodes: list[NodePlan]
    vm_size: str = "standard_d4s_v5"
    os: str = "linux"
    ids: str = "tvm"
    created: str = "-21d"
    state: str = "active"
    since: str = "-21d"
    slots: int = 1
    allocation_time: str = "-9d"
    target_dedicated: int | None = None
    target_low_priority: int | None = None
    start_task: dict[str, Any] | None = None
    start_task_recipe: str | None = None
    start_task_stdout: str = ""
    resize_errors: list[dict[str, Any]] = field(default_factory=list)
    auto_scale_run: dict[str, Any] | None = None
    members: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskPlan:
    """A group of like tasks.

    They are released evenly between `begin` and `end` and take `minutes` each. `recipe` is how
    all of them fail; `on` names the node groups that run them; `gone` sends them to nodes that
    have left the pool since. `left` is how many minutes running ones still have to go.
    """

    count: int = 1
    share_of_size: float | None = None
    id: str = "task-{n:04}"
    first: int = 1
    command: str = "/bin/bash -c 'true'"
    begin: str = "-8h"
    end: str = "-30m"
    minutes: tuple[float, float] = (2.0, 9.0)
    left: tuple[float, float] = (8.0, 40.0)
    state: str = "completed"
    previous: str | None = None
    recipe: str | None = None
    fails: FailurePlan | None = None
    on: list[str] = field(default_factory=list)
    gone: bool = False
    requeues: int = 0
    max_retries: int = 0
    wall_clock: str | None = None
    retention: str = "7d"
    slots: int = 1
    instances: int = 0
    stdout: str = "{task} started on {node}\n{task} done\n"
    stderr: str = ""
    files: dict[str, str] = field(default_factory=dict)
    members: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class PreparationPlan:
    """How a job's preparation task went on the nodes of a pool."""

    recipe: str | None = None
    started: str = "-40m"
    seconds: float = 4.0
    retries: int = 0
    running: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class JobPlan:
    """A job; `members` are further members as the service writes them."""

    id: str
    pool: str
    tasks: list[TaskPlan] = field(default_factory=list)
    created: str = "-9h"
    state: str = "active"
    since: str | None = None
    priority: int = 0
    fails: FailurePlan | None = None
    preparations: PreparationPlan | None = None
    terminate_reason: str | None = None
    scheduling_error: dict[str, Any] | None = None
    members: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Scenario:
    """An account in a few lines; `noise` is the background of failures everywhere."""

    name: str
    summary: str
    pools: list[PoolPlan]
    jobs: list[JobPlan]
    seed: int = 1
    size: int | None = None
    timings: Timings = field(default_factory=Timings)
    noise: FailurePlan | None = None
    recipes: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Ways to fail of its own, beside those of the package; members are those of a recipe."""


_NESTED: dict[tuple[type, str], type] = {
    (PoolPlan, "nodes"): NodePlan,
    (JobPlan, "tasks"): TaskPlan,
    (JobPlan, "preparations"): PreparationPlan,
    (Scenario, "pools"): PoolPlan,
    (Scenario, "jobs"): JobPlan,
    (Scenario, "timings"): Timings,
    (Scenario, "noise"): FailurePlan,
    (NodePlan, "fails"): FailurePlan,
    (JobPlan, "fails"): FailurePlan,
    (TaskPlan, "fails"): FailurePlan,
}


def _build(plan: type[_Plan], data: Mapping[str, Any], where: str) -> _Plan:
    """Return a plan from a table of a file; raises UsageError for members it has not."""
    known = {f.name for f in fields(plan)}  # type: ignore[arg-type]  # all plans are dataclasses
    unknown = set(data) - known
    if unknown:
        raise UsageError(f"{where} has unknown members: {', '.join(sorted(unknown))}.")
    values = {name: _nested(plan, name, value, where) for name, value in data.items()}
    types = get_type_hints(plan)
    wrong = [name for name, value in values.items() if not _fits(value, types[name])]
    if wrong:
        raise UsageError(f"{where} has members of a wrong type: {', '.join(sorted(wrong))}.")
    try:
        return plan(**values)
    except TypeError as error:
        raise UsageError(f"{where} is not complete: {error}.") from None


def _nested(plan: type, name: str, value: Any, where: str) -> Any:
    inner = _NESTED.get((plan, name))
    if inner is None:
        return value
    if isinstance(value, list):
        return [_build(inner, item, f"{where}.{name}") for item in value]
    return _build(inner, value, f"{where}.{name}")


def _fits(value: Any, kind: Any) -> bool:
    """Whether a value may stand where a type is asked for; inside of tables anything may."""
    options = get_args(kind) if get_origin(kind) is UnionType else (kind,)
    plain = tuple(get_origin(option) or option for option in options)
    if float in plain:
        plain += (int,)
    if tuple in plain:
        plain += (list,)
    return isinstance(value, plain) and not (isinstance(value, bool) and bool not in plain)


def scenario_names() -> list[str]:
    """Return the names of the scenarios in the package."""
    folder = resources.files("batchdoctor.sandbox") / _FOLDER
    names = (item.name for item in folder.iterdir())
    return sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml"))


def describe(name: str) -> str:
    """Return the one sentence that says what a scenario shows."""
    return str(_read(name)["summary"])


def load_scenario(name: str, size: int | None = None) -> Scenario:
    """Return a scenario of the package, or of a file: a name with a slash, or that ends in `.toml`.

    `size` is its number of tasks, if it takes one. Raises UsageError for an unknown name, for a
    size that the scenario does not take, and for a file that is no scenario.
    """
    scenario = _build(Scenario, {"name": name, **_read(name)}, name)
    if size is None:
        return scenario
    if scenario.size is None or size < 1:
        raise UsageError(f"The scenario '{name}' cannot be made with {size} tasks.")
    return replace(scenario, size=size)


def _read(name: str) -> dict[str, Any]:
    if "/" in name or name.endswith(".toml"):
        return _read_file(Path(name))
    if name not in scenario_names():
        raise UsageError(
            f"There is no scenario '{name}'.", hint=f"Scenarios: {', '.join(scenario_names())}."
        )
    file = resources.files("batchdoctor.sandbox") / _FOLDER / f"{name}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _read_file(path: Path) -> dict[str, Any]:
    if path.exists() and not path.is_file():
        raise UsageError(f"{path} is no file.")
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise UsageError(f"{path} is no TOML: {error}.") from None
    return {"summary": f"The scenario of {path}.", "jobs": [], **data}
