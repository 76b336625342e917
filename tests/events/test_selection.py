"""Only what was asked for is counted, and files that cannot hold it are not opened."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from batchdoctor.core.log.summary import Summary, conclude
from batchdoctor.core.log.tally import Tally
from batchdoctor.events.archive_hours import filed_hours, may_hold
from batchdoctor.events.places import sources_of
from batchdoctor.events.reading import EventLog
from batchdoctor.events.selection import Selection
from tests.events.corpus import BAD_JOB, BAD_NODE, BEGIN, corpus
from tests.events.wrappings import WRAPPINGS, lines

CORPUS = corpus()


def summary_of(selection: Selection, wrapping: str = "lines") -> Summary:
    content = WRAPPINGS[wrapping](CORPUS.records)
    log = EventLog(["-"], stdin=io.BytesIO(content), selection=selection)
    return conclude(log.tally())[0]


@pytest.mark.parametrize("wrapping", ["lines", "portal table", "tables"])
def test_a_job_a_pool_and_a_node_can_be_asked_for(wrapping: str) -> None:
    job = summary_of(Selection(jobs=frozenset({BAD_JOB})), wrapping)
    assert (job.jobs, job.failures > 0) == (1, True)
    node = summary_of(Selection(nodes=frozenset({BAD_NODE[1]})), wrapping)
    assert (node.nodes, node.failures) == (1, node.attempts - node.unfinished)
    pool = summary_of(Selection(pools=frozenset({"pool-2"})), wrapping)
    assert (pool.pools, pool.nodes) == (1, 1)
    resized = summary_of(Selection(pools=frozenset({"pool-3"})), wrapping)
    assert {**resized.events} == {"PoolResizeStartEvent": 1}


def test_a_category_keeps_the_events_of_attempts_that_failed_so() -> None:
    found = summary_of(Selection(categories=frozenset({"preprocessing"})))
    assert found.by_category.keys() == {"preprocessing"}
    assert found.failures == found.attempts > 0


def test_the_end_of_the_time_asked_for_is_not_part_of_it() -> None:
    first = BEGIN + timedelta(seconds=7)
    assert summary_of(Selection(since=first)) == summary_of(Selection())
    assert summary_of(Selection(until=first)).events == {}
    assert sum(summary_of(Selection(until=first + timedelta(seconds=1))).events.values()) == 1


def test_failures_and_events_are_selected_alike() -> None:
    selection, tally = Selection(jobs=frozenset({BAD_JOB})), Tally()
    log = EventLog(["-"], stdin=io.BytesIO(lines(CORPUS.records)), selection=selection)
    tasks = list(log.failures(tally))
    assert {task.job_id for task in tasks} == {BAD_JOB}
    assert conclude(tally)[0] == summary_of(selection)


def utc(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 8, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("path", "hours"),
    [
        ("r/y=2026/m=08/d=03/h=07/m=00/PT1H.json", (utc(3, 7), utc(3, 8))),
        ("y=2026/m=08/d=03", (utc(3), utc(4))),
        ("r\\y=2026\\m=08\\d=03\\h=23", (utc(3, 23), utc(4))),
        ("y=2026/m=13", None),
        ("y=9999/m=12", None),
        ("any/where", None),
    ],
)
def test_a_path_tells_when_its_records_arrived(
    path: str, hours: tuple[datetime, datetime] | None
) -> None:
    assert filed_hours(path) == hours


@pytest.mark.parametrize(
    ("day", "hour", "needed"),
    [(7, 23, False), (8, 0, True), (10, 5, True), (12, 23, True), (13, 0, False)],
)
def test_hours_within_two_days_of_the_time_asked_for_are_read(
    day: int, hour: int, needed: bool
) -> None:
    path = f"y=2026/m=08/d={day:02}/h={hour:02}/m=00/PT1H.json"
    assert may_hold(path, utc(10), utc(11)) is needed


def test_a_folder_that_cannot_hold_the_time_is_not_entered(tmp_path: Path) -> None:
    for day in (1, 10, 20):
        hour = tmp_path / "resourceId=" / "y=2026" / "m=08" / f"d={day:02}" / "h=00" / "m=00"
        hour.mkdir(parents=True)
        (hour / "PT1H.json").write_bytes(lines(CORPUS.records))
    (tmp_path / "loose.json").write_bytes(b"")
    found = [source.name for source in sources_of([str(tmp_path)], utc(10), utc(11))]
    assert [name.removeprefix(str(tmp_path)) for name in found] == [
        "/loose.json",
        "/resourceId=/y=2026/m=08/d=10/h=00/m=00/PT1H.json",
    ]
    named = str(tmp_path / "resourceId=/y=2026/m=08/d=01/h=00/m=00/PT1H.json")
    assert [source.name for source in sources_of([named], utc(10), utc(11))] == [named]
