"""Diagnostic-log events as a document: the summary, and the failures, nodes or events as items."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec
from msgspec.structs import replace

from batchdoctor.core.failures.failure import Failure
from batchdoctor.core.log.conclusion import Conclusion
from batchdoctor.core.log.event import Event
from batchdoctor.core.log.summary import Summary
from batchdoctor.core.log.timeline import Bucket
from batchdoctor.core.log.trouble import Trouble, TroubleKind, TroubleName
from batchdoctor.core.log.unfinished import Unfinished
from batchdoctor.core.suspicion.suspect_node import SuspectNode
from batchdoctor.core.text.times import utc_text
from batchdoctor.report.document import Document, Ending, Item
from batchdoctor.report.event_page import (
    event_blocks,
    event_columns,
    logged_failure_columns,
    timeline_blocks,
    unfinished_blocks,
    unfinished_columns,
)
from batchdoctor.report.event_verdict import event_verdict, unfinished_verdict
from batchdoctor.report.failures import KEYS as FAILURE_KEYS
from batchdoctor.report.failures import failure_item, task_name
from batchdoctor.report.head import Head
from batchdoctor.report.page import Block, Column
from batchdoctor.report.suspects import KEYS as NODE_KEYS
from batchdoctor.report.suspects import node_name, suspect_item

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
    of_job = name.kind is TroubleKind.SCHEDULE
    return {
        "kind": name.kind.value,
        "poolId": None if of_job else name.subject or None,
        "jobId": (name.subject or None) if of_job else None,
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


class LogAnswer(msgspec.Struct, frozen=True):
    """The answer of `events parse`; `conclude` is called when the items have been read."""

    head: Head
    conclude: Callable[[], Conclusion]
    live: bool = False

    def of_buckets(self, buckets: Sequence[Bucket]) -> Document:
        """Every stretch of time as an item, and as a chart for people."""
        document = self._document(BUCKET_KEYS, map(bucket_item, buckets), lambda _: None)
        return replace(document, ending=lambda: self._ending(timeline_blocks(buckets)))

    def of_summary(self) -> Document:
        """No items."""
        return self._document((), iter(()), lambda _: None)

    def of_failures(self, failures: Iterator[Failure]) -> Document:
        """Every failed attempt as an item."""
        columns = logged_failure_columns(self.head.generated_at)
        return self._document(FAILURE_KEYS, map(failure_item, failures), task_name, columns)

    def of_nodes(self, nodes: Callable[[], Sequence[SuspectNode]]) -> Document:
        """Every suspect node as an item."""
        return self._document(NODE_KEYS, _later(nodes), node_name)

    def of_unfinished(self, attempts: Callable[[], Sequence[Unfinished]]) -> Document:
        """Every attempt that has not ended as an item, the longest running first."""
        found: list[Unfinished] = []

        def items() -> Iterator[Item]:
            found.extend(attempts())
            yield from map(unfinished_item, found)

        document = self._document(UNFINISHED_KEYS, items(), task_name, unfinished_columns())
        return replace(
            document, ending=lambda: self._ending(unfinished_blocks(found), unfinished_verdict)
        )

    def of_events(self, events: Iterator[Event]) -> Document:
        """Every event as an item."""
        return self._document(EVENT_KEYS, map(event_item, events), _event_name, event_columns())

    def _document(
        self,
        keys: tuple[str, ...],
        items: Iterator[Item],
        name_of: Callable[[Item], str | None],
        columns: tuple[Column, ...] = (),
    ) -> Document:
        return Document(
            head=self.head,
            keys=keys,
            items=items,
            ending=self._ending,
            name_of=name_of,
            columns=columns,
            live=self.live,
        )

    def _ending(
        self,
        page: Sequence[Block] | None = None,
        verdict: Callable[[Conclusion], str] = event_verdict,
    ) -> Ending:
        concluded = self.conclude()
        return Ending(
            summary=event_summary(concluded.summary),
            problems=concluded.problems,
            page=event_blocks(concluded) if page is None else page,
            verdict=verdict(concluded),
            span=concluded.span,
            checked=concluded.checked,
        )


def _later(nodes: Callable[[], Sequence[SuspectNode]]) -> Iterator[Item]:
    yield from map(suspect_item, nodes())


def _event_name(item: Item) -> str | None:
    return task_name(item) if item["taskId"] else None
