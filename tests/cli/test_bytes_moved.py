"""How many bytes of files are moved, by the sandbox's own count: little more than what is shown."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from batchdoctor.sandbox import Fault
from batchdoctor.sandbox.account.model import Task
from tests.box import Box, Clock, Open

JOB, TASK = "render-20261121", "frame-0001"
LOG = "wd/app.log"
OF_TASK = ("--job", JOB, "--task", TASK)
KIB = 1024
# Of the framing of chunks there are some bytes for each 64 KiB.
FRAMING = 1.001


@pytest.fixture
def box(open_box: Open) -> Box:
    return open_box("bad-node")


def moved(box: Box) -> int:
    return sum(request.sent for request in box.sandbox.requests if "/files/" in request.path)


def lines(count: int, length: int = 50) -> bytes:
    return b"".join(b"%09d %s\n" % (number, b"x" * (length - 11)) for number in range(count))


@pytest.mark.parametrize("count", [0, 1, 3, 300, 1000, 2000, 20_000])
@pytest.mark.parametrize("length", [12, 50, 1000])
def test_the_last_lines_move_little_more_than_themselves(box: Box, count: int, length: int) -> None:
    content = lines(8_000_000 // length, length)
    box.sandbox.put_task_file(JOB, TASK, "stdout.txt", content)
    shown = box.run("files", "tail", "stdout", *OF_TASK, "-n", str(count)).output
    assert shown == (b"".join(content.splitlines(keepends=True)[-count:]) if count else b"")
    assert moved(box) <= (len(shown) + 64 * KIB) * FRAMING


def test_lines_that_are_very_long_are_found_too(box: Box) -> None:
    content = lines(3, 400_000)
    box.sandbox.put_task_file(JOB, TASK, "stdout.txt", content)
    shown = box.run("files", "tail", "stdout", *OF_TASK, "-n", "2").output
    assert shown == content[-800_000:]
    assert moved(box) <= (len(shown) + 64 * KIB) * FRAMING


@pytest.mark.parametrize("argv", [("tasks", "failed", "--stderr", "3"), ("task", "show")])
def test_the_last_words_of_a_task_cost_16_kib(box: Box, argv: tuple[str, ...]) -> None:
    task = next(t for t in box.sandbox.store.job(JOB).tasks if t.result == "failure")
    task.files = {"stderr.txt": lines(100_000)}
    named = ("--job", JOB) if argv[0] == "tasks" else (f"{JOB}/{task.id}",)
    assert "000099999 xxx" in box.run(*argv, *named).stdout
    of_task = [r for r in box.sandbox.requests if r.path.endswith(f"{task.id}/files/stderr.txt")]
    assert [request.method for request in of_task] == ["HEAD", "GET"]
    assert of_task[1].sent < 17 * KIB


@pytest.mark.parametrize("cuts", [1, 9])
def test_a_download_that_is_cut_moves_little_twice(box: Box, tmp_path: Path, cuts: int) -> None:
    content = lines(100_000)
    box.sandbox.put_task_file(JOB, TASK, "stdout.txt", content)
    box.order(Fault("close-in-body", "GET /jobs/{j}/tasks/{t}/files/*", times=cuts))
    out = tmp_path / "x"
    result = box.run("files", "get", "stdout", *OF_TASK, "--out", str(out))
    assert (result.status, out.read_bytes() == content) == (0, True)
    assert moved(box) <= len(content) * 1.01
    assert result.stderr == f"wrote 5.0 MB to {out}\n"


def test_ignored_ranges_are_passed_over_and_told_of(box: Box) -> None:
    content = lines(10_000)
    box.sandbox.put_task_file(JOB, TASK, "stdout.txt", content)
    box.order(Fault("range-ignored", "GET *"))
    result = box.run("files", "tail", "stdout", *OF_TASK, "-n", "2")
    assert (result.status, result.output) == (0, content[-100:])
    assert result.stderr == (
        "note: Whole files came where a part was asked for, so more was moved than was needed.\n"
    )


class Following:
    """A running task that writes between two looks, and what each look moved."""

    def __init__(self, opens: Open, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Clock, "sleep", lambda _clock, _seconds: self._sleep())
        self.box = opens("bad-node")
        self.task: Task = next(t for t in self.box.sandbox.store.tasks() if t.state == "running")
        self.task.files = {LOG: lines(10_000)}
        self.writes: list[bytes | None] = []
        self.costs: list[int] = []
        self._moved = 0

    def run(self) -> tuple[bytes, str]:
        name = f"{self.task.job.id}/{self.task.id}"
        result = self.box.run("files", "tail", LOG, "-n", "1", "--task", name, "-f")
        return result.output, result.stderr

    def _sleep(self) -> None:
        now = sum(request.sent for request in self.box.sandbox.requests)
        self.costs.append(now - self._moved)
        self._moved = now
        self.box.clock.now += timedelta(seconds=2)
        if not self.writes:
            self.task.state, self.task.result, self.task.exit_code = "completed", "success", 0
            return
        content = self.writes.pop(0)
        self.task.files = {} if content is None else {LOG: content}


def test_a_look_while_following_costs_what_is_new_and_less_than_1_kib(
    open_box: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    following = Following(open_box, monkeypatch)
    begin = lines(10_000)
    following.writes = [
        begin,
        begin + b"a\n",
        begin + b"a\n" + b"b" * 5000,
        begin + b"a\n" + b"b" * 5000,
    ]
    shown, told = following.run()
    assert shown == begin[-50:] + b"a\n" + b"b" * 5000
    new = [0, 2, 5000, 0]
    assert all(cost < more + KIB for cost, more in zip(following.costs[1:], new, strict=True))
    assert told == "note: the task ended with success\n"


@pytest.mark.parametrize(
    "rotated",
    [b"short\n", b"y" * 500_000, b"y" * 600_000 + b"\n"],
    ids=["shorter", "as long", "longer"],
)
def test_a_file_that_is_rotated_gets_a_sentence_and_is_shown_from_its_start(
    open_box: Open, monkeypatch: pytest.MonkeyPatch, rotated: bytes
) -> None:
    following = Following(open_box, monkeypatch)
    following.writes = [rotated, rotated + b"on\n"]
    shown, told = following.run()
    assert shown == lines(10_000)[-50:] + rotated + b"on\n"
    assert told == (
        "note: the file was written anew; it follows from its start\n"
        "note: the task ended with success\n"
    )


def test_a_file_that_vanishes_is_waited_for(
    open_box: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    following = Following(open_box, monkeypatch)
    following.writes = [None, None, lines(10_000) + b"more\n", None]
    shown, told = following.run()
    assert shown == lines(10_000)[-50:] + b"more\n"
    gone = f"note: Could not look at {LOG} of task {following.task.job.id}/{following.task.id}: "
    assert [line.startswith(gone) for line in told.splitlines()] == [True, True, False]
    assert "It is waited for.\nnote: " in told
    assert told.endswith("note: the task ended with success\n")
