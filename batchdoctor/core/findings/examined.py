"""What a diagnosis looked at, check by check, and what it could not see."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import msgspec

from batchdoctor.core.checked import Checked, Span
from batchdoctor.core.findings.checks.facts import JobFacts, PoolFacts
from batchdoctor.core.findings.checks.table import Sight, checks_by_sight
from batchdoctor.core.records import same
from batchdoctor.core.text.wording import listed, plural


class _Seen(msgspec.Struct, frozen=True):
    """How many objects of a kind were seen; None for none at all, and then why."""

    objects: int | None
    problem: str | None = None


class Grounds(msgspec.Struct, frozen=True, kw_only=True):
    """All that was read for a diagnosis.

    `unread` are the lists that could not be read: pools, counts of nodes, jobs. `left_out` are
    how many jobs were not looked at, `waiting_left_out` of how many the waiting tasks were not.
    """

    pools: Sequence[PoolFacts]
    jobs: Sequence[JobFacts]
    span: Span = Span()
    unread: Collection[str] = ()
    left_out: int = 0
    waiting_left_out: int = 0


def examined(grounds: Grounds) -> tuple[Checked, ...]:
    """Every check with the objects that it had before it."""
    seen = {
        Sight.POOLS: _listing(len(grounds.pools), "pools", grounds.unread),
        Sight.NODE_COUNTS: _counts_of_nodes(grounds),
        Sight.NODES: _nodes(grounds),
        Sight.JOBS: _jobs(grounds),
        Sight.FAILED_TASKS: _failed_tasks(grounds),
        Sight.UNFINISHED_TASKS: _unfinished_tasks(grounds),
        Sight.PREPARATIONS: _preparations(grounds),
    }
    return tuple(_checked(name, sight, seen[sight]) for name, sight, _ in checks_by_sight())


def _checked(name: str, sight: Sight, seen: _Seen) -> Checked:
    return Checked(check=name, objects=seen.objects, of=sight.value, problem=seen.problem)


def _listing(count: int, what: str, unread: Collection[str]) -> _Seen:
    if what in unread:
        return _Seen(count or None, f"the {what} could not be listed")
    return _Seen(count)


def _counts_of_nodes(grounds: Grounds) -> _Seen:
    blind = [facts.pool.id for facts in grounds.pools if facts.counts is None]
    return _with_blind(len(grounds.pools), blind, "the nodes of {} were not counted", "pool")


def _nodes(grounds: Grounds) -> _Seen:
    blind = [facts.pool.id for facts in grounds.pools if not _nodes_known(facts)]
    if "pools" in grounds.unread and not grounds.pools:
        return _Seen(None, "the pools could not be listed")
    count = sum(
        len(facts.nodes) if facts.nodes is not None else facts.in_states("total")
        for facts in grounds.pools
    )
    return _with_blind(count, blind, "not all nodes of {} could be read", "pool")


def _nodes_known(facts: PoolFacts) -> bool:
    if facts.nodes is not None:
        return not facts.nodes_partial
    if facts.counts is None:
        return False
    return not facts.counts_look_bad


def _jobs(grounds: Grounds) -> _Seen:
    if grounds.left_out:
        return _Seen(
            len(grounds.jobs), f"{plural(grounds.left_out, 'more job')} were not looked at"
        )
    return _listing(len(grounds.jobs), "jobs", grounds.unread)


def _failed_tasks(grounds: Grounds) -> _Seen:
    known = _jobs(grounds)
    if known.objects is None:
        return known
    blind = [facts.job.id for facts in grounds.jobs if not _failures_known(facts)]
    count = sum(facts.failures.total for facts in grounds.jobs if facts.failures)
    seen = _with_blind(count, blind, "not all failed tasks of {} could be read", "job")
    return _Seen(seen.objects, seen.problem or known.problem or _others_left_out(grounds))


def _others_left_out(grounds: Grounds) -> str | None:
    """Of a job that accuses nodes: whether what else ran on them was not looked at."""
    count = sum(facts.others_left_out for facts in grounds.jobs)
    return (
        f"{plural(count, 'other job')} of its pool were not asked about its nodes"
        if count
        else None
    )


def _failures_known(facts: JobFacts) -> bool:
    if facts.counts is None or facts.failures_partial:
        return False
    return not facts.counts.failed or facts.failures is not None


def _unfinished_tasks(grounds: Grounds) -> _Seen:
    blind = [facts.job.id for facts in grounds.jobs if not _waiting_known(facts)]
    count = sum(len(facts.waiting or ()) + len(facts.running or ()) for facts in grounds.jobs)
    if grounds.waiting_left_out and not blind:
        return _Seen(
            count,
            "the waiting tasks of"
            f" {plural(grounds.waiting_left_out, 'more job')} were not looked at",
        )
    return _with_blind(count, blind, "the unfinished tasks of {} were not looked at", "job")


def _waiting_known(facts: JobFacts) -> bool:
    """Whether the tasks that wait were looked at, or there are none of a job that could run any."""
    if facts.counts is None:
        return False
    if facts.unfinished_partial:
        return False
    if not same(facts.job.state, "active"):
        return True
    seen = facts.waiting is not None or not facts.counts.active
    return seen and (facts.running is not None or not facts.counts.running)


def _preparations(grounds: Grounds) -> _Seen:
    prepared = [facts for facts in grounds.jobs if facts.job.job_preparation_task]
    blind = [facts.job.id for facts in prepared if facts.preparations_partial]
    count = sum(len(facts.preparations or ()) for facts in prepared)
    return _with_blind(count, blind, "not all preparation tasks of {} could be read", "job")


def _with_blind(count: int, blind: Sequence[str], words: str, noun: str) -> _Seen:
    if not blind:
        return _Seen(count)
    nouns = f"{noun}{'s' if len(blind) > 1 else ''}"
    return _Seen(count or None, words.format(f"{nouns} {listed(blind)}"))


def looked_at_rows() -> Iterator[tuple[str, str, str]]:
    """The table of what triage looks at: check, what it needs, what it looks for."""
    for name, sight, meaning in checks_by_sight():
        yield name, sight.value, meaning
