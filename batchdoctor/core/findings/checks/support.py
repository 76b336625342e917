"""Checks of what pools are made of: until when the service supports it, and what comes after.

https://learn.microsoft.com/azure/batch/batch-pool-vm-sizes
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from batchdoctor.core.findings.checks.facts import PoolFacts
from batchdoctor.core.findings.checks.pool import states_evidence
from batchdoctor.core.findings.checks.resize import shortage
from batchdoctor.core.findings.checks.waiters import waiting_evidence
from batchdoctor.core.findings.finding import Finding, Subject
from batchdoctor.core.meaning.support import SupportEnd, support_end
from batchdoctor.core.text.step import Step, say
from batchdoctor.core.text.wording import plural, sentence

# A pool takes months to move; an end further away than this troubles nobody yet.
HORIZON = timedelta(days=365)

# What follows from an end of support, and would send its reader to the network instead.
EXPLAINED_BY_SUPPORT = frozenset({"node-unreachable", "pool-below-target", "no-usable-nodes"})


def support(facts: PoolFacts) -> Iterator[Finding]:
    """An image, a node agent or a machine size that Batch does not support for ever."""
    end = support_end(facts.pool, facts.images)
    today = facts.at.date()
    if end is None or (end.day and end.day - today > HORIZON):
        return
    subject = Subject(pool_id=facts.pool.id)
    if end.day is None or end.day < today:
        yield Finding(
            kind="pool-support-ended",
            subject=subject,
            message=f"Batch does not support its {end.what} any more{_since(end)}.",
            evidence=(
                "The service makes nodes of such a pool unusable and scales it to zero; it cannot"
                " grow again.",
                *_suffering(facts),
                f"Source: {end.source}.",
            ),
            advice=_move(facts),
        )
        return
    yield Finding(
        kind="pool-support-ends",
        subject=subject,
        message=f"Batch supports its {end.what} until {end.day:%Y-%m-%d},"
        f" {plural((end.day - today).days, 'more day')}.",
        evidence=(
            "After that day its nodes may be made unusable and the pool scaled to zero.",
            f"Source: {end.source}.",
        ),
        advice=_move(facts),
    )


def _since(end: SupportEnd) -> str:
    return f", since {end.day:%Y-%m-%d}" if end.day else ""


def _suffering(facts: PoolFacts) -> tuple[str, ...]:
    """What the pool shows of it."""
    states, short = states_evidence(facts), shortage(facts.pool)
    lines = [f"Its nodes: {states}."] if states else []
    lines += [f"It has {short}."] if short else []
    return (*lines, *waiting_evidence(facts))


def _move(facts: PoolFacts) -> tuple[Step, ...]:
    machine = facts.pool.virtual_machine_configuration
    agent = (machine.node_agent_sku_id if machine else None) or ""
    newer = "Windows Server 2022" if "windows" in agent.lower() else "Ubuntu 24.04"
    return (
        say(
            sentence(
                f"make a pool of what is supported, such as {newer}, move its jobs there, and"
                " delete this one"
            )
        ),
    )
