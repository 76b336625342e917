"""`files tail` of several tasks: whose files, and their lines behind the names of the tasks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from batchdoctor.cli.call import Call
from batchdoctor.cli.commands.files.names import owner_of, path_of
from batchdoctor.core.names import TaskName
from batchdoctor.errors import ExitCode, UsageError, worst
from batchdoctor.report.page import Prefixed
from batchdoctor.work.files.tail_many import ManyFollowed, running_tasks, unfinished
from batchdoctor.work.reading.reading import Reading


@dataclass(frozen=True, slots=True)
class TailWish:
    """What was asked for, as it was typed."""

    file: str
    job: str | None
    tasks: tuple[str, ...]
    lines: int
    running: bool
    follow: bool


def tail_many(call: Call, wish: TailWish, *, elsewhere: bool) -> int:
    """Show the ends of the file of several tasks, and follow them. Raises UsageError."""
    if elsewhere:
        raise UsageError(
            "Several tasks have no node, start task or raw bytes in common.",
            hint="leave out --pool, --node, --start-task and --raw, or name one task",
        )
    names = _names(wish)
    with call.client() as client:
        reading = Reading(call.world, client)
        many = ManyFollowed(reading, _path(wish), wish.lines, _shower(call))
        status = _tail(call, wish, reading, many, names)
        call.finish(reading)
    return worst([reading.status, status])


def _tail(
    call: Call, wish: TailWish, reading: Reading, many: ManyFollowed, names: list[TaskName]
) -> ExitCode:
    def now() -> list[TaskName]:
        return (
            running_tasks(reading, [wish.job or ""]) if wish.running else unfinished(reading, names)
        )

    status = ExitCode.OK
    if wish.follow:
        status = many.follow(now, () if wish.running else names)
    else:
        many.ends(now() if wish.running else names)
    if not many.met and not reading.problems:
        call.world.note(f"note: no task of job {wish.job} runs")
    return status


def _names(wish: TailWish) -> list[TaskName]:
    """The tasks that are named. Raises UsageError for a job or task that is not."""
    if wish.running and (wish.tasks or not wish.job):
        raise UsageError(
            "--running is about all tasks of a job.", hint="give --job JOB, and no --task"
        )
    owners = [owner_of((wish.job, task), (None, None)) for task in wish.tasks]
    return [TaskName(owner.group_id, owner.id) for owner in owners]


def _path(wish: TailWish) -> str:
    owner = owner_of((wish.job or "job", "task"), (None, None))
    return path_of(wish.file, owner, start_task=False)


def _shower(call: Call) -> Callable[[TaskName, str], object]:
    """What writes one line, its prefix in colour where the terminal has any."""
    from batchdoctor.report.paint import Painter
    from batchdoctor.report.table import prefixed_line

    painter, output = Painter(call.world.terminal()), call.world.output

    def show(name: TaskName, line: str) -> None:
        output.write(f"{prefixed_line(Prefixed(f'{name}:', f' {line}'), painter)}\n")

    return show
