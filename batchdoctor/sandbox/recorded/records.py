"""What was recorded of an account, as whoever keeps it hands it over."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

Document = Mapping[str, Any]


class Content(Protocol):
    """What was kept of a file: its bytes from `start` on, its whole size, its other headers."""

    data: bytes
    start: int
    size: int
    headers: dict[str, str]


class Records(Protocol):
    """Where recorded documents are; None is what was not recorded.

    Ids come as they were asked for, whatever their case.
    """

    def documents(self, kind: str, *of: str) -> Sequence[Document] | None:
        """The documents of a list: `("jobs",)`, `("nodes", POOL)`, `("tasks", JOB)`.

        Of the `endings` of a job each has only what a failure is told from, and what it ran.
        """

    def missing(self, kind: str, *of: str) -> Collection[str]:
        """What of a list is not there: `all`, or `failed`, `succeeded`, `active`, `running`.

        Of jobs it may be those that ended before a time: `ended-before:2026-11-20T22:00:00Z`.
        """

    def refusal(self, kind: str, *of: str) -> str | None:
        """The code with which the service refused a list or a file."""

    def content(self, *of: str) -> Content | None:
        """What was kept of a file: `("jobs", JOB, TASK, PATH)`, `("pools", POOL, NODE, PATH)`."""
