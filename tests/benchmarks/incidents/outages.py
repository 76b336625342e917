"""Outages beside a sick node: what everybody fails meanwhile tells nothing of it."""

from __future__ import annotations

import random

from tests.benchmarks.incidents import healthy
from tests.benchmarks.incidents.parts import (
    OUT_OF_STORAGE,
    any_of,
    at_times,
    between,
    chosen,
    nodes_of,
    noise,
    one_by_one,
    rates_of,
    sick,
    tasks_of,
    with_a_sick_node,
)
from tests.benchmarks.incidents.scheduler import HOUR, World


def outage_too(rng: random.Random) -> World:
    """An outage, and a sick node."""
    return with_a_sick_node(healthy.outage(rng), rng)


def long_outage_too(rng: random.Random) -> World:
    """Storage is away most of the time, before any program starts; a sick node fails the rest."""
    nodes = nodes_of(rng, 8, 30)
    names = chosen(rng, nodes, 1, 1)
    tasks = tasks_of(rng, one_by_one(rng, nodes, (30, 60)), rng.randint(1, 5))
    away = at_times(rng, between(600, 99 * HOUR, rng.uniform(0.5, 0.85)), OUT_OF_STORAGE)
    ill = sick(rng, rates_of(rng, names, 0.6, 0.95))
    return World(rng, nodes, tasks, any_of(away, ill, noise(rng)), sick=set(names))


def around_an_outage(rng: random.Random) -> World:
    """Sick before, during and after an outage that takes most of it; nodes differ in slots."""
    nodes = nodes_of(rng, 8, 20)
    for node in nodes:
        node.slots = rng.choice((1, 2, 4))
    names = chosen(rng, nodes, 1, 1)
    tasks = tasks_of(rng, one_by_one(rng, nodes, (50, 80)), rng.randint(1, 4), (20.0, 120.0))
    begin = rng.uniform(400, 700)
    away = between(begin, begin + rng.uniform(300, 600), rng.uniform(0.8, 1))
    fault = any_of(
        at_times(rng, away, OUT_OF_STORAGE), sick(rng, rates_of(rng, names, 0.5, 0.95)), noise(rng)
    )
    return World(rng, nodes, tasks, fault, sick=set(names))


def ends_in_an_outage(rng: random.Random) -> World:
    """Storage went away and has not come back; a sick node fails a part of the little before."""
    nodes = nodes_of(rng, 8, 20)
    for node in nodes:
        node.slots = rng.choice((1, 1, 2, 4))
    names = chosen(rng, nodes, 1, 1)
    tasks = tasks_of(rng, one_by_one(rng, nodes, (25, 50)), rng.randint(1, 4), (10.0, 180.0))
    away = between(rng.uniform(600, 1200), 99 * HOUR, rng.uniform(0.6, 0.95))
    fault = any_of(
        at_times(rng, away, OUT_OF_STORAGE), sick(rng, rates_of(rng, names, 0.5, 0.95)), noise(rng)
    )
    return World(rng, nodes, tasks, fault, sick=set(names))


OUTAGES = (outage_too, long_outage_too, around_an_outage, ends_in_an_outage)
