"""The rules of classification: an ordered table, of which the first match wins.

Sources: https://learn.microsoft.com/azure/batch/error-handling and
https://learn.microsoft.com/azure/batch/batch-job-task-error-checking
"""

from __future__ import annotations

from batchdoctor.core.failures.rule import Rule
from batchdoctor.core.failures.signs import Timing
from batchdoctor.core.failures.told_rules import TOLD
from batchdoctor.core.meaning.category import Category
from batchdoctor.core.meaning.exit_codes import (
    LIBRARIES_MISSING,
    NOT_STARTED,
    SIGKILL,
    SIGTERM,
    STATUS_CONTROL_C_EXIT,
    signal_of,
)
from batchdoctor.core.nodes.states import Trait, has_trait
from batchdoctor.core.records import same

# How the codes begin that keep a task from starting; the service adds codes to these families.
START_FAMILIES = ("blob", "resource", "container", "command", "applicationpackage", "mount")
_BY_SHELLS = NOT_STARTED - LIBRARIES_MISSING
# What a signal leaves open, unless the container runtime says more.
NOBODY_TELLS = "; nothing tells who sent the signal"


RULES: tuple[Rule, ...] = (
    Rule("not-failed", lambda e: not e.failed, Category.UNKNOWN, "The task has not failed."),
    Rule(
        "ended-at-limit",
        lambda e: e.says("TaskEnded") and e.timing is Timing.REACHED,
        Category.CONSTRAINT,
        "Batch ended it after its time limit of {limit}.",
    ),
    Rule(
        "ended-with-job",
        # The last task's end is what AllTasksComplete follows, so that never ended a task.
        lambda e: (
            e.says("TaskEnded")
            and e.job_end is not None
            and not same(e.job_end, "AllTasksComplete")
        ),
        Category.CONSTRAINT,
        "Batch ended it, and its job ended for {job_end}, which ends the tasks that still run.",
    ),
    Rule(
        "ended-by-request",
        lambda e: e.says("TaskEnded") and e.timing is not Timing.UNKNOWN,
        Category.CONSTRAINT,
        "Batch ended it, and not for its time limit: somebody or some program asked for it.",
    ),
    Rule(
        "ended",
        lambda e: e.says("TaskEnded"),
        Category.CONSTRAINT,
        "Batch ended it, at its time limit or by request; the limit is not told here.",
    ),
    *TOLD,
    Rule(
        "file-upload",
        lambda e: e.listed is Category.FILE_UPLOAD,
        Category.FILE_UPLOAD,
        "{code}: the program ended, and its output files were not stored.",
    ),
    Rule(
        "file-upload-by-name",
        lambda e: e.unlisted.startswith("fileupload"),
        Category.FILE_UPLOAD,
        "{code} is not in the catalog; its name is that of a failed upload.",
        guessed=True,
    ),
    Rule(
        "start-on-going-node",
        lambda e: e.says("CommandLaunchFailed") and has_trait(e.node_state, Trait.GOES),
        Category.NODE,
        "The command could not be started, and the node is {node}: it was going away.",
        guessed=True,
    ),
    Rule(
        "could-not-start",
        lambda e: e.listed is Category.PREPROCESSING,
        Category.PREPROCESSING,
        "{code}: the task could not start.",
    ),
    Rule(
        "node-fault",
        lambda e: e.listed is Category.NODE,
        Category.NODE,
        "{code}: the node or the service failed the task.",
    ),
    Rule(
        "wall-clock-by-name",
        lambda e: "wallclock" in e.unlisted,
        Category.CONSTRAINT,
        "{code} is not in the catalog; its name is that of a time limit.",
        guessed=True,
    ),
    Rule(
        "ran-to-limit",
        lambda e: e.timing is Timing.REACHED,
        Category.CONSTRAINT,
        "It ran for its whole time limit of {limit}, so Batch most likely ended it.",
        guessed=True,
    ),
    Rule(
        "control-c",
        lambda e: e.exit_code == STATUS_CONTROL_C_EXIT,
        Category.CONSTRAINT,
        "It returned 0xC000013A, as processes on Windows do that Batch ends.",
        guessed=True,
    ),
    Rule(
        "libraries-missing",
        lambda e: (
            e.exit_code in LIBRARIES_MISSING and (e.code is None or e.says("FailureExitCode"))
        ),
        Category.APPLICATION,
        "It returned {exit}: the program itself was not started.",
    ),
    Rule(
        "not-started-by-exit-code",
        lambda e: e.exit_code in _BY_SHELLS and (e.code is None or e.says("FailureExitCode")),
        Category.APPLICATION,
        "It returned {exit}: the program itself was not started.",
    ),
    Rule(
        "exit-code",
        lambda e: e.listed is Category.APPLICATION,
        Category.APPLICATION,
        "The program ran and returned {exit}.",
    ),
    Rule(
        "unknown-to-service",
        lambda e: e.listed is Category.UNKNOWN,
        Category.UNKNOWN,
        "The service itself does not know why.",
    ),
    Rule(
        "start-by-name",
        lambda e: e.unlisted.startswith(START_FAMILIES),
        Category.PREPROCESSING,
        "{code} is not in the catalog; its name is that of a failed start.",
        guessed=True,
    ),
    Rule(
        "service-fault",
        # ServerError is the service's own word for "not the fault of the task's specification".
        lambda e: e.service == "servererror",
        Category.NODE,
        "The service calls it an error of its own (ServerError) and gives no code we know.",
        guessed=True,
    ),
    Rule(
        "failed-after-success",
        lambda e: e.exit_code == 0,
        Category.FILE_UPLOAD,
        "The program returned 0 and the task failed: all that comes after it is the upload.",
        guessed=True,
    ),
    Rule(
        "killed",
        lambda e: (
            e.code is None
            and e.exit_code is not None
            and signal_of(e.exit_code) in {SIGKILL, SIGTERM}
        ),
        Category.APPLICATION,
        f"It returned {{exit}}{NOBODY_TELLS}.",
        guessed=True,
    ),
    Rule(
        "exit-code-alone",
        lambda e: e.code is None and e.exit_code is not None,
        Category.APPLICATION,
        "The program ran and returned {exit}; no failure code is told.",
    ),
    Rule(
        "exit-code-with-new-code",
        lambda e: e.exit_code is not None,
        Category.APPLICATION,
        "{code} is not in the catalog; the program ran and returned {exit}.",
        guessed=True,
    ),
    Rule(
        "lost-with-node",
        lambda e: has_trait(e.node_state, Trait.GOES),
        Category.NODE,
        "Nothing tells why it failed, but its node is {node}.",
        guessed=True,
    ),
    Rule(
        "never-ran",
        lambda e: e.service == "usererror",
        Category.PREPROCESSING,
        "The service blames the task (UserError), and no process ran that could have failed.",
        guessed=True,
    ),
    Rule(
        "nothing-known", lambda _: True, Category.UNKNOWN, "Neither a code nor an exit code tells."
    ),
)
