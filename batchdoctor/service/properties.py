"""Which properties of things are asked for: what we hold is what we ask for.

https://learn.microsoft.com/rest/api/batchservice/
"""

from __future__ import annotations

from batchdoctor.core.records import Job, Node, Pool, PreparationStatus, Task
from batchdoctor.service.query import properties_of

# As whom tasks can sign in matters only to who makes some.
POOL_PROPERTIES = properties_of(Pool, without=["identity"])
POOL_IDENTITY_PROPERTIES = "id,taskSlotsPerNode,virtualMachineConfiguration,identity"
NODE_PROPERTIES = properties_of(Node, without=["poolId"])
# Who makes a job's tasks matters only to who waits for its end.
JOB_PROPERTIES = properties_of(Job, without=["jobManagerTask"])
JOB_END_PROPERTIES = "id,state,executionInfo,onAllTasksComplete,jobManagerTask"
_DEPLOYED = ("containerSettings", "applicationPackageReferences")
TASK_PROPERTIES = properties_of(Task, without=["jobId", "systemTaskVersion", *_DEPLOYED])
# What tells which release of a program a task ran.
DEPLOYED_PROPERTIES = ",".join(("id", "commandLine", *_DEPLOYED, "executionInfo"))
PREPARATION_PROPERTIES = properties_of(PreparationStatus)
# What a failure is told from; the command line and the rest are asked for by `task`.
FAILURE_PROPERTIES = "id,state,executionInfo,nodeInfo,constraints"
# How all tasks of a job ended, to be compared by what they ran.
ENDED_PROPERTIES = f"{FAILURE_PROPERTIES},commandLine"
# How far a task is, for who asks again and again.
PROGRESS_PROPERTIES = "id,state,executionInfo"
BEGUN_PROPERTIES = f"{PROGRESS_PROPERTIES},nodeInfo"
POOL_SIZE_PROPERTIES = (
    "id,state,allocationState,resizeErrors,enableAutoScale,currentDedicatedNodes,"
    "targetDedicatedNodes,currentLowPriorityNodes,targetLowPriorityNodes"
)
NODE_STATE_PROPERTIES = "id,state,schedulingState,runningTasksCount"
# What a line of a list is made of.
LISTED_NODE_PROPERTIES = properties_of(
    Node, without=["poolId", "recentTasks", "nodeAgentInfo", "startTask", "virtualMachineInfo"]
)
LISTED_TASK_PROPERTIES = "id,state,stateTransitionTime,creationTime,executionInfo,nodeInfo"
