"""Listing a large account: batchdoctor beside the SDK's own loop, on the same server, as ratios.

Run with `python -m pytest -n0 -s tests/benchmarks/test_listing.py`.
"""

from __future__ import annotations

import os
import shlex
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

ROUNDS = 3
SMALL, LARGE = 20_000, 100_000

# The loop that the SDK's documentation shows, with the filter that `tasks failed` uses or without.
SDK_LOOP = """
import os, sys
from azure.batch import BatchClient
from azure.core.credentials import AzureNamedKeyCredential
environ = os.environ
client = BatchClient(
    environ["AZURE_BATCH_ENDPOINT"],
    AzureNamedKeyCredential(environ["AZURE_BATCH_ACCOUNT"], environ["AZURE_BATCH_ACCESS_KEY"]),
)
for job in client.list_jobs():
    for task in client.list_tasks(job.id, filter=sys.argv[1] or None):
        execution = task.execution_info
        print(job.id, task.id, execution.exit_code if execution else None)
"""
FAILED = "state eq 'completed' and executionInfo/result eq 'failure'"


@dataclass(frozen=True)
class Cost:
    """What a whole process took, start-up included: CPU and wall in seconds, memory in MB."""

    cpu: float
    wall: float
    memory: float
    lines: int


def cost_of(argv: list[str], settings: dict[str, str]) -> Cost:
    begin = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, *argv], env={**os.environ, **settings}, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        lines = sum(1 for _ in process.stdout)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    wall = time.perf_counter() - begin
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, lines)


def median_cost(argv: list[str], settings: dict[str, str]) -> Cost:
    costs = [cost_of(argv, settings) for _ in range(ROUNDS)]
    return Cost(
        statistics.median(cost.cpu for cost in costs),
        statistics.median(cost.wall for cost in costs),
        statistics.median(cost.memory for cost in costs),
        costs[0].lines,
    )


@pytest.fixture(params=[SMALL, LARGE])
def account(request: pytest.FixtureRequest) -> Iterator[tuple[int, dict[str, str]]]:
    size: int = request.param
    argv = ["-m", "batchdoctor", "sandbox", "serve", "--scenario", "big", "--size", str(size)]
    with subprocess.Popen(
        [sys.executable, *argv], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stderr is not None
        assert server.stdout is not None
        server.stderr.readline()
        os.set_blocking(server.stdout.fileno(), False)
        pairs = [
            line.removeprefix("export ").partition("=")
            for line in server.stdout.read().splitlines()
        ]
        yield size, {name: shlex.split(value)[0] for name, _, value in pairs}
        server.terminate()


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("what", "ours", "filter_of_sdk"),
    [
        ("failed tasks", ["tasks", "failed", "-o", "jsonl"], FAILED),
        ("every task", ["nodes", "suspect", "--exact", "-o", "jsonl"], ""),
    ],
    ids=["failed", "every"],
)
def test_listing(
    account: tuple[int, dict[str, str]], what: str, ours: list[str], filter_of_sdk: str
) -> None:
    size, settings = account
    batchdoctor = median_cost(["-m", "batchdoctor", *ours], settings)
    sdk = median_cost(["-c", SDK_LOOP, filter_of_sdk], settings)
    print(
        f"\n{what} of {size:,}: batchdoctor {batchdoctor.cpu:.2f} s CPU, {batchdoctor.wall:.2f} s, "
        f"{batchdoctor.memory:.0f} MB; SDK loop {sdk.cpu:.2f} s CPU, {sdk.wall:.2f} s, "
        f"{sdk.memory:.0f} MB; ratio CPU {batchdoctor.cpu / sdk.cpu:.2f}, "
        f"wall {batchdoctor.wall / sdk.wall:.2f}"
    )
    assert sdk.lines >= batchdoctor.lines
