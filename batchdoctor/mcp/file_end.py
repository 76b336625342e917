"""The end of a file as an item of an answer."""

from __future__ import annotations

from batchdoctor.account import Account
from batchdoctor.core.answer import Answer
from batchdoctor.core.item import Item
from batchdoctor.core.names import NodeName, TaskName


class FileEnd(Item, frozen=True, kw_only=True):
    """The last lines of a file of a task, or of a node."""

    job_id: str | None
    task_id: str | None
    pool_id: str | None
    node_id: str | None
    path: str
    lines: tuple[str, ...]


class FileEndSummary(Item, frozen=True, kw_only=True):
    """How many lines were read."""

    lines: int


def file_end(
    account: Account, owner: TaskName | NodeName, path: str, lines: int
) -> Answer[FileEnd]:
    """The last lines of a file; bytes that are no UTF-8 are escaped."""
    data = account.tail(owner, path, lines=lines)
    # Lines end where a program ends them, and not at each of Unicode's separators.
    text = data.decode("utf-8", "backslashreplace").replace("\r\n", "\n")
    read = tuple(text.removesuffix("\n").split("\n")) if text else ()
    task = owner if isinstance(owner, TaskName) else None
    node = owner if isinstance(owner, NodeName) else None
    end = FileEnd(
        job_id=task.job_id if task else None,
        task_id=task.task_id if task else None,
        pool_id=node.pool_id if node else None,
        node_id=node.node_id if node else None,
        path=path,
        lines=read,
    )
    return Answer(items=[end], summary=FileEndSummary(lines=len(read)))
