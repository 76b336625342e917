"""The end of a file, fetched by ranges, and what is written to it while its task runs."""

from __future__ import annotations

from typing import Protocol

from batchdoctor.core.failures.classify import has_failed
from batchdoctor.core.meaning.exit_codes import explain_exit_code
from batchdoctor.core.records import Task, same
from batchdoctor.errors import ExitCode, NotFoundError, StateError, UnreachableError
from batchdoctor.service.client import Client
from batchdoctor.service.files import FileChangedError, TaskFile, properties, read
from batchdoctor.service.source import FileSource
from batchdoctor.work.files.why_missing import with_reason
from batchdoctor.work.surroundings import Surroundings

_FIRST_RANGE = 16 * 1024
_POLL_SECONDS = 2.0


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

    def last_lines(self, count: int, *, patient: bool) -> None:
        """Show the last lines; with `patient` a task that has not begun is waited for."""
        size = self._size(patient=patient)
        reach = _FIRST_RANGE
        while True:
            start = max(size - reach, 0)
            data = (
                b"".join(read(self._client, self._source, start=start, end=size)) if size else b""
            )
            cut = _start_of_last_lines(data, count)
            if cut is not None or start == 0:
                break
            reach *= 4
        self._shown.write(data[cut or 0 :])
        self._shown.flush()
        self._position = size

    def follow(self) -> ExitCode:
        """Show what is added until the task has ended; 10 if it failed. Files of nodes: for ever.

        The task is asked before the file, so that what it wrote last is not missed.
        """
        while True:
            task = self._task()
            self._added()
            if task is not None and same(task.state, "completed"):
                return self._end(task)
            if task is None and self._start_task_is_over():
                return ExitCode.OK
            self._outside.sleep(_POLL_SECONDS)

    def _task(self) -> Task | None:
        if isinstance(self._source, TaskFile):
            return self._client.task(self._source.job_id, self._source.task_id)
        return None

    def _start_task_is_over(self) -> bool:
        source = self._source
        if isinstance(source, TaskFile) or not source.path.startswith("startup/"):
            return False
        info = self._client.node(source.pool_id, source.node_id).start_task_info
        over = info is not None and same(info.state, "completed")
        if over:
            self._added()
        return over

    def _size(self, *, patient: bool) -> int:
        told = False
        while True:
            try:
                return self._length()
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
                self._outside.sleep(_POLL_SECONDS)

    def _length(self) -> int:
        info = properties(self._client, self._source)
        if info.is_directory:
            raise IsFolderError(
                f"{self._source} is a folder, which has no end to show.",
                hint="batchdoctor files list shows what is in it",
            )
        size = info.size
        if size is None:
            raise UnreachableError(f"The service does not say how long {self._source} is.")
        return size

    def _added(self) -> None:
        """Show what was added since; a file that became shorter is another one, from its start."""
        try:
            size = self._length()
            if size < self._position:
                self._outside.note("note: the file was written anew; it follows from its start")
                self._position = 0
            if size > self._position:
                for block in read(self._client, self._source, start=self._position, end=size):
                    self._shown.write(block)
                    self._position += len(block)
                self._shown.flush()
        except FileChangedError:
            self._position = 0
        except (NotFoundError, StateError) as error:
            self._outside.progress(error.message)

    def _end(self, task: Task) -> ExitCode:
        self._shown.finish()
        if not has_failed(task):
            self._outside.note("note: the task ended with success")
            return ExitCode.OK
        code = task.execution_info.exit_code if task.execution_info else None
        meaning = explain_exit_code(code).text if code is not None else None
        told = f", exit code {code}" if code is not None else ""
        self._outside.note(f"note: the task failed{told}{f' ({meaning})' if meaning else ''}")
        return ExitCode.FINDINGS


def _start_of_last_lines(data: bytes, count: int) -> int | None:
    """Where the last `count` lines begin; None when there are fewer. A last half line counts."""
    if count == 0:
        return len(data)
    end = len(data) - 1 if data.endswith(b"\n") else len(data)
    for _ in range(count):
        end = data.rfind(b"\n", 0, end)
        if end < 0:
            return None
    return end + 1
