"""The check for a rise that most jobs share: one finding, beside those of the jobs themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from batchdoctor.core.findings.checks.facts import JobFacts, PoolFacts
from batchdoctor.core.findings.checks.rise_told import before_it, to_the_minute
from batchdoctor.core.findings.finding import Finding, Subject
from batchdoctor.core.suspicion.begun import Share
from batchdoctor.core.suspicion.changed_before import changes_before, releases_before
from batchdoctor.core.suspicion.common_rise import CommonRise
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.step import Step, run, say
from batchdoctor.core.text.wording import listed, plural

_ALIKE = (
    "No one job explains it, so look first at what these jobs share: the pool, its image and start"
    " task, their input and services, a release of the programs."
)


def failures_rose(jobs: Iterable[JobFacts]) -> Iterator[Finding]:
    """Most jobs fail since a moment, or failed for a while, so that it is no one job's doing."""
    struck = [(facts, facts.common_rise) for facts in jobs if facts.common_rise is not None]
    for _, rise in struck[:1]:
        pools = {facts.pool_id: facts.pool for facts, _ in struck}
        pool_id = next(iter(pools)) if len(pools) == 1 else None
        changes = tuple(_changes(rise, pools, [facts for facts, _ in struck]))
        yield Finding(
            kind="failures-rose" if rise.until is None else "failures-rose-before",
            subject=Subject(pool_id=pool_id),
            message=common_rise_told(rise),
            evidence=(*_evidence(rise), *changes),
            advice=tuple(_advice(rise, pool_id)),
            stops=rise.during.failures,
            changes=changes,
        )


def common_rise_told(rise: CommonRise) -> str:
    """A rise that most jobs share, in one sentence."""
    when = f"Since {to_the_minute(rise.since)}"
    if rise.until is not None:
        when = f"From {to_the_minute(rise.since)} to {to_the_minute(rise.until)}"
    return (
        f"{when} {_share(rise.during, 'task')} failed, in {len(rise.jobs):,} of"
        f" {plural(rise.jobs_run, 'job')}; before that {_share(rise.before)}"
        f"{f', since then {_share(rise.after)}' if rise.until else ''}."
    )


def _share(share: Share, noun: str = "") -> str:
    return f"{share.failures:,} of {plural(share.runs, noun) if noun else f'{share.runs:,}'}"


def _evidence(rise: CommonRise) -> Iterator[str]:
    yield f"By job: {listed([f'{job} {count:,}' for job, count in rise.jobs.items()])}."
    if rise.spread:
        yield (
            f"The times of {plural(rise.spread, 'task')} of jobs without failures were not read;"
            " they are supposed to have begun evenly while their jobs lasted."
        )


def _changes(
    rise: CommonRise, pools: dict[str | None, PoolFacts | None], struck: Iterable[JobFacts]
) -> Iterator[str]:
    deployed = dict.fromkeys(each for facts in struck for each in facts.deployed)
    for release in releases_before(rise.since, deployed):
        yield before_it(release)
    for pool_id, pool in pools.items():
        if pool is None:
            continue
        for change in changes_before(rise, pool.pool, pool.nodes or ()):
            yield f"Just before, in pool {pool_id}: {change[:1].lower()}{change[1:]}"


def _advice(rise: CommonRise, pool_id: str | None) -> Iterator[Step]:
    since = f"{rise.since:%Y-%m-%dT%H:%MZ}"
    yield run(command_line("tasks", "failed", "--by", "code", pool=pool_id, since=since))
    yield say(_ALIKE)
