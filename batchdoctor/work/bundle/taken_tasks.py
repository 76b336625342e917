"""Which tasks of a large job are taken: those that questions are about, and how all ended."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import msgspec

from batchdoctor.service.originals import Document, Originals
from batchdoctor.work.bundle.manifest import UNREAD
from batchdoctor.work.bundle.wanted import MOST_LIKE, MOST_SAMPLED
from batchdoctor.work.reading.listings import read_whole
from batchdoctor.work.reading.reading import Reading


class Counts(msgspec.Struct, rename="camel"):
    """What of a job's counts decides what is taken of it."""

    active: int = 0
    running: int = 0
    completed: int = 0
    succeeded: int = 0
    failed: int = 0

    @property
    def total(self) -> int:
        """All tasks."""
        return self.active + self.running + self.completed


class TakenTasks(msgspec.Struct):
    """The tasks of one large job."""

    reading: Reading
    originals: Originals
    job_id: str
    counts: Counts
    _unread: bool = False

    def tasks(self) -> tuple[list[Document], tuple[str, ...]]:
        """Tasks as the service wrote them, and which sorts of tasks are not all there."""
        originals, job_id, counts = self.originals, self.job_id, self.counts
        running = originals.tasks_in(job_id, "preparing", "running")
        lists = [
            ("failed", counts.failed, None, originals.failed_tasks(job_id)),
            ("active", counts.active, MOST_LIKE, originals.tasks_in(job_id, "active")),
            ("running", counts.running, MOST_LIKE, running),
            self._succeeded(),
        ]
        kept: dict[str, Document] = {}
        missing = []
        for sort, count, most, listing in lists:
            if not count:
                continue
            found = self._read(islice(listing, None if most is None else most + 1))
            kept |= {task["id"]: task for task in found[:most]}
            if most is not None and len(found) > most:
                missing.append(sort)
        return list(kept.values()), (*missing, *self._missing())

    def _succeeded(self) -> tuple[str, int, int | None, Iterator[Document]]:
        """Those that running ones are compared with, or a few to see what tasks there are."""
        counts, job_id = self.counts, self.job_id
        if counts.running:
            listing = self.originals.tasks_in(job_id, "completed")
            return "succeeded", counts.succeeded, MOST_LIKE, listing
        listing = self.originals.succeeded_tasks(job_id)
        return "succeeded", counts.succeeded, MOST_SAMPLED, listing

    def endings(self) -> tuple[list[Document], tuple[str, ...]]:
        """How each task ended, in few words."""
        return self._read(self.originals.ended_tasks(self.job_id)), self._missing()

    def _missing(self) -> tuple[str, ...]:
        unread, self._unread = self._unread, False
        return (UNREAD,) if unread else ()

    def _read(self, listing: Iterator[Document]) -> list[Document]:
        found, whole = read_whole(self.reading, f"tasks of job {self.job_id}", listing)
        self._unread |= not whole
        return found
