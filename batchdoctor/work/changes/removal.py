"""What a removal of nodes takes with it: nodes that their pool asks for, files of failed tasks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from batchdoctor.core.failures.failure import Failure, failure_of
from batchdoctor.core.names import NodeName, folded, same_id
from batchdoctor.core.nodes.afterwards import Targets
from batchdoctor.core.records import Node, Pool
from batchdoctor.core.records.job import pool_of
from batchdoctor.core.text.wording import plural
from batchdoctor.errors import DeclinedError
from batchdoctor.work.changes.plan import Plan
from batchdoctor.work.files.save_logs import MANIFEST, LogKeeper
from batchdoctor.work.reading.reading import Reading


class Removal(msgspec.Struct):
    """What falls and what goes: `lines` say it, `failures` are the tasks whose files go."""

    reading: Reading
    lines: list[str] = msgspec.field(default_factory=list)
    failures: list[Failure] = msgspec.field(default_factory=list)
    targets: dict[str, Targets] = msgspec.field(default_factory=dict)
    """What pools that do not scale by a formula ask for now."""

    def save_logs(self, folder: Path) -> None:
        """Save what the failed tasks wrote. Raises DeclinedError if not all that is there was."""
        reading = self.reading
        keeper = LogKeeper(reading.outside, reading.client, folder)
        keeper.total = lambda: len(self.failures)
        for _ in keeper.passing(iter(self.failures)):
            reading.outside.stop_if_asked()
        keeper.tell()
        if keeper.problems:
            raise DeclinedError(
                f"Nothing was removed: {plural(len(keeper.problems), 'file')} could not be saved; "
                f"{MANIFEST} in {folder} says why.",
                hint="try again, or leave --save-logs away to let them go",
            )


def read_removal(reading: Reading, plan: Plan, keep: Path | None) -> Removal:
    """Read what the removal of a plan's nodes takes with it; `keep` is where logs are saved first.

    Raises the errors of the service: nobody should agree to what is not known.
    """
    removal = Removal(reading)
    left = [name for name in plan.nodes if name not in plan.unchanged]
    for pool_id in dict.fromkeys(name.pool_id for name in left):
        going = [plan.nodes[name] for name in left if same_id(name.pool_id, pool_id)]
        removal.lines += _targets(removal, reading.client.pool(pool_id), going)
    removal.failures = list(_failures_on(reading, left))
    if removal.failures:
        removal.lines.append(_files(removal.failures, keep))
    return removal


def _targets(removal: Removal, pool: Pool, going: Sequence[Node]) -> Iterator[str]:
    if pool.enable_auto_scale:
        yield f"the pool {pool.id} scales by its formula, which may ask for others in their place"
        return
    removal.targets[pool.id] = pool.target_dedicated_nodes, pool.target_low_priority_nodes
    spot = sum(node.is_dedicated is False for node in going)
    falls = [
        (pool.target_dedicated_nodes, len(going) - spot, "dedicated node"),
        (pool.target_low_priority_nodes, spot, "spot node"),
    ]
    for target, count, noun in falls:
        if target and count:
            after = plural(max(target - count, 0), noun)
            yield f"the target of the pool {pool.id} falls from {target:,} to {after}"


def _failures_on(reading: Reading, names: Iterable[NodeName]) -> Iterator[Failure]:
    """The failed tasks that ran last on one of the nodes, job by job of their pools."""
    keys = {name.key for name in names}
    pools = {pool for pool, _ in keys}
    jobs = [
        job.id
        for job in reading.each("jobs", reading.client.jobs(), unit="jobs")
        if folded(pool_of(job) or "") in pools
    ]
    for job_id, tasks in reading.ahead(jobs, reading.client.failed_tasks):
        for task in reading.each(f"job {job_id}", tasks, unit="tasks"):
            where = task.node_info
            if where and (folded(where.pool_id or ""), folded(where.node_id or "")) in keys:
                yield failure_of(task)


def _files(failures: Sequence[Failure], keep: Path | None) -> str:
    told = f"the files of {plural(len(failures), 'failed task')} go with it"
    if keep is None:
        return f"{told}; --save-logs DIR keeps their stdout and stderr"
    return f"{told}; their stdout and stderr are saved below {keep} first"
