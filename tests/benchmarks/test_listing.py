"""Listing a large account: batchdoctor beside the SDK's own loop, on the same server, as ratios.

Run with `python -m pytest -n0 -s tests/benchmarks/test_listing.py`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.benchmarks.serving import FAILED, SDK_LOOP, median_cost, served

ROUNDS = 3
SMALL, LARGE = 20_000, 100_000


@pytest.fixture(params=[SMALL, LARGE])
def account(request: pytest.FixtureRequest) -> Iterator[tuple[int, dict[str, str]]]:
    size: int = request.param
    with served("--scenario", "big", "--size", str(size)) as settings:
        yield size, settings


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
    batchdoctor = median_cost(["-m", "batchdoctor", *ours], settings, ROUNDS)
    sdk = median_cost(["-c", SDK_LOOP, filter_of_sdk], settings, ROUNDS)
    print(
        f"\n{what} of {size:,}: batchdoctor {batchdoctor.cpu:.2f} s CPU, {batchdoctor.wall:.2f} s, "
        f"{batchdoctor.memory:.0f} MB; SDK loop {sdk.cpu:.2f} s CPU, {sdk.wall:.2f} s, "
        f"{sdk.memory:.0f} MB; ratio CPU {batchdoctor.cpu / sdk.cpu:.2f}, "
        f"wall {batchdoctor.wall / sdk.wall:.2f}"
    )
    assert sdk.lines >= batchdoctor.lines
