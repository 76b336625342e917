"""The tour of the demo: an on-call engineer's way through a bad night, a command at a time."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from batchdoctor.cli.world import Session
from batchdoctor.errors import ExitCode, RefusedError
from batchdoctor.work.changes.read_only import READ_ONLY


class Step(msgspec.Struct, frozen=True):
    """What the engineer wonders, and the command line that answers it.

    `piped_from` is a command whose output the command reads from standard input.
    """

    words: str
    argv: Sequence[str]
    piped_from: Sequence[str] | None = None


def steps(session: Session) -> Iterator[Step]:
    """Yield the steps; each is chosen by what the account says at that moment."""
    yield Step("It is 3 a.m. and jobs are failing. What kind of failure is it?", _BY_CATEGORY)
    accused = [item for item in _items(session, "nodes", "suspect") if item["verdict"] == "suspect"]
    if accused:
        yield from _about_the_node(session, str(accused[0]["poolId"]), str(accused[0]["nodeId"]))
    else:
        yield Step("Is it the code or a node?", ["nodes", "suspect"])
    yield Step(
        "The diagnostic logs tell the same story when the account is gone:",
        ["events", "parse", "-"],
        piped_from=["sandbox", "events"],
    )
    yield Step("And everything that is wrong, worst first:", ["triage"])


_BY_CATEGORY = ("tasks", "failed", "--by", "category")


def _about_the_node(session: Session, pool: str, node: str) -> Iterator[Step]:
    """The steps that a suspect node asks for."""
    yield Step("Is it the code or a node?", ["nodes", "suspect", "--pool", pool])
    failures = [
        item
        for item in _items(session, "tasks", "failed", "--pool", pool)
        if item["nodeId"] == node
    ]
    last = max(failures, key=lambda item: str(item["endTime"]))
    job, task = str(last["jobId"]), str(last["taskId"])
    yield Step(
        f"One node stands out. What did the last of its {len(failures)} failed tasks print?",
        ["files", "get", "stderr", "--job", job, "--task", task],
    )
    consent = "--dry-run" if session.world.environ.get(READ_ONLY) else "--yes"
    yield Step(
        "It is the node, not the code. Keep work off it, and let others run its tasks again:",
        ["node", "disable", f"{pool}/{node}", "--requeue", consent],
    )


def output_of(argv: Sequence[str], session: Session) -> str:
    """What a command writes to standard output; the tour has no use for one that fails."""
    out = io.StringIO()
    status = session.run(argv, replace(session.world, stdout=out))
    if status != ExitCode.OK:
        raise RefusedError(f"The tour ends here: {' '.join(argv)} ended with status {status}.")
    return out.getvalue()


def _items(session: Session, *argv: str) -> list[dict[str, Any]]:
    """The items that a command gives to machines."""
    items: list[dict[str, Any]] = json.loads(output_of([*argv, "-o", "json"], session))["items"]
    return items
