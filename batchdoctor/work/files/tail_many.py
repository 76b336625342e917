"""Shows the ends of the same file of several tasks, and what is added, line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from batchdoctor.core.failures.signs import has_failed
from batchdoctor.core.names import TaskName
from batchdoctor.core.problem import problem_of
from batchdoctor.core.records import Task, same
from batchdoctor.core.text.wording import plural
from batchdoctor.errors import BatchdoctorError, ExitCode, NotFoundError, StateError, worst
from batchdoctor.service.properties import PROGRESS_PROPERTIES
from batchdoctor.service.source import TaskFile
from batchdoctor.work.files.tail import POLL_SECONDS, Follower, outcome_of
from batchdoctor.work.reading.chosen import chosen_jobs
from batchdoctor.work.reading.reading import Reading

# A line that never ends is shown in pieces of this many bytes.
_LONGEST_LINE = 64 * 1024
Show = Callable[[TaskName, str], object]


class _Lines:
    """Takes the bytes of one file, and gives its lines once they are whole."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def write(self, block: bytes) -> None:
        """Take some bytes."""
        self._bytes += block

    def flush(self) -> None:
        """Lines are shown by whoever takes them."""

    def finish(self) -> None:
        """The last line is taken whether it is whole or not."""

    def take(self, *, all_of_it: bool) -> list[str]:
        """The lines so far, with what is left of the last if it is to be taken as well."""
        end = self._bytes.rfind(b"\n") + 1
        if all_of_it or len(self._bytes) - end > _LONGEST_LINE:
            end = len(self._bytes)
        whole = bytes(self._bytes[:end])
        del self._bytes[:end]
        lines = whole.decode("utf-8", "backslashreplace").split("\n")
        return [line.removesuffix("\r") for line in (lines if lines[-1] else lines[:-1])]


class _Followed(msgspec.Struct):
    """One task whose file is shown."""

    name: TaskName
    follower: Follower
    lines: _Lines
    begun: bool = False
    problem: BatchdoctorError | None = None

    def look(self, count: int) -> Iterator[_Followed]:
        """Read the end of the file at the first look, and later what was added."""
        try:
            if self.begun:
                self.follower.added()
            else:
                self.follower.last_lines(count, patient=False)
                self.begun = True
            self.problem = None
        except BatchdoctorError as error:
            self.problem = error
        yield self


class ManyFollowed:
    """The same file of several tasks, read several at a time; `show` is given whole lines."""

    def __init__(self, reading: Reading, path: str, lines: int, show: Show) -> None:
        self._reading = reading
        self._path = path
        self._count = lines
        self._show = show
        self._statuses: list[ExitCode] = []
        self._seen: dict[tuple[str, str], _Followed] = {}

    @property
    def met(self) -> int:
        """How many tasks were looked at."""
        return len(self._seen)

    def ends(self, names: Iterable[TaskName]) -> None:
        """Show the last lines of each; what cannot be read is a problem of the reading."""
        for followed in self._look(list(self._met(names))):
            self._take(followed, all_of_it=True)

    def follow(
        self, running: Callable[[], Sequence[TaskName]], first: Iterable[TaskName] = ()
    ) -> ExitCode:
        """Show what is added until none of the tasks runs any more; 10 if one of them failed.

        `running` tells which tasks run now, and is asked before their files, so that what they
        wrote last is not missed; one that is new is shown from its end on. `first` are shown even
        if they have ended.
        """
        before = {each.name.key: each for each in self._met(first)}
        while True:
            present = {each.name.key: each for each in self._met(running())}
            ended = [each for key, each in before.items() if key not in present]
            for followed in self._look([*ended, *present.values()]):
                self._take(followed, all_of_it=followed in ended)
            self._statuses += [self._end(followed) for followed in ended]
            if not present or self._reading.stopped:
                return worst(self._statuses)
            before = present
            self._reading.outside.deliver()
            self._reading.outside.progress(f"following {plural(len(present), 'task')}")
            self._reading.outside.sleep(POLL_SECONDS)

    def _met(self, names: Iterable[TaskName]) -> Iterator[_Followed]:
        """Each task once, as it was met before or for the first time."""
        for key, name in {name.key: name for name in names}.items():
            if key not in self._seen:
                source, lines = TaskFile(name.job_id, name.task_id, self._path), _Lines()
                follower = Follower(self._reading.outside, self._reading.client, source, lines)
                self._seen[key] = _Followed(name, follower, lines)
            yield self._seen[key]

    def _look(self, tasks: Sequence[_Followed]) -> Iterator[_Followed]:
        """The tasks in their order, each once its file was looked at; several are at a time."""
        for _, looks in self._reading.ahead(tasks, lambda each: each.look(self._count)):
            yield from looks

    def _take(self, followed: _Followed, *, all_of_it: bool) -> None:
        for line in followed.lines.take(all_of_it=all_of_it):
            self._show(followed.name, line)
        error = followed.problem
        if not all_of_it or error is None:
            return
        subject = f"{self._path} of {followed.name}"
        if isinstance(error, NotFoundError | StateError):
            self._reading.problems.append(problem_of(subject, error))
        else:
            self._reading.remember(subject, error)

    def _end(self, followed: _Followed) -> ExitCode:
        """Tell how a task ended, or that it waits to run again."""
        name = followed.name
        for task in self._reading.each(f"task {name}", only_progress(self._reading, name)):
            if not same(task.state, "completed"):
                self._reading.outside.note(f"note: {name} is {task.state} again")
                return ExitCode.OK
            self._reading.outside.note(f"note: {name} {outcome_of(task)}")
            return ExitCode.FINDINGS if has_failed(task) else ExitCode.OK
        return ExitCode.OK


def running_tasks(reading: Reading, jobs: Sequence[str]) -> list[TaskName]:
    """The tasks of jobs that run now, each job listed with one request for a thousand of them."""
    names = [job.id for job in chosen_jobs(reading, jobs)]
    return [
        TaskName(job_id, task.id)
        for job_id, tasks in reading.ahead(
            names, lambda job_id: reading.client.begun_tasks(job_id, running=True)
        )
        for task in reading.each(f"job {job_id}", tasks)
    ]


def unfinished(reading: Reading, names: Sequence[TaskName]) -> list[TaskName]:
    """Those of the tasks that have not ended."""
    return [
        name
        for name, tasks in reading.ahead(names, lambda name: only_progress(reading, name))
        for task in reading.each(f"task {name}", tasks)
        if not same(task.state, "completed")
    ]


def only_progress(reading: Reading, name: TaskName) -> Iterator[Task]:
    """How far one task is."""
    yield reading.client.task(name.job_id, name.task_id, select=PROGRESS_PROPERTIES)
