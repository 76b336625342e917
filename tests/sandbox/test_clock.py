"""Times as the service writes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from batchdoctor.sandbox.clock import (
    entity_tag,
    header_time,
    iso_duration,
    parse_header_time,
    parse_span,
    parse_wire_time,
    seconds,
    ticks,
    wire_time,
)


def test_a_recorded_time_and_its_entity_tag_belong_together() -> None:
    moment = parse_wire_time("2022-09-06T23:44:11.5153711Z")
    assert moment is not None
    assert entity_tag(moment) == "0x8DA9061B2F7BB2F"
    assert header_time(moment) == "Tue, 06 Sep 2022 23:44:11 GMT"


@pytest.mark.parametrize(
    "text", ["2022-09-06T23:45:22.965901Z", "2022-09-06T23:45:22.5153711Z", "2022-09-06T23:45:22Z"]
)
def test_a_time_is_written_as_it_was_read(text: str) -> None:
    moment = parse_wire_time(text)
    assert moment is not None
    assert wire_time(moment) == text


def test_a_time_without_a_zone_is_universal_and_zones_are_taken_into_account() -> None:
    universal = ticks(datetime(2026, 11, 21, 6, tzinfo=UTC))
    assert ticks(datetime(2026, 11, 21, 6)) == universal  # noqa: DTZ001 - that is what is tested
    assert ticks(datetime(2026, 11, 21, 7, tzinfo=timezone(timedelta(hours=1)))) == universal
    assert parse_wire_time("2026-11-21T07:00:00+01:00") == universal


@pytest.mark.parametrize(
    ("text", "expected"),
    [("90s", 90), ("-40m", -2400), ("+3h", 10_800), ("-2d", -172_800), ("1.5h", 5400)],
)
def test_spans_are_read(text: str, expected: int) -> None:
    assert parse_span(text) == seconds(expected)


@pytest.mark.parametrize("text", ["", "40", "m", "4w", "1h30m"])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a span"):
        parse_span(text)


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-13-01T00:00:00Z", "2026-11-21T06:00:00.123456789Z"]
)
def test_what_is_no_time_is_none(text: str) -> None:
    assert parse_wire_time(text) is None
    assert parse_header_time(text) is None


@pytest.mark.parametrize(
    ("span", "expected"),
    [("30m", "PT30M"), ("7d", "P7D"), ("90s", "PT1M30S"), ("36h", "P1DT12H"), ("0s", "PT0S")],
)
def test_durations_are_written_in_iso_8601(span: str, expected: str) -> None:
    assert iso_duration(parse_span(span)) == expected
