"""Listing, fetching and following files over real HTTP."""

from __future__ import annotations

import json
import os
import re
from datetime import timedelta
from pathlib import Path

import pytest

from batchdoctor.cli import progress
from batchdoctor.sandbox import Fault
from tests.box import Box, Clock, Open

JOB, TASK = "render-20261121", "frame-0001"
OF_TASK = ("--job", JOB, "--task", TASK)


@pytest.fixture
def box(open_box: Open) -> Box:
    box = open_box("bad-node")
    box.sandbox.store.task(JOB, TASK).files = {
        "stdout.txt": b"".join(b"line %d\n" % number for number in range(5000)),
        "stderr.txt": b"\x1b[31mred\x1b[0m\r\nno end \xff",
        "wd/a.log": b"a",
        "wd/deep/b.log": b"bb",
        "wd/../../evil": b"no",
        "empty": b"",
    }
    return box


def test_a_listing_has_names_sizes_and_times(box: Box) -> None:
    result = box.run("files", "list", "wd/", *OF_TASK, "-o", "json")
    items = {item["name"]: item for item in result.json()["items"]}
    assert result.status == 0
    assert items["wd/a.log"]["contentLength"] == 1
    assert items["wd/a.log"]["lastModified"].endswith("Z")
    assert items["wd/deep"]["isDirectory"] is True
    assert items["wd/deep/b.log"]["taskId"] == TASK
    assert "stdout.txt" not in items


def test_a_file_goes_to_a_pipe_byte_for_byte_and_to_a_terminal_visibly(box: Box) -> None:
    piped = box.run("files", "get", "stderr", *OF_TASK)
    shown = box.run("files", "get", "stderr", *OF_TASK, terminal=True)
    raw = box.run("files", "get", "stderr", *OF_TASK, "--raw", terminal=True)
    assert piped.output == raw.output == b"\x1b[31mred\x1b[0m\r\nno end \xff"
    assert shown.output == b"\\x1b[31mred\\x1b[0m\nno end \\xff"


def test_patterns_and_folders_are_saved_below_the_folder_and_nowhere_else(
    box: Box, tmp_path: Path
) -> None:
    out = tmp_path / "here" / "out"
    result = box.run("files", "get", "wd/", "std*", *OF_TASK, "--out", str(out))
    found = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    base = {f"here/out/{name}" for name in ("stdout.txt", "stderr.txt")}
    assert found == base | {"here/out/wd/a.log", "here/out/wd/deep/b.log"}
    assert result.status == 1
    assert "'wd/../../evil' was not written: its name points outside the folder" in result.stderr
    assert (out / "wd/deep/b.log").read_bytes() == b"bb"


def test_a_file_in_the_way_is_left_unless_forced(box: Box, tmp_path: Path) -> None:
    target = tmp_path / "stdout.txt"
    target.write_text("mine")
    argv = ("files", "get", "stdout", *OF_TASK, "--out", str(target))
    assert box.run(*argv).status == 2
    assert target.read_text() == "mine"
    assert box.run(*argv, "--force").status == 0
    assert target.read_bytes().startswith(b"line 0\n")


def test_only_a_file_is_ever_replaced(box: Box, tmp_path: Path) -> None:
    fifo, link, folder = tmp_path / "fifo", tmp_path / "link", tmp_path / "folder" / "stdout.txt"
    os.mkfifo(fifo)
    link.symlink_to(tmp_path / "elsewhere")
    folder.mkdir(parents=True)
    places = {
        "/dev/null": "/dev/null is a device",
        str(fifo): f"{fifo} is a named pipe",
        str(link): f"{link} is a symbolic link",
        str(folder.parent): f"{folder} is a folder",
    }
    for out, told in places.items():
        for force in ([], ["--force"]):
            result = box.run("files", "get", "stdout", *OF_TASK, "--out", out, *force)
            expected = f"error: {told} and was left as it is: only a file can be replaced."
            assert (result.status, result.stderr.splitlines()[0]) == (2, expected)
            assert "--force" not in result.stderr
    assert Path("/dev/null").is_char_device()
    assert (fifo.is_fifo(), link.is_symlink(), folder.is_dir()) == (True, True, True)


def test_a_dash_is_standard_output(
    box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = box.run("files", "get", "wd/a.log", *OF_TASK, "--out", "-")
    assert (result.status, result.output, list(tmp_path.iterdir())) == (0, b"a", [])
    assert box.run("files", "get", "wd/", *OF_TASK, "--out", "-").status == 2


@pytest.mark.parametrize("wanted", ["wd/a.log", "wd/"])
def test_a_file_is_no_folder_to_write_to(box: Box, tmp_path: Path, wanted: str) -> None:
    mine = tmp_path / "mine"
    mine.write_text("mine")
    result = box.run("files", "get", wanted, *OF_TASK, "--out", f"{mine}/", "--force")
    assert (result.status, mine.read_text()) == (2, "mine")
    assert result.stderr.startswith(f"error: {mine} is not a folder, so nothing was written.\n")


def test_a_folder_that_is_not_there_yet_is_made(box: Box, tmp_path: Path) -> None:
    box.run("files", "get", "wd/a.log", *OF_TASK, "--out", f"{tmp_path}/new/")
    assert (tmp_path / "new" / "a.log").read_bytes() == b"a"


def test_each_file_that_is_refused_is_an_error_with_its_code(box: Box, tmp_path: Path) -> None:
    argv = ("files", "get", "wd/a.log", "wd/none", *OF_TASK, "--out", str(tmp_path))
    result = box.run(*argv)
    assert result.status == 3
    assert re.match(
        f"error: Could not read wd/none of task {JOB}/{TASK}: the task has no file of that name. "
        r"\(FileNotFound, request id [0-9a-f-]{36}\)\n",
        result.stderr,
    )


def test_a_folder_has_no_last_lines(box: Box) -> None:
    result = box.run("files", "tail", "wd", *OF_TASK)
    assert (result.status, result.stdout) == (3, "")
    assert result.stderr.startswith(f"error: wd of task {JOB}/{TASK} is a folder")


def test_a_wait_for_a_task_is_told_once_where_no_progress_is_shown(
    open_box: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = iter([None, None])

    def sleep(*_: object) -> None:
        if next(waits, "over") == "over":
            raise KeyboardInterrupt

    monkeypatch.setattr(Clock, "sleep", sleep)
    box = open_box("night-shift")
    waiting = next(t for t in box.sandbox.store.tasks() if t.state == "active")
    name = f"{waiting.job.id}/{waiting.id}"
    told = box.run("files", "tail", "stdout", "--task", name, "-f").stderr
    assert told.count(f"note: waiting for task {name}, which is active\n") == 1


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["--pool", "p"], "error: The node is not named, only the pool p.\nhint: add --node NODE"),
        (["--node", "n"], "error: The pool is not named, only the node n.\nhint: add --pool POOL"),
        (["--job", "j"], "error: The task is not named, only the job j.\nhint: add --task TASK"),
    ],
)
def test_the_half_that_is_missing_is_named(box: Box, argv: list[str], told: str) -> None:
    assert box.run("files", "list", *argv).stderr == told + "\n"


def test_a_pool_that_is_not_there_is_no_node_that_left(box: Box) -> None:
    status, told = why(box, "x", "--node", "nopool/n")
    assert status == 3
    assert told.startswith("error: Could not read x of node nopool/n: there is no pool nopool.")


def test_files_that_cannot_be_listed_are_named_in_words(open_box: Open) -> None:
    box = open_box("night-shift")
    waiting = next(t for t in box.sandbox.store.tasks() if t.state == "active")
    name = f"{waiting.job.id}/{waiting.id}"
    told = box.run("files", "list", "--task", name).stderr
    assert told.startswith(f"error: Could not read the files of task {name}: ")


def test_a_download_that_breaks_leaves_no_half(box: Box, tmp_path: Path) -> None:
    box.order(Fault("reset-in-body", "GET /jobs/{j}/tasks/{t}/files/*", times=10))
    result = box.run("files", "get", "stdout", *OF_TASK, "--out", str(tmp_path / "x"))
    names = [path.name for path in tmp_path.iterdir()]
    assert (result.status, names) in [(0, ["x"]), (6, [])]


def test_a_broken_download_goes_on_from_the_last_byte(box: Box, tmp_path: Path) -> None:
    box.order(Fault("reset-in-body", "GET /jobs/{j}/tasks/{t}/files/*", times=2))
    target = tmp_path / "x"
    assert box.run("files", "get", "stdout", *OF_TASK, "--out", str(target)).status == 0
    assert target.read_bytes() == (box.sandbox.store.task(JOB, TASK).files or {})["stdout.txt"]
    assert [request for request in box.sandbox.requests if "ocp-range" in request.headers]


@pytest.mark.parametrize(
    ("count", "expected"),
    [("0", b""), ("1", b"line 4999\n"), ("3", b"line 4997\nline 4998\nline 4999\n")],
)
def test_the_last_lines_come_by_a_range(box: Box, count: str, expected: bytes) -> None:
    assert box.run("files", "tail", "stdout", *OF_TASK, "-n", count).output == expected
    gets = [r for r in box.sandbox.requests if r.method == "GET" and "/files/" in r.path]
    assert all("ocp-range" in request.headers for request in gets)


def test_more_lines_than_there_are_is_the_whole_file(box: Box) -> None:
    whole = (box.sandbox.store.task(JOB, TASK).files or {})["stdout.txt"]
    assert box.run("files", "tail", "stdout", *OF_TASK, "-n", "9999").output == whole
    assert box.run("files", "tail", "stderr", *OF_TASK, "-n", "1").output == b"no end \xff"
    assert box.run("files", "tail", "empty", *OF_TASK).output == b""


def test_following_shows_what_is_written_until_the_task_ends(box: Box) -> None:
    running = next(t for t in box.sandbox.store.tasks() if t.state == "running")
    argv = ("files", "tail", "stdout", "-n", "1", "--task", f"{running.job.id}/{running.id}", "-f")
    result = box.run(*argv)
    lines = result.stdout.splitlines()
    assert len(lines) > 10
    assert lines[0].endswith("still working")
    assert result.status in {0, 10}
    assert "note: the task " in result.stderr
    assert (result.status == 10) == ("the task failed" in result.stderr)


def why(box: Box, *argv: str) -> tuple[int, str]:
    result = box.run("files", "get", *argv)
    return result.status, result.stderr


def test_why_a_file_is_not_there_is_said_in_words(box: Box) -> None:
    status, told = why(box, "wd/none", *OF_TASK)
    assert (status, "has no file of that name" in told) == (3, True)
    status, told = why(box, "/app/data.csv", *OF_TASK)
    assert (status, "of a container only what lies below" in told) == (3, True)
    task = box.sandbox.store.task(JOB, TASK)
    node = box.sandbox.store.node(task.pool_id or "", task.node_id or "")
    node.state = "unusable"
    status, told = why(box, "stdout", *OF_TASK)
    assert (status, "is unusable and cannot be reached" in told) == (8, True)
    node.pool.nodes.remove(node)
    status, told = why(box, "stdout", *OF_TASK)
    assert (status, "has left the pool" in told) == (8, True)
    box.clock.now += timedelta(days=9)
    status, told = why(box, "stdout", *OF_TASK)
    assert (status, "kept for 7 d" in told) == (8, True)
    task.state = "active"
    status, told = why(box, "stdout", *OF_TASK)
    assert (status, "has not started" in told) == (8, True)


def test_logs_of_failed_tasks_are_saved_once_and_listed(box: Box, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    argv = ("tasks", "failed", "--job", JOB, "--save-logs", str(logs), "-o", "ids")
    first = box.run(*argv)
    failed = first.stdout.split()
    entries = [json.loads(line) for line in (logs / "manifest.jsonl").read_text().splitlines()]
    assert first.status == 0
    assert {f"{entry['jobId']}/{entry['taskId']}" for entry in entries} == set(failed)
    assert all((logs / entry["file"]).stat().st_size == entry["size"] for entry in entries)
    (logs / failed[0] / "stderr.txt").unlink()
    fetched = box.requested("GET", "/files/")
    again = box.run(*argv)
    assert again.stdout == first.stdout
    assert f"saved 1 file below {logs}; {len(entries) - 1} were there already" in again.stderr
    assert box.requested("GET", "/files/") == fetched + 1


def test_logs_that_are_gone_have_a_reason_in_the_manifest(box: Box, tmp_path: Path) -> None:
    box.clock.now += timedelta(days=9)
    argv = ("tasks", "failed", "--job", JOB, "--save-logs", str(tmp_path), "-o", "ids")
    assert box.run(*argv).status == 0
    entry = json.loads((tmp_path / "manifest.jsonl").read_text().splitlines()[0])
    assert (entry["status"], entry["code"]) == ("missing", "TaskFilesCleanedup")
    assert "kept for 7 d" in entry["reason"]


@pytest.fixture
def impatient(box: Box, monkeypatch: pytest.MonkeyPatch) -> Box:
    """Files come slowly, and the line on the screen at once."""
    monkeypatch.setattr(progress, "SILENCE", 0.0)
    monkeypatch.setattr(progress, "EVERY", 0.01)
    route = "GET /jobs/{id}/tasks/{id}/files/*"
    box.order(Fault("drip", route, times=None, delay=0.01, drop=20_000))
    return box


def test_a_person_sees_how_much_of_a_download_is_here(impatient: Box, tmp_path: Path) -> None:
    box = impatient
    box.sandbox.put_task_file(JOB, TASK, "stdout.txt", b"x" * 1_000_000)
    out = tmp_path / "x"
    result = box.run("files", "get", "stdout", *OF_TASK, "--out", str(out), terminal=True)
    lines = result.stderr.split("\r\x1b[K")
    assert (result.status, out.stat().st_size) == (0, 1_000_000)
    bar = r"fetching stdout\.txt  \S+ *  \d+\.\d kB of 1\.0 MB  \d+%.*"
    assert [line for line in lines if re.fullmatch(bar, line)]
    # The line is taken away before the last word.
    assert lines[-1] == f"wrote 1.0 MB to {out}\n"


@pytest.mark.parametrize(
    ("wanted", "figures"),
    [
        (("wd/big.bin", "wd/a.log"), r"[\d.]+ k?B.*"),
        (("wd/*",), r"\S+ *  [\d.]+ k?B of 700\.0 kB  \d+%.*"),
    ],
)
def test_a_person_sees_how_much_of_many_files_is_here(
    impatient: Box, tmp_path: Path, wanted: tuple[str, ...], figures: str
) -> None:
    box = impatient
    box.sandbox.put_task_file(JOB, TASK, "wd/big.bin", b"x" * 700_000)
    result = box.run("files", "get", *wanted, *OF_TASK, "--out", str(tmp_path), terminal=True)
    shown = result.stderr.split("\r\x1b[K")
    line = rf"fetching files, [01] here  {figures}"
    assert [each for each in shown if re.fullmatch(line, each)]
    assert re.fullmatch(
        rf"wrote \d+ files, 700\.\d kB, below {re.escape(str(tmp_path))}\n", shown[-1]
    )


def test_nothing_moves_where_nobody_looks(box: Box, tmp_path: Path) -> None:
    argv = ("files", "get", "stdout", *OF_TASK, "--out", str(tmp_path / "x"), "--force")
    told = f"wrote 48.9 kB to {tmp_path / 'x'}\n"
    for terminal, environ in ((False, {}), (True, {"TERM": "dumb"}), (True, {"CI": "true"})):
        assert box.run(*argv, terminal=terminal, environ=environ).stderr == told
