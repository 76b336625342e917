"""The tour of the demo: an on-call engineer's way through a bad night, a command at a time."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from batchdoctor.cli.world import World


@dataclass(frozen=True, slots=True)
class Step:
    """What the engineer wonders, and the command line that answers it."""

    words: str
    argv: Sequence[str]


def steps(world: World) -> Iterator[Step]:
    """Yield the steps; each is chosen by what the account says at that moment."""
    yield Step("It is 3 a.m. and jobs are failing. What kind of failure is it?", _BY_CATEGORY)
    suspect = _items(world, "nodes", "suspect")[-1]
    pool, node = str(suspect["poolId"]), str(suspect["nodeId"])
    yield Step(
        "Mostly the programs themselves. Is it the code or a node?",
        ["nodes", "suspect", "--pool", pool],
    )
    failures = [
        item for item in _items(world, "tasks", "failed", "--pool", pool) if item["nodeId"] == node
    ]
    last = max(failures, key=lambda item: str(item["endTime"]))
    job, task = str(last["jobId"]), str(last["taskId"])
    yield Step(
        f"One node stands out. What did the last of its {len(failures)} failed tasks print?",
        ["files", "get", "stderr", "--job", job, "--task", task],
    )
    yield Step(
        "It is the node, not the code. Keep work off it, and let others run its tasks again:",
        ["node", "disable", f"{pool}/{node}", "--requeue", "--yes"],
    )
    yield Step("What remains in the newest job of that pool?", ["tasks", "failed", "--job", job])


_BY_CATEGORY = ("tasks", "failed", "--by", "category")


def _items(world: World, *argv: str) -> list[dict[str, Any]]:
    """The items that a command gives to machines, read without showing them."""
    from batchdoctor.cli.main import run

    out = io.StringIO()
    run([*argv, "-o", "json"], replace(world, stdout=out))
    items: list[dict[str, Any]] = json.loads(out.getvalue())["items"]
    return items
