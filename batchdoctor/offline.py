"""The Python face of what needs no account: event logs, and the meaning of codes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from batchdoctor.core.answer import Answer
from batchdoctor.core.log.show import Show
from batchdoctor.core.meaning.category import Category
from batchdoctor.core.meaning.explanation import explain_text
from batchdoctor.core.meaning.item import Meaning, meaning_of
from batchdoctor.events.selection import Selection
from batchdoctor.work.answers.logs import log_answer

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
    named = [paths] if isinstance(paths, str | os.PathLike) else paths
    places = [os.fspath(path) for path in named]
    return log_answer(places, Show(show), selection, min_failures=min_failures)


def explain(text: str) -> tuple[Meaning, ...]:
    """What does this code, exit code, state, or pasted text mean? As `explain`."""
    return tuple(meaning_of(found) for found in explain_text(text))
