"""The next steps for one failed task: sentences and command lines with its own ids in them."""

from __future__ import annotations

import shlex
from functools import lru_cache

from batchdoctor.core.failures.signs import task_entry
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
_NETWORK_RULES = say(
    "Check the storage account's firewall and network rules against the pool's subnet and address."
)
_NEW_SAS = say(
    "Make a SAS that outlives the job and allows reading (sp=r); a managed identity on the pool"
    " does not expire."
)
_SHOW_TASK = run("batchdoctor task show --job JOB --task TASK")

# Where the rule of classification knows more than the code alone.
_BY_RULE: dict[str, tuple[Step, ...]] = {
    "ended-at-limit": _AFTER_TIME_LIMIT,
    "wall-clock-by-name": _AFTER_TIME_LIMIT,
    "ran-to-limit": _AFTER_TIME_LIMIT,
    "ended-with-job": _AFTER_REQUEST,
    "ended-by-request": _AFTER_REQUEST,
    "start-on-going-node": _ON_GOING_NODE,
    "lost-with-node": _ON_GOING_NODE,
    "told-disk-full": (
        run("batchdoctor node show NODE --pool POOL"),
        run(
            "batchdoctor node reimage NODE --pool POOL",
            "To free its disk of images and old files, which a reboot may not",
        ),
        say("Use fewer or smaller images, a shorter retentionTime, or a size with a larger disk."),
    ),
    "told-timed-out": (
        run("batchdoctor tasks reactivate JOB/TASK", "Run it again: such time-outs pass"),
        say(
            "Start fewer tasks at once on a new node, or name the image in the pool's"
            " containerConfiguration, so that it is there before the first task."
        ),
    ),
    "told-pull-limit": (
        say(
            "Log in to the registry, or name the image in the pool's containerConfiguration, so"
            " that each node pulls it once."
        ),
        run("batchdoctor tasks reactivate JOB/TASK", "Run it again later"),
    ),
    "told-wrong-processor": (
        say(
            "Build the image for the nodes: docker build --platform linux/amd64, or windows for"
            " Windows pools."
        ),
        _SHOW_TASK,
    ),
    "told-unauthorized": (
        say(
            "Check the registry's login in containerRegistries: server, user name and password,"
            " or an identity of the pool with AcrPull."
        ),
        _SHOW_TASK,
    ),
    "told-foreign-path": (
        say(
            "Give the resource file a filePath relative to the task's directory: it is where the"
            " file goes on the node, not where it is on your computer."
        ),
        _SHOW_TASK,
    ),
    "told-sas-expired": (_NEW_SAS, _SHOW_TASK),
    "told-network-rules": (
        _NETWORK_RULES,
        say("Check that the pool's identity has Storage Blob Data Reader on the account."),
        _SHOW_TASK,
    ),
    "sas-valid": (
        _NETWORK_RULES,
        say("Make a new SAS if the storage key that signed this one was rotated."),
        _SHOW_TASK,
    ),
    "sas-expired": (_NEW_SAS, _SHOW_TASK),
    "sas-not-yet": (
        say("Let the SAS begin some minutes before it is used, or leave st= out."),
        _SHOW_TASK,
    ),
    "sas-no-read": (_NEW_SAS, _SHOW_TASK),
    "sas-missing": (
        say(
            "Give the pool a managed identity with Storage Blob Data Reader and name it in the"
            " resource file, or add a SAS to the URL."
        ),
        _NETWORK_RULES,
        _SHOW_TASK,
    ),
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


def told_steps(rule: str) -> tuple[Step, ...]:
    """What helps where the details of a failure tell the cause, with places for the ids."""
    return _BY_RULE[rule]


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
