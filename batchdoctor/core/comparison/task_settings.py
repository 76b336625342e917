"""Compares what the tasks of two jobs were made with: task with task, or kind with kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from batchdoctor.core.comparison.changed_words import in_common
from batchdoctor.core.comparison.facts import Fact, Key
from batchdoctor.core.comparison.runs import paired_ids
from batchdoctor.core.comparison.settings import Settings, compared_tasks
from batchdoctor.core.comparison.steady import kind_name
from batchdoctor.core.names import folded

Facts = Mapping[Key, Fact]
Steady = Callable[[str], str]
# Where fewer of the tasks have the same ids, tasks are compared by their kinds.
_ENOUGH = 0.1


def compared_task_settings(
    then: Mapping[str, Facts],
    now: Mapping[str, Facts],
    steady: tuple[Steady, Steady],
    jobs: tuple[str, str],
) -> Settings:
    """What tasks of two jobs were made with; `steady` makes ids of both comparable."""
    pairs = paired_ids(list(then), list(now), steady)
    if len(pairs) >= max(1.0, _ENOUGH * min(len(then), len(now))):
        return compared_tasks([(then[a], now[b], f"{jobs[1]}/{b}") for a, b in pairs])
    before, after = _by_kind(then), _by_kind(now)
    both = [kind for kind in after if kind in before]
    if not both and len(before) == len(after) == 1:
        (first,), (second,) = before.values(), after.values()
        return compared_tasks([(first, second, "")])
    return compared_tasks([(before[kind], after[kind], "") for kind in both])


def _by_kind(tasks: Mapping[str, Facts]) -> dict[str, Facts]:
    """What all tasks of a kind have in common."""
    kinds: dict[str, list[Facts]] = {}
    for task_id, facts in tasks.items():
        kinds.setdefault(kind_name(folded(task_id)), []).append(facts)
    return {kind: _in_common(every) for kind, every in kinds.items()}


def _in_common(every: Sequence[Facts]) -> dict[Key, Fact]:
    """Facts of which all have the same, but for parts that vary from task to task."""
    common: dict[Key, Fact] = {}
    for key, first in every[0].items():
        found = [facts.get(key) for facts in every]
        values = {each.value if each else None for each in found}
        if len(values) == 1:
            common[key] = first
            continue
        texts = {value for value in values if value is not None}
        alike = in_common(texts) if None not in values else None
        if alike is not None:
            common[key] = Fact(alike, alike if first.shown == first.value else first.shown)
    return common
