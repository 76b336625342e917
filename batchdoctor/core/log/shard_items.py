"""What `events map` and `events reduce` did, as items of an answer."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from batchdoctor.core.item import Item


class ShardOutcome(StrEnum):
    """Whether something was done now, or was there from before."""

    DONE = "done"
    ALREADY = "already"


class MappedPart(Item, frozen=True, kw_only=True):
    """Logs that were counted together: how many, their size, and what was in them."""

    map_id: str
    outcome: ShardOutcome
    sources: int
    first_source: str | None
    last_source: str | None
    bytes: int
    events: int
    unreadable: int


class MapSummary(Item, frozen=True, kw_only=True):
    """All parts of a map together."""

    out: str
    parts: int
    already: int
    sources: int
    bytes: int
    events: int


def map_summary(parts: Sequence[MappedPart], out: str) -> MapSummary:
    """Add up the parts of a map."""
    return MapSummary(
        out=out,
        parts=len(parts),
        already=sum(part.outcome is ShardOutcome.ALREADY for part in parts),
        sources=sum(part.sources for part in parts),
        bytes=sum(part.bytes for part in parts),
        events=sum(part.events for part in parts),
    )


class ReducedShard(Item, frozen=True, kw_only=True):
    """Buckets that were concluded: the first one, the one after the last, and their attempts."""

    first_bucket: int
    after_bucket: int
    outcome: ShardOutcome
    maps: int
    attempts: int
    bytes_read: int
    bytes_left: int


class ReduceSummary(Item, frozen=True, kw_only=True):
    """Where the shards are, and how many of the 256 buckets are concluded by now."""

    place: str
    maps: int
    sources: int
    buckets: int
    of_buckets: int
