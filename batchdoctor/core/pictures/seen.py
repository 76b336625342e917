"""What is seen go by while an account is diagnosed, kept to be drawn: it is read once anyway."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from batchdoctor.core.failures.failure import Failure
from batchdoctor.core.findings.checks.facts import JobFacts, PoolFacts
from batchdoctor.core.pictures.matrix import NodeKey
from batchdoctor.core.records import Task
from batchdoctor.core.suspicion.begun import Share
from batchdoctor.core.timeline.gathered import Asked, Gathered
from batchdoctor.core.timeline.happening import Happening
from batchdoctor.core.timeline.of_pool import of_job, of_pool
from batchdoctor.core.timeline.of_task import failed, failure_label, repeated

_LONGEST = 60


class Seen:
    """What happened since a moment, and what failed in which way on which node."""

    def __init__(self, since: datetime | None) -> None:
        self._gathered = Gathered(Asked(since=since))
        self._since = since
        self._failures: Counter[tuple[str, NodeKey]] = Counter()
        self._labels: dict[tuple[str, str], str] = {}
        self._said: Mapping[tuple[str, str], str] = {}

    def task(self, task: Task, failure: Failure | None) -> None:
        """See an ended task, and its failure where it failed."""
        self._add(repeated(task))
        if failure is None:
            return
        found = failed(failure)
        self._add([found] if found else [])
        if self._since and failure.end_time and failure.end_time < self._since:
            return
        label = failure_label(failure.code, failure.exit_code)
        self._labels[failure.job_id, failure.task_id] = label
        if failure.node_id:
            self._failures[label, (failure.pool_id or "", failure.node_id)] += 1

    def judged(
        self,
        pools: Iterable[PoolFacts],
        jobs: Iterable[JobFacts],
        said: Mapping[tuple[str, str], str],
    ) -> None:
        """See the rest; `said` is what the words of some failed tasks tell, by job and task."""
        for pool in pools:
            self._add(of_pool(pool.pool, pool.nodes or ()))
        for job in jobs:
            self._add(of_job(job.job))
        self._said = said

    @property
    def happenings(self) -> list[Happening]:
        """Everything that happened, in the order of time."""
        return list(self._gathered.every())

    def by_message(self) -> dict[tuple[str, NodeKey], Share]:
        """Failures by what they say and by node.

        An exit code has its words where all that were read of it say the same.
        """
        words: dict[str, set[str]] = {}
        for task, told in self._said.items():
            if task in self._labels:
                words.setdefault(self._labels[task], set()).add(told)
        agreed = {label: min(told) for label, told in words.items() if len(told) == 1}
        found: Counter[tuple[str, NodeKey]] = Counter()
        for (label, node), times in self._failures.items():
            name = f"{label}: {agreed[label][:_LONGEST]}" if agreed.get(label) else label
            found[name, node] += times
        return {key: Share(times, times) for key, times in found.items()}

    def _add(self, happenings: Iterable[Happening]) -> None:
        for each in happenings:
            self._gathered.add(each)
