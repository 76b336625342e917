"""Incidents that tell little of their sick nodes: what is too little to accuse is to be watched.

In every second one nobody is sick.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from tests.benchmarks.incidents.parts import (
    any_of,
    chosen,
    nodes_of,
    noise,
    one_by_one,
    rates_of,
    sick,
    tasks_of,
)
from tests.benchmarks.incidents.scheduler import Node, World


def few_runs(rng: random.Random) -> World:
    """Nodes ran four to ten tasks each."""
    return _some_sick(rng, runs=(4, 10), rates=(0.35, 0.95))


def seldom(rng: random.Random) -> World:
    """A node fails a little more than the others."""
    return _some_sick(rng, runs=(30, 60), rates=(0.08, 0.25))


def _some_sick(rng: random.Random, *, runs: tuple[int, int], rates: tuple[float, float]) -> World:
    nodes = nodes_of(rng, 8, 30)
    names = _some(rng, nodes)
    tasks = tasks_of(rng, one_by_one(rng, nodes, runs), rng.randint(1, 4))
    fault = any_of(sick(rng, rates_of(rng, names, *rates)), noise(rng))
    return World(rng, nodes, tasks, fault, sick=set(names))


def _some(rng: random.Random, nodes: Sequence[Node]) -> list[str]:
    return chosen(rng, nodes, 1, 2) if rng.random() < 0.5 else []


THIN = (few_runs, seldom)
