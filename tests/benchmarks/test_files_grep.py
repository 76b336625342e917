"""A search through 200 KiB of stderr of each of many failed tasks, beside downloading them alone.

Run with `python -m pytest -n0 -s tests/benchmarks/test_files_grep.py`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.serving import cost_of, served

TASKS = int(os.environ.get("BENCHMARK_TASKS", "2000"))
SCENARIO = """
summary = "Failed tasks with 200 KiB of stderr each."

[recipes.long]
code = "FailureExitCode"
category = "UserError"
message = "The task exited with an exit code representing a failure"
exit_code = 1
stderr = "@lines:9750"

[[pools]]
id = "farm"
slots = 8
nodes = [{ count = 50 }]

[[jobs]]
id = "nightly"
pool = "farm"
tasks = [{ count = TASKS, id = "t-{n}", recipe = "long" }]
"""
# The same requests in the same number of threads, and nothing done with what comes.
DOWNLOAD = """
import os
from batchdoctor.prefetch import prefetched
from batchdoctor.service.account import AccountOptions, resolve_account
from batchdoctor.service.client import Client
from batchdoctor.service.files import TaskFile, read

with Client(resolve_account(AccountOptions(), os.environ)) as client:
    def size(task):
        yield sum(map(len, read(client, TaskFile("nightly", task.id, "stderr.txt"))))
    print(sum(n for _, sizes in prefetched(client.failed_tasks("nightly"), size) for n in sizes))
"""


@pytest.mark.timeout(900)
def test_files_grep(tmp_path: Path) -> None:
    print()
    for tasks in (TASKS // 10, TASKS):
        scenario = tmp_path / f"{tasks}.toml"
        scenario.write_text(SCENARIO.replace("TASKS", str(tasks)))
        with served("--scenario", str(scenario)) as settings:
            alone = cost_of(["-c", DOWNLOAD], settings)
            for pattern in ("Read-only file system", "tile (97|98) ok", "(?i)panic|fatal: "):
                argv = [
                    "files",
                    "grep",
                    pattern,
                    "--job",
                    "nightly",
                    "--failed",
                    "--file",
                    "stderr",
                ]
                cost = cost_of(["-m", "batchdoctor", *argv], settings)
                print(
                    f"{tasks:>6,} tasks, {pattern:24} {cost.cpu:6.2f} s of CPU, "
                    f"{cost.cpu / alone.cpu:5.2f} of downloading alone, {cost.memory:5.0f} MB"
                )
            argv = ["-m", "batchdoctor", *argv, "-o", "json"]
            told = subprocess.run(
                [sys.executable, *argv],
                env={**os.environ, **settings},
                capture_output=True,
                check=True,
            )
            summary = json.loads(told.stdout)["summary"]
            assert (summary["files"], summary["matches"]) == (tasks, 0)
            print(f"{tasks:>6,} tasks, {summary['bytes']:,} bytes")
