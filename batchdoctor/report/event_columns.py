"""The columns of the tables that are made of a log, and its times as people read them."""

from __future__ import annotations

from datetime import datetime, timedelta

from batchdoctor.core.log.items import EventItem, UnfinishedItem
from batchdoctor.core.suspicion.item import SuspectItem
from batchdoctor.core.text.times import age_text, span_text, utc_text
from batchdoctor.report.failure_page import Failed, failure_columns, node_cell
from batchdoctor.report.page import Column


def event_columns() -> tuple[Column[EventItem], ...]:
    """The columns of a table of events."""
    return (
        Column("TIME", lambda item: utc_text(item.time) or ""),
        Column("EVENT", lambda item: item.operation_name),
        Column("WHAT", _what),
        Column("SUBJECT", lambda item: item.name or item.pool_id or "", lead=False),
        Column("NODE", lambda item: item.node_id or "", lead=False),
    )


def logged_failure_columns(now: datetime) -> tuple[Column[Failed], ...]:
    """The columns of failures out of a log, which may be old: their times, and how long ago."""
    return tuple(
        Column("ENDED", lambda item: _ended(item.end_time, now), lead=False)
        if column.title == "ENDED"
        else column
        for column in failure_columns(now)
    )


def _ended(when: datetime | None, now: datetime) -> str:
    return f"{to_the_second(when)} ({age_text(when, now)})" if when else ""


def unfinished_columns() -> tuple[Column[UnfinishedItem], ...]:
    """The columns of a table of attempts that have not ended."""
    return (
        Column("RAN", _running, right=True),
        Column("JOB/TASK", lambda item: item.name),
        Column("STARTED", lambda item: utc_text(item.start_time) or "", lead=False),
        Column("POOL/NODE", node_cell, lead=False),
    )


def new_suspect_columns() -> tuple[Column[SuspectItem], ...]:
    """The columns of a table of nodes that have just become suspect."""
    return (
        Column("FAILED", lambda item: f"{item.failures or 0:,} of {item.runs or 0:,}", right=True),
        Column("POOL/NODE", lambda item: item.name),
        Column("WHY", lambda item: item.reasons[0].message, lead=False),
    )


def _running(item: UnfinishedItem) -> str:
    seconds = item.duration_seconds
    ran = "unknown" if seconds is None else span_text(timedelta(seconds=seconds))
    return f"{ran}, then again" if item.overtaken else ran


def _what(item: EventItem) -> str:
    code = None if item.exit_code is None else f"exit {item.exit_code}"
    return " ".join(part for part in (item.result, item.code, code) if part)


def to_the_second(when: datetime) -> str:
    """A moment in UTC, to the second."""
    return f"{when:%Y-%m-%d %H:%M:%S}Z"
