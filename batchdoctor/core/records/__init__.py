"""What Azure Batch says, typed once for the live service and for its diagnostic logs.

Field names are the service's own in Python spelling; msgspec maps them to the camelCase of the
wire. Everything but an id is optional, because the service leaves out what does not apply. States,
results, categories and codes stay strings: the service adds values, and varies their case, so they
are compared through `same`.

Source of the shapes: https://learn.microsoft.com/rest/api/batchservice/
"""

from __future__ import annotations

from batchdoctor.core.records.base import Named, NameValue, Record, same
from batchdoctor.core.records.file import FileProperties, NodeFile
from batchdoctor.core.records.job import (
    Job,
    JobConstraints,
    JobExecution,
    JobManagerTask,
    JobPoolReference,
    JobPreparationTask,
    JobSchedulingError,
    PreparationStatus,
    PreparationTaskExecution,
    TaskCounts,
    TaskCountsResult,
)
from batchdoctor.core.records.node import Node, NodeAgent, NodeError, NodeTask, StartTaskInformation
from batchdoctor.core.records.pool import (
    AutoScaleError,
    AutoScaleRun,
    ImageReference,
    NodeStateCounts,
    Pool,
    PoolNodeCounts,
    ResizeError,
    StartTask,
    SupportedImage,
    VirtualMachineConfiguration,
)
from batchdoctor.core.records.task import (
    ContainerInformation,
    ExitCodeOptions,
    ExitCodeRangeOptions,
    ExitConditions,
    ExitOptions,
    FailureInformation,
    MultiInstanceSettings,
    NodeReference,
    ResourceFile,
    Task,
    TaskConstraints,
    TaskDependencies,
    TaskExecution,
    TaskIdRange,
)

__all__ = [
    "AutoScaleError",
    "AutoScaleRun",
    "ContainerInformation",
    "ExitCodeOptions",
    "ExitCodeRangeOptions",
    "ExitConditions",
    "ExitOptions",
    "FailureInformation",
    "FileProperties",
    "ImageReference",
    "Job",
    "JobConstraints",
    "JobExecution",
    "JobManagerTask",
    "JobPoolReference",
    "JobPreparationTask",
    "JobSchedulingError",
    "MultiInstanceSettings",
    "NameValue",
    "Named",
    "Node",
    "NodeAgent",
    "NodeError",
    "NodeFile",
    "NodeReference",
    "NodeStateCounts",
    "NodeTask",
    "Pool",
    "PoolNodeCounts",
    "PreparationStatus",
    "PreparationTaskExecution",
    "Record",
    "ResizeError",
    "ResourceFile",
    "StartTask",
    "StartTaskInformation",
    "SupportedImage",
    "Task",
    "TaskConstraints",
    "TaskCounts",
    "TaskCountsResult",
    "TaskDependencies",
    "TaskExecution",
    "TaskIdRange",
    "VirtualMachineConfiguration",
    "same",
]
