"""What `events map` and `events reduce` did as documents: a part, or a shard, as an item."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePath
from typing import Protocol

from batchdoctor.core.log.shard_items import (
    MappedPart,
    ReducedShard,
    ReduceSummary,
    ShardOutcome,
    map_summary,
)
from batchdoctor.core.problem import Problem
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.times import size_text
from batchdoctor.core.text.wording import plural
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.head import Head
from batchdoctor.report.page import Column

_MAP_COLUMNS: tuple[Column[MappedPart], ...] = (
    Column("MAP", lambda part: part.map_id),
    Column("LOGS", lambda part: f"{part.sources:,}", right=True),
    Column("SIZE", lambda part: size_text(part.bytes), right=True),
    Column("EVENTS", lambda part: f"{part.events:,}", right=True),
    Column(
        "UNREADABLE", lambda part: f"{part.unreadable:,}" if part.unreadable else "", right=True
    ),
    Column("COUNTED", lambda part: "now" if part.outcome is ShardOutcome.DONE else "before"),
    Column("FIRST LOG", lambda part: PurePath(part.first_source or "").name),
)
_SHARD_COLUMNS: tuple[Column[ReducedShard], ...] = (
    Column("BUCKETS", lambda shard: f"{shard.first_bucket}-{shard.after_bucket - 1}"),
    Column("ATTEMPTS", lambda shard: f"{shard.attempts:,}", right=True),
    Column("READ", lambda shard: size_text(shard.bytes_read), right=True),
    Column("LEFT", lambda shard: size_text(shard.bytes_left), right=True),
    Column("REDUCED", lambda shard: "now" if shard.outcome is ShardOutcome.DONE else "before"),
)


class MapProgress(Protocol):
    """How far a map is; it grows as the parts are asked for."""

    @property
    def logs(self) -> int:
        """How many logs there are to count."""

    @property
    def waiting(self) -> int:
        """How many of them are not counted yet."""

    @property
    def problems(self) -> Sequence[Problem]:
        """What could not be read of the others."""


def map_document(
    head: Head, parts: Iterator[MappedPart], out: str, progress: MapProgress
) -> Document[MappedPart]:
    """Every part as an item, as it is counted."""
    met: list[MappedPart] = []

    def items() -> Iterator[MappedPart]:
        for part in parts:
            met.append(part)
            yield part

    return Document(
        head=head,
        item_type=MappedPart,
        items=items(),
        ending=lambda: _map_ending(met, out, progress),
        name_of=lambda part: part.map_id,
        columns=_MAP_COLUMNS,
    )


def _map_ending(parts: list[MappedPart], out: str, progress: MapProgress) -> Ending:
    summary = map_summary(parts, out)
    step = command_line("events", "reduce", out)
    counted = f"{plural(summary.sources, 'log')} with {plural(summary.events, 'event')}"
    verdict = f"{counted} are counted in {out}. Next: {step} --final"
    if progress.waiting:
        waiting = f"{progress.waiting:,} of {plural(progress.logs, 'log')}"
        are = "is" if progress.waiting == 1 else "are"
        verdict = f"{waiting} {are} not counted yet. Run it again: it goes on."
    elif not progress.logs:
        verdict = "There is no log to count: nothing was written."
    elif not parts:
        verdict = f"Every log is counted in {out} already, by other maps. Next: {step} --final"
    return Ending(summary=summary, problems=progress.problems, page=(), verdict=verdict)


def reduce_document(
    head: Head, reduce: Callable[[], ReducedShard], summary: Callable[[], ReduceSummary]
) -> Document[ReducedShard]:
    """The shard as an item."""

    def items() -> Iterator[ReducedShard]:
        yield reduce()

    return Document(
        head=head,
        item_type=ReducedShard,
        items=items(),
        ending=lambda: _reduce_ending(summary()),
        name_of=lambda shard: f"{shard.first_bucket}-{shard.after_bucket - 1}",
        columns=_SHARD_COLUMNS,
    )


def _reduce_ending(summary: ReduceSummary) -> Ending:
    step = f"{command_line('events', 'reduce', summary.place)} --final"
    if summary.buckets < summary.of_buckets:
        told = (
            f"{summary.buckets} of {summary.of_buckets} buckets are reduced. When all are: {step}"
        )
    else:
        told = f"All of {plural(summary.maps, 'map')} is reduced. Next: {step}"
    return Ending(summary=summary, problems=(), page=(), verdict=told)
