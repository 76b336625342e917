"""Starts and completions of tasks that were paired before they come to a tally."""

from __future__ import annotations

from array import array
from datetime import UTC, datetime, timedelta

import msgspec

from batchdoctor.core.event import CountedExecution, CountedNode

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class PairedJob(msgspec.Struct, frozen=True):
    """First attempts of a job, in rows of 64-bit numbers, one after the other.

    Of a `closed` one: number of the task, system task version, place. Of an `opened` one also the
    moment when it started. A place is twice the index of a node, and one more if the start named a
    requeue count.
    """

    job_id: str
    closed: array[int]
    opened: array[int]


class Paired(msgspec.Struct, frozen=True):
    """What `starts` and `completions` told, of which each completion met its start.

    `completions` says how often each way to complete was met. Moments are in microseconds since
    1970: all of it was told between the first and the last.
    """

    starts: int
    completions: dict[CountedExecution, int]
    first_moment: int
    last_moment: int
    nodes: list[CountedNode]
    jobs: list[PairedJob]


def time_of(moment: int) -> datetime:
    """The time of a moment, in UTC."""
    return _EPOCH + timedelta(microseconds=moment)
