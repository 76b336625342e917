"""What a task saves in storage when it ends: which files, and into which container.

https://learn.microsoft.com/rest/api/batchservice/tasks/get-task (OutputFile)
"""

from __future__ import annotations

from batchdoctor.core.records.base import Record
from batchdoctor.core.records.task import TaskExecution


class OutputContainer(Record, frozen=True):
    """The container that files go to, and below which name; the URL may hold a signature."""

    container_url: str | None = None
    path: str | None = None


class OutputDestination(Record, frozen=True):
    """Where files go."""

    container: OutputContainer | None = None


class OutputOptions(Record, frozen=True):
    """When files go there: `tasksuccess`, `taskfailure` or `taskcompletion`."""

    upload_condition: str | None = None


class OutputFile(Record, frozen=True):
    """Files that a task saves, by a pattern below its working folder."""

    file_pattern: str | None = None
    destination: OutputDestination | None = None
    upload_options: OutputOptions | None = None


class TaskOutputs(Record, frozen=True):
    """A task, as far as it tells where its files may be saved."""

    id: str
    output_files: list[OutputFile] | None = None
    execution_info: TaskExecution | None = None
