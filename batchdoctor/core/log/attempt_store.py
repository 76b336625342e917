"""All attempts of a log in little memory: recent ones by job, older ones as rows of 38 bytes.

Of a task only a 64-bit number is kept (see `Names`). When there are too many recent attempts, they
move to 256 buckets, chosen and keyed by a number that job and task make together; retry count,
requeue count and version stay exact. Rows of one attempt that meet in a bucket are joined when the
bucket is tidied, at the latest when the attempts are counted.

Two tasks are mistaken for one if their numbers are equal: for a million tasks the odds of any such
pair are 3 in 100 million, for a hundred million tasks 3 in 10,000.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator

from batchdoctor.core.log.attempt import (
    Names,
    NodeName,
    join_when,
)
from batchdoctor.core.log.attempt_key import (
    loose_key,
    parts,
    stay_together,
)
from batchdoctor.core.log.attempt_rows import (
    BUCKETS,
    KEYED,
    NUMBERS,
    Known,
    by_key,
    bytes_of,
    key_of,
    row_of,
    rows_of_closed,
    single_and_several,
    translated,
)
from batchdoctor.core.log.job_attempts import HEAVIEST, JobAttempts, versioned, with_endings

# Some 330 bytes each, so this is a third of the memory that may be used at all.
HOT_LIMIT = 160_000
# Odd, so that no bit is lost; without it, task `a` of job `b` would be task `b` of job `a`.
_SPREAD = 0x9E3779B97F4A7C15
_TIDY_ABOVE = 64 * 1024
# Rows that are counted together: enough for what is done once for all of them to be little.
BATCH = 200_000


class AttemptStore:
    """A map from attempts to what is known of them.

    `jobs` is open to the fold that fills it: it looks each attempt up once, and calls `settle` now
    and then.
    """

    def __init__(self, names: Names, hot_limit: int = HOT_LIMIT) -> None:
        self.names = names
        self.jobs: dict[str, JobAttempts] = {}
        self._hot_limit = hot_limit
        self._grown = 0
        self._buckets = [bytearray() for _ in range(BUCKETS)]
        self._tidied = [0] * BUCKETS

    @property
    def spilled(self) -> bool:
        """Whether any row has left the dictionaries of recent attempts."""
        return any(self._buckets)

    def settle(self, events: int) -> None:
        """Spill if the memory for recent attempts is used up; `events` were added since last."""
        self._grown += events * HEAVIEST
        if self._grown >= self._hot_limit:
            self._grown = sum(attempts.weight for attempts in self.jobs.values())
            # With little room left, this sum would be made again and again.
            if self._grown >= self._hot_limit * 3 // 4:
                self.spill()

    def spill(self) -> None:
        """Move the recent attempts to their buckets."""
        buckets, names = self._buckets, self.names
        closed: list[tuple[array[int], int, int]] = []
        for job_id, attempts in self.jobs.items():
            job, spread = names.job_index(job_id), self._spread(job_id)
            closed.append((attempts.closed + attempts.ended, job, spread))
            attempts.closed, attempts.ended = array("q"), array("q")
            for key, packed, when in attempts.told(names):
                row = row_of(key, spread, packed, job, when)
                buckets[row[0]].extend(row)
        for bucket, rows in zip(buckets, rows_of_closed(closed), strict=True):
            bucket.extend(rows)
        self.jobs.clear()
        self._grown = 0
        for index, bucket in enumerate(buckets):
            if len(bucket) > 2 * self._tidied[index] + _TIDY_ABOVE:
                self._tidy(index)

    def key(
        self, job_id: str, task_id: str, version: int, tag: int, loose: NodeName | None = None
    ) -> bytes:
        """What an attempt is called in `groups`; `tag` are its `counters`.

        One that is known by a start without a requeue count only is called by the node of it, too.
        """
        number = (self.names.task_number(task_id) ^ self._spread(job_id)) & NUMBERS
        key = (number, versioned(task_id, version), tag)
        return bytes_of(key if loose is None else loose_key(key, loose))

    def of_job(self, job_id: str) -> JobAttempts:
        """The recent attempts of a job, none at first."""
        attempts = self.jobs.get(job_id)
        if attempts is None:
            attempts = self.jobs[job_id] = JobAttempts()
        return attempts

    def merge(self, other: AttemptStore) -> None:
        """Join all attempts of another store, whose indices are those of its own names.

        Raises ValueError if they do not number tasks alike.
        """
        if self.names.portable != other.names.portable:
            raise ValueError("tallies that number tasks in different ways cannot be merged")
        for attempts in other.jobs.values():
            attempts.settle(other.names)
        here = self.names.translation(other.names)
        for job_id, attempts in other.jobs.items():
            mine = self.of_job(job_id)
            mine.closed += with_endings(attempts.closed, here)
            mine.ended += with_endings(attempts.ended, here)
            for key, recent in attempts.others.items():
                packed, when = recent
                mine.tell(self.names, key, here(packed), when)
            self.settle(attempts.weight)
        for bucket, rows in zip(self._buckets, other._buckets, strict=True):
            bucket.extend(translated(rows, other.names, self.names))

    def rows(self) -> bytes:
        """Every attempt as packed rows, joined."""
        self.spill()
        return self.cold_rows()

    def buckets(self) -> list[bytes]:
        """The rows of every bucket, joined; all attempts of a task are in one."""
        self.spill()
        return [*map(bytes, self._tidied_buckets())]

    def cold_rows(self) -> bytes:
        """The attempts that have moved to buckets, joined."""
        return b"".join(self._tidied_buckets())

    def _tidied_buckets(self) -> Iterator[bytearray]:
        for index in range(BUCKETS):
            self._tidy(index)
            yield self._buckets[index]

    def load(self, rows: bytes) -> None:
        """Take over what `rows` gave for a store with the same names.

        Raises struct.error, IndexError or ValueError if they are damaged.
        """
        self.take_over(rows, self.names)

    def take_over(self, rows: bytes, names: Names) -> None:
        """Add rows in the order of their buckets, whose indices are of other names.

        Raises struct.error, IndexError or ValueError if they are damaged.
        """
        rows, begin = translated(rows, names, self.names), 0
        while begin < len(rows):
            starts = range(begin, len(rows), KEYED.size)
            same = bisect_right(starts, rows[begin], key=rows.__getitem__)
            after = begin + KEYED.size * max(same, 1)
            self._buckets[rows[begin]] += rows[begin:after]
            begin = after

    def groups(self) -> Iterator[dict[bytes, Known]]:
        """Attempts by their 18 byte key; all attempts of one task are in the same group."""
        self.spill()
        for index in range(BUCKETS):
            self._tidy(index)
            yield by_key(self._buckets[index])

    def batches(self, rows: int = BATCH) -> Iterator[bytes]:
        """Whole buckets, about so many rows at a time; those of one attempt may not be joined."""
        self.spill()
        batch = bytearray()
        for bucket in self._buckets:
            batch += bucket
            if len(batch) >= rows * KEYED.size:
                yield bytes(batch)
                batch.clear()
        if batch:
            yield bytes(batch)

    def joined(self, rows: bytes) -> dict[bytes, Known]:
        """What rows tell of each attempt, by its 18 byte key."""
        joined = by_key(rows)
        return joined if len(joined) == len(rows) // KEYED.size else self._joined(rows)

    def _spread(self, job_id: str) -> int:
        return self.names.task_number(job_id) * _SPREAD & NUMBERS

    def _tidy(self, index: int) -> None:
        """Join the rows of each attempt in a bucket."""
        single, several = single_and_several(self._buckets[index])
        joined = self.joined(several)
        if len(joined) != len(several) // KEYED.size:
            pack = KEYED.pack
            rows = [pack(key, *known) for key, known in joined.items()]
            self._buckets[index] = bytearray(b"".join((single, *rows)))
        self._tidied[index] = len(self._buckets[index])

    def _joined(self, bucket: bytes) -> dict[bytes, Known]:
        joined: dict[bytes, Known] = {}
        apart: list[tuple[bytes, Known]] = []
        for key, *row in KEYED.iter_unpack(bucket):
            known = joined.get(key)
            if known is None or stay_together(known[0], row[0]):
                joined[key] = tuple(row) if known is None else self._join(known, *row)
            else:
                apart += [*self._parts(key, *joined.pop(key)), *self._parts(key, *row)]
        for key, known in apart:
            joined[key] = self._join(joined[key], *known) if key in joined else known
        return joined

    def _join(self, known: Known, packed: int, job: int, when: int) -> Known:
        joined = join_when(known[0], known[2], packed, when)
        return self.names.join(known[0], packed), job, joined

    def _parts(self, key: bytes, packed: int, job: int, when: int) -> Iterator[tuple[bytes, Known]]:
        for part, told, moment in parts(self.names, key_of(key), packed, when):
            yield bytes_of(part), (told, job, moment)
