"""Which tasks a command line means."""

from __future__ import annotations

from collections.abc import Sequence

from batchdoctor.core.names import TaskName
from batchdoctor.errors import UsageError

_TWO_NAMES = 2


def task_name(words: Sequence[str], job: str | None, task: str | None) -> TaskName:
    """The task that arguments or options name, as JOB/TASK or as JOB and TASK. UsageError."""
    both = "give JOB/TASK, or --job and --task"
    whole = len(words) == 1 and "/" in words[0]
    if (words and task) or (whole and job) or len(words) + bool(job) > _TWO_NAMES:
        raise UsageError("The task is named twice.", hint=both)
    if len(words) == _TWO_NAMES:
        if any("/" in word for word in words):
            raise UsageError("This takes one task only.", hint="name a single JOB/TASK")
        job, word = words
    else:
        word = words[0] if words else task or ""
    if not job and "/" in word:
        job, _, word = word.partition("/")
    if not job or not word:
        raise UsageError("The task is not named in full.", hint=both)
    return TaskName(job, word)


def task_names(words: Sequence[str], job_id: str | None) -> list[TaskName]:
    """Tasks written as `JOB/TASK`, or as `TASK` of the given job. Raises UsageError."""
    names = []
    for word in words:
        job, slash, task = word.partition("/")
        if not slash:
            job, task = job_id or "", word
        if not job or not task:
            raise UsageError(
                f"The job of the task {word!r} is not known.",
                hint="write JOB/TASK, or add --job JOB",
            )
        names.append(TaskName(job, task))
    return names
