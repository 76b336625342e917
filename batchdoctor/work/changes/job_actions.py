"""The changes that can be made to jobs, and to tasks as a whole: what each is called and does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from batchdoctor.core.names import TaskName
from batchdoctor.core.records import Job, Task, same
from batchdoctor.service import actions, job_actions
from batchdoctor.service.actions import ActionResult
from batchdoctor.service.client import Client

Name = str | TaskName
# A job with its tasks in numbers, or a task.
Found = Job | Task

_ENDED = ("completed", "terminating", "deleting")


class JobAction(msgspec.Struct, frozen=True):
    """A kind of change: its name for machines, and its sentences for people.

    `running` says what each option does to the running tasks, `waiting` what becomes of the others.
    `is_there` tells that it is as asked already; `refused_in` are the states in which it cannot be
    done. `back` is the command that takes it back, where there is one.
    """

    name: str
    noun: str
    done: str
    already: str
    running: Mapping[str, str]
    waiting: str
    act: Callable[[Client, Name, str, Found], ActionResult]
    is_there: Callable[[Found, str], bool]
    refused_in: Sequence[str] = ()
    back: str | None = None

    @property
    def path(self) -> str:
        """The words of its command."""
        return f"{self.noun} {self.name}"


def _in(found: Found, *states: str) -> bool:
    return any(same(found.state, state) for state in states)


DISABLE_JOB = JobAction(
    name="disable",
    noun="job",
    done="disabled",
    already="it was disabled already",
    running={
        "requeue": "stopped and queued again",
        "terminate": "ended as failed",
        "wait": "left to finish first",
    },
    waiting="wait until it is enabled",
    act=lambda client, name, option, found: job_actions.disable_job(
        client, str(name), option, was_disabling=_in(found, "disabling")
    ),
    # One that waits for its tasks may be asked to wait no longer.
    is_there=lambda job, option: (
        _in(job, "disabled") or (option == "wait" and _in(job, "disabling"))
    ),
    refused_in=_ENDED,
    back="enable",
)
ENABLE_JOB = JobAction(
    name="enable",
    noun="job",
    done="enabled",
    already="it was enabled already",
    running={},
    waiting="may run",
    act=lambda client, name, _option, _found: job_actions.enable_job(client, str(name)),
    is_there=lambda job, _option: _in(job, "active", "enabling"),
    refused_in=_ENDED,
    back="disable",
)
TERMINATE_JOB = JobAction(
    name="terminate",
    noun="job",
    done="its end was asked for",
    already="it had ended, or was ending, already",
    running={"": "ended as failed"},
    waiting="end as failed without having run",
    act=lambda client, name, option, _found: job_actions.terminate_job(client, str(name), option),
    is_there=lambda job, _option: _in(job, *_ENDED),
)


def _end_task(client: Client, name: Name, _option: str, _found: Found) -> ActionResult:
    named = TaskName.of(name)
    return actions.terminate(client, named.job_id, named.task_id)


TERMINATE_TASK = JobAction(
    name="terminate",
    noun="task",
    done="ended",
    already="it had ended already",
    running={"": "ended as failed"},
    waiting="end as failed without having run",
    act=_end_task,
    is_there=lambda task, _option: _in(task, "completed"),
)
