"""How exactly it is kept when runs were."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from batchdoctor.core.log.grain import (
    EXACT,
    FEW_EVENTS,
    MOST_EVENTS,
    Counted,
    Grain,
    counted_in,
    grain_of,
)
from batchdoctor.core.log.tally import Tally
from tests.core.log.test_tally import complete, start, tally_of

DAY = 86_400


@pytest.mark.parametrize(
    ("events", "days", "expected"),
    [
        (0, 0, EXACT),
        (FEW_EVENTS, 300, EXACT),
        (FEW_EVENTS + 1, 0, EXACT),
        (FEW_EVENTS + 1, 0.01, EXACT),
        (FEW_EVENTS + 1, 1, Grain(16)),
        (FEW_EVENTS + 1, 17, Grain(256)),
        (FEW_EVENTS + 1, 30_000, Grain(256)),
        (MOST_EVENTS, 1, Grain(16)),
        (MOST_EVENTS + 1, 1, Grain(16, 2)),
        (40 * MOST_EVENTS, 30, Grain(256, 64)),
    ],
)
def test_a_larger_log_is_kept_less_exactly(events: int, days: float, expected: Grain) -> None:
    assert grain_of(Counted(events, 10**9, 10**9 + int(days * DAY))) == expected


def test_what_is_counted_of_the_parts_of_a_log_is_that_of_the_whole() -> None:
    records = [start(minutes=5), complete(minutes=9), start(task="b", minutes=2)]
    first, last = (int(datetime(2026, 8, 1, 0, each, tzinfo=UTC).timestamp()) for each in (2, 9))
    whole = counted_in(tally_of(*records))
    assert whole == Counted(3, first, last)
    assert counted_in(tally_of(records[0])).with_others(counted_in(tally_of(*records[1:]))) == whole
    assert counted_in(Tally()).with_others(whole) == whole == whole.with_others(Counted())


def test_only_what_changes_numbers_is_said() -> None:
    assert Grain(256).told == ()
    assert Grain(256, 4).told == (
        "nodes are judged by one of 4 runs each, since there are so many",
    )
