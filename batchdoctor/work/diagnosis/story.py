"""Reads one task with all that tells why it is as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchdoctor.core.failures.cause import told_cause
from batchdoctor.core.failures.failure import Failure, failure_of, never_ran
from batchdoctor.core.failures.signs import has_failed
from batchdoctor.core.failures.task_story import NodeFate, TaskStory, fate_of
from batchdoctor.core.names import TaskName
from batchdoctor.core.nodes.then import state_then
from batchdoctor.core.records import Node, Task
from batchdoctor.errors import BatchdoctorError, NotFoundError, StateError
from batchdoctor.service.source import TaskFile
from batchdoctor.work.files.last_lines import STDOUT, FileEnd, file_tail, stderr_tail
from batchdoctor.work.files.said import LINES, cause_of
from batchdoctor.work.reading.listings import only
from batchdoctor.work.reading.reading import Reading

if TYPE_CHECKING:
    from batchdoctor.core.meaning.messages import Cause


def read_story(reading: Reading, name: TaskName, lines: int) -> TaskStory:
    """Read a task, its node, and the last `lines` of what it wrote. Raises NotFoundError."""
    job_id, task_id = name.job_id, name.task_id
    task = reading.client.task(job_id, task_id)
    reading.begun = True
    node, fate = _node_of(reading, task)
    failure = None
    ended = task.execution_info.end_time if task.execution_info else None
    if has_failed(task):
        failure = failure_of(
            task,
            job_terminate_reason=_end_of_job(reading, job_id),
            node_state=state_then(node, ended),
        )
    ran = task.execution_info is not None and task.execution_info.start_time is not None
    unborn = failure is not None and never_ran(failure)
    wrote = ran and not unborn and lines
    # A few lines more than are shown tell the cause better.
    tail = stderr_tail(reading.client, job_id, task_id, max(lines, LINES)) if wrote else None
    return TaskStory(
        task=task,
        at=reading.outside.now(),
        failure=failure,
        node=node,
        fate=fate,
        stderr=tail.lines[-lines:] if tail and tail.lines is not None else None,
        stderr_problem=_problem(reading, tail.error) if tail and tail.error else None,
        cause=_cause(reading, failure, tail, name) if failure else None,
        never_ran=unborn,
    )


def _node_of(reading: Reading, task: Task) -> tuple[Node | None, NodeFate | None]:
    """The node that a task ran on, and what became of it."""
    where = task.node_info
    if where is None or not where.pool_id or not where.node_id:
        return None, None
    try:
        node = reading.client.node(where.pool_id, where.node_id)
    except NotFoundError:
        return None, fate_of(task, None)
    except BatchdoctorError as error:
        reading.remember(f"node {where.pool_id}/{where.node_id}", error)
        return None, NodeFate.UNKNOWN
    fate = fate_of(task, node)
    return (node if fate is NodeFate.PRESENT else None), fate


def _end_of_job(reading: Reading, job_id: str) -> str | None:
    """Why the job ended, which may be why the task did."""
    for job in reading.each(f"job {job_id}", only(reading.client.job, job_id)):
        return job.execution_info.terminate_reason if job.execution_info else None
    return None


def _cause(
    reading: Reading, failure: Failure, tail: FileEnd | None, name: TaskName
) -> Cause | None:
    """What the words say of the cause: of stderr, of stdout where that is empty, of the details."""
    if failure.exit_code == 0 or tail is None:
        return told_cause(failure)
    if tail.lines and any(line.strip() for line in tail.lines):
        return cause_of(reading, tail.lines, "stderr") or told_cause(failure)
    if tail.error:
        return told_cause(failure)
    other = file_tail(reading.client, TaskFile(name.job_id, name.task_id, STDOUT), LINES)
    return cause_of(reading, other.lines, "stdout") or told_cause(failure)


def _problem(reading: Reading, error: BatchdoctorError) -> str:
    """Why there is no stderr; files that are gone are part of the story rather than trouble."""
    if not isinstance(error, NotFoundError | StateError):
        reading.remember("stderr", error)
    return error.message
