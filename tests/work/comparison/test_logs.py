"""Two logs: what is planted in the second is named, and what differs by chance is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from batchdoctor import compare_logs
from batchdoctor.core.comparison.difference import Difference
from batchdoctor.errors import InputError
from batchdoctor.sandbox import Sandbox
from batchdoctor.sandbox.scenario.load import FailurePlan
from tests.box import NOW as AT
from tests.work.comparison.two_nights import NOW, THEN, Plant, account, with_member


@pytest.fixture
def logs(tmp_path: Path) -> tuple[Path, Path]:
    return tmp_path / "old.jsonl", tmp_path / "new.jsonl"


def written(logs: tuple[Path, Path], seed: int, plant: Plant | None = None) -> list[Difference]:
    """Differences between the log of last night's run and that of tonight's."""
    with Sandbox(account(seed, plant), now=lambda: AT) as sandbox:
        lines = list(sandbox.diagnostic_log())
    for path, job in zip(logs, (THEN, NOW), strict=True):
        path.write_text("".join(f"{line.rstrip()}\n" for line in lines if job in line))
    return list(compare_logs(*logs))


PLANTED: dict[str, tuple[Plant, tuple[str, str, str]]] = {
    "a full disk": (
        with_member("fails", FailurePlan(share=0.3, recipes=["disk-full"])),
        ("failures", "worse", "DiskFull"),
    ),
    "a program that fails": (
        with_member("fails", FailurePlan(share=0.3, recipes=["out-of-memory"])),
        ("failures", "worse", "exit code 137"),
    ),
    "tasks that take longer": (
        with_member("minutes", (7.0, 10.0)),
        ("duration", "worse", "nightly-#-#/frame-#"),
    ),
    "tasks that had to be put back": (
        with_member("requeues", 1),
        ("requeues", "worse", "were put back"),
    ),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_what_is_planted_is_named_and_nothing_else(logs: tuple[Path, Path], planted: str) -> None:
    plant, (what, way, words) = PLANTED[planted]
    (found,) = written(logs, 3, plant)
    assert (found.what.value, found.way.value) == (what, way)
    assert words in found.message


@pytest.mark.parametrize("seed", range(20))
def test_between_logs_that_differ_by_chance_nothing_is_told(
    logs: tuple[Path, Path], seed: int
) -> None:
    assert written(logs, 2000 + seed) == []
    answer = compare_logs(*logs)
    assert answer.complete
    assert getattr(answer.summary, "tests", 0) > 0


def test_what_is_delivered_twice_counts_once(logs: tuple[Path, Path]) -> None:
    plant = with_member("fails", FailurePlan(share=0.3, recipes=["disk-full"]))
    once = written(logs, 3, plant)
    for path in logs:
        path.write_text(path.read_text() * 3)
    assert list(compare_logs(*logs)) == once


def test_failures_of_tasks_that_were_not_there_before_are_told_as_such(
    logs: tuple[Path, Path],
) -> None:
    written(logs, 3, with_member("fails", FailurePlan(share=0.5, recipes=["disk-full"])))
    old = [line for line in logs[0].read_text().splitlines() if "join-" not in line]
    logs[0].write_text("\n".join(old))
    told = [each.message for each in compare_logs(*logs)]
    assert any("of kinds that were not there then (nightly-#-#/join-#) failed" in m for m in told)


def test_resizes_that_fail_are_told_and_not_mixed_with_tasks(logs: tuple[Path, Path]) -> None:
    def resize(number: int, code: str) -> str:
        body = {
            "id": "farm",
            "resultCode": code,
            "startTime": f"2026-11-20T{number:02}:00:00Z",
            "endTime": f"2026-11-20T{number:02}:04:00Z",
        }
        when = f"2026-11-20T{number:02}:04:00Z"
        return json.dumps(
            {"time": when, "operationName": "PoolResizeCompleteEvent", "properties": body}
        )

    logs[0].write_text("\n".join(resize(n, "Success") for n in range(12)))
    logs[1].write_text("\n".join(resize(n, "AllocationFailed") for n in range(12)))
    (found,) = compare_logs(*logs)
    assert found.message.startswith("12 of 12 failed: resize: AllocationFailed; then 0 of 12")


def test_a_log_without_an_event_is_refused(logs: tuple[Path, Path]) -> None:
    written(logs, 3)
    with pytest.raises(InputError, match="no event that was asked for"):
        compare_logs(*logs, jobs=["another"])
