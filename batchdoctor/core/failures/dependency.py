"""Dependencies between tasks: which tasks one waits for, and whether it waits in vain.

https://learn.microsoft.com/azure/batch/batch-task-dependencies
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from batchdoctor.core.failures.signs import failure_information, has_failed
from batchdoctor.core.meaning.catalog import Where, load_catalog
from batchdoctor.core.meaning.category import Category
from batchdoctor.core.records import ExitConditions, ExitOptions, Task, same

# A range may span millions of ids; nobody looks at more of them than this.
MOST_IDS = 10_000


def dependency_ids(task: Task) -> Iterator[str]:
    """The ids of the tasks that a task waits for; of very long ranges the first."""
    depends = task.depends_on
    if depends is None:
        return
    yield from depends.task_ids or ()
    for ids in depends.task_id_ranges or ():
        if ids.start is not None and ids.end is not None:
            yield from map(str, islice(range(ids.start, ids.end + 1), MOST_IDS))


def never_satisfies(task: Task) -> bool:
    """Whether the tasks that depend on this one wait in vain: it failed, and that blocks them.

    By default a failure blocks; a task's exit conditions may say that it satisfies.
    """
    if not same(task.state, "completed") or not has_failed(task):
        return False
    options = _options(task)
    return not (options and same(options.dependency_action, "satisfy"))


def _options(task: Task) -> ExitOptions | None:
    """What the exit conditions say about the way in which the task failed."""
    conditions, execution = task.exit_conditions, task.execution_info
    if conditions is None or execution is None:
        return None
    information = failure_information(execution)
    code = information.code if information else None
    entry = load_catalog().find(code, Where.TASK) if code else None
    category = entry.category if entry else None
    if category is Category.FILE_UPLOAD and conditions.file_upload_error:
        return conditions.file_upload_error
    if execution.exit_code is None:
        return conditions.pre_processing_error or conditions.default
    return _of_exit_code(conditions, execution.exit_code) or conditions.default


def _of_exit_code(conditions: ExitConditions, exit_code: int) -> ExitOptions | None:
    for single in conditions.exit_codes or ():
        if single.code == exit_code:
            return single.exit_options
    for several in conditions.exit_code_ranges or ():
        if several.start is None or several.end is None:
            continue
        if several.start <= exit_code <= several.end:
            return several.exit_options
    return None
