"""The same log summed up by batchdoctor and by DuckDB, at several sizes, as a table for the README.

Run with `python -m pytest -n0 -s tests/benchmarks/test_duckdb.py`; `DUCKDB_GB` names the sizes.
DuckDB is asked for the counts only; batchdoctor judges nodes, too.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from ast import literal_eval
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.benchmarks.test_events import (
    DUCKDB,
    Cost,
    compiled,  # noqa: F401 - a fixture for all
    cost_of,
    parse,
    write_log,
)

# Gigabytes are written and read over and over.
pytestmark = pytest.mark.timeout(7200)

SIZES = [float(size) for size in os.environ.get("DUCKDB_GB", "0.2 2 10").split()]
ROUNDS = 3
PYTHON = os.environ.get("DUCKDB_PYTHON", sys.executable)
HEAD = """
| log | attempts | DuckDB, 2 threads: wall, CPU, memory | `--workers 2`: wall, CPU, memory | `--workers 1`: wall, CPU, memory |
|---|---|---|---|---|"""  # noqa: E501 - a row of a table is a line


class Rows(NamedTuple):
    """What both say of a log."""

    events: dict[str, int]
    attempts: int
    unfinished: int
    by_code: dict[str, int]
    by_node: dict[str, int]


@pytest.mark.skipif(
    sys.executable == PYTHON and importlib.util.find_spec("duckdb") is None,
    reason="duckdb is not installed here, and DUCKDB_PYTHON names no Python that has it",
)
def test_a_table_of_sizes(tmp_path: Path) -> None:
    lines = [HEAD]
    for size in SIZES:
        path = tmp_path / "PT1H.json"
        write_log(path, size=int(size * 1e9))
        asked = [[PYTHON, "-c", DUCKDB, str(path)], parse(path, 2), parse(path, 1)]
        rows = rows_of_duckdb(asked[0])
        assert rows == rows_of_batchdoctor(asked[1]) == rows_of_batchdoctor(asked[2])
        costs = [least([cost_of(argv) for _ in range(ROUNDS)]) for argv in asked]
        path.unlink()
        lines.append(f"| {size:g} GB | {rows.attempts:,} | {' | '.join(map(told, costs))} |")
    print("\n".join(lines))


def rows_of_duckdb(argv: list[str]) -> Rows:
    found = subprocess.run(argv, capture_output=True, check=True, text=True).stdout
    # Before it, there may be how far DuckDB is.
    rows = literal_eval(found.splitlines()[-1])

    def column(kind: str) -> dict[str, int]:
        return {name: count for each, name, count in rows if each == kind and count}

    return Rows(
        column("events"),
        column("attempts")[""],
        column("unfinished").get("", 0),
        column("code"),
        column("node"),
    )


def rows_of_batchdoctor(argv: list[str]) -> Rows:
    found = subprocess.run(argv, capture_output=True, check=True).stdout
    summary = json.loads(found)["summary"]
    by_node = {name.partition("/")[2]: times for name, times in summary["byNode"].items()}
    return Rows(
        summary["events"],
        summary["attempts"],
        summary["unfinished"],
        summary["byCode"],
        by_node,
    )


def least(costs: Sequence[Cost]) -> Cost:
    """Other load can only add."""
    return Cost(
        min(cost.cpu for cost in costs),
        min(cost.wall for cost in costs),
        max(cost.memory for cost in costs),
    )


def told(cost: Cost) -> str:
    return f"{cost.wall:.1f} s, {cost.cpu:.1f} s, {cost.memory:,.0f} MB"
