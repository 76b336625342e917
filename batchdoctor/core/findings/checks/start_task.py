"""Checks of start tasks: nodes that take no tasks because of one, or take them all the same.

https://learn.microsoft.com/azure/batch/batch-pool-node-error-checking
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from batchdoctor.core.failures.tellings import detail_message, quotable, told_by
from batchdoctor.core.failures.wording import called
from batchdoctor.core.findings.checks import groups
from batchdoctor.core.findings.checks.facts import PoolFacts
from batchdoctor.core.findings.finding import Finding
from batchdoctor.core.nodes.advice import ALL_START_TASKS_FAIL
from batchdoctor.core.nodes.trouble import FAILED_START, start_task_fails_everywhere
from batchdoctor.core.records import Node, StartTaskInformation, same
from batchdoctor.core.remedies.start_task import never_ran, repair_steps, start_task_evidence
from batchdoctor.core.text.step import Step, run, say
from batchdoctor.core.text.wording import listed, sentence


def start_tasks(facts: PoolFacts) -> Iterator[Finding]:
    """Start tasks that failed, whether their nodes take tasks or not."""
    nodes = facts.nodes or ()
    failed = [node for node in nodes if same(node.state, FAILED_START)]
    everywhere = not facts.nodes_partial and start_task_fails_everywhere(nodes)
    for cause, group in groups.grouped(failed, _cause).items():
        yield _failed(facts, group, cause, everywhere=everywhere)
    ignored = [node for node in nodes if node not in failed and _result(node) == "failure"]
    for cause, group in groups.grouped(ignored, _cause).items():
        yield Finding(
            kind="start-task-failure-ignored",
            subject=groups.subject(facts, group),
            message=f"The start task failed on {groups.named(group)} ({_text(cause)}),"
            " and they take tasks all the same: the pool does not wait for its success.",
            advice=_look(facts, group),
        )


def _failed(
    facts: PoolFacts,
    group: Sequence[Node],
    cause: groups.Cause,
    *,
    everywhere: bool,
) -> Finding:
    info = group[0].start_task_info
    waiting = f"They wait{groups.longest(facts, group)}: {listed(groups.ids(group))}."
    return Finding(
        kind="start-task-failed",
        subject=groups.subject(facts, group),
        message=f"The start task failed on {groups.named(group)}: {_text(cause)}{_named(info)}.",
        evidence=(waiting, *start_task_evidence(info)),
        advice=_advice(facts, group, everywhere=everywhere),
        stops=facts.stopped,
    )


def _advice(facts: PoolFacts, group: Sequence[Node], *, everywhere: bool) -> tuple[Step, ...]:
    info = group[0].start_task_info
    if never_ran(info):
        return repair_steps(info, facts.pool.id, group[0].id)
    look = run(groups.first(facts, group).start_task_file("stderr"))
    if everywhere:
        return (look, say(sentence(ALL_START_TASKS_FAIL)))
    return (look, run(groups.act(facts, group, "reboot")))


def _named(info: StartTaskInformation | None) -> str:
    """The blob or the sentence that the service names with a code."""
    detail = detail_message(info.failure_info) if info else None
    return f" ({quotable(detail)})" if detail else ""


def _look(facts: PoolFacts, group: Sequence[Node]) -> tuple[Step, ...]:
    commands = groups.first(facts, group)
    if never_ran(group[0].start_task_info):
        return (run(commands.act("show")),)
    return (run(commands.start_task_file("stderr")),)


def _cause(node: Node) -> groups.Cause:
    info = node.start_task_info
    code = info.failure_info.code if info and info.failure_info else None
    telling = told_by(info.failure_info, info.end_time) if info else None
    exit_code = str(info.exit_code) if info and info.exit_code is not None else ""
    return (code or "", exit_code, telling.name if telling else "")


def _result(node: Node) -> str:
    result = node.start_task_info.result if node.start_task_info else None
    return (result or "").lower()


def _text(cause: groups.Cause) -> str:
    code, exit_code, _ = cause
    return called(code, int(exit_code) if exit_code else None)


START_TASK_CHECKS = (start_tasks,)
