"""Changes to jobs, each safe to ask for again.

https://learn.microsoft.com/rest/api/batchservice/jobs
"""

from __future__ import annotations

from collections.abc import Sequence

from batchdoctor.core.records import Job, same
from batchdoctor.errors import BatchdoctorError, UsageError
from batchdoctor.service.client import Client
from batchdoctor.service.once import ActionResult, carry_out, has_code, read_once
from batchdoctor.service.query import parameters, path
from batchdoctor.service.transport import Request

# What becomes of the running tasks of a job that is disabled.
DISABLE_OPTIONS = ("requeue", "terminate", "wait")
_OFF = ("disabling", "disabled")
_ON = ("enabling", "active")
_ENDING = ("terminating", "completed", "deleting")
_ENDED = ("JobCompleted", "JobBeingTerminated", "JobBeingDeleted")


def disable_job(
    client: Client, job_id: str, option: str = "requeue", *, was_disabling: bool = False
) -> ActionResult:
    """Run no more tasks of a job; `option` is what becomes of those that run.

    A job that `was_disabling` before, and waited for its tasks, shows no trace of a second request:
    then a lost answer has it sent again, which changes nothing more.
    """
    if option not in DISABLE_OPTIONS:
        raise UsageError(
            f"{option!r} is not what can become of running tasks.",
            hint="One of: " + ", ".join(DISABLE_OPTIONS),
        )
    return carry_out(
        client,
        _change(job_id, "disable", {"disableTasks": option}),
        f"disable job {job_id}",
        lambda _refusal, lost: lost and _is_in(client, job_id, _OFF),
        None if was_disabling else lambda limit: _is_now_in(client, job_id, _OFF, limit),
    )


def enable_job(client: Client, job_id: str) -> ActionResult:
    """Run the tasks of a disabled job again; a job that is enabled already is a success."""
    return carry_out(
        client,
        _change(job_id, "enable"),
        f"enable job {job_id}",
        lambda _refusal, _lost: _is_in(client, job_id, _ON),
        lambda limit: _is_now_in(client, job_id, _ON, limit),
    )


def terminate_job(client: Client, job_id: str, reason: str = "") -> ActionResult:
    """End a job, and its tasks that have not ended, as failed; one that has ended is a success.

    `reason` is kept as its `terminateReason`; without one the service writes `UserTerminate`.
    """

    def ended(refusal: BatchdoctorError, _lost: bool) -> bool:  # noqa: FBT001 - as carry_out asks
        return any(has_code(refusal, code) for code in _ENDED)

    return carry_out(
        client,
        _change(job_id, "terminate", {"terminateReason": reason} if reason else None),
        f"terminate job {job_id}",
        ended,
        lambda limit: _is_now_in(client, job_id, _ENDING, limit),
    )


def _change(job_id: str, verb: str, body: dict[str, str] | None = None) -> Request:
    return Request("POST", path("jobs", job_id, verb), parameters(), body=body)


def _is_in(client: Client, job_id: str, states: Sequence[str]) -> bool:
    return any(same(client.job(job_id).state, state) for state in states)


def _is_now_in(client: Client, job_id: str, states: Sequence[str], limit: float) -> bool:
    """Whether a job is in one of the states, read in one exchange. Raises `Fault`."""
    job = read_once(client, Job, path("jobs", job_id), "id,state", limit)
    return any(same(job.state, state) for state in states)
