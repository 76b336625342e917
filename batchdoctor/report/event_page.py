"""How a log looks on a page: what was in it, what failed in it, which nodes stand out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from batchdoctor.core.failures.counts import largest_first
from batchdoctor.core.findings.checks.outage import OUTAGE_NAMES, outage_finding
from batchdoctor.core.log.conclusion import Conclusion
from batchdoctor.core.log.failing_jobs import FailingJob
from batchdoctor.core.log.summary import Summary
from batchdoctor.core.log.timeline import Bucket
from batchdoctor.core.log.trouble import Trouble, TroubleKind, TroubleName
from batchdoctor.core.log.unfinished import Unfinished
from batchdoctor.core.suspicion.outage import Outage
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.times import span_text
from batchdoctor.core.text.wording import plural
from batchdoctor.report.event_columns import to_the_second
from batchdoctor.report.event_rises import rise_blocks
from batchdoctor.report.failure_page import (
    CATEGORY_NOTES,
    category_tone,
)
from batchdoctor.report.page import (
    Block,
    Card,
    Cards,
    Commands,
    Count,
    Counts,
    Note,
    Pairs,
    Tone,
)
from batchdoctor.report.suspects import suspect_cards

_CODES_SHOWN = 8
_TROUBLE_WORDS = {
    TroubleKind.RESIZE: "RESIZE",
    TroubleKind.AUTOSCALE: "AUTOSCALE",
    TroubleKind.SCHEDULE: "SCHEDULING",
    TroubleKind.SPECIAL_TASK: "SPECIAL TASK",
}


def event_blocks(concluded: Conclusion) -> Sequence[Block]:
    """The summary, failures by category and code, then jobs and nodes that fail repeatedly."""
    summary = concluded.summary
    blocks: list[Block] = [Pairs(_facts(summary)), *_troubles(summary)]
    if summary.failures:
        blocks += [
            _counts("Failures by category", summary.by_category, summary.failures),
            _counts("Failures by code", summary.by_code, summary.failures),
            *_outages(concluded.outages),
            *rise_blocks(concluded),
            *_jobs(concluded.failing_jobs),
            *_nodes(concluded),
        ]
    if slow := [node for node in concluded.suspects if node.is_only_slow]:
        blocks += suspect_cards(slow, "Nodes that are only slow")
    return [block for block in blocks if not isinstance(block, Counts) or block.rows]


def _troubles(summary: Summary) -> Iterator[Block]:
    """What failed and is no attempt of a task, a paragraph for each pool or job."""
    if not summary.troubles:
        return
    cards = [_trouble(name, trouble) for name, trouble in summary.troubles[:_CODES_SHOWN]]
    more = len(summary.troubles) - len(cards)
    shown = f", the first {len(cards)} of {len(summary.troubles):,}" if more else ""
    yield Cards(cards, f"Failed, and no attempt of a task{shown}")


def _trouble(name: TroubleName, trouble: Trouble) -> Card:
    what, noun = _TROUBLE_WORDS[name.kind], "job" if name.of_job else "pool"
    whose = f"{noun} {name.subject}" if name.subject else "no id told"
    said = ": ".join(filter(None, (name.code, trouble.message)))
    lines = [_times(trouble), *filter(None, (said, trouble.detail))]
    return Card(flag=what, tone=Tone.BAD, title=whose, lines=lines, commands=_look(name))


def _times(trouble: Trouble) -> str:
    first, last = trouble.first_time, trouble.last_time
    times = f"{plural(trouble.times, 'time')}"
    if first is None or last is None:
        return times
    if first == last:
        return f"{times}, at {to_the_second(first)}"
    return f"{times}, from {to_the_second(first)} to {to_the_second(last)}"


def _look(name: TroubleName) -> list[str]:
    if not name.subject:
        return []
    noun = "job" if name.of_job else "pool"
    return [command_line(noun, "diagnose", **{noun: name.subject})]


def _jobs(jobs: Sequence[FailingJob]) -> Iterator[Block]:
    if jobs:
        yield Cards([_job(job) for job in jobs[:_CODES_SHOWN]], "Jobs that fail by themselves")


def _outages(outages: Sequence[Outage]) -> Iterator[Block]:
    if outages:
        yield Cards([_outage(outage) for outage in outages[:_CODES_SHOWN]], "Outages")


def _outage(outage: Outage) -> Card:
    found = outage_finding(outage)
    return Card(
        flag="OUTAGE",
        tone=Tone.BAD,
        title=OUTAGE_NAMES[outage.service],
        lines=[found.message, *found.evidence, str(found.advice[0])],
        commands=[],
    )


def _job(job: FailingJob) -> Card:
    where = f"on {plural(job.nodes, 'node')}" if job.nodes else "and no event names a node"
    lines = [f"{job.failures:,} of {plural(job.ended, 'attempt')} failed, {where}"]
    if job.may_be_the_node:
        lines.append("it ran on one node only, so nothing tells its fault from the node's")
    commands = [command_line("job", "diagnose", job=job.job_id)]
    return Card(
        flag="FAILS", tone=Tone.BAD, title=f"job {job.job_id}", lines=lines, commands=commands
    )


def unfinished_blocks(attempts: Sequence[Unfinished]) -> Sequence[Block]:
    """What to type next about the attempt that has been running for longest."""
    if not attempts:
        return ()
    longest = attempts[0]
    task = {"job": longest.job_id, "task": longest.task_id}
    lines = (
        command_line("task", "show", **task),
        command_line("files", "tail", "stdout", **task),
    )
    return (Commands("What does the longest one do?", [("", line) for line in lines]),)


def timeline_blocks(buckets: Sequence[Bucket]) -> Sequence[Block]:
    """Failures by stretches of time, with a note where a pool was resized."""
    if not buckets:
        return ()
    width = span_text(buckets[0].end - buckets[0].start)
    rows = [
        Count(f"{bucket.start:%m-%d %H:%M}", bucket.failures, _beside(bucket)) for bucket in buckets
    ]
    peak = max(row.count for row in rows)
    return (Counts(f"Failures in each {width}, UTC", rows, peak, of_peak=True),)


def _beside(bucket: Bucket) -> str:
    """What else happened in a stretch of time."""
    happened = (
        (bucket.resizes, "resize"),
        (bucket.failed_resizes, "FAILED resize"),
        (bucket.autoscale_errors, "AUTOSCALE ERROR"),
        (bucket.schedule_failures, "FAILED scheduling"),
        (bucket.special_task_failures, "FAILED special task"),
    )
    return ", ".join(plural(times, noun) for times, noun in happened if times)


def _nodes(concluded: Conclusion) -> Sequence[Block]:
    for check in concluded.checked:
        if check.check == "suspect-nodes" and not check.known:
            return (Note(f"Whether a node is at fault is not known: {check.problem}."),)
    failing = [node for node in concluded.suspects if not node.is_only_slow]
    if not failing:
        return (Note("No node fails more than its jobs explain."),)
    return suspect_cards(failing, "Nodes that fail repeatedly")


def _counts(title: str, counts: Mapping[str, int], total: int) -> Counts:
    rows = [
        Count(key, count, CATEGORY_NOTES.get(key, ""), category_tone(key))
        for key, count in largest_first(dict(counts)).items()
    ]
    return Counts(title, rows[:_CODES_SHOWN], total)


def _facts(summary: Summary) -> list[tuple[str, str]]:
    facts = [("events", _kinds(summary.events) or "none"), ("time", _span(summary))]
    attempts = plural(summary.attempts, "attempt")
    if summary.retried or summary.requeued or summary.service_retries:
        attempts += (
            f", of which {summary.retried:,} retried, {summary.requeued:,} requeued, "
            f"{summary.service_retries:,} tried again by the service"
        )
    facts.append(("tasks", attempts))
    if summary.unfinished:
        facts.append(("unfinished", _unfinished(summary)))
    if summary.overtaken:
        facts.append(("begun again", _overtaken(summary.overtaken)))
    facts.append(
        (
            "where",
            f"{plural(summary.jobs, 'job')}, {plural(summary.pools, 'pool')}, "
            f"{plural(summary.nodes, 'node')}",
        )
    )
    if summary.audit_records:
        facts.append(("audit", f"{plural(summary.audit_records, 'record')}, counted only"))
    facts += [("assumed", text) for text in summary.assumed]
    if summary.duplicates:
        facts.append(("duplicates", f"{summary.duplicates:,}, counted once"))
    if summary.malformed:
        facts.append(("damaged", f"{summary.malformed:,} skipped: {_kinds(summary.damage)}"))
    return facts


def _kinds(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {kind}" for kind, count in largest_first(dict(counts)).items())


def _span(summary: Summary) -> str:
    first, last = summary.first_time, summary.last_time
    if first is None or last is None:
        return "unknown"
    return f"{to_the_second(first)} to {to_the_second(last)} ({span_text(last - first)})"


def _overtaken(attempts: int) -> str:
    have, their = ("has", "its") if attempts == 1 else ("have", "their")
    return (
        f"{plural(attempts, 'attempt')} {have} no end in the log, and {their} task began again:"
        " given up by the service, or the end is missing (--show unfinished names them)"
    )


def _unfinished(summary: Summary) -> str:
    text = f"{summary.unfinished:,} started and not ended when the log ends"
    if summary.oldest_unfinished and summary.last_time:
        text += f", the oldest after {span_text(summary.last_time - summary.oldest_unfinished)}"
    return text
