"""What one entry of a log tells of node hours: the fields that are reckoned with, and no others."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from batchdoctor.core.log.counted import counted
from batchdoctor.core.log.event import (
    CountedExecution,
    CountedNode,
    Event,
    Moment,
    Text,
    Version,
    Whole,
)
from batchdoctor.core.records import TaskExecution


class _Told(msgspec.Struct, frozen=True, kw_only=True, rename="camel", gc=False):
    """Base of what is decoded from a log."""


class ToldExecution(CountedExecution, frozen=True):
    """How an attempt went, and from when to when."""

    start_time: Moment | None = None
    end_time: Moment | None = None


class ToldInstances(_Told, frozen=True):
    """On how many nodes a task ran at once."""

    number_of_instances: Whole | None = None


class ToldBody(_Told, frozen=True):
    """`properties` of a record."""

    job_id: Text = ""
    id: Text = ""
    system_task_version: Version = 0
    node_info: CountedNode | None = None
    multi_instance_settings: ToldInstances | None = None
    execution_info: ToldExecution | None = None


class Told(_Told, frozen=True):
    """One record as a storage account keeps it, cut down to what is reckoned with."""

    operation_name: Text
    time: Moment | None
    properties: ToldBody


def told_of(event: Event) -> Told:
    """The record that a quick reading would have found."""
    record, execution = counted(event), event.properties.execution_info
    body = record.properties
    return Told(
        operation_name=record.operation_name,
        time=event.time,
        properties=ToldBody(
            job_id=body.job_id,
            id=body.id,
            system_task_version=body.system_task_version,
            node_info=body.node_info,
            multi_instance_settings=ToldInstances(number_of_instances=_instances(event.body)),
            execution_info=_execution(execution, event) if execution else None,
        ),
    )


def _execution(execution: TaskExecution, event: Event) -> ToldExecution:
    short = counted(event).properties.execution_info
    return ToldExecution(
        retry_count=short.retry_count if short else None,
        requeue_count=short.requeue_count if short else None,
        start_time=execution.start_time,
        end_time=execution.end_time,
        exit_code=short.exit_code if short else None,
        result=short.result if short else None,
        scheduling_error=short.scheduling_error if short else None,
    )


def _instances(body: dict[str, Any]) -> int | None:
    settings = body.get("multiInstanceSettings")
    number = settings.get("numberOfInstances") if isinstance(settings, dict) else None
    return number if isinstance(number, int) else None


def microseconds(moment: datetime) -> int:
    """A moment as whole microseconds since 1970."""
    return round(moment.timestamp() * 1_000_000)
