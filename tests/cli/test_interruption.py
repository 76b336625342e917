"""Ctrl-C, a reader that goes away and a full disk, each to the real program in a process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from batchdoctor.sandbox import Fault, Sandbox

SECONDS = 20


class Program:
    """batchdoctor in a process of its own."""

    def __init__(self, argv: list[str], environ: Mapping[str, str], out: int | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "batchdoctor", *argv],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE if out is None else out,
            stderr=subprocess.PIPE,
            env={**os.environ, **environ},
            cwd=Path(__file__).parents[2],
        )

    def interrupt(self) -> tuple[int, str, str]:
        self.process.send_signal(signal.SIGINT)
        return self.end()

    def end(self) -> tuple[int, str, str]:
        stdout, stderr = self.process.communicate(timeout=SECONDS)
        return self.process.returncode, (stdout or b"").decode(), stderr.decode()


@pytest.fixture
def start() -> Iterator[Callable[..., Program]]:
    started: list[Program] = []

    def starts(argv: list[str], environ: Mapping[str, str], out: int | None = None) -> Program:
        started.append(Program(argv, environ, out))
        return started[-1]

    yield starts
    for program in started:
        program.process.kill()
        program.process.communicate()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, "what was waited for did not happen"
        time.sleep(0.01)


def asked(sandbox: Sandbox, part: str) -> int:
    return sum(part in request.path for request in list(sandbox.requests))


def test_an_interrupted_listing_shows_what_is_known_and_says_so(
    start: Callable[..., Program], tmp_path: Path
) -> None:
    silence = Fault("silence", "GET /jobs/{job}/tasks", after=4, times=None, hold=SECONDS)
    with Sandbox("bad-job", page_size=20, faults=[silence]) as sandbox:
        environ = {**sandbox.environment(), "TMPDIR": str(tmp_path)}
        program = start(["tasks", "failed", "-o", "json"], environ)
        # Four jobs are asked for at once; the fifth question is a second page.
        until(lambda: asked(sandbox, "/tasks") >= 5)
        time.sleep(0.3)
        status, stdout, stderr = program.interrupt()
    document = json.loads(stdout)
    assert (status, document["complete"]) == (130, False)
    assert document["items"]
    assert any(problem["message"] == "interrupted" for problem in document["problems"])
    assert "Traceback" not in stderr
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_download_leaves_nothing(
    start: Callable[..., Program], tmp_path: Path
) -> None:
    drip = Fault("drip", "GET /jobs/{job}/tasks/{task}/files/*", delay=0.05, drop=16, times=None)
    with Sandbox("bad-node", faults=[drip]) as sandbox:
        task = sandbox.store.task("render-20261121", "frame-0001")
        task.files = {"stdout.txt": b"x" * 100_000}
        argv = ["files", "get", "stdout", "--task", "render-20261121/frame-0001"]
        argv += ["--out", str(tmp_path / "x")]
        program = start(argv, sandbox.environment())
        until(lambda: bool(list(tmp_path.iterdir())))
        time.sleep(0.2)
        status, _, stderr = program.interrupt()
    assert (status, list(tmp_path.iterdir())) == (130, [])
    assert "Traceback" not in stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize(
    "argv",
    [
        ["files", "get", "wd/", "--task", "render-20261121/frame-0001", "--out", "OUT"],
        ["files", "get", "wd/1", "--task", "render-20261121/frame-0001", "--out", "OUT/x"],
        ["tasks", "failed", "--job", "render-20261121", "--save-logs", "OUT"],
    ],
    ids=["many", "one", "save-logs"],
)
def test_however_a_download_is_ended_no_half_stays_behind(
    start: Callable[..., Program], tmp_path: Path, argv: list[str], number: signal.Signals
) -> None:
    drip = Fault("drip", "GET /jobs/{job}/tasks/{task}/files/*", delay=0.05, drop=16, times=None)
    with Sandbox("bad-node", faults=[drip]) as sandbox:
        for task in sandbox.store.job("render-20261121").tasks:
            names = ("wd/1", "wd/2", "wd/3", "stdout.txt", "stderr.txt")
            task.files = dict.fromkeys(names, b"x" * 100_000)
        program = start(
            [word.replace("OUT", str(tmp_path)) for word in argv], sandbox.environment()
        )
        until(lambda: bool(list(tmp_path.rglob("*.part"))))
        time.sleep(0.2)
        program.process.send_signal(number)
        status, _, stderr = program.end()
    assert list(tmp_path.rglob("*.part")) == []
    assert status == 128 + number
    assert "Traceback" not in stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_change_whose_program_is_ended_is_in_the_journal(
    start: Callable[..., Program], tmp_path: Path, number: signal.Signals
) -> None:
    silence = Fault("silence", "POST *", times=None, hold=SECONDS)
    with Sandbox("bad-node", faults=[silence]) as sandbox:
        node = next(n.id for n in sandbox.store.pool("render-linux").nodes if n.state == "idle")
        argv = ["node", "disable", f"render-linux/{node}", "--yes", "-o", "json"]
        program = start(argv, {**sandbox.environment(), "XDG_STATE_HOME": str(tmp_path)})
        until(lambda: asked(sandbox, "/disablescheduling") >= 1)
        program.process.send_signal(number)
        status, stdout, _ = program.end()
    lines = (tmp_path / "batchdoctor" / "journal.jsonl").read_text().splitlines()
    entries = [json.loads(line) for line in lines]
    assert status == 128 + number
    assert {(entry["object"], entry["action"]) for entry in entries} == {
        (f"render-linux/{node}", "disable")
    }
    assert [entry["result"] for entry in entries] == ["begin", "unknown"]
    assert [item["outcome"] for item in json.loads(stdout)["items"]] == ["unknown"]


def test_an_unbuffered_answer_has_its_end_and_no_hole(start: Callable[..., Program]) -> None:
    with Sandbox("big", size=6000) as sandbox:
        program = start(
            ["tasks", "failed", "-o", "json"], {**sandbox.environment(), "PYTHONUNBUFFERED": "1"}
        )
        assert program.process.stdout is not None
        # The first byte comes when all is known; the rest fills the pipe and waits.
        first = os.read(program.process.stdout.fileno(), 1).decode()
        time.sleep(0.2)
        status, stdout, _ = program.interrupt()
    document = json.loads(first + stdout)
    assert (status, len(stdout) > 100_000) == (130, True)
    assert document["items"]


def test_interrupted_parsing_shows_what_is_known(start: Callable[..., Program]) -> None:
    program = start(["events", "parse", "-", "-o", "json"], {})
    event = {"operationName": "TaskFailEvent", "time": "2026-11-21T00:00:00Z", "properties": {}}
    assert program.process.stdin is not None
    program.process.stdin.write((json.dumps(event) + "\n").encode() * 2000)
    program.process.stdin.flush()
    time.sleep(1.5)
    status, stdout, stderr = program.interrupt()
    assert (status, "Traceback" in stderr) == (130, False)
    assert not stdout or json.loads(stdout)["complete"] is False


@pytest.mark.parametrize("argv", [["tasks", "failed"], ["tasks", "failed", "-o", "jsonl"]])
def test_a_reader_that_goes_away_ends_it_in_silence(
    start: Callable[..., Program], argv: list[str]
) -> None:
    with Sandbox("bad-job") as sandbox:
        program = start(argv, sandbox.environment())
        assert program.process.stdout is not None
        program.process.stdout.close()
        program.process.stdout = None
        status, _, stderr = program.end()
    assert (status, stderr) == (141, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("argv", [["tasks", "failed"], ["explain", "DiskFull"]])
def test_a_full_disk_is_one_sentence(start: Callable[..., Program], argv: list[str]) -> None:
    told = "error: The output could not be written: No space left on device."
    assert onto_a_full_disk(start, argv) == (1, [told])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_is_one_object_for_scripts(start: Callable[..., Program]) -> None:
    status, lines = onto_a_full_disk(start, ["tasks", "failed", "-o", "json"])
    assert (status, len(lines)) == (1, 1)
    assert "No space left on device" in json.loads(lines[0])["error"]["message"]


def onto_a_full_disk(start: Callable[..., Program], argv: list[str]) -> tuple[int, list[str]]:
    with Sandbox("bad-job") as sandbox, Path("/dev/full").open("w") as full:
        status, _, stderr = start(argv, sandbox.environment(), full.fileno()).end()
    return status, [line for line in stderr.splitlines() if not line.startswith("note: ")]


def test_an_interrupted_wait_says_how_far_it_was(start: Callable[..., Program]) -> None:
    with Sandbox("bad-node") as sandbox:
        program = start(["wait", "job", "render-20261121", "-o", "json"], sandbox.environment())
        until(lambda: asked(sandbox, "/taskcounts") >= 1)
        time.sleep(0.5)
        status, stdout, stderr = program.interrupt()
    document = json.loads(stdout)
    (item,) = document["items"]
    assert (status, item["outcome"], item["polls"]) == (130, "interrupted", 1)
    assert item["message"].startswith("Job render-20261121 is yet to be done, interrupted after ")
    assert "Traceback" not in stderr


SHORT_OF_THREADS = """
import _thread, os, signal, sys, threading
from batchdoctor.cli.interruption import before_the_end

def none_can_be_started(*_):
    raise RuntimeError("can't start new thread")

def never_runs(self):
    threading.Event().wait()

_thread.start_new_thread = none_can_be_started
threading.Thread.start = never_runs
with before_the_end(lambda: None) as ended:
    try:
        os.kill(os.getpid(), signal.SIGTERM)
    except KeyboardInterrupt:
        sys.exit(ended.status(130))
"""


def test_a_program_ends_when_it_is_told_to_though_no_thread_can_be_started() -> None:
    ended = subprocess.run([sys.executable, "-c", SHORT_OF_THREADS], timeout=60, check=False)
    assert ended.returncode == 128 + signal.SIGTERM
