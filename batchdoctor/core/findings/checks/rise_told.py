"""How the rise of a job's failures is told: from when to when, and what changed just before it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from batchdoctor.core.findings.checks.facts import JobFacts
from batchdoctor.core.suspicion.changed_before import changes_before
from batchdoctor.core.suspicion.rise import Rise
from batchdoctor.core.text.wording import plural


def rise_span(rise: Rise) -> str:
    """Since when a job fails, or from when to when it did."""
    if rise.until is None:
        return f"since {to_the_minute(rise.since)}"
    return f"mostly from {to_the_minute(rise.since)} to {to_the_minute(rise.until)}"


def rise_evidence(facts: JobFacts) -> Iterator[str]:
    """What was before and after a rise, and what changed just before it."""
    rise = facts.rise
    if rise is None:
        return
    if rise.until is not None:
        yield (
            f"From {to_the_minute(rise.since)} to {to_the_minute(rise.until)} {rise.failures:,} of"
            f" {plural(rise.runs, 'task')} failed; before that {rise.failures_before:,} of"
            f" {rise.runs_before:,}, since then {rise.failures_after:,} of {rise.runs_after:,}."
        )
    yield from rise_changes(facts)


def rise_changes(facts: JobFacts) -> Iterator[str]:
    """What changed just before a job began to fail, as sentences of the evidence."""
    rise, pool = facts.rise, facts.pool
    if rise is not None:
        nodes = (pool and pool.nodes) or ()
        told = changes_before(rise, pool.pool if pool else None, nodes, facts.deployed)
        yield from map(before_it, told)


def before_it(change: str) -> str:
    """A change as a sentence that says when it was."""
    return f"Just before: {change[:1].lower()}{change[1:]}"


def to_the_minute(moment: datetime) -> str:
    """A moment as sentences have it."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"
