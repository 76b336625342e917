"""What a change to jobs or tasks will disturb: told before anyone is asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from batchdoctor.core.names import TaskName
from batchdoctor.core.records import Job, Task, TaskCounts, same
from batchdoctor.core.records.job import pool_of
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.wording import plural, since, verb
from batchdoctor.errors import BatchdoctorError, StateError
from batchdoctor.prefetch import prefetched
from batchdoctor.service.client import Client
from batchdoctor.work.changes.job_actions import Found, JobAction, Name
from batchdoctor.work.surroundings import Surroundings


class JobPlan(msgspec.Struct):
    """The jobs or tasks of a change: as they are now, or why they cannot be changed."""

    action: JobAction
    option: str
    names: Sequence[Name]
    found: dict[Name, Found] = msgspec.field(default_factory=dict)
    missing: dict[Name, BatchdoctorError] = msgspec.field(default_factory=dict)
    disturbs: list[str] = msgspec.field(default_factory=list)
    """What will be done and what it disturbs, a line each."""

    @property
    def left(self) -> list[Name]:
        """What is not as asked yet."""
        there = self.action.is_there
        return [name for name, found in self.found.items() if not there(found, self.option)]


def make_job_plan(
    outside: Surroundings, client: Client, action: JobAction, names: Sequence[Name], option: str
) -> JobPlan:
    """Read what is to be changed, several at a time, and find out what that disturbs."""
    plan = JobPlan(action, option, names)
    read = _job if action.noun == "job" else _task

    def reading(name: Name) -> Iterator[tuple[Found, TaskCounts | None]]:
        yield read(client, name)

    for name, looks in prefetched(names, reading):
        outside.progress(f"reading {action.noun} {name}")
        try:
            ((found, counts),) = looks
            _refuse_in_state(action, name, found)
        except BatchdoctorError as error:
            plan.missing[name] = error
            continue
        plan.found[_own_name(name, found)] = found
        plan.disturbs.append(_told(plan, outside, found, counts))
    return plan


def _own_name(name: Name, found: Found) -> Name:
    """The name as the object itself writes it."""
    return found.id if isinstance(found, Job) else TaskName.of(name)


def _job(client: Client, name: Name) -> tuple[Found, TaskCounts | None]:
    job = client.job(str(name))
    try:
        return job, client.task_counts(job.id)
    except BatchdoctorError:
        # A change needs no counts; the plan says that they are not known.
        return job, None


def _task(client: Client, name: Name) -> tuple[Found, TaskCounts | None]:
    named = TaskName.of(name)
    return client.task(named.job_id, named.task_id), None


def _refuse_in_state(action: JobAction, name: Name, found: Found) -> None:
    if any(same(found.state, state) for state in action.refused_in):
        raise StateError(
            f"The {action.noun} {name} is {found.state}, and cannot be {action.name}d any more.",
            hint=command_line("job", "diagnose", str(name)),
            code="JobCompleted" if same(found.state, "completed") else "JobBeingTerminated",
        )


def _told(plan: JobPlan, outside: Surroundings, found: Found, counts: TaskCounts | None) -> str:
    action = plan.action
    if action.is_there(found, plan.option):
        return f"{_name_of(found)}: {action.already}"
    if isinstance(found, Task):
        return f"will {action.name} task {_name_of(found)}, {_standing(found, outside)}"
    where = f" of pool {pool_of(found)}" if pool_of(found) else ""
    return f"will {action.name} job {found.id}{where}; {_fates(plan, counts)}"


def _name_of(found: Found) -> str:
    return found.id if isinstance(found, Job) else f"{found.job_id}/{found.id}"


def _standing(task: Task, outside: Surroundings) -> str:
    """Where a task is and since when."""
    lasting = since(task.state_transition_time, outside.now())
    node = task.node_info
    where = f" on {node.pool_id}/{node.node_id}" if node and node.node_id else ""
    return f"which is {task.state}{where}{lasting}; it ends as failed"


def _fates(plan: JobPlan, counts: TaskCounts | None) -> str:
    """What becomes of the tasks of a job."""
    if counts is None:
        return "how many tasks that disturbs is not known"
    action, told = plan.action, []
    fate = action.running.get(plan.option) or action.running.get("")
    if fate and counts.running:
        told.append(f"{plural(counts.running, 'running task')} {fate}")
    if counts.active:
        told.append(f"{plural(counts.active, 'waiting task')} {_form(counts.active, action)}")
    return ", ".join(told) or "none of its tasks runs or waits"


def _form(count: int, action: JobAction) -> str:
    first, _, rest = action.waiting.partition(" ")
    singular = {"wait": "waits", "end": "ends"}.get(first, first)
    return f"{verb(count, singular, first)} {rest}"
