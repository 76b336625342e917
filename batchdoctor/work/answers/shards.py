"""What maps and reduces of diagnostic event logs come to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from batchdoctor.core.answer import Answer
from batchdoctor.core.log.shard_items import MappedPart, ReducedShard, map_summary
from batchdoctor.core.log.show import Show
from batchdoctor.events.selection import Selection
from batchdoctor.work.answers.logs import answer_of
from batchdoctor.work.logs.mapping import LogMapping
from batchdoctor.work.logs.reducing import ALL, Reducing, check_counted, shard_of
from batchdoctor.work.logs.shard_place import place_of
from batchdoctor.work.surroundings import Quiet


def map_answer(
    paths: Sequence[str], out: str, selection: Selection, workers: int | None
) -> Answer[MappedPart]:
    """Count logs into a place; its parts."""
    outside = Quiet()
    place = place_of(out)
    mapping = LogMapping(outside, paths, place, selection, workers=workers)
    parts = list(mapping.parts())
    return Answer(
        items=parts,
        summary=map_summary(parts, place.name),
        problems=mapping.problems,
        notes=tuple(outside.notes),
    )


def reduce_answer(place: str, shard: str | None) -> Answer[ReducedShard]:
    """Conclude some buckets of a place, or all."""
    outside = Quiet()
    reducing = Reducing(outside, place_of(place))
    item = reducing.reduce(shard_of(shard) if shard else ALL)
    return Answer(items=[item], summary=reducing.summary(), notes=tuple(outside.notes))


def final_answer(place: str, show: Show, min_failures: int) -> Answer[Any]:
    """What the logs of all maps of a place say."""
    check_counted(show)
    outside = Quiet()
    reading = Reducing(outside, place_of(place)).answer(min_failures=min_failures)
    return answer_of(reading, show, outside.notes)
