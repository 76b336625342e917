"""`events submit`: a pool counts logs, in real processes over a real storage account."""

from __future__ import annotations

import json
import os
import shlex
import sys
import time
import zipapp
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import batchdoctor
from batchdoctor.core.log.submitted import SubmitSummary
from batchdoctor.events.blobs import SIGNED_URLS_VARIABLE
from batchdoctor.sandbox import Fault, FaultKind, Mishap, MishapKind, Sandbox, load_scenario
from batchdoctor.sandbox.account.model import Job
from tests.azurite import ACCOUNT, KEY, emulated_storage
from tests.box import Result, Run, run_with
from tests.cli.test_schema import validate
from tests.events.corpus import corpus
from tests.events.wrappings import lines

storage = pytest.importorskip("azure.storage.blob", reason="the extra `blob` is not installed")

# The moment at which everything is asked: signatures are judged by the real clock.
NOW = datetime.now(UTC)
RECORDS = corpus().records
DAYS, HOURS = 2, 2
STOPPING = "map-2026-08-02"
SCENARIO = """
[timings]
terminate = 0.0
[[pools]]
id = "work"
[[pools.nodes]]
count = 3
[[pools]]
id = "windows"
os = "windows"
[[pools.nodes]]
count = 1
"""
# What stands for the single file here: it runs this very code, and can stop a map in the middle.
PROGRAM = """
import atexit, os, pathlib, runpy, sys, time
sys.path[:0] = {path!r}
import azure.storage.blob
here, task = pathlib.Path({folder!r}), os.environ["AZ_BATCH_TASK_ID"]
upload = azure.storage.blob.BlobClient.upload_blob

def stopping(self, *words, **named):
    told = upload(self, *words, **named)
    if task == {stopping!r} and self.blob_name.endswith(".rows-03"):
        try:
            (here / "armed").rename(here / "stopped")
        except FileNotFoundError:
            return told
        while not (here / "go").exists():
            time.sleep(0.01)
        (here / "went on").touch()
    return told

def after_the_other():
    if task == {stopping!r} and (here / "stopped").exists():
        (here / "go").touch()

azure.storage.blob.BlobClient.upload_blob = stopping
atexit.register(after_the_other)
runpy.run_module("batchdoctor", run_name="__main__")
"""


@pytest.fixture(scope="module")
def account() -> Iterator[str]:
    """The address of an emulated storage account."""
    with emulated_storage() as address:
        yield address


@dataclass(frozen=True)
class Pool:
    """A pool of three nodes, a container of logs, one for counts, and commands about them."""

    sandbox: Sandbox
    run: Run
    logs: str
    out: str
    folder: Path
    environ: dict[str, str]

    def submit(self, *more: str, pool: str = "work", **options: str) -> Result:
        named = {
            "logs": self.logs,
            "out": self.out,
            "program": str(self.folder / "batchdoctor.pyz"),
            "python": sys.executable,
            **options,
        }
        words = [word for name, value in named.items() for word in (f"--{name}", value)]
        return self.run("events", "submit", "--pool", pool, *words, *more)

    def parse(self, *more: str) -> Result:
        return self.run("events", "parse", self.logs, *more)

    @property
    def job(self) -> Job:
        (job,) = self.sandbox.store.jobs
        return job

    def stop_a_map_in_the_middle(self, kind: MishapKind) -> None:
        (self.folder / "armed").touch()
        self.sandbox.befall(Mishap(kind, STOPPING, (self.folder / "stopped").exists))


def signed(url: str, container: str, rights: str) -> str:
    signature = storage.generate_container_sas(
        ACCOUNT, container, account_key=KEY, permission=rights, expiry=NOW + timedelta(hours=2)
    )
    return f"{url}?{signature}"


def hour(index: int) -> str:
    day, number = divmod(index, HOURS)
    return f"resourceId=/X/y=2026/m=08/d={day + 1:02}/h={number:02}/m=00/PT1H.json"


@pytest.fixture
def pool(account: str, tmp_path: Path) -> Iterator[Pool]:
    folder = tmp_path / "program"
    folder.mkdir()
    source = tmp_path / "source"
    source.mkdir()
    path = [str(Path(batchdoctor.__file__).parents[1]), *filter(None, sys.path)]
    program = PROGRAM.format(path=path, folder=str(folder), stopping=STOPPING)
    (source / "__main__.py").write_text(program, encoding="utf-8")
    zipapp.create_archive(source, folder / "batchdoctor.pyz")
    scenario = tmp_path / "work.toml"
    scenario.write_text(SCENARIO, encoding="utf-8")
    name = f"t{tmp_path.name.replace('_', '-')[-40:].strip('-')}{os.getpid()}".lower()
    containers = [storage.ContainerClient(account, f"{name}{end}", credential=KEY) for end in "lo"]
    for container in containers:
        container.create_container()
    share = -(-len(RECORDS) // (DAYS * HOURS))
    for index in range(DAYS * HOURS):
        part = RECORDS[index * share : (index + 1) * share]
        containers[0].upload_blob(hour(index), lines(part))
    logs = signed(containers[0].url, containers[0].container_name, "rl")
    out = signed(containers[1].url, containers[1].container_name, "rwl")
    with Sandbox(load_scenario(str(scenario)), run_jobs=True) as sandbox:
        environ = {**sandbox.environment(), "XDG_STATE_HOME": str(tmp_path / "state")}
        run = run_with(environ, lambda: NOW, lambda _: time.sleep(0.02))
        yield Pool(sandbox, run, logs, out, folder, environ)
        assert (sandbox.outstanding_mishaps(), sandbox.unfired_faults()) == ([], [])
    for container in containers:
        container.delete_container()


def assert_same_answers(pool: Pool) -> None:
    """The job is done; the same command again answers in every format as `parse` does."""
    for show in ("summary", "nodes", "timeline"):
        for output in ("json", "table"):
            more = ("--show", show, "-o", output)
            assert pool.submit("--yes", *more).output == pool.parse(*more).output


def by_id(pool: Pool, name: str) -> dict[str, Any]:
    return {task.id: getattr(task, name) for task in pool.job.tasks}


def test_the_answer_is_that_of_parse_in_every_format(pool: Pool) -> None:
    told = pool.submit("--yes", "-o", "json")
    assert told.status == 0, told.stderr
    assert told.output == pool.parse("-o", "json").output
    assert by_id(pool, "result") == {
        **{f"map-2026-08-0{day}": "success" for day in (1, 2)},
        "reduce-001": "success",
        "final": "success",
    }
    assert pool.job.terminate_reason == "AllTasksComplete"
    folder = pool.job.by_id["final"].folder
    assert folder is not None
    on_the_node = json.loads((folder / "stdout.txt").read_text())
    assert on_the_node["items"] == told.json()["items"]
    assert on_the_node["summary"] == told.json()["summary"]
    assert_same_answers(pool)
    assert pool.submit("--yes", "--fail-on", "any").status == 10


def test_a_node_that_is_lost_in_the_middle_of_a_map_changes_no_byte(pool: Pool) -> None:
    pool.stop_a_map_in_the_middle(MishapKind.NODE_LOST)
    told = pool.submit("--yes", "-o", "json")
    assert (told.status, told.output) == (0, pool.parse("-o", "json").output)
    assert by_id(pool, "requeues")[STOPPING] == 1
    assert not (pool.folder / "went on").exists()


def test_tasks_that_run_twice_change_no_byte(pool: Pool) -> None:
    # One map goes on after the other run of it is done, and writes everything a second time.
    pool.stop_a_map_in_the_middle(MishapKind.NODE_CUT_OFF)
    for task in ("reduce-001", "final"):
        pool.sandbox.befall(Mishap(MishapKind.END_UNHEARD, task))
    told = pool.submit("--yes", "-o", "json", "--reduces", "2")
    assert (told.status, told.output) == (0, pool.parse("-o", "json").output)
    assert (pool.folder / "went on").exists()
    assert sum(by_id(pool, "requeues").values()) == 3
    assert_same_answers(pool)


def test_lost_answers_make_nothing_twice_and_change_no_byte(pool: Pool) -> None:
    for route in ("POST /jobs", "POST /jobs/{id}/addtaskcollection", "PATCH /jobs/{id}"):
        pool.sandbox.add_fault(Fault(FaultKind.LOST_ANSWER, route))
    times = ("--since", "2026-08-01T00:00Z", "--until", "2026-08-01T00:05Z", "-o", "json")
    told = pool.submit("--yes", *times)
    assert (told.status, told.output) == (0, pool.parse(*times).output)
    assert (len(pool.job.tasks), set(by_id(pool, "requeues").values())) == (4, {0})


def test_the_plan_names_everything_and_makes_nothing(pool: Pool) -> None:
    told = pool.submit("--dry-run", "-o", "json")
    assert told.status == 0
    validate("events submit", told.json())
    assert pool.sandbox.store.jobs == []
    assert not any(request.method in {"POST", "PATCH"} for request in pool.sandbox.requests)
    summary = told.json()["summary"]
    assert (summary["outcome"], summary["maps"], summary["reduces"]) == ("planned", 2, 1)
    assert summary["logs"] == DAYS * HOURS
    end = (NOW + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    logs, out = (url.partition("?")[0] for url in (pool.logs, pool.out))
    size = (pool.folder / "batchdoctor.pyz").stat().st_size
    host = pool.sandbox.url.removeprefix("http://")
    job = summary["jobId"]
    lines_told = told.stderr.splitlines()
    assert lines_told[:2] == [
        f"account: sandbox at {host}",
        f"will make job {job} on pool work: 2 map tasks, 1 reduce task and a final one;"
        " 3 task slots for them now",
    ]
    assert lines_told[2].endswith(
        f"of 2026-08-01 to 2026-08-02 from {logs}, by its signature, good until {end}"
    )
    assert lines_told[3:] == [
        f"counts go to {out}/{job}, by its signature, good until {end}",
        f"the nodes run {pool.folder}/batchdoctor.pyz ({size / 1000:.1f} kB) by {sys.executable}",
    ]
    assert [item["taskId"] for item in told.json()["items"]] == [
        *(f"map-2026-08-0{day}" for day in (1, 2)),
        "reduce-001",
        "final",
    ]
    first, *_, last = (item["commandLine"] for item in told.json()["items"])
    assert shlex.split(first)[:2] == ["/bin/sh", "-c"]
    assert f"events map {logs}/resourceId=/X/y=2026/m=08/d=01/ --out {out}/{job}" in first
    assert f"events reduce {out}/{job} --final --show summary -o json" in last


def test_no_signature_is_in_what_is_said_written_down_or_run(pool: Pool, tmp_path: Path) -> None:
    told = [pool.submit("--dry-run", "-o", output) for output in ("table", "json", "csv", "ids")]
    told.append(pool.submit("--yes", "--no-wait", "-o", "json"))
    secrets = {url.partition("sig=")[2] for url in (pool.logs, pool.out)}
    journal = (tmp_path / "state" / "batchdoctor" / "journal.jsonl").read_text()
    texts = [journal, *(each.stdout + each.stderr for each in told)]
    texts += [task.kind.command for task in pool.job.tasks]
    assert not [text for text in texts if any(secret in text for secret in secrets)]
    entries = [json.loads(line) for line in journal.splitlines()]
    assert [(each["object"], each["action"], each["result"]) for each in entries] == [
        (pool.job.id, "events submit", "begin"),
        (pool.job.id, "events submit", "done"),
    ]


def test_without_waiting_it_says_how_to_go_on(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    # The signatures may come from the environment, too.
    logs, out = (url.partition("?")[0] for url in (pool.logs, pool.out))
    told = pool.run(
        *("events", "submit", "--pool", "work", "--logs", logs, "--out", out),
        *("--program", str(pool.folder / "batchdoctor.pyz"), "--python", sys.executable),
        *("--yes", "--no-wait"),
        environ={SIGNED_URLS_VARIABLE: f"{pool.logs} {pool.out}"},
    )
    job = pool.job.id
    assert told.status == 0
    assert told.stdout.endswith(
        "Next\n"
        "  When it is done:\n"
        f"    $ batchdoctor wait job {job}\n"
        "  What the logs say:\n"
        f"    $ batchdoctor events reduce {out}/{job} --final\n"
        "\n"
        f"The job {job} was made, with 4 tasks.\n"
    )
    with monkeypatch.context() as patch:
        patch.setattr("batchdoctor.work.waits.wait.look_at", interrupted)
        cut_off = pool.submit("--yes")
    assert (cut_off.status, cut_off.stdout) == (130, "")
    assert (
        f"the job goes on: batchdoctor wait job {job}, and then the same command again\n"
        in cut_off.stderr
    )
    assert pool.run("wait", "job", job).status == 0
    again = pool.submit("--yes", "--no-wait", "-o", "json")
    assert again.json()["summary"]["outcome"] == "already"
    reduced = pool.run("events", "reduce", f"{out}/{job}?{pool.out.partition('?')[2]}", "--final")
    assert reduced.stdout == pool.parse().stdout


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_task_that_fails_for_good_ends_the_job_and_is_named(pool: Pool) -> None:
    told = pool.submit("--yes", python="/bin/false")
    assert (told.status, told.stdout) == (8, "")
    failed = next(task.id for task in pool.job.tasks if task.exit_code)
    assert pool.job.by_id[failed].retries == 3
    assert told.stderr.endswith(
        f"error: The job {pool.job.id} did not come to its end: its task {failed} failed with exit"
        " code 1.\n"
        f"hint: batchdoctor task show {pool.job.id}/{failed}; --job ANOTHER goes on where this one"
        " stopped\n"
    )
    # Another job does, over the counts that are there.
    told = pool.submit("--yes", job="second")
    assert (told.status, told.stdout) == (0, pool.parse().stdout)


def test_logs_that_cannot_be_read_are_told_as_parse_tells_them(pool: Pool) -> None:
    logs = pool.logs.partition("?")[0].rpartition("/")[2]
    container = storage.ContainerClient(
        pool.logs.partition("?")[0].rpartition("/")[0], logs, credential=KEY
    )
    container.upload_blob(hour(0) + ".gz", b"\x1f\x8b\x08\x00")
    told, parsed = pool.submit("--yes", "-o", "json"), pool.parse("-o", "json")
    assert (told.status, told.output) == (parsed.status, parsed.output) == (7, parsed.output)


@pytest.mark.parametrize(
    ("options", "status", "message"),
    [
        ({"pool": "none"}, 3, "pool none"),
        ({"pool": "windows"}, 2, "run Windows"),
        ({"logs": "https://a.blob.core.windows.net/logs"}, 2, "URL has no signature"),
        ({"out": "counts/"}, 2, "'counts/' is no URL of a container"),
        ({"show": "failures"}, 2, "counts hold no names of tasks"),
        ({"since": "2027-01-01T00:00Z"}, 7, "There is no log to read in"),
        ({"program": "/dev/null"}, 2, "no program in a single file"),
        ({"identity": "mine"}, 2, "The pool has no identity mine"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_cannot_be_done_is_refused_before_anything_is_made(
    pool: Pool, options: dict[str, str], status: int, message: str
) -> None:
    told = pool.submit("--yes", **options)
    assert (told.status, told.stdout, pool.sandbox.store.jobs) == (status, "", [])
    assert message in told.stderr


def test_it_is_made_only_after_a_yes_and_where_changes_are_allowed(pool: Pool) -> None:
    assert pool.submit().status == 5
    forbidden = pool.run(
        *("events", "submit", "--pool", "work", "--logs", pool.logs, "--out", pool.out),
        *("--program", str(pool.folder / "batchdoctor.pyz"), "--yes"),
        environ={"BATCHDOCTOR_READ_ONLY": "1"},
    )
    assert forbidden.status == 5
    assert pool.submit("--yes", confirm="another").status == 5
    assert pool.sandbox.store.jobs == []


def test_a_job_of_somebody_else_is_not_taken_for_it(pool: Pool) -> None:
    assert pool.submit("--yes", "--no-wait", job="nightly", since="2026-08-01").status == 0
    told = pool.submit("--yes", "--no-wait", job="nightly", since="2026-08-02")
    assert told.status == 8
    assert "already exists" in told.stderr


def test_a_program_does_the_same(pool: Pool) -> None:
    planned = pool.submit("--dry-run", "-o", "json").json()["items"]
    with batchdoctor.connect(environ=pool.environ) as found:
        found._asking.outside.now = lambda: NOW
        submit: Callable[..., batchdoctor.Answer[Any]] = found.submit_events
        program = pool.folder / "batchdoctor.pyz"
        asked = ("work", pool.logs, pool.out, program)
        answer = submit(*asked, dry_run=True, python=sys.executable)
        assert [(each.task_id, each.command_line) for each in answer] == [
            (item["taskId"], item["commandLine"]) for item in planned
        ]
        made = submit(*asked, python=sys.executable)
        assert {each.outcome.value for each in made} == {"done"}
        assert found.wait("job", pool.job.id).item.outcome.value == "so"
    assert isinstance(made.summary, SubmitSummary)
    whole = batchdoctor.answer_events(f"{made.summary.place}?{pool.out.partition('?')[2]}")
    assert whole.summary == batchdoctor.parse_events(pool.logs).summary
