"""Concludes what maps counted, some buckets at a time, and answers from what is left of all."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from batchdoctor.core.log.attempt import Names
from batchdoctor.core.log.attempt_rows import BUCKETS
from batchdoctor.core.log.attempt_store import AttemptStore
from batchdoctor.core.log.grain import grain_of
from batchdoctor.core.log.left import Left, joined, left_of
from batchdoctor.core.log.shard_items import ReducedShard, ReduceSummary, ShardOutcome
from batchdoctor.core.log.shards import (
    PER_FILE,
    add_rows,
    buckets_of,
    head_file,
    head_from,
    left_file,
    left_from,
    left_to_bytes,
    rows_file,
)
from batchdoctor.core.log.show import Show
from batchdoctor.core.log.tally import Tally
from batchdoctor.core.problem import Problem
from batchdoctor.core.text.wording import plural
from batchdoctor.errors import InputError, UsageError
from batchdoctor.events.reading import EventLog
from batchdoctor.work.logs.mapping import selection_of
from batchdoctor.work.logs.maps_done import MapsDone
from batchdoctor.work.logs.reading import LogReading, uncollected
from batchdoctor.work.logs.shard_place import Part, ShardPlace, parts_ahead
from batchdoctor.work.surroundings import Surroundings

# Where nobody reduced them, so many bytes of rows are concluded at a time, in about twice as many.
MOST_ROWS = 512 * 1024 * 1024


class Shard(NamedTuple):
    """Buckets from the first to before another one."""

    first: int
    after: int


ALL = Shard(0, BUCKETS)


def shard_of(words: str) -> Shard:
    """The buckets of `2/16`, the second of sixteen shards. Raises UsageError for anything else."""
    number, _, count = words.partition("/")
    if not (number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count)):
        raise UsageError(f"{words!r} is no shard.", hint="--shard 1/16 is the first of sixteen")
    if int(count) > BUCKETS:
        raise UsageError(f"There are no more than {BUCKETS} shards.", hint=f"--shard 1/{BUCKETS}")
    return Shard(BUCKETS * (int(number) - 1) // int(count), BUCKETS * int(number) // int(count))


def check_counted(show: Show) -> None:
    """Raise UsageError for what counts cannot show."""
    if show not in {Show.SUMMARY, Show.NODES, Show.TIMELINE}:
        raise UsageError(
            f"--show {show.value} needs the logs: counts hold no names of tasks.",
            hint=f"batchdoctor events parse PATH --show {show.value}",
        )


class Reducing:
    """The maps of a place, to be concluded. Raises InputError if they do not make up one log."""

    def __init__(self, outside: Surroundings, place: ShardPlace) -> None:
        self._outside = outside
        self._place = place
        self.maps = MapsDone(place)
        self.selection = selection_of(self.maps.check())
        self._heads: dict[str, Tally] = {}
        # Of what is put together here; what others put together they did of the same maps.
        self._grain = grain_of(self.maps.counted)
        self.bytes_read = 0

    def reduce(self, shard: Shard) -> ReducedShard:
        """Conclude some buckets of all maps, unless that was done, and leave what is left."""
        name, outcome = left_file(*shard, self.maps.digest), ShardOutcome.ALREADY
        content = self._place.read(name) if name in self.maps.names else b""
        left = self._left(name, content) if content else None
        if left is None:
            left, outcome = self._conclude(shard), ShardOutcome.DONE
            content = left_to_bytes(left, name)
            self._place.write(name, content)
        return ReducedShard(
            first_bucket=shard.first,
            after_bucket=shard.after,
            outcome=outcome,
            maps=len(self.maps.read),
            attempts=left.count.attempts,
            bytes_read=self.bytes_read,
            bytes_left=len(content),
        )

    def summary(self) -> ReduceSummary:
        """How far all machines together are."""
        self.maps = MapsDone(self._place)
        return ReduceSummary(
            place=self._place.name,
            maps=len(self.maps.read),
            sources=self.maps.sources,
            buckets=sum(shard.after - shard.first for shard in self._concluded()),
            of_buckets=BUCKETS,
        )

    def answer(self, *, min_failures: int, places: str | None = None) -> LogReading:
        """Join what is left of all buckets; those that nobody has concluded are concluded here.

        `places` says in words what was mapped, if that is better known than where its counts are.
        """
        with uncollected():
            left = joined(self._lefts())
        log = EventLog(selection=self.selection, problems=self._problems())
        return LogReading(
            self._outside,
            log,
            places or f"the shards in {self._place.name}",
            min_failures=min_failures,
            counted_before=[self._head(map_id) for map_id in sorted(self.maps.read)],
            left=left,
        )

    def _lefts(self) -> Iterator[Left]:
        """What is left of all buckets, one part after the other."""
        concluded, found = self._concluded(), []
        files = parts_ahead(self._place, map(Part, concluded.values()))
        for shard, (part, content) in zip(concluded, files, strict=True):
            left = self._left(part.name, content)
            if left is not None:
                found.append(shard)
                yield left
        gaps = list(_gaps(found))
        if gaps and concluded:
            count = sum(shard.after - shard.first for shard in gaps)
            self._outside.note(f"{count} of {BUCKETS} buckets were not reduced: doing it here")
        yield from map(self._conclude, (part for gap in gaps for part in self._bounded(gap)))

    def _bounded(self, shard: Shard) -> Iterator[Shard]:
        """A shard in parts whose rows fit into memory."""
        first = size = 0
        for bucket in range(*shard):
            of_bucket = sum(read.buckets[bucket][0] for read in self.maps.read.values())
            if bucket == shard.first or size + of_bucket > MOST_ROWS:
                if bucket > shard.first:
                    yield Shard(first, bucket)
                first, size = bucket, 0
            size += of_bucket
        yield Shard(first, shard.after)

    def _left(self, name: str, content: bytes) -> Left | None:
        """What is left, as a file says; none, with a note, of one that is damaged."""
        try:
            return left_from(content, f"{self._place.name}/{name}", name)
        except InputError as error:
            # All that it was made of is still there.
            self._outside.note(f"{error} Its buckets are reduced again.")
            return None

    def _problems(self) -> list[Problem]:
        found = [problem for read in self.maps.read.values() for problem in read.problems]
        return sorted(found, key=lambda problem: problem.subject)

    def _concluded(self) -> dict[Shard, str]:
        """Files of what is left of shards that do not overlap, of just these maps."""
        digest, found, after = self.maps.digest, {}, 0
        named = [(buckets_of(name, digest), name) for name in self.maps.names]
        shards = [(Shard(*buckets), name) for buckets, name in named if buckets]
        # Of shards that begin at the same bucket the largest one.
        for shard, name in sorted(shards, key=lambda each: (each[0].first, -each[0].after)):
            if shard.first >= after:
                found[shard] = name
                after = shard.after
        return found

    def _conclude(self, shard: Shard) -> Left:
        store = AttemptStore(Names(portable=True))
        self._outside.progress(f"reducing {plural(len(self.maps.read), 'map')}")
        wanted = {part: where for where in self._wanted(shard) for part in [self._part(*where)]}
        with uncollected():
            for part, rows in parts_ahead(self._place, wanted):
                map_id, buckets = wanted[part]
                subject = f"{self._place.name}/{part.name}"
                self._outside.stop_if_asked()
                _check(rows, self.maps.read[map_id].buckets[buckets.first : buckets.after], subject)
                add_rows(store, self._head(map_id).names, rows, subject)
                self.bytes_read += len(rows)
            return left_of(store, self._grain)

    def _wanted(self, shard: Shard) -> Iterator[tuple[str, Shard]]:
        """Of each map the buckets that are in one file."""
        for map_id in sorted(self.maps.read):
            for begin in range(0, BUCKETS, PER_FILE):
                first, after = max(shard.first, begin), min(shard.after, begin + PER_FILE)
                if any(length for length, _ in self.maps.read[map_id].buckets[first:after]):
                    yield map_id, Shard(first, after)

    def _part(self, map_id: str, buckets: Shard) -> Part:
        """Where the rows of some buckets are."""
        lengths = [length for length, _ in self.maps.read[map_id].buckets]
        file = buckets.first // PER_FILE
        start = sum(lengths[file * PER_FILE : buckets.first])
        return Part(rows_file(map_id, file), start, sum(lengths[buckets.first : buckets.after]))

    def _head(self, map_id: str) -> Tally:
        head = self._heads.get(map_id)
        if head is None:
            name = head_file(map_id)
            content = self._place.read(name)
            if zlib.crc32(content) != self.maps.read[map_id].head:
                raise _damaged(f"{self._place.name}/{name}")
            head = self._heads[map_id] = head_from(content, f"{self._place.name}/{name}")
        return head


def _check(rows: bytes, buckets: Sequence[tuple[int, int]], subject: str) -> None:
    """Raise InputError if some rows are not those that were written."""
    at = 0
    for length, checksum in buckets:
        if zlib.crc32(memoryview(rows)[at : at + length]) != checksum:
            raise _damaged(subject)
        at += length


def _damaged(subject: str) -> InputError:
    return InputError(
        f"{subject} is not as it was written.",
        hint="remove it, and run that `events map` again: it writes what is missing",
    )


def _gaps(shards: Sequence[Shard]) -> Iterator[Shard]:
    """What some shards leave out, in their order."""
    at = 0
    for shard in (*shards, Shard(BUCKETS, BUCKETS)):
        if at < shard.first:
            yield Shard(at, shard.first)
        at = shard.after
