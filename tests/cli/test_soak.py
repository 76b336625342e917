"""A long listing over a bad network: every record once, in memory that does not grow with it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from batchdoctor.sandbox import Fault, FaultKind, Sandbox
from batchdoctor.sandbox.scenario.load import FailurePlan, Scenario, load_scenario

PAGE = 10
# Faults of one exchange each, so that a seed decides which of them are met.
KINDS = (
    FaultKind.THROTTLED,
    FaultKind.BUSY,
    FaultKind.INTERNAL_ERROR,
    FaultKind.BAD_GATEWAY,
    FaultKind.GATEWAY_TIMEOUT,
    FaultKind.RESET,
    FaultKind.RESET_IN_HEADERS,
    FaultKind.RESET_IN_BODY,
    FaultKind.CLOSE_IN_BODY,
    FaultKind.CUT_CHUNKED,
    FaultKind.TRUNCATED_JSON,
    FaultKind.EMPTY_BODY,
)
# The program as it is, but for its waits: what it would have slept is not what is tested.
PROGRAM = """
import sys
from dataclasses import replace
from batchdoctor.cli.main import run
from batchdoctor.cli.world import process_world
sys.exit(int(run(sys.argv[1:], replace(process_world(), sleep=lambda _seconds: None))))
"""


@dataclass(frozen=True)
class Soak:
    """What a long listing came to; memory is the resident set of the program alone, in MB."""

    status: int
    told: str
    wanted: list[str]
    listed: list[str]
    requests: int
    seconds: float
    first_half: float
    second_half: float

    @property
    def growth(self) -> float:
        """Peak of the second half as a multiple of that of the first."""
        return self.second_half / self.first_half


def all_failed(pages: int) -> Scenario:
    """An account in which every task failed, so that listing the failed ones takes that many."""
    everything = FailurePlan(share=1.0, recipes=["bad-input", "flaky-storage", "out-of-memory"])
    return replace(load_scenario("big", size=pages * PAGE), noise=everything)


def soak(pages: int, share: float) -> Soak:
    """List the failed tasks, `share` of all exchanges spoilt, in a process of its own."""
    # Each kind strikes what the ones before it spared: together they meet just that share.
    single = 1 - (1 - share) ** (1 / len(KINDS))
    faults = [
        Fault(kind, times=None, share=single, seed=seed, delay=0.0)
        for seed, kind in enumerate(KINDS)
    ]
    with Sandbox(all_failed(pages), page_size=PAGE, faults=faults, keep_requests=10**6) as sandbox:
        wanted = [f"{task.job.id}/{task.id}" for task in sandbox.store.tasks()]
        begun = time.monotonic()
        with subprocess.Popen(
            [sys.executable, "-c", PROGRAM, "tasks", "failed", "-o", "ids"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(sandbox.environment()),
            cwd=Path(__file__).parents[2],
            text=True,
        ) as program:
            sizes: list[float] = []
            listed = list(measured(program, sizes))
            assert program.stderr is not None
            told = program.stderr.read()
        taken = time.monotonic() - begun
        half = len(sizes) // 2
        return Soak(
            program.returncode,
            told,
            wanted,
            listed,
            len(sandbox.requests),
            taken,
            max(sizes[:half], default=0.0),
            max(sizes[half:], default=0.0),
        )


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    return {**os.environ, **settings}


def measured(program: subprocess.Popen[str], sizes: list[float]) -> Iterator[str]:
    """Yield the lines of a program, and note its size once for every page of them."""
    assert program.stdout is not None
    for number, line in enumerate(program.stdout):
        if number % PAGE == 0:
            sizes.append(resident(program.pid))
        yield line.rstrip("\n")


def resident(process: int) -> float:
    """The memory of a process at this moment, in MB."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="there is no /proc here")
def test_three_hundred_pages_with_one_fault_in_five_lose_and_double_nothing() -> None:
    result = soak(300, 0.2)
    assert (result.status, len(result.listed)) == (0, 3000)
    assert sorted(result.listed) == sorted(result.wanted)
    # The faults were really met: what came twice over the wire came once to the reader.
    assert 300 * 1.15 < result.requests < 300 * 1.45
    assert result.growth < 1.1
