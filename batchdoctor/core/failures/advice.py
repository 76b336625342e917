"""The next steps for one failed task: sentences and command lines with its own ids in them."""

from __future__ import annotations

import shlex
from functools import lru_cache

from batchdoctor.core.failures.signs import task_entry
from batchdoctor.core.failures.told_steps import TOLD_STEPS
from batchdoctor.core.meaning.category import Category
from batchdoctor.core.text.step import PLACES, Step, places_in, quoted, run, say, template_of

MOST_ITEMS = 3

_AFTER_TIME_LIMIT = (
    say("If it was still making progress, raise its maxWallClockTime; if not, it hung."),
    run("batchdoctor files tail stdout --job JOB --task TASK"),
    run("batchdoctor task show --job JOB --task TASK"),
)
_AFTER_REQUEST = (
    run("batchdoctor job diagnose --job JOB"),
    run("batchdoctor tasks reactivate JOB/TASK", "If it was ended by mistake, run it again"),
)
_ON_GOING_NODE = (
    run("batchdoctor tasks reactivate JOB/TASK", "Run it again on another node"),
    run("batchdoctor node show NODE --pool POOL"),
)
# Where the rule of classification knows more than the code alone.
_BY_RULE: dict[str, tuple[Step, ...]] = {
    "ended-at-limit": _AFTER_TIME_LIMIT,
    "wall-clock-by-name": _AFTER_TIME_LIMIT,
    "ran-to-limit": _AFTER_TIME_LIMIT,
    "ended-with-job": _AFTER_REQUEST,
    "ended-by-request": _AFTER_REQUEST,
    "libraries-missing": (
        run("batchdoctor files tail stderr --job JOB --task TASK"),
        say(
            "Put the runtime and the libraries that the program needs on the node: by start task,"
            " application package or image."
        ),
        run("batchdoctor task show --job JOB --task TASK"),
    ),
    "start-on-going-node": _ON_GOING_NODE,
    "lost-with-node": _ON_GOING_NODE,
    **TOLD_STEPS,
}

# Where there is no code, or one that the catalog does not know.
_BY_CATEGORY: dict[Category, tuple[Step, ...]] = {
    Category.PREPROCESSING: (
        run("batchdoctor task show --job JOB --task TASK"),
        run("batchdoctor job diagnose --job JOB"),
    ),
    Category.FILE_UPLOAD: (
        run("batchdoctor files list --job JOB --task TASK", "Save what is still on the node"),
        run("batchdoctor files get fileuploaderr.txt --job JOB --task TASK"),
    ),
    Category.APPLICATION: (
        run("batchdoctor files tail stderr --job JOB --task TASK"),
        run("batchdoctor task show --job JOB --task TASK"),
    ),
    Category.CONSTRAINT: _AFTER_TIME_LIMIT,
    Category.NODE: (
        run("batchdoctor nodes suspect --pool POOL"),
        run("batchdoctor node show NODE --pool POOL"),
        run("batchdoctor tasks reactivate JOB/TASK"),
    ),
    Category.UNKNOWN: (
        run("batchdoctor task show --job JOB --task TASK"),
        run("batchdoctor node show NODE --pool POOL"),
    ),
}


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
) -> tuple[Step, ...]:
    """At most three next steps, first things first.

    A command line that needs an id that is not known is left out. `retried`: retries were allowed
    and did not help, so more of them are not advised.
    """
    unknown = (not job_id, not task_id, not pool_id, not node_id)
    lines = _lines(rule, code, category, retried, *unknown)
    values = {
        "JOB": quoted(job_id or ""),
        "TASK": shlex.quote(task_id or ""),  # comes once, and so is not worth remembering
        "POOL": quoted(pool_id or ""),
        "NODE": quoted(node_id or ""),
    }
    return tuple(
        [
            step if template is None else Step(step.say, template % values)
            for step, template in lines
        ]
    )


# The same few lines serve all failures of a kind, whatever their ids.
@lru_cache(maxsize=1024)
def _lines(
    rule: str,
    code: str | None,
    category: Category,
    retried: bool,  # noqa: FBT001 - the cache's key is made of positions
    *unknown: bool,
) -> tuple[tuple[Step, str | None], ...]:
    """The next steps, each with the template of its command line; none needs an `unknown` id."""
    missing = {place for place, is_unknown in zip(PLACES, unknown, strict=True) if is_unknown}
    entry = task_entry(code) if code else None
    steps = _BY_RULE.get(rule) or (entry.actions if entry else _BY_CATEGORY[category])
    usable = [
        step
        for step in steps
        if missing.isdisjoint(places_in(step)) and not (retried and step.for_retries)
    ]
    return tuple((step, template_of(step)) for step in usable[:MOST_ITEMS])
