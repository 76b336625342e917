"""What differs between two jobs, tasks, nodes, logs or bundles."""

from __future__ import annotations

from collections.abc import Sequence

from batchdoctor.core.answer import Answer
from batchdoctor.core.comparison.conclusion import Comparison
from batchdoctor.core.comparison.difference import Difference
from batchdoctor.core.names import NodeName, TaskName
from batchdoctor.core.problem import Problem
from batchdoctor.events.selection import Selection
from batchdoctor.work.answers.asking import Asking
from batchdoctor.work.comparison.bundles import OpenBundle, compare_bundles
from batchdoctor.work.comparison.jobs import compare_jobs
from batchdoctor.work.comparison.logs import compare_logs
from batchdoctor.work.comparison.nodes import compare_nodes
from batchdoctor.work.comparison.tasks import compare_tasks
from batchdoctor.work.reading.reading import Reading
from batchdoctor.work.surroundings import Quiet


def jobs(asking: Asking, job: str, other: str | None) -> Answer[Difference]:
    """Two jobs, the other one looked for where it is not named."""
    reading = asking.reading()
    return _answer(asking, reading, compare_jobs(reading, job, other))


def tasks(asking: Asking, name: TaskName, other: TaskName | None) -> Answer[Difference]:
    """Two tasks, the other one looked for where it is not named."""
    reading = asking.reading()
    return _answer(asking, reading, compare_tasks(reading, name, other))


def nodes(asking: Asking, first: NodeName, second: NodeName) -> Answer[Difference]:
    """Two nodes."""
    reading = asking.reading()
    return _answer(asking, reading, compare_nodes(reading, first, second))


def logs(old: str, new: str, selection: Selection) -> Answer[Difference]:
    """Two event logs."""
    outside, problems = Quiet(), list[Problem]()
    return _told(compare_logs(outside, old, new, selection, problems), problems, outside.notes)


def bundles(old: OpenBundle, new: OpenBundle, outside: Quiet) -> Answer[Difference]:
    """An account in two bundles."""
    found = compare_bundles(old, new)
    for each in (old, new):
        each.reading.finish()
    problems = [*old.reading.problems, *new.reading.problems]
    return _told(found, problems, outside.notes)


def _answer(asking: Asking, reading: Reading, found: Comparison) -> Answer[Difference]:
    items = [each.item for each in found.found]
    return asking.answer(reading, items, found.summary, checked=found.checked)


def _told(
    found: Comparison, problems: Sequence[Problem], notes: Sequence[str]
) -> Answer[Difference]:
    return Answer(
        items=[each.item for each in found.found],
        summary=found.summary,
        problems=problems,
        notes=tuple(notes),
        checked=found.checked,
    )
