"""Failures counted by category, code, exit code, node and job; grows with those, not with tasks."""

from __future__ import annotations

import msgspec

from batchdoctor.core.failures.failure import Failure
from batchdoctor.core.failures.wording import out_of_memory


class FailureCounts(msgspec.Struct):
    """A fold over failures. Keys are as the service spells them; nodes are `POOL/NODE`."""

    tasks: int = 0
    by_category: dict[str, int] = msgspec.field(default_factory=dict)
    by_code: dict[str, int] = msgspec.field(default_factory=dict)
    by_exit_code: dict[str, int] = msgspec.field(default_factory=dict)
    by_node: dict[str, int] = msgspec.field(default_factory=dict)
    by_job: dict[str, int] = msgspec.field(default_factory=dict)
    out_of_memory: dict[str, int] = msgspec.field(default_factory=dict)
    """By exit code, those that the container runtime says were killed for lack of memory."""

    def add(self, failure: Failure) -> None:
        """Count one failure; what it does not tell is not counted there."""
        self.tasks += 1
        _count(self.by_category, failure.category.value)
        _count(self.by_job, failure.job_id)
        if failure.code is not None:
            _count(self.by_code, failure.code)
        if failure.node_id:
            _count(self.by_node, f"{failure.pool_id}/{failure.node_id}")
        if failure.exit_code is not None:
            exit_code = str(failure.exit_code)
            _count(self.by_exit_code, exit_code)
            if out_of_memory(failure):
                _count(self.out_of_memory, exit_code)


def key_of(failure: Failure, by: str) -> str | None:
    """The key of a failure's group by `node`, `code`, `category`, `exit-code` or `job`."""
    key = {
        "node": f"{failure.pool_id}/{failure.node_id}" if failure.node_id else None,
        "code": failure.code,
        "category": failure.category,
        "exit-code": failure.exit_code,
        "job": failure.job_id,
    }[by]
    return None if key is None else str(key)


def _count(counts: dict[str, int], key: str) -> None:
    counts[key] = counts.get(key, 0) + 1


def largest_first(counts: dict[str, int]) -> dict[str, int]:
    """The same counts, the largest first and equal ones by name."""
    return dict(sorted(counts.items(), key=lambda entry: (-entry[1], entry[0])))
