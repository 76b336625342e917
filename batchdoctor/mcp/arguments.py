"""What each tool takes: a struct a tool, whose fields become the properties of its schema."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal

import msgspec

# A year of hours.
_Hours = Annotated[float, msgspec.Meta(gt=0, le=8_784, description="Only of the last hours.")]
_Job = Annotated[str, msgspec.Meta(min_length=1, description="Id of a job.")]
_Pool = Annotated[str, msgspec.Meta(min_length=1, description="Id of a pool.")]
_Task = Annotated[str, msgspec.Meta(description="JOB/TASK")]
_Node = Annotated[str, msgspec.Meta(description="POOL/NODE")]
_Cursor = Annotated[str, msgspec.Meta(description="`rest.cursor` of the page before.")]
_Lines = Annotated[int, msgspec.Meta(ge=1, le=400)]
_Limit = Annotated[int, msgspec.Meta(ge=1, le=5_000, description="No more tasks than that.")]
_Path = Annotated[str, msgspec.Meta(description="stdout, stderr, or a path such as wd/run.log.")]
_Paths = Annotated[
    list[str],
    msgspec.Meta(min_length=1, description="Files, folders or URLs of blob containers."),
]


class Arguments(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True
):
    """What one call of a tool asks for."""


class Paged(Arguments, frozen=True, kw_only=True):
    """Of an answer that may have several pages."""

    cursor: _Cursor | None = None


class Since(Paged, frozen=True, kw_only=True):
    """Of an answer about a span of time."""

    since_hours: _Hours | None = None

    @property
    def since(self) -> timedelta | None:
        """How far back."""
        return timedelta(hours=self.since_hours) if self.since_hours else None


class OfAccount(Since, frozen=True, kw_only=True):
    """Of the account as a whole."""

    since_hours: _Hours = 24


class OfJob(Since, frozen=True, kw_only=True):
    """Of one job."""

    job: _Job


class OfPool(Paged, frozen=True, kw_only=True):
    """Of one pool."""

    pool: _Pool


class OfNode(Arguments, frozen=True, kw_only=True):
    """Of one node."""

    node: _Node


class OfTask(Arguments, frozen=True, kw_only=True):
    """Of one task."""

    task: _Task
    stderr_lines: _Lines = 10


class OfFailures(Since, frozen=True, kw_only=True):
    """Of failed tasks, one by one or by what they said."""

    job: _Job | None = None
    pool: _Pool | None = None
    by: Literal["task", "message"] = "task"
    limit: _Limit = 500


class OfSuspects(Since, frozen=True, kw_only=True):
    """Of the nodes of a pool, judged by the failures of a job or of all."""

    pool: _Pool | None = None
    job: _Job | None = None


class OfText(Paged, frozen=True, kw_only=True):
    """Of a word, or of a text with words in it."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=20_000)]


class OfLogs(Paged, frozen=True, kw_only=True):
    """Of diagnostic logs, whole or in part."""

    paths: _Paths
    show: Literal["summary", "failures", "nodes", "unfinished", "timeline"] = "summary"
    since: datetime | None = None
    until: datetime | None = None
    job: _Job | None = None
    pool: _Pool | None = None


class OfFile(Arguments, frozen=True, kw_only=True):
    """Of a file of a task, or of a node."""

    task: _Task | None = None
    node: _Node | None = None
    path: _Path = "stderr"
    lines: _Lines = 40
