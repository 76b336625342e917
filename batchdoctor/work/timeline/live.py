"""What an account still knows of its past: its tasks, pools, nodes and jobs."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from batchdoctor.core.checked import Checked
from batchdoctor.core.failures.failure import Failure
from batchdoctor.core.findings.checks.facts import JobFacts
from batchdoctor.core.records import Task
from batchdoctor.core.suspicion.deployed_tasks import TaskDeployment
from batchdoctor.core.suspicion.history import History
from batchdoctor.core.text.wording import plural
from batchdoctor.core.timeline.gathered import Asked, Gathered
from batchdoctor.core.timeline.happening import Happening, HappeningKind
from batchdoctor.core.timeline.meant import Place, places_of
from batchdoctor.core.timeline.of_pool import of_job, of_pool
from batchdoctor.core.timeline.of_task import failed, repeated
from batchdoctor.core.timeline.onset import Onset
from batchdoctor.core.timeline.onsets import onsets_of_account
from batchdoctor.work.diagnosis.account import MOST_POOLS, Survey
from batchdoctor.work.diagnosis.ended_tasks import MOST_ENDED, can_be_listed
from batchdoctor.work.diagnosis.narrowing import Narrowing
from batchdoctor.work.diagnosis.pool_reading import read_nodes
from batchdoctor.work.reading.reading import Reading

# Of jobs in which nothing failed for good, so many are asked for tasks that were tried again.
_MOST_WELL = 20


class LiveTimeline(msgspec.Struct):
    """Reads an account into what was gathered."""

    reading: Reading
    asked: Asked
    gathered: Gathered
    tasks: int = 0
    history: History | None = None
    """When what ran, of the jobs in which something failed; None where not all of it was read."""
    places: set[Place] = msgspec.field(default_factory=set)
    """The nodes that are there, or on which something ran."""
    _only_failed: bool = False
    _nodes: int = 0
    _pools_left_out: int = 0
    _jobs_left_out: int = 0

    def read(self) -> list[Onset]:
        """Gather everything, and tell since when it fails. Raises what the first request raises."""
        asked = self.asked
        pools = asked.pools or {pool for pool, slash, _ in map(_split, asked.nodes) if slash}
        survey = Survey(
            self.reading,
            self.reading.outside.now(),
            asked.since,
            Narrowing(sorted(pools), sorted(asked.jobs)),
            seen=self._add_task,
        )
        survey.read_past()
        self._read_other_nodes(survey)
        self._read_well(survey)
        counts = {job_id: facts.counts for job_id, facts in survey.jobs.items() if _is_read(facts)}
        self._only_failed = not can_be_listed(counts)
        # Failed tasks alone are no picture of what ran.
        self.history = None if self._only_failed else survey.history
        self.places = set(survey.nodes) | places_of(survey.history)
        for pool in survey.pools.values():
            self._add(of_pool(pool.pool, pool.nodes or ()))
            self._nodes += len(pool.nodes or ())
            self.places |= {(pool.pool.id, node.id) for node in pool.nodes or ()}
        for job in survey.jobs.values():
            self._add(of_job(job.job))
            self._add(_release(job, each) for each in job.deployed)
        return onsets_of_account(
            list(survey.pools.values()), list(survey.jobs.values()), survey.history
        )

    def checked(self) -> Iterator[Checked]:
        """What was looked at, and what an account does not tell."""
        left_out = [
            f"{plural(self._jobs_left_out, 'job')} without failures" if self._jobs_left_out else "",
            f"nodes of {plural(self._pools_left_out, 'pool')}" if self._pools_left_out else "",
        ]
        told = " and ".join(each for each in left_out if each)
        problems = [
            "of so many tasks only the failed ones were read" if self._only_failed else "",
            f"{told} were not looked at" if told else "",
        ]
        yield Checked(
            check="account",
            objects=self.tasks,
            of="ended tasks",
            problem="; ".join(each for each in problems if each) or None,
        )
        yield Checked(check="nodes", objects=self._nodes, of="nodes")

    def _add(self, happenings: Iterator[Happening]) -> None:
        for each in happenings:
            self.gathered.add(each)

    def _add_task(self, task: Task, failure: Failure | None) -> None:
        self.tasks += 1
        found = failed(failure) if failure else None
        if found is not None:
            self.gathered.add(found)
        self._add(repeated(task))

    def _read_other_nodes(self, survey: Survey) -> None:
        """Read the nodes of pools in which nothing failed, as far as they are few."""
        unread = [pool_id for pool_id, pool in survey.pools.items() if pool.nodes is None]
        wanted = unread if self.asked.pools else unread[:MOST_POOLS]
        self._pools_left_out = len(unread) - len(wanted)
        listings = self.reading.ahead(wanted, self.reading.client.nodes, unit="pools")
        for pool_id, nodes in listings:
            read_nodes(self.reading, survey.pools[pool_id], nodes)

    def _read_well(self, survey: Survey) -> None:
        """Read what was tried again, of jobs in which nothing failed for good or something runs."""
        left = MOST_ENDED - self.tasks
        wanted: list[str] = []
        for facts in sorted(survey.jobs.values(), key=_newest_first):
            if _is_read(facts):
                continue
            ended = facts.counts.completed if facts.counts else 0
            if ended and len(wanted) < _MOST_WELL and ended <= left:
                left -= ended
                wanted.append(facts.job.id)
            elif ended:
                self._jobs_left_out += 1
        since, client = self.asked.since, self.reading.client
        listings = self.reading.ahead(wanted, lambda job: client.ended_tasks(job, since=since))
        for job_id, tasks in listings:
            for task in self.reading.each(f"tasks of job {job_id}", tasks, unit="tasks"):
                self._add_task(task, None)
        self._read_running(survey)

    def _read_running(self, survey: Survey) -> None:
        running = [
            job_id for job_id, facts in survey.jobs.items() if facts.counts and facts.counts.running
        ][:_MOST_WELL]
        client = self.reading.client
        listings = self.reading.ahead(running, lambda job: client.begun_tasks(job, running=True))
        for job_id, tasks in listings:
            for task in self.reading.each(f"running tasks of job {job_id}", tasks, unit="tasks"):
                self._add(repeated(task))


def _is_read(facts: JobFacts) -> bool:
    """Whether the survey has read the ended tasks."""
    return bool(facts.counts and facts.counts.failed)


def _newest_first(facts: JobFacts) -> tuple[float, str]:
    changed = facts.job.state_transition_time or facts.job.creation_time
    return (-changed.timestamp() if changed else 0.0, facts.job.id)


def _release(facts: JobFacts, found: TaskDeployment) -> Happening:
    return Happening(
        time=found.at,
        kind=HappeningKind(found.kind.value),
        what=found.say,
        pool_id=facts.pool_id,
        job_id=found.job_id,
        task_id=found.task_id,
    )


def _split(name: str) -> tuple[str, str, str]:
    return name.partition("/")
