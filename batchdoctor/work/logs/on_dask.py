"""Counts logs on a Dask cluster: the same maps and reduces, whose files travel as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from logging import CRITICAL

from batchdoctor.core.log.shards import FILES, LEFT, PER_FILE
from batchdoctor.errors import UsageError
from batchdoctor.events.selection import Selection
from batchdoctor.work.logs.groups import Group
from batchdoctor.work.logs.mapping import LogMapping
from batchdoctor.work.logs.reducing import Reducing, Shard
from batchdoctor.work.logs.shard_place import ShardsAtHand
from batchdoctor.work.surroundings import Quiet, Surroundings

Files = Mapping[str, bytes]
# What a map or a reduce raises comes here anyhow.
_HERE = {"threads_per_worker": 1, "dashboard_address": None, "silence_logs": CRITICAL}


def counted_on_dask(
    outside: Surroundings, groups: Sequence[Group], selection: Selection, scheduler: str | None
) -> Reducing:
    """Have a cluster count groups of logs, or processes here where none is named; what is left.

    What a process had counted that ends is counted again by another. Raises UsageError without
    Dask, and whatever a map or a reduce raises.
    """
    try:
        from distributed import Client
    except ImportError:
        raise UsageError("Dask is not installed.", hint="pip install batchdoctor[dask]") from None
    with Client(scheduler, **({} if scheduler else _HERE)) as client:  # type: ignore[no-untyped-call]
        outside.progress(f"counting {len(groups)} groups of logs with Dask")
        maps = [client.submit(mapped, group, selection, pure=False) for group in groups]
        rest = [client.submit(part_of, each, None) for each in maps]
        rows = [[client.submit(part_of, each, file) for each in maps] for file in range(FILES)]
        left = [client.submit(reduced, file, parts) for file, parts in enumerate(rows)]
        return Reducing(outside, ShardsAtHand(*client.gather([*rest, *left])))


def mapped(group: Group, selection: Selection) -> Files:
    """Count a group of logs, into files."""
    place = ShardsAtHand()
    list(LogMapping(Quiet(), group.paths, place, selection, workers=1).parts())
    return place.files


def part_of(files: Files, file: int | None) -> Files:
    """The files of a map without its rows, but for those of one reduce."""
    rows = f".rows-{file:02}" if file is not None else " "
    return {n: held for n, held in files.items() if ".rows-" not in n or n.endswith(rows)}


def reduced(file: int, parts: Sequence[Files]) -> Files:
    """Conclude the buckets of one file of rows of all maps: what is left."""
    place = ShardsAtHand(*parts)
    Reducing(Quiet(), place).reduce(Shard(file * PER_FILE, (file + 1) * PER_FILE))
    return {name: content for name, content in place.files.items() if name.startswith(LEFT)}
