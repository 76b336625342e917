"""An account served by a process of its own, and what other processes take to ask it."""

from __future__ import annotations

import os
import shlex
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

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
_FORBIDDING = {"PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}
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
    # Compiled modules are kept, as an installation has them, whatever this shell forbids.
    shell = {name: value for name, value in os.environ.items() if name not in _FORBIDDING}
    with subprocess.Popen(
        [sys.executable, *argv], env={**shell, **settings}, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        lines = sum(1 for _ in process.stdout)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    wall = time.perf_counter() - begin
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, lines)


def median_cost(argv: list[str], settings: dict[str, str], rounds: int) -> Cost:
    costs = [cost_of(argv, settings) for _ in range(rounds)]
    return Cost(
        statistics.median(cost.cpu for cost in costs),
        statistics.median(cost.wall for cost in costs),
        statistics.median(cost.memory for cost in costs),
        costs[0].lines,
    )


@contextmanager
def served(*options: str) -> Iterator[dict[str, str]]:
    """Serve an account, and give the environment of those who ask it."""
    argv = ["-m", "batchdoctor", "sandbox", "serve", *options]
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
        yield {name: shlex.split(value)[0] for name, _, value in pairs}
        server.terminate()
