"""`files tail` of several tasks: each line behind its task, and none of them lost or mixed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from batchdoctor.sandbox.account.model import Task
from tests.box import Box, Clock, Open


class Following:
    """Running tasks that write between two looks."""

    def __init__(self, opens: Open, monkeypatch: pytest.MonkeyPatch, count: int = 3) -> None:
        monkeypatch.setattr(Clock, "sleep", lambda _clock, _seconds: self._sleep())
        self.box: Box = opens("healthy")
        running = [task for task in self.box.sandbox.store.tasks() if task.state == "running"]
        self.job = running[0].job.id
        self.tasks = [task for task in running if task.job.id == self.job]
        for task in self.tasks[count:]:
            end(task)
        self.tasks = self.tasks[:count]
        self.steps: list[list[bytes]] = []

    def write(self, *texts: bytes) -> None:
        for task, text in zip(self.tasks, texts, strict=True):
            task.files = {"wd/app.log": (task.files or {}).get("wd/app.log", b"") + text}

    def _sleep(self) -> None:
        self.box.clock.now += timedelta(seconds=2)
        if self.steps:
            self.write(*self.steps.pop(0))
        else:
            for number, task in enumerate(self.tasks):
                end(task, failed=number == 1)


def end(task: Task, *, failed: bool = False) -> None:
    task.state = "completed"
    task.result, task.exit_code = ("failure", 3) if failed else ("success", 0)


def test_running_tasks_are_followed_until_they_end(
    open_box: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    following = Following(open_box, monkeypatch)
    following.write(b"old\na1\n", b"b1\n", b"")
    following.steps = [[b"a2\nha", b"", b"c1\n"], [b"lf\n", b"b2", b""]]
    argv = ("files", "tail", "wd/app.log", "--job", following.job, "--running", "-n", "1", "-f")
    result = following.box.run(*argv)
    a, b, c = (f"{following.job}/{task.id}" for task in following.tasks)
    assert result.stdout.splitlines() == [
        f"{a}: a1",
        f"{b}: b1",
        f"{a}: a2",
        f"{c}: c1",
        f"{a}: half",
        f"{b}: b2",
    ]
    assert result.status == 10
    assert f"note: {b} failed, exit code 3" in result.stderr
    assert f"note: {a} ended with success" in result.stderr


def test_a_round_costs_one_list_and_one_look_a_task(
    open_box: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    following = Following(open_box, monkeypatch)
    following.write(b"a\n", b"b\n", b"c\n")
    following.steps = [[b"", b"", b""]] * 5
    argv = ("files", "tail", "wd/app.log", "--job", following.job, "--running", "-f")
    following.box.sandbox.requests.clear()
    following.box.run(*argv)
    # Each round lists, and looks at each task; the last follows when they have ended. A file that
    # was written to and is no longer is proved by its last bytes to be the same.
    assert following.box.requested("GET", "/tasks") - following.box.requested("GET", "/tasks/") == 7
    assert following.box.requested("HEAD", "/files/") == 3 * 7
    assert following.box.requested("GET", "/files/") == 3 * 7


def test_ends_of_named_tasks_are_shown_and_what_is_missing_is_told(open_box: Open) -> None:
    box = open_box("bad-node")
    job = "render-20261121"
    one, two = [task for task in box.sandbox.store.job(job).tasks if task.result == "failure"][:2]
    box.sandbox.put_task_file(job, one.id, "wd/own.log", b"first\nlast\n")
    argv = ("files", "tail", "wd/own.log", "--task", f"{job}/{one.id}", "--task", f"{job}/{two.id}")
    result = box.run(*argv, "-n", "1")
    assert (result.status, result.stdout) == (0, f"{job}/{one.id}: last\n")
    assert result.stderr.startswith(f"warning: wd/own.log of {job}/{two.id}: ")
    assert box.run(*argv, "--raw").status == 2


def test_named_tasks_that_have_ended_are_followed_to_their_end(open_box: Open) -> None:
    box = open_box("bad-node")
    job = "render-20261121"
    failed, done = (
        next(task for task in box.sandbox.store.job(job).tasks if task.result == result)
        for result in ("failure", "success")
    )
    names = [f"{job}/{task.id}" for task in (failed, done)]
    result = box.run(
        "files", "tail", "stdout", "--task", names[0], "--task", names[1], "-n", "1", "-f"
    )
    assert result.status == 10
    assert {line.split(": ")[0] for line in result.stdout.splitlines()} == set(names)


def test_a_job_without_running_tasks_says_so(open_box: Open) -> None:
    box = open_box("night-shift")
    result = box.run("files", "tail", "stdout", "--job", "archive-20261114", "--running")
    assert (result.status, result.stdout) == (0, "")
    assert result.stderr == "note: no task of job archive-20261114 runs\n"


def test_running_is_about_a_job(open_box: Open) -> None:
    result = open_box("healthy").run("files", "tail", "stdout", "--running")
    assert result.status == 2
    assert "--running is about all tasks of a job." in result.stderr
