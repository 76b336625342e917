"""Takes an account into a bundle: lists first, then tasks, then the ends of what programs wrote."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

import msgspec

from batchdoctor.core.names import folded
from batchdoctor.core.records import same
from batchdoctor.service.originals import Document, Originals
from batchdoctor.work.bundle.archive import Archive
from batchdoctor.work.bundle.manifest import ENDED_BEFORE, UNREAD
from batchdoctor.work.bundle.opened import Bundle
from batchdoctor.work.bundle.taken_files import TakenFiles
from batchdoctor.work.bundle.taken_tasks import Counts, TakenTasks
from batchdoctor.work.bundle.wanted import MOST_ENDED, MOST_STARTED, MOST_WHOLE, Wanted
from batchdoctor.work.reading.listings import only, read_whole
from batchdoctor.work.reading.reading import Reading

UNFINISHED = ("active", "disabling", "disabled", "enabling", "terminating", "deleting")


class Taking(msgspec.Struct):
    """An account on its way into a bundle; `earlier` is one that was not finished."""

    reading: Reading
    archive: Archive
    wanted: Wanted
    earlier: Bundle | None = None
    jobs: list[Document] = msgspec.field(default_factory=list)
    counts: dict[str, Counts] = msgspec.field(default_factory=dict)
    pools: list[Document] = msgspec.field(default_factory=list)
    neighbours: list[Document] = msgspec.field(default_factory=list)
    """Jobs of the pools that are wanted, where not everything is."""
    failed: list[tuple[str, Document]] = msgspec.field(default_factory=list)
    """Failed tasks, each with its job."""
    folders: dict[tuple[str, str], list[str]] = msgspec.field(default_factory=dict)
    """Nodes, and the folders there in which start or preparation tasks that failed wrote."""

    @property
    def _originals(self) -> Originals:
        return Originals(self.reading.client)

    def take(self) -> None:
        """Take everything, the cheap before the dear. Raises FullError."""
        self._take_lists()
        self._narrow()
        self._take_counts()
        self._take_nodes()
        self._take_preparations()
        self._take_tasks()
        files = TakenFiles(self.reading, self.archive, self.earlier)
        files.take_of_nodes(self.folders)
        files.take_of_tasks(self.failed)

    def _take_lists(self) -> None:
        """Take the short lists whole, whatever is wanted: a question of one looks at others."""
        originals = self._originals
        old = (f"{ENDED_BEFORE}{self.wanted.since.isoformat()}",) if self.wanted.since else ()
        jobs = originals.jobs(unfinished=UNFINISHED, since=self.wanted.since)
        lists: list[tuple[str, str, Iterator[Document], Sequence[str]]] = [
            ("jobs", "jobs", jobs, old),
            ("pools", "pools", originals.pools(), ()),
            ("nodecounts", "counts of nodes", originals.node_counts(), ()),
            ("images", "supported images", originals.images(), ()),
        ]
        for kind, what, listing, missing in lists:
            found, whole = read_whole(self.reading, what, listing)
            self._add(kind, (), found, whole=whole, missing=missing)
            if kind == "jobs":
                self.jobs = found
            elif kind == "pools":
                self.pools = found

    def _narrow(self) -> None:
        """Keep the jobs and pools that are wanted, and of their pools the other jobs' counts."""
        jobs = {folded(name) for name in self.wanted.jobs}
        pools = {folded(name) for name in self.wanted.pools}
        if not jobs and not pools:
            return
        wanted = [job for job in self.jobs if folded(job["id"]) in jobs]
        near = pools | {folded(_pool_of(job)) for job in wanted}
        self.pools = [pool for pool in self.pools if folded(pool["id"]) in near]
        self.neighbours = [job for job in self.jobs if folded(_pool_of(job)) in near]
        self.jobs = [
            job for job in self.jobs if folded(job["id"]) in jobs or folded(_pool_of(job)) in pools
        ]

    def _take_counts(self) -> None:
        documents = []
        ids = [job["id"] for job in self.neighbours or self.jobs]
        for job_id, listing in self.reading.ahead(
            ids, lambda job_id: only(self._originals.task_counts, job_id)
        ):
            for found in self.reading.each(f"task counts of job {job_id}", listing):
                documents.append({"jobId": job_id, "document": found})
                self.counts[job_id] = msgspec.convert(found.get("taskCounts", {}), Counts)
        whole = len(documents) == len(ids) and not self.reading.stopped
        missing = ("all",) if self.wanted.jobs or self.wanted.pools else ()
        self._add("taskcounts", (), documents, whole=whole, missing=missing)

    def _take_nodes(self) -> None:
        ids = [pool["id"] for pool in self.pools]
        for pool_id, nodes in self._lists("nodes", ids, self._originals.nodes):
            failed = (node["id"] for node in nodes if _start_task_failed(node))
            for node_id in islice(failed, MOST_STARTED):
                self.folders.setdefault((pool_id, node_id), []).append("startup")

    def _take_preparations(self) -> None:
        names = ("jobPreparationTask", "jobReleaseTask")
        ids = [job["id"] for job in self.jobs if any(name in job for name in names)]
        for _, found in self._lists("preparations", ids, self._originals.preparations):
            for status in found:
                self._note_preparation(status)

    def _note_preparation(self, status: Document) -> None:
        """Remember where a preparation task that failed wrote."""
        told = status.get("jobPreparationTaskExecutionInfo") or {}
        folder, where = told.get("taskRootDirectory"), (status.get("poolId"), status.get("nodeId"))
        if same(told.get("result"), "failure") and folder and all(where):
            node = (str(where[0]), str(where[1]))
            self.folders.setdefault(node, []).append(str(folder).replace("\\", "/"))

    def _take_tasks(self) -> None:
        none, ids = Counts(), self._ordered()
        small = [job_id for job_id in ids if self.counts.get(job_id, none).total <= MOST_WHOLE]
        for job_id, found in self._lists("tasks", small, self._originals.tasks_in):
            self._note_failed(job_id, found)
        left = MOST_ENDED - sum(self.counts.get(job_id, none).completed for job_id in small)
        for job_id in ids:
            if job_id not in self.counts or self.counts[job_id].total <= MOST_WHOLE:
                continue
            left -= self.counts[job_id].completed
            self._take_large(job_id, endings=left >= 0)

    def _take_large(self, job_id: str, *, endings: bool) -> None:
        taken = TakenTasks(self.reading, self._originals, job_id, self.counts[job_id])
        tasks = self._copied("tasks", job_id)
        if tasks is None:
            tasks, missing = taken.tasks()
            self._add("tasks", (job_id,), tasks, missing=missing)
        self._note_failed(job_id, tasks)
        if endings and self.counts[job_id].completed and self._copied("endings", job_id) is None:
            found, missing = taken.endings()
            self._add("endings", (job_id,), found, missing=missing)

    def _note_failed(self, job_id: str, tasks: Iterable[Document]) -> None:
        self.failed += [(job_id, task) for task in tasks if _has_failed(task)]

    def _lists(
        self, kind: str, ids: Sequence[str], listing: Callable[[str], Iterator[Document]]
    ) -> Iterator[tuple[str, Sequence[Document]]]:
        """Take a list for each id, several at once, and give what they hold."""
        wanted = []
        for name in ids:
            copied = self._copied(kind, name)
            if copied is None:
                wanted.append(name)
            else:
                yield name, copied
        for name, records in self.reading.ahead(wanted, listing):
            found, whole = read_whole(self.reading, f"{kind} of {name}", records)
            self._add(kind, (name,), found, whole=whole)
            yield name, found

    def _ordered(self) -> list[str]:
        """Jobs in which something failed first, the smaller before the larger."""
        ids = [job["id"] for job in self.jobs]
        none = Counts()

        def order(job_id: str) -> tuple[bool, int]:
            counts = self.counts.get(job_id, none)
            return (not counts.failed, counts.completed)

        return sorted(ids, key=order)

    def _copied(self, kind: str, *of: str) -> list[Document] | None:
        """A list that an earlier bundle has whole, after it was copied; None if it has not."""
        part = self.earlier.part(kind, *of) if self.earlier else None
        if self.earlier is None or part is None or UNREAD in part.missing:
            return None
        self.archive.copy(part, self.earlier.data(part))
        return [dict(each) for each in self.earlier.documents(kind, *of) or ()]

    def _add(
        self,
        kind: str,
        of: tuple[str, ...],
        documents: Sequence[Document],
        *,
        whole: bool = True,
        missing: Sequence[str] = (),
    ) -> None:
        unread = () if whole else (UNREAD,)
        self.archive.add_documents(kind, of, documents, (*missing, *unread))


def _pool_of(job: Document) -> str:
    told = (job.get("executionInfo") or {}, job.get("poolInfo") or {})
    return next((str(each["poolId"]) for each in told if each.get("poolId")), "")


def _start_task_failed(node: Document) -> bool:
    return same((node.get("startTaskInfo") or {}).get("result"), "failure")


def _has_failed(task: Document) -> bool:
    return same((task.get("executionInfo") or {}).get("result"), "failure")
