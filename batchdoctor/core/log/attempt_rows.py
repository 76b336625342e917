"""Attempts as rows of 38 bytes, all that is known of one attempt in one or several rows.

Where there was a compiler, whole bytes of them are gone through in C.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from struct import Struct
from typing import NamedTuple

from batchdoctor.core.log.attempt import EVENTS, Names
from batchdoctor.core.log.attempt_key import REQUEUES, RETRIES, VERSION, Key
from batchdoctor.core.log.job_attempts import PACKED, TASKS, VERSIONS, WHEN

try:
    from batchdoctor.core.log.compiled import _rows
except ImportError:
    # There was no compiler where it was installed.
    _rows = None  # type: ignore[assignment]

# What is known of an attempt found again: packed, index of its job, and when it ran.
Known = tuple[int, int, int]

BUCKETS = 256
# Number of job and task, kind, version, retry and requeue count: these 18 bytes are the key.
_ROW = Struct(">QHIHHQIQ")
_KEY = Struct(">QHIHH")
KEYED = Struct(">18sQIQ")
NUMBERS = 2**64 - 1


def is_compiled() -> bool:
    """Whether whole bytes of rows are gone through in C."""
    return _rows is not None


def row_of(key: Key, spread: int, packed: int, job: int, when: int) -> bytes:
    """A row; `spread` is what the id of the job makes of the numbers of its tasks."""
    task, versioned, tag = key
    kind, version = versioned >> 32, versioned & VERSION
    return _ROW.pack(
        (task ^ spread) & NUMBERS,
        kind,
        version,
        tag >> RETRIES,
        tag & REQUEUES,
        packed,
        job,
        when & NUMBERS,
    )


def rows_of_closed(jobs: list[tuple[array[int], int, int]]) -> Sequence[bytes | bytearray]:
    """The rows of each bucket, of the closed attempts, the index and the spread of jobs."""
    if _rows is not None:
        return _rows.spread(jobs)
    buckets = [bytearray() for _ in range(BUCKETS)]
    for closed, job, spread in jobs:
        columns = (closed[TASKS], closed[VERSIONS], closed[PACKED], closed[WHEN])
        for task, versioned, packed, when in zip(*columns, strict=True):
            row = row_of((task, versioned, 0), spread, packed, job, when)
            buckets[row[0]].extend(row)
    return buckets


def translated(rows: bytes | bytearray, theirs: Names, ours: Names) -> bytes:
    """Rows with our indices in the place of theirs.

    Raises struct.error, IndexError or ValueError if they are damaged.
    """
    jobs = [ours.job_index(job_id) for job_id in theirs.jobs]
    if _rows is not None:
        nodes = array("Q", map(ours.node_bits, theirs.nodes))
        outcomes = array("Q", map(ours.outcome_bits, theirs.outcomes))
        return _rows.translated(rows, nodes, outcomes, array("I", jobs))
    here, found = ours.translation(theirs), []
    for key, packed, job, when in KEYED.iter_unpack(rows):
        if not packed & EVENTS:
            raise ValueError("an attempt that no event told of")
        found.append(KEYED.pack(key, here(packed), jobs[job], when))
    return b"".join(found)


class Counted(NamedTuple):
    """What rows of tasks that have one add up to.

    `told` is how many events told of them, `oldest` when the first of those began that have no end,
    0 if none. `known` are indices of jobs, what is known, and how often, in threes. `runs` are of
    those that ended on a node with a name: job, kind, outcome, and of each run its node and time.
    """

    told: int
    retried: int
    requeued: int
    oldest: int
    known: array[int]
    runs: list[tuple[int, int, int, array[int], array[int]]]
    failed_at: array[int]


def counted(rows: bytes, names: Names) -> Counted | None:
    """Count rows of tasks that have one; None where there was no compiler."""
    if _rows is None:
        return None
    pools: dict[str, int] = {}
    of_nodes = array("i")
    for node in names.nodes:
        of_nodes.append(pools.setdefault(node.pool_id, len(pools)) if node.node_id else -1)
    numbers, known, runs, failed_at = _rows.counted(rows, of_nodes)
    return Counted(
        *numbers,
        array("Q", known),
        [
            (job, kind, outcome, array("I", nodes), array("Q", when))
            for job, kind, outcome, _, nodes, when in runs
        ],
        array("I", failed_at),
    )


def single_and_several(rows: bytes | bytearray) -> tuple[bytes, bytes]:
    """Rows of tasks that have one, and of those that may have several."""
    return _rows.split(rows) if _rows is not None else (b"", bytes(rows))


def by_key(rows: bytes | bytearray) -> dict[bytes, Known]:
    """The last row of each attempt, by its 18 byte key."""
    return {row[0]: row[1:] for row in KEYED.iter_unpack(rows)}


def key_of(key: bytes) -> Key:
    """The key of a row in numbers; the first is of job and task together."""
    number, kind, version, retries, requeues = _KEY.unpack(key)
    return number, kind << 32 | version, retries << RETRIES | requeues


def bytes_of(key: Key) -> bytes:
    """The key of a row, of the numbers that `key_of` gives."""
    number, versioned, tag = key
    return _KEY.pack(number, versioned >> 32, versioned & VERSION, tag >> RETRIES, tag & REQUEUES)
