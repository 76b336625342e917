"""Whose file is meant, and which: the words of the command line as a source or a pattern."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated

import typer

from batchdoctor.cli.options import expanded_words
from batchdoctor.cli.world import World
from batchdoctor.errors import UsageError
from batchdoctor.work.files.owner import STANDARD_NAMES, Owner, OwnerKind

_NAMES_OWNER = re.compile(r"[^/*?\[]+/[^/*?\[]+")
_START_TASK_FOLDER = "startup"

PoolOption = Annotated[
    str | None, typer.Option("--pool", "--pool-id", help="Pool of the node.", metavar="POOL")
]
NodeOption = Annotated[
    str | None, typer.Option("--node", "--node-id", help="The node, or POOL/NODE.", metavar="NODE")
]
StartTask = Annotated[
    bool, typer.Option("--start-task", help="stdout and stderr of the node's start task.")
]
Raw = Annotated[
    bool, typer.Option("--raw", help="Leave control characters as they are on a terminal.")
]


def named_owner(
    words: Sequence[str], task: tuple[str | None, str | None], node: tuple[str | None, str | None]
) -> tuple[list[str], Owner]:
    """The files that are named, and whose: by options, or by a last `JOB/TASK` or `POOL/NODE`.

    Raises UsageError.
    """
    files = list(words)
    if not any((*task, *node)):
        at = next((i for i in reversed(range(len(files))) if _NAMES_OWNER.fullmatch(files[i])), -1)
        if at >= 0:
            owner = files.pop(at)
            # The ids of nodes are the service's own and begin like this.
            is_node = owner.partition("/")[2].lower().startswith("tvm")
            task, node = (task, (None, owner)) if is_node else ((None, owner), node)
    return files, owner_of(task, node)


def owner_read(words: Sequence[str], world: World) -> list[str]:
    """The words, with what standard input names where the last of them is `-`."""
    return expanded_words(words, world) if words and words[-1] == "-" else list(words)


def one_owner(words: Sequence[str], world: World) -> list[str]:
    """The same for those who take one task or node. Raises UsageError where several are named."""
    read = owner_read(words, world)
    if len(read) > len(words):
        count = len(read) - len(words) + 1
        raise UsageError(
            f"Standard input names {count:,} tasks or nodes, and one is taken.",
            hint="files tail takes several tasks; tasks failed --save-logs DIR keeps their output",
        )
    return read


def owner_of(task: tuple[str | None, str | None], node: tuple[str | None, str | None]) -> Owner:
    """Whose files the options name. `task` and `node` are (group, id). Raises UsageError."""
    task_name, node_name = _pair(*task, "JOB/TASK"), _pair(*node, "POOL/NODE")
    if task_name and not node_name:
        return Owner(OwnerKind.TASK, *task_name)
    if node_name and not task_name:
        return Owner(OwnerKind.NODE, *node_name)
    raise UsageError(
        "Say whose file it is: either a task's or a node's.",
        hint="add JOB/TASK or POOL/NODE, or the options that name them",
    )


def path_of(file: str, owner: Owner, *, start_task: bool) -> str:
    """The path that a word means: `stdout` and `stderr` have their own. Raises UsageError."""
    if start_task and owner.kind is not OwnerKind.NODE:
        raise UsageError("--start-task is about a node.", hint="add --pool POOL --node NODE")
    if start_task:
        return f"{_START_TASK_FOLDER}/{STANDARD_NAMES.get(file, file)}"
    if owner.kind is OwnerKind.NODE and file in STANDARD_NAMES:
        raise UsageError(
            f"A node has no {file} of its own.",
            hint=f"add --start-task, or name a path such as startup/{STANDARD_NAMES[file]}",
        )
    return STANDARD_NAMES.get(file, file)


def _pair(owner: str | None, name: str | None, form: str) -> tuple[str, str] | None:
    """Owner and id from two options, or from one that holds both. Raises UsageError."""
    if name and "/" in name and not owner:
        owner, _, name = name.partition("/")
    if not owner and not name:
        return None
    if not owner or not name:
        group, kind = form.lower().split("/")
        missing, known = (kind, f"{group} {owner}") if owner else (group, f"{kind} {name}")
        raise UsageError(
            f"The {missing} is not named, only the {known}.",
            hint=f"add --{missing} {missing.upper()}",
        )
    return owner, name
