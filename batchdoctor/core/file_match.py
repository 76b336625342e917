"""What a search through the files of tasks found: lines, files, and all of it in numbers."""

from __future__ import annotations

from batchdoctor.core.item import Item


class FileMatch(Item, frozen=True, kw_only=True):
    """A line that matches; the lines around it are told once, with the first match they belong to.

    `saved_as` is the URL of the blob that was searched where the node no longer has the file.
    """

    job_id: str
    task_id: str
    pool_id: str | None
    node_id: str | None
    file: str
    line_number: int
    line: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    saved_as: str | None

    @property
    def name(self) -> str:
        """`JOB/TASK`."""
        return f"{self.job_id}/{self.task_id}"


class MatchingFile(Item, frozen=True, kw_only=True):
    """A file with lines that match; `matches` is null where only the first was looked for."""

    job_id: str
    task_id: str
    pool_id: str | None
    node_id: str | None
    file: str
    matches: int | None
    saved_as: str | None

    @property
    def name(self) -> str:
        """`JOB/TASK`."""
        return f"{self.job_id}/{self.task_id}"


class SearchSummary(Item, frozen=True, kw_only=True):
    """How many lines, files and tasks matched, and in how many of them was looked.

    `bytes` are those of the files that were searched; `absent` are files that a task never wrote.
    """

    matches: int
    matching_files: int
    matching_tasks: int
    tasks: int
    files: int
    absent: int
    bytes: int
