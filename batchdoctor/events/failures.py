"""Failed attempts out of a stream of events, each once, in one pass and little memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from batchdoctor.core.log.event import Event
from batchdoctor.core.log.failed_task import failed_task_of
from batchdoctor.core.records import FailureInformation, Task, TaskExecution

# A failure is told by two events, a complete and a fail event, close to each other. The first waits
# for the second among so many others, so that the one that tells more can be given.
WAITING = 1000


def failed_tasks(events: Iterable[Event], waiting: int = WAITING) -> Iterator[Task]:
    """Yield the task of every attempt that failed, when both its events came or none for long.

    Remembers 64 bits of every failed attempt, so that a later delivery is not a second failure; the
    odds of two attempts sharing them are as in `core.attempt_store`.
    """
    told: set[int] = set()
    held: dict[int, Task] = {}
    for event in events:
        task = failed_task_of(event)
        if task is None:
            continue
        key = attempt_key(task)
        if key in held:
            yield max(held.pop(key), task, key=_richness)
        elif key not in told:
            told.add(key)
            held[key] = task
            if len(held) > waiting:
                yield held.pop(next(iter(held)))
    yield from held.values()


def attempt_key(task: Task) -> int:
    """64 bits that are the same whenever this attempt is told of again, in this process."""
    execution = task.execution_info or TaskExecution()
    return hash(
        (
            task.job_id,
            task.id,
            execution.retry_count or 0,
            execution.requeue_count or 0,
            task.system_task_version or 0,
        )
    )


def _richness(task: Task) -> tuple[bool, bool, bool]:
    execution = task.execution_info or TaskExecution()
    failure = execution.failure_info or FailureInformation()
    return (bool(failure.code), execution.exit_code is not None, bool(failure.message))
