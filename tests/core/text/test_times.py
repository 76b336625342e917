"""Times, spans and sizes as text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from batchdoctor.core.text.times import age_text, size_text, span_text, utc_text

NOON = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("when", "text"),
    [
        (None, None),
        (NOON, "2026-11-21T12:00:00Z"),
        (NOON.replace(microsecond=120_000), "2026-11-21T12:00:00.12Z"),
        (NOON.replace(tzinfo=timezone(timedelta(hours=2))), "2026-11-21T10:00:00Z"),
        (NOON.replace(tzinfo=None), "2026-11-21T12:00:00Z"),
        (NOON.replace(second=10), "2026-11-21T12:00:10Z"),
    ],
)
def test_machines_get_times_in_utc_ending_in_z(when: datetime | None, text: str | None) -> None:
    assert utc_text(when) == text


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(), "0 s"),
        (timedelta(seconds=-5), "0 s"),
        (timedelta(seconds=59), "59 s"),
        (timedelta(minutes=12), "12 min"),
        (timedelta(minutes=12, seconds=5), "12 min 5 s"),
        (timedelta(hours=3, minutes=20, seconds=5), "3 h 20 min"),
        (timedelta(days=2, minutes=20), "2 d"),
        (timedelta(days=2, hours=4, minutes=20), "2 d 4 h"),
    ],
)
def test_people_get_a_span_in_its_two_largest_units(span: timedelta, text: str) -> None:
    assert span_text(span) == text


def test_an_age_is_counted_from_now_and_an_unknown_time_has_none() -> None:
    assert age_text(NOON - timedelta(minutes=5), NOON) == "5 min ago"
    assert age_text((NOON - timedelta(minutes=5)).replace(tzinfo=None), NOON) == "5 min ago"
    assert age_text(None, NOON) == ""


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (3_250_000, "3.2 MB"), (2 * 10**12, "2.0 TB")],
)
def test_a_size_is_given_in_the_unit_that_keeps_it_short(size: int, text: str) -> None:
    assert size_text(size) == text
