"""The sentence above a timeline: since when it fails, or what else is known to have failed."""

from __future__ import annotations

from datetime import UTC, datetime

from batchdoctor.core.timeline.happening import Happening, HappeningKind
from batchdoctor.core.timeline.timeline import Timeline
from batchdoctor.report.timelines import headline

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


def told(*kinds: HappeningKind) -> str:
    happened = [Happening(time=NOW, kind=kind, what="x") for kind in kinds]
    return headline(Timeline(happenings=happened, told=happened, onsets=()))


def test_what_failed_and_is_no_task_is_not_passed_over() -> None:
    failed = HappeningKind.RESIZE_FAILED, HappeningKind.RESIZE_FAILED, HappeningKind.AUTOSCALE_ERROR
    assert told(HappeningKind.JOB_STARTED, *failed) == (
        "No task that failed is known of this time, but 2 resizes, 1 formula failed."
    )
    assert told(HappeningKind.JOB_STARTED) == "Nothing that failed is known of this time."
    assert told(HappeningKind.TASK_FAILED, HappeningKind.RESIZE_FAILED) == (
        "No moment is known from which more failed than before."
    )
