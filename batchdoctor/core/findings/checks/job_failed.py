"""The failures of one job that no suspect node explains, beside all of its tasks that ended."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec

from batchdoctor.core.failures.by_cause import Cause, CauseCount, NodeKey
from batchdoctor.core.findings.checks.facts import JobFacts


class JobFailed(msgspec.Struct, frozen=True):
    """The failures of a job that no suspect node explains."""

    facts: JobFacts
    causes: Mapping[Cause, CauseCount]
    on_suspects: int

    @property
    def total(self) -> int:
        """How many they are."""
        return sum(count.count for count in self.causes.values())

    @property
    def ended(self) -> int:
        """All tasks of the job that ended."""
        counts = self.facts.counts
        listed_ = self.total + self.on_suspects
        return max(counts.succeeded + counts.failed if counts else 0, listed_)

    @property
    def judged(self) -> int:
        """The tasks that ended, without those that failed on suspect nodes."""
        return self.ended - self.on_suspects

    @property
    def share(self) -> float:
        """Which share of the judged tasks they are."""
        return self.total / max(self.judged, 1)

    @property
    def nodes(self) -> set[NodeKey]:
        """The nodes on which they were."""
        return {node for count in self.causes.values() for node in count.nodes}


def job_failed(facts: JobFacts, suspects: Collection[NodeKey]) -> JobFailed | None:
    """The failures of a job that count for it; None where there are none."""
    if facts.failures is None or not facts.failures.recent:
        return None
    causes = facts.failures.by_cause(without=suspects)
    explained = facts.failures.total - sum(count.count for count in causes.values())
    return JobFailed(facts, causes, explained) if causes else None
