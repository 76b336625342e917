"""What to type or check next, for the answers of the service that have such a thing."""

from __future__ import annotations

from http import HTTPStatus

BY_CODE = {
    "authenticationfailed": "Check that the key belongs to this account name and endpoint: "
    "batchdoctor auth check",
    "insufficientaccountpermissions": "Ask for the role Azure Batch Data Contributor, or Batch "
    "Data Reader to look only, on the account.",
    "accountisdisabled": "Ask the owner of the subscription to enable the account.",
    "authorizationfailure": "The account may accept its private endpoint or certain networks only.",
    "toomanyrequests": "Wait a little, ask for less at a time, or give --timeout more seconds.",
    "serverbusy": "Wait a little, or give --timeout more seconds.",
    "notrecorded": "A bundle has what it was asked to take: batchdoctor bundle inspect FILE",
    "poolnotfound": "Check the pool id.",
    "nodenotfound": "The node may have left the pool: batchdoctor nodes suspect",
    "jobnotfound": "Check the job id; a deleted job is gone with its tasks.",
    "tasknotfound": "Check the task id and the job id.",
    "filenotfound": "Look what is there: batchdoctor files list",
    "taskfilescleanedup": "The retention time of the task has passed; its files are deleted.",
    "taskfilesunavailable": "The node of the task is gone or cannot be reached, its files with it.",
    "nodenotready": "The node is starting, stopping or being removed; try again in a minute.",
    "nodestateunusable": "An unusable node answers nothing; reboot or remove it.",
    "poolbeingresized": "Wait until the pool is steady, then try again.",
    "nodebeingrebooted": "Wait until the reboot is over.",
    "nodebeingreimaged": "Wait until the node is reimaged.",
    "tasksucceeded": "Only a failed task can be run again.",
    "tasknotcompleted": "Only a completed task can be run again.",
    "taskcompleted": "The task is over already.",
    "jobcompleted": "A completed job runs no more tasks; submit them to a new one.",
}
BY_STATUS = {
    401: "Sign in again: az login",
    403: "Check the key or the role, and that the endpoint is this account's: "
    "batchdoctor auth check",
    407: "The proxy wants a user name and password: check HTTPS_PROXY.",
    408: "Try again, or give --timeout more seconds.",
    429: BY_CODE["toomanyrequests"],
}


def hint_for(status: int, code: str | None) -> str | None:
    """Return the hint for a service code, else for an HTTP status, else None."""
    hint = BY_CODE.get((code or "").lower()) or BY_STATUS.get(status)
    if hint is None and status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        hint = "Try again later, or give --timeout more seconds."
    return hint
