"""A whole log in numbers, as the summary of an answer."""

from __future__ import annotations

from collections.abc import Mapping

from batchdoctor.core.item import Item, Moment
from batchdoctor.core.log.conclusion import Conclusion
from batchdoctor.core.log.trouble import Trouble, TroubleKind, TroubleName
from batchdoctor.core.suspicion.common_rise import CommonRise
from batchdoctor.core.suspicion.outage import Outage
from batchdoctor.core.suspicion.rise import Rise

# As many kinds of trouble are told in full; all of them are counted.
MOST_TROUBLES = 100


class TroubleItem(Item, frozen=True, kw_only=True):
    """One kind of trouble of one pool or job."""

    kind: TroubleKind
    pool_id: str | None
    job_id: str | None
    code: str | None
    message: str | None
    detail: str | None
    times: int
    first_time: Moment | None
    last_time: Moment | None


class OutageItem(Item, frozen=True, kw_only=True):
    """What failed by one service outside of the pools, in many jobs at once."""

    service: str
    since: Moment
    until: Moment
    ended: bool
    runs: int
    failures: int
    nodes: int
    by_job: Mapping[str, int]
    by_code: Mapping[str, int]


class RiseItem(Item, frozen=True, kw_only=True):
    """Since when a job fails, or until when it did; without a job, most of them together."""

    job_id: str | None
    since: Moment
    until: Moment | None
    runs: int
    failures: int
    runs_before: int
    failures_before: int
    runs_after: int
    failures_after: int
    by_job: Mapping[str, int]


class LogSummary(Item, frozen=True, kw_only=True):
    """The log in numbers; see `Summary` for what each counts."""

    events: Mapping[str, int]
    unknown_events: int
    audit_records: int
    malformed: int
    malformed_by_kind: Mapping[str, int]
    untimed: int
    assumed: tuple[str, ...]
    duplicates: int
    attempts: int
    failures: int
    unfinished: int
    oldest_unfinished: Moment | None
    retried: int
    requeued: int
    service_retries: int
    overtaken: int
    by_category: Mapping[str, int]
    by_code: Mapping[str, int]
    by_exit_code: Mapping[str, int]
    by_job: Mapping[str, int]
    by_node: Mapping[str, int]
    failed_resizes: int
    autoscale_errors: int
    schedule_failures: int
    special_task_failures: int
    troubles: tuple[TroubleItem, ...]
    outages: tuple[OutageItem, ...]
    rises: tuple[RiseItem, ...]
    jobs: int
    pools: int
    nodes: int
    first_time: Moment | None
    last_time: Moment | None


def log_summary(concluded: Conclusion) -> LogSummary:
    """The log in numbers."""
    summary, common = concluded.summary, concluded.common_rise
    counts = summary.trouble_counts
    return LogSummary(
        events=summary.events,
        unknown_events=summary.unknown_events,
        audit_records=summary.audit_records,
        malformed=summary.malformed,
        malformed_by_kind=summary.damage,
        untimed=summary.untimed,
        assumed=summary.assumed,
        duplicates=summary.duplicates,
        attempts=summary.attempts,
        failures=summary.failures,
        unfinished=summary.unfinished,
        oldest_unfinished=summary.oldest_unfinished,
        retried=summary.retried,
        requeued=summary.requeued,
        service_retries=summary.service_retries,
        overtaken=summary.overtaken,
        by_category=summary.by_category,
        by_code=summary.by_code,
        by_exit_code=summary.by_exit_code,
        by_job=summary.by_job,
        by_node=summary.by_node,
        failed_resizes=counts[TroubleKind.RESIZE],
        autoscale_errors=counts[TroubleKind.AUTOSCALE],
        schedule_failures=counts[TroubleKind.SCHEDULE],
        special_task_failures=counts[TroubleKind.SPECIAL_TASK],
        troubles=tuple(_trouble(*found) for found in summary.troubles[:MOST_TROUBLES]),
        outages=tuple(_outage(outage) for outage in concluded.outages),
        rises=(*([_common_rise(common)] if common else ()), *map(_rise, concluded.rises)),
        jobs=summary.jobs,
        pools=summary.pools,
        nodes=summary.nodes,
        first_time=summary.first_time,
        last_time=summary.last_time,
    )


def _outage(outage: Outage) -> OutageItem:
    return OutageItem(
        service=outage.service,
        since=outage.since,
        until=outage.until,
        ended=outage.ended,
        runs=outage.runs,
        failures=outage.failures,
        nodes=outage.nodes,
        by_job=outage.jobs,
        by_code=outage.codes,
    )


def _rise(rise: Rise) -> RiseItem:
    return RiseItem(
        job_id=rise.job_id,
        since=rise.since,
        until=rise.until,
        runs=rise.runs,
        failures=rise.failures,
        runs_before=rise.runs_before,
        failures_before=rise.failures_before,
        runs_after=rise.runs_after,
        failures_after=rise.failures_after,
        by_job={rise.job_id: rise.failures},
    )


def _common_rise(rise: CommonRise) -> RiseItem:
    return RiseItem(
        job_id=None,
        since=rise.since,
        until=rise.until,
        runs=rise.during.runs,
        failures=rise.during.failures,
        runs_before=rise.before.runs,
        failures_before=rise.before.failures,
        runs_after=rise.after.runs,
        failures_after=rise.after.failures,
        by_job=rise.jobs,
    )


def _trouble(name: TroubleName, trouble: Trouble) -> TroubleItem:
    return TroubleItem(
        kind=name.kind,
        pool_id=None if name.of_job else name.subject or None,
        job_id=(name.subject or None) if name.of_job else None,
        code=name.code or None,
        message=trouble.message or None,
        detail=trouble.detail or None,
        times=trouble.times,
        first_time=trouble.first_time,
        last_time=trouble.last_time,
    )
