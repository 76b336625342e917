"""Starts and ends of attempts that were paired before they come to a tally."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec

from batchdoctor.core.log.event import CountedExecution, CountedNode

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WAY_BITS = 16
_WAY = 2**_WAY_BITS - 1


class ToldWay(msgspec.Struct, frozen=True):
    """A way in which events tell of attempts, and how many did."""

    operation_name: str
    execution: CountedExecution
    times: int


class PairedJob(msgspec.Struct, frozen=True):
    """Attempts of a job, in rows of 64-bit numbers, one after the other.

    `closed` ones are first attempts that completed well: number of the task, kind and version (see
    `versioned`), place, and when they ran (see `when_of`). `ended` ones are first attempts that
    ended in another way; instead of the place they tell how (see `ends_of`). All others are in
    `others`, see `other_rows`. A place is twice the index of a node, and one more if the start
    named a requeue count.
    """

    job_id: str
    closed: array[int]
    ended: array[int]
    others: array[int]

    def other_rows(self) -> Iterator[tuple[int, int, int, int, int, int, int, int, int]]:
        """Of each: task, version, counters, place, moment of the start, ways and moments of ends.

        An attempt has up to two ends, each with the index of the way that it was told in, or -1.
        """
        numbers = iter(self.others)
        return zip(*[numbers] * 9, strict=True)


def ends_of(ending: int) -> tuple[int, int, int]:
    """The place of an attempt that ended, and the ways of its ends, -1 for none."""
    return ending & _WAY, (ending >> _WAY_BITS & _WAY) - 1, (ending >> 2 * _WAY_BITS) - 1


class Paired(msgspec.Struct, frozen=True):
    """What starts and ends told, each end after its start.

    `moments` are when the first and the last of them were, in microseconds since 1970. They may all
    have been told of before, and only their attempts not yet. `last_failures` are the last moments
    at which attempts in `ended` failed, by node.
    """

    ways: list[ToldWay]
    moments: list[int]
    nodes: list[CountedNode]
    last_failures: list[int | None]
    jobs: list[PairedJob]


def time_of(moment: int) -> datetime:
    """The time of a moment, in UTC."""
    return _EPOCH + timedelta(0, 0, moment)


def moment_of(time: datetime) -> int:
    """The moment of a time, which must carry its zone."""
    return (time - _EPOCH) // timedelta(microseconds=1)
