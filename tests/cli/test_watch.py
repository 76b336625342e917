"""`--watch`: in place on a real terminal, only what has changed in a pipe, and a clean end."""

from __future__ import annotations

import io
import os
import shlex
import signal
import sys
import termios
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pexpect
import pyte
import pytest

from batchdoctor.cli.call import Call, Shared
from batchdoctor.cli.screen import Screen
from batchdoctor.cli.watch import watch
from batchdoctor.cli.watch_words import with_seconds
from batchdoctor.cli.world import World
from batchdoctor.sandbox import Fault, Sandbox, Scenario
from batchdoctor.sandbox.account.model import Node
from batchdoctor.sandbox.scenario.load import JobPlan, NodePlan, PoolPlan, TaskPlan
from tests.box import Box, Clock, Open, Stream, run_with

SMALL = Scenario(
    name="small",
    summary="Two nodes.",
    pools=[PoolPlan(id="render", nodes=[NodePlan(count=2)])],
    jobs=[JobPlan(id="nightly", pool="render", tasks=[TaskPlan(count=2)])],
)
ENTER, LEAVE = "\x1b[?1049h\x1b[?25l", "\x1b[0m\x1b[?25h\x1b[?1049l"
SECONDS = 20


def sicken(node: Node, *, sick: bool = True) -> None:
    node.state, node.reachable = ("unusable", False) if sick else ("idle", True)


def node_of(sandbox: Sandbox, index: int = 0) -> Node:
    return sandbox.store.pool("render").nodes[index]


class Rounds(Clock):
    """A clock on which each wait of a round is followed by what happens meanwhile."""

    def __init__(self, *meanwhile: Callable[[], object]) -> None:
        super().__init__()
        self.meanwhile = list(meanwhile)

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        if seconds < 30:
            return  # the wait before a request is sent again
        if not self.meanwhile:
            raise KeyboardInterrupt
        self.meanwhile.pop(0)()


def watched(
    box: Box, *argv: str, meanwhile: Sequence[Callable[[], object]], stdin: bytes = b""
) -> Any:
    clock = Rounds(*meanwhile)
    return run_with(box.sandbox.environment(), clock, clock.sleep)(*argv, stdin=stdin)


@pytest.fixture
def box(open_box: Open) -> Box:
    return open_box(SMALL)


def nothing() -> None:
    """Nothing happens meanwhile."""


def test_in_a_pipe_jsonl_is_an_event_a_change(box: Box) -> None:
    node = node_of(box.sandbox)
    result = watched(
        box,
        *("triage", "--watch", "60", "-o", "jsonl"),
        meanwhile=[
            nothing,
            lambda: sicken(node),
            nothing,
            nothing,
            lambda: sicken(node, sick=False),
            nothing,
        ],
    )
    told = result.jsonl()
    assert result.status == 130
    assert [(each["change"], each["item"]["kind"], each["at"]) for each in told] == [
        ("new", "node-unreachable", "2026-11-21T03:02:00Z"),
        ("ended", "node-unreachable", "2026-11-21T03:05:00Z"),
    ]


def test_in_a_pipe_a_page_is_followed_by_what_has_changed(box: Box) -> None:
    node = node_of(box.sandbox)
    result = watched(box, "triage", "--watch", meanwhile=[nothing, lambda: sicken(node), nothing])
    lines = result.stdout.splitlines()
    assert "Nothing is wrong with 1 pool and 1 job" in result.stdout
    begin = lines.index("2026-11-21 03:01:00 UTC")
    assert lines[begin + 1].startswith("- Nothing is wrong")
    assert lines[begin + 2].startswith("+ ERROR")
    assert all(line.startswith(("+ ", "- ")) for line in lines[begin + 1 :])
    assert not [line for line in lines if "03:00:30" in line]


@pytest.mark.parametrize(
    "command", ["triage", "timeline", "pool diagnose render", "job diagnose nightly"]
)
def test_findings_can_be_watched(box: Box, command: str) -> None:
    result = watched(box, *command.split(), "--watch", "90", "-o", "jsonl", meanwhile=[nothing])
    assert (result.status, result.stderr) == (130, "")


@pytest.mark.parametrize(
    "command",
    [
        *("tasks failed", "nodes suspect", "task show nightly/task-0001"),
        *("jobs list", "pools list", "nodes list", "tasks list", "files list nightly/task-0001"),
        "compare tasks nightly/task-0001 nightly/task-0002",
    ],
)
def test_lists_and_pages_can_be_watched(box: Box, command: str) -> None:
    for task in box.sandbox.store.job("nightly").tasks:
        task.result, task.exit_code = "failure", 3
    result = watched(box, *command.split(), "--watch", "90", "-o", "jsonl", meanwhile=[nothing])
    assert (result.status, result.stderr) == (130, "")


def test_a_list_tells_what_has_become_of_a_task_and_not_that_time_has_passed(box: Box) -> None:
    first, second = box.sandbox.store.job("nightly").tasks
    ended, first.state, first.result, first.ended = first.ended, "running", None, None

    def end() -> None:
        first.state, first.result, first.ended = "completed", "failure", ended

    result = watched(
        box,
        *("tasks", "list", "--watch", "60", "-o", "jsonl"),
        meanwhile=[nothing, nothing, end, nothing],
    )
    told = [
        (each["change"], each["item"]["taskId"], each["item"]["result"]) for each in result.jsonl()
    ]
    assert told == [
        ("new", first.id, None),
        ("new", second.id, "success"),
        ("changed", first.id, "failure"),
    ]


def test_names_that_are_piped_in_are_those_of_every_round(box: Box) -> None:
    result = watched(
        box,
        *("jobs", "list", "-", "--watch", "60", "-o", "jsonl"),
        meanwhile=[nothing, nothing],
        stdin=b"nightly\n",
    )
    assert (result.status, result.stderr) == (130, "")
    assert [(each["change"], each["item"]["jobId"]) for each in result.jsonl()] == [
        ("new", "nightly")
    ]


def test_an_account_out_of_reach_is_waited_for_and_nothing_has_ended(box: Box) -> None:
    sicken(node_of(box.sandbox))
    down = Fault("busy", times=30)
    result = watched(
        box,
        *("triage", "--watch", "-o", "jsonl"),
        meanwhile=[lambda: box.order(down), *[nothing] * 12],
    )
    assert [each["change"] for each in result.jsonl()] == ["new"]
    assert result.stderr.count("warning: Could not ") >= 1


def test_an_account_that_does_not_answer_at_first_is_an_error(box: Box) -> None:
    box.order(Fault("busy", times=None, share=1.0))
    result = watched(box, "triage", "--watch", meanwhile=[])
    assert (result.status, result.stdout) == (6, "")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--watch", "-o", "json"), "A json document has an end"),
        (("--watch", "1"), "is not in the range"),
        (("--watch", "--out", "x.json"), "What is watched goes to no file"),
    ],
)
def test_what_cannot_be_watched_is_wrong_usage(
    box: Box, words: tuple[str, ...], sentence: str
) -> None:
    result = watched(box, "triage", *words, meanwhile=[])
    assert result.status == 2
    assert sentence in result.stderr


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["triage", "--watch"], ["triage", "--watch=30"]),
        (["triage", "--watch", "5.5", "-v"], ["triage", "--watch=5.5", "-v"]),
        (["triage", "--watch", "-v"], ["triage", "--watch=30", "-v"]),
        (["triage", "--watch=7"], ["triage", "--watch=7"]),
        (["job", "diagnose", "--watch", "nightly"], ["job", "diagnose", "--watch=30", "nightly"]),
        (["explain", "--", "--watch"], ["explain", "--", "--watch"]),
        (["--watch", "--watch"], ["--watch=30", "--watch=30"]),
        ([], []),
    ],
)
def test_the_seconds_may_be_left_out(argv: list[str], told: list[str]) -> None:
    assert with_seconds(argv) == told


class Terminal:
    """A real terminal with batchdoctor in it, and what a person sees there."""

    def __init__(
        self,
        sandbox: Sandbox,
        *argv: str,
        rows: int = 24,
        columns: int = 80,
        shell: bool = False,
    ) -> None:
        environ = {**os.environ, **sandbox.environment(), "TERM": "xterm-256color"}
        self.child = pexpect.spawn(
            "bash" if shell else sys.executable,
            ["--norc", "-i"] if shell else ["-m", "batchdoctor", *argv],
            env=environ,
            dimensions=(rows, columns),
            encoding="utf-8",
            timeout=SECONDS,
        )
        self.raw = ""
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.Stream(self.screen)
        self.attributes = termios.tcgetattr(self.child.child_fd)

    def read(self) -> str:
        """What was written since, as far as it is there."""
        told = ""
        try:
            while True:
                told += self.child.read_nonblocking(65536, timeout=0.1)
        except (pexpect.TIMEOUT, pexpect.EOF):
            pass
        self.raw += told
        # pyte knows of no alternate screen, and of no frames that are shown at once.
        self._stream.feed(told.replace("\x1b[?2026h", "").replace("\x1b[?2026l", ""))
        return told

    def until(self, word: str) -> str:
        deadline, told = time.monotonic() + SECONDS, ""
        while word not in self.text:
            assert time.monotonic() < deadline, f"{word!r} did not come: {self.text}"
            told += self.read()
        return told

    @property
    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self.screen.display)

    def end(self) -> int:
        deadline = time.monotonic() + SECONDS
        while self.child.isalive():
            assert time.monotonic() < deadline
            self.read()
        self.read()
        self.child.close()
        return int(self.child.exitstatus or -(self.child.signalstatus or 0))


@contextmanager
def terminal(sandbox: Sandbox, *argv: str, **options: Any) -> Iterator[Terminal]:
    opened = Terminal(sandbox, *argv, **options)
    try:
        yield opened
    finally:
        opened.child.close(force=True)


def test_new_findings_are_marked_once_and_ended_ones_struck_out_once() -> None:
    with Sandbox(SMALL) as sandbox, terminal(sandbox, "triage", "--watch", "5") as seen:
        seen.until("Nothing is wrong with 1 pool and 1 job")
        assert seen.screen.display[-1].rstrip().endswith("UTC, every 5 s; Ctrl-C ends")
        sicken(node_of(sandbox))
        seen.until("node-unreachable")
        assert seen.screen.display[2].startswith("+ ERROR")
        seen.until("\n  ERROR")
        sicken(node_of(sandbox), sick=False)
        seen.until("\n- ERROR")
        assert "\x1b[9mERROR" in seen.raw
        seen.until("Nothing is wrong with")
        deadline = time.monotonic() + SECONDS
        while "ERROR" in seen.text and time.monotonic() < deadline:
            seen.read()
        assert "ERROR" not in seen.text


def test_only_lines_that_differ_are_written_again() -> None:
    with Sandbox("night-shift") as sandbox, terminal(sandbox, "triage", "--watch", "5") as seen:
        whole = len(seen.until("Ctrl-C ends"))
        before = seen.screen.display[-1]
        again, deadline = "", time.monotonic() + SECONDS
        while seen.screen.display[-1] == before:
            assert time.monotonic() < deadline
            again += seen.read()
    assert "\x1b[2J" not in again
    assert len(again) < whole / 4


def test_a_resize_is_followed() -> None:
    with (
        Sandbox("night-shift") as sandbox,
        terminal(sandbox, "triage", "--watch", "600", rows=30, columns=100) as seen,
    ):
        seen.until("Ctrl-C ends")
        asked = len(sandbox.requests)
        seen.screen.resize(16, 50)
        seen.child.setwinsize(16, 50)
        deadline = time.monotonic() + SECONDS
        while "Ctrl-C ends" not in seen.screen.display[15]:
            assert time.monotonic() < deadline
            seen.read()
        assert "more lines: make the terminal higher" in seen.text
        # It is drawn anew from what is there.
        assert len(sandbox.requests) == asked


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_the_terminal_is_left_as_it_was(number: signal.Signals, status: int) -> None:
    with Sandbox("night-shift") as sandbox, terminal(sandbox, "triage", "--watch", "5") as seen:
        seen.until("Ctrl-C ends")
        seen.child.kill(number)
        attributes = termios.tcgetattr(seen.child.child_fd)
        assert seen.end() == status
    assert attributes == seen.attributes
    assert (seen.raw.count(ENTER), seen.raw.count(LEAVE)) == (1, 1)
    _, _, rest = seen.raw.partition(LEAVE)
    assert "\x1b" not in rest
    # The scroll-back has one line more, which says what it came to.
    assert rest.strip()


def test_ctrl_z_gives_the_terminal_back_for_as_long() -> None:
    with Sandbox("night-shift") as sandbox, terminal(sandbox, shell=True) as seen:
        seen.child.sendline(f"{shlex.quote(sys.executable)} -m batchdoctor triage --watch 600")
        seen.until("Ctrl-C ends")
        seen.child.send("\x1a")
        seen.until("Stopped")
        assert seen.raw.rpartition(LEAVE)[2].count("\x1b[?1049h") == 0
        asked, drawn = len(sandbox.requests), len(seen.raw)
        seen.screen.reset()
        seen.child.sendline("fg")
        seen.until("Ctrl-C ends")
        assert ENTER in seen.raw[drawn:]
        assert len(sandbox.requests) == asked
        seen.child.sendintr()
        seen.child.sendline("echo status $?")
        seen.until("status 130")


def test_a_dear_answer_is_asked_for_less_often(box: Box) -> None:
    clock = Rounds(nothing, nothing)

    def ask(_: Call) -> None:
        moments.append(clock.now)
        clock.now += timedelta(seconds=100)

    moments: list[datetime] = []
    world = World(Stream(), Stream(), Stream(), {}, now=clock, sleep=clock.sleep)
    assert watch(Call("batchdoctor triage", world, Shared()), 30, ask) == 130
    assert [later - before for before, later in pairwise(moments)] == [timedelta(seconds=300)] * 2


class BrokenError(Exception):
    """A mistake of ours."""


def test_the_terminal_is_left_as_it_was_by_a_bug() -> None:
    out = Stream(terminal=True)
    asked: list[Call] = []

    def ask(call: Call) -> None:
        asked.append(call)
        if len(asked) > 1:
            raise BrokenError

    clock = Clock()
    world = World(Stream(), out, Stream(), {"TERM": "xterm"}, now=clock, sleep=clock.sleep)
    with pytest.raises(BrokenError):
        watch(Call("batchdoctor triage", world, Shared()), 0.1, ask)
    assert out.data.decode() == ENTER + LEAVE


def test_no_row_of_a_screen_is_cut() -> None:
    stream = io.StringIO()
    screen = Screen(stream)
    screen.draw(["x" * 81, "\x1b[31m" + "y" * 200 + "\x1b[0m", "the end"], "status")
    seen = pyte.Screen(80, 24)
    pyte.Stream(seen).feed(stream.getvalue().replace("\x1b[?2026h", "").replace("\x1b[?2026l", ""))
    lines = [line.rstrip() for line in seen.display]
    assert lines[:6] == ["x" * 80, "x", "y" * 80, "y" * 80, "y" * 40, "the end"]
    assert lines[23] == "status"


def test_the_last_line_is_seen_whatever_is_above() -> None:
    stream = io.StringIO()
    screen = Screen(stream)
    screen.draw([*(f"  line {number}" for number in range(50)), "+ new", "the end"], "status")
    seen = pyte.Screen(80, 24)
    pyte.Stream(seen).feed(stream.getvalue().replace("\x1b[?2026h", "").replace("\x1b[?2026l", ""))
    lines = [line.rstrip() for line in seen.display]
    assert lines[20:] == [
        "  line 20",
        "... 30 more lines, 1 of them new: make the terminal higher",
        "the end",
        "status",
    ]
