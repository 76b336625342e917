"""`events parse --engine dask`: a cluster counts, and the answer is that of one process."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.box import Run
from tests.events.corpus import corpus
from tests.events.wrappings import lines

distributed = pytest.importorskip("distributed", reason="the extra `dask` is not installed")

RECORDS = corpus().records
FILES = 6
# Starting to listen leaves sockets for the collector behind; they are not ours.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A scheduler and two processes."""
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        dashboard_address=None,
        silence_logs="CRITICAL",
    ) as cluster:
        yield cluster


@pytest.fixture
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Files of one log, each a group of its own."""
    monkeypatch.setattr("batchdoctor.work.logs.groups.FULL", 1)
    folder = tmp_path / "logs"
    folder.mkdir()
    share = -(-len(RECORDS) // FILES)
    for index in range(FILES):
        part = RECORDS[index * share : (index + 1) * share]
        (folder / f"{index}.json").write_bytes(lines(part))
    return str(folder)


def stall(folder: str) -> None:
    """In a worker: count the first group only once that is allowed, and say who waits."""
    from batchdoctor.work.logs.mapping import LogMapping

    here, parts = Path(folder), LogMapping.parts

    def stalled(self: LogMapping) -> Any:
        for index, part in enumerate(parts(self)):
            if index == 0:
                (here / str(os.getpid())).touch()
                while not (here / "go").exists():
                    time.sleep(0.01)
            yield part

    LogMapping.parts = stalled  # type: ignore[method-assign]


def test_a_process_that_is_killed_in_the_middle_changes_no_byte(
    run_offline: Run, logs: str, cluster: Any, tmp_path: Path
) -> None:
    waiting = tmp_path / "waiting"
    waiting.mkdir()
    with distributed.Client(cluster.scheduler_address) as client:
        workers = set(client.run(os.getpid).values())
        client.run(stall, str(waiting))
        # The answer is asked for in a thread: it comes only after one of the two was killed.
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(1) as threads:
            asked = threads.submit(
                run_offline,
                *("events", "parse", logs, "-o", "json"),
                *("--engine", "dask", "--scheduler", cluster.scheduler_address),
            )
            until = time.monotonic() + 60
            while len(list(waiting.iterdir())) < 2:
                assert time.monotonic() < until
                time.sleep(0.01)
            killed = int(next(waiting.iterdir()).name)
            assert killed in workers
            os.kill(killed, signal.SIGKILL)
            (waiting / "go").touch()
            told = asked.result(timeout=90)
    assert (told.status, told.stdout) == (
        0,
        run_offline("events", "parse", logs, "-o", "json").stdout,
    )


@pytest.mark.parametrize("show", ["summary", "nodes", "timeline"])
@pytest.mark.parametrize("output", ["json", "table"])
def test_the_answer_is_that_of_one_process(
    run_offline: Run, logs: str, cluster: Any, show: str, output: str
) -> None:
    parse = ("events", "parse", logs, "--show", show, "-o", output)
    told = run_offline(*parse, "--engine", "dask", "--scheduler", cluster.scheduler_address)
    plain = run_offline(*parse)
    assert (told.status, told.stdout) == (plain.status, plain.stdout)


def test_a_log_that_cannot_be_read_is_told_as_one_process_tells_it(
    run_offline: Run, logs: str, cluster: Any
) -> None:
    (Path(logs) / "cut.gz").write_bytes(b"\x1f\x8b\x08\x00")
    parse = ("events", "parse", logs, "-o", "json")
    told = run_offline(*parse, "--engine", "dask", "--scheduler", cluster.scheduler_address)
    plain = run_offline(*parse)
    assert (told.status, told.stdout) == (plain.status, plain.stdout) == (7, plain.stdout)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--engine", "dask", "--show", "failures"], "counts hold no names of tasks"),
        (["--engine", "dask", "--by", "message"], "--by does not go with --engine"),
        (["--engine", "dask", "--workers", "2"], "--workers does not go with --engine"),
        (["--scheduler", "tcp://127.0.0.1:1"], "add --engine dask"),
        (["--engine", "dask", "--scheduler", "foo"], "'foo' is no address of a scheduler"),
        (["--engine", "dask", "-"], "Standard input cannot be shared"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_a_cluster_cannot_do_is_status_2(
    run_offline: Run, logs: str, words: list[str], message: str
) -> None:
    paths = [] if "-" in words else [logs]
    told = run_offline("events", "parse", *paths, *words)
    assert (told.status, told.stdout) == (2, "")
    assert message in told.stderr


def test_a_scheduler_that_does_not_answer_is_unreachable(
    run_offline: Run, logs: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import dask

    with dask.config.set({"distributed.comm.timeouts.connect": "0.2s"}):
        told = run_offline(
            "events", "parse", logs, "--engine", "dask", "--scheduler", "tcp://127.0.0.1:1"
        )
    assert (told.status, told.stdout) == (6, "")
    assert "The scheduler tcp://127.0.0.1:1 was not reached" in told.stderr


def test_what_holds_no_logs_or_one_twice_is_said_before_anything_is_sent(
    run_offline: Run, logs: str, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    here = run_offline("events", "parse", str(tmp_path / "empty"))
    there = run_offline("events", "parse", str(tmp_path / "empty"), "--engine", "dask")
    assert (there.status, there.stdout, there.stderr) == (here.status, here.stdout, here.stderr)
    twice = run_offline("events", "parse", f"{logs}/0.json", f"{logs}/0.json", "--engine", "dask")
    assert (twice.status, twice.stdout) == (2, "")
    assert twice.stderr == f"error: {logs}/0.json is named twice.\nhint: name it once\n"
