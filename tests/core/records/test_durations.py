"""Durations of the service, the endless one included."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchdoctor.core.records.durations import parse_duration


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("PT1H30M", timedelta(hours=1, minutes=30)),
        ("P7D", timedelta(days=7)),
        ("P1DT2H3M4S", timedelta(days=1, hours=2, minutes=3, seconds=4)),
        ("PT0.5S", timedelta(milliseconds=500)),
        ("PT1.25S", timedelta(seconds=1, milliseconds=250)),
        ("PT0S", timedelta()),
        ("PT100000S", timedelta(seconds=100_000)),
        (" pt15m ", timedelta(minutes=15)),
        ("P9999DT23H59M59.999999S", timedelta(days=10_000) - timedelta(microseconds=1)),
    ],
)
def test_a_duration_is_read_to_the_microsecond(text: str, duration: timedelta) -> None:
    assert parse_duration(text) == duration


@pytest.mark.parametrize(
    "text",
    ["P10675199DT2H48M5.4775807S", "P10000D", "P99999999999999999999D", "P" + "9" * 5000 + "D"],
)
def test_ten_thousand_days_and_more_are_no_limit(text: str) -> None:
    assert parse_duration(text) is None


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "P",
        "PT",
        "P1DT",
        "1H",
        "PT1",
        "P1Y",
        "P1M",
        "P2W",
        "PT1,25S",
        "-PT1H",
        "PT-1H",
        "00:30:00",
        "PT1H x",
        "PT\u0661S",
    ],
)
def test_what_is_not_a_duration_is_none(text: str | None) -> None:
    assert parse_duration(text) is None


@given(st.text(alphabet="PTWDHMS0123456789.,- ", max_size=30))
def test_no_text_makes_it_raise(text: str) -> None:
    duration = parse_duration(text)
    assert duration is None or timedelta() <= duration < timedelta(days=10_000)
