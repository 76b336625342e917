"""Compares an account with itself at another time: pools, nodes, findings, and jobs of a shape."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import msgspec
from msgspec.structs import replace

from batchdoctor.core.checked import Checked
from batchdoctor.core.comparison.conclusion import Comparison, Named, concluded, one_problem
from batchdoctor.core.comparison.difference import Found, Way, What
from batchdoctor.core.comparison.facts import Fact, Key
from batchdoctor.core.comparison.node_facts import SORTS
from batchdoctor.core.comparison.settings import NOUNS, Settings, compared_facts
from batchdoctor.core.comparison.steady import looser_shape_of
from batchdoctor.core.findings.item import FindingItem
from batchdoctor.core.findings.severity import Severity
from batchdoctor.core.names import folded
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.step import run
from batchdoctor.core.text.wording import listed, plural

Facts = Mapping[Key, Fact]
NodeValues = Mapping[What, Counter[str]]
_WHAT_IT_SAYS = "what the pool says"


class AccountSide(msgspec.Struct, frozen=True, kw_only=True):
    """An account at a moment, as a bundle has it.

    `findings` are None where they were not taken; of a `partial` bundle nothing is missing that is
    not there. `nodes` are numbers of nodes by the values of each sort, pool by pool.
    """

    name: str
    account: str
    at: datetime
    partial: bool
    pools: Mapping[str, Facts]
    nodes: Mapping[str, NodeValues]
    findings: Sequence[FindingItem] | None
    jobs: int


def compared_accounts(
    old: AccountSide,
    new: AccountSide,
    jobs: Sequence[Comparison],
    jobs_left_out: str | None = None,
) -> Comparison:
    """Compare an account at two moments; `jobs` are comparisons of jobs of the same shape."""
    pools = [
        _of_pool(pool_id, compared_facts(old.pools[pool_id], facts, f"pool {pool_id}: "), new.name)
        for pool_id, facts in new.pools.items()
        if pool_id in old.pools
    ]
    settings = [*pools, *(_of_job(each, new.name) for each in jobs)]
    found = [*_pools(old, new), *_nodes(old, new), *_findings(old, new)]
    no_findings = None if old.findings is not None and new.findings is not None else "not taken"
    left_out = [each.problem for comparison in jobs for each in comparison.checked]
    return concluded(
        ("old", "new"),
        (_named(old), _named(new)),
        found,
        settings=settings,
        tests=sum(each.summary.tests for each in jobs),
        checked=(
            Checked(check="pools", objects=len(old.pools) + len(new.pools), of="pools"),
            Checked(
                check="findings",
                objects=None if no_findings else len(old.findings or ()) + len(new.findings or ()),
                of="findings",
                problem=f"findings, which were {no_findings} along" if no_findings else None,
            ),
            Checked(
                check="jobs",
                objects=2 * len(jobs),
                of="jobs of the same shape",
                problem=one_problem([jobs_left_out, *left_out]),
            ),
        ),
    )


def _asked(place: str, *words: str, **options: str) -> str:
    """A command line that asks a bundle."""
    return command_line(*words, **options, **{"from": place})


def _of_pool(pool_id: str, settings: Settings, place: str) -> Settings:
    """What differs in a pool, told as of the pool."""
    look = run(_asked(place, "pool", "diagnose", pool=pool_id), _WHAT_IT_SAYS)
    found = [
        replace(each, subject=_joined(f"pool {pool_id}", each.subject), steps=(look,))
        for each in settings.found
    ]
    return replace(settings, found=found)


def _of_job(comparison: Comparison, place: str) -> Settings:
    """What differs between two jobs, told as of the newer one."""
    before, after = comparison.summary.before, comparison.summary.after
    look = run(_asked(place, "job", "diagnose", job=after), "what the job says")
    found = [
        replace(
            each,
            subject=_joined(f"job {after}", each.subject),
            message=f"job {after}, compared with {before}: {each.message}",
            steps=(look,),
        )
        for each in comparison.found
    ]
    return Settings(found=found, same=(), not_told=comparison.summary.not_told)


def _joined(whose: str, subject: str | None) -> str:
    return f"{whose} {subject}" if subject else whose


def _pools(old: AccountSide, new: AccountSide) -> Iterator[Found]:
    """Pools that only one has, where all of them were taken."""
    if old.partial or new.partial:
        return
    for pool_id in {**old.pools, **new.pools}:
        if pool_id in old.pools and pool_id in new.pools:
            continue
        come = pool_id in new.pools
        yield Found(
            what=What.POOL,
            subject=pool_id,
            before=None if come else "there",
            after="there" if come else None,
            message=f"pool {pool_id} {'is new' if come else 'is gone'}",
            steps=[run(_asked(new.name, "pools", "list"), "which there are")],
        )


def _nodes(old: AccountSide, new: AccountSide) -> Iterator[Found]:
    """Images, agents, sizes and kinds of nodes of which a pool has now others than then."""
    for pool_id, now in new.nodes.items():
        then = old.nodes.get(pool_id, {})
        for what in SORTS:
            before, after = (each.get(what, Counter[str]()) for each in (then, now))
            if not before or not after or before.keys() == after.keys():
                continue
            yield Found(
                what=what,
                subject=f"nodes of pool {pool_id}",
                before=_told(before),
                after=_told(after),
                message=f"{NOUNS[what]} of the nodes of pool {pool_id}: {_told(after)};"
                f" then {_told(before)}",
                steps=[run(_asked(new.name, "pool", "diagnose", pool=pool_id), _WHAT_IT_SAYS)],
            )


def _told(values: Counter[str]) -> str:
    return listed([f"{value} on {plural(count, 'node')}" for value, count in values.most_common()])


def _findings(old: AccountSide, new: AccountSide) -> Iterator[Found]:
    """Findings that came, and those that went; mere notes are no news."""
    if old.findings is None or new.findings is None:
        return
    left = [each for each in old.findings if each.severity is not Severity.INFO]
    for finding in new.findings:
        if finding.severity is Severity.INFO:
            continue
        before = next((each for each in left if _is_the_same(each, finding)), None)
        if before is not None:
            left.remove(before)
        else:
            yield _finding(finding, Way.WORSE)
    for finding in left:
        yield _finding(finding, Way.BETTER)


def _finding(finding: FindingItem, way: Way) -> Found:
    new = way is Way.WORSE
    steps = [run(line) for line in finding.next_commands] if new else []
    return Found(
        what=What.FINDING,
        way=way,
        subject=_subject(finding),
        before=None if new else finding.message,
        after=finding.message if new else None,
        message=f"{_subject(finding)}: {finding.kind} {'is new' if new else 'has ended'}:"
        f" {finding.message}",
        names=_names(finding),
        steps=steps,
        weight=1.0 if finding.severity is Severity.ERROR else 0.0,
    )


def _is_the_same(then: FindingItem, now: FindingItem) -> bool:
    """Whether two findings are one, which may have grown, or be of another run of the job."""
    ours, theirs = then.subject, now.subject
    return (
        then.kind == now.kind
        and folded(ours.pool_id or "") == folded(theirs.pool_id or "")
        and _meet(
            [looser_shape_of(each) for each in ours.job_ids or ()],
            [looser_shape_of(each) for each in theirs.job_ids or ()],
        )
        and _meet(ours.node_ids or (), theirs.node_ids or ())
    )


def _meet(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    if not ours or not theirs:
        return not ours and not theirs
    return not {folded(each) for each in ours}.isdisjoint(folded(each) for each in theirs)


def _subject(finding: FindingItem) -> str:
    ids = finding.subject
    if ids.job_ids:
        return f"job {listed(ids.job_ids)}"
    if ids.node_ids:
        return f"node {listed([f'{ids.pool_id}/{each}' for each in ids.node_ids])}"
    return f"pool {ids.pool_id}" if ids.pool_id else "account"


def _names(finding: FindingItem) -> list[str]:
    ids = finding.subject
    if ids.node_ids:
        return [f"{ids.pool_id}/{each}" for each in ids.node_ids]
    return [f"{ids.job_id}/{each}" for each in ids.task_ids or ()]


def _named(side: AccountSide) -> Named:
    at = f" at {side.at:%Y-%m-%d %H:%M} UTC" if side.at else ""
    parts = [f"{side.name}: {side.account}{at}"]
    parts += [plural(len(side.pools), "pool"), plural(side.jobs, "job")]
    if side.findings is not None:
        parts.append(plural(len(side.findings), "finding"))
    if side.partial:
        parts.append("a part of the account")
    return Named(side.name, ", ".join(parts), side.at)
