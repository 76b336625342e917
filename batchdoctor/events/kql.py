"""Writes the Kusto query that asks the AzureDiagnostics table what `events parse` asks a file.

Source of the columns: https://learn.microsoft.com/azure/azure-monitor/reference/tables/azurediagnostics
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from batchdoctor.events.selection import Selection

# Columns exist only where some record of the workspace had the field: `column_ifexists` helps.
_TEXTS = (
    "jobId_s",
    "id_s",
    "taskType_s",
    "nodeInfo_poolId_s",
    "nodeInfo_nodeId_s",
    "executionInfo_result_s",
    "executionInfo_schedulingError_category_s",
    "executionInfo_schedulingError_code_s",
    "executionInfo_schedulingError_message_s",
    "schedulingError_category_s",
    "schedulingError_code_s",
    "schedulingError_message_s",
    "resultCode_s",
    "resultMessage_s",
    "error_code_s",
    "error_message_s",
)
_NUMBERS = (
    "systemTaskVersion_d",
    "executionInfo_exitCode_d",
    "executionInfo_retryCount_d",
    "executionInfo_requeueCount_d",
    "constraints_maxTaskRetryCount_d",
)
_TIMES = ("executionInfo_startTime_t", "executionInfo_endTime_t")

_ATTEMPTS = """\
| where OperationName in ("TaskStartEvent", "TaskCompleteEvent", "TaskFailEvent")
| extend exitCode = toint(executionInfo_exitCode_d), code = executionInfo_schedulingError_code_s
| extend failed = OperationName == "TaskFailEvent"
    or (OperationName == "TaskCompleteEvent"
        and iff(isempty(executionInfo_result_s), coalesce(exitCode, 0) != 0 or isnotempty(code),
            executionInfo_result_s =~ "failure"))
| summarize
    started = countif(OperationName == "TaskStartEvent"),
    ended = countif(OperationName != "TaskStartEvent"),
    failed = countif(failed) > 0,
    exitCode = take_anyif(exitCode, isnotnull(exitCode)),
    code = take_anyif(code, isnotempty(code)),
    poolId = take_anyif(nodeInfo_poolId_s, isnotempty(nodeInfo_poolId_s)),
    nodeId = take_anyif(nodeInfo_nodeId_s, isnotempty(trim(" ", nodeInfo_nodeId_s))),
    firstTime = min(TimeGenerated),
    lastTime = max(TimeGenerated)
    by jobId = jobId_s, taskId = id_s,
        retryCount = toint(coalesce(executionInfo_retryCount_d, 0.0)),
        requeueCount = toint(coalesce(executionInfo_requeueCount_d, 0.0)),
        systemTaskVersion = tolong(systemTaskVersion_d)"""

_SHOWN = {
    "summary": f"""{_ATTEMPTS}
| summarize attempts = count(), failures = countif(failed), unfinished = countif(ended == 0),
    retried = countif(retryCount > 0), requeued = countif(requeueCount > 0),
    jobs = dcount(jobId), nodes = dcount(strcat(poolId, "/", nodeId)),
    firstTime = min(firstTime), lastTime = max(lastTime)""",
    "failures": f"""{_ATTEMPTS}
| where failed
| project jobId, taskId, poolId, nodeId, code, exitCode, retryCount, requeueCount, lastTime
| order by lastTime asc""",
    "nodes": f"""{_ATTEMPTS}
| where ended > 0 and isnotempty(nodeId)
| summarize runs = count(), failures = countif(failed), jobs = dcountif(jobId, failed),
    codes = make_set_if(code, failed), lastFailureTime = maxif(lastTime, failed) by poolId, nodeId
| where failures > 0
| order by failures desc""",
    "unfinished": f"""{_ATTEMPTS}
| where started > 0 and ended == 0
| project jobId, taskId, poolId, nodeId, firstTime, retryCount, requeueCount, systemTaskVersion
| order by firstTime asc""",
    "timeline": f"""{_ATTEMPTS}
| where failed
| summarize failures = count() by bin(lastTime, 1h)
| order by lastTime asc""",
    "events": "| order by TimeGenerated asc",
}


def query(selection: Selection, show: str = "events") -> str:
    """The query for what `--show` is, over the events selected.

    `events` gives the rows themselves, which `events parse` reads. Categories are worked out by
    batchdoctor and are not in the table, so they are left to it.
    """
    lines = ["AzureDiagnostics", *_conditions(selection)]
    lines += [f"| extend {_columns()}", *_conditions_on_fields(selection)]
    if show == "events":
        kept = ", ".join((*_TEXTS, *_NUMBERS, *_TIMES))
        lines.append(f"| project TimeGenerated, OperationName, Category, ResourceId, {kept}")
    if selection.categories:
        lines.insert(0, "// Categories of failures are not in the table: they are not asked for.")
    return "\n".join([*lines, _SHOWN[show]]) + "\n"


def literal(text: str) -> str:
    """A text as a Kusto literal, whatever is in it."""
    escaped = "".join(
        {"\\": "\\\\", '"': '\\"'}.get(each) or (each if each.isprintable() else _code(each))
        for each in text
    )
    return f'"{escaped}"'


def _code(character: str) -> str:
    number = ord(character)
    return f"\\u{number:04x}" if number < 2**16 else f"\\U{number:08x}"


def _conditions(selection: Selection) -> list[str]:
    found = ['| where ResourceProvider =~ "MICROSOFT.BATCH" and Category startswith "ServiceLog"']
    if selection.since is not None:
        found.append(f"| where TimeGenerated >= {_moment(selection.since)}")
    if selection.until is not None:
        found.append(f"| where TimeGenerated < {_moment(selection.until)}")
    return found


def _conditions_on_fields(selection: Selection) -> list[str]:
    found = []
    if selection.jobs:
        found.append(f"| where jobId_s in ({_list(selection.jobs)})")
    if selection.pools:
        pools = _list(selection.pools)
        found.append(
            f"| where nodeInfo_poolId_s in ({pools})"
            f' or (OperationName startswith "Pool" and id_s in ({pools}))'
        )
    if selection.nodes:
        found.append(f"| where nodeInfo_nodeId_s in ({_list(selection.nodes)})")
    return found


def _columns() -> str:
    empty = (
        *((name, '""') for name in _TEXTS),
        *((name, "real(null)") for name in _NUMBERS),
        *((name, "datetime(null)") for name in _TIMES),
    )
    return ",\n    ".join(f'{name} = column_ifexists("{name}", {none})' for name, none in empty)


def _list(names: Iterable[str]) -> str:
    return ", ".join(literal(name) for name in sorted(names))


def _moment(moment: datetime) -> str:
    return f"datetime({moment.astimezone(UTC).strftime('%Y-%m-%dT%H:%M:%S.%fZ')})"
