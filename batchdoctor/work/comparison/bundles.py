"""Reads an account from two bundles of it, to be compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from batchdoctor.core.comparison.accounts import AccountSide, NodeValues, compared_accounts
from batchdoctor.core.comparison.conclusion import Comparison
from batchdoctor.core.comparison.difference import What
from batchdoctor.core.comparison.facts import POOL_MEMBERS, facts_of
from batchdoctor.core.comparison.jobs import JobSide, compared_jobs
from batchdoctor.core.comparison.node_facts import node_values
from batchdoctor.core.comparison.steady import Steadying, shape_of
from batchdoctor.core.findings.item import FindingItem
from batchdoctor.core.names import same_id
from batchdoctor.core.records import Job, TaskCounts
from batchdoctor.core.records.job import pool_of
from batchdoctor.core.text.wording import plural
from batchdoctor.errors import BatchdoctorError
from batchdoctor.service.originals import Originals
from batchdoctor.work.bundle.opened import Bundle
from batchdoctor.work.comparison.job_side import read_named, read_sides
from batchdoctor.work.reading.reading import Reading

# So many jobs of the same shape are compared, the newest.
MOST_JOBS = 20
_NEVER = datetime.min.replace(tzinfo=UTC)
_NODE_PROPERTIES = "id,vmSize,isDedicated,nodeAgentInfo,virtualMachineInfo"


class OpenBundle(msgspec.Struct, frozen=True):
    """A bundle, and what reads it."""

    bundle: Bundle
    reading: Reading


class _Account(msgspec.Struct, frozen=True):
    side: AccountSide
    newest: Mapping[tuple[str, str], Job]
    """The newest job of each shape and pool of which something has ended."""


def compare_bundles(old: OpenBundle, new: OpenBundle) -> Comparison:
    """Compare an account at two moments, the older one first."""
    if new.bundle.manifest.taken_at < old.bundle.manifest.taken_at:
        old, new = new, old
    before, after = _account(old), _account(new)
    shared = [
        (before.newest[shape], job)
        for shape, job in after.newest.items()
        if shape in before.newest and not same_id(before.newest[shape].id, job.id)
    ]
    shared.sort(key=lambda pair: pair[1].creation_time or _NEVER, reverse=True)
    chosen, left = shared[:MOST_JOBS], len(shared) - MOST_JOBS
    jobs = [
        compared_jobs(_side(old.reading, then), _side(new.reading, now), among=len(chosen))
        for then, now in chosen
    ]
    left_out = f"{plural(left, 'more job')} of the same shape" if left > 0 else None
    return compared_accounts(before.side, after.side, jobs, left_out)


def _side(reading: Reading, job: Job) -> JobSide:
    (side,) = read_sides(reading, [read_named(reading, job.id)])
    return side


def _account(opened: OpenBundle) -> _Account:
    reading, manifest = opened.reading, opened.bundle.manifest
    pools = {
        str(each["id"]): facts_of(each, POOL_MEMBERS, Steadying([]))
        for each in reading.each("pools", Originals(reading.client).pools())
    }
    jobs = list(reading.each("jobs", reading.client.jobs()))
    side = AccountSide(
        name=str(opened.bundle.path),
        account=manifest.account,
        at=manifest.taken_at,
        partial=bool(manifest.jobs or manifest.pools) or not manifest.complete,
        pools=pools,
        nodes={part.of[0]: _nodes(reading, part.of[0]) for part in opened.bundle.parts("nodes")},
        findings=_findings(opened.bundle),
        jobs=len(jobs),
    )
    return _Account(side, _newest(reading, jobs, opened.bundle))


def _nodes(reading: Reading, pool_id: str) -> NodeValues:
    """How many nodes of a pool have which image, agent, size and kind."""
    values: dict[What, Counter[str]] = {}
    listing = reading.client.nodes(pool_id, select=_NODE_PROPERTIES)
    for node in reading.each(f"nodes of pool {pool_id}", listing):
        for what, value in node_values(node).items():
            values.setdefault(what, Counter())[value] += 1
    return values


def _findings(bundle: Bundle) -> Sequence[FindingItem] | None:
    """What triage found when the bundle was made; None where it was of some jobs or pools only."""
    parts = bundle.parts("findings")
    if not parts:
        return None
    decoder = msgspec.json.Decoder(FindingItem)
    lines = b"".join(bundle.data(part) for part in parts)
    try:
        return list(decoder.decode_lines(lines))
    except msgspec.MsgspecError:
        return None


def _newest(reading: Reading, jobs: Iterable[Job], bundle: Bundle) -> Mapping[tuple[str, str], Job]:
    """The newest job of each shape and pool whose tasks were taken, and of which some ended."""
    newest: dict[tuple[str, str], Job] = {}
    ordered = sorted(jobs, key=lambda job: job.creation_time or _NEVER, reverse=True)
    for job in ordered:
        shape = (shape_of(job.id), (pool_of(job) or "").lower())
        if shape in newest or bundle.part("tasks", job.id) is None:
            continue
        counts = _counts(reading, job)
        if counts is not None and counts.completed:
            newest[shape] = job
    return newest


def _counts(reading: Reading, job: Job) -> TaskCounts | None:
    try:
        return reading.client.task_counts(job.id)
    except BatchdoctorError:
        return None
