"""How a log's rises of failures are told: a card each, and a part of the verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain

from batchdoctor.core.findings.checks.common_rise import common_rise_told
from batchdoctor.core.findings.checks.rise_told import before_it, rise_span, to_the_minute
from batchdoctor.core.log.changed_before import changes_in_log, pools_of
from batchdoctor.core.log.conclusion import Conclusion
from batchdoctor.core.suspicion.common_rise import CommonRise
from batchdoctor.core.suspicion.rise import Rise
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.wording import listed, plural
from batchdoctor.report.page import Block, Card, Cards, Tone

_SHOWN = 8


def rise_blocks(concluded: Conclusion) -> Iterator[Block]:
    """Since when jobs fail that did not fail before, most of them together first."""
    common = [_common(concluded, concluded.common_rise)] if concluded.common_rise else []
    cards = [*common, *(_card(concluded, rise) for rise in concluded.rises[:_SHOWN])]
    if cards:
        yield Cards(cards, "Since when they fail")


def rise_parts(concluded: Conclusion, named: int) -> Iterator[str]:
    """The same for the verdict: of the jobs that it does not name otherwise the first few."""
    if concluded.common_rise is not None:
        told = common_rise_told(concluded.common_rise)
        yield f"{told[:1].lower()}{told[1:].rstrip('.')}"
    met = {job.job_id for job in concluded.failing_jobs[:named]}
    others = [rise for rise in concluded.rises if rise.job_id not in met]
    yield from chain((_part(rise) for rise in others[:named]), _more(others[named:]))


def _more(others: Sequence[Rise]) -> Iterator[str]:
    if others:
        yield f"{plural(len(others), 'more job')} with a rise of failures"


def _part(rise: Rise) -> str:
    fails = "fails" if rise.until is None else "failed"
    return f"job {rise.job_id} {fails} {rise_span(rise)} ({rise.failures:,} of {rise.runs:,})"


def _before(concluded: Conclusion, since: datetime, job_id: str | None) -> Iterator[str]:
    pools = pools_of(concluded.history, job_id)
    yield from map(before_it, changes_in_log(concluded, since, pools))


def _card(concluded: Conclusion, rise: Rise) -> Card:
    told = f"{rise.failures:,} of {plural(rise.runs, 'task')} failed {rise_span(rise)}"
    before = f"before that {rise.failures_before:,} of {rise.runs_before:,}"
    after = f", since then {rise.failures_after:,} of {rise.runs_after:,}" if rise.until else ""
    new = ["most are of tasks whose ids are of a kind that had not run before"]
    return Card(
        flag="ROSE",
        tone=Tone.BAD,
        title=f"job {rise.job_id}",
        lines=[
            f"{told}; {before}{after}",
            *(new if rise.new_kind else []),
            *_before(concluded, rise.since, rise.job_id),
        ],
        commands=[command_line("job", "diagnose", job=rise.job_id)],
    )


def _common(concluded: Conclusion, rise: CommonRise) -> Card:
    jobs = [f"{job_id} {count:,}" for job_id, count in rise.jobs.items()]
    since = f"{rise.since:%Y-%m-%dT%H:%MZ}"
    return Card(
        flag="ROSE",
        tone=Tone.BAD,
        title=f"most jobs, from {to_the_minute(rise.since)}",
        lines=[
            common_rise_told(rise),
            f"by job: {listed(jobs)}",
            *_before(concluded, rise.since, None),
        ],
        commands=[command_line("tasks", "failed", "--by", "code", since=since)],
    )
