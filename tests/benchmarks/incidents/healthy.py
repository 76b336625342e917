"""Incidents in which no node is sick, whatever fails."""

from __future__ import annotations

import random

from tests.benchmarks.incidents.parts import (
    DISK_FULL,
    OUT_OF_STORAGE,
    PLAIN,
    any_of,
    at_times,
    between,
    chosen,
    nodes_of,
    noise,
    of_bad_tasks,
    of_job,
    one_by_one,
    short_lived,
    tasks_of,
)
from tests.benchmarks.incidents.scheduler import HOUR, Fault, Node, Task, World


def quiet(rng: random.Random) -> World:
    """Nothing but noise."""
    nodes = nodes_of(rng, 8, 40)
    tasks = tasks_of(rng, one_by_one(rng, nodes, (12, 50)), rng.randint(1, 6))
    return World(rng, nodes, tasks, noise(rng))


def noisy_jobs(rng: random.Random) -> World:
    """Jobs that fail up to 40 % each, everywhere."""
    nodes = nodes_of(rng, 8, 40)
    tasks = tasks_of(rng, one_by_one(rng, nodes, (12, 50)), rng.randint(2, 6))
    return World(rng, nodes, tasks, noise(rng, 0.4))


def bad_job(rng: random.Random) -> World:
    """One of several jobs fails nearly always."""
    nodes = nodes_of(rng, 6, 30)
    tasks = tasks_of(rng, one_by_one(rng, nodes, (12, 50)), rng.randint(2, 6))
    return World(rng, nodes, tasks, any_of(of_job(rng, "job-0", rng.uniform(0.5, 1)), noise(rng)))


def bad_inputs_retried(rng: random.Random) -> World:
    """Bad inputs, tried again mostly where they failed."""
    nodes = nodes_of(rng, 8, 24)
    tasks = tasks_of(rng, one_by_one(rng, nodes, (12, 40)))
    fault = of_bad_tasks(rng, tasks, rng.uniform(0.005, 0.02))
    return World(rng, nodes, tasks, fault, rng.randint(3, 5), rng.uniform(0.7, 1))


def one_bad_input_retried(rng: random.Random) -> World:
    """One task fails on the spot, again and again."""
    nodes = nodes_of(rng, 6, 20)
    tasks = tasks_of(rng, one_by_one(rng, nodes, (8, 30)))
    return World(rng, nodes, tasks, of_bad_tasks(rng, tasks, 0.0), rng.randint(5, 8), 1.0)


def outage(rng: random.Random) -> World:
    """Storage is away for a while."""
    nodes = nodes_of(rng, 8, 30)
    tasks = tasks_of(rng, one_by_one(rng, nodes, (30, 60)), rng.randint(1, 5))
    begin = rng.uniform(0.3, 0.6) * HOUR
    away = at_times(
        rng, between(begin, begin + rng.uniform(300, 1200), rng.uniform(0.6, 1)), OUT_OF_STORAGE
    )
    return World(rng, nodes, tasks, any_of(away, noise(rng)))


def outage_and_short_nodes(rng: random.Random) -> World:
    """The same where nodes live for twenty minutes."""
    nodes = short_lived(rng, rng.randint(6, 12), 2 * HOUR, 1200.0)
    tasks = tasks_of(rng, 4000, rng.randint(1, 3))
    begin = rng.uniform(0.5, 1.4) * HOUR
    away = at_times(
        rng, between(begin, begin + rng.uniform(400, 800), rng.uniform(0.6, 1)), OUT_OF_STORAGE
    )
    return World(rng, nodes, tasks, any_of(away, noise(rng)), ends_at=2 * HOUR)


def blips(rng: random.Random) -> World:
    """Several outages of a few minutes."""
    nodes = short_lived(rng, rng.randint(6, 14), 3 * HOUR, rng.choice((1800.0, 4 * HOUR)))
    tasks = tasks_of(rng, 5000, rng.randint(1, 3))
    begins = [rng.uniform(0, 3 * HOUR) for _ in range(rng.randint(3, 5))]
    lasts = [rng.uniform(120, 400) for _ in begins]
    rate = rng.uniform(0.5, 1)

    def share(now: float) -> float:
        pairs = zip(begins, lasts, strict=True)
        return rate if any(begin <= now < begin + last for begin, last in pairs) else 0.0

    return World(
        rng,
        nodes,
        tasks,
        any_of(at_times(rng, share, OUT_OF_STORAGE), noise(rng)),
        ends_at=3 * HOUR,
    )


def deployment_and_new_nodes(rng: random.Random) -> World:
    """A bad program from the middle on, and then more nodes."""
    when = rng.uniform(0.7, 1.3) * HOUR
    old = rng.randint(4, 12)
    nodes = nodes_of(rng, old, old)
    nodes += [
        Node(f"new-{number:03}", when + rng.uniform(30, 900))
        for number in range(rng.randint(4, 12))
    ]
    tasks = tasks_of(rng, 3000, 1, (60.0, 300.0))
    fault = any_of(at_times(rng, between(when, 9e9, rng.uniform(0.5, 0.9))), noise(rng, 0.02))
    return World(rng, nodes, tasks, fault, ends_at=when * 2)


def deployment_rolled_back(rng: random.Random) -> World:
    """A bad program for a while; some nodes were there only then."""
    begin = rng.uniform(0.7, 1.3) * HOUR
    end = begin + rng.uniform(1200, 2000)
    nodes = nodes_of(rng, 6, 12)
    nodes += [
        Node(f"new-{number:03}", begin + rng.uniform(0, 300), end - rng.uniform(-200, 100))
        for number in range(rng.randint(3, 6))
    ]
    tasks = tasks_of(rng, 3000, 1, (60.0, 300.0))
    fault = any_of(at_times(rng, between(begin, end, rng.uniform(0.5, 0.9))), noise(rng, 0.02))
    return World(rng, nodes, tasks, fault, ends_at=end + HOUR)


def large_on_large(rng: random.Random) -> World:
    """Large tasks fail more, and only the large nodes take them."""
    nodes = nodes_of(rng, 9, 24)
    large = frozenset(node.name for node in rng.sample(nodes, len(nodes) // 3))
    tasks = tasks_of(rng, one_by_one(rng, nodes, (10, 30)), kind="small-t")
    tasks += tasks_of(rng, one_by_one(rng, nodes, (3, 8)), kind="large-t")
    rng.shuffle(tasks)
    for task in tasks:
        task.only = large if task.kind == "large-t" else None
    rate = rng.uniform(0.2, 0.5)
    hard: Fault | None = PLAIN

    def fault(task: Task, node: Node, now: float) -> Fault | None:
        return hard if task.kind == "large-t" and rng.random() < rate else None

    return World(rng, nodes, tasks, any_of(fault, noise(rng, 0.01)))


def job_ended(rng: random.Random) -> World:
    """A job is ended while its last tasks are packed on a node of many slots."""
    nodes = nodes_of(rng, 5, 12)
    tasks = tasks_of(rng, one_by_one(rng, nodes, (30, 60)), 2)
    packed = nodes[0]
    packed.slots = 16
    last = tasks_of(rng, rng.randint(6, 14), kind="tail")
    for task in last:
        task.seconds, task.only = 1800.0, frozenset({packed.name})
    stopped = Fault("TaskEnded", "ServerError", -1073741510, 1500.0)
    ended = {id(task) for task in last}
    begin = rng.randrange(len(tasks) // 2)
    tasks[begin:begin] = last

    def fault(task: Task, node: Node, now: float) -> Fault | None:
        return stopped if id(task) in ended else None

    return World(rng, nodes, tasks, any_of(fault, noise(rng)))


def spread_rates(rng: random.Random) -> World:
    """Every node has a rate of its own from 1 to 4 %, over very many runs."""
    nodes = nodes_of(rng, 10, 30)
    rates = {node.name: rng.uniform(0.01, 0.04) for node in nodes}
    tasks = tasks_of(rng, one_by_one(rng, nodes, (200, 500)), rng.randint(1, 3))
    return World(
        rng,
        nodes,
        tasks,
        lambda task, node, now: PLAIN if rng.random() < rates[node.name] else None,
    )


def short_nodes(rng: random.Random) -> World:
    """Nodes of twenty minutes, and noise."""
    nodes = short_lived(rng, rng.randint(5, 15), 2 * HOUR, 1200.0)
    return World(rng, nodes, tasks_of(rng, 4000, 3), noise(rng, 0.05), ends_at=2 * HOUR)


def seldom_full(rng: random.Random) -> World:
    """A disk is full once or twice in hundreds of tasks."""
    nodes = nodes_of(rng, 10, 20)
    tasks = tasks_of(rng, one_by_one(rng, nodes, (200, 400)))
    rate = rng.uniform(0.0002, 0.002)
    full = at_times(rng, lambda now: rate, DISK_FULL)
    return World(rng, nodes, tasks, any_of(full, noise(rng, 0.01)))


def job_on_few_nodes(rng: random.Random) -> World:
    """A job that often fails ran on a quarter of the nodes only."""
    nodes = nodes_of(rng, 12, 32)
    few = frozenset(node.name for node in rng.sample(nodes, len(nodes) // 4))
    tasks = tasks_of(rng, one_by_one(rng, nodes, (15, 40)), rng.randint(1, 4))
    bad = tasks_of(rng, len(few) * rng.randint(8, 20))
    for task in bad:
        task.job, task.only = "few", few
    tasks += bad
    rng.shuffle(tasks)
    return World(rng, nodes, tasks, any_of(of_job(rng, "few", rng.uniform(0.2, 0.9)), noise(rng)))


def slow_rise(rng: random.Random) -> World:
    """Failures grow slowly from none to many while nodes come and go."""
    nodes = short_lived(rng, rng.randint(8, 14), 3 * HOUR, rng.uniform(1800, 5400))
    most = rng.uniform(0.2, 0.6)
    rise = at_times(rng, lambda now: most * max(0.0, now / (3 * HOUR) - 0.2))
    return World(rng, nodes, tasks_of(rng, 5000, 2), any_of(rise, noise(rng)), ends_at=3 * HOUR)


def slow_nodes(rng: random.Random) -> World:
    """One or two nodes take much longer, and fail no more than others."""
    nodes = nodes_of(rng, 8, 40)
    names = chosen(rng, nodes, 1, 2)
    for node in nodes:
        node.pace = rng.uniform(2.4, 4.0) if node.name in names else rng.uniform(0.9, 1.1)
    tasks = tasks_of(rng, one_by_one(rng, nodes, (30, 60)), rng.randint(1, 4))
    return World(rng, nodes, tasks, noise(rng), slow=set(names))


def two_kinds_of_machines(rng: random.Random) -> World:
    """About half of the nodes take much longer, because they are smaller."""
    nodes = nodes_of(rng, 8, 40)
    for node in nodes[: len(nodes) // 2]:
        node.pace = rng.uniform(2.2, 3.0)
    tasks = tasks_of(rng, one_by_one(rng, nodes, (30, 60)), rng.randint(1, 4))
    return World(rng, nodes, tasks, noise(rng))


def bad_inputs_in_a_row(rng: random.Random) -> World:
    """Bad inputs stand next to each other in the queue."""
    nodes = nodes_of(rng, 8, 20)
    tasks = tasks_of(rng, one_by_one(rng, nodes, (20, 50)), rng.randint(1, 3))
    for _ in range(rng.randint(1, 3)):
        begin = rng.randrange(len(tasks) - 20)
        for task in tasks[begin : begin + rng.randint(5, 20)]:
            task.bad = True
    return World(
        rng, nodes, tasks, any_of(lambda task, node, now: PLAIN if task.bad else None, noise(rng))
    )


HEALTHY = (
    quiet,
    noisy_jobs,
    bad_job,
    bad_inputs_retried,
    one_bad_input_retried,
    outage,
    outage_and_short_nodes,
    blips,
    deployment_and_new_nodes,
    deployment_rolled_back,
    large_on_large,
    job_ended,
    spread_rates,
    short_nodes,
    seldom_full,
    job_on_few_nodes,
    slow_rise,
    slow_nodes,
    two_kinds_of_machines,
    bad_inputs_in_a_row,
)
