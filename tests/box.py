"""Drives commands as a user does: a command line in, two streams and a status out."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import pytest

from batchdoctor.cli.main import run
from batchdoctor.cli.world import World
from batchdoctor.sandbox import Fault, Sandbox

# The moment at which every account of these tests is looked at.
NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


class Stream(io.TextIOWrapper):
    """A stream in memory that may claim to be a terminal."""

    def __init__(self, data: bytes = b"", *, terminal: bool = False) -> None:
        self.held = io.BytesIO(data)
        self._terminal = terminal
        super().__init__(self.held, encoding="utf-8", write_through=True, newline="")

    def isatty(self) -> bool:
        return self._terminal

    @property
    def data(self) -> bytes:
        return self.held.getvalue()


@dataclass(frozen=True)
class Result:
    """What a command line came to."""

    status: int
    stdout: str
    stderr: str
    output: bytes

    @property
    def head(self) -> str:
        """The first line of a page: where one is, since when."""
        return self.stdout.partition("\n")[0]

    @property
    def page(self) -> str:
        """What stands below the first line."""
        return self.stdout.partition("\n")[2]

    def json(self) -> Any:
        return json.loads(self.stdout)

    def jsonl(self) -> list[Any]:
        return [json.loads(line) for line in self.stdout.splitlines()]


class Run(Protocol):
    """Runs a command line; `terminal` is whether the three streams are one."""

    def __call__(
        self,
        *argv: str,
        stdin: bytes = b"",
        terminal: bool = False,
        environ: Mapping[str, str] | None = None,
    ) -> Result: ...


def quick_fault(kind: str, route: str = "*", *, drop: int = 64, **when: Any) -> Fault:
    """A fault of the usual shape whose silences end soon and whose drips come fast.

    What they do after minutes has tests of its own. `drop` is the size of a drip, in bytes.
    """
    return Fault(kind, route, hold=0.02, delay=0.0005, drop=drop, **when)


def run_with(
    environ: Mapping[str, str],
    now: Callable[[], datetime],
    sleep: Callable[[float], None] = lambda _: None,
) -> Run:
    base = environ

    def runs(
        *argv: str,
        stdin: bytes = b"",
        terminal: bool = False,
        environ: Mapping[str, str] | None = None,
    ) -> Result:
        out, err = Stream(terminal=terminal), Stream(terminal=terminal)
        world = World(
            stdin=Stream(stdin, terminal=terminal),
            stdout=out,
            stderr=err,
            environ={"TERM": "xterm", "HOME": os.environ["HOME"], **base, **(environ or {})},
            now=now,
            sleep=sleep,
        )
        status = run(list(argv), world)
        stdout = out.data.decode(errors="backslashreplace")
        return Result(int(status), stdout, err.data.decode(), out.data)

    return runs


@pytest.fixture
def run_offline() -> Run:
    """Runs commands that need no account."""
    return run_with({}, lambda: NOW)


class Clock:
    """The time of an account and of whoever looks at it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let the time go by at once."""
        self.now += timedelta(seconds=seconds)


@dataclass(frozen=True)
class Box:
    """A sandbox, the clock it goes by, and commands that are run against it."""

    sandbox: Sandbox
    clock: Clock
    run: Run

    def order(self, *faults: Fault) -> None:
        for fault in faults:
            self.sandbox.add_fault(fault)

    def requested(self, method: str, part: str) -> int:
        return sum(
            request.method == method and part in request.path for request in self.sandbox.requests
        )


Open = Callable[..., Box]


@pytest.fixture
def open_box() -> Iterator[Open]:
    """Opens sandboxes. A fault that was ordered and never came fails the test."""
    opened: list[Sandbox] = []

    def opens(scenario: str = "night-shift", **options: Any) -> Box:
        clock = Clock()
        sandbox = Sandbox(scenario, now=clock, **options).start()
        opened.append(sandbox)
        return Box(sandbox, clock, run_with(sandbox.environment(), clock, clock.sleep))

    yield opens
    unfired = [fault for sandbox in opened for fault in sandbox.unfired_faults()]
    for sandbox in opened:
        sandbox.stop()
    assert not unfired, f"ordered faults that never came: {unfired}"
