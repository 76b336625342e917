"""One failed task in normal form: what failed, whose fault it is, and what to type next."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

import msgspec

from batchdoctor.core.failures.advice import advice_for
from batchdoctor.core.failures.classify import classify
from batchdoctor.core.failures.rules import NOBODY_TELLS, START_FAMILIES
from batchdoctor.core.failures.signs import failure_information, run_time, task_entry
from batchdoctor.core.failures.tellings import detail_message
from batchdoctor.core.meaning.category import Category
from batchdoctor.core.meaning.exit_codes import SIGKILL, explain_exit_code, signal_of
from batchdoctor.core.records import NodeReference, Task, TaskConstraints, TaskExecution
from batchdoctor.core.text.step import Step

# Stand-ins for what the service left out.
_NO_EXECUTION = TaskExecution()
_NO_NODE = NodeReference()
_NO_CONSTRAINTS = TaskConstraints()


# A frozen dataclass of this many fields takes ten times as long to make, and listings make many.
class Failure(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A failure, from the live service and from the logs alike; None is what is not known."""

    job_id: str
    task_id: str
    pool_id: str | None
    node_id: str | None
    category: Category
    code: str | None
    """The service's code, in the catalog's spelling if it is known."""
    message: str | None
    exit_code: int | None
    exit_code_meaning: str | None
    start_time: datetime | None
    end_time: datetime | None
    duration_seconds: float | None
    retry_count: int | None
    max_task_retry_count: int | None
    requeue_count: int | None
    rule: str
    """The rule of classification that won."""
    reason: str
    """Why the category was chosen."""
    guessed: bool
    """Whether the category rests on signs rather than on what the service says."""
    detail: str | None = None
    """What the details say where the code has many causes."""

    @property
    def told(self) -> bool:
        """Whether the reason was read from the details."""
        return self.telling is not None

    @property
    def telling(self) -> str | None:
        """The rule of classification, where the reason was read from the details."""
        return self.rule if self.rule.startswith(("told-", "sas-")) else None

    @property
    def advice(self) -> tuple[Step, ...]:
        """What to do next, worked out anew each time: of most failures only a few are shown."""
        return advice_for(
            rule=self.rule,
            code=self.code,
            category=self.category,
            job_id=self.job_id,
            task_id=self.task_id,
            pool_id=self.pool_id,
            node_id=self.node_id,
            retried=bool(self.max_task_retry_count) or bool(self.retry_count),
        )


def failure_of(
    task: Task, *, job_terminate_reason: str | None = None, node_state: str | None = None
) -> Failure:
    """The failure of a task that `has_failed`; never raises.

    What is known of the task's job and node sharpens the answer and may be left out.
    """
    execution = task.execution_info or _NO_EXECUTION
    node = task.node_info or _NO_NODE
    found = classify(task, job_terminate_reason=job_terminate_reason, node_state=node_state)
    duration = run_time(execution)
    # The logs write a node that was never chosen as a single blank.
    pool_id = (node.pool_id or "").strip() or None
    node_id = (node.node_id or "").strip() or None
    return Failure(
        job_id=task.job_id,
        task_id=task.id,
        pool_id=pool_id,
        node_id=node_id,
        category=found.category,
        code=found.code,
        message=_message(execution),
        exit_code=execution.exit_code,
        exit_code_meaning=_exit_code_meaning(execution),
        start_time=execution.start_time,
        end_time=execution.end_time,
        duration_seconds=duration.total_seconds() if duration is not None else None,
        retry_count=execution.retry_count,
        max_task_retry_count=(task.constraints or _NO_CONSTRAINTS).max_task_retry_count,
        requeue_count=execution.requeue_count,
        rule=found.rule,
        reason=_reason(found.reason, execution),
        guessed=found.guessed,
        detail=detail_message(execution.failure_info),
    )


def never_ran(failure: Failure) -> bool:
    """Whether a task failed before its program was started, so that it wrote nothing."""
    if failure.exit_code is not None or not failure.code:
        return False
    entry = task_entry(failure.code)
    listed = entry.category if entry else None
    families = failure.code.lower().startswith(START_FAMILIES)
    return listed is Category.PREPROCESSING or families


def _message(execution: TaskExecution) -> str | None:
    """The service's message, else what the container runtime said."""
    information = failure_information(execution)
    if information is not None and information.message:
        return information.message
    container = execution.container_info
    return (container.error or None) if container is not None else None


def _reason(reason: str, execution: TaskExecution) -> str:
    """Why, with what the container runtime says of a lack of memory: the exit code is only its."""
    code, error = execution.exit_code, _killed_with(execution)
    if code is None or error is None:
        return reason
    told = explain_exit_code(code, evidence=error)
    if not told.evidence:
        return reason
    known = reason.replace(_plain_meaning(code) or "", told.text or "").replace(NOBODY_TELLS, "")
    known = known.rstrip(".")
    return f"{known}; the container runtime says: {told.evidence.rstrip('.')}."


def _exit_code_meaning(execution: TaskExecution) -> str | None:
    code = execution.exit_code
    if code is None:
        return None
    error = _killed_with(execution)
    return explain_exit_code(code, evidence=error).text if error else _plain_meaning(code)


def _killed_with(execution: TaskExecution) -> str | None:
    """What the container runtime said of a program that was killed."""
    code, container = execution.exit_code, execution.container_info
    if code is None or container is None or signal_of(code) != SIGKILL:
        return None
    return container.error or None


@lru_cache(maxsize=1024)
def _plain_meaning(code: int) -> str | None:
    return explain_exit_code(code).text
