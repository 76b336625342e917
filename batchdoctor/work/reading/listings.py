"""Reads listings that a diagnosis rests on, and knows which of them are whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from batchdoctor.work.reading.reading import Reading

Record = TypeVar("Record")


def only(read: Callable[[str], Record], name: str) -> Iterator[Record]:
    """One record as a listing, so that it is read, and can fail, like the others."""
    yield read(name)


def read_whole(
    reading: Reading, subject: str, records: Iterator[Record]
) -> tuple[list[Record], bool]:
    """The records that could be read, and whether those are all that there are."""
    before = len(reading.problems)
    found = [] if reading.stopped else list(reading.each(subject, records))
    return found, not reading.stopped and len(reading.problems) == before
