"""Who waits for a pool, in words."""

from __future__ import annotations

from batchdoctor.core.findings.checks.facts import PoolFacts
from batchdoctor.core.text.wording import listed, plural, verb


def waiting_evidence(facts: PoolFacts) -> tuple[str, ...]:
    """Who suffers: how many tasks of which jobs wait for the pool."""
    return (f"{who_waits(facts)}.",) if facts.waiting else ()


def who_waits(facts: PoolFacts) -> str:
    """How many tasks wait for the pool, and whose they are."""
    tasks = sum(facts.waiting.values())
    jobs = listed(sorted(facts.waiting))
    return f"{plural(tasks, 'task')} {verb(tasks, 'waits', 'wait')} for the pool: {jobs}"
