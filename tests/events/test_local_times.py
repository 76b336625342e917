"""Times as the portal and spreadsheets write them, in any language and on any clock."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from batchdoctor.events.local_times import (
    DateOrder,
    by_clock,
    is_ambiguous,
    local_moment,
    padded,
    told_order,
)

LATE = datetime(2026, 3, 25, 14, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "25/03/2026, 14:05:00.000",
        "3/25/2026, 2:05:00.000 PM",
        "3/25/2026, 2:05:00\u202fPM",
        "25/3/2026, 2:05:00 pm",
        "25/3/2026, 2:05:00 p.m.",
        "25.03.2026, 14:05:00,000",
        "25.3.2026 14:05",
        "25.3.2026 klo 14.05.00",
        "25.03.26, 14:05",
        "25-03-2026 14:05:00",
        "25/03/2026 à 14:05:00",
        "2026-03-25 14:05:00,000",
        "2026/3/25 14:05:00",
        "2026/3/25 下午2:05:00",
        "2026. 3. 25. 오후 2:05:00",
        "2026-03-25, 2:05:00 p.m.",
        "25 Mar 2026, 14:05:00",
        "Mar 25, 2026, 2:05:00 PM",
        "\u200e3\u200e/\u200e25\u200e/\u200e2026\u200e \u200e14\u200e:\u200e05",
        "46106.5868055556",
    ],
)
def test_a_time_is_read_in_whatever_form_it_is_written(text: str) -> None:
    found = local_moment(text)
    assert found is not None
    assert abs((found - LATE).total_seconds()) < 1


def test_the_fraction_is_kept_as_far_as_a_moment_holds_it() -> None:
    assert local_moment("25.03.2026, 14:05:00,1234567") == LATE.replace(microsecond=123456)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "25/25/2026, 14:05",
        "31.02.2026, 14:05",
        "3/4/2026",
        "05:10.7",
        "3/25/2026, 14:05 PM",
        "25 Mrz 2026, 14:05",
        "1/2/2026, 14:05",
        "9" * 400,
        "1234.5",
    ],
)
def test_what_cannot_be_read_in_one_way_only_is_no_time(text: str) -> None:
    assert local_moment(text) is None


def test_a_date_that_can_be_read_both_ways_is_read_as_told() -> None:
    text = "02/03/2026, 14:05:00"
    assert (is_ambiguous(text), padded(text)) == (True, True)
    first = local_moment(text, DateOrder.DAY_FIRST)
    second = local_moment(text, DateOrder.MONTH_FIRST)
    assert first == datetime(2026, 3, 2, 14, 5, tzinfo=UTC)
    assert second == datetime(2026, 2, 3, 14, 5, tzinfo=UTC)


def test_a_date_tells_its_order_where_it_can() -> None:
    assert told_order("25/3/2026, 1:00") is DateOrder.DAY_FIRST
    assert told_order("3/25/2026, 1:00") is DateOrder.MONTH_FIRST
    assert told_order("3.4.2026, 1:00") is DateOrder.DAY_FIRST
    assert told_order("3/4/2026, 1:00") is None
    assert told_order("2026/3/4, 1:00") is None


def test_the_same_day_and_month_need_no_order() -> None:
    assert is_ambiguous("3/3/2026, 14:05") is False
    assert local_moment("3/3/2026, 14:05") == datetime(2026, 3, 3, 14, 5, tzinfo=UTC)


def test_a_clock_with_capital_letters_tells_the_usual_order_and_no_more() -> None:
    assert by_clock("3/4/2026, 1:00 PM") is DateOrder.MONTH_FIRST
    assert by_clock("3/4/2026, 1:00 pm") is None
    assert by_clock("3/25/2026, 1:00 PM") is None
    assert is_ambiguous("3/4/2026, 1:00 PM") is False


@pytest.mark.parametrize(
    "text",
    [
        "25/3/2569 14:05:10",
        "2569/3/25 14:05:10",
        "Wed, 25 Mar 2026 14:05:10 GMT",
        "Wednesday, March 25, 2026 2:05:10 PM",
    ],
)
def test_years_of_thailand_and_days_of_the_week_are_understood(text: str) -> None:
    assert local_moment(text) == datetime(2026, 3, 25, 14, 5, 10, tzinfo=UTC)


@pytest.mark.parametrize("text", ["25/3/1405 14:05:10", "25/3/1926 14:05", "3/25/9999 14:05"])
def test_a_year_of_no_log_is_no_time(text: str) -> None:
    assert local_moment(text, DateOrder.DAY_FIRST) is None
