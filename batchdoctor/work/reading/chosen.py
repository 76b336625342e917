"""The jobs and pools that options name, in the service's own spelling, each once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from batchdoctor.core.records import Job, Pool
from batchdoctor.errors import NotFoundError
from batchdoctor.work.reading.reading import Reading

Record = TypeVar("Record")


def chosen_jobs(reading: Reading, names: Sequence[str] | None) -> Iterator[Job]:
    """The jobs that were named, or all of them. Raises NotFoundError if none of those exists."""
    if not names:
        return reading.each("jobs", reading.client.jobs(), unit="jobs")
    return iter(_named(reading, "job", names, reading.client.job))


def chosen_pools(reading: Reading, names: Sequence[str] | None) -> Iterator[Pool]:
    """The pools that were named, or all of them. Raises NotFoundError if none of those exists."""
    if not names:
        return reading.each("pools", reading.client.pools())
    return iter(_named(reading, "pool", names, reading.client.pool))


def _named(
    reading: Reading, kind: str, names: Sequence[str], read: Callable[[str], Record]
) -> list[Record]:
    """What exists of the names; the service does not tell their case apart, so nor do we."""
    found: list[Record] = []
    missing: list[tuple[str, NotFoundError]] = []
    for name in {name.lower(): name for name in reversed(names)}.values():
        try:
            found.append(read(name))
        except NotFoundError as error:
            missing.append((f"{kind} {name}", error))
    reading.begun = reading.begun or bool(found)
    for subject, absence in missing:
        reading.remember(subject, absence)
    return found[::-1]
