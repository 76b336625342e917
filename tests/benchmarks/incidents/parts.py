"""What families of incidents are put together from: nodes, tasks and ways to fail."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence

from tests.benchmarks.incidents.scheduler import Fault, Node, Task, Verdict, World

PLAIN = Fault()
OUT_OF_STORAGE = Fault("BlobDownloadMiscError", "ServerError", None, 15.0)
DISK_FULL = Fault("DiskFull", "ServerError", None, 5.0)
AT_ONCE = Fault(after=1.0)

Rate = Callable[[float], float]


def nodes_of(rng: random.Random, low: int, high: int, *, slots: int = 1) -> list[Node]:
    """Nodes that are there all the time."""
    return [Node(f"tvm-{number:03}", slots=slots) for number in range(rng.randint(low, high))]


def short_lived(rng: random.Random, at_once: int, until: float, life: float) -> list[Node]:
    """Nodes that each live for about so long and are replaced by new ones."""
    found: list[Node] = []
    for _ in range(at_once):
        born = rng.uniform(-life, 0)
        while born < until:
            dies = born + life * rng.uniform(0.8, 1.2)
            found.append(Node(f"tvm-{len(found):03}", max(born, 0.0), dies))
            born = dies + rng.uniform(10, 60)
    return found


def tasks_of(
    rng: random.Random,
    total: int,
    jobs: int = 1,
    seconds: tuple[float, float] = (30.0, 240.0),
    kind: str = "t",
) -> list[Task]:
    """Tasks of some jobs, mixed, with job names of no meaning."""
    weights = [rng.uniform(0.3, 1.0) for _ in range(jobs)]
    return [
        Task(f"job-{job}", f"{kind}{number:06}", rng.uniform(*seconds), kind=kind)
        for number, job in enumerate(rng.choices(range(jobs), weights, k=total))
    ]


def one_by_one(rng: random.Random, nodes: Sequence[Node], runs: tuple[int, int]) -> int:
    """So many tasks that each node gets about as many runs as asked for."""
    return len(nodes) * rng.randint(*runs)


def any_of(*verdicts: Verdict) -> Verdict:
    """The first fault that one of them finds."""

    def fault(task: Task, node: Node, now: float) -> Fault | None:
        return next((found for each in verdicts if (found := each(task, node, now))), None)

    return fault


def noise(rng: random.Random, most: float = 0.03) -> Verdict:
    """A rate of each job, wherever and whenever it runs."""
    rates: dict[str, float] = {}

    def fault(task: Task, node: Node, now: float) -> Fault | None:
        if task.job not in rates:
            rates[task.job] = rng.uniform(0.0, most)
        return PLAIN if rng.random() < rates[task.job] else None

    return fault


def sick(
    rng: random.Random,
    rates: dict[str, float],
    *,
    since: float = 0.0,
    until: float = float("inf"),
    how: Fault = PLAIN,
) -> Verdict:
    """Nodes that fail what they run, between two moments."""

    def fault(task: Task, node: Node, now: float) -> Fault | None:
        rate = rates.get(node.name, 0.0)
        return how if rate and since <= now < until and rng.random() < rate else None

    return fault


def at_times(
    rng: random.Random, rate: Rate, how: Fault = PLAIN, jobs: Iterable[str] | None = None
) -> Verdict:
    """Something that fails all nodes alike, more at some times than at others."""
    chosen = None if jobs is None else set(jobs)

    def fault(task: Task, node: Node, now: float) -> Fault | None:
        if chosen is not None and task.job not in chosen:
            return None
        return how if rng.random() < rate(now) else None

    return fault


def between(begin: float, end: float, rate: float) -> Rate:
    """A rate that holds between two moments, and none else."""
    return lambda now: rate if begin <= now < end else 0.0


def of_bad_tasks(rng: random.Random, tasks: Sequence[Task], share: float) -> Verdict:
    """Some tasks fail for their input, wherever they run."""
    for task in rng.sample(tasks, max(1, round(share * len(tasks)))):
        task.bad = True
    return lambda task, node, now: PLAIN if task.bad else None


def of_job(rng: random.Random, job: str, rate: float) -> Verdict:
    """One job fails, wherever it runs."""
    return lambda task, node, now: PLAIN if task.job == job and rng.random() < rate else None


def chosen(rng: random.Random, nodes: Sequence[Node], low: int, high: int) -> list[str]:
    """Some nodes by name."""
    return [node.name for node in rng.sample(nodes, rng.randint(low, high))]


def rates_of(rng: random.Random, names: Iterable[str], low: float, high: float) -> dict[str, float]:
    """How often each of some sick nodes fails what it runs."""
    return {name: rng.uniform(low, high) for name in names}


def with_a_sick_node(world: World, rng: random.Random) -> World:
    """The same incident, and one of the nodes that are there all the time is sick."""
    steady = [node for node in world.nodes if node.dies > 9e9 and node.born < 1]
    names = chosen(rng, steady, 1, 1)
    world.fault = any_of(sick(rng, rates_of(rng, names, 0.6, 0.95)), world.fault)
    world.sick = set(names)
    return world
