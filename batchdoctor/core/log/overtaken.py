"""Attempts without an end in the log that have ended all the same: their task began again later.

The service gave them up (it counts a retry only where a program failed), or their end is missing.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import Generic, NamedTuple, TypeVar

from batchdoctor.core.log.attempt import GONE, LOOSE, START

K = TypeVar("K", bound=Hashable)
T = TypeVar("T", bound=Hashable)


class Tried(NamedTuple, Generic[T, K]):
    """An attempt of a task, told by version and counters, which grow from try to try.

    `moment` is in seconds: when it began if it has not ended, when it failed if it did, else 0.
    """

    task: T
    counters: tuple[int, ...] | bytes
    key: K
    packed: int
    moment: int


def overtaken(tried: Iterable[Tried[T, K]]) -> Iterator[K]:
    """Keys of the attempts that started, have no end, and were followed by another of their task.

    Attempts of one task never run beside each other.
    """
    by_task: dict[T, list[Tried[T, K]]] = {}
    for each in tried:
        by_task.setdefault(each.task, []).append(each)
    for attempts in by_task.values():
        for each in attempts:
            opened = each.packed & (START | LOOSE) and not each.packed & GONE
            if opened and any(_follows(other, each) for other in attempts):
                yield each.key


def _follows(other: Tried[T, K], one: Tried[T, K]) -> bool:
    """Whether an attempt came after one that has not ended."""
    if other.key == one.key:
        return False
    if other.moment and one.moment and other.moment != one.moment:
        return other.moment > one.moment
    return other.counters > one.counters  # type: ignore[operator]  # both are of one kind
