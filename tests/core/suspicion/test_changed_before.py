"""What is told to have changed just before failures rose."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from batchdoctor.core.records import Node, Pool
from batchdoctor.core.suspicion.changed_before import changes_before
from batchdoctor.core.suspicion.rise import Rise

SINCE = datetime(2026, 3, 1, 2, 10, tzinfo=UTC)
RISE = Rise("j", SINCE, 20, 20, 40, 0, SINCE)


def before(minutes: int) -> str:
    return (SINCE - timedelta(minutes=minutes)).isoformat()


def told(*odd: dict[str, Any], rise: Rise = RISE, **pool: Any) -> list[str]:
    """What is told of a pool with two nodes of long ago and these."""
    old = {"allocationTime": before(9000), "lastBootTime": before(8990)}
    image = {"virtualMachineInfo": {"imageReference": {"exactVersion": "1.0"}}}
    nodes = [
        {"id": f"n{number}"} | old | image | members
        for number, members in enumerate(({}, {}, *odd))
    ]
    return list(
        changes_before(
            rise,
            msgspec.convert({"id": "p"} | pool, Pool),
            msgspec.convert(nodes, list[Node]),
        )
    )


@pytest.mark.parametrize(
    ("odd", "sentences"),
    [
        ([], []),
        (
            [{"allocationTime": before(20)}, {"allocationTime": before(15)}],
            ["2 of 4 nodes were allocated from 2026-03-01 01:50 UTC to 2026-03-01 01:55 UTC."],
        ),
        (
            [
                {
                    "allocationTime": before(20),
                    "lastBootTime": before(19),
                    "virtualMachineInfo": {"imageReference": {"exactVersion": "1.1"}},
                }
            ],
            [
                "1 of 3 nodes was allocated at 2026-03-01 01:50 UTC;"
                " image version 1.1 came with 1 of them."
            ],
        ),
        ([{"lastBootTime": before(5)}], ["1 of 3 nodes booted at 2026-03-01 02:05 UTC."]),
        (
            [{"nodeAgentInfo": {"version": "1.13.1", "lastUpdateTime": before(5)}}],
            ["1 of 3 nodes was given an agent at 2026-03-01 02:05 UTC: 1.13.1."],
        ),
        ([{"allocationTime": before(120)}, {"allocationTime": before(-30)}], []),
    ],
)
def test_what_happened_to_nodes_in_the_hour_before_is_told(
    odd: list[dict[str, Any]], sentences: list[str]
) -> None:
    assert told(*odd) == sentences


def test_a_resize_is_told() -> None:
    pool: dict[str, Any] = {"allocationState": "steady"}
    assert told(**pool, allocationStateTransitionTime=before(10)) == [
        "The pool's allocation state became steady at 2026-03-01 02:00 UTC."
    ]


def test_tasks_of_a_new_kind_are_told_first() -> None:
    rise = msgspec.structs.replace(RISE, new_kind=True)
    assert told({"lastBootTime": before(5)}, rise=rise) == [
        "The failures are of tasks whose ids are of a kind that had not run before.",
        "1 of 3 nodes booted at 2026-03-01 02:05 UTC.",
    ]
