"""Counts over all attempts of a store: how many, how they ended, and what was told twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, MutableMapping
from typing import TypeVar

import msgspec

from batchdoctor.core.log.attempt import (
    CLOSED,
    ENDED,
    GONE,
    LOOSE,
    ONE_OUTCOME,
    OVERTAKEN,
    REQUEUE,
    START,
    Names,
    halves_of,
)
from batchdoctor.core.log.attempt_key import REQUEUES, VERSION, Key, Recent
from batchdoctor.core.log.attempt_rows import (
    Counted,
    Known,
    bytes_of,
    counted,
    is_compiled,
    key_of,
    single_and_several,
)
from batchdoctor.core.log.attempt_store import AttemptStore
from batchdoctor.core.log.first_runs import FirstRuns, met_twice
from batchdoctor.core.log.job_attempts import PACKED, WHEN, JobAttempts
from batchdoctor.core.log.loose_starts import paired
from batchdoctor.core.log.overtaken import Tried, overtaken
from batchdoctor.core.suspicion.history import History

K = TypeVar("K", bound=Hashable)

_EVENT_BITS = START | ENDED | REQUEUE | LOOSE
_FIRST = b"\0\0"
# Above this what is done for each job takes longer than to go through rows of all.
MANY_JOBS = 1000


class AttemptCount(msgspec.Struct):
    """What the attempts of a log add up to.

    `by_packed` counts attempts by index of their job and by what is known of them (see `attempt`).
    `told` is the number of different (event, attempt) pairs; whatever was delivered beyond that is
    a duplicate. `service_retries` are attempts that differ from another one in the system task
    version only. `oldest_open` is in seconds since 1970. `failed_at` counts failed attempts by the
    second in which they failed, as far as that is known.
    """

    by_packed: Counter[tuple[int, int]] = msgspec.field(default_factory=Counter)
    told: int = 0
    retried: int = 0
    requeued: int = 0
    service_retries: int = 0
    oldest_open: int | None = None
    failed_at: Counter[int] = msgspec.field(default_factory=Counter)

    @property
    def attempts(self) -> int:
        """Distinct attempts."""
        return self.by_packed.total()

    @property
    def unfinished(self) -> int:
        """Attempts that started and are not known to have ended."""
        return sum(times for (_, packed), times in self.by_packed.items() if is_open(packed))

    @property
    def overtaken(self) -> int:
        """Attempts that started and never ended, and whose task started again later."""
        return sum(times for (_, packed), times in self.by_packed.items() if packed & OVERTAKEN)

    def add(self, other: AttemptCount) -> None:
        """Add another's counts but `by_packed`, whose indices may be of other names."""
        self.told += other.told
        self.retried += other.retried
        self.requeued += other.requeued
        self.service_retries += other.service_retries
        self.failed_at.update(other.failed_at)
        _note_oldest(self, [other.oldest_open or 0])

    def note_failures(self, rows: Iterable[tuple[int, int]]) -> None:
        """Note when attempts failed of which this is known, and when they ran."""
        ends = (halves_of(when)[1] for packed, when in rows if packed >= ONE_OUTCOME)
        self.failed_at.update(end for end in ends if end)


def is_open(packed: int) -> bool:
    """Whether an attempt started and is not known to have ended."""
    return bool(packed & (START | LOOSE)) and not packed & GONE


def count_attempts(store: AttemptStore) -> tuple[AttemptCount, History]:
    """Count what a store holds, and tell what ran where and when.

    Where there was no compiler, a store that never spilled is counted where it is, unless it has
    very many jobs.
    """
    count, firsts = AttemptCount(), FirstRuns(store.names)
    if store.spilled or is_compiled() or len(store.jobs) > MANY_JOBS:
        for batch in store.batches():
            single, several = single_and_several(batch)
            if (counts := counted(single, store.names)) is not None:
                _include(counts, count)
                firsts.add_columns(counts.runs)
            group = store.joined(several)
            firsts.add_rows(_count_group(store.names, group, count))
        return count, firsts.history
    for job_id, attempts in store.jobs.items():
        attempts.set_apart(store.names)
        job = store.names.job_index(job_id)
        firsts.add_recent(job, attempts, _count_recent(store.names, job, attempts, count))
    return count, firsts.history


def _include(counted: Counted, count: AttemptCount) -> None:
    """Add what was counted of tasks that have one row."""
    jobs, packed, times = (counted.known[column::3] for column in range(3))
    for job, known, met in zip(jobs, packed, times, strict=True):
        count.by_packed[job, known] += met
    count.told += counted.told
    count.retried += counted.retried
    count.requeued += counted.requeued
    count.failed_at.update(counted.failed_at)
    _note_oldest(count, [counted.oldest])


def open_keys(store: AttemptStore) -> tuple[set[bytes], set[bytes]]:
    """Keys, as of `AttemptStore.key`, of attempts that started and are not known to have ended.

    First those that may still run, then those whose task began again.
    """
    running: set[bytes] = set()
    overtaken: set[bytes] = set()
    for group in store.groups():
        rows, waited = _paired(store.names, group)
        for key, (packed, _, _) in _corrected(rows).items():
            if is_open(packed):
                running.add(waited.get(key, key))
            elif packed & OVERTAKEN:
                overtaken.add(waited.get(key, key))
    return running, overtaken


def _paired(
    names: Names, group: Mapping[bytes, Known]
) -> tuple[Mapping[bytes, Known], dict[bytes, bytes]]:
    """Give starts without a requeue count their runs; see `paired`."""
    tasks = met_twice(group)
    if tasks:
        loose = {key[:8] for key, (packed, _, _) in group.items() if packed & LOOSE}
        tasks &= loose
    if not tasks:
        return group, {}
    rows = {key: known for key, known in group.items() if key[:8] not in tasks}
    jobs = {key[:8]: job for key, (_, job, _) in group.items() if key[:8] in tasks}
    several = {
        key_of(key): (packed, when) for key, (packed, _, when) in group.items() if key[:8] in tasks
    }
    found, waited = paired(names, several)
    for key, (packed, when) in found.items():
        name = bytes_of(key)
        rows[name] = (packed, jobs[name[:8]], when)
    return rows, {bytes_of(run): bytes_of(start) for run, start in waited.items()}


def _corrected(group: Mapping[bytes, Known]) -> Mapping[bytes, Known]:
    requeued = sorted(key for key in group if key[16:] != _FIRST)
    if requeued:
        rows = {key: packed for key, (packed, _, _) in group.items()}
        before = (key[:16] + (int.from_bytes(key[16:]) - 1).to_bytes(2) for key in requeued)
        _correct(rows, dict(zip(requeued, before, strict=True)))
        group = {key: (packed, *group[key][1:]) for key, packed in rows.items()}
    opened = {key[:8] for key, (packed, _, _) in group.items() if is_open(packed)}
    if not opened:
        return group
    tried = [
        Tried(key[:8], key[10:], key, packed, _moment(when))
        for key, (packed, _, when) in group.items()
        if key[:8] in opened
    ]
    lost = {key: (group[key][0] | OVERTAKEN, *group[key][1:]) for key in overtaken(tried)}
    return {**group, **lost} if lost else group


def _count_group(
    names: Names, group: Mapping[bytes, Known], count: AttemptCount
) -> Mapping[bytes, Known]:
    """Count a group; its attempts, with what requeues tell of them."""
    count.note_failures((packed, when) for packed, _, when in group.values())
    group, _ = _paired(names, group)
    # Few things are known of many: a function called for every row would be most of the time.
    for packed, times in Counter([packed for packed, _, _ in group.values()]).items():
        count.told += times * _events_in(packed)
    rows = _corrected(group)
    met = Counter([(job, packed) for packed, job, _ in rows.values()])
    count.by_packed.update(met)
    again = [key[14:] for key in rows if key[14:] != _FIRST + _FIRST]
    count.retried += sum(1 for tag in again if tag[:2] != _FIRST)
    count.requeued += sum(1 for tag in again if tag[2:] != _FIRST)
    unversioned = {key[:8] + key[14:] for key in rows} if again else {key[:8] for key in rows}
    count.service_retries += len(rows) - len(unversioned)
    still_open = {packed for _, packed in met if is_open(packed)}
    _note_oldest(
        count, [halves_of(when)[0] for packed, _, when in rows.values() if packed in still_open]
    )
    return rows


def _count_recent(
    names: Names, job: int, attempts: JobAttempts, count: AttemptCount
) -> Mapping[Key, Recent]:
    for packed, times in Counter(attempts.closed[PACKED] + attempts.ended[PACKED]).items():
        count.by_packed[job, packed] += times
        count.told += times * _events_in(packed)
    ended = attempts.ended
    count.note_failures(zip(ended[PACKED], ended[WHEN], strict=True))
    count.note_failures(attempts.others.values())
    return _count_others(job, paired(names, attempts.others)[0], count)


def _count_others(
    job: int, attempts: Mapping[Key, Recent], count: AttemptCount
) -> Mapping[Key, Recent]:
    """Count the attempts of tasks that may have been retried or requeued."""
    rows = {key: packed for key, (packed, _) in attempts.items()}
    # Few things are known of many: a function called for every row would be most of the time.
    for packed, times in Counter(rows.values()).items():
        count.told += times * _events_in(packed)
    again = sorted((key for key in rows if key[2] & REQUEUES), key=lambda key: key[2])
    _correct(rows, {key: (key[0], key[1], key[2] - 1) for key in again})
    lost = _overtaken(rows, attempts)
    for key in lost:
        rows[key] |= OVERTAKEN
    met = Counter(rows.values())
    for packed, times in met.items():
        count.by_packed[job, packed] += times
    tags = [key[2] for key in rows if key[2]]
    count.retried += sum(1 for tag in tags if tag > REQUEUES)
    count.requeued += sum(1 for tag in tags if tag & REQUEUES)
    untagged = {(key[0], key[2]) for key in rows} if tags else {key[0] for key in rows}
    count.service_retries += len(rows) - len(untagged)
    still_open = {packed for packed in met if is_open(packed)}
    running = [key for key, packed in rows.items() if packed in still_open] if still_open else ()
    _note_oldest(count, [halves_of(attempts[key][1])[0] for key in running])
    if not lost and not again:
        return attempts
    return {key: (packed, attempts[key][1]) for key, packed in rows.items()}


def _overtaken(rows: Mapping[Key, int], attempts: Mapping[Key, Recent]) -> list[Key]:
    """The attempts that have no end, and whose task began again."""
    still_open = {packed for packed in set(rows.values()) if is_open(packed)}
    opened = {key[0] for key, packed in rows.items() if packed in still_open}
    tried = [
        Tried(key[0], (key[1] & VERSION, key[2]), key, packed, _moment(attempts[key][1]))
        for key, packed in rows.items()
        if key[0] in opened
    ]
    return list(overtaken(tried))


def _moment(when: int) -> int:
    """When an attempt ended, else when it began, in seconds since 1970."""
    start, end = halves_of(when)
    return end or start


def _events_in(packed: int) -> int:
    """How many different events told of an attempt."""
    return (packed & _EVENT_BITS).bit_count()


def _correct(rows: MutableMapping[K, int], requeues: Mapping[K, K]) -> None:
    """Let requeues end runs; `requeues` are the keys of all but first runs, with the run before.

    A requeue event may carry the count of the next run, which it then tells nothing else of.
    """
    for key, before in requeues.items():
        if rows[key] & REQUEUE and is_open(rows.get(before, 0)):
            rows[before] |= CLOSED
            rows[key] &= ~REQUEUE
            if not rows[key] & _EVENT_BITS:
                del rows[key]


def _note_oldest(count: AttemptCount, moments: Iterable[int]) -> None:
    oldest = min((moment for moment in moments if moment), default=None)
    if oldest is not None and (count.oldest_open is None or oldest < count.oldest_open):
        count.oldest_open = oldest
