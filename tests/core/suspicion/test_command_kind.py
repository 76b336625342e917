"""Command lines are of one kind if they start the same programs with the same options."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from batchdoctor.core.failures.failure import failure_of
from batchdoctor.core.records import NodeReference, Task, TaskExecution
from batchdoctor.core.suspicion.command_kind import has_command, with_command, without_command
from batchdoctor.core.suspicion.judge import judge
from batchdoctor.core.suspicion.live_runs import LiveRuns

RENDER = "/bin/bash -c 'cd $AZ_BATCH_TASK_DIR && render --scene a.blend --frame=17'"


@pytest.mark.parametrize(
    "other",
    [
        "/bin/bash -c 'cd $AZ_BATCH_TASK_DIR && render --scene b.blend --frame=18'",
        "/bin/bash -c 'cd /mnt/7 && render --scene /mnt/c/d.blend --frame=1'",
        "/bin/bash -c 'cd $AZ_BATCH_TASK_DIR && /opt/render-4.2/render --scene x --frame=2'",
        '/bin/bash -c "cd $AZ_BATCH_TASK_DIR && SEED=7 render --scene x --frame=2"',
    ],
)
def test_values_make_no_other_kind(other: str) -> None:
    assert with_command(5, RENDER) == with_command(5, other)


@pytest.mark.parametrize(
    "other",
    [
        "/bin/bash -c 'cd $AZ_BATCH_TASK_DIR && encode --scene a.blend --frame=17'",
        "/bin/bash -c 'cd $AZ_BATCH_TASK_DIR && render --scene a.blend --frame=17 --denoise'",
        "/bin/bash -c 'cd $AZ_BATCH_TASK_DIR && render --scene a.blend --frame=17; upload x'",
    ],
)
def test_programs_and_options_do(other: str) -> None:
    assert with_command(5, RENDER) != with_command(5, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("python train.py data/1", "python score.py data/1"),
        ("python -m farm.train 1", "python -m farm.score 1"),
        ("cmd /c train.exe 1", "cmd /c score.exe 1"),
        (r"cmd /c C:\tools\train.exe 1", r"cmd /c C:\tools\score.exe 1"),
        ("sh -c '/usr/bin/7z a 1'", "sh -c '/usr/bin/7za a 1'"),
    ],
)
def test_scripts_modules_and_programs_of_windows_are_told_apart(one: str, other: str) -> None:
    assert with_command(5, one) != with_command(5, other)
    assert with_command(5, one) == with_command(5, one.replace("1", "2"))


def test_the_kind_of_the_id_is_kept_beside_it() -> None:
    kind = with_command(0xBEEF, RENDER)
    assert has_command(kind)
    assert without_command(kind) == 0xBEEF
    assert with_command(0xBEEF, None) == with_command(0xBEEF, "") == 0xBEEF
    assert not has_command(0xBEEF)


def test_any_text_has_a_kind_quickly() -> None:
    for line in ("'", "-", "--", "|||", "\0", "é" * 50_000, "a" * 10_000_000):
        assert has_command(with_command(0, line))


def _suspects(*, known: float, programs: int = 2) -> set[str]:
    """Tasks of two programs, one of which fails by half and runs on three nodes of twelve only.

    Their ids tell nothing, and of the first tasks of the job no command line is known.
    """
    runs, begin = LiveRuns({}), datetime(2026, 11, 20, tzinfo=UTC)
    for number in range(360):
        large = number % 3 == 0
        node = number // 3 % 3 if large else 3 + number // 3 % 9
        program = f"{'solve' if large else 'mesh'}{'abcdefghijklmnopqrst'[number // 3 % programs]}"
        failed = large and number % 2 == 0
        start = begin + timedelta(seconds=30 * number)
        task = Task(
            id=f"{number:08x}-{number * 7919:012x}",
            job_id="job",
            state="completed",
            command_line=f"{program} --case {number}" if number >= 360 * (1 - known) else None,
            node_info=NodeReference(pool_id="p", node_id=f"tvm-{node}"),
            execution_info=TaskExecution(
                start_time=start,
                end_time=start + timedelta(seconds=20),
                exit_code=int(failed),
                result="failure" if failed else "success",
            ),
        )
        runs.add(task, failure_of(task) if failed else None)
    return {each.node_id for each in judge(runs.counts) if each.verdict == "suspect"}


def test_a_program_that_fails_accuses_nobody_for_being_where_it_runs() -> None:
    assert _suspects(known=1) == set()


@pytest.mark.parametrize(("known", "programs"), [(0, 2), (0.7, 2), (1, 20)])
def test_what_is_not_known_of_all_or_is_another_for_each_is_no_kind(
    known: float, programs: int
) -> None:
    assert _suspects(known=known, programs=programs) == {"tvm-0", "tvm-1", "tvm-2"}
