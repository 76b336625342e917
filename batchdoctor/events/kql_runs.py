"""Kusto text that puts the events of a log together into runs of tasks, as `events parse` does.

It says in sets what `core/log` says step by step; a test runs both over the same rows.
"""

from __future__ import annotations

_GROUP = "jobId, taskId, retryCount, systemTaskVersion"
_PLACE = f"{_GROUP}, poolId, nodeId"

ROWS = """\
| where OperationName in
    ("TaskStartEvent", "TaskCompleteEvent", "TaskFailEvent", "TaskRequeueEvent")
| extend exitCode = toint(executionInfo_exitCode_d), code = executionInfo_schedulingError_code_s,
    retryCount = tolong(coalesce(executionInfo_retryCount_d, 0.0)),
    requeueCount = tolong(coalesce(executionInfo_requeueCount_d, 0.0)),
    systemTaskVersion = tolong(coalesce(systemTaskVersion_d, 0.0)),
    started = OperationName == "TaskStartEvent",
    isEnd = OperationName in ("TaskCompleteEvent", "TaskFailEvent")
| extend failed = OperationName == "TaskFailEvent"
    or (OperationName == "TaskCompleteEvent"
        and iff(isempty(executionInfo_result_s), coalesce(exitCode, 0) != 0 or isnotempty(code),
            executionInfo_result_s =~ "failure"))"""

# A start without a requeue count tells of the node only. An end knows better than a start where a
# run was; of two ends on two nodes it is either.
_TOLD = f"""\
let starts = rows
| where started and isnull(executionInfo_requeueCount_d)
| summarize startTime = min(TimeGenerated) by {_PLACE};
let runs = rows
| where not(started and isnull(executionInfo_requeueCount_d))
| summarize
    starts = countif(started),
    ended = countif(isEnd),
    requeueEvents = countif(OperationName == "TaskRequeueEvent"),
    failures = countif(failed),
    exitCode = take_anyif(exitCode, isnotnull(exitCode)),
    code = take_anyif(code, isnotempty(code)),
    endPoolId = take_anyif(poolId, isEnd and isnotempty(nodeId)),
    endNodeId = take_anyif(nodeId, isEnd and isnotempty(nodeId)),
    startPoolId = take_anyif(poolId, started and isnotempty(nodeId)),
    startNodeId = take_anyif(nodeId, started and isnotempty(nodeId)),
    anyPoolId = take_anyif(poolId, isnotempty(nodeId)),
    anyNodeId = take_anyif(nodeId, isnotempty(nodeId)),
    firstTime = min(TimeGenerated),
    lastTime = max(TimeGenerated),
    endTime = min(iff(isEnd, TimeGenerated, datetime(null))),
    failedTime = min(iff(failed, TimeGenerated, datetime(null)))
    by {_GROUP}, requeueCount
| extend poolId = iff(ended > 0, endPoolId, iff(starts > 0, startPoolId, anyPoolId)),
    nodeId = iff(ended > 0, endNodeId, iff(starts > 0, startNodeId, anyNodeId));"""

# Such a start belongs to a run on its node, else to one that has no start at all, the first to the
# first. What is left are runs of their own, with the requeue counts that are free.
_LEFT = f"""\
let startable = runs
| where ended > 0 or starts > 0 or requeueCount == 0;
let strayed = starts
| join kind=leftouter (startable | summarize here = count() by {_PLACE}) on {_PLACE}
| where coalesce(here, 0) == 0
| project {_PLACE}, startTime;
let lacking = startable
| where starts == 0
| summarize lacking = count() by {_PLACE}
| join kind=leftouter (starts | summarize matched = count() by {_PLACE}) on {_PLACE}
| summarize lacking = sum(lacking - coalesce(matched, 0)) by {_GROUP};
let rivals = strayed
| project {_GROUP}, otherTime = startTime;
let left = strayed
| join kind=leftouter rivals on {_GROUP}
| summarize place = countif(otherTime < startTime) by {_PLACE}, startTime
| join kind=leftouter lacking on {_GROUP}
| extend place = place - coalesce(lacking, 0)
| where place >= 0
| project {_PLACE}, startTime, place
| join kind=leftouter (runs | where ended > 0 or starts > 0
    | project {_GROUP}, ranCount = requeueCount) on {_GROUP}
| summarize before = countif(ranCount <= place) by {_PLACE}, startTime, place
| project {_PLACE}, requeueCount = place + before, starts = 1, ended = 0, requeueEvents = 0,
    failures = 0, firstTime = startTime, lastTime = startTime;"""

# A requeue told with the count of the next run ends the run before and tells nothing else. What
# has no end and was followed by another run of its task has ended all the same.
_ATTEMPTS = f"""\
let told = union runs, left;
let openBefore = told
| where starts > 0 and ended == 0 and (requeueEvents == 0 or requeueCount > 0)
| summarize openBefore = count() by {_GROUP}, requeueCount
| extend requeueCount = requeueCount + 1;
let requeued = runs
| where requeueCount > 0 and requeueEvents > 0
| extend requeueCount = requeueCount - 1
| summarize requeues = count() by {_GROUP}, requeueCount;
let lasts = told
| extend moment = coalesce(failedTime, endTime, iff(starts > 0, firstTime, datetime(null)))
| summarize lastMoment = max(moment) by jobId, taskId;
let attempts = told
| join kind=leftouter openBefore on {_GROUP}, requeueCount
| extend requeueEvents = iff(coalesce(openBefore, 0) > 0, 0, requeueEvents)
| where starts > 0 or ended > 0 or requeueEvents > 0
| join kind=leftouter requeued on {_GROUP}, requeueCount
| join kind=leftouter lasts on jobId, taskId
| extend failed = failures > 0, begunAgain = coalesce(lastMoment > firstTime, false),
    endless = starts > 0 and ended == 0 and requeueEvents == 0 and coalesce(requeues, 0) == 0
| extend unfinished = endless and not(begunAgain), overtaken = endless and begunAgain;"""

ATTEMPTS = "\n".join((_TOLD, _LEFT, _ATTEMPTS))
