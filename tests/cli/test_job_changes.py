"""`job enable|disable|terminate`, `task terminate`: planned, asked for, sent once, written down."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.box import Box, Open
from tests.cli.test_consent import account_of

JOB = "render-20261121"


def posts(box: Box) -> list[tuple[str, bytes]]:
    return [(r.path, r.body) for r in box.sandbox.requests if r.method == "POST"]


@pytest.mark.parametrize(
    ("words", "state", "body"),
    [
        ((), "disabled", b'{"disableTasks":"requeue"}'),
        (("--terminate",), "disabled", b'{"disableTasks":"terminate"}'),
        (("--task-completion",), "disabling", b'{"disableTasks":"wait"}'),
    ],
)
def test_a_job_is_disabled_with_the_fate_of_its_running_tasks(
    open_box: Open, words: tuple[str, ...], state: str, body: bytes
) -> None:
    box = open_box("night-shift")
    told = box.run("job", "disable", JOB, "--yes", *words)
    assert told.status == 0
    assert box.sandbox.store.job(JOB).state == state
    ((path, sent),) = posts(box)
    assert path == f"/jobs/{JOB}/disable"
    assert json.loads(sent) == json.loads(body)


def test_the_plan_says_what_is_disturbed_and_the_answer_the_way_back(open_box: Open) -> None:
    box = open_box("night-shift")
    told = box.run("job", "disable", JOB, "--yes")
    assert told.stderr == (
        f"account: {account_of(box)}\n"
        f"will disable job {JOB} of pool render-linux; 7 running tasks stopped and queued again, "
        "9 waiting tasks wait until it is enabled\n"
    )
    assert told.page == (
        "OUTCOME  JOB              MESSAGE\n"
        f"done     {JOB}  disabled\n"
        "\n"
        "Next\n"
        "  How it goes:\n"
        f"    $ batchdoctor jobs list --job {JOB}\n"
        "  The way back:\n"
        f"    $ batchdoctor job enable --job {JOB}\n"
        "\n"
        "1 job changed.\n"
    )
    again = box.run("job", "disable", JOB.upper(), "--yes", "-o", "jsonl").jsonl()
    assert [(item["jobId"], item["outcome"]) for item in again] == [(JOB, "already")]
    back = box.run("job", "enable", JOB, "--yes", "-o", "jsonl").jsonl()
    assert [item["outcome"] for item in back] == ["done"]
    assert len(posts(box)) == 2


def test_a_job_that_waits_for_its_tasks_can_be_asked_to_wait_no_longer(open_box: Open) -> None:
    box = open_box("night-shift")
    assert box.run("job", "disable", JOB, "--task-completion", "--yes").status == 0
    waiting = box.run("job", "disable", JOB, "--task-completion", "--yes", "-o", "jsonl").jsonl()
    assert waiting[0]["outcome"] == "already"
    assert box.run("job", "disable", JOB, "--requeue", "--yes").status == 0
    assert box.sandbox.store.job(JOB).state == "disabled"


def test_a_job_is_ended_with_a_reason_and_its_tasks_with_it(open_box: Open) -> None:
    box = open_box("night-shift")
    told = box.run("job", "terminate", JOB, "--reason", "wrong input", "--yes")
    assert (told.status, "way back" in told.stdout) == (0, False)
    assert "end as failed without having run" in told.stderr
    box.clock.sleep(60)
    (item,) = box.run("jobs", "list", JOB, "-o", "jsonl").jsonl()
    assert (item["state"], item["terminateReason"]) == ("completed", "wrong input")
    assert (item["activeTasks"], item["runningTasks"]) == (0, 0)
    for verb in ("disable", "enable"):
        refused = box.run("job", verb, JOB, "--yes")
        assert (refused.status, refused.stdout) == (8, "")
        assert "is completed, and cannot be" in refused.stderr
    assert box.run("job", "terminate", JOB, "--yes").status == 0
    assert len(posts(box)) == 1


def test_a_task_is_ended_wherever_it_is_named(open_box: Open) -> None:
    box = open_box("night-shift")
    running = box.run("tasks", "list", JOB, "--state", "running", "-o", "ids").stdout.split()
    name, other, third = running[:3]
    assert box.run("task", "terminate", name, "--yes").status == 0
    own = other.partition("/")[2]
    assert box.run("task", "terminate", own, "--job", JOB, "--yes").status == 0
    told = box.run("task", "terminate", "-", "--yes", "-o", "jsonl", stdin=f"{third}\n".encode())
    assert [(item["taskId"], item["outcome"]) for item in told.jsonl()] == [
        (third.partition("/")[2], "done")
    ]
    ended = box.run("tasks", "list", JOB, "--state", "failed", "-o", "jsonl").jsonl()
    assert {name, other, third} <= {
        f"{item['jobId']}/{item['taskId']}" for item in ended if item["code"] == "TaskEnded"
    }


@pytest.mark.parametrize(
    "argv",
    [
        ("job", "disable", JOB),
        ("job", "enable", "backfill-20261119"),
        ("job", "terminate", JOB),
        ("task", "terminate", f"{JOB}/frame-0076"),
    ],
)
class TestCare:
    def test_nothing_is_done_without_a_yes(self, open_box: Open, argv: tuple[str, ...]) -> None:
        box = open_box("night-shift")
        told = box.run(*argv)
        assert (told.status, told.stdout) == (5, "")
        assert "will " in told.stderr
        asked = box.run(*argv, terminal=True, stdin=b"n\n")
        assert asked.status == 5
        assert f"{argv[1].capitalize()} 1 {argv[0]}" in asked.stderr
        dry = box.run(*argv, "--dry-run", "-o", "jsonl")
        assert [item["outcome"] for item in dry.jsonl()] == ["planned"]
        assert posts(box) == []

    def test_a_yes_on_the_terminal_is_enough(self, open_box: Open, argv: tuple[str, ...]) -> None:
        box = open_box("night-shift")
        assert box.run(*argv, terminal=True, stdin=b"y\n").status == 0
        assert len(posts(box)) == 1

    def test_it_is_written_down_before_and_after(
        self, open_box: Open, tmp_path: Path, argv: tuple[str, ...]
    ) -> None:
        box = open_box("night-shift")
        environ = {"XDG_STATE_HOME": str(tmp_path)}
        assert box.run(*argv, "--yes", environ=environ).status == 0
        lines = (tmp_path / "batchdoctor" / "journal.jsonl").read_text().splitlines()
        journal = [json.loads(line) for line in lines]
        assert [(each["object"], each["action"], each["result"]) for each in journal] == [
            (argv[2], f"{argv[0]} {argv[1]}", "begin"),
            (argv[2], f"{argv[0]} {argv[1]}", "done"),
        ]

    def test_it_goes_without_a_journal_where_that_is_asked_for(
        self, open_box: Open, tmp_path: Path, argv: tuple[str, ...]
    ) -> None:
        box = open_box("night-shift")
        no_home = {"HOME": "", "XDG_STATE_HOME": ""}
        assert (box.run(*argv, "--yes", environ=no_home).status, len(posts(box))) == (2, 0)
        assert box.run(*argv, "--yes", "--no-journal", environ=no_home).status == 0
        assert len(posts(box)) == 1
        environ = {"XDG_STATE_HOME": str(tmp_path)}
        assert box.run(*argv, "--yes", "--no-journal", environ=environ).status == 0
        assert list(tmp_path.iterdir()) == []

    def test_a_change_whose_end_was_not_seen_is_told_of(
        self, open_box: Open, tmp_path: Path, argv: tuple[str, ...]
    ) -> None:
        box = open_box("night-shift")
        environ = {"XDG_STATE_HOME": str(tmp_path)}
        assert box.run(*argv, "--yes", environ=environ).status == 0
        journal = tmp_path / "batchdoctor" / "journal.jsonl"
        journal.write_text(journal.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
        again = box.run(*argv, "--dry-run", environ=environ)
        assert f"note: whether {argv[0]} {argv[1]} of {argv[2]} at " in again.stderr

    def test_it_is_not_done_where_changes_are_forbidden(
        self, open_box: Open, argv: tuple[str, ...]
    ) -> None:
        box = open_box("night-shift")
        told = box.run(*argv, "--yes", environ={"BATCHDOCTOR_READ_ONLY": "1"})
        assert (told.status, told.stdout) == (5, "")
        assert box.sandbox.requests == [] or not posts(box)


def test_what_is_not_there_does_not_keep_the_others(open_box: Open) -> None:
    box = open_box("night-shift")
    told = box.run("job", "disable", "nope", JOB, "--yes", "-o", "jsonl")
    assert told.status == 3
    assert [(item["jobId"], item["outcome"]) for item in told.jsonl()] == [
        ("nope", "failed"),
        (JOB, "done"),
    ]
    alone = box.run("job", "disable", "nope", "--yes")
    assert (alone.status, alone.stdout) == (3, "")
    nothing = box.run("job", "terminate", "--yes")
    assert (nothing.status, "No job was named." in nothing.stderr) == (2, True)
    half = box.run("task", "terminate", "frame-0076", "--yes")
    assert (half.status, "write JOB/TASK" in half.stderr) == (2, True)
