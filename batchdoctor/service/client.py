"""Reading an account: pools, nodes, jobs and tasks as iterators of core records.

The service filters and selects; pages stream, so the first record is there after the first page and
a listing keeps no more than one page and 8 bytes for each record handed out (1 MB for 125,000).
Single objects take the same way as listings: one decoder, one time limit, one place for errors.
Every method raises the errors of `batchdoctor.errors`; a listing may do so after some records.

https://learn.microsoft.com/rest/api/batchservice/
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

import msgspec

from batchdoctor.core.records import (
    Job,
    Named,
    Node,
    Pool,
    PoolNodeCounts,
    PreparationStatus,
    Record,
    SupportedImage,
    Task,
    TaskCounts,
    TaskCountsResult,
)
from batchdoctor.errors import NotFoundError
from batchdoctor.service.account import Account
from batchdoctor.service.listed_names import ListedNames
from batchdoctor.service.only import EVERYTHING, Only, failed_where
from batchdoctor.service.paging import Listing, decode
from batchdoctor.service.probe import Probe, probe_with
from batchdoctor.service.properties import (
    BEGUN_PROPERTIES,
    ENDED_PROPERTIES,
    FAILURE_PROPERTIES,
    JOB_PROPERTIES,
    NODE_PROPERTIES,
    POOL_PROPERTIES,
    PREPARATION_PROPERTIES,
    TASK_PROPERTIES,
)
from batchdoctor.service.query import all_of, any_of, moment, parameters, path, text
from batchdoctor.service.retry import RetryPolicy
from batchdoctor.service.transport import Request, Transport

if TYPE_CHECKING:
    from batchdoctor.service.blobs import Blobs

RecordType = TypeVar("RecordType", bound=Record)


class Client:
    """Reads one account. Usable by several threads; imports azure at its first request.

    `retry` is shared with whatever else talks to the account. `notices` collects what a reader
    should know although it is no error: records that came twice, a listing that started again.
    """

    def __init__(
        self,
        account: Account,
        *,
        retry: RetryPolicy | None = None,
        transport: Transport | None = None,
    ) -> None:
        self.account = account
        self.retry = retry or RetryPolicy()
        self.transport = transport or Transport(account, clock=self.retry.clock)
        self._blobs: Blobs | None = None
        self._lock = Lock()
        self.notices: list[str] = []
        self.names = ListedNames()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self.transport.close()
        with self._lock:
            if self._blobs is not None:
                self._blobs.close()

    @property
    def blobs(self) -> Blobs:
        """The storage that tasks have saved files in, which few commands look into."""
        from batchdoctor.service.blobs import Blobs

        with self._lock:
            if self._blobs is None:
                offline = self.transport.offline
                self._blobs = Blobs(self.account, lambda: datetime.now(UTC), offline=offline)
            return self._blobs

    def pools(self) -> Iterator[Pool]:
        """List all pools."""
        query = parameters(select=POOL_PROPERTIES, paged=True)
        return self._list(Pool, path("pools"), query, "list the pools", _id)

    def pool(self, pool_id: str, *, select: str = POOL_PROPERTIES) -> Pool:
        """Read a pool, or only some of its properties; raises `NotFoundError`."""
        target = path("pools", pool_id)
        return self._get(Pool, target, f"read pool {pool_id}", pool_id, select=select)

    def nodes(
        self, pool_id: str, *, only: Only = EVERYTHING, select: str = NODE_PROPERTIES
    ) -> Iterator[Node]:
        """List the nodes of a pool, or some of them, with all or some of their properties."""
        query = parameters(where=only.where, select=select, paged=True)
        operation = f"list the nodes of pool {pool_id}"
        nodes = self._list(Node, path("pools", pool_id, "nodes"), query, operation, _id)
        return _filled(nodes, "pool_id", pool_id)

    def node(self, pool_id: str, node_id: str, *, select: str = NODE_PROPERTIES) -> Node:
        """Read a node, or only some of its properties; raises `NotFoundError`."""
        target = path("pools", pool_id, "nodes", node_id)
        operation = f"read node {pool_id}/{node_id}"
        node = self._get(Node, target, operation, pool_id, node_id, select=select)
        msgspec.structs.force_setattr(node, "pool_id", pool_id)
        return node

    def supported_images(self) -> Iterator[SupportedImage]:
        """List the images that pools may be made of, with the ends of their support."""
        query = parameters(paged=True)
        operation = "list the supported images"
        return self._list(SupportedImage, path("supportedimages"), query, operation, _image_id)

    def node_counts(self, pool_id: str | None = None) -> Iterator[PoolNodeCounts]:
        """Count the nodes of every pool, or of one, by state; the service calls it approximate."""
        where = f"poolId eq {text(pool_id)}" if pool_id else None
        # Without a page size: versions of the service differ in what they allow here (10 or 1000).
        query = parameters(where=where)
        return self._list(
            PoolNodeCounts, path("nodecounts"), query, "count the nodes", lambda c: c.pool_id
        )

    def jobs(
        self,
        *,
        states: Iterable[str] = (),
        or_changed_since: datetime | None = None,
        only: Only = EVERYTHING,
    ) -> Iterator[Job]:
        """List all jobs, or some; those in `states` only if any are given.

        With `or_changed_since` also those whose state changed then or later.
        """
        changed = f"stateTransitionTime ge {moment(or_changed_since)}" if or_changed_since else ""
        where = " or ".join(term for term in (any_of("state", states), changed) if term)
        query = parameters(where=where or only.where, select=JOB_PROPERTIES, paged=True)
        return self._list(Job, path("jobs"), query, "list the jobs", _id)

    def job(self, job_id: str, *, select: str = JOB_PROPERTIES) -> Job:
        """Read a job, or only some of its properties; raises `NotFoundError`."""
        return self._get(Job, path("jobs", job_id), f"read job {job_id}", job_id, select=select)

    def task_counts(self, job_id: str) -> TaskCounts:
        """Count the tasks of a job by state; the service calls it approximate."""
        target = path("jobs", job_id, "taskcounts")
        return self._get(TaskCountsResult, target, f"count the tasks of job {job_id}").task_counts

    def failed_tasks(
        self,
        job_id: str,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        exit_code: int | None = None,
    ) -> Iterator[Task]:
        """List the failed tasks of a job: of a time in which they ended, with an exit code."""
        where = failed_where(since, until, exit_code)
        query = parameters(where=where, select=FAILURE_PROPERTIES, paged=True)
        return self._tasks(job_id, query, f"list the failed tasks of job {job_id}")

    def ended_tasks(self, job_id: str, *, since: datetime | None = None) -> Iterator[Task]:
        """List how the tasks of a job ended, those that ended at `since` or later."""
        ended = f"executionInfo/endTime ge {moment(since)}" if since else ""
        where = all_of(any_of("state", ["completed"]), ended)
        query = parameters(where=where, select=ENDED_PROPERTIES, paged=True)
        return self._tasks(job_id, query, f"list the ended tasks of job {job_id}")

    def tasks(
        self, job_id: str, only: Only = EVERYTHING, *, select: str = TASK_PROPERTIES
    ) -> Iterator[Task]:
        """List the tasks of a job, or some of them, with all or some of their properties."""
        query = parameters(where=only.where, select=select, paged=True)
        return self._tasks(job_id, query, f"list the tasks of job {job_id}")

    def begun_tasks(self, job_id: str, *, running: bool = False) -> Iterator[Task]:
        """List how far the tasks of a job are that run, and those that ended unless `running`."""
        states = ["running"] if running else ["running", "completed"]
        query = parameters(where=any_of("state", states), select=BEGUN_PROPERTIES, paged=True)
        return self._tasks(job_id, query, f"list the tasks of job {job_id}")

    def task(self, job_id: str, task_id: str, *, select: str = TASK_PROPERTIES) -> Task:
        """Read a task, or only some of its properties; raises `NotFoundError`."""
        target = path("jobs", job_id, "tasks", task_id)
        operation = f"read task {job_id}/{task_id}"
        task = self._get(Task, target, operation, job_id, task_id, select=select)
        msgspec.structs.force_setattr(task, "job_id", job_id)
        return task

    def preparation_status(self, job_id: str) -> Iterator[PreparationStatus]:
        """List how a job's preparation and release tasks went on each node.

        Raises `StateError` (JobPreparationTaskOrReleaseTaskNotSpecified) for a job without.
        """
        target = path("jobs", job_id, "jobpreparationandreleasetaskstatus")
        query = parameters(select=PREPARATION_PROPERTIES, paged=True)
        operation = f"list the preparation tasks of job {job_id}"
        return self._list(
            PreparationStatus, target, query, operation, lambda s: f"{s.pool_id}/{s.node_id}"
        )

    def ids(self, *segments: str) -> Iterator[str]:
        """List the ids of `pools`, of `jobs`, or of what is below one of them."""
        query = parameters(select="id", paged=True)
        operation = f"list the {segments[-1]}"
        listing = self._list(Named, path(*segments), query, operation, lambda each: each.id)
        return (each.id for each in listing)

    def probe(self) -> Probe:
        """Send one small read, and tell the service's time and how long the answer took."""
        return probe_with(self.transport, self.retry)

    def _tasks(self, job_id: str, query: dict[str, str], operation: str) -> Iterator[Task]:
        tasks = self._list(Task, path("jobs", job_id, "tasks"), query, operation, _id)
        return _filled(tasks, "job_id", job_id)

    def _list(
        self,
        record: type[RecordType],
        target: str,
        query: dict[str, str],
        operation: str,
        identity: Callable[[RecordType], str],
    ) -> Iterator[RecordType]:
        listing = Listing(
            self.transport,
            self.retry,
            record,
            operation=operation,
            identity=identity,
            notice=self.notices.append,
        )
        for page in listing.walk(target, query):
            self.names.see(target, page)
            yield from page

    def _get(
        self,
        record: type[RecordType],
        target: str,
        operation: str,
        *asked: str,
        select: str | None = None,
    ) -> RecordType:
        decoder = msgspec.json.Decoder(record)
        request = Request("GET", target, parameters(select=select))

        def attempt(limit: float) -> RecordType:
            return decode(decoder, self.transport.exchange(request, limit).body)

        try:
            return self.retry.run(operation, attempt)
        except NotFoundError as error:
            error.asked = asked
            raise


def _id(record: Task | Job | Pool | Node) -> str:
    return record.id


def _image_id(image: SupportedImage) -> str:
    reference = image.image_reference
    return f"{image.node_agent_sku_id} {msgspec.json.encode(reference).decode()}"


def _filled(records: Iterator[RecordType], field: str, value: str) -> Iterator[RecordType]:
    """Fill in an id that the service names in the URL only, before anyone has seen the record."""
    for record in records:
        msgspec.structs.force_setattr(record, field, value)
        yield record
