"""Writes the Kusto query that asks the AzureDiagnostics table what `events parse` asks a file.

Source of the columns: https://learn.microsoft.com/azure/azure-monitor/reference/tables/azurediagnostics
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from batchdoctor.core.log.timeline import MOST_BUCKETS, WIDTHS
from batchdoctor.events.kql_runs import ATTEMPTS, ROWS
from batchdoctor.events.selection import Selection

# Columns exist only where some record of the workspace had the field: `column_ifexists` helps.
_TEXTS = (
    "jobId_s",
    "id_s",
    "taskName_s",
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
_GUIDS = ("jobId_g", "id_g", "taskName_g", "nodeInfo_poolId_g", "nodeInfo_nodeId_g")
_NUMBERS = (
    "systemTaskVersion_d",
    "executionInfo_exitCode_d",
    "executionInfo_retryCount_d",
    "executionInfo_requeueCount_d",
    "constraints_maxTaskRetryCount_d",
)
# Filled as texts, whichever they are.
_ALL_TEXTS = (*_TEXTS, *_GUIDS)
_TIMES = ("executionInfo_startTime_t", "executionInfo_endTime_t")

# A GUID has a column of its own, and special tasks have a name instead of an id.
_FILLED = """\
| extend jobId = iff(isempty(jobId_s), tostring(jobId_g), jobId_s),
    taskId = iff(isempty(id_s), tostring(id_g), id_s),
    poolId = iff(isempty(nodeInfo_poolId_s), tostring(nodeInfo_poolId_g), nodeInfo_poolId_s),
    nodeId = iff(isempty(nodeInfo_nodeId_s), tostring(nodeInfo_nodeId_g), nodeInfo_nodeId_s),
    taskName = iff(isempty(taskName_s), tostring(taskName_g), taskName_s)
| extend taskId = iff(isempty(taskId), taskName, taskId),
    poolId = trim(" ", poolId), nodeId = trim(" ", nodeId)"""


def _width() -> str:
    """The width of `--show timeline` in seconds: the narrowest that needs few enough buckets."""
    seconds = [int(width.total_seconds()) for width in WIDTHS]
    cases = "".join(f"length < {(MOST_BUCKETS - 1) * each}, {each}, " for each in seconds[:-1])
    return f"case({cases}{seconds[-1]})"


_SHOWN = {
    "summary": """attempts
| summarize attempts = count(), failures = countif(failed), unfinished = countif(unfinished),
    retried = countif(retryCount > 0), requeued = countif(requeueCount > 0),
    jobs = array_length(make_set(jobId))
| extend nodes = toscalar(rows | where isnotempty(nodeId) | summarize by poolId, nodeId | count),
    firstTime = toscalar(rows | summarize min(TimeGenerated)),
    lastTime = toscalar(rows | summarize max(TimeGenerated))""",
    "failures": """attempts
| where failed
| project jobId, taskId, poolId, nodeId, code, exitCode, retryCount, requeueCount, lastTime
| order by lastTime asc""",
    "nodes": """let byNode = attempts
| where ended > 0 and isnotempty(nodeId)
| summarize runs = count(), failures = countif(failed),
    jobs = array_length(make_set(iff(failed, jobId, ""))) - iff(countif(not(failed)) > 0, 1, 0),
    codes = make_set(iff(failed, code, "")),
    lastFailureTime = max(iff(failed, lastTime, datetime(null))) by poolId, nodeId;
byNode
| where failures > 0
| join kind=leftouter (byNode
    | summarize poolRuns = sum(runs), poolFailures = sum(failures) by poolId) on poolId
| extend otherRuns = poolRuns - runs, otherFailures = poolFailures - failures
| extend expectedFailures = 1.0 * runs * otherFailures / otherRuns
| where otherRuns > 0 and failures > expectedFailures
| extend excess = failures - expectedFailures
| order by excess desc
| project poolId, nodeId, runs, failures, otherRuns, otherFailures, expectedFailures, jobs, codes,
    lastFailureTime""",
    "unfinished": """attempts
| where unfinished or overtaken
| project jobId, taskId, poolId, nodeId, firstTime, retryCount, requeueCount, systemTaskVersion,
    overtaken
| order by overtaken asc, firstTime asc""",
    "timeline": f"""let moments = union
    (attempts | where failed | project moment = failedTime, failure = 1),
    (selected | where OperationName == "PoolResizeStartEvent"
        | project moment = TimeGenerated, failure = 0)
| extend second = tolong(datetime_diff("second", moment, datetime(1970-01-01)));
let length = toscalar(moments | summarize max(second) - min(second));
moments
| extend width = {_width()}
| extend bucket = second - second % width
| summarize failures = sum(failure), resizes = countif(failure == 0) by bucket
| extend start = datetime_add("second", bucket, datetime(1970-01-01))
| project start, failures, resizes
| order by start asc""",
    "events": "| order by TimeGenerated asc",
}

_CANDIDATES = (
    "// Candidates: nodes that failed more often than the others of their pool.",
    "// That may be chance, or the jobs that ran there: `batchdoctor events parse --show nodes` on",
    "// the rows of `--kql --show events` weighs both, and names the suspects.",
)


def query(selection: Selection, show: str = "events") -> str:
    """The query for what `--show` is, over the events selected.

    `events` gives the rows themselves, which `events parse` reads. Categories are worked out by
    batchdoctor and are not in the table, so they are left to it, and so is the judgement on nodes.
    """
    lines = ["AzureDiagnostics", *_conditions(selection)]
    lines += [f"| extend {_columns()}", _moved(), _FILLED, *_conditions_on_fields(selection)]
    if show == "events":
        kept = ", ".join((*_ALL_TEXTS, *_NUMBERS, *_TIMES))
        lines.append(f"| project TimeGenerated, OperationName, Category, ResourceId, {kept}")
        lines.append(_SHOWN[show])
    else:
        selected = "\n".join(["let selected = " + lines[0], *lines[1:]])
        lines = [f"{selected};", f"let rows = selected\n{ROWS};", ATTEMPTS, _SHOWN[show]]
    comments = ["// Categories of failures are not in the table: they are not asked for."]
    shown = comments if selection.categories else []
    if show == "nodes":
        shown += _CANDIDATES
    return "\n".join([*shown, *lines]) + "\n"


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
        found.append(f"| where jobId in~ ({_list(selection.jobs)})")
    if selection.pools:
        pools = _list(selection.pools)
        found.append(
            f"| where poolId in~ ({pools})"
            f' or (OperationName startswith "Pool" and taskId in~ ({pools}))'
        )
    if selection.nodes:
        found.append(f"| where nodeId in~ ({_list(selection.nodes)})")
    return found


def _columns() -> str:
    empty = (
        *((name, '""') for name in _ALL_TEXTS),
        ("AdditionalFields", '"{}"'),
        *((name, "real(null)") for name in _NUMBERS),
        *((name, "datetime(null)") for name in _TIMES),
    )
    return ",\n    ".join(f'{name} = column_ifexists("{name}", {none})' for name, none in empty)


def _moved() -> str:
    """What no longer fitted into columns of its own is in one column, as JSON."""
    texts = (
        f"iff(isempty(tostring({name})), tostring(more.{name}), tostring({name}))"
        for name in _ALL_TEXTS
    )
    numbers = (f"coalesce({name}, toreal(more.{name}))" for name in _NUMBERS)
    found = zip((*_ALL_TEXTS, *_NUMBERS), (*texts, *numbers), strict=True)
    filled = ",\n    ".join(f"{name} = {value}" for name, value in found)
    return f"| extend more = parse_json(AdditionalFields)\n| extend {filled}"


def _list(names: Iterable[str]) -> str:
    return ", ".join(literal(name) for name in sorted(names))


def _moment(moment: datetime) -> str:
    return f"datetime({moment.astimezone(UTC).strftime('%Y-%m-%dT%H:%M:%S.%fZ')})"
