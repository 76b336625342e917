"""Reckoning the hours of a large log: memory by the run, and CPU beside counting the same log.

Run with `python -m pytest -n0 -s tests/benchmarks/test_cost.py`; `COST_RUNS` is how many runs the
log has, 2,000,000 for the figures that are claimed.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.benchmarks.test_events import Cost, cost_of

SMALL = 10_000
RUNS = int(os.environ.get("COST_RUNS", "200000"))
NODES, SLOTS = 400, 2
BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
# A run is 32 bytes; a node is looked through at a time.
BYTES_A_RUN = 64
CPU_BAR = 4.0

FOLD = """
import sys
from batchdoctor.core.cost.log_hours import LogHours
from batchdoctor.core.cost.reckoning import PoolTold, reckon
from batchdoctor.events.reading import EventLog
hours = LogHours()
for _ in EventLog(sys.argv[1:]).hours(hours):
    pass
hours.settle()
for key, pool in hours.runs.pools.items():
    reckon(PoolTold(runs=pool, sizes=hours.sizes.get(key)), hours.window)
# What the system counts as the most of a process holds that of the one it was forked from, too.
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(int(peak.split()[1]) * 1024)
"""


def moment(seconds: float) -> str:
    return (BEGIN + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def write_log(file: Path, runs: int) -> None:
    """A pool of busy nodes; the events of each run together, so in no order of time."""
    chance = random.Random(7)
    free = [chance.uniform(0, 60) for _ in range(NODES * SLOTS)]
    with file.open("w", encoding="utf-8") as log:
        for number in range(runs):
            slot = number % len(free)
            start = free[slot]
            end = start + chance.uniform(5, 300)
            free[slot] = end + chance.uniform(1, 20)
            failed = chance.random() < 0.03
            body = (
                f'"properties":{{"jobId":"job-{number // 20_000}","id":"task-{number}",'
                f'"taskType":"User","systemTaskVersion":{number},"requiredSlots":1,'
                f'"nodeInfo":{{"poolId":"farm","nodeId":"tvmps_{slot // SLOTS:064x}_d"}},'
                '"executionInfo":{"retryCount":0,"requeueCount":0'
            )
            way = f'"exitCode":{int(failed)},"result":"{"Failure" if failed else "Success"}"'
            times = f'"startTime":"{moment(start)}","endTime":"{moment(end)}"'
            names = ("TaskCompleteEvent", "TaskFailEvent") if failed else ("TaskCompleteEvent",)
            log.write(f'{{"time":"{moment(start)}","operationName":"TaskStartEvent",{body}}}}}}}\n')
            for name in names:
                head = f'{{"time":"{moment(end)}","operationName":"{name}",'
                log.write(f"{head}{body},{times},{way}}}}}}}\n")


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("logs")
    small, large = folder / "small.json", folder / "large.json"
    write_log(small, SMALL)
    write_log(large, RUNS)
    return small, large


def peak(log: Path) -> int:
    """The most memory that the fold and the reckoning took, in bytes."""
    told = subprocess.run(
        [sys.executable, "-c", FOLD, str(log)], check=True, capture_output=True, text=True
    )
    return int(told.stdout)


def test_memory_grows_by_no_more_than_its_bound_a_run(logs: tuple[Path, Path]) -> None:
    small, large = map(peak, logs)
    grown = (large - small) / (RUNS - SMALL)
    print(f"\n{RUNS:,} runs: {large / 1_000_000:.0f} MB; {grown:.0f} bytes a run more")
    assert grown <= BYTES_A_RUN


def test_hours_take_a_few_times_the_cpu_of_counting(logs: tuple[Path, Path]) -> None:
    log = str(logs[1])
    batchdoctor = [sys.executable, "-m", "batchdoctor"]
    counted: Cost = cost_of([*batchdoctor, "events", "parse", log, "-o", "json"])
    reckoned: Cost = cost_of([*batchdoctor, "cost", "--events", log, "-o", "json"])
    ratio = reckoned.cpu / counted.cpu
    print(f"\ncounted {counted.cpu:.1f} s, reckoned {reckoned.cpu:.1f} s: {ratio:.1f} times")
    assert ratio <= CPU_BAR
