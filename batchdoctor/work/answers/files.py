"""Files of tasks and nodes: which there are, and what is in them."""

from __future__ import annotations

from collections.abc import Sequence

from batchdoctor.core.answer import Answer
from batchdoctor.core.file_match import FileMatch
from batchdoctor.core.files import ListedFile, listed_file
from batchdoctor.core.names import NodeName, TaskName
from batchdoctor.work.answers.asking import Asking
from batchdoctor.work.files.grep import Grep, Search, searched_tasks
from batchdoctor.work.files.listing import content_of, files_of
from batchdoctor.work.files.owner import Owner, OwnerKind


def files(asking: Asking, owner: TaskName | NodeName) -> Answer[ListedFile]:
    """All files of a task or a node."""
    reading = asking.reading()
    listing = files_of(asking.outside, asking.client, _owner(owner))
    found = reading.each(f"files of {owner}", listing)
    return asking.answer(reading, (listed_file(file, owner, saved_as) for file, saved_as in found))


def matches(
    asking: Asking, search: Search, jobs: Sequence[str], *, failed: bool
) -> Answer[FileMatch]:
    """The lines that match in files of the tasks of jobs."""
    reading = asking.reading()
    grep = Grep(reading, search)
    found = grep.matches(searched_tasks(reading, jobs, failed=failed))
    lines = [match for match in found if isinstance(match, FileMatch)]
    return asking.answer(reading, lines, grep.summary, checked=grep.checked)


def content(
    asking: Asking, owner: TaskName | NodeName, path: str, *, lines: int | None = None
) -> bytes:
    """A file whole, or its last lines."""
    return content_of(asking.outside, asking.client, _owner(owner), path, lines=lines)


def _owner(name: TaskName | NodeName) -> Owner:
    if isinstance(name, NodeName):
        return Owner(OwnerKind.NODE, name.pool_id, name.node_id)
    return Owner(OwnerKind.TASK, name.job_id, name.task_id)
