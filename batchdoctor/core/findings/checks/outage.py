"""Checks for outages: what struck many jobs at once is one finding, and not one of each job."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from batchdoctor.core.findings.checks.facts import JobFacts
from batchdoctor.core.findings.finding import Finding, Subject
from batchdoctor.core.suspicion.outage import Outage, Service
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.step import Step, run, say
from batchdoctor.core.text.wording import listed, plural

# A job of which so little failed otherwise needs no finding of its own.
_REST = 0.05

OUTAGE_NAMES: dict[Service, str] = {
    "storage": "storage",
    "registry": "the container registry",
    "network": "the network",
}
_LOOK: dict[Service, str] = {
    "storage": "Look at the storage account: its availability, throttling, firewall and the"
    " private endpoint or route that leads to it.",
    "registry": "Look at the registry: is it up, does it throttle, can the pool's subnet reach it?",
    "network": "Look at the pool's network: DNS, routes, firewall and outbound addresses.",
}
_REFUSED = (
    "Look first whether a signature (SAS) or an account key that these jobs share has expired or"
    " was replaced, then at the firewall of the storage account."
)


def outages(jobs: Iterable[JobFacts]) -> Iterator[Finding]:
    """Failures of many jobs on many nodes at once, by storage, a registry or a network."""
    by_outage: dict[tuple[str, object], tuple[Outage, list[JobFacts]]] = {}
    for facts in jobs:
        for outage in facts.outages:
            key = (outage.service, outage.since)
            by_outage.setdefault(key, (outage, []))[1].append(facts)
    for outage, struck in by_outage.values():
        yield outage_finding(outage, {facts.pool_id for facts in struck})


def explained_by_outages(facts: JobFacts, failures: int, ended: int) -> bool:
    """Whether a job's failures are those of outages, but for a few of its tasks."""
    struck = sum(outage.jobs.get(facts.job.id, 0) for outage in facts.outages)
    return bool(struck) and failures - struck <= _REST * ended


def outage_finding(outage: Outage, pools: Collection[str | None] = ()) -> Finding:
    """An outage as a finding, with the one pool that it struck if there is only one."""
    jobs = tuple(outage.jobs)
    pool_id = next(iter(pools)) if len(pools) == 1 else None
    return Finding(
        kind="outage",
        subject=Subject(pool_id=pool_id, job_ids=jobs),
        message=_told(outage),
        evidence=tuple(_evidence(outage)),
        advice=_advice(outage, pool_id),
        stops=outage.failures,
    )


def _told(outage: Outage) -> str:
    """An outage in one sentence: what, when, how much, and whether it is over."""
    over = (
        "; since then tasks of these jobs have succeeded"
        if outage.ended
        else "; too few of their tasks have succeeded since to call it over"
    )
    return (
        f"{outage.failures:,} of {plural(outage.runs, 'task')} of {plural(len(outage.jobs), 'job')}"
        f" on {plural(outage.nodes, 'node')} failed by {OUTAGE_NAMES[outage.service]} from"
        f" {outage.since:%Y-%m-%d %H:%M} to {outage.until:%Y-%m-%d %H:%M} UTC, so neither the jobs"
        f" nor the nodes are at fault{over}."
    )


def _evidence(outage: Outage) -> Iterator[str]:
    codes = ", ".join(f"{count:,} {code}" for code, count in outage.codes.items())
    yield f"The failures are {codes}."
    yield f"By job: {listed([f'{job} {count:,}' for job, count in outage.jobs.items()])}."


def _advice(outage: Outage, pool_id: str | None) -> tuple[Step, ...]:
    look = say(_REFUSED if outage.refused else _LOOK[outage.service])
    again = say("When it is over, run the failed tasks again with `tasks reactivate`.")
    return (look, run(command_line("tasks", "failed", "--by", "code", pool=pool_id)), again)
