"""Searches files of many tasks for a pattern, several tasks at once, each task once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum

import msgspec

from batchdoctor.core.checked import Checked
from batchdoctor.core.file_match import FileMatch, MatchingFile, SearchSummary
from batchdoctor.core.line_search import FoundLine, LineSearch
from batchdoctor.core.names import TaskName
from batchdoctor.core.problem import Problem, ProblemKind, kind_of
from batchdoctor.core.records import Task
from batchdoctor.core.text.wording import plural
from batchdoctor.errors import (
    BatchdoctorError,
    NotFoundError,
    StateError,
    UnreachableError,
    UsageError,
)
from batchdoctor.service.client import Client
from batchdoctor.service.files import list_task_files, read
from batchdoctor.service.source import FileSource, TaskFile
from batchdoctor.work.files.owner import STANDARD_NAMES, matches, means_many
from batchdoctor.work.files.saved import SavedFiles, copy_of, why_not
from batchdoctor.work.reading.chosen import chosen_jobs
from batchdoctor.work.reading.reading import Reading


class Wanted(StrEnum):
    """What is told of each match."""

    LINES = "lines"
    FILES = "files"
    """Each file that has a match; it is read no further than the first."""
    COUNTS = "counts"


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """What is searched for, and in which files: paths, patterns of paths, or folders."""

    lines: LineSearch
    files: Sequence[str]
    wanted: Wanted = Wanted.LINES


def search_for(
    pattern: str,
    files: Sequence[str] = (),
    *,
    context: int = 0,
    ignore_case: bool = False,
    wanted: Wanted = Wanted.LINES,
) -> Search:
    """A search as words say it: `stdout` and `stderr` are a task's, and both are the default.

    Raises UsageError for what is no regular expression.
    """
    try:
        compiled = re.compile(pattern, re.IGNORECASE if ignore_case else 0)
    except (re.error, RecursionError, OverflowError) as error:
        raise UsageError(
            f"{pattern!r} is not a regular expression: {error}.",
            hint="put a backslash before what is meant as it stands, such as \\( or \\[",
        ) from None
    names = [STANDARD_NAMES.get(file, file) for file in files or ("stderr", "stdout")]
    return Search(lines=LineSearch(compiled, context), files=names, wanted=wanted)


class _Unread(msgspec.Struct, frozen=True):
    """A file that could not be read."""

    path: str
    error: BatchdoctorError


class _Searched(msgspec.Struct):
    """A file that was searched to its end, or to its first match."""

    size: int = 0
    found: bool = False


Match = FileMatch | MatchingFile
_Result = Match | _Unread | _Searched


class Grep(msgspec.Struct):
    """A search under way, and what it came to so far.

    What could not be read is told at the end: files that are gone together, by their reasons.
    """

    reading: Reading
    search: Search
    tasks: int = 0
    files: int = 0
    size: int = 0
    found: int = 0
    found_files: int = 0
    found_tasks: int = 0
    absent: int = 0
    _gone: Counter[tuple[str, str, ProblemKind]] = msgspec.field(default_factory=Counter)
    _example: dict[str, str] = msgspec.field(default_factory=dict)
    _refused: dict[str, list[tuple[str, BatchdoctorError]]] = msgspec.field(default_factory=dict)
    """Files that may be there and could not be read, by code."""

    def matches(self, tasks: Iterable[Task]) -> Iterator[Match]:
        """Yield what matches in the files of tasks, in the order of the tasks."""
        for task, results in self.reading.ahead(_begun(tasks), self._search):
            found, files = self.found, self.files
            for result in self.reading.each(f"files of {task.job_id}/{task.id}", results):
                match result:
                    case _Unread():
                        self._note(task, result)
                    case _Searched():
                        self._count(result)
                    case _:
                        self.found += getattr(result, "matches", 1) or 1
                        yield result
            self.tasks += self.files > files
            self.found_tasks += self.found > found
            self.reading.outside.progress(
                f"searched {plural(self.tasks, 'task')}, found {plural(self.found, 'line')}"
            )
        self._tell_gone()

    @property
    def summary(self) -> SearchSummary:
        """All of it in numbers."""
        return SearchSummary(
            matches=self.found,
            matching_files=self.found_files,
            matching_tasks=self.found_tasks,
            tasks=self.tasks,
            files=self.files,
            absent=self.absent,
            bytes=self.size,
        )

    @property
    def checked(self) -> tuple[Checked, ...]:
        """The files that were searched, and whether all could be."""
        problem = "not everything could be read" if self.reading.problems else None
        return (Checked(check="files-searched", objects=self.files, of="files", problem=problem),)

    def _count(self, searched: _Searched) -> None:
        self.files += 1
        self.size += searched.size
        self.found_files += searched.found

    def _note(self, task: Task, unread: _Unread) -> None:
        error, subject = unread.error, f"{unread.path} of {task.job_id}/{task.id}"
        if (error.code or "").lower() == "filenotfound":
            self.absent += 1
        elif isinstance(error, NotFoundError | StateError):
            key = (task.job_id, why_not(error), kind_of(error))
            self._gone[key] += 1
            self._example.setdefault(f"{key}", subject)
        elif isinstance(error, UnreachableError):
            self.reading.remember(subject, error)
        else:
            self._refused.setdefault(error.code or error.message, []).append((subject, error))

    def _tell_gone(self) -> None:
        for refused in self._refused.values():
            subject, error = refused[0]
            others = len(refused) - 1
            more = f" and {plural(others, 'more file')}" if others else ""
            self.reading.remember(f"{subject}{more}", error)
        for key, count in self._gone.items():
            job_id, why, kind = key
            example = self._example[f"{key}"]
            told = f"{plural(count, 'file')} could not be read ({why}), such as {example}"
            self.reading.problems.append(Problem(f"files of job {job_id}", told, kind))

    def _search(self, task: Task) -> Iterator[_Result]:
        client = self.reading.client
        try:
            paths = self._paths(client, task)
        except BatchdoctorError as error:
            yield _Unread("files", error)
            return
        for path in paths:
            source = TaskFile(task.job_id, task.id, path)
            try:
                yield from self._in_file(task, source, path, None)
            except BatchdoctorError as error:
                copy = copy_of(client, source, error).copy
                if copy is None:
                    yield _Unread(path, error)
                    continue
                try:
                    yield from self._in_file(task, copy.blob, path, copy.blob.url)
                except BatchdoctorError as of_copy:
                    yield _Unread(path, of_copy)

    def _paths(self, client: Client, task: Task) -> Sequence[str]:
        """The files of a task that are meant, each once."""
        wanted = self.search.files
        plain = dict.fromkeys(path for path in wanted if not means_many(path))
        patterns = [path for path in wanted if means_many(path)]
        if not patterns:
            return list(plain)
        names = _names(client, task)
        fitting = (n for n in names if any(matches(pattern, n) for pattern in patterns))
        return list(plain | dict.fromkeys(fitting))

    def _in_file(
        self, task: Task, source: FileSource, path: str, saved_as: str | None
    ) -> Iterator[_Result]:
        searched = _Searched()

        def blocks() -> Iterator[bytes]:
            for block in read(self.reading.client, source):
                searched.size += len(block)
                yield block

        lines = self.search.lines.found(blocks())
        if self.search.wanted is Wanted.LINES:
            for line in lines:
                searched.found = True
                yield _match(task, path, line, saved_as)
        elif next(lines, None) is not None:
            searched.found = True
            more = sum(1 for _ in lines) if self.search.wanted is Wanted.COUNTS else None
            yield _matching(task, path, None if more is None else 1 + more, saved_as)
        yield searched


def searched_tasks(reading: Reading, jobs: Sequence[str] | None, *, failed: bool) -> Iterator[Task]:
    """The tasks of jobs that have begun, or those that failed; each as soon as it is listed."""
    client = reading.client
    names = (job.id for job in chosen_jobs(reading, jobs))
    listing = client.failed_tasks if failed else client.begun_tasks
    for job_id, tasks in reading.ahead(names, listing):
        reading.jobs += 1
        yield from reading.each(f"job {job_id}", tasks)


def _begun(tasks: Iterable[Task]) -> Iterator[Task]:
    """Those that may have written something."""
    return (task for task in tasks if task.execution_info and task.execution_info.start_time)


def _names(client: Client, task: Task) -> Iterator[str]:
    """The names of a task's files; those of its saved copies where the node has none."""
    try:
        yield from (
            f.name for f in list_task_files(client, task.job_id, task.id) if not f.is_directory
        )
    except (NotFoundError, StateError):
        copies = list(SavedFiles(client, TaskName(task.job_id, task.id)).listed())
        if not copies:
            raise
        yield from (copy.path for copy in copies)


def _match(task: Task, path: str, found: FoundLine, saved_as: str | None) -> FileMatch:
    where = task.node_info
    return FileMatch(
        job_id=task.job_id,
        task_id=task.id,
        pool_id=where.pool_id if where else None,
        node_id=where.node_id if where else None,
        file=path,
        line_number=found.number,
        line=found.line,
        before=found.before,
        after=tuple(found.after),
        saved_as=saved_as,
    )


def _matching(task: Task, path: str, count: int | None, saved_as: str | None) -> MatchingFile:
    where = task.node_info
    return MatchingFile(
        job_id=task.job_id,
        task_id=task.id,
        pool_id=where.pool_id if where else None,
        node_id=where.node_id if where else None,
        file=path,
        matches=count,
        saved_as=saved_as,
    )
