"""What of a log comes as items."""

from __future__ import annotations

from enum import StrEnum


class Show(StrEnum):
    """Values of `--show`."""

    SUMMARY = "summary"
    FAILURES = "failures"
    NODES = "nodes"
    UNFINISHED = "unfinished"
    TIMELINE = "timeline"
    EVENTS = "events"
