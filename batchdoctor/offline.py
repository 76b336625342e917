"""The Python face of what needs no account: event logs, bundles, and the meaning of codes."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from batchdoctor.core.answer import Answer
from batchdoctor.core.comparison.difference import Difference
from batchdoctor.core.cost.item import CostItem
from batchdoctor.core.log.shard_items import MappedPart, ReducedShard
from batchdoctor.core.log.show import Show
from batchdoctor.core.meaning.category import Category
from batchdoctor.core.meaning.explanation import explain_text
from batchdoctor.core.meaning.item import Meaning, meaning_of
from batchdoctor.events.selection import Selection
from batchdoctor.work.answers import comparisons
from batchdoctor.work.answers.log_costs import log_cost_answer
from batchdoctor.work.answers.logs import log_answer
from batchdoctor.work.answers.shards import final_answer, map_answer, reduce_answer
from batchdoctor.work.comparison.bundles import OpenBundle
from batchdoctor.work.reading.reading import Reading
from batchdoctor.work.surroundings import Quiet

_NO_PRICES: Mapping[str, float] = {}
Paths = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]


def parse_events(
    paths: Paths,
    *,
    show: Show | str = Show.SUMMARY,
    since: datetime | None = None,
    until: datetime | None = None,
    jobs: Sequence[str] = (),
    pools: Sequence[str] = (),
    nodes: Sequence[str] = (),
    categories: Sequence[Category] = (),
    min_failures: int = 2,
) -> Answer[Any]:
    """What do these diagnostic-log events say? As `events parse`.

    `show` chooses the items: failures, suspect nodes, events, what is unfinished, a timeline, or
    none; the summary has the numbers. Raises InputError where there is no event at all.
    """
    selection = Selection(
        since=since,
        until=until,
        jobs=frozenset(jobs),
        pools=frozenset(pools),
        nodes=frozenset(nodes),
        categories=frozenset(each.value for each in categories),
    )
    return log_answer(_places(paths), Show(show), selection, min_failures=min_failures)


def map_events(
    paths: Paths,
    out: str | os.PathLike[str],
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    jobs: Sequence[str] = (),
    pools: Sequence[str] = (),
    nodes: Sequence[str] = (),
    workers: int | None = None,
) -> Answer[MappedPart]:
    """Count logs into a folder or container, for other machines to go on from. As `events map`.

    What was counted there before is left out.
    """
    selection = Selection(
        since=since,
        until=until,
        jobs=frozenset(jobs),
        pools=frozenset(pools),
        nodes=frozenset(nodes),
    )
    return map_answer(_places(paths), os.fspath(out), selection, workers)


def reduce_events(place: str | os.PathLike[str], shard: str | None = None) -> Answer[ReducedShard]:
    """Conclude what maps counted, or the part `2/16` of it. As `events reduce`."""
    return reduce_answer(os.fspath(place), shard)


def answer_events(
    place: str | os.PathLike[str], *, show: Show | str = Show.SUMMARY, min_failures: int = 2
) -> Answer[Any]:
    """What do the logs say that were mapped to a place? As `events reduce --final`.

    `show` is summary, nodes or timeline: counts hold no names of tasks.
    """
    return final_answer(os.fspath(place), Show(show), min_failures)


def log_cost(
    paths: Paths,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    pools: Sequence[str] = (),
    jobs: Sequence[str] = (),
    prices: Mapping[str, float] = _NO_PRICES,
) -> Answer[CostItem]:
    """What were the hours of nodes spent on, by these logs? As `cost --events`.

    `prices` are US dollars for an hour of a node, by pool.
    """
    return log_cost_answer(_places(paths), since, until, pools, jobs, prices)


def compare_logs(
    old: str | os.PathLike[str],
    new: str | os.PathLike[str],
    *,
    jobs: Sequence[str] = (),
    pools: Sequence[str] = (),
) -> Answer[Difference]:
    """What differs between two event logs, files or folders? As `compare logs`."""
    selection = Selection(jobs=frozenset(jobs), pools=frozenset(pools))
    return comparisons.logs(os.fspath(old), os.fspath(new), selection)


def compare_bundles(old: str | os.PathLike[str], new: str | os.PathLike[str]) -> Answer[Difference]:
    """What differs in an account between two bundles of it? As `compare bundles`.

    Raises InputError for a file that is no bundle.
    """
    from batchdoctor.replay import bundle_of

    outside = Quiet()
    with bundle_of(Path(old)) as first, bundle_of(Path(new)) as second:
        sides = [OpenBundle(each.bundle, Reading(outside, each.client)) for each in (first, second)]
        return comparisons.bundles(sides[0], sides[1], outside)


def explain(text: str) -> tuple[Meaning, ...]:
    """What does this code, exit code, state, or pasted text mean? As `explain`."""
    return tuple(meaning_of(found) for found in explain_text(text))


def _places(paths: Paths) -> list[str]:
    named = [paths] if isinstance(paths, str | os.PathLike) else paths
    return [os.fspath(path) for path in named]
