"""The end of a file, fetched by ranges, and what is written to it while its task runs."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from batchdoctor.core.failures.classify import has_failed
from batchdoctor.core.meaning.exit_codes import explain_exit_code
from batchdoctor.core.records import Task, same
from batchdoctor.errors import ExitCode, NotFoundError, StateError, UnreachableError
from batchdoctor.service.client import Client
from batchdoctor.service.files import FileChangedError, TaskFile, read, sized
from batchdoctor.service.properties import PROGRESS_PROPERTIES
from batchdoctor.service.source import FileInfo, FileSource, NodeFile
from batchdoctor.work.files.ending import last_lines_of
from batchdoctor.work.files.why_missing import with_reason
from batchdoctor.work.surroundings import Surroundings

# What is read again at each look that finds more, to see that it still is the same file.
_KNOWN = 256
POLL_SECONDS = 2.0


class Sink(Protocol):
    """Whoever shows the contents of a file."""

    def write(self, block: bytes) -> None:
        """Take some bytes."""

    def flush(self) -> None:
        """Show what was taken."""

    def finish(self) -> None:
        """Show what is left of a character that never came to its end."""


class IsFolderError(NotFoundError):
    """There is a folder of that name, and no file."""


class Follower:
    """Shows a file from somewhere near its end on; `position` is the next byte to show."""

    def __init__(
        self, outside: Surroundings, client: Client, source: FileSource, shown: Sink
    ) -> None:
        self._outside = outside
        self._client = client
        self._source = source
        self._shown = shown
        self._position = 0
        self._last = b""  # what was shown just before, to tell the file by
        self._modified: datetime | None = None
        self._gone = False

    def last_lines(self, count: int, *, patient: bool) -> int:
        """Show the last lines; with `patient` a task that has not begun is waited for.

        Returns the size of the file in bytes.
        """
        info = self._info(patient=patient)
        data = last_lines_of(self._client, self._source, info, count)
        self._show(data)
        self._position, self._modified = info.size or 0, info.last_modified
        return self._position

    def follow(self) -> ExitCode:
        """Show what is added until the task has ended; 10 if it failed. Files of nodes: for ever.

        The task is asked before the file, so that what it wrote last is not missed.
        """
        while True:
            task = self._task()
            self.added()
            if task is not None and same(task.state, "completed"):
                return self._end(task)
            if task is None and self._start_task_is_over():
                return ExitCode.OK
            self._outside.sleep(POLL_SECONDS)

    def _task(self) -> Task | None:
        if isinstance(self._source, TaskFile):
            return self._client.task(
                self._source.job_id, self._source.task_id, select=PROGRESS_PROPERTIES
            )
        return None

    def _start_task_is_over(self) -> bool:
        source = self._source
        if not isinstance(source, NodeFile) or not source.path.startswith("startup/"):
            return False
        info = self._client.node(source.pool_id, source.node_id).start_task_info
        over = info is not None and same(info.state, "completed")
        if over:
            self.added()
        return over

    def _info(self, *, patient: bool) -> FileInfo:
        told = False
        while True:
            try:
                return self._look()
            except IsFolderError:
                raise
            except (NotFoundError, StateError) as error:
                task = self._task() if patient else None
                if task is None or same(task.state, "completed"):
                    now = self._outside.now()
                    raise with_reason(error, self._client, self._source, now) from error
                if not told:
                    name = f"{task.job_id}/{task.id}"
                    self._outside.note(f"note: waiting for task {name}, which is {task.state}")
                told = True
                self._outside.progress(f"waiting; the task is {task.state}")
                self._outside.sleep(POLL_SECONDS)

    def _look(self) -> FileInfo:
        info = sized(self._client, self._source)
        if info.is_directory:
            raise IsFolderError(
                f"{self._source} is a folder, which has no end to show.",
                hint="batchdoctor files list shows what is in it",
            )
        if info.size is None:
            raise UnreachableError(f"The service does not say how long {self._source} is.")
        return info

    def added(self) -> None:
        """Show what was added since. A file that is another one now is shown from its start."""
        try:
            info = self._look()
            if self._is_another(info):
                self._begin_again()
            try:
                self._show_new(info)
            except FileChangedError:
                self._begin_again()
                self._show_new(self._look())
        except FileChangedError:
            self._position, self._last = 0, b""  # rewritten once more: the next look finds out
        except (NotFoundError, StateError) as error:
            if not self._gone:
                self._outside.note(f"note: {error.message} It is waited for.")
            self._gone = True
        else:
            self._gone = False
            self._modified = info.last_modified

    def _is_another(self, info: FileInfo) -> bool:
        """Whether a file that has no new bytes is not the one that was shown."""
        size = info.size or 0
        if size != self._position or info.last_modified == self._modified:
            return size < self._position
        start = size - len(self._last)
        again = read(self._client, self._source, start=start, end=size, info=info)
        return b"".join(again) != self._last

    def _begin_again(self) -> None:
        self._outside.note("note: the file was written anew; it follows from its start")
        self._position, self._last = 0, b""

    def _show_new(self, info: FileInfo) -> None:
        for block in read(
            self._client,
            self._source,
            start=self._position,
            end=info.size,
            before=self._last,
            info=info,
        ):
            self._show(block)
            self._position += len(block)

    def _show(self, block: bytes) -> None:
        self._shown.write(block)
        self._shown.flush()
        self._last = (self._last + block)[-_KNOWN:]

    def _end(self, task: Task) -> ExitCode:
        self._shown.finish()
        self._outside.note(f"note: the task {outcome_of(task)}")
        return ExitCode.FINDINGS if has_failed(task) else ExitCode.OK


def outcome_of(task: Task) -> str:
    """How a task ended: `ended with success`, or `failed, exit code 3`."""
    if not has_failed(task):
        return "ended with success"
    code = task.execution_info.exit_code if task.execution_info else None
    meaning = explain_exit_code(code).text if code is not None else None
    told = f", exit code {code}" if code is not None else ""
    return f"failed{told}{f' ({meaning})' if meaning else ''}"
