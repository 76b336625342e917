"""Reads an account as the service wrote it: documents instead of records, for who keeps them.

Lists come with everything that a reading command asks for. Every method raises the errors of
`batchdoctor.errors`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec

from batchdoctor.errors import NotFoundError, StateError
from batchdoctor.service.client import Client
from batchdoctor.service.only import FAILED
from batchdoctor.service.paging import Listing, decode
from batchdoctor.service.properties import ENDED_PROPERTIES, TASK_PROPERTIES
from batchdoctor.service.query import all_of, any_of, moment, parameters, path
from batchdoctor.service.transport import Request

Document = dict[str, Any]
# What every answer of the service bears beside the object itself.
_FRAME = "odata.metadata"


class Originals:
    """The documents of one account, by way of its client."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def pools(self) -> Iterator[Document]:
        """All pools."""
        return self._list(path("pools"), parameters(paged=True), "list the pools")

    def node_counts(self) -> Iterator[Document]:
        """The nodes of every pool, counted by state."""
        return self._list(path("nodecounts"), parameters(), "count the nodes", "poolId")

    def images(self) -> Iterator[Document]:
        """The images that pools may be made of."""
        query, operation = parameters(paged=True), "list the supported images"
        return self._list(path("supportedimages"), query, operation, "")

    def nodes(self, pool_id: str) -> Iterator[Document]:
        """The nodes of a pool."""
        target = path("pools", pool_id, "nodes")
        return self._list(target, parameters(paged=True), f"list the nodes of pool {pool_id}")

    def jobs(self, *, unfinished: tuple[str, ...], since: datetime | None) -> Iterator[Document]:
        """All jobs; with `since` those in `unfinished` states and those that changed since."""
        where = None
        if since:
            where = f"{any_of('state', unfinished)} or stateTransitionTime ge {moment(since)}"
        return self._list(path("jobs"), parameters(where=where, paged=True), "list the jobs")

    def job(self, job_id: str) -> Document:
        """A job; raises `NotFoundError`."""
        return self._get(path("jobs", job_id), f"read job {job_id}", job_id)

    def pool(self, pool_id: str) -> Document:
        """A pool; raises `NotFoundError`."""
        return self._get(path("pools", pool_id), f"read pool {pool_id}", pool_id)

    def node(self, pool_id: str, node_id: str) -> Document:
        """A node; raises `NotFoundError`."""
        target = path("pools", pool_id, "nodes", node_id)
        return self._get(target, f"read node {pool_id}/{node_id}", pool_id, node_id)

    def task(self, job_id: str, task_id: str) -> Document:
        """A task; raises `NotFoundError`."""
        target = path("jobs", job_id, "tasks", task_id)
        return self._get(target, f"read task {job_id}/{task_id}", job_id, task_id)

    def tasks_with(self, job_id: str, members: Sequence[str]) -> Iterator[Document]:
        """The tasks of a job, of each its id and some members."""
        return self._tasks(job_id, None, ",".join(("id", *members)), "tasks")

    def task_counts(self, job_id: str) -> Document:
        """How many tasks of a job are in which state."""
        return self._get(path("jobs", job_id, "taskcounts"), f"count the tasks of job {job_id}")

    def preparations(self, job_id: str) -> Iterator[Document]:
        """How a job's preparation and release tasks went; none for a job without."""
        target = path("jobs", job_id, "jobpreparationandreleasetaskstatus")
        operation = f"list the preparation tasks of job {job_id}"
        try:
            yield from self._list(target, parameters(paged=True), operation, "nodeId")
        except StateError as error:
            if error.code != "JobPreparationTaskOrReleaseTaskNotSpecified":
                raise

    def failed_tasks(self, job_id: str) -> Iterator[Document]:
        """The failed tasks of a job, whole."""
        return self._tasks(job_id, FAILED, None, "failed tasks")

    def ended_tasks(self, job_id: str) -> Iterator[Document]:
        """How the tasks of a job ended: of each what a failure is told from."""
        return self._tasks(job_id, any_of("state", ["completed"]), ENDED_PROPERTIES, "ended tasks")

    def succeeded_tasks(self, job_id: str) -> Iterator[Document]:
        """The tasks of a job that succeeded, with what reading commands ask of a task."""
        where = all_of(any_of("state", ["completed"]), "executionInfo/result eq 'success'")
        return self._tasks(job_id, where, TASK_PROPERTIES, "succeeded tasks")

    def tasks_in(self, job_id: str, *states: str) -> Iterator[Document]:
        """The tasks of a job in some states, whole."""
        return self._tasks(job_id, any_of("state", states), None, "tasks")

    def task_files(self, job_id: str, task_id: str) -> Iterator[Document]:
        """The files in a task's directory; raises `StateError` where they cannot be had."""
        target = path("jobs", job_id, "tasks", task_id, "files")
        return self._files(target, f"list the files of task {job_id}/{task_id}")

    def node_files(self, pool_id: str, node_id: str) -> Iterator[Document]:
        """The files below a node's root."""
        target = path("pools", pool_id, "nodes", node_id, "files")
        return self._files(target, f"list the files of node {pool_id}/{node_id}")

    def _files(self, target: str, operation: str) -> Iterator[Document]:
        query = parameters(paged=True) | {"recursive": "true"}
        return self._list(target, query, operation, "name")

    def _tasks(
        self, job_id: str, where: str | None, select: str | None, what: str
    ) -> Iterator[Document]:
        query = parameters(where=where, select=select, paged=True)
        return self._list(path("jobs", job_id, "tasks"), query, f"list the {what} of job {job_id}")

    def _list(
        self, target: str, query: dict[str, str], operation: str, identity: str = "id"
    ) -> Iterator[Document]:
        client = self._client

        def identified(document: Document) -> str:
            return str(document.get(identity)) if identity else repr(document)

        listing = Listing(
            client.transport,
            client.retry,
            Document,
            operation=operation,
            identity=identified,
            notice=client.notices.append,
        )
        for page in listing.walk(target, query):
            yield from page

    def _get(self, target: str, operation: str, *asked: str) -> Document:
        decoder, request = msgspec.json.Decoder(Document), Request("GET", target, parameters())
        transport = self._client.transport

        def attempt(limit: float) -> Document:
            document = decode(decoder, transport.exchange(request, limit).body)
            document.pop(_FRAME, None)
            return document

        try:
            return self._client.retry.run(operation, attempt)
        except NotFoundError as error:
            error.asked = asked
            raise
