"""The tools: what each is called, when to use it, and which method of the account answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec

from batchdoctor.account import Account
from batchdoctor.core.answer import Answer
from batchdoctor.core.names import NodeName, TaskName
from batchdoctor.errors import UsageError
from batchdoctor.mcp.arguments import (
    Arguments,
    OfAccount,
    OfFailures,
    OfFile,
    OfJob,
    OfLogs,
    OfNode,
    OfPool,
    OfSuspects,
    OfTask,
    OfText,
)
from batchdoctor.mcp.file_end import FileEnd, FileEndSummary, file_end
from batchdoctor.offline import explain as meanings
from batchdoctor.offline import parse_events
from batchdoctor.report.schemas import ANSWERS
from batchdoctor.report.schemas import Answer as Published


class Tool(msgspec.Struct, frozen=True, kw_only=True):
    """A question that an agent may ask; `answers` are the structs of its summary and items."""

    name: str
    use: str
    takes: type[Arguments]
    ask: Callable[[Account, Any], Answer[Any]]
    answers: Published
    of_account: bool = True


def _triage(account: Account, asked: OfAccount) -> Answer[Any]:
    return account.triage(asked.since)


def _job(account: Account, asked: OfJob) -> Answer[Any]:
    return account.diagnose_job(asked.job, since=asked.since)


def _pool(account: Account, asked: OfPool) -> Answer[Any]:
    return account.diagnose_pool(asked.pool)


def _node(account: Account, asked: OfNode) -> Answer[Any]:
    return account.node(asked.node)


def _task(account: Account, asked: OfTask) -> Answer[Any]:
    return account.task(asked.task, lines=asked.stderr_lines)


def _failed_tasks(account: Account, asked: OfFailures) -> Answer[Any]:
    if asked.by == "message":
        return account.failed_messages(asked.job, pool=asked.pool, since=asked.since)
    answer = account.failed_tasks(asked.job, pool=asked.pool, since=asked.since, limit=asked.limit)
    if len(answer) < asked.limit:
        return answer
    cut = f"note: no more than {asked.limit:,} tasks were read, and the numbers are of these"
    return msgspec.structs.replace(answer, notes=(*answer.notes, cut))


def _suspect_nodes(account: Account, asked: OfSuspects) -> Answer[Any]:
    return account.suspect_nodes(asked.pool, jobs=asked.job, since=asked.since)


def _explain(_account: Account, asked: OfText) -> Answer[Any]:
    return Answer(items=meanings(asked.text))


def _parse_events(_account: Account, asked: OfLogs) -> Answer[Any]:
    if "-" in asked.paths:
        raise UsageError("Standard input is taken.", hint="name files, folders or URLs")
    return parse_events(
        asked.paths,
        show=asked.show,
        since=_in_utc(asked.since),
        until=_in_utc(asked.until),
        jobs=[asked.job] if asked.job else (),
        pools=[asked.pool] if asked.pool else (),
    )


def _read_file(account: Account, asked: OfFile) -> Answer[FileEnd]:
    if (asked.task is None) == (asked.node is None):
        raise UsageError("A file is of a task, or of a node.", hint="give one of task and node")
    owner = NodeName.of(asked.node) if asked.node else TaskName.of(asked.task or "")
    return file_end(account, owner, asked.path, asked.lines)


def _in_utc(when: datetime | None) -> datetime | None:
    return when.replace(tzinfo=UTC) if when and when.tzinfo is None else when


TOOLS = (
    Tool(
        name="triage",
        use="What is wrong in the whole account, worst first? Start here if no job is named.",
        takes=OfAccount,
        ask=_triage,
        answers=ANSWERS["pool diagnose"],
    ),
    Tool(
        name="job",
        use="Why is this job stuck or failing, and is it the job or a node? Start here for a job.",
        takes=OfJob,
        ask=_job,
        answers=ANSWERS["job diagnose"],
    ),
    Tool(
        name="pool",
        use="Why is this pool not delivering nodes?",
        takes=OfPool,
        ask=_pool,
        answers=ANSWERS["pool diagnose"],
    ),
    Tool(
        name="suspect_nodes",
        use="Which nodes fail more than their jobs explain? To tell a node from a job: name both.",
        takes=OfSuspects,
        ask=_suspect_nodes,
        answers=ANSWERS["nodes suspect"],
    ),
    Tool(
        name="node",
        use="One node: state, errors, start task, recent tasks, verdict.",
        takes=OfNode,
        ask=_node,
        answers=ANSWERS["node show"],
    ),
    Tool(
        name="failed_tasks",
        use="Failed tasks, one by one, or `by: message` grouped by what they said (reads stderr).",
        takes=OfFailures,
        ask=_failed_tasks,
        answers=ANSWERS["tasks failed"],
    ),
    Tool(
        name="task",
        use="The whole story of one task: failure explained, node, end of stderr, next step.",
        takes=OfTask,
        ask=_task,
        answers=ANSWERS["task show"],
    ),
    Tool(
        name="read_file",
        use="The end of a file of a task or a node, where the story of the task has too little.",
        takes=OfFile,
        ask=_read_file,
        answers=Published(FileEndSummary, (FileEnd,)),
    ),
    Tool(
        name="explain",
        use="What does an error code, exit code, state or line of a program mean? Asks nobody.",
        takes=OfText,
        ask=_explain,
        answers=ANSWERS["explain"],
        of_account=False,
    ),
    Tool(
        name="parse_events",
        use="What do Batch diagnostic logs say? For what an account has forgotten.",
        takes=OfLogs,
        ask=_parse_events,
        answers=ANSWERS["events parse"],
        of_account=False,
    ),
)
