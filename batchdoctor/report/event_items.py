"""What a log says as items and summary of a document, in the spelling of the service."""

from __future__ import annotations

from batchdoctor.core.log.event import Event
from batchdoctor.core.log.summary import Summary
from batchdoctor.core.log.timeline import Bucket
from batchdoctor.core.log.trouble import Trouble, TroubleKind, TroubleName
from batchdoctor.core.log.unfinished import Unfinished
from batchdoctor.core.text.times import utc_text
from batchdoctor.report.document import Item

EVENT_KEYS = (
    "operationName",
    "time",
    "jobId",
    "taskId",
    "poolId",
    "nodeId",
    "retryCount",
    "requeueCount",
    "systemTaskVersion",
    "exitCode",
    "result",
    "code",
    "message",
    "properties",
)
# As many kinds of trouble are told in full; all of them are counted.
MOST_TROUBLES = 100
UNFINISHED_KEYS = (
    "jobId",
    "taskId",
    "poolId",
    "nodeId",
    "startTime",
    "durationSeconds",
    "retryCount",
    "requeueCount",
    "systemTaskVersion",
    "overtaken",
    "nextStartTime",
)
BUCKET_KEYS = (
    "startTime",
    "endTime",
    "failures",
    "resizes",
    "failedResizes",
    "autoscaleErrors",
    "scheduleFailures",
    "specialTaskFailures",
)


def bucket_item(bucket: Bucket) -> Item:
    """One stretch of time in the spelling of the service."""
    return {
        "startTime": utc_text(bucket.start),
        "endTime": utc_text(bucket.end),
        "failures": bucket.failures,
        "resizes": bucket.resizes,
        "failedResizes": bucket.failed_resizes,
        "autoscaleErrors": bucket.autoscale_errors,
        "scheduleFailures": bucket.schedule_failures,
        "specialTaskFailures": bucket.special_task_failures,
    }


def unfinished_item(attempt: Unfinished) -> Item:
    """One attempt that has not ended, in the spelling of the service."""
    return {
        "jobId": attempt.job_id,
        "taskId": attempt.task_id,
        "poolId": attempt.pool_id,
        "nodeId": attempt.node_id,
        "startTime": utc_text(attempt.start_time),
        "durationSeconds": attempt.duration_seconds,
        "retryCount": attempt.retry_count,
        "requeueCount": attempt.requeue_count,
        "systemTaskVersion": attempt.system_task_version,
        "overtaken": attempt.overtaken,
        "nextStartTime": utc_text(attempt.next_start_time),
    }


def trouble_entry(name: TroubleName, trouble: Trouble) -> dict[str, object]:
    """One kind of trouble of one pool or job, in a summary."""
    return {
        "kind": name.kind.value,
        "poolId": None if name.of_job else name.subject or None,
        "jobId": (name.subject or None) if name.of_job else None,
        "code": name.code or None,
        "message": trouble.message or None,
        "detail": trouble.detail or None,
        "times": trouble.times,
        "firstTime": utc_text(trouble.first_time),
        "lastTime": utc_text(trouble.last_time),
    }


def event_summary(summary: Summary) -> dict[str, object]:
    """The summary of `events parse`."""
    counts = summary.trouble_counts
    return {
        "events": dict(summary.events),
        "unknownEvents": summary.unknown_events,
        "auditRecords": summary.audit_records,
        "malformed": summary.malformed,
        "malformedByKind": dict(summary.damage),
        "untimed": summary.untimed,
        "assumed": list(summary.assumed),
        "duplicates": summary.duplicates,
        "attempts": summary.attempts,
        "failures": summary.failures,
        "unfinished": summary.unfinished,
        "oldestUnfinished": utc_text(summary.oldest_unfinished),
        "retried": summary.retried,
        "requeued": summary.requeued,
        "serviceRetries": summary.service_retries,
        "overtaken": summary.overtaken,
        "byCategory": dict(summary.by_category),
        "byCode": dict(summary.by_code),
        "byExitCode": dict(summary.by_exit_code),
        "byJob": dict(summary.by_job),
        "byNode": dict(summary.by_node),
        "failedResizes": counts[TroubleKind.RESIZE],
        "autoscaleErrors": counts[TroubleKind.AUTOSCALE],
        "scheduleFailures": counts[TroubleKind.SCHEDULE],
        "specialTaskFailures": counts[TroubleKind.SPECIAL_TASK],
        "troubles": [trouble_entry(*found) for found in summary.troubles[:MOST_TROUBLES]],
        "jobs": summary.jobs,
        "pools": summary.pools,
        "nodes": summary.nodes,
        "firstTime": utc_text(summary.first_time),
        "lastTime": utc_text(summary.last_time),
    }


def event_item(event: Event) -> Item:
    """One event as one normal record; `properties` is its body as it was found."""
    body = event.properties
    execution, failure = body.execution_info, event.failure
    return {
        "operationName": event.operation_name,
        "time": utc_text(event.time),
        "jobId": body.job_id,
        "taskId": body.id if body.job_id else None,
        "poolId": event.pool_id,
        "nodeId": event.node_id,
        "retryCount": execution.retry_count if execution else None,
        "requeueCount": execution.requeue_count if execution else None,
        "systemTaskVersion": body.system_task_version,
        "exitCode": execution.exit_code if execution else None,
        "result": execution.result if execution else body.result_code,
        "code": (failure.code or None) if failure else None,
        "message": (failure.message or None) if failure else body.result_message,
        "properties": event.body,
    }
