"""`events parse --follow` of a container: every failure once, whenever it is begun again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from batchdoctor.events import blobs
from tests.azurite import KEY, emulated_storage
from tests.box import Result, run_with
from tests.events.corpus import corpus
from tests.events.wrappings import lines

storage = pytest.importorskip("azure.storage.blob", reason="the extra `blob` is not installed")

RECORDS = corpus().records
NOW = datetime(2026, 8, 2, 10, 55, tzinfo=UTC)
ACCOUNT = "resourceId=/SUBSCRIPTIONS/S/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.BATCH/BATCHACCOUNTS/A"


@pytest.fixture(scope="module")
def account() -> Iterator[str]:
    with emulated_storage() as address:
        yield address


@pytest.fixture
def container(account: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv(blobs.KEY_VARIABLE, KEY)
    client = storage.ContainerClient(account, "insights-logs-servicelog", credential=KEY)
    client.create_container()
    yield client
    client.delete_container()


def filed(at: datetime, account: str = ACCOUNT) -> str:
    return f"{account}/y={at:%Y}/m={at:%m}/d={at:%d}/h={at:%H}/m=00/PT1H.json"


def append(container: Any, at: datetime, content: bytes, account: str = ACCOUNT) -> None:
    """Write as Azure Monitor does, into the hour of a moment."""
    blob = container.get_blob_client(filed(at, account))
    if not blob.exists():
        blob.create_append_blob()
    blob.append_block(content)


class Writer:
    """Goes on writing while somebody sleeps: each sleep is a step, the last one ends the program.

    The log comes in uneven pieces, which cut lines in two, and over several hours.
    """

    def __init__(self, container: Any, pieces: list[bytes], minutes: int = 20) -> None:
        self.container = container
        self.now = NOW
        self.minutes = minutes
        self.pieces = pieces
        self.steps: Iterator[bytes | None] = iter([*pieces, None])

    def sleep(self, seconds: float) -> None:
        assert seconds >= 30
        piece = next(self.steps)
        if piece is None:
            raise KeyboardInterrupt
        if piece:
            append(self.container, self.now, piece)
        self.now += timedelta(minutes=self.minutes)

    def pause_after(self, steps: int) -> None:
        """Have the program end there, and begin again with what is left."""
        left = self.pieces
        self.steps, self.pieces = iter([*left[:steps], None]), left[steps:]

    def follow(self, *argv: str, **environ: str) -> Result:
        run = run_with({**os.environ, **environ}, lambda: self.now, self.sleep)
        return run("events", "parse", self.container.url, "--follow", *argv)


def cut(log: bytes, count: int) -> list[bytes]:
    """A log in so many pieces, each with its own share of bytes."""
    ends = [len(log) * (index + 1) // count + 7 * index for index in range(count - 1)]
    return [log[a:b] for a, b in zip([0, *ends], [*ends, len(log)], strict=True)]


def whole_hours(count: int, minutes: int = 20, begin: int = 0) -> list[bytes]:
    """The same; a piece that ends an hour ends with a line."""
    log, pieces, held, now = lines(RECORDS[begin:]), [], b"", NOW
    for piece in cut(log, count):
        later = now + timedelta(minutes=minutes)
        text = held + piece
        held = b""
        if later.hour != now.hour:
            text, _, held = text.rpartition(b"\n")
            text += b"\n"
        pieces.append(text)
        now = later
    return [*pieces[:-1], pieces[-1] + held]


def told(*results: Result) -> list[str]:
    """Which failures were told, as `JOB/TASK` and the attempt."""
    return [
        f"{item['jobId']}/{item['taskId']} {item['retryCount']} {item['requeueCount']}"
        for result in results
        for item in result.jsonl()
    ]


def all_failures(tmp_path: Path, begin: int = 0) -> list[str]:
    log = tmp_path / "log.json"
    log.write_bytes(lines(RECORDS[begin:]))
    run = run_with({}, lambda: NOW)
    return told(run("events", "parse", str(log), "--show", "failures", "-o", "jsonl"))


def test_what_is_appended_is_told_once_through_the_hours(container: Any, tmp_path: Path) -> None:
    append(container, NOW, lines(RECORDS[:40]))
    writer = Writer(container, whole_hours(12, begin=40))
    result = writer.follow("-o", "jsonl")
    assert result.status == 130
    # What was there before it began is not told.
    assert sorted(told(result)) == sorted(all_failures(tmp_path, begin=40))
    hours = {blob.name for blob in container.list_blobs()}
    assert len(hours) > 3


@pytest.mark.parametrize("pieces", [5, 9])
def test_a_restart_goes_on_where_the_state_says(
    container: Any, tmp_path: Path, pieces: int
) -> None:
    writer, state = Writer(container, whole_hours(pieces)), str(tmp_path / "state")
    results = []
    while writer.pieces:
        writer.pause_after(2)
        results.append(writer.follow("--state", state, "-o", "jsonl"))
        if writer.pieces:
            # Written while nobody follows.
            append(container, writer.now, writer.pieces.pop(0))
            writer.now += timedelta(minutes=20)
    writer.pause_after(0)
    results.append(writer.follow("--state", state, "-o", "jsonl"))
    assert sorted(told(*results)) == sorted(all_failures(tmp_path))
    assert [result.status for result in results] == [130] * len(results)


def test_events_are_told_once_and_in_their_order(container: Any, tmp_path: Path) -> None:
    writer, state = Writer(container, whole_hours(6)), str(tmp_path / "state")
    writer.pause_after(3)
    first = writer.follow("--show", "events", "--state", state, "-o", "jsonl")
    writer.pause_after(3)
    second = writer.follow("--show", "events", "--state", state, "-o", "jsonl")
    shown = [item["operationName"] for result in (first, second) for item in result.jsonl()]
    assert shown == [record["operationName"] for record in RECORDS]


def test_a_node_is_told_when_it_becomes_suspect_and_not_again(
    container: Any, tmp_path: Path
) -> None:
    state, notices = str(tmp_path / "state"), tmp_path / "notices.jsonl"
    argv = ("--show", "nodes", "--state", state, "--notify", str(notices), "-o", "jsonl")
    environ = {"XDG_STATE_HOME": str(tmp_path)}
    writer = Writer(container, whole_hours(8))
    writer.pause_after(5)
    first = writer.follow(*argv, **environ)
    writer.pause_after(3)
    second = writer.follow(*argv, **environ)
    named = [item["nodeId"] for result in (first, second) for item in result.jsonl()]
    assert named == ["tvm-bad"]
    posted = [json.loads(line) for line in notices.read_text().splitlines()]
    items = [item for each in posted for item in each["items"]]
    assert [(item["change"], item["kind"], item["subject"]["nodeId"]) for item in items] == [
        ("new", "node-suspect", "tvm-bad")
    ]
    assert posted[0]["account"] == container.url


def test_whoever_is_shown_failures_is_told_of_suspects_beside_them(container: Any) -> None:
    result = Writer(container, whole_hours(3)).follow("-o", "jsonl")
    noted = [line for line in result.stderr.splitlines() if "is suspect now" in line]
    assert [line.partition(" is suspect")[0] for line in noted] == ["note: pool-1/tvm-bad"]


def test_since_begins_with_what_is_there(container: Any, tmp_path: Path) -> None:
    append(container, NOW - timedelta(hours=30), lines(RECORDS[:30]))
    append(container, NOW - timedelta(hours=5), lines(RECORDS))
    result = Writer(container, []).follow("--since", "2026-07-31T00:00Z", "-o", "jsonl")
    assert sorted(told(result)) == sorted(all_failures(tmp_path))


def test_an_account_that_begins_to_log_later_is_found(container: Any, tmp_path: Path) -> None:
    other = ACCOUNT.replace("BATCHACCOUNTS/A", "BATCHACCOUNTS/B")
    writer = Writer(container, [lines(RECORDS[:3]), b"", b""])
    usual = writer.sleep

    def sleep(seconds: float) -> None:
        usual(seconds)
        if not container.get_blob_client(filed(writer.now, other)).exists():
            append(container, writer.now, lines(RECORDS), other)

    writer.sleep = sleep  # type: ignore[method-assign]
    found = set(told(writer.follow("-o", "jsonl")))
    assert found == set(all_failures(tmp_path))


def test_only_the_hours_that_matter_are_listed(
    container: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for days in range(1, 300, 7):
        append(container, NOW - timedelta(days=days), lines(RECORDS[:1]))
    append(container, NOW, lines(RECORDS[:3]))
    asked: list[str] = []
    usual = storage.ContainerClient.list_blobs

    def list_blobs(self: Any, name_starts_with: str | None = None, **more: Any) -> Any:
        asked.append(str(name_starts_with))
        return usual(self, name_starts_with=name_starts_with, **more)

    monkeypatch.setattr(storage.ContainerClient, "list_blobs", list_blobs)
    Writer(container, [lines(RECORDS[:9])]).follow("-o", "jsonl")
    rounds = [each.removeprefix(f"{ACCOUNT}/") for each in asked]
    day = "y=2026/m=08/d=02/"
    # First where it begins, then the day by which nodes are judged, then three hours a round.
    now = [f"{day}h=09/", f"{day}h=10/", f"{day}h=11/"]
    assert rounds == [*now, "y=2026/m=08/d=01/", day, *now, *now]


def test_an_outage_is_waited_out(container: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from batchdoctor.errors import UnreachableError
    from batchdoctor.events.hourly_blobs import HourlyBlobs

    writer = Writer(container, [lines(RECORDS[:60]), b"", b"", lines(RECORDS[60:])])
    usual, asked = HourlyBlobs.hours, []

    def hours(self: HourlyBlobs, *where: Any) -> Any:
        asked.append(where)
        if len(asked) in {2, 3}:
            raise UnreachableError("Cannot read it: nobody answers.")
        return usual(self, *where)

    monkeypatch.setattr(HourlyBlobs, "hours", hours)
    result = writer.follow("--show", "events", "-o", "jsonl")
    assert [item["operationName"] for item in result.jsonl()] == [
        record["operationName"] for record in RECORDS
    ]
    assert [line for line in result.stderr.splitlines() if line.startswith("warning")] == [
        "warning: Cannot read it: nobody answers. It is asked again in 1 min.",
        "warning: Cannot read it: nobody answers. It is asked again in 2 min.",
    ]


def test_a_last_line_without_an_end_is_told_when_the_blob_stands_still(container: Any) -> None:
    writer = Writer(container, [lines(RECORDS[:2]).rstrip(b"\n"), b"\n", b"", b""], minutes=1)
    writer.steps = iter([writer.pieces[0], b"", b"", b"\n" + lines(RECORDS[2:3]), None])
    usual = writer.sleep
    writer.sleep = usual  # type: ignore[method-assign]
    shown = writer.follow("--show", "events", "-o", "jsonl").jsonl()
    assert [item["operationName"] for item in shown] == [
        record["operationName"] for record in RECORDS[:3]
    ]


@pytest.mark.parametrize(
    ("argv", "error"),
    [
        (("--state", "s"), "error: --state needs --follow.\n"),
        (("--notify", "n"), "error: --notify needs --follow.\n"),
    ],
)
def test_options_of_following_need_it(tmp_path: Path, argv: tuple[str, ...], error: str) -> None:
    run = run_with({}, lambda: NOW)
    result = run("events", "parse", str(tmp_path), *argv)
    assert (result.status, result.stderr.splitlines(keepends=True)[0]) == (2, error)


def test_a_state_is_of_one_container_and_of_one_program(container: Any, tmp_path: Path) -> None:
    state = tmp_path / "state"
    Writer(container, []).follow("--state", str(state), "-o", "jsonl")
    kept = json.loads(state.read_text())
    assert kept["container"] == container.url
    state.write_text(json.dumps({**kept, "container": "https://other/logs"}))
    other = Writer(container, []).follow("--state", str(state), "-o", "jsonl")
    assert other.status == 2
    assert "is about https://other/logs, and not about" in other.stderr
    state.write_text("{")
    broken = Writer(container, []).follow("--state", str(state), "-o", "jsonl")
    assert (broken.status, "cannot be read" in broken.stderr) == (2, True)


# What stands for the clock, the writer and the one who pulls the plug, in a program of its own.
PROGRAM = """
import datetime, os, signal, sys, time
sys.path.insert(0, sys.argv.pop(1))
from tests.cli.test_events_follow import Writer, storage, whole_hours, KEY
url, step_file, kill_at = sys.argv.pop(1), sys.argv.pop(1), int(sys.argv.pop(1))
writer = Writer(storage.ContainerClient.from_container_url(url, credential=KEY), whole_hours(6))
done = int(open(step_file).read())
writer.pieces = writer.pieces[done:]
writer.now += datetime.timedelta(minutes=20) * done
writer.pause_after(len(writer.pieces))

def sleep(seconds):
    global done
    writer.sleep(seconds)
    done += 1
    open(step_file, "w").write(str(done))

from batchdoctor.work.files import atomic_file
written, usual = 0, os.fsync

def fsync(handle):
    global written
    written += 1
    if written == kill_at:
        os.kill(os.getpid(), signal.SIGKILL)
    usual(handle)

atomic_file.os.fsync = fsync
from batchdoctor.cli.main import run
from batchdoctor.cli.world import process_world, World
world = process_world()
object.__setattr__(world, "now", lambda: writer.now)
object.__setattr__(world, "sleep", sleep)
sys.exit(run(sys.argv[1:], world))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a program wrote")
def test_killed_in_the_middle_of_keeping_its_state_it_tells_nothing_twice_and_loses_nothing(
    container: Any, tmp_path: Path
) -> None:
    out, state, steps = tmp_path / "out.jsonl", tmp_path / "state", tmp_path / "steps"
    steps.write_text("0")
    root = str(Path(__file__).parents[2])
    statuses = []
    for kill_at in (2, 3, 4, 2, 0):
        with out.open("ab") as sink:
            argv = [sys.executable, "-c", PROGRAM, root, container.url, str(steps), str(kill_at)]
            asked = ["events", "parse", container.url, "--follow", "--state", str(state)]
            ended = subprocess.run(
                [*argv, *asked, "-o", "jsonl"], stdout=sink, check=False, timeout=100
            )
        statuses.append(ended.returncode)
    assert statuses == [-9, -9, -9, -9, 130]
    found = [json.loads(line) for line in out.read_text().splitlines()]
    names = [
        f"{each['jobId']}/{each['taskId']} {each['retryCount']} {each['requeueCount']}"
        for each in found
    ]
    assert sorted(names) == sorted(all_failures(tmp_path))
