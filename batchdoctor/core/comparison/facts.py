"""What a task, job, pool or node was made with, as facts that can be compared one by one.

A fact has a sort, a name within the sort, and a value: of the environment the names of variables
are names, of resource files the paths on the node. What varies from run to run is taken out of
values where it may stand, and never out of versions, images and sizes.

https://learn.microsoft.com/rest/api/batchservice/
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from batchdoctor.core.comparison.difference import What
from batchdoctor.core.comparison.steady import Steadying, without_access
from batchdoctor.core.records.durations import parse_duration
from batchdoctor.core.text.masked_document import MASKED
from batchdoctor.core.text.times import span_text

Document = Mapping[str, Any]
Key = tuple[What, str, str]


class Fact(msgspec.Struct, frozen=True):
    """One fact: `value` is what is compared, `shown` what may be told; None compares as unknown."""

    value: str | None
    shown: str | None


# Of whose making a fact is, where that is not the thing itself; the key is its member.
_PARTS = {
    "startTask": "start task",
    "jobPreparationTask": "preparation task",
    "jobReleaseTask": "release task",
    "jobManagerTask": "manager task",
}
_OF_TASK = (
    "commandLine containerSettings resourceFiles outputFiles environmentSettings constraints"
    " applicationPackageReferences requiredSlots userIdentity exitConditions"
    " multiInstanceSettings"
)
# What start, preparation, release and manager tasks have beside that.
_OF_LIKE_TASK = (
    "waitForSuccess maxTaskRetryCount killJobOnCompletion runExclusive"
    " rerunOnNodeRebootAfterSuccess allowLowPriorityNode"
)
_OF_JOB = (
    "priority maxParallelTasks allowTaskPreemption usesTaskDependencies constraints"
    " commonEnvironmentSettings onAllTasksComplete onTaskFailure networkConfiguration metadata"
    " jobPreparationTask jobReleaseTask jobManagerTask"
)
_OF_POOL = (
    "vmSize virtualMachineConfiguration taskSlotsPerNode taskSchedulingPolicy startTask"
    " applicationPackageReferences networkConfiguration enableInterNodeCommunication"
    " mountConfiguration enableAutoScale autoScaleFormula autoScaleEvaluationInterval"
    " resizeTimeout targetNodeCommunicationMode upgradePolicy metadata"
)
TASK_MEMBERS = tuple(_OF_TASK.split())
_LIKE_TASK_MEMBERS = (*TASK_MEMBERS, *_OF_LIKE_TASK.split())
JOB_MEMBERS = tuple(_OF_JOB.split())
POOL_MEMBERS = tuple(_OF_POOL.split())
# Of a node what its pool may have another one of; its state is compared beside these.
NODE_MEMBERS = ("vmSize", "virtualMachineInfo", "nodeAgentInfo", "isDedicated", "startTask")
_OTHER_SORTS = {
    "vmSize": What.VM_SIZE,
    "constraints": What.CONSTRAINT,
    "containerSettings": What.CONTAINER,
    "containerConfiguration": What.CONTAINER,
    "imageReference": What.IMAGE,
    "maxTaskRetryCount": What.CONSTRAINT,
    "maxWallClockTime": What.CONSTRAINT,
    "retentionTime": What.CONSTRAINT,
    "nodeAgentSKUId": What.AGENT,
}
# What need not be said of a member beside its sort.
_SORT_SAYS_IT = {What.CONSTRAINT: "constraints.", What.CONTAINER: "containerSettings."}
# Free text, in which ids and dates of a run may stand.
_TEXTS = {"value", "autoScaleFormula", "subnetId", "workingDirectory"}
_LIMITS = {"maxWallClockTime", "retentionTime", "resizeTimeout", "autoScaleEvaluationInterval"}


def facts_of(document: Document, members: tuple[str, ...], steady: Steadying) -> dict[Key, Fact]:
    """The facts of a document, as far as they are of some members."""
    facts: dict[Key, Fact] = {}
    for member in members:
        if member in document:
            facts.update(_facts(member, document[member], "", steady))
    return facts


def _facts(member: str, value: Any, of: str, steady: Steadying) -> Iterator[tuple[Key, Fact]]:
    if member in _PARTS and isinstance(value, Mapping):
        for inner in _LIKE_TASK_MEMBERS:
            if inner in value:
                yield from _facts(inner, value[inner], _PARTS[member], steady)
    elif reader := _READERS.get(member):
        yield from reader(value, of, steady)
    else:
        yield from _nested(member, value, of, steady, _OTHER_SORTS.get(member, What.SETTING))


def _command_line(value: Any, of: str, steady: Steadying) -> Iterator[tuple[Key, Fact]]:
    text = str(value)
    yield (What.COMMAND_LINE, of, ""), Fact(steady.text(text), without_access(text))


def _environment(value: Any, of: str, steady: Steadying) -> Iterator[tuple[Key, Fact]]:
    """Variables by name. A value is never told, and one that was masked is not known."""
    for each in _dicts(value):
        text = str(each.get("value") or "")
        known = None if text == MASKED else steady.text(text)
        yield (What.ENVIRONMENT, of, str(each.get("name"))), Fact(known, MASKED)


def _resource_files(value: Any, of: str, steady: Steadying) -> Iterator[tuple[Key, Fact]]:
    for each in _dicts(value):
        sources = ("httpUrl", "storageContainerUrl", "autoStorageContainerName")
        source = next((str(each[name]) for name in sources if each.get(name)), "")
        rest = {k: v for k, v in each.items() if k not in {*sources, "filePath"}}
        name = steady.text(str(each.get("filePath") or source.partition("?")[0]))
        yield from _address((What.RESOURCE_FILE, of, name), source, rest, steady)


def _output_files(value: Any, of: str, steady: Steadying) -> Iterator[tuple[Key, Fact]]:
    for each in _dicts(value):
        destination = each.get("destination")
        container = destination.get("container") if isinstance(destination, Mapping) else None
        told = container if isinstance(container, Mapping) else {}
        address = str(told.get("containerUrl") or "")
        options = each.get("uploadOptions")
        when = options.get("uploadCondition") if isinstance(options, Mapping) else None
        rest = {"path": told.get("path"), "when": when}
        key = (What.OUTPUT_FILE, of, steady.text(str(each.get("filePattern"))))
        yield from _address(key, address, rest, steady)


def _address(
    key: Key, address: str, rest: Mapping[str, Any], steady: Steadying
) -> Iterator[tuple[Key, Fact]]:
    """An address without its query, which is another one each time, and what else is told."""
    place = address.partition("?")[0]
    more = [f"{name} {_plain(value)}" for name, value in rest.items() if value]
    text = " ".join([place, *more])
    yield key, Fact(steady.text(text), text)


def _packages(value: Any, of: str, _: Steadying) -> Iterator[tuple[Key, Fact]]:
    for each in _dicts(value):
        version = str(each.get("version") or "default version")
        yield (What.PACKAGE, of, str(each.get("applicationId"))), Fact(version, version)


def _metadata(value: Any, of: str, steady: Steadying) -> Iterator[tuple[Key, Fact]]:
    for each in _dicts(value):
        text = str(each.get("value") or "")
        yield (What.SETTING, of, f"metadata {each.get('name')}"), Fact(steady.text(text), text)


def _image(value: Any, of: str, _: Steadying) -> Iterator[tuple[Key, Fact]]:
    """An image in one line; a version that is only `latest` says nothing beside the exact one."""
    if not isinstance(value, Mapping):
        return
    names = ("publisher", "offer", "sku", "virtualMachineImageId", "communityGalleryImageId")
    named = [str(value[name]) for name in (*names, "sharedGalleryImageId") if value.get(name)]
    version = value.get("exactVersion") or value.get("version")
    text = " ".join([*named, *([str(version)] if version else [])])
    yield (What.IMAGE, of, ""), Fact(text, text)


def _virtual_machine(value: Any, of: str, steady: Steadying) -> Iterator[tuple[Key, Fact]]:
    if isinstance(value, Mapping):
        for member in sorted(value.keys() - {"scaleSetVmResourceId"}):
            yield from _facts(member, value[member], of, steady)


def _agent(value: Any, of: str, _: Steadying) -> Iterator[tuple[Key, Fact]]:
    version = value.get("version") if isinstance(value, Mapping) else None
    if version:
        yield (What.AGENT, of, ""), Fact(str(version), str(version))


def _dedicated(value: Any, of: str, _: Steadying) -> Iterator[tuple[Key, Fact]]:
    kind = "dedicated" if value else "spot"
    yield (What.SPOT, of, ""), Fact(kind, kind)


_READERS: dict[str, Callable[[Any, str, Steadying], Iterator[tuple[Key, Fact]]]] = {
    "commandLine": _command_line,
    "environmentSettings": _environment,
    "commonEnvironmentSettings": _environment,
    "resourceFiles": _resource_files,
    "outputFiles": _output_files,
    "applicationPackageReferences": _packages,
    "metadata": _metadata,
    "imageReference": _image,
    "virtualMachineConfiguration": _virtual_machine,
    "virtualMachineInfo": _virtual_machine,
    "nodeAgentInfo": _agent,
    "isDedicated": _dedicated,
}


def _nested(
    path: str, value: Any, of: str, steady: Steadying, what: What
) -> Iterator[tuple[Key, Fact]]:
    """What a member holds, each value by the path to it; lists as a whole."""
    if isinstance(value, Mapping):
        for name in sorted(value):
            sort = _OTHER_SORTS.get(name, what)
            yield from _nested(f"{path}.{name}", value[name], of, steady, sort)
    elif value is not None:
        member = path.rpartition(".")[2]
        text = _plain(value)
        told = steady.text(text) if member in _TEXTS else text
        yield (
            (what, of, path.removeprefix(_SORT_SAYS_IT.get(what, ""))),
            Fact(told, _limit(text) if member in _LIMITS else text),
        )


def _limit(text: str) -> str:
    limit = parse_duration(text)
    return "no limit" if limit is None else span_text(limit)


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return without_access(value)
    return without_access(msgspec.json.encode(value, order="sorted").decode())


def _dicts(value: Any) -> list[Document]:
    return [each for each in value or () if isinstance(each, Mapping)]
