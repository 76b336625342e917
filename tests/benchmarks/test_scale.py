"""Logs beyond one machine: what maps and reduces cost beside one reading, as ratios of one run.

Run with `python -m pytest -n0 -s tests/benchmarks/test_scale.py`; `SCALE_MB` is the size of the
log, 2000 unless given. The last test multiplies what was measured up to a log of 5 TB.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from batchdoctor.core.log.grain import Counted, Grain, grain_of
from batchdoctor.core.log.left import Left
from batchdoctor.core.log.shards import left_from, read_from
from tests.azurite import KEY, emulated_storage
from tests.benchmarks.light_storage import light_storage
from tests.benchmarks.test_events import (
    BARE,
    NOT_ALL_COMPILED,
    Cost,
    compiled,  # noqa: F401 - a fixture for all
    cost_of,
    write_log,
)

SIZE = int(os.environ.get("SCALE_MB", "2000")) * 1_000_000
# Gigabytes are written and read over and over.
pytestmark = pytest.mark.timeout(3600)

ROUNDS = 3
PROCESSORS = (
    len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
)
MAP_BAR = 1.15
WHOLE_BAR = 1.3
# Of the tallies, what is left of them.
LEFT_BAR = 0.02
BLOBS_BAR = 1.7
BLOBS, BLOB_SIZE = 16, 24_000_000
LIGHT_BLOBS = 64
# Tells, too, what this process took and what those took that it had count.
TELLING = """
import resource, sys
from batchdoctor.__main__ import main
try:
    main()
except SystemExit:
    pass
for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
    usage = resource.getrusage(who)
    print(usage.ru_utime + usage.ru_stime, file=sys.stderr)
"""
# Ten million, tried once: 0.6 times the CPU of the bare loop, and 60 bytes for each further one.
ATTEMPTS = 1_000_000
# So many jobs that one log is to be had of tasks which each have a job of their own.
JOBS_OF_ONE_TASK = 50_000
BYTES_PER_JOB = 2500
BARE_BAR = 2.2
BYTES_PER_ATTEMPT = 60
# Of the account that is simulated; a core-hour of a small general-purpose machine in dollars.
WHOLE_LOG, DAYS, CORE_HOUR = 5_000_000_000_000, 30, 0.05
LAST_TASK_BAR_MB = 8 * 1024

needs_compiled = pytest.mark.skipif(NOT_ALL_COMPILED, reason="not all was compiled here")


class Figures(NamedTuple):
    """What one run came to, of a log of `SIZE` bytes."""

    parse: Cost
    map: Cost
    reduce: Cost
    final: Cost
    start: Cost
    """A final of next to nothing."""
    unpacking: float
    """The part of a final that puts all runs in order, in seconds of CPU."""
    tallies: int
    left: int
    runs: int
    attempts: int
    events: int


def batchdoctor(*words: str) -> list[str]:
    return [sys.executable, "-m", "batchdoctor", "events", *words]


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Figures]:
    folder = tmp_path_factory.mktemp("scale")
    log, counts = folder / "PT1H.json", folder / "counts"
    write_log(log, size=SIZE)
    found: list[list[Cost]] = [[], [], [], []]
    for _ in range(ROUNDS):
        shutil.rmtree(counts, ignore_errors=True)
        for costs, argv in zip(
            found,
            (
                batchdoctor("parse", str(log), "--workers", "1", "-o", "json"),
                batchdoctor("map", str(log), "--workers", "1", "--out", str(counts)),
                batchdoctor("reduce", str(counts)),
                batchdoctor("reduce", str(counts), "--final", "-o", "json"),
            ),
            strict=True,
        ):
            costs.append(cost_of(argv))
    (left_file,) = counts.glob("left-*")
    left = left_from(left_file.read_bytes(), "left", left_file.name)
    parse, mapped, reduced, final = (min(costs, key=lambda cost: cost.cpu) for costs in found)
    (read_file,) = counts.glob("*.read")
    read = read_from(read_file.read_bytes(), "read", read_file.stem.removeprefix("map-"))
    yield Figures(
        parse,
        mapped,
        reduced,
        final,
        _start(folder),
        min(_unpacking(left, grain_of(read.counted)) for _ in range(ROUNDS)),
        tallies=sum(file.stat().st_size for file in counts.glob("map-*")),
        left=left_file.stat().st_size,
        runs=_bytes_of_runs(left),
        attempts=left.count.attempts,
        events=read.counted.events,
    )
    shutil.rmtree(folder)


def _start(folder: Path) -> Cost:
    log, counts = folder / "small.json", folder / "small"
    write_log(log, attempts=100)
    cost_of(batchdoctor("map", str(log), "--out", str(counts)))
    return cost_of(batchdoctor("reduce", str(counts), "--final", "-o", "json"))


def _unpacking(left: Left, grain: Grain) -> float:
    begin = time.process_time()
    left.history(grain)
    return time.process_time() - begin


def _bytes_of_runs(left: Left) -> int:
    """How many bytes when each run was on which node takes of what is left."""
    return sum(
        len(runs.steps) + len(runs.lengths)
        for part in left.runs
        for pool in part.pools
        for runs in pool.runs
    )


@needs_compiled
def test_a_map_takes_no_more_cpu_than_the_summary(figures: Figures) -> None:
    ratio = figures.map.cpu / figures.parse.cpu
    print(
        f"\nCPU: events parse {figures.parse.cpu:.2f} s ({figures.parse.memory:.0f} MB),"
        f" events map {figures.map.cpu:.2f} s ({figures.map.memory:.0f} MB):"
        f" ratio {ratio:.2f} (bar {MAP_BAR})"
    )
    assert ratio <= MAP_BAR


@needs_compiled
def test_all_parts_take_little_more_cpu_than_one_reading(figures: Figures) -> None:
    # What joins the shards judges as well, and so does one reading.
    cpu = figures.map.cpu + figures.reduce.cpu + figures.final.cpu
    ratio = cpu / figures.parse.cpu
    print(
        f"\nCPU: map {figures.map.cpu:.2f} + reduce {figures.reduce.cpu:.2f} + final"
        f" {figures.final.cpu:.2f} s, parse {figures.parse.cpu:.2f} s: ratio {ratio:.2f}"
        f" (bar {WHOLE_BAR}, of which three starts of Python are a part)"
    )
    assert ratio <= WHOLE_BAR


@needs_compiled
def test_little_is_left_of_the_tallies(figures: Figures) -> None:
    counts = (figures.left - figures.runs) / figures.tallies
    whole = figures.left / figures.tallies
    print(
        f"\nleft: {figures.left / 1e6:.2f} of {figures.tallies / 1e6:.1f} MB: {whole:.1%} (bar"
        f" {LEFT_BAR:.0%}); counts alone {counts:.2%}, and"
        f" {figures.runs / figures.attempts:.2f} bytes for when and where each run was"
    )
    assert whole <= LEFT_BAR


@needs_compiled
def test_two_processes_read_blobs_nearly_twice_as_fast(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = pytest.importorskip("azure.storage.blob")
    monkeypatch.setenv("AZURE_STORAGE_KEY", KEY)
    write_log(tmp_path / "log", size=BLOB_SIZE)
    content = (tmp_path / "log").read_bytes()
    with emulated_storage() as account:
        client: Any = storage.ContainerClient(account, "logs", credential=KEY)
        client.create_container()
        for hour in range(BLOBS):
            client.upload_blob(f"h={hour:02}/PT1H.json", content)
        one, two = walls_of_one_and_two(client.url)
    print(f"\nAzurite: one process {one:.2f} s, two {two:.2f} s: {one / two:.2f} times as fast")
    if PROCESSORS < 3:
        pytest.skip("the emulator takes a processor of its own, and none is left for it")
    assert one / two >= BLOBS_BAR


@needs_compiled
def test_two_processes_read_blobs_nearly_twice_as_fast_from_a_light_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("azure.storage.blob")
    monkeypatch.setenv("AZURE_STORAGE_KEY", KEY)
    write_log(tmp_path / "log", size=SIZE)
    with light_storage(tmp_path / "log", LIGHT_BLOBS) as container:
        one, two = walls_of_one_and_two(container)
        alone = min(cpu_of_each(container, 1) for _ in range(ROUNDS))
        shared = min(cpu_of_each(container, 2) for _ in range(ROUNDS))
    (tmp_path / "log").unlink()
    print(
        f"\nlight: one process {one:.2f} s, two {two:.2f} s: {one / two:.2f} times as fast; CPU"
        f" of one alone {alone[0]:.2f} s, of two {shared[0]:.2f} and {shared[1]:.2f} s:"
        f" {alone[0] / max(shared):.2f} times as fast where each has a processor"
    )
    # What else runs here takes of the wall, and nothing of this.
    assert alone[0] / max(shared) >= BLOBS_BAR


def cpu_of_each(container: str, workers: int) -> tuple[float, float]:
    """Seconds of CPU of the process that was started, and of the other one."""
    argv = [sys.executable, "-c", TELLING, "events", "parse", container, "-o", "json"]
    told = subprocess.run(
        [*argv, "--workers", str(workers)], capture_output=True, check=True, text=True
    ).stderr.split()
    return float(told[-2]), float(told[-1])


def walls_of_one_and_two(container: str) -> tuple[float, float]:
    """The least time that one process takes for the blobs of a container, and that two take."""
    walls: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(ROUNDS + 2):
        for workers, found in walls.items():
            argv = batchdoctor("parse", container, "--workers", str(workers), "-o", "json")
            found.append(cost_of(argv).wall)
    return min(walls[1]), min(walls[2])


@needs_compiled
def test_a_million_attempts_more_take_as_much_again(tmp_path: Path) -> None:
    costs, bare = [], []
    for millions in (1, 3):
        path = tmp_path / f"{millions}.json"
        write_log(path, attempts=millions * ATTEMPTS)
        argv = batchdoctor("parse", str(path), "--workers", "1", "-o", "json")
        costs.append(min((cost_of(argv) for _ in range(ROUNDS)), key=lambda cost: cost.cpu))
        bare.append(cost_of([sys.executable, "-c", BARE, str(path)]))
        path.unlink()
    ratio, grown = costs[1].cpu / costs[0].cpu, (costs[1].memory - costs[0].memory) * 2**20
    each = grown / (2 * ATTEMPTS)
    print(
        f"\n{ATTEMPTS:,} attempts {costs[0].cpu:.2f} s, three times as many {costs[1].cpu:.2f} s:"
        f" {ratio:.2f} times; {costs[1].cpu / bare[1].cpu:.2f} times the bare loop (bar"
        f" {BARE_BAR}); {each:.0f} bytes for each (bar {BYTES_PER_ATTEMPT})"
    )
    assert ratio <= 3.3
    assert costs[1].cpu <= BARE_BAR * bare[1].cpu
    assert each <= BYTES_PER_ATTEMPT


@needs_compiled
def test_a_job_for_each_task_takes_as_much_for_the_last_one_as_for_the_first(
    tmp_path: Path,
) -> None:
    costs = []
    for times in (1, 3):
        path = tmp_path / f"{times}.json"
        write_log(path, attempts=times * JOBS_OF_ONE_TASK, jobs=10**9)
        argv = batchdoctor("parse", str(path), "--workers", "1", "-o", "json")
        costs.append(min((cost_of(argv) for _ in range(ROUNDS)), key=lambda cost: cost.cpu))
    ratio, more = costs[1].cpu / costs[0].cpu, 2 * JOBS_OF_ONE_TASK
    each = (costs[1].memory - costs[0].memory) * 2**20 / more
    print(
        f"\n{JOBS_OF_ONE_TASK:,} jobs of a task {costs[0].cpu:.2f} s, three times as many"
        f" {costs[1].cpu:.2f} s: {ratio:.2f} times;"
        f" {(costs[1].cpu - costs[0].cpu) / more * 1e6:.0f} microseconds and {each:.0f} bytes"
        f" for each (bar {BYTES_PER_JOB})"
    )
    assert ratio <= 3.3
    assert each <= BYTES_PER_JOB


@needs_compiled
def test_a_log_of_five_terabytes_is_simulated_from_these_figures(figures: Figures) -> None:
    times = WHOLE_LOG / SIZE
    attempts, left = figures.attempts * times, figures.left * times
    grain = grain_of(Counted(int(figures.events * times), 0, DAYS * 86400))
    judged = attempts / grain.every
    print(
        f"\nsimulated: {WHOLE_LOG / 1e12:.0f} TB of {DAYS} days, {attempts / 1e9:.1f} billion"
        f" attempts, shuffled {figures.tallies * times / 1e9:.0f} GB, left {left / 1e9:.1f} GB"
        f" ({figures.left / figures.attempts:.2f} bytes an attempt); nodes are judged by one of"
        f" {grain.every} runs"
    )
    shared = (figures.map.cpu + figures.reduce.cpu) * times / 3600
    # All runs are put in order, and some of them judged, in one process.
    rest = figures.final.cpu - figures.unpacking
    joined = (figures.unpacking + rest / grain.every) * times / 3600
    reduced = (figures.reduce.memory - figures.start.memory) / figures.attempts * attempts / 256
    last = (figures.final.memory - figures.start.memory) / figures.attempts * judged + left / 2**20
    for cores in (1, 16, 160):
        hours = shared / cores + joined
        money = (shared + joined) * CORE_HOUR
        print(
            f"{cores:4} cores: {hours:7.2f} h ({shared / cores:.2f} h of maps and reduces, then"
            f" {joined:.2f} h on one core), {money:.2f} USD of core-hours at {CORE_HOUR};"
            f" {figures.map.memory:.0f} MB a map, {figures.start.memory + reduced:.0f} MB a reduce"
            f" of 256, {(figures.start.memory + last) / 1024:.1f} GB the last task"
        )
    assert left < figures.tallies * times * LEFT_BAR
    assert last < LAST_TASK_BAR_MB
