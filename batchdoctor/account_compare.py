"""The part of the Python face that says what differs between two of a kind."""

from __future__ import annotations

from batchdoctor.core.answer import Answer
from batchdoctor.core.comparison.difference import Difference
from batchdoctor.core.names import NodeName, TaskName
from batchdoctor.work.answers import comparisons
from batchdoctor.work.answers.asking import Asking


class AccountCompare:
    """Comparisons of jobs, tasks and nodes; the summary says what is the same.

    Of jobs and tasks the older one is `before`, in whatever order they are named.
    """

    _asking: Asking

    def compare_jobs(self, job: str, other: str | None = None) -> Answer[Difference]:
        """What is different about a job? Without another, one like it that went well is found.

        As `compare jobs`. Raises NotFoundError where there is none to compare with.
        """
        return comparisons.jobs(self._asking, job, other)

    def compare_tasks(
        self, task: str | TaskName, other: str | TaskName | None = None
    ) -> Answer[Difference]:
        """What is different about a task? As `compare tasks`."""
        partner = None if other is None else TaskName.of(other)
        return comparisons.tasks(self._asking, TaskName.of(task), partner)

    def compare_nodes(self, first: str | NodeName, second: str | NodeName) -> Answer[Difference]:
        """What differs between two nodes? As `compare nodes`."""
        return comparisons.nodes(self._asking, NodeName.of(first), NodeName.of(second))
