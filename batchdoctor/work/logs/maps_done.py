"""The maps that are done in a place: what each of them read, and whether they fit together."""

from __future__ import annotations

from collections.abc import Collection
from functools import reduce
from hashlib import blake2b

from batchdoctor.core.log.grain import Counted
from batchdoctor.core.log.shards import (
    PLAN,
    MapRead,
    ReadSource,
    plan_from,
    read_file,
    read_from,
)
from batchdoctor.errors import InputError, UsageError
from batchdoctor.work.logs.shard_place import Part, ShardPlace, parts_ahead

_BEGIN, _DONE = "map-", ".read"


class MapsDone:
    """What maps read, by their ids."""

    def __init__(self, place: ShardPlace) -> None:
        self._place = place
        self.names = place.names()
        self.read: dict[str, MapRead] = {}
        done = [name for name in self.names if name.startswith(_BEGIN) and name.endswith(_DONE)]
        for (name, *_), content in parts_ahead(place, map(Part, done)):
            map_id = name.removeprefix(_BEGIN).removesuffix(_DONE)
            self.read[map_id] = read_from(content, f"{place.name}/{name}", map_id)
        self._known = {
            source.name: (source, map_id)
            for map_id, read in self.read.items()
            for source in read.sources
        }

    @property
    def sources(self) -> int:
        """How many logs were read."""
        return sum(len(read.sources) for read in self.read.values())

    @property
    def counted(self) -> Counted:
        """How much all of them counted."""
        return reduce(Counted.with_others, (read.counted for read in self.read.values()))

    @property
    def digest(self) -> str:
        """What is the same as long as no map was added or made again."""
        told = [f"{map_id} {read.head} {read.buckets}" for map_id, read in self.read.items()]
        return blake2b("\n".join(sorted(told)).encode(), digest_size=8).hexdigest()

    def is_new(self, source: ReadSource, map_id: str) -> bool:
        """Whether no other map has read a log. Raises UsageError for one that is another since."""
        known, owner = self._known.get(source.name, (None, map_id))
        if known is None or owner == map_id:
            return True
        if known != source:
            raise UsageError(
                f"{source.name} was counted when it had {known.size:,} bytes; now it has"
                f" {source.size:,}."
                if known.size != source.size
                else f"{source.name} was written anew since it was counted.",
                hint="map logs when they are written to their end; to count it again, remove"
                f" {self._place.name}/{read_file(owner)} and map its logs again",
            )
        return False

    def refuse_other(self, asked: str) -> None:
        """Raise UsageError if other events were asked for here before."""
        if any(read.asked != asked for read in self.read.values()):
            raise UsageError(
                f"{self._place.name} holds counts of other events: --since, --until, --job, --pool"
                " and --node must be the same.",
                hint="use times such as 2026-08-01T00:00Z, which do not move; or another place",
            )

    def check(self) -> str:
        """What all of them were asked for. Raises InputError if they do not make up one log."""
        if not self.read:
            raise InputError(
                f"There is no map in {self._place.name}.",
                hint=f"batchdoctor events map PATH --out {self._place.name}",
            )
        owners: dict[str, str] = {}
        for map_id, read in sorted(self.read.items()):
            for source in read.sources:
                if owners.setdefault(source.name, map_id) != map_id:
                    raise InputError(
                        f"{source.name} was mapped twice: in map {owners[source.name]} and in"
                        f" map {map_id}.",
                        hint=f"remove the files of one of them from {self._place.name}",
                    )
        self._refuse_gaps(owners)
        asked = {read.asked for read in self.read.values()}
        if len(asked) > 1:
            self.refuse_other(min(asked))
        return asked.pop()

    def _refuse_gaps(self, read: Collection[str]) -> None:
        """Raise InputError if something was to be read by a map and is not yet."""
        plans = [name for name in self.names if name.startswith(PLAN)]
        for (name, *_), content in parts_ahead(self._place, map(Part, plans)):
            planned = plan_from(content, f"{self._place.name}/{name}")
            missing = [each for each in planned if each not in read]
            if missing:
                more = f" and {len(missing) - 1:,} more" if len(missing) > 1 else ""
                raise InputError(
                    f"{missing[0]}{more} was to be mapped and is not.",
                    hint="run that `events map` again: it goes on where it stopped; or, if that is"
                    f" not wanted any more, remove {self._place.name}/{name}",
                )
