"""The columns of the tables that are made of a log, and its times as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from batchdoctor.core.text.times import age_text, span_text
from batchdoctor.report.failure_page import failure_columns, node_cell
from batchdoctor.report.page import Column


def event_columns() -> tuple[Column, ...]:
    """The columns of a table of event items."""
    return (
        Column("TIME", lambda item: str(item["time"] or "")),
        Column("EVENT", lambda item: str(item["operationName"])),
        Column("WHAT", _what),
        Column("SUBJECT", _subject, lead=False),
        Column("NODE", lambda item: str(item["nodeId"] or ""), lead=False),
    )


def logged_failure_columns(now: datetime) -> tuple[Column, ...]:
    """The columns of failures out of a log, which may be old: their times, and how long ago."""
    return tuple(
        Column("ENDED", lambda item: _ended(item["endTime"], now), lead=False)
        if column.title == "ENDED"
        else column
        for column in failure_columns(now)
    )


def _ended(when: object, now: datetime) -> str:
    if not isinstance(when, str):
        return ""
    moment = datetime.fromisoformat(when)
    return f"{to_the_second(moment)} ({age_text(moment, now)})"


def unfinished_columns() -> tuple[Column, ...]:
    """The columns of a table of attempts that have not ended."""
    return (
        Column("RAN", _running, right=True),
        Column("JOB/TASK", lambda item: f"{item['jobId']}/{item['taskId']}"),
        Column("STARTED", lambda item: str(item["startTime"] or ""), lead=False),
        Column("POOL/NODE", node_cell, lead=False),
    )


def _running(item: Mapping[str, object]) -> str:
    seconds = item["durationSeconds"]
    ran = span_text(timedelta(seconds=seconds)) if isinstance(seconds, float) else "unknown"
    return f"{ran}, then again" if item["overtaken"] else ran


def _what(item: Mapping[str, object]) -> str:
    parts = [item["result"], item["code"]]
    if item["exitCode"] is not None:
        parts.append(f"exit {item['exitCode']}")
    return " ".join(str(part) for part in parts if part)


def _subject(item: Mapping[str, object]) -> str:
    if item["taskId"]:
        return f"{item['jobId']}/{item['taskId']}"
    return str(item["poolId"] or "")


def to_the_second(when: datetime) -> str:
    """A moment in UTC, to the second."""
    return f"{when:%Y-%m-%d %H:%M:%S}Z"
