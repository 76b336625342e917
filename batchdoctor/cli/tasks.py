"""The noun `tasks`: which tasks failed, and what kind of failure is each?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from batchdoctor.cli.call import Call, worst
from batchdoctor.cli.command import command, noun
from batchdoctor.cli.options import FailOnAny, Jobs, Since, parse_when
from batchdoctor.errors import ExitCode

if TYPE_CHECKING:
    from batchdoctor.cli.reading import Reading
    from batchdoctor.core.failure import Failure
    from batchdoctor.core.records import Task

app = noun("tasks", "Ask about many tasks.")


class By(StrEnum):
    """Values of `--by`."""

    NODE = "node"
    CODE = "code"
    CATEGORY = "category"
    EXIT_CODE = "exit-code"
    JOB = "job"


@command(app, "failed", live=True)
def failed(
    call: Call,
    job: Jobs = None,
    pool: Annotated[
        str | None,
        typer.Option("--pool", "--pool-id", help="Only tasks that ran there.", metavar="POOL"),
    ] = None,
    since: Since = None,
    limit: Annotated[
        int | None, typer.Option(help="Stop after this many.", metavar="N", min=1)
    ] = None,
    by: Annotated[
        By | None,
        typer.Option(help="Group by node, code, category, exit-code or job.", metavar="KEY"),
    ] = None,
    fail_on: FailOnAny = None,
) -> int:
    """Which tasks failed, and what kind of failure is each?

    Example: batchdoctor tasks failed --job nightly --since 6h
    """
    from batchdoctor.cli.reading import Reading
    from batchdoctor.report.failures import FailedTasks, FailureGroups
    from batchdoctor.report.head import Head

    earliest = parse_when(since, "--since", call.world.now())
    with call.client() as client:
        reading = Reading(call, client)
        failures = islice(failures_of(reading, job, pool, earliest), limit)
        head = Head(call.command, client.account.host, call.world.now())
        if by:
            groups = FailureGroups(head, failures, reading.problems, by.value)
            document, counts = groups.document(), groups.counts
        else:
            every = FailedTasks(head, failures, reading.problems)
            document, counts = every.document(), every.counts
        call.write(document)
        reading.finish()
    found = ExitCode.FINDINGS if fail_on and counts.tasks else ExitCode.OK
    return worst([reading.status, found])


def failures_of(
    reading: Reading, jobs: list[str] | None, pool_id: str | None, since: datetime | None
) -> Iterator[Failure]:
    """Failures of the given jobs, or of all, in the order in which the service lists them."""
    from batchdoctor.core.failure import failure_of

    for task in failed_tasks(reading, jobs, since):
        where = task.node_info.pool_id if task.node_info else None
        if pool_id is None or where == pool_id:
            yield failure_of(task)


def failed_tasks(
    reading: Reading, jobs: list[str] | None, since: datetime | None
) -> Iterator[Task]:
    """Failed tasks, job by job, each as soon as its page has arrived."""
    from batchdoctor.cli.ahead import started_ahead

    client = reading.client
    names = iter(jobs) if jobs else (job.id for job in reading.each("jobs", client.jobs()))
    for job_id, tasks in started_ahead(
        names, lambda job_id: client.failed_tasks(job_id, since=since)
    ):
        yield from reading.each(f"job {job_id}", tasks)
