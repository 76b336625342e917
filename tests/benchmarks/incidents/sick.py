"""Incidents with sick nodes, some of them well again."""

from __future__ import annotations

import random

from tests.benchmarks.incidents import healthy
from tests.benchmarks.incidents.outages import OUTAGES
from tests.benchmarks.incidents.parts import (
    AT_ONCE,
    DISK_FULL,
    any_of,
    at_times,
    chosen,
    nodes_of,
    noise,
    of_job,
    one_by_one,
    rates_of,
    short_lived,
    sick,
    tasks_of,
    with_a_sick_node,
)
from tests.benchmarks.incidents.scheduler import HOUR, Fault, Node, Task, World
from tests.benchmarks.incidents.together import BACK, TOGETHER


def baseline(rng: random.Random) -> World:
    """One or two nodes fail a part of what they run."""
    nodes = nodes_of(rng, 8, 40)
    names = chosen(rng, nodes, 1, 2)
    tasks = tasks_of(rng, one_by_one(rng, nodes, (15, 50)), rng.randint(1, 6))
    fault = any_of(sick(rng, rates_of(rng, names, 0.35, 0.95)), noise(rng))
    return World(rng, nodes, tasks, fault, sick=set(names))


def _black_holes(rng: random.Random, count: int) -> World:
    nodes = nodes_of(rng, 8, 20)
    names = chosen(rng, nodes, count, count)
    tasks = tasks_of(rng, one_by_one(rng, nodes, (15, 40)), rng.randint(1, 3), (60.0, 300.0))
    fault = any_of(sick(rng, dict.fromkeys(names, 1.0), how=AT_ONCE), noise(rng, 0.02))
    return World(rng, nodes, tasks, fault, sick=set(names))


def black_hole(rng: random.Random) -> World:
    """A node that fails everything at once eats the queue."""
    return _black_holes(rng, 1)


def black_holes(rng: random.Random) -> World:
    """Two or three of them."""
    return _black_holes(rng, rng.randint(2, 3))


def rack(rng: random.Random) -> World:
    """Some nodes fail together from a moment on."""
    nodes = nodes_of(rng, 20, 28)
    names = [node.name for node in nodes[: rng.randint(4, 6)]]
    runs = rng.randint(25, 45)
    tasks = tasks_of(rng, len(nodes) * runs, rng.randint(1, 4))
    since = rng.uniform(0.3, 0.6) * runs * 135
    fault = any_of(sick(rng, rates_of(rng, names, 0.7, 0.95), since=since), noise(rng))
    onsets = dict.fromkeys(names, since)
    return World(rng, nodes, tasks, fault, sick=set(names), onsets=onsets)


def bad_image(rng: random.Random) -> World:
    """Nodes that came later are bad, half of the pool."""
    old = nodes_of(rng, 10, 20)
    count = round(len(old) * rng.uniform(0.7, 1.4))
    when = rng.uniform(0.2, 0.5) * HOUR
    new = [Node(f"new-{number:03}", when + rng.uniform(0, 300)) for number in range(count)]
    names = [node.name for node in new]
    tasks = tasks_of(rng, 35 * len(old + new), rng.randint(1, 4))
    fault = any_of(sick(rng, dict.fromkeys(names, rng.uniform(0.5, 0.7))), noise(rng))
    return World(rng, old + new, tasks, fault, sick=set(names))


def three_of_five(rng: random.Random) -> World:
    """Most of a small pool is sick."""
    nodes = nodes_of(rng, 5, 6)
    names = chosen(rng, nodes, 3, 3)
    tasks = tasks_of(rng, one_by_one(rng, nodes, (25, 45)), rng.randint(1, 3))
    fault = any_of(sick(rng, rates_of(rng, names, 0.7, 0.95)), noise(rng))
    return World(rng, nodes, tasks, fault, sick=set(names))


def disk_fills(rng: random.Random) -> World:
    """From some run on everything on the node fails for want of space."""
    nodes = nodes_of(rng, 10, 30)
    names = chosen(rng, nodes, 1, 2)
    runs = rng.randint(25, 45)
    since = rng.uniform(0.3, 0.7) * runs * 135
    tasks = tasks_of(rng, len(nodes) * runs, rng.randint(1, 4))
    full = sick(rng, dict.fromkeys(names, 1.0), since=since, how=DISK_FULL)
    others = at_times(rng, lambda now: 0.004, DISK_FULL)
    fault = any_of(full, others, noise(rng))
    onsets = dict.fromkeys(names, since)
    return World(rng, nodes, tasks, fault, sick=set(names), onsets=onsets)


def retried_elsewhere(rng: random.Random) -> World:
    """In the end nothing has failed: what a sick node fails is done elsewhere."""
    world = baseline(rng)
    world.retries = 3
    return world


def retried_here(rng: random.Random) -> World:
    """A sick node, and retries on the spot."""
    world = baseline(rng)
    world.retries, world.on_the_spot = rng.randint(1, 4), 1.0
    return world


def short_nodes(rng: random.Random) -> World:
    """Nodes of twenty minutes, one or two of them sick."""
    nodes = short_lived(rng, rng.randint(6, 15), 2 * HOUR, 1500.0)
    names = chosen(rng, [node for node in nodes if node.born < 1.5 * HOUR], 1, 2)
    fault = any_of(sick(rng, rates_of(rng, names, 0.7, 1.0)), noise(rng))
    tasks = tasks_of(rng, 4000, 2, (20.0, 150.0))
    return World(rng, nodes, tasks, fault, ends_at=2 * HOUR, sick=set(names))


def turned_bad(rng: random.Random) -> World:
    """Good for long, and bad at the end."""
    nodes = nodes_of(rng, 10, 16)
    names = chosen(rng, nodes, 1, 1)
    total = one_by_one(rng, nodes, (220, 280))
    tasks = tasks_of(rng, total, rng.randint(1, 5), (10.0, 130.0))
    since = total / len(nodes) * 70 * rng.uniform(0.92, 0.955)
    fault = any_of(sick(rng, dict.fromkeys(names, 0.8), since=since), noise(rng, 0.02))
    onsets = dict.fromkeys(names, since)
    return World(rng, nodes, tasks, fault, sick=set(names), onsets=onsets)


def well_again(rng: random.Random) -> World:
    """Bad in the first third, and mended."""
    nodes = nodes_of(rng, 10, 24)
    names = chosen(rng, nodes, 1, 1)
    runs = rng.randint(40, 60)
    tasks = tasks_of(rng, len(nodes) * runs, rng.randint(1, 4))
    until = runs * 135 / 3
    fault = any_of(sick(rng, dict.fromkeys(names, 0.8), until=until), noise(rng, 0.02))
    return World(rng, nodes, tasks, fault, over=set(names))


def bad_inputs_too(rng: random.Random) -> World:
    """Bad inputs, and a sick node."""
    return with_a_sick_node(healthy.bad_inputs_retried(rng), rng)


def deployment_too(rng: random.Random) -> World:
    """A bad deployment, rolled back, and a sick node."""
    return with_a_sick_node(healthy.deployment_rolled_back(rng), rng)


def bad_job_too(rng: random.Random) -> World:
    """A bad job, and a sick node."""
    return with_a_sick_node(healthy.bad_job(rng), rng)


def large_tasks_too(rng: random.Random) -> World:
    """Large tasks on large nodes, and a sick node."""
    return with_a_sick_node(healthy.large_on_large(rng), rng)


def half_failing_job(rng: random.Random) -> World:
    """The only job fails half of the time, and one node fails nearly always."""
    nodes = nodes_of(rng, 10, 20)
    names = chosen(rng, nodes, 1, 1)
    tasks = tasks_of(rng, one_by_one(rng, nodes, (30, 50)))
    fault = any_of(
        sick(rng, dict.fromkeys(names, 1.0)), of_job(rng, "job-0", rng.uniform(0.3, 0.5))
    )
    return World(rng, nodes, tasks, fault, sick=set(names))


def on_and_off(rng: random.Random) -> World:
    """Bad for a while, good for a while."""
    nodes = nodes_of(rng, 10, 20)
    names = chosen(rng, nodes, 1, 1)
    period = rng.uniform(0.3, 0.5) * HOUR
    tasks = tasks_of(rng, one_by_one(rng, nodes, (50, 80)), rng.randint(1, 3), (20.0, 120.0))
    bad = sick(rng, dict.fromkeys(names, 0.9))

    def fault(task: Task, node: Node, now: float) -> Fault | None:
        return bad(task, node, now) if now % period < period / 2 else None

    return World(rng, nodes, tasks, any_of(fault, noise(rng)), sick=set(names))


def one_kind_only(rng: random.Random) -> World:
    """A node fails one kind of task, as a broken GPU does."""
    nodes = nodes_of(rng, 10, 20)
    names = chosen(rng, nodes, 1, 1)
    each = one_by_one(rng, nodes, (12, 25))
    tasks = tasks_of(rng, each, kind="prepare") + tasks_of(rng, each, kind="train")
    rng.shuffle(tasks)
    broken = sick(rng, dict.fromkeys(names, 0.9))

    def fault(task: Task, node: Node, now: float) -> Fault | None:
        return broken(task, node, now) if task.kind == "train" else None

    return World(rng, nodes, tasks, any_of(fault, noise(rng)), sick=set(names))


def two_of_four(rng: random.Random) -> World:
    """Half of a small pool."""
    nodes = nodes_of(rng, 4, 5)
    names = chosen(rng, nodes, 2, 2)
    tasks = tasks_of(rng, one_by_one(rng, nodes, (25, 40)), rng.randint(1, 3))
    fault = any_of(sick(rng, rates_of(rng, names, 0.7, 0.95)), noise(rng))
    return World(rng, nodes, tasks, fault, sick=set(names))


def many_small_jobs(rng: random.Random) -> World:
    """Thirty jobs of a few tasks each."""
    nodes = nodes_of(rng, 10, 20)
    names = chosen(rng, nodes, 1, 2)
    tasks = tasks_of(rng, one_by_one(rng, nodes, (25, 40)), 30)
    tasks.sort(key=lambda task: task.job)
    fault = any_of(sick(rng, rates_of(rng, names, 0.5, 0.95)), noise(rng))
    return World(rng, nodes, tasks, fault, sick=set(names))


def a_little_sick(rng: random.Random) -> World:
    """A node that fails a fifth of very many runs."""
    nodes = nodes_of(rng, 10, 16)
    names = chosen(rng, nodes, 1, 1)
    tasks = tasks_of(rng, one_by_one(rng, nodes, (120, 200)), rng.randint(1, 3))
    fault = any_of(sick(rng, rates_of(rng, names, 0.15, 0.25)), noise(rng, 0.02))
    return World(rng, nodes, tasks, fault, sick=set(names))


SICK = (
    baseline,
    black_hole,
    black_holes,
    rack,
    bad_image,
    three_of_five,
    two_of_four,
    disk_fills,
    retried_elsewhere,
    retried_here,
    short_nodes,
    turned_bad,
    well_again,
    *OUTAGES,
    *TOGETHER,
    *BACK,
    bad_inputs_too,
    deployment_too,
    bad_job_too,
    large_tasks_too,
    half_failing_job,
    on_and_off,
    one_kind_only,
    many_small_jobs,
    a_little_sick,
)
