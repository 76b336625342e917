"""The picture of a timeline in characters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from batchdoctor.core.pictures.lanes import lanes_of
from batchdoctor.core.timeline.happening import Happening, HappeningKind
from batchdoctor.report.lane_text import lane_lines

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def happening(minutes: float, kind: HappeningKind, count: int = 1, job: str = "j") -> Happening:
    time = NOON + timedelta(minutes=minutes)
    return Happening(time=time, kind=kind, what="", job_id=job, pool_id="p", count=count)


HAPPENED = [
    happening(0, HappeningKind.JOB_STARTED),
    happening(20, HappeningKind.RESIZE_STARTED),
    happening(21, HappeningKind.RESIZE_FAILED),
    happening(30, HappeningKind.TASK_FAILED, 1),
    happening(31, HappeningKind.TASK_FAILED, 4),
    happening(32, HappeningKind.TASK_FAILED, 8),
    happening(59, HappeningKind.TASK_RETRIED),
]


def drawn(width: int = 80, *, unicode: bool = True) -> list[str]:
    lanes = lanes_of(HAPPENED, [NOON + timedelta(minutes=29)])
    assert lanes is not None
    return list(lane_lines(lanes, width, unicode=unicode))


def test_each_lane_is_drawn_over_the_same_time() -> None:
    assert drawn() == [
        "                 12:00       12:12       12:24       12:36       12:48",
        "began to fail                                 ▼",
        "failures      13                              │▁▄█",
        "retries        1                              │                             █",
        "pools          2                     r!       │",
        "jobs           1 (                            │",
        "! failed  r resize begins  ( job begins",
    ]


def test_where_a_terminal_has_ascii_only_the_picture_has_too() -> None:
    lines = drawn(unicode=False)
    assert all(line.isascii() for line in lines)
    assert lines[1:3] == [
        "began to fail                                 v",
        "failures      13                              |.=@",
    ]


def test_a_narrow_terminal_gets_fewer_columns_and_the_same_counts() -> None:
    lines = drawn(40)
    assert max(map(len, lines)) <= 40
    assert lines[2] == "failures      13          │█"


def test_jobs_have_lanes_of_their_own_where_there_are_several_with_enough_failures() -> None:
    kinds = [happening(n, HappeningKind.TASK_FAILED, 5, f"render-2026112{n}") for n in range(3)]
    lanes = lanes_of([*kinds, happening(9, HappeningKind.TASK_FAILED, 1, "other")])
    assert lanes is not None
    names = [(lane.name, lane.total, lane.is_part) for lane in lanes.lanes]
    assert names == [
        ("failures", 16, False),
        ("render-20261120", 5, True),
        ("render-20261121", 5, True),
    ]
    # Ids of one kind can be told apart by their ends.
    assert [line[:17] for line in lane_lines(lanes, 80, unicode=True)][2:4] == [
        " render-~61120 5 ",
        " render-~61121 5 ",
    ]


def test_nothing_is_drawn_of_nothing() -> None:
    assert lanes_of([]) is None
