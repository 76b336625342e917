"""Ctrl-C while an answer is being printed: the document still gets its end, and says so."""

from __future__ import annotations

import json
import signal

import pytest

from batchdoctor.cli.main import run
from batchdoctor.cli.world import World
from tests.box import Box, Clock, Open, Stream
from tests.cli.test_soak import all_failed

JOB = "render-20261121"


class Pressing(Stream):
    """Standard output; Ctrl-C is pressed when a line that holds `word` is written."""

    def __init__(self, word: str, times: int = 1) -> None:
        self.word, self.times = word, times
        super().__init__()

    def write(self, text: str) -> int:
        written = super().write(text)
        while self.times and self.word in text:
            self.times -= 1
            signal.raise_signal(signal.SIGINT)
        return written


def run_pressing(box: Box | None, out: Stream, *argv: str) -> tuple[int, str, str]:
    err, clock = Stream(), box.clock if box else Clock()
    settings = box.sandbox.environment() if box else {}
    world = World(
        stdin=Stream(),
        stdout=out,
        stderr=err,
        environ={"TERM": "xterm", "HOME": "/nowhere", **settings},
        now=clock,
        sleep=clock.sleep,
    )
    status = int(run(list(argv), world))
    return status, out.data.decode(), err.data.decode()


def test_a_table_that_is_interrupted_ends_with_what_is_known(open_box: Open) -> None:
    box = open_box(all_failed(60), page_size=20)
    whole = box.run("tasks", "failed").stdout.splitlines()
    status, shown, told = run_pressing(box, Pressing("point-000220"), "tasks", "failed")
    lines = shown.splitlines()
    assert status == 130
    assert any("interrupted" in line for line in lines)
    # What stands before the end is a beginning of the whole answer, no line of it cut.
    rows = [line for line in lines if line in whole]
    assert 2 < len(rows) < len(whole)
    assert lines[-1].endswith(".")
    assert lines[-1] != whole[-1]
    assert "Traceback" not in told


@pytest.mark.parametrize("output", ["jsonl", "ids", "csv"])
def test_lines_for_machines_are_whole_and_a_beginning(open_box: Open, output: str) -> None:
    box = open_box(all_failed(60), page_size=20)
    argv = ("tasks", "failed", "-o", output)
    whole = box.run(*argv).stdout
    status, shown, told = run_pressing(box, Pressing("point-000220"), *argv)
    assert status == 130
    assert whole.startswith(shown)
    assert shown.endswith("\n")
    assert 0 < len(shown.splitlines()) < len(whole.splitlines())
    assert "interrupted" in told


def test_a_document_is_whole_when_it_is_interrupted_while_it_is_printed(open_box: Open) -> None:
    box = open_box(all_failed(60))
    status, shown, _ = run_pressing(box, Pressing("{"), "tasks", "failed", "-o", "json")
    document = json.loads(shown)
    # Everything was read before the first letter of it was written.
    assert (status, document["complete"]) == (130, True)
    assert len(document["items"]) == document["summary"]["tasks"]


def test_pressed_twice_it_ends_at_once(open_box: Open) -> None:
    box = open_box(all_failed(60))
    status, shown, told = run_pressing(box, Pressing("point-000220", times=2), "tasks", "failed")
    assert (status, "Traceback" in told) == (130, False)
    assert shown.splitlines()[-1].lstrip().startswith("application")


def test_no_task_is_touched_when_what_is_saved_is_interrupted(open_box: Open) -> None:
    box = open_box("bad-node")
    argv = ("tasks", "reactivate", "--failed", "--job", JOB, "--yes", "-o", "jsonl")
    last = box.run("tasks", "failed", "--job", JOB, "-o", "jsonl").jsonl()[-1]["taskId"]
    status, shown, _ = run_pressing(box, Pressing(f'"{last}"'), *argv)
    assert status == 130
    assert {json.loads(line)["outcome"] for line in shown.splitlines()} == {"saved"}
    assert box.requested("POST", "/reactivate") == 0


def test_changes_under_way_are_told_as_unknown(open_box: Open) -> None:
    box = open_box()
    pool = box.sandbox.store.pool("render-linux")
    names = [f"render-linux/{node.id}" for node in pool.nodes if node.state == "idle"][:4]
    argv = ("node", "disable", *names, "--yes", "-o", "jsonl", "--max-share", "100")
    status, shown, _ = run_pressing(box, Pressing("done"), *argv)
    outcomes = [json.loads(line)["outcome"] for line in shown.splitlines()]
    assert (status, outcomes) == (130, ["done", *["unknown"] * 3])


def test_an_interrupted_tour_is_over() -> None:
    status, shown, _ = run_pressing(None, Pressing("application"), "demo")
    assert (status, shown.count("\n$ batchdoctor")) == (130, 1)


def test_ctrl_c_is_as_before_afterwards(open_box: Open) -> None:
    run_pressing(open_box(all_failed(60)), Pressing("point-000220"), "tasks", "failed")
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
