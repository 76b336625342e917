"""The next steps for one failed task: sentences and command lines with its own ids in them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from functools import lru_cache

from batchdoctor.core.failures.signs import task_entry
from batchdoctor.core.meaning.category import Category

MOST_ITEMS = 3

_AFTER_TIME_LIMIT = (
    "If it was still making progress, raise its maxWallClockTime; if not, it hung.",
    "batchdoctor files tail stdout --job JOB --task TASK",
    "batchdoctor task show --job JOB --task TASK",
)
_AFTER_REQUEST = (
    "batchdoctor job diagnose --job JOB",
    "If it was ended by mistake, run it again: batchdoctor tasks reactivate JOB/TASK",
)
_ON_GOING_NODE = (
    "Run it again on another node: batchdoctor tasks reactivate JOB/TASK",
    "batchdoctor node show NODE --pool POOL",
)

# Where the rule of classification knows more than the code alone.
_BY_RULE: dict[str, tuple[str, ...]] = {
    "ended-at-limit": _AFTER_TIME_LIMIT,
    "wall-clock-by-name": _AFTER_TIME_LIMIT,
    "ran-to-limit": _AFTER_TIME_LIMIT,
    "ended-with-job": _AFTER_REQUEST,
    "ended-by-request": _AFTER_REQUEST,
    "start-on-going-node": _ON_GOING_NODE,
    "lost-with-node": _ON_GOING_NODE,
}

# Where there is no code, or one that the catalog does not know.
_BY_CATEGORY: dict[Category, tuple[str, ...]] = {
    Category.PREPROCESSING: (
        "batchdoctor task show --job JOB --task TASK",
        "batchdoctor job diagnose --job JOB",
    ),
    Category.FILE_UPLOAD: (
        "Save what is still on the node: batchdoctor files list --job JOB --task TASK",
        "batchdoctor files get fileuploaderr.txt --job JOB --task TASK",
    ),
    Category.APPLICATION: (
        "batchdoctor files tail stderr --job JOB --task TASK",
        "batchdoctor task show --job JOB --task TASK",
    ),
    Category.CONSTRAINT: _AFTER_TIME_LIMIT,
    Category.NODE: (
        "batchdoctor nodes suspect --pool POOL",
        "batchdoctor node show NODE --pool POOL",
        "batchdoctor tasks reactivate JOB/TASK",
    ),
    Category.UNKNOWN: (
        "batchdoctor task show --job JOB --task TASK",
        "batchdoctor node show NODE --pool POOL",
    ),
}

_MORE_RETRIES = "set maxTaskRetryCount"
_COMMAND = re.compile(r"\bbatchdoctor .*")
_PLACES = ("JOB", "TASK", "POOL", "NODE")
_PLACE = re.compile(rf"\b(?:{'|'.join(_PLACES)})\b")


def advice_for(
    *,
    rule: str,
    code: str | None,
    category: Category,
    job_id: str | None,
    task_id: str | None,
    pool_id: str | None,
    node_id: str | None,
    retried: bool = False,
) -> tuple[str, ...]:
    """At most three next steps, first things first.

    Command lines are quoted for a POSIX shell; one that needs an id that is not known is left out.
    `retried`: retries were allowed and did not help, so more of them are not advised.
    """
    unknown = (not job_id, not task_id, not pool_id, not node_id)
    lines = _lines(rule, code, category, retried, *unknown)
    quoted = {
        "JOB": _quoted(job_id or ""),
        "TASK": shlex.quote(task_id or ""),
        "POOL": _quoted(pool_id or ""),
        "NODE": _quoted(node_id or ""),
    }
    return tuple([line % quoted for line in lines])


# Jobs, pools and nodes come again and again; a task id does not.
_quoted = lru_cache(maxsize=4096)(shlex.quote)


# The same few lines serve all failures of a kind, whatever their ids.
@lru_cache(maxsize=1024)
def _lines(
    rule: str,
    code: str | None,
    category: Category,
    retried: bool,  # noqa: FBT001 - the cache's key is made of positions
    *unknown: bool,
) -> tuple[str, ...]:
    """Format strings of the next steps, without those that need an id that is `unknown`."""
    missing = {place for place, is_unknown in zip(_PLACES, unknown, strict=True) if is_unknown}
    entry = task_entry(code) if code else None
    items = _BY_RULE.get(rule) or (entry.actions if entry else _BY_CATEGORY[category])
    usable = [
        item
        for item in items
        if missing.isdisjoint(_named_in(item)) and not (retried and _MORE_RETRIES in item)
    ]
    return tuple(_format_string(item) for item in usable[:MOST_ITEMS])


def _named_in(item: str) -> list[str]:
    """The places for ids in the command line of an item."""
    command = _COMMAND.search(item)
    return _PLACE.findall(command[0]) if command else []


def _format_string(item: str) -> str:
    escaped = item.replace("%", "%%")
    return _COMMAND.sub(lambda line: _PLACE.sub(r"%(\g<0>)s", line[0]), escaped)


def filled(
    items: Sequence[str],
    *,
    job_id: str | None = None,
    task_id: str | None = None,
    pool_id: str | None = None,
    node_id: str | None = None,
) -> tuple[str, ...]:
    """Actions of the catalog with ids in place of JOB, TASK, POOL and NODE.

    A command line that needs an id that is not given is left out.
    """
    ids = dict(zip(_PLACES, (job_id, task_id, pool_id, node_id), strict=True))
    missing = {place for place, value in ids.items() if not value}
    quoted = {place: _quoted(value or "") for place, value in ids.items()}
    usable = [item for item in items if missing.isdisjoint(_named_in(item))]
    return tuple(_format_string(item) % quoted for item in usable)
