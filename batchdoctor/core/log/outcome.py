"""How an attempt ended, judged from the few fields that an event tells of it."""

from __future__ import annotations

from batchdoctor.core.failures.classify import Category, classify, has_failed
from batchdoctor.core.log.attempt import SUCCESS, Outcome
from batchdoctor.core.records import FailureInformation, Task, TaskExecution

# Exit code, result, category and code as the event spells them.
Telling = tuple[int | None, str | None, str | None, str | None]


def outcome_of(telling: Telling, *, failed: bool) -> Outcome:
    """Judge an end of an attempt; `failed` when the kind of event already says that it failed.

    Events of tasks that succeeded carry empty texts where others carry a failure.
    """
    task = task_of(telling, failed=failed)
    if not failed and not has_failed(task):
        return SUCCESS
    verdict = classify(task)
    return Outcome(
        coded=bool(verdict.code),
        certain=not verdict.guessed,
        category=str(verdict.category),
        code=verdict.code or "",
        exit_code=task.execution_info.exit_code if task.execution_info else None,
        node_caused=verdict.category is Category.NODE,
    )


def task_of(telling: Telling, *, failed: bool) -> Task:
    """Make a task record with nothing but how it ended."""
    exit_code, result, category, code = telling
    error = None
    if category or code:
        error = FailureInformation(category=category or None, code=code or None)
    execution = TaskExecution(
        exit_code=signed(exit_code),
        result="Failure" if failed else result or None,
        failure_info=error,
    )
    return Task(id="", state="completed", execution_info=execution)


def signed(exit_code: int | None) -> int | None:
    """The 32-bit number that the service gives, for one that was written without its sign."""
    if exit_code is None or not 2**31 <= exit_code < 2**32:
        return exit_code
    return exit_code - 2**32
