"""Blobs grouped by day, each group named by prefixes that no other blob begins with."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchdoctor.errors import InputError
from batchdoctor.events.days import DayOfLogs, StoredLog, days_of

NOW = datetime(2026, 11, 28, 10, 5, tzinfo=UTC)


def hour(day: int, number: int, of: str = "A") -> str:
    return f"resourceId=/{of}/y=2026/m=11/d={day:02}/h={number:02}/m=00/PT1H.json"


def logs(*names: str) -> list[StoredLog]:
    return [StoredLog(name, 10) for name in names]


def test_a_day_is_its_folder_and_days_come_in_order() -> None:
    found = days_of(logs(hour(27, 1), hour(26, 23), hour(27, 0), hour(26, 0)), "", NOW)
    assert found.days == [
        DayOfLogs(
            day=f"2026-11-{day}",
            prefixes=(f"resourceId=/A/y=2026/m=11/d={day}/",),
            logs=2,
            size=20,
        )
        for day in (26, 27)
    ]
    assert found.growing == []


def test_accounts_that_share_a_container_share_their_days() -> None:
    found = days_of(logs(hour(26, 0, "A"), hour(26, 0, "AB"), hour(27, 0, "A")), "", NOW)
    assert [day.prefixes for day in found.days] == [
        ("resourceId=/A/y=2026/m=11/d=26/", "resourceId=/AB/y=2026/m=11/d=26/"),
        ("resourceId=/A/y=2026/m=11/d=27/",),
    ]


def test_hours_that_are_not_over_are_left_out_and_their_day_is_named_by_hours() -> None:
    # That of nine is over for five minutes only, and its records may still be on their way.
    found = days_of(logs(*(hour(28, number) for number in (7, 8, 9, 10))), "", NOW)
    (day,) = found.days
    assert day.prefixes == tuple(f"resourceId=/A/y=2026/m=11/d=28/h={n:02}/" for n in (7, 8))
    assert [blob.name for blob in found.growing] == [hour(28, 9), hour(28, 10)]


def test_what_is_filed_under_no_day_is_a_group_of_its_own() -> None:
    found = days_of(logs("other/a.json", "other/b.json", hour(26, 0)), "", NOW)
    assert [(day.day, day.prefixes, day.logs) for day in found.days] == [
        (None, ("other/",), 2),
        ("2026-11-26", ("resourceId=/A/y=2026/m=11/d=26/",), 1),
    ]


def test_no_prefix_is_shorter_than_what_was_asked_for() -> None:
    base = "resourceId=/A/y=2026/m=11/d=2"
    found = days_of(logs(hour(26, 0), hour(27, 0)), base, NOW)
    assert [day.prefixes for day in found.days] == [
        ("resourceId=/A/y=2026/m=11/d=26/",),
        ("resourceId=/A/y=2026/m=11/d=27/",),
    ]
    longer = "resourceId=/A/y=2026/m=11/d=26/h=0"
    assert days_of(logs(hour(26, 0), hour(26, 1)), longer, NOW).days[0].prefixes == (longer,)


def test_a_day_that_is_not_over_is_named_by_hours_because_more_are_to_come() -> None:
    (day,) = days_of(logs(hour(28, 7)), "", NOW).days
    assert day.prefixes == ("resourceId=/A/y=2026/m=11/d=28/h=07/",)
    just_over = datetime(2026, 11, 29, 0, 9, tzinfo=UTC)
    assert days_of(logs(hour(28, 7)), "", just_over).days[0].prefixes == day.prefixes


def test_a_name_that_begins_another_of_a_different_day_is_refused() -> None:
    with pytest.raises(InputError, match="begins that of other blobs"):
        days_of(logs("a", f"a/{hour(26, 0)}", f"a{hour(27, 0)}"), "", NOW)


def test_nothing_is_no_day() -> None:
    assert days_of([], "", NOW).days == []


NAMES = st.sets(
    st.one_of(
        st.builds(hour, st.integers(25, 28), st.integers(0, 23), st.sampled_from(["A", "AB", "B"])),
        st.sampled_from(["x/one", "x/two", "x/y/three", "z"]),
    ),
    min_size=1,
)


@given(NAMES)
def test_every_blob_begins_with_just_one_prefix_of_all(names: set[str]) -> None:
    found = days_of(logs(*names), "", NOW)
    growing = {blob.name for blob in found.growing}
    for day in found.days:
        held = [[n for n in names if n.startswith(prefix)] for prefix in day.prefixes]
        assert sum(map(len, held)) == day.logs
    prefixes = [prefix for day in found.days for prefix in day.prefixes]
    for name in names:
        count = sum(name.startswith(prefix) for prefix in prefixes)
        assert count == (0 if name in growing else 1)
