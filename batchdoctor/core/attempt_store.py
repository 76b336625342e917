"""All attempts of a log in little memory: recent ones under their names, older ones as digests.

The newest attempts are kept in a dictionary under their exact key. When it is full its rows move
to 256 byte buckets, chosen and keyed by a 64-bit digest of (job, task); retry count, requeue count
and version stay exact. A row takes 32 bytes. Rows of one attempt that meet in a bucket are joined
when the bucket is tidied, at the latest when the attempts are counted.

Two tasks are mistaken for one if their digests are equal: for a million tasks the odds of any such
pair are 3 in 100 million, for a hundred million tasks 3 in 10,000.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import blake2b
from struct import Struct
from typing import Any

from batchdoctor.core.attempt import (
    EVENTS,
    JOB_SHIFT,
    NODE_SHIFT,
    OUTCOME_SHIFT,
    Names,
    moment_of,
)

# Bits of the job, task, retry count, requeue count, system task version.
Key = tuple[int, str, int, int, int]
# What is known of an attempt, and its moment; a list, so that a second event changes it in place.
Recent = list[Any]
# What is known of an attempt, and its moment in seconds since 1970, 0 if none.
Known = tuple[int, int]

HOT_LIMIT = 120_000
BUCKETS = 256
_ROW = Struct("<16sQII")
_DETAIL = Struct(">IHH")
_TIDY_ABOVE = 64 * 1024
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = 2**32 - 1
_LOW = (1 << OUTCOME_SHIFT) - 1
_INDEX = (1 << JOB_SHIFT - NODE_SHIFT) - 1


class AttemptStore:
    """A map from attempts to what is known of them.

    `hot` is open to the fold that fills it: it looks up each attempt once, and calls `spill` when
    there are `hot_limit` of them.
    """

    def __init__(self, names: Names, hot_limit: int = HOT_LIMIT) -> None:
        self.names = names
        self.hot_limit = hot_limit
        self.hot: dict[Key, Recent] = {}
        self._buckets = [bytearray() for _ in range(BUCKETS)]
        self._tidied = [0] * BUCKETS

    @property
    def spilled(self) -> bool:
        """Whether any row has left the dictionary of recent attempts."""
        return any(self._buckets)

    def spill(self) -> None:
        """Move the recent attempts to their buckets."""
        pack, buckets, jobs = _ROW.pack, self._buckets, self.names.jobs
        digest_of = _TaskDigest()
        for (job, task_id, retries, requeues, version), (packed, time) in self.hot.items():
            digest = digest_of(jobs[job >> JOB_SHIFT], task_id)
            detail = _DETAIL.pack(version & 0xFFFFFFFF, retries & 0xFFFF, requeues & 0xFFFF)
            moment = seconds_of(time) if time is not None else 0
            buckets[digest[0]] += pack(
                digest + detail, packed & _LOW, packed >> OUTCOME_SHIFT, moment
            )
        self.hot.clear()
        for index, bucket in enumerate(buckets):
            if len(bucket) > 2 * self._tidied[index] + _TIDY_ABOVE:
                self._tidy(index)

    def rows(self) -> Iterator[bytes]:
        """Every attempt as packed rows, joined, one bucket after the other."""
        self.spill()
        for index in range(BUCKETS):
            self._tidy(index)
            yield bytes(self._buckets[index])

    def groups(self) -> Iterator[dict[bytes, Known]]:
        """Attempts by digest and detail; all attempts of one task are in the same group."""
        self.spill()
        for index in range(BUCKETS):
            yield self._tidy(index)

    def include(self, rows: bytes, names: Names) -> None:
        """Add the rows of another store, whose indices are those of its own names."""
        nodes = [self.names.node_bits(node) for node in names.nodes]
        jobs = [self.names.job_bits(job_id) for job_id in names.jobs]
        outcomes = [self.names.outcome_bits(each) >> OUTCOME_SHIFT for each in names.outcomes]
        buckets, pack = self._buckets, _ROW.pack
        for key, low, outcome, moment in _ROW.iter_unpack(rows):
            node, job = low >> NODE_SHIFT & _INDEX, low >> JOB_SHIFT
            low = nodes[node] | jobs[job] | low & EVENTS
            buckets[key[0]] += pack(key, low, outcomes[outcome], moment)

    def _tidy(self, index: int) -> dict[bytes, Known]:
        joined: dict[bytes, Known] = {}
        for key, low, outcome, moment in _ROW.iter_unpack(self._buckets[index]):
            row = (outcome << OUTCOME_SHIFT | low, moment)
            known = joined.get(key)
            joined[key] = row if known is None else self._join(known, *row)
        if len(joined) * _ROW.size != len(self._buckets[index]):
            self._buckets[index] = bytearray(
                b"".join(
                    _ROW.pack(key, packed & _LOW, packed >> OUTCOME_SHIFT, moment)
                    for key, (packed, moment) in joined.items()
                )
            )
        self._tidied[index] = len(self._buckets[index])
        return joined

    def _join(self, known: Known, packed: int, moment: int) -> Known:
        earliest = moment_of(known[0], known[1] or None, packed, moment or None)
        return self.names.join(known[0], packed), earliest or 0


class _TaskDigest:
    """Digests of (job, task); the job's share is worked out once."""

    def __init__(self) -> None:
        self._job_id: str | None = None
        self._begun = blake2b(digest_size=8)

    def __call__(self, job_id: str, task_id: str) -> bytes:
        if job_id != self._job_id:
            self._job_id = job_id
            name = job_id.encode("utf-8", "surrogatepass")
            # The length keeps ("ab", "c") and ("a", "bc") apart.
            self._begun = blake2b(b"%d:%b" % (len(name), name), digest_size=8)
        state = self._begun.copy()
        state.update(task_id.encode("utf-8", "surrogatepass"))
        return state.digest()


def seconds_of(moment: datetime) -> int:
    """Whole seconds since 1970, at least 1 and at most what four bytes hold."""
    return min(max(int((moment - _EPOCH).total_seconds()), 1), _LATEST)
