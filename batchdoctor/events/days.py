"""The blobs of a container by the day they are filed under, as prefixes that name just them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import NamedTuple

import msgspec

from batchdoctor.errors import InputError
from batchdoctor.events.archive_hours import filed_hours

# Records still arrive for so long after their hour is over.
LATE = timedelta(minutes=10)
_FILED = re.compile(r"(?P<hour>(?P<day>.*?(?:^|/)y=\d{4}/m=\d\d/d=\d\d/)(?:h=\d\d/)?)")
_GROWING = "growing"
_LAST_CHARACTER = "\U0010ffff"


class StoredLog(NamedTuple):
    """A blob that was listed: its name, its size in bytes, and a tag that no other content has."""

    name: str
    size: int
    tag: str = ""


class DayOfLogs(msgspec.Struct, frozen=True, kw_only=True):
    """What is filed under one day (UTC), or under none: `day` is None then.

    `prefixes` are beginnings of names that these blobs have, and no other ones.
    """

    day: str | None
    prefixes: tuple[str, ...]
    logs: int
    size: int


class Days(NamedTuple):
    """Days in order, and the blobs of hours that are not over, which still grow."""

    days: list[DayOfLogs]
    growing: list[StoredLog]


def days_of(blobs: Sequence[StoredLog], base: str, now: datetime) -> Days:
    """Group blobs by day; all blobs are given whose names begin with `base`.

    Raises InputError where no prefix tells some from others.
    """
    ordered = sorted(blobs)
    names = [blob.name for blob in ordered]
    labels = [_label(name, now) for name in names]
    by_label: dict[str, list[int]] = {}
    for index, label in enumerate(labels):
        by_label.setdefault(label, []).append(index)
    growing = [ordered[index] for index in by_label.pop(_GROWING, ())]
    days = [
        DayOfLogs(
            day=label or None,
            prefixes=tuple(_prefixes(names, labels, by_label[label], partial(_least, base, now))),
            logs=len(by_label[label]),
            size=sum(ordered[index].size for index in by_label[label]),
        )
        for label in sorted(by_label)
    ]
    return Days(days, growing)


def _label(name: str, now: datetime) -> str:
    """The day that a blob is filed under; empty where it is filed under none."""
    hours = filed_hours(name)
    if hours is None:
        return ""
    begin, end = hours
    return _GROWING if begin <= now < end + LATE else begin.astimezone(UTC).date().isoformat()


def _least(base: str, now: datetime, name: str) -> str:
    """The shortest beginning of a name that no blob will have which is still to come.

    A day that is over gets no more blobs, and neither does an hour; what has no day is taken to be
    as it is.
    """
    found = _FILED.search(name)
    if found is None:
        return base
    day_ends = filed_hours(found["day"])
    over = day_ends is not None and day_ends[1] + LATE <= now
    return max(base, name[: found.end("day" if over else "hour")], key=len)


def _prefixes(
    names: Sequence[str], labels: Sequence[str], own: Sequence[int], least: Callable[[str], str]
) -> Iterator[str]:
    """The shortest folders that hold just these of all names; a name itself where none does."""
    done = 0
    for index in own:
        if index < done:
            continue
        for prefix in _beginnings(names[index], least(names[index])):
            first = bisect_left(names, prefix)
            after = bisect_left(names, prefix + _LAST_CHARACTER)
            if all(labels[each] == labels[index] for each in range(first, after)):
                done = after
                yield prefix
                break
        else:
            raise InputError(
                f"The name {names[index]} begins that of other blobs, so that no task can be given"
                " it alone.",
                hint="name a folder of the container, or count here: events parse URL",
            )


def _beginnings(name: str, least: str) -> Iterator[str]:
    """The least one, the folders below it on the way to a blob, and at last its whole name."""
    yield least
    parts = name.split("/")
    for depth in range(1, len(parts)):
        folder = "/".join(parts[:depth]) + "/"
        if len(folder) > len(least):
            yield folder
    yield name
