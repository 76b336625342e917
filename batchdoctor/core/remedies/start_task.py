"""What a failed start task means and what helps, whether its program ran or never came to run."""

from __future__ import annotations

from batchdoctor.core.failures.tellings import Telling, told_by
from batchdoctor.core.failures.told_rules import OF_NODES, PASSING, told_reason
from batchdoctor.core.failures.told_steps import told_steps
from batchdoctor.core.failures.wording import said
from batchdoctor.core.meaning.catalog import CatalogEntry, Where, load_catalog
from batchdoctor.core.nodes.advice import NodeCommands
from batchdoctor.core.records import Node, StartTaskInformation, same
from batchdoctor.core.text.step import Step, filled, run

_WHEN_CORRECTED = "When that is corrected"
_PASSES = "Such trouble passes: have the start task run again"


def never_ran(info: StartTaskInformation | None) -> bool:
    """Whether the start task failed before its program was started: it wrote nothing then."""
    if info is None or not same(info.result, "failure") or info.exit_code is not None:
        return False
    return bool(info.failure_info and info.failure_info.code)


def start_task_evidence(info: StartTaskInformation | None) -> tuple[str, ...]:
    """What is known of a failed start task: its code's meaning, and the service's own words."""
    if info is None:
        return ()
    telling, entry = _telling(info), _entry(info)
    ran = info.exit_code is not None
    told = (told_reason(telling),) if telling else (entry.meaning,) if entry and not ran else ()
    return (*told, *said(info.failure_info))


def start_steps(node: Node, file: str | None = None) -> tuple[Step, ...]:
    """What helps with a node whose start task failed, as far as its record and its files tell.

    `file` is stdout or stderr, whichever has something in it. Empty where only a look helps.
    """
    info, commands = node.start_task_info, NodeCommands(node.pool_id, node.id)
    if never_ran(info):
        return repair_steps(info, node.pool_id, node.id)
    if file is None:
        return ()
    again = (run(commands.act("reboot")), run(commands.act("remove")))
    return (run(commands.start_task_file(file)), *again)


def repair_steps(info: StartTaskInformation | None, pool_id: str, node_id: str) -> tuple[Step, ...]:
    """What helps with a start task whose program never ran; reading its output is no step."""
    if info is None:
        return ()
    telling, entry = _telling(info), _entry(info)
    steps = told_steps(telling.name) if telling else entry.actions if entry else ()
    own = filled(steps, {"POOL": pool_id, "NODE": node_id})
    if telling is not None and telling.name in OF_NODES:
        return own
    sentences = [step for step in own if step.run is None]
    passes = telling is not None and telling.name in PASSING
    when = _PASSES if passes else _WHEN_CORRECTED
    reboot = run(NodeCommands(pool_id, node_id).act("reboot"), when)
    return (reboot, *sentences) if passes else (*sentences, reboot)


def _telling(info: StartTaskInformation) -> Telling | None:
    return told_by(info.failure_info, info.end_time or info.start_time)


def _entry(info: StartTaskInformation) -> CatalogEntry | None:
    code = info.failure_info.code if info.failure_info else None
    return load_catalog().find(code, Where.START_TASK) if code else None
