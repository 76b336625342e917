"""Every fault that can meet a change against every changing command: done once, or it says so."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
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
from tests.box import NOW, Result, quick_fault, run_with

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
# With these answers the service says that it did nothing, and with which status that ends.
REFUSALS = {FaultKind.EXPIRED_TOKEN: 4, FaultKind.THROTTLED: 6}
OF_NODES = ("disable", "enable", "reboot", "reimage", "remove", "start", "deallocate")
OF_JOBS = ("job disable", "job enable", "job terminate", "task terminate")
COMMANDS = (*OF_NODES, "reactivate", *OF_JOBS)
# How long a wait before a repetition is to the account: shorter than what was asked for takes, or
# so long that a restarted node is back, and a task that was queued again has failed again.
MODES: dict[str, tuple[int | None, timedelta]] = {
    "once": (1, timedelta(0)),
    "thrice": (3, timedelta(0)),
    "once, and long after": (1, timedelta(minutes=20)),
    "thrice, and long after": (3, timedelta(minutes=20)),
    "for good": (None, timedelta(0)),
    "for good, after a lost answer": (None, timedelta(0)),
}
AFTER_A_LOSS = "for good, after a lost answer"


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
        if self.command == "job enable":
            self.sandbox.store.job(JOB).state = "disabled"
        if self.command == "task terminate":
            self.task.state, self.task.result = "active", None

    @property
    def argv(self) -> list[str]:
        if self.command == "reactivate":
            return ["tasks", "reactivate", f"{JOB}/{self.task.id}", "--yes", "-o", "jsonl"]
        if self.command in OF_JOBS:
            name = f"{JOB}/{self.task.id}" if self.command.startswith("task") else JOB
            return [*self.command.split(), name, "--yes", "-o", "jsonl"]
        return ["node", self.command, f"{POOL}/{self.node.id}", "--yes", "-o", "jsonl"]

    def fail_again(self) -> None:
        """Let a task that was queued again run and fail, as quick ones do."""
        if self.task.state == "active" and self.command == "reactivate":
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


def faults_of(kind: FaultKind, mode: str) -> list[Fault]:
    fault = quick_fault(kind, "POST *", times=MODES[mode][0])
    return [Fault(FaultKind.LOST_ANSWER, "POST *"), fault] if mode == AFTER_A_LOSS else [fault]


def verdict(command: str, kind: FaultKind, mode: str) -> tuple[str, str]:
    """What became of one change under one fault: a word for the table, and what is wrong."""
    times, wait = MODES[mode]
    clock[0] = NOW
    with change_under(command, faults_of(kind, mode)) as change:
        result = run_change(change, wait)
        if "Traceback" in result.stderr or "itself failed" in result.stderr:
            return "crash", result.stderr
        if times == 1 and change.sandbox.unfired_faults():
            return "UNTESTED", "the fault never came"
        if command in {"reboot", "reimage"} and change.unread_repetitions():
            return "BLIND", "sent again without reading the node"
        return judged(kind, mode, result, len(change.accepted))


def judged(kind: FaultKind, mode: str, result: Result, accepted: int) -> tuple[str, str]:
    """Hold what was said against what the account did, and what could be known of it."""
    if accepted > 1:
        return "TWICE", f"carried out {accepted} times"
    said = json.loads(result.stdout.splitlines()[-1])["outcome"]
    told = f"{result.status} and {said}, carried out {accepted} times: {result.stdout}"
    if result.status == 0:
        return ("done", "") if accepted == 1 and said == "done" else ("LIES", told)
    refused = kind in REFUSALS and mode != AFTER_A_LOSS
    if said == "failed":
        right = refused and not accepted and result.status == REFUSALS[kind]
        return ("refused", "") if right else ("LIES", told)
    # Not known is an honest answer only to whoever was never told.
    given_up = said == "unknown" and result.status == 6
    return (
        ("unknown", "") if given_up and MODES[mode][0] is None and not refused else ("WRONG", told)
    )


def wrong_changes(kind: FaultKind, mode: str, commands: Iterable[str] = COMMANDS) -> dict[str, str]:
    """The commands that did it twice, or said what is not so."""
    verdicts = {command: verdict(command, kind, mode) for command in commands}
    return {
        command: f"{word}: {why[:400]}"
        for command, (word, why) in verdicts.items()
        if word not in {"done", "refused", "unknown"}
    }


@pytest.mark.parametrize("mode", ["thrice", "once, and long after"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_change_is_carried_out_once_or_refused_for_good(kind: FaultKind, mode: str) -> None:
    assert wrong_changes(kind, mode) == {}


@pytest.mark.parametrize("mode", ["for good", AFTER_A_LOSS])
@pytest.mark.parametrize("kind", KINDS)
def test_nobody_is_told_that_a_change_failed_unless_it_is_known(kind: FaultKind, mode: str) -> None:
    # One for each way of finding out what became of a lost attempt.
    commands = ("disable", "reboot", "remove", "reactivate", "job disable", "task terminate")
    assert wrong_changes(kind, mode, commands) == {}
