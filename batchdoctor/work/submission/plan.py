"""The plan of a job that counts logs on a pool: its tasks, and what it will read and write."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import msgspec
from msgspec import structs

from batchdoctor.core.changes import Outcome
from batchdoctor.core.log.show import Show
from batchdoctor.core.log.submitted import PlannedTask, SubmitSummary, TaskPart
from batchdoctor.core.records import Pool
from batchdoctor.core.text.times import size_text, utc_text
from batchdoctor.core.text.wording import plural
from batchdoctor.errors import InputError, UsageError
from batchdoctor.events.blobs import Address, address_of, signature_of, stored_logs
from batchdoctor.events.days import DayOfLogs, StoredLog, days_of
from batchdoctor.service.client import Client
from batchdoctor.service.properties import POOL_IDENTITY_PROPERTIES
from batchdoctor.work.submission.access import READ, WRITE, Access, access_to
from batchdoctor.work.submission.program import Program

# One reduce concludes the counts of about so many bytes of logs, in some hundred megabytes.
LOGS_PER_REDUCE = 16 * 1024**3
MOST_REDUCES = 256
# Of characters; the service takes no longer lists of ids, and a command line has its limits too.
MOST_IDS = 64_000
LONGEST_PATHS = 6_000


class SubmitWanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for. `logs` and `out` are URLs of containers or below, perhaps signed.

    `job_id` names the job; without, its name follows from what it reads. `python` runs the program.
    """

    pool_id: str
    logs: str
    out: str
    program: Program
    since: datetime | None = None
    until: datetime | None = None
    show: Show = Show.SUMMARY
    identity: str | None = None
    reduces: int | None = None
    job_id: str | None = None
    python: str = "python3"


class SubmitPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A job that is to be made. `out` is where this job's own counts go, `digest` what it reads."""

    wanted: SubmitWanted
    job_id: str
    digest: str
    logs: Address
    out: Address
    access: Access
    tasks: Sequence[PlannedTask]
    days: Sequence[DayOfLogs]
    growing: Sequence[StoredLog]
    slots: int

    @property
    def lines(self) -> Iterator[str]:
        """What will be done, a line each, without a secret."""
        maps, reduces = self.count(TaskPart.MAP), self.count(TaskPart.REDUCE)
        program = self.wanted.program
        in_logs, into_out = self.access.told
        yield (
            f"will make job {self.job_id} on pool {self.wanted.pool_id}:"
            f" {plural(maps, 'map task')}, {plural(reduces, 'reduce task')} and a final one;"
            f" {plural(self.slots, 'task slot')} for them now"
        )
        yield (
            f"reads {plural(self.log_count, 'log')} ({size_text(self.size)}) of"
            f" {self._days} from {self.logs.name}, {in_logs}"
        )
        yield f"counts go to {self.out.name}, {into_out}"
        if program.path is not None:
            needs = f" for {program.made_for}" if program.made_for else ""
            yield (
                f"the nodes run {program.path} ({size_text(program.size)}){needs}"
                f" by {self.wanted.python}"
            )
        if self.growing:
            yield (
                f"left out: {plural(len(self.growing), 'log')} of hours that are not over, such as"
                f" {self.growing[-1].name}"
            )

    @property
    def _days(self) -> str:
        dated = [day.day for day in self.days if day.day]
        if not dated:
            return "no day"
        return str(dated[0] if len(dated) == 1 else f"{dated[0]} to {dated[-1]}")

    @property
    def log_count(self) -> int:
        """How many blobs are read."""
        return sum(day.logs for day in self.days)

    @property
    def size(self) -> int:
        """How many bytes of them there are."""
        return sum(day.size for day in self.days)

    def count(self, part: TaskPart) -> int:
        """How many tasks there are of a kind."""
        return sum(task.part is part for task in self.tasks)

    def summary(self, outcome: Outcome) -> SubmitSummary:
        """The job in numbers."""
        return SubmitSummary(
            job_id=self.job_id,
            pool_id=self.wanted.pool_id,
            outcome=outcome,
            place=self.out.name,
            maps=self.count(TaskPart.MAP),
            reduces=self.count(TaskPart.REDUCE),
            logs=self.log_count,
            bytes=self.size,
            left_out=len(self.growing),
        )


def make_submit_plan(
    client: Client, wanted: SubmitWanted, environ: Mapping[str, str], now: datetime
) -> SubmitPlan:
    """List the logs, look at the pool, and plan the job.

    Raises NotFoundError for a pool or a container that is not there, InputError where there is no
    log, and UsageError for what a job cannot do.
    """
    logs, out = _signed(wanted.logs, environ), _signed(wanted.out, environ)
    out = out.of(out.prefix.rstrip("/"))
    pool = client.pool(wanted.pool_id, select=POOL_IDENTITY_PROPERTIES)
    _refuse_windows(pool)
    access = access_to([(logs, READ), (out, WRITE)], pool.identity, wanted.identity, now)
    blobs = stored_logs(logs, environ, wanted.since, wanted.until)
    days, growing = days_of(blobs, logs.prefix, now)
    if not days:
        raise InputError(
            f"There is no log to read in {logs.name}.",
            hint="hours that are not over are left out; batchdoctor events parse URL reads them",
        )
    digest = _digest(wanted, logs, out, blobs, growing)
    own = out.of("/".join(filter(None, (out.prefix, f"events-{digest}"))))
    return SubmitPlan(
        wanted=wanted,
        job_id=wanted.job_id or f"events-{digest}",
        digest=digest,
        logs=logs,
        out=own,
        access=access,
        tasks=_tasks(wanted, days, logs, own),
        days=days,
        growing=growing,
        slots=_slots(client, pool),
    )


def _signed(url: str, environ: Mapping[str, str]) -> Address:
    """An address with its signature, which may be among those of the environment."""
    if not url.startswith(("https://", "http://")):
        raise UsageError(
            f"{url!r} is no URL of a container, which the nodes could reach.",
            hint="https://ACCOUNT.blob.core.windows.net/CONTAINER[/PREFIX]",
        )
    address = address_of(url)
    return structs.replace(address, signature=signature_of(address, environ))


def _refuse_windows(pool: Pool) -> None:
    machine = pool.virtual_machine_configuration
    agent = (machine.node_agent_sku_id if machine else None) or ""
    if "windows" in agent.lower():
        raise UsageError(
            f"The nodes of pool {pool.id} run Windows; the job is for Linux.",
            hint="name a pool of Linux nodes: batchdoctor pools list",
        )


def _slots(client: Client, pool: Pool) -> int:
    """How many tasks can run at once on the nodes that are there now."""
    nodes = 0
    for counts in client.node_counts(pool.id):
        for kind in (counts.dedicated, counts.low_priority):
            nodes += kind.idle + kind.running if kind else 0
    return nodes * (pool.task_slots_per_node or 1)


def _digest(
    wanted: SubmitWanted,
    logs: Address,
    out: Address,
    blobs: Sequence[StoredLog],
    growing: Sequence[StoredLog],
) -> str:
    """What the same question about the same logs has in common, and no other has."""
    read = sorted(set(blobs) - set(growing))
    told: list[object] = [logs.name, out.name, utc_text(wanted.since), utc_text(wanted.until), read]
    return hashlib.sha256(msgspec.json.encode(told)).hexdigest()[:12]


def _tasks(
    wanted: SubmitWanted, days: Sequence[DayOfLogs], logs: Address, out: Address
) -> list[PlannedTask]:
    maps = [task for day in days for task in _maps(wanted, day, logs, out)]
    reads = sum(day.size for day in days)
    count = wanted.reduces or min(max(-(-reads // LOGS_PER_REDUCE), 1), MOST_REDUCES)
    after_maps = tuple(task.id for task in maps)
    if sum(len(name) + 3 for name in after_maps) > MOST_IDS:
        raise UsageError(
            f"{len(maps):,} map tasks are too many to wait for.", hint="--since and --until"
        )
    reduces = [
        PlannedTask(
            id=f"reduce-{number:03}",
            part=TaskPart.REDUCE,
            words=("events", "reduce", out.url, "--shard", f"{number}/{count}", "-o", "json"),
            after=after_maps,
        )
        for number in range(1, count + 1)
    ]
    final = PlannedTask(
        id="final",
        part=TaskPart.FINAL,
        words=("events", "reduce", out.url, "--final", "--show", wanted.show.value, "-o", "json"),
        after=tuple(task.id for task in reduces),
    )
    return [*maps, *reduces, final]


def _maps(
    wanted: SubmitWanted, day: DayOfLogs, logs: Address, out: Address
) -> Iterator[PlannedTask]:
    """The map of a day; several where its paths are too long for one command line."""
    times = [
        word
        for option, moment in (("--since", wanted.since), ("--until", wanted.until))
        if moment is not None
        for word in (option, utc_text(moment) or "")
    ]
    parts = list(_parts([logs.of(prefix).url for prefix in day.prefixes]))
    for number, paths in enumerate(parts, 1):
        name = f"map-{day.day or 'undated'}"
        yield PlannedTask(
            id=name if len(parts) == 1 else f"{name}-{number}",
            part=TaskPart.MAP,
            words=("events", "map", *paths, "--out", out.url, *times, "--keep-going", "-o", "json"),
            day=day.day,
            logs=day.logs if number == 1 else 0,
            size=day.size if number == 1 else 0,
        )


def _parts(paths: Sequence[str]) -> Iterator[list[str]]:
    part: list[str] = []
    for path in paths:
        if part and sum(map(len, part)) + len(path) > LONGEST_PATHS:
            yield part
            part = []
        part.append(path)
    yield part
