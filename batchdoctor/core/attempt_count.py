"""Counts over all attempts of a store: how many, how they ended, and what was told twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, MutableMapping
from dataclasses import dataclass, field
from typing import TypeVar

from batchdoctor.core.attempt import CLOSED, ENDED, GONE, LOOSE, REQUEUE, START
from batchdoctor.core.attempt_store import AttemptStore, seconds_of

K = TypeVar("K", bound=Hashable)

_EVENT_BITS = START | ENDED | REQUEUE | LOOSE


@dataclass(slots=True)
class AttemptCount:
    """What the attempts of a log add up to.

    `by_packed` counts attempts by what is known of them (see `attempt`). `told` is the number of
    different (event, attempt) pairs; whatever was delivered beyond that is a duplicate.
    `service_retries` are attempts that differ from another one in the system task version only.
    """

    by_packed: Counter[int] = field(default_factory=Counter)
    told: int = 0
    retried: int = 0
    requeued: int = 0
    service_retries: int = 0
    oldest_open: int | None = None

    @property
    def attempts(self) -> int:
        """Distinct attempts."""
        return self.by_packed.total()

    @property
    def unfinished(self) -> int:
        """Attempts that started and are not known to have ended."""
        return sum(times for packed, times in self.by_packed.items() if is_open(packed))


def is_open(packed: int) -> bool:
    """Whether an attempt started and is not known to have ended."""
    return bool(packed & (START | LOOSE)) and not packed & GONE


def count_attempts(store: AttemptStore) -> AttemptCount:
    """Count what a store holds; one that never spilled is counted where it is."""
    count = AttemptCount()
    if not store.spilled:
        _count_recent(store, count)
        return count
    for known in store.groups():
        rows = {key: packed for key, (packed, _) in known.items()}
        requeues = [
            (key, key[:14] + (int.from_bytes(key[14:]) - 1).to_bytes(2), key[:14] + b"\0\0")
            for key in rows
            if key[14:] != b"\0\0"
        ]
        _correct(rows, requeues, count)
        count.by_packed.update(rows.values())
        count.retried += sum(1 for key in rows if key[12:14] != b"\0\0")
        count.requeued += sum(1 for key in rows if key[14:] != b"\0\0")
        count.service_retries += len(rows) - len({key[:8] + key[12:] for key in rows})
        _note_oldest(count, (known[key][1] for key, packed in rows.items() if is_open(packed)))
    return count


def _count_recent(store: AttemptStore, count: AttemptCount) -> None:
    rows = {key: packed for key, (packed, _) in store.hot.items()}
    requeues = [
        (key, (*key[:3], key[3] - 1, key[4]), (*key[:3], 0, key[4])) for key in rows if key[3]
    ]
    _correct(rows, requeues, count)
    count.by_packed.update(rows.values())
    count.retried += sum(1 for key in rows if key[2])
    count.requeued += sum(1 for key in rows if key[3])
    count.service_retries += len(rows) - len({key[:4] for key in rows})
    times = (
        time
        for key, (_, time) in store.hot.items()
        if time is not None and is_open(rows.get(key, 0))
    )
    _note_oldest(count, map(seconds_of, times))


def _told(packed: Iterable[int]) -> int:
    events = Counter(packed)
    return sum(times * (key & _EVENT_BITS).bit_count() for key, times in events.items())


def _correct(
    rows: MutableMapping[K, int], requeues: list[tuple[K, K, K]], count: AttemptCount
) -> None:
    """Pair what the requeue counts keep apart.

    Starts without a requeue count are filed under 0; one that is alone there belongs to the end of
    a later requeue. A requeue event that carries the next attempt's count ends the one before.
    """
    count.told += _told(rows.values())
    for key, before, _ in requeues:
        if rows[key] & REQUEUE and is_open(rows.get(before, 0)):
            rows[before] |= CLOSED
    for key, _, first in requeues:
        strayed = rows.get(first, 0)
        if strayed & LOOSE and not strayed & (START | GONE) and not rows[key] & START:
            del rows[first]


def _note_oldest(count: AttemptCount, moments: Iterable[int]) -> None:
    oldest = min((moment for moment in moments if moment), default=None)
    if oldest is not None and (count.oldest_open is None or oldest < count.oldest_open):
        count.oldest_open = oldest
