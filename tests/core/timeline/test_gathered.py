"""Gathering what happened: once, whoever told it, and never more than was asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from batchdoctor.core.timeline.gathered import Asked, Gathered, fold
from batchdoctor.core.timeline.happening import ONSETS, Happening, HappeningKind, Source

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FAILED = HappeningKind.TASK_FAILED


def happening(seconds: float = 0, kind: HappeningKind = FAILED, **members: Any) -> Happening:
    told: dict[str, Any] = {"what": "failed", "job_id": "j", "task_id": "t"} | members
    return Happening(time=NOON + timedelta(seconds=seconds), kind=kind, **told)


def gathered(
    *happenings: Happening, asked: Asked | None = None, most: int = 1000
) -> list[Happening]:
    found = Gathered(asked or Asked(), most)
    for each in happenings:
        found.add(each)
    return list(found.every())


def told(found: list[Happening]) -> list[tuple[int, str]]:
    return [(each.count, each.source.value) for each in found]


def test_what_the_service_and_its_log_tell_is_there_once_from_both() -> None:
    assert told(gathered(happening(), happening(0.5, source=Source.LOG))) == [(1, "both")]
    assert told(gathered(happening(0.5, source=Source.LOG), happening())) == [(1, "both")]


def test_ids_are_the_same_without_regard_to_case() -> None:
    assert told(gathered(happening(), happening(job_id="J", source=Source.LOG))) == [(1, "both")]


def test_the_two_events_of_one_failure_are_one() -> None:
    log = Source.LOG
    assert told(gathered(happening(source=log), happening(source=log))) == [(1, "log")]


@pytest.mark.parametrize(
    "other",
    [
        happening(3600, source=Source.LOG),
        happening(3600),
        happening(attempt=(1, 0), source=Source.LOG),
        happening(task_id="u", source=Source.LOG),
        happening(kind=HappeningKind.TASK_RETRIED, source=Source.LOG),
    ],
)
def test_what_is_not_the_same_stays_apart(other: Happening) -> None:
    assert len(gathered(happening(), other)) == 2


def test_a_retry_is_told_by_its_decision_here_and_by_its_start_there() -> None:
    retry = HappeningKind.TASK_RETRIED
    live = happening(kind=retry, attempt=(1, 0))
    log = happening(300, kind=retry, attempt=(1, 0), source=Source.LOG)
    assert told(gathered(live, log)) == [(1, "both")]


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        (Asked(jobs=frozenset({"j"})), ["node", "pool p", "pool q", "task"]),
        (Asked(pools=frozenset({"p"})), ["node", "pool p", "task"]),
        (Asked(nodes=frozenset({"n"})), ["node", "pool p", "pool q", "job"]),
        (Asked(nodes=frozenset({"p/n"})), ["node", "pool p", "pool q", "job"]),
        (Asked(nodes=frozenset({"q/n"})), ["pool p", "pool q", "job"]),
        (Asked(since=NOON + timedelta(seconds=1)), []),
        (Asked(until=NOON), []),
    ],
)
def test_only_what_is_asked_about_is_there(asked: Asked, names: list[str]) -> None:
    def of(what: str, **ids: str) -> Happening:
        none: dict[str, Any] = {"job_id": None, "task_id": None}
        return happening(what=what, **none | ids)

    every = [
        of("pool p", pool_id="p"),
        of("pool q", pool_id="q"),
        of("node", pool_id="p", node_id="n"),
        of("task", job_id="j", task_id="t", pool_id="p", node_id="m"),
        of("job", job_id="k", pool_id="q"),
    ]
    assert sorted(each.what for each in gathered(*every, asked=asked)) == sorted(names)


def test_of_very_many_those_of_a_minute_that_are_alike_are_one_and_none_is_lost() -> None:
    every = [happening(number, task_id=f"t{number}", label="exit code 1") for number in range(600)]
    found = gathered(*every, *every, most=100)
    assert sum(each.count for each in found) == 600
    assert len(found) < 120
    assert found[-1].task_id is None
    assert found[-1].until == every[-1].time


def test_folding_keeps_every_count_and_what_must_stay() -> None:
    every = [
        happening(60 * number, task_id=f"t{number}", job_id=f"j{number % 7}")
        for number in range(700)
    ]
    onset = happening(9000, kind=HappeningKind.ONSET, task_id=None)
    found = fold(sorted([*every, onset], key=lambda each: each.time), 100, ONSETS)
    assert len(found) <= 100
    assert sum(each.count for each in found) == 701
    assert onset in found
    assert found == sorted(found, key=lambda each: each.time)


def test_what_fits_is_not_folded() -> None:
    every = [happening(number, task_id=f"t{number}") for number in range(5)]
    assert fold(every, 5, ()) == every
    assert [each.count for each in fold(every, 4, ())] == [5]
