"""What a log that was counted keeps of its moments, to be drawn: failures, retries, resizes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from batchdoctor.core.log.attempt import ONE_OUTCOME, halves_of
from batchdoctor.core.log.attempt_key import REQUEUES, RETRIES
from batchdoctor.core.log.attempt_rows import key_of
from batchdoctor.core.log.tally import Tally
from batchdoctor.core.log.trouble import TroubleKind
from batchdoctor.core.pictures.matrix import NodeKey
from batchdoctor.core.suspicion.begun import Share
from batchdoctor.core.suspicion.history import moment
from batchdoctor.core.timeline.happening import Happening, HappeningKind, Source
from batchdoctor.core.timeline.of_task import failure_label

_MINUTE = 60
_TROUBLES = {
    TroubleKind.RESIZE: HappeningKind.RESIZE_FAILED,
    TroubleKind.AUTOSCALE: HappeningKind.AUTOSCALE_ERROR,
    TroubleKind.SCHEDULE: HappeningKind.SCHEDULE_FAILED,
    TroubleKind.SPECIAL_TASK: HappeningKind.SPECIAL_TASK_FAILED,
}


def happenings_of_log(tally: Tally) -> list[Happening]:
    """What happened, those of a minute that are of one kind and job as one."""
    counts: Counter[tuple[HappeningKind, str | None, int]] = Counter()
    for kind, job_id, second in _moments(tally):
        counts[kind, job_id, second // _MINUTE] += 1
    for second, times in tally.resizes.items():
        counts[HappeningKind.RESIZE_STARTED, None, second // _MINUTE] += times
    for name, trouble in tally.troubles.items():
        for second, times in trouble.moments.items():
            subject = name.subject if name.of_job else None
            counts[_TROUBLES[name.kind], subject, second // _MINUTE] += times
    return [
        Happening(time=at, kind=kind, what="", job_id=job_id, source=Source.LOG, count=times)
        for (kind, job_id, minute), times in sorted(counts.items(), key=lambda each: each[0][2])
        if (at := moment(minute * _MINUTE)) is not None
    ]


def _moments(tally: Tally) -> Iterator[tuple[HappeningKind, str, int]]:
    """When which attempt failed, or began after another that did."""
    jobs = tally.names.jobs
    for group in tally.attempts.groups():
        for key, (packed, job, when) in group.items():
            start, end = halves_of(when)
            if packed >= ONE_OUTCOME and end:
                yield HappeningKind.TASK_FAILED, jobs[job], end
            tag = key_of(key)[2]
            if tag >> RETRIES and start:
                yield HappeningKind.TASK_RETRIED, jobs[job], start
            elif tag & REQUEUES and start:
                yield HappeningKind.TASK_REQUEUED, jobs[job], start


def failures_of_log(tally: Tally) -> dict[tuple[str, NodeKey], Share]:
    """Failed attempts by exit code, or by code, and by node."""
    found: Counter[tuple[str, NodeKey]] = Counter()
    labels = [failure_label(each.code or None, each.exit_code) for each in tally.names.outcomes]
    for group in tally.attempts.groups():
        for packed, _, _ in group.values():
            node = tally.names.node(packed)
            if packed >= ONE_OUTCOME and node.node_id:
                label = labels[packed // ONE_OUTCOME]
                found[label, (node.pool_id, node.node_id)] += 1
    return {key: Share(times, times) for key, times in found.items()}
