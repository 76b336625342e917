"""Attacks by files: what stands in the way, what never ends, what is broken, what was left."""

from __future__ import annotations

import gzip
import itertools
import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from batchdoctor.sandbox import Fault, Sandbox
from tests.attacks.test_changes import PLACES
from tests.box import Open, Run

JOB = "render-20261121"
EVENT = {"time": "2026-10-03T04:00:00Z", "operationName": "TaskStartEvent"}


def event(job: str, name: str) -> bytes:
    return json.dumps({**EVENT, "properties": {"jobId": job, "id": name}}).encode() + b"\n"


# What may stand among logs, or in the place of one.
BAD_FILES: dict[str, Callable[[Path], object]] = {
    **PLACES,
    "terminal": lambda path: path.symlink_to("/dev/tty"),
    "noise device": lambda path: path.symlink_to("/dev/urandom"),
    "memory": lambda path: path.symlink_to("/proc/self/mem"),
    "nothing": lambda path: path.write_bytes(b""),
    "noise": lambda path: path.write_bytes(os.urandom(20_000)),
    "text": lambda path: path.write_bytes(b"hello world\n" * 20_000),
    "short lines": lambda path: path.write_bytes(b"x\n" * 20_000),
    "braces": lambda path: path.write_bytes(b"{\n" * 20_000),
    "zeros": lambda path: path.write_bytes(b"\0" * 2_000_000),
    "cut gzip": lambda path: path.write_bytes(gzip.compress(os.urandom(9000))[:500]),
    "no gzip": lambda path: path.write_bytes(b"\x1f\x8b" + os.urandom(500)),
    "packed zeros": lambda path: path.write_bytes(gzip.compress(b"\0" * 5_000_000)),
    "packed lines": lambda path: path.write_bytes(gzip.compress(b"\n" * 200_000)),
    "no zstandard": lambda path: path.write_bytes(b"\x28\xb5\x2f\xfd" + b"\0" * 90),
    "deep": lambda path: path.write_bytes(b"[" * 100_000),
    "one long line": lambda path: path.write_bytes(b"x" * 3_000_000),
    "folder that leads up": lambda path: path.symlink_to(path.parent),
}


def test_50_bad_files_among_logs_cost_no_event(run_offline: Run, tmp_path: Path) -> None:
    cases = list(itertools.product(BAD_FILES, ("1", "2")))
    assert len(cases) == 50
    told = []
    for number, (name, workers) in enumerate(cases):
        folder = tmp_path / str(number)
        folder.mkdir()
        for log in ("a", "z"):
            content = b"".join(event(log, str(each)) for each in range(50))
            (folder / f"{log}.json").write_bytes(content)
        BAD_FILES[name](folder / "m")
        result = run_offline("events", "parse", str(folder), "-o", "json", "--workers", workers)
        read = result.json()["summary"]["attempts"] if result.stdout else 0
        if read != 100 or result.status not in {0, 7} or "Traceback" in result.stderr:
            told.append(f"{name}, {workers}: {result.status}, {read}, {result.stderr[:200]}")
    assert told == []


def test_8_links_among_folders_are_followed_once(run_offline: Run, tmp_path: Path) -> None:
    for number in range(8):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / "log").write_bytes(event("j", str(number)))
    for one, other in itertools.product(range(8), repeat=2):
        (tmp_path / str(one) / f"to-{other}").symlink_to(tmp_path / str(other))
    summary = run_offline("events", "parse", str(tmp_path), "-o", "json").json()["summary"]
    assert (summary["events"], summary["attempts"]) == ({"TaskStartEvent": 8}, 8)


def kind_of(path: Path) -> tuple[int, str]:
    """What stands there: nobody may have replaced it."""
    mode = path.lstat().st_mode
    return stat.S_IFMT(mode), str(path.readlink()) if stat.S_ISLNK(mode) else ""


WRITERS: dict[str, list[str]] = {
    "get": ["files", "get", "stdout", "--task", f"{JOB}/frame-0001", "--out", "OUT"],
    "get --force": [
        "files",
        "get",
        "stdout",
        "--task",
        f"{JOB}/frame-0001",
        "--out",
        "OUT",
        "--force",
    ],
    "tally": ["events", "parse", "LOG", "--tally-out", "OUT"],
    "tally --force": ["events", "parse", "LOG", "--tally-out", "OUT", "--force"],
    "save-logs": ["tasks", "failed", "--save-logs", "OUT"],
    "triage": ["triage", "--out", "OUT"],
    "report": ["timeline", "--report", "OUT"],
    "bundle": ["bundle", "--out", "OUT"],
    "counts": ["events", "map", "LOG", "--out", "OUT"],
    "notices": ["triage", "--notify", "OUT"],
}
# What a line is added to may be another's, and be reached by a link: it is never replaced.
ADDED_TO = "notices"


def test_70_things_in_the_place_of_a_file_are_never_replaced(
    open_box: Open, tmp_path: Path
) -> None:
    # What is in a folder that is named is another matter.
    cases = [case for case in itertools.product(PLACES, WRITERS) if case[0] != "folder"]
    assert len(cases) == 70
    log, told = tmp_path / "log", []
    log.write_bytes(event("j", "t"))
    box = open_box("bad-node")
    box.sandbox.store.task(JOB, "frame-0001").files = {"stdout.txt": b"x" * 100}
    before = Path(__file__).read_bytes()
    for place, name in cases:
        out = tmp_path / f"{place}-{name}"
        PLACES[place](out)
        found = kind_of(out)
        words = [word.replace("OUT", str(out)).replace("LOG", str(log)) for word in WRITERS[name]]
        if place.startswith("link to") and name in {"tally --force", ADDED_TO}:
            continue  # what the link leads to is meant, and may be replaced
        result = box.run(*words, environ={"XDG_STATE_HOME": str(tmp_path / f"state of {place}")})
        if kind_of(out) != found or "itself failed" in result.stderr:
            told.append(f"{place}, {name}: {result.status} {result.stderr[:200]}")
    assert told == []
    assert Path(__file__).read_bytes() == before


LOGS = "https://acct.blob.core.windows.net/logs?sig=x"
SUBMIT = ["events", "submit", "--pool", "render-linux", "--logs", LOGS, "--out", LOGS]
NAMED: dict[str, list[str]] = {
    "key": ["tasks", "failed", "--account-key-file", "FILE"],
    "configuration": ["tasks", "failed"],
    "az's configuration": ["tasks", "failed"],
    "public key": ["node", "login", "NODE", "--ssh-key", "FILE", "--yes"],
    "container": ["node", "logs", "NODE", "--container-file", "FILE", "--yes"],
    "tally": ["events", "parse", "--merge", "FILE"],
    "messages": ["explain", "137", "--messages", "FILE"],
    "bundle": ["triage", "--from", "FILE"],
    "program": [*SUBMIT, "--program", "FILE", "--dry-run"],
    "webhook": ["triage", "--notify", "@FILE"],
    "state": ["events", "parse", LOGS, "--follow", "--state", "FILE"],
    "scenario": ["sandbox", "events", "--scenario", "FILE"],
}


def test_24_devices_in_the_place_of_a_small_file_are_not_read_for_ever(
    open_box: Open, tmp_path: Path
) -> None:
    told = []
    box = open_box("bad-node")
    node = box.sandbox.store.pool("render-linux").nodes[0].id
    for name, device in itertools.product(NAMED, ("/dev/zero", "/dev/urandom")):
        folder = tmp_path / f"{name}{Path(device).name}"
        folder.mkdir()
        (folder / "config").symlink_to(device)
        argv = [
            w.replace("FILE", device).replace("NODE", f"render-linux/{node}") for w in NAMED[name]
        ]
        environ = {"BATCHDOCTOR_CONFIG": device} if name == "configuration" else {}
        environ |= {"AZURE_CONFIG_DIR": str(folder)} if name.startswith("az") else {}
        result = box.run(*argv, environ=environ)
        if result.status not in {2, 7} or "itself failed" in result.stderr:
            told.append(f"{name} {device}: {result.status} {result.stderr[:200]}")
    assert told == []


def test_6_pipes_that_nobody_writes_to_or_reads_are_told_and_waited_for_no_more(
    open_box: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("batchdoctor.service.small_file.PATIENCE", 0.05)
    box, told, pipe = open_box("bad-node"), [], tmp_path / "pipe.toml"
    os.mkfifo(pipe)
    names = ("messages", "bundle", "program", "webhook", "state", "scenario")
    for name in names:
        result = box.run(*(word.replace("FILE", str(pipe)) for word in NAMED[name]))
        if result.status not in {2, 7} or "itself failed" in result.stderr:
            told.append(f"{name}: {result.status} {result.stderr[:200]}")
    assert told == []


def test_a_line_for_somebody_who_listens_follows_on_one_that_a_full_disk_cut_off(
    open_box: Open, tmp_path: Path
) -> None:
    file = tmp_path / "notices"
    file.write_bytes(b'{"half": ')
    assert open_box("bad-node").run("triage", "--notify", str(file)).status == 0
    half, line, end = file.read_bytes().split(b"\n")
    assert (half, bool(json.loads(line)), end) == (b'{"half": ', True, b"")


def test_3_pipes_in_the_place_of_a_key_are_waited_for_as_long_as_somebody_may_write(
    open_box: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    box, pipe = open_box("bad-node"), tmp_path / "pipe"
    os.mkfifo(pipe)
    ask = ("tasks", "failed", "--account-key-file")
    # Somebody writes, with a name or without.
    with subprocess.Popen(["sh", "-c", f"echo '{box.sandbox.key}' > '{pipe}'"]):
        assert box.run(*ask, str(pipe)).status == 0
    reading, writing = os.pipe()
    os.write(writing, box.sandbox.key.encode())
    os.close(writing)
    assert box.run(*ask, f"/dev/fd/{reading}").status == 0
    os.close(reading)
    # Nobody does.
    monkeypatch.setattr("batchdoctor.service.small_file.PATIENCE", 0.05)
    result = box.run(*ask, str(pipe))
    assert (result.status, "nobody wrote to the pipe" in result.stderr) == (2, True)


class Programs:
    """batchdoctor in processes of their own, which do not outlive the test."""

    def __init__(self) -> None:
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self, argv: list[str], environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
        self.running.append(
            subprocess.Popen(
                [sys.executable, "-m", "batchdoctor", *argv],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={**os.environ, **environ},
                cwd=Path(__file__).parents[2],
            )
        )
        return self.running[-1]

    def kill(self) -> None:
        for program in self.running:
            program.kill()
            program.communicate()
        self.running.clear()


@pytest.fixture
def programs() -> Iterator[Programs]:
    started = Programs()
    yield started
    started.kill()


def test_a_half_that_a_kill_left_is_taken_away_by_the_next_and_no_other(
    programs: Programs, tmp_path: Path
) -> None:
    drip = Fault("drip", "GET /jobs/{job}/tasks/{task}/files/*", delay=0.05, drop=16, times=None)
    argv = ["files", "get", "stdout", "--task", f"{JOB}/frame-0001", "--out", str(tmp_path / "x")]
    (tmp_path / ".x.other.part").write_bytes(b"of another program")
    with Sandbox("bad-node", faults=[drip]) as sandbox:
        sandbox.store.task(JOB, "frame-0001").files = {"stdout.txt": b"x" * 100_000}
        halves = []
        for count in (1, 2):
            program = programs.start(argv, sandbox.environment())
            while len(halves := list(tmp_path.glob(".x.*.batchdoctor.part"))) < count:
                assert program.poll() is None
        # The first is still being written, and so left alone by the second.
        assert len(halves) == 2
        programs.kill()
    with Sandbox("bad-node") as sandbox:
        sandbox.store.task(JOB, "frame-0001").files = {"stdout.txt": b"x" * 100}
        program = programs.start(argv, sandbox.environment())
        assert (program.wait(), program.communicate()[1][:9]) == (0, b"wrote 100")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".x.other.part", "x"]
