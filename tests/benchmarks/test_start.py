"""What a small answer costs beside the import of the SDK, and a large one beside its own loop.

Run with `python -m pytest -n0 -s tests/benchmarks/test_start.py`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks.serving import FAILED, SDK_LOOP, Cost, median_cost, served

ROUNDS = 7
# The SDK, what carries its requests, the command line, the decoder: no live command does without.
LIBRARIES = "azure.batch, azure.core.pipeline.transport, requests, typer, msgspec"
FAILED_TASKS = 30_000
ALL_FAIL = f"""
[[pools]]
id = "farm"
slots = 4
[[pools.nodes]]
count = 50
[[jobs]]
id = "sweep"
pool = "farm"
[[jobs.tasks]]
count = {FAILED_TASKS}
id = "point-{{n:06}}"
fails = {{ share = 1.0, recipes = ["bad-input"] }}
"""


def told(what: str, ours: Cost, other: Cost, name: str, aim: float) -> None:
    print(
        f"\n{what}: {ours.cpu:.3f} s CPU beside {other.cpu:.3f} s of {name}, ratio "
        f"{ours.cpu / other.cpu:.2f} (aim {aim})"
    )


@pytest.mark.timeout(600)
def test_a_small_answer_beside_the_import_of_the_sdk() -> None:
    with served("--scenario", "bad-node") as settings:
        argv = ["-m", "batchdoctor", "tasks", "failed", "--limit", "5", "-o", "jsonl"]
        ours = median_cost(argv, settings, ROUNDS)
        sdk = median_cost(["-c", "import azure.batch"], settings, ROUNDS)
        libraries = median_cost(["-c", f"import {LIBRARIES}"], settings, ROUNDS)
    told("a small answer", ours, sdk, "import azure.batch", 1.6)
    told("a small answer", ours, libraries, "the import of all it stands on", 1.3)
    assert ours.lines == 5


@pytest.mark.timeout(600)
@pytest.mark.parametrize("form", [("-o", "jsonl"), ("--by", "code", "-o", "jsonl")], ids=" ".join)
def test_many_failed_tasks_beside_the_loop_of_the_sdk(
    tmp_path: Path, form: tuple[str, ...]
) -> None:
    file = tmp_path / "all-fail.toml"
    file.write_text(ALL_FAIL)
    with served("--scenario", str(file)) as settings:
        ours = median_cost(["-m", "batchdoctor", "tasks", "failed", *form], settings, 3)
        sdk = median_cost(["-c", SDK_LOOP, FAILED], settings, 1)
    told(f"{sdk.lines:,} failed tasks, {' '.join(form)}", ours, sdk, "the SDK's own loop", 0.1)
    assert sdk.lines == FAILED_TASKS
