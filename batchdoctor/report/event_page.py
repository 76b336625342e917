"""How a log looks on a page: what was in it, what failed in it, which nodes stand out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from batchdoctor.core.failures.counts import largest_first
from batchdoctor.core.log.summary import Summary
from batchdoctor.core.log.timeline import Bucket
from batchdoctor.core.log.unfinished import Unfinished
from batchdoctor.core.suspicion.suspect_node import SuspectNode
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.times import span_text
from batchdoctor.core.text.wording import plural
from batchdoctor.report.failure_page import CATEGORY_NOTES, category_tone, node_cell
from batchdoctor.report.page import Block, Column, Commands, Count, Counts, Note, Pairs
from batchdoctor.report.suspects import suspect_cards

_CODES_SHOWN = 8


def event_columns() -> tuple[Column, ...]:
    """The columns of a table of event items."""
    return (
        Column("TIME", lambda item: str(item["time"] or "")),
        Column("EVENT", lambda item: str(item["operationName"])),
        Column("WHAT", _what),
        Column("SUBJECT", _subject, lead=False),
        Column("NODE", lambda item: str(item["nodeId"] or ""), lead=False),
    )


def unfinished_columns() -> tuple[Column, ...]:
    """The columns of a table of attempts that have not ended."""
    return (
        Column("RUNNING", _running, right=True),
        Column("JOB/TASK", lambda item: f"{item['jobId']}/{item['taskId']}"),
        Column("STARTED", lambda item: str(item["startTime"] or ""), lead=False),
        Column("POOL/NODE", node_cell, lead=False),
    )


def _running(item: Mapping[str, object]) -> str:
    seconds = item["durationSeconds"]
    return span_text(timedelta(seconds=seconds)) if isinstance(seconds, float) else "unknown"


def _what(item: Mapping[str, object]) -> str:
    parts = [item["result"], item["code"]]
    if item["exitCode"] is not None:
        parts.append(f"exit {item['exitCode']}")
    return " ".join(str(part) for part in parts if part)


def _subject(item: Mapping[str, object]) -> str:
    if item["taskId"]:
        return f"{item['jobId']}/{item['taskId']}"
    return str(item["poolId"] or "")


def event_blocks(summary: Summary, suspects: Sequence[SuspectNode]) -> Sequence[Block]:
    """The summary, then failures by category and code, then the nodes that fail repeatedly."""
    blocks: list[Block] = [Pairs(_facts(summary))]
    if summary.failures:
        blocks += [
            _counts("Failures by category", summary.by_category, summary.failures),
            _counts("Failures by code", summary.by_code, summary.failures),
            *_nodes(suspects),
        ]
    return [block for block in blocks if not isinstance(block, Counts) or block.rows]


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


def unfinished_verdict(
    summary: Summary, _suspects: Sequence[SuspectNode], *, complete: bool = True
) -> str:
    """The last line: how many have not ended."""
    so_far = _so_far(complete=complete)
    if not summary.events:
        return f"No event matches{so_far}."
    if not summary.unfinished:
        return f"Every attempt that started has ended{so_far}."
    unfinished = plural(summary.unfinished, "attempt")
    return f"{unfinished} started and had not ended when the log ended{so_far}."


def timeline_blocks(buckets: Sequence[Bucket]) -> Sequence[Block]:
    """Failures by stretches of time, with a note where a pool was resized."""
    if not buckets:
        return ()
    width = span_text(buckets[0].end - buckets[0].start)
    rows = [
        Count(
            f"{bucket.start:%m-%d %H:%M}",
            bucket.failures,
            f"{plural(bucket.resizes, 'resize')}" if bucket.resizes else "",
        )
        for bucket in buckets
    ]
    return (Counts(f"Failures in each {width}, UTC", rows, sum(row.count for row in rows)),)


def _nodes(suspects: Sequence[SuspectNode]) -> Sequence[Block]:
    if not suspects:
        return (Note("No node fails more than its jobs explain."),)
    return suspect_cards(suspects, "Nodes that fail repeatedly")


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
    facts.append(
        (
            "where",
            f"{plural(summary.jobs, 'job')}, {plural(summary.pools, 'pool')}, "
            f"{plural(summary.nodes, 'node')}",
        )
    )
    if summary.audit_records:
        facts.append(("audit", f"{plural(summary.audit_records, 'record')}, counted only"))
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
    return f"{_to_the_second(first)} to {_to_the_second(last)} ({span_text(last - first)})"


def _to_the_second(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M:%S}Z"


def _unfinished(summary: Summary) -> str:
    text = f"{summary.unfinished:,} started and not ended when the log ends"
    if summary.oldest_unfinished and summary.last_time:
        text += f", the oldest after {span_text(summary.last_time - summary.oldest_unfinished)}"
    return text


def event_verdict(
    summary: Summary, suspects: Sequence[SuspectNode], *, complete: bool = True
) -> str:
    """The last line: how much failed, mostly of what kind, and which nodes stand out."""
    so_far = _so_far(complete=complete)
    if not summary.events:
        return f"No event matches{so_far}."
    if not summary.failures:
        return f"No failures in {plural(summary.attempts, 'attempt')}{so_far}."
    category, most = next(iter(largest_first(dict(summary.by_category)).items()))
    accused = [node for node in suspects if node.verdict == "suspect"]
    named = ", ".join(f"{node.pool_id}/{node.node_id}" for node in accused[:2])
    if len(accused) > len(accused[:2]):
        named += f" and {len(accused) - 2} more"
    standing_out = f"suspect: {named}" if named else "no suspect node"
    return (
        f"{plural(summary.failures, 'failure')} in {plural(summary.attempts, 'attempt')}, "
        f"{most:,} of them {category}; {standing_out}{so_far}."
    )


def _so_far(*, complete: bool) -> str:
    return "" if complete else " (not everything could be read)"
