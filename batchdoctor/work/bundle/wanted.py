"""What is to be taken into a bundle, and how much of it at most."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec

# The endings of this many tasks are taken, as many as a diagnosis reads.
MOST_ENDED = 50_000
# Of the tasks that wait, run or succeeded, the first page of a job's.
MOST_LIKE = 1000
# Of the tasks that succeeded in a job of which nothing failed, enough to see what its tasks are.
MOST_SAMPLED = 20
# All tasks of a job of at most so many, as the service wrote them.
MOST_WHOLE = 200
# What so many failed tasks wrote is taken: of each job, code and exit code the first ones.
MOST_WITH_FILES = 400
# Of each pool, what the start task wrote on so many nodes where it failed.
MOST_STARTED = 20
# The end of a stream, in bytes.
END_OF_STREAM = 64 * 1024
MAX_SIZE = 200_000_000


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants in a bundle; of nothing named, everything. `max_size` is in bytes.

    `logs` are paths of files and folders, and URLs of containers. `version` is that of the
    batchdoctor who makes it.
    """

    out: Path
    version: str
    jobs: Sequence[str] = ()
    pools: Sequence[str] = ()
    since: datetime | None = None
    logs: Sequence[str] = ()
    max_size: int = MAX_SIZE
    keep_ids: bool = True
    force: bool = False
