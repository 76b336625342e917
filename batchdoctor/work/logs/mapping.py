"""Counts logs into files that other machines can go on from, part by part, each part once."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from pathlib import PurePath

import msgspec

from batchdoctor.core.advance import BYTES, Advance
from batchdoctor.core.log.grain import counted_in
from batchdoctor.core.log.shard_items import MappedPart, ShardOutcome
from batchdoctor.core.log.shards import (
    FILES,
    PER_FILE,
    MapRead,
    ReadSource,
    files_of,
    head_file,
    head_of,
    is_one_of_ours,
    plan_file,
    plan_of,
    read_file,
    read_of,
    rows_file,
)
from batchdoctor.core.log.tally import Tally
from batchdoctor.core.problem import Problem
from batchdoctor.errors import ExitCode, InputError, UsageError
from batchdoctor.events.places import printable, sources_of
from batchdoctor.events.reading import EventLog
from batchdoctor.events.selection import Selection
from batchdoctor.events.shares import size_of, stamp_of
from batchdoctor.events.source import Source
from batchdoctor.work.logs.maps_done import MapsDone
from batchdoctor.work.logs.reading import uncollected
from batchdoctor.work.logs.shard_place import ShardPlace
from batchdoctor.work.surroundings import Surroundings

# A run that stops goes on after the last part that it finished; and a part is held in memory, some
# 40 bytes for each of its attempts.
PART = 2 * 1024 * 1024 * 1024


class LogMapping:
    """Counts what paths name into a place; what was counted there before is not counted again.

    Raises UsageError for standard input, which cannot be read again, and for a log that has grown
    since it was counted.
    """

    def __init__(
        self,
        outside: Surroundings,
        paths: Sequence[str],
        place: ShardPlace,
        selection: Selection,
        *,
        workers: int | None = None,
        part: int = PART,
    ) -> None:
        if not paths or "-" in paths:
            raise UsageError(
                "Standard input cannot be mapped: a map that stops has to read it again.",
                hint="name files, folders or a container",
            )
        self._outside = outside
        self._place = place
        self._selection = selection
        self._workers = workers
        self._sources = told_apart(sources_of(paths, selection.since, selection.until))
        self._part = part
        self.problems: list[Problem] = []
        self.logs = len(self._sources)
        """How many logs the paths name."""
        self.waiting = self.logs
        """How many of them nobody has counted or found counted yet."""

    def parts(self) -> Iterator[MappedPart]:
        """Count part after part, and yield each when its files are there."""
        maps = MapsDone(self._place)
        maps.refuse_other(asked_of(self._selection))
        planned = plan_file(_id_of(self._sources, ""))
        if self._sources and planned not in maps.names:
            self._place.write(planned, plan_of([read.name for read in self._sources]))
        for sources in _parts(self._sources, self._part):
            part = self._mapped(sources, maps)
            self.waiting -= len(sources)
            if part is not None:
                yield part

    @property
    def status(self) -> ExitCode:
        """The exit status that unreadable logs ask for."""
        return InputError.exit_code if self.problems else ExitCode.OK

    def _mapped(self, sources: Mapping[ReadSource, Source], maps: MapsDone) -> MappedPart | None:
        """Count a part, unless that was done; None where other maps have counted all of it."""
        map_id = _id_of(sources, asked_of(self._selection))
        done = maps.read.get(map_id)
        if done is not None and not done.problems and files_of(map_id) <= set(maps.names):
            return _item(map_id, done, ShardOutcome.ALREADY)
        new = {read: source for read, source in sources.items() if maps.is_new(read, map_id)}
        if not new:
            return None
        if len(new) < len(sources):
            map_id = _id_of(new, asked_of(self._selection))
        self._outside.stop_if_asked()
        read = self._count(map_id, new)
        self.problems += read.problems
        return _item(map_id, read, ShardOutcome.DONE)

    def _count(self, map_id: str, sources: Mapping[ReadSource, Source]) -> MapRead:
        log = EventLog(
            sources=list(sources.values()), selection=self._selection, workers=self._workers
        )
        at = log.position
        what = f"counting {len(sources)} of {len(self._sources)} logs"
        self._outside.progress(Advance(what, lambda: at.done, lambda: at.total, BYTES))
        tally = Tally(portable=True)
        with uncollected():
            log.tally(into=tally)
            buckets = tally.attempts.buckets()
        head = head_of(tally)
        for file in range(FILES):
            rows = b"".join(buckets[file * PER_FILE : (file + 1) * PER_FILE])
            self._place.write(rows_file(map_id, file), rows)
        self._place.write(head_file(map_id), head)
        read = MapRead(
            map_id=map_id,
            sources=list(sources),
            asked=asked_of(self._selection),
            problems=log.problems,
            counted=counted_in(tally),
            head=zlib.crc32(head),
            buckets=[(len(rows), zlib.crc32(rows)) for rows in buckets],
        )
        # Only with this file is the map done.
        self._place.write(read_file(map_id), read_of(read))
        return read


def asked_of(selection: Selection) -> str:
    """What a selection asks for, as text that is equal where that is."""
    return msgspec.json.encode(selection, order="deterministic").decode()


def selection_of(asked: str) -> Selection:
    """The selection that asks for it."""
    return msgspec.json.decode(asked, type=Selection)


def told_apart(sources: Iterator[Source]) -> dict[ReadSource, Source]:
    """Sources by what they are called on every machine, without the files of maps themselves.

    Raises UsageError for one named twice, by whichever link, and for a pipe.
    """
    found: dict[ReadSource, Source] = {}
    names = set()
    for source in sources:
        if is_one_of_ours(PurePath(source.name).name):
            continue
        if source.path and source.path.is_fifo():
            raise UsageError(
                f"{source.name} is a pipe, which a map that stops cannot read again.",
                hint="name files, folders or a container",
            )
        name = printable(os.path.realpath(source.path)) if source.path else source.name
        if name in names:
            raise UsageError(f"{source.name} is named twice.", hint="name it once")
        names.add(name)
        found[ReadSource(name, size_of(source), stamp_of(source))] = source
    return found


def _parts(sources: Mapping[ReadSource, Source], most: int) -> Iterator[dict[ReadSource, Source]]:
    """Neighbouring sources of so many bytes together, or one that is larger."""
    part: dict[ReadSource, Source] = {}
    size = 0
    for read, source in sources.items():
        if part and size + read.size > most:
            yield part
            part, size = {}, 0
        part[read] = source
        size += read.size
    if part:
        yield part


def _id_of(sources: Mapping[ReadSource, Source], asked: str) -> str:
    told = msgspec.json.encode([asked, *sorted(sources)])
    return blake2b(told, digest_size=8).hexdigest()


def _item(map_id: str, read: MapRead, outcome: ShardOutcome) -> MappedPart:
    names = [source.name for source in read.sources]
    return MappedPart(
        map_id=map_id,
        outcome=outcome,
        sources=len(names),
        first_source=names[0],
        last_source=names[-1],
        bytes=sum(source.size for source in read.sources),
        events=read.counted.events,
        unreadable=len(read.problems),
    )
