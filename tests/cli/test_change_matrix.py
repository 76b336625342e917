"""Every fault that can meet a change against every changing command: done once, or it says so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from unittest import mock

import pytest

from batchdoctor.sandbox import Fault, FaultKind, Sandbox
from batchdoctor.sandbox.account.model import Node, Task
from batchdoctor.sandbox.service import Service
from batchdoctor.sandbox.wire.envelope import Stamp
from batchdoctor.sandbox.wire.messages import Reply, Request
from tests.box import NOW, Result, run_with

POOL, JOB = "render-linux", "render-20261121"
# The others spoil a page of a listing, which the answer to a change is not.
KINDS = [
    FaultKind.THROTTLED,
    FaultKind.BUSY,
    FaultKind.INTERNAL_ERROR,
    FaultKind.TIMED_OUT,
    FaultKind.BAD_GATEWAY,
    FaultKind.GATEWAY_TIMEOUT,
    FaultKind.CAPTIVE_PORTAL,
    FaultKind.EXPIRED_TOKEN,
    FaultKind.CLOCK_SKEW,
    FaultKind.RESET,
    FaultKind.RESET_IN_HEADERS,
    FaultKind.RESET_IN_BODY,
    FaultKind.CLOSE,
    FaultKind.CLOSE_IN_BODY,
    FaultKind.CUT_CHUNKED,
    FaultKind.CUT_WITHOUT_LENGTH,
    FaultKind.LOST_ANSWER,
    FaultKind.STALL,
    FaultKind.SILENCE,
    FaultKind.DRIP,
]
# Whoever is refused is not let in at the second attempt either.
REFUSALS = {FaultKind.EXPIRED_TOKEN: 4}
COMMANDS = ("disable", "enable", "reboot", "reimage", "remove", "start", "deallocate", "reactivate")
# How long a wait before a repetition is to the account: shorter than what was asked for takes, or
# so long that a restarted node is back, and a task that was queued again has failed again.
MODES: dict[str, tuple[int, timedelta]] = {
    "once": (1, timedelta(0)),
    "thrice": (3, timedelta(0)),
    "once, and long after": (1, timedelta(minutes=20)),
    "thrice, and long after": (3, timedelta(minutes=20)),
}


@dataclass
class Change:
    """One changing command, what it is about, and what the account made of it."""

    sandbox: Sandbox
    command: str
    accepted: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        pool = self.sandbox.store.pool(POOL)
        self.node: Node = next(n for n in pool.nodes if n.state == "idle")
        self.task: Task = next(
            t for t in self.sandbox.store.job(JOB).tasks if t.result == "failure"
        )
        if self.command == "enable":
            self.node.state, self.node.scheduling = "offline", "disabled"
        if self.command == "start":
            self.node.state = "deallocated"

    @property
    def argv(self) -> list[str]:
        if self.command == "reactivate":
            return ["tasks", "reactivate", f"{JOB}/{self.task.id}", "--yes", "-o", "jsonl"]
        return ["node", self.command, f"{POOL}/{self.node.id}", "--yes", "-o", "jsonl"]

    def fail_again(self) -> None:
        """Let a task that was queued again run and fail, as quick ones do."""
        if self.task.state == "active":
            self.task.state, self.task.result, self.task.exit_code = "completed", "failure", 1
            self.task.started = self.task.ended = self.sandbox.store.now

    def unread_repetitions(self) -> list[str]:
        """The changes that were sent again without a look at the object in between."""
        methods = [request.method for request in self.sandbox.requests]
        first = methods.index("POST")
        return [
            self.command
            for one, next_one in zip(methods[first:], methods[first + 1 :], strict=False)
            if (one, next_one) == ("POST", "POST")
        ]


@contextmanager
def change_under(command: str, faults: list[Fault]) -> Iterator[Change]:
    """A change to an account of its own, which knows how often it was really carried out."""
    handle = Service._handle

    def noted(self: Service, request: Request, heard: Request, stamp: Stamp) -> Reply:
        reply = handle(self, request, heard, stamp)
        if request.method == "POST":
            change.accepted.append(request.path)
        return reply

    with Sandbox("bad-node", now=lambda: clock[0], faults=faults) as sandbox:
        change = Change(sandbox, command)
        with mock.patch.object(Service, "_handle", noted):
            yield change


clock = [NOW]


def run_change(change: Change, wait: timedelta) -> Result:
    def sleep(seconds: float) -> None:
        clock[0] += max(timedelta(seconds=seconds), wait)
        if wait:
            change.fail_again()

    return run_with(change.sandbox.environment(), lambda: clock[0], sleep)(*change.argv)


def verdict(command: str, kind: FaultKind, mode: str) -> tuple[str, str]:
    """What became of one change under one fault: a word for the table, and what is wrong."""
    times, wait = MODES[mode]
    clock[0] = NOW
    fault = Fault(kind, "POST *", times=times, hold=0.02, delay=0.0005, drop=64)
    with change_under(command, [fault]) as change:
        result = run_change(change, wait)
        if "Traceback" in result.stderr or "itself failed" in result.stderr:
            return "crash", result.stderr
        if times == 1 and change.sandbox.unfired_faults():
            return "UNTESTED", "the fault never came"
        if command in {"reboot", "reimage"} and change.unread_repetitions():
            return "BLIND", "sent again without reading the node"
        return judged(kind, result, len(change.accepted))


def judged(kind: FaultKind, result: Result, accepted: int) -> tuple[str, str]:
    if accepted > 1:
        return "TWICE", f"carried out {accepted} times"
    outcome = json.loads(result.stdout.splitlines()[-1])["outcome"]
    if result.status == 0:
        right = accepted == 1 and outcome == "done"
        return ("done", "") if right else ("LIES", f"{outcome}, carried out {accepted} times")
    if result.status == REFUSALS.get(kind) and not accepted:
        return "refused", ""
    return "WRONG", f"{result.status}, carried out {accepted} times: {result.stdout}"


def wrong_changes(kind: FaultKind, mode: str) -> dict[str, str]:
    """The commands that did it twice, or said what is not so."""
    verdicts = {command: verdict(command, kind, mode) for command in COMMANDS}
    return {
        command: f"{word}: {why[:400]}"
        for command, (word, why) in verdicts.items()
        if word not in {"done", "refused"}
    }


@pytest.mark.parametrize("mode", ["thrice", "once, and long after"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_change_is_carried_out_once_or_refused_for_good(kind: FaultKind, mode: str) -> None:
    assert wrong_changes(kind, mode) == {}
