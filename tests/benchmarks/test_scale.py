"""Logs beyond one machine: what maps and reduces cost beside one reading, as ratios of one run.

Run with `python -m pytest -n0 -s tests/benchmarks/test_scale.py`; `SCALE_MB` is the size of the
log, 2000 unless given. The last test multiplies what was measured up to a log of 5 TB.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from batchdoctor.core.log.left import Left
from batchdoctor.core.log.shards import left_from
from tests.azurite import KEY, emulated_storage
from tests.benchmarks.test_events import BARE, COMPILED, Cost, cost_of, write_log

SIZE = int(os.environ.get("SCALE_MB", "2000")) * 1_000_000
ROUNDS = 3
MAP_BAR = 1.15
WHOLE_BAR = 1.3
# Of the tallies, what is left of them.
LEFT_BAR = 0.02
BLOBS_BAR = 1.7
BLOBS, BLOB_SIZE = 16, 24_000_000
ATTEMPTS = 1_000_000
BARE_BAR = 2.2
BYTES_PER_ATTEMPT = 60
# Of the account that is simulated; a core-hour of a small general-purpose machine in dollars.
WHOLE_LOG, CORE_HOUR = 5_000_000_000_000, 0.05

needs_compiled = pytest.mark.skipif(
    importlib.util.find_spec(COMPILED) is None, reason="nothing was compiled here"
)


class Figures(NamedTuple):
    """What one run came to, of a log of `SIZE` bytes."""

    parse: Cost
    map: Cost
    reduce: Cost
    final: Cost
    tallies: int
    left: int
    runs: int
    attempts: int


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
    yield Figures(
        parse,
        mapped,
        reduced,
        final,
        tallies=sum(file.stat().st_size for file in counts.glob("map-*")),
        left=left_file.stat().st_size,
        runs=_bytes_of_runs(left),
        attempts=left.count.attempts,
    )
    shutil.rmtree(folder)


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
        walls: dict[int, list[float]] = {1: [], 2: []}
        for _ in range(ROUNDS + 2):
            for workers, found in walls.items():
                argv = batchdoctor("parse", client.url, "--workers", str(workers), "-o", "json")
                found.append(cost_of(argv).wall)
    one, two = min(walls[1]), min(walls[2])
    print(f"\nblobs: one process {one:.2f} s, two {two:.2f} s: {one / two:.2f} times as fast")
    assert one / two >= BLOBS_BAR


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
def test_a_log_of_five_terabytes_is_simulated_from_these_figures(figures: Figures) -> None:
    times = WHOLE_LOG / SIZE
    attempts = figures.attempts * times
    print(
        f"\nsimulated: {WHOLE_LOG / 1e12:.0f} TB, {attempts / 1e9:.1f} billion attempts, shuffled"
        f" {figures.tallies * times / 1e9:.0f} GB, left {figures.left * times / 1e9:.1f} GB"
    )
    shared = (figures.map.cpu + figures.reduce.cpu) * times / 3600
    # Joining and judging happens in one process, whose memory has each run in twelve bytes.
    joined = figures.final.cpu * times / 3600
    for cores in (1, 16, 160):
        hours = shared / cores + joined
        money = (shared + joined) * CORE_HOUR
        # Of each attempt a row of 38 bytes, and a run of twelve.
        reduced = attempts * 50 / 256 / 1e6
        print(
            f"{cores:4} cores: {hours:7.2f} h ({shared / cores:.2f} h of maps and reduces, then"
            f" {joined:.2f} h on one core), {money:.2f} USD of core-hours at {CORE_HOUR},"
            f" {figures.map.memory:.0f} MB a map, {reduced:.0f} MB a reduce of 256,"
            f" {attempts * 12 / 1e9:.0f} GB to judge all runs"
        )
    assert figures.left * times < figures.tallies * times * LEFT_BAR
