"""Incidents in which several nodes change together, or one after the other."""

from __future__ import annotations

import random

from tests.benchmarks.incidents.parts import (
    AT_ONCE,
    OUT_OF_STORAGE,
    PLAIN,
    any_of,
    chosen,
    nodes_of,
    noise,
    one_by_one,
    rates_of,
    sick,
    tasks_of,
)
from tests.benchmarks.incidents.scheduler import HOUR, Fault, Node, Task, World


def bad_image_by_and_by(rng: random.Random) -> World:
    """Nodes that come within ten minutes of each other are bad, each from its first run on."""
    old = nodes_of(rng, 8, 16)
    when = rng.uniform(0.3, 0.5) * HOUR
    new = [Node(f"new-{number:03}", when + rng.uniform(0, 600)) for number in range(len(old) // 2)]
    tasks = tasks_of(rng, 35 * len(old + new), rng.randint(1, 4))
    names = [node.name for node in new]
    fault = any_of(sick(rng, rates_of(rng, names, 0.6, 0.9)), noise(rng))
    onsets = {node.name: node.born for node in new}
    return World(rng, old + new, tasks, fault, sick=set(names), onsets=onsets)


def holes_one_after_the_other(rng: random.Random) -> World:
    """Three nodes turn into black holes some minutes apart, after having been well."""
    nodes = nodes_of(rng, 14, 24)
    names = chosen(rng, nodes, 3, 3)
    tasks = tasks_of(rng, one_by_one(rng, nodes, (30, 50)), rng.randint(2, 3), (60.0, 200.0))
    onsets = {name: 600.0 + 240 * place for place, name in enumerate(names)}
    holes = [sick(rng, {name: 1.0}, since=onsets[name], how=AT_ONCE) for name in names]
    fault = any_of(*holes, noise(rng, 0.02))
    return World(rng, nodes, tasks, fault, sick=set(names), onsets=onsets, arrivals=3.0)


def large_pool(rng: random.Random) -> World:
    """A few nodes of two hundred are sick, which have run little each."""
    nodes = nodes_of(rng, 180, 220)
    names = chosen(rng, nodes, 2, 5)
    tasks = tasks_of(rng, one_by_one(rng, nodes, (8, 12)), rng.randint(1, 4))
    fault = any_of(sick(rng, rates_of(rng, names, 0.75, 1.0)), noise(rng))
    return World(rng, nodes, tasks, fault, sick=set(names))


def first_kind_only(rng: random.Random) -> World:
    """A node fails one kind of a job's tasks; the other kind comes afterwards and runs well."""
    nodes = nodes_of(rng, 8, 20)
    names = chosen(rng, nodes, 1, 1)
    count = one_by_one(rng, nodes, (15, 25))
    tasks = tasks_of(rng, count, kind="gpu-") + tasks_of(rng, count, kind="cpu-")

    def fault(task: Task, node: Node, now: float) -> Fault | None:
        bad = task.kind == "gpu-" and node.name in names and rng.random() < 0.9
        return PLAIN if bad else None

    return World(rng, nodes, tasks, any_of(fault, noise(rng)), sick=set(names))


def rack_and_back(rng: random.Random) -> World:
    """Some nodes fail together for a quarter of an hour and have run a little since.

    Hardly anything else fails: one more failure of such a node soon after makes it look sick still.
    """
    nodes = nodes_of(rng, 20, 28)
    names = [node.name for node in nodes[: rng.randint(4, 6)]]
    tasks = tasks_of(rng, one_by_one(rng, nodes, (22, 30)), rng.randint(2, 4), (60.0, 150.0))
    rates = rates_of(rng, names, 0.7, 0.95)
    fault = any_of(sick(rng, rates, since=700.0, until=1600.0), noise(rng, 0.01))
    return World(rng, nodes, tasks, fault, over=set(names), arrivals=110 / len(nodes))


def half_of_an_outage(rng: random.Random) -> World:
    """Storage is away for ten minutes on half of the nodes, which are well for minutes since."""
    nodes = nodes_of(rng, 10, 24)
    names = [node.name for node in nodes[::2]]
    tasks = tasks_of(rng, one_by_one(rng, nodes, (22, 30)), rng.randint(3, 5), (60.0, 150.0))
    rates = rates_of(rng, names, 0.7, 1.0)
    away = sick(rng, rates, since=800.0, until=1400.0, how=OUT_OF_STORAGE)
    fault = any_of(away, noise(rng, 0.01))
    return World(rng, nodes, tasks, fault, over=set(names), arrivals=110 / len(nodes))


BACK = (rack_and_back, half_of_an_outage)
TOGETHER = (bad_image_by_and_by, holes_one_after_the_other, large_pool, first_kind_only)
