"""What a node's own record tells of the tasks that failed on it."""

from __future__ import annotations

from collections.abc import Iterable

from batchdoctor.core.failures.signs import failure_information, has_failed
from batchdoctor.core.names import TaskName
from batchdoctor.core.nodes.reason import FAILS_OFTEN, Reason
from batchdoctor.core.records import Node, NodeTask, Task, same
from batchdoctor.core.suspicion.judge import WATCH_UP_TO
from batchdoctor.core.suspicion.pool_trial import MATERIAL_FACTOR, MATERIAL_SHARE
from batchdoctor.core.suspicion.sentences import percent
from batchdoctor.core.suspicion.tail_probability import Stratum, upper_tail

# One failure is nobody's habit.
_FEWEST_FAILURES = 2


def has_ended_badly(task: NodeTask) -> bool:
    """Whether a recent task has failed, as far as the node's record tells."""
    if not same(task.task_state, "completed"):
        return False
    return has_failed(Task(task.task_id or "", execution_info=task.execution_info))


def recent_outcome(task: NodeTask) -> str:
    """How a recent task ended, in a few words, else its state."""
    execution = task.execution_info
    if execution is None or not same(task.task_state, "completed"):
        return task.task_state or "state unknown"
    if not has_ended_badly(task):
        return "succeeded" if same(execution.result, "success") else "completed"
    if execution.exit_code:
        return f"failed, exit code {execution.exit_code}"
    information = failure_information(execution)
    return f"failed, {information.code}" if information and information.code else "failed"


def failed_task_of(node: Node) -> TaskName | None:
    """The latest task whose program failed on the node, as far as its record tells."""
    for task in node.recent_tasks or ():
        ran = task.execution_info is not None and task.execution_info.exit_code is not None
        if task.job_id and task.task_id and ran and has_ended_badly(task):
            return TaskName(task.job_id, task.task_id)
    return None


def may_fail_often(node: Node) -> bool:
    """Whether so much failed on the node that a look at the others of its pool is worth it."""
    return _failures(node) >= _FEWEST_FAILURES


def often_failed(node: Node, pool: Iterable[Node]) -> Reason | None:
    """Say that more failed on a node than on the others of its pool; None where that is not so.

    The counters do not tell jobs apart, so this accuses nobody. Where no other node has run
    anything, half of the tasks must have failed. `totalTasksRun` counts tasks that have ended:
    https://learn.microsoft.com/rest/api/batchservice/nodes/get-node
    """
    runs, failures = node.total_tasks_run or 0, _failures(node)
    if failures < _FEWEST_FAILURES:
        return None
    others = [each for each in pool if each.id != node.id]
    elsewhere = sum(each.total_tasks_run or 0 for each in others)
    failed_elsewhere = sum(map(_failures, others))
    told = f"{failures} of {runs} tasks failed on it"
    if not elsewhere:
        beside = "no other node of the pool has run any to compare with"
        return Reason(FAILS_OFTEN, f"{told}; {beside}") if 2 * failures >= runs else None
    stratum = Stratum(runs, failures, elsewhere, failed_elsewhere)
    excess = failures - stratum.expected
    material = failures >= MATERIAL_FACTOR * stratum.expected or excess >= MATERIAL_SHARE * runs
    if not material or upper_tail([stratum]) > WATCH_UP_TO:
        return None
    rate = percent(failed_elsewhere / elsewhere)
    return Reason(FAILS_OFTEN, f"{told}, and {rate} on the other nodes of the pool")


def _failures(node: Node) -> int:
    """Tasks that ended without success since the node was allocated."""
    return max((node.total_tasks_run or 0) - (node.total_tasks_succeeded or 0), 0)
