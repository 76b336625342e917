"""Checks of pools: size, autoscale, and whether there is anything to run tasks on.

https://learn.microsoft.com/azure/batch/batch-pool-node-error-checking
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from batchdoctor.core.findings.checks.facts import PoolFacts
from batchdoctor.core.findings.finding import Finding, Subject
from batchdoctor.core.meaning.catalog import Where, load_catalog
from batchdoctor.core.meaning.provider_error import provider_error_lines
from batchdoctor.core.nodes.states import Trait
from batchdoctor.core.records import NameValue, Pool, ResizeError, same
from batchdoctor.core.records.durations import parse_duration
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.step import filled, run, say
from batchdoctor.core.text.wording import ago, listed, plural, since, span, verb

# What a pool has that does not say otherwise
# (https://learn.microsoft.com/rest/api/batchservice/pools/create-pool).
RESIZE_TIMEOUT = timedelta(minutes=15)
# Batch notices the end of a resize some minutes late, and nodes leave after their last task.
RESIZE_GRACE = timedelta(minutes=15)
AUTOSCALE_INTERVAL = timedelta(minutes=15)
# One or two missed evaluations happen; five in a row do not.
FROZEN_AFTER = 5
# A deletion of up to 20 minutes is nothing unusual
# (https://learn.microsoft.com/azure/batch/batch-pool-node-error-checking).
LONG_DELETION = timedelta(minutes=60)

_PROVIDER_JSON = "provider error json"


def resize_errors(facts: PoolFacts) -> Iterator[Finding]:
    """Resize errors: what matters while the target is not met, history once it is."""
    pool = facts.pool
    short = shortage(pool)
    when = ago(pool.allocation_state_transition_time, facts.at)
    for error in pool.resize_errors or ():
        code = error.code or "an error without a code"
        entry = load_catalog().lookup(code, Where.RESIZE)
        subject = Subject(pool_id=pool.id)
        if not short:
            yield Finding(
                kind="pool-resize-failed-before",
                subject=subject,
                message=f"A resize failed{when} of {code}; the target has been met since.",
                evidence=_told(error),
            )
            continue
        yield Finding(
            kind="pool-resize-failed",
            subject=subject,
            message=f"Has {short}: {code},{when or ' at an unknown time'}.",
            evidence=(entry.meaning, *_told(error), *waiting_evidence(facts)),
            advice=tuple(
                dict.fromkeys(
                    (
                        *filled(entry.actions, {"POOL": pool.id}),
                        run(command_line("pool", "diagnose", pool=pool.id)),
                    )
                )
            ),
        )


def shortage(pool: Pool) -> str:
    """What a pool lacks, such as `8 of 14 spot nodes`; nothing when it has its target."""
    sizes = (
        (pool.current_dedicated_nodes, pool.target_dedicated_nodes, "node"),
        (pool.current_low_priority_nodes, pool.target_low_priority_nodes, "spot node"),
    )
    return " and ".join(
        f"{current or 0:,} of {plural(target, noun)}"
        for current, target, noun in sizes
        if target is not None and (current or 0) < target
    )


def _told(error: ResizeError) -> tuple[str, ...]:
    """What the service itself says, the provider's own JSON taken apart."""
    told = [f"Batch says: {error.message}"] if error.message else []
    for value in error.values or ():
        told += _of_value(value)
    return tuple(told)


def _of_value(value: NameValue) -> Iterator[str]:
    name, text = (value.name or "").strip(), (value.value or "").strip()
    if name.lower().startswith(_PROVIDER_JSON):
        # Its sibling `... Truncated` is no JSON, only a word on whether this one is whole.
        if text.startswith(("{", "[")):
            yield from (f"Azure says: {line}" for line in provider_error_lines(text))
    elif text:
        yield f"{name}: {text}" if name else text


def waiting_evidence(facts: PoolFacts) -> tuple[str, ...]:
    """Who suffers: how many tasks of which jobs wait for the pool."""
    return (f"{_who_waits(facts)}.",) if facts.waiting else ()


def _who_waits(facts: PoolFacts) -> str:
    tasks = sum(facts.waiting.values())
    jobs = listed(sorted(facts.waiting))
    return f"{plural(tasks, 'task')} {verb(tasks, 'waits', 'wait')} for the pool: {jobs}"


def stuck_resize(facts: PoolFacts) -> Iterator[Finding]:
    """A resize, or its end, that takes much longer than the pool allows for it."""
    pool = facts.pool
    began = pool.allocation_state_transition_time
    if began is None or same(pool.allocation_state, "steady") or not pool.allocation_state:
        return
    allowed = parse_duration(pool.resize_timeout) or RESIZE_TIMEOUT
    if facts.at - began > allowed + RESIZE_GRACE:
        leaving = facts.in_states("leaving_pool")
        waits = f"{plural(leaving, 'node')} {verb(leaving, 'is', 'are')} leaving the pool"
        yield Finding(
            kind="pool-resize-stuck",
            subject=Subject(pool_id=pool.id),
            message=f"Is {pool.allocation_state}{since(began, facts.at)};"
            f" {span(allowed)} are allowed.",
            evidence=(f"{waits}; they may wait for running tasks to end.",) if leaving else (),
            advice=(run(command_line("pool", "diagnose", pool=pool.id)),),
        )


def deletion(facts: PoolFacts) -> Iterator[Finding]:
    """A pool on its way out; all else about it is of no use any more."""
    pool = facts.pool
    began = pool.state_transition_time
    late = began is not None and facts.at - began > LONG_DELETION
    states = states_evidence(facts)
    yield Finding(
        kind="pool-deletion-stuck" if late else "pool-deleting",
        subject=Subject(pool_id=pool.id),
        message=f"Is being deleted{since(began, facts.at)}.",
        evidence=((f"Its nodes: {states}.",) if states else ()) + waiting_evidence(facts),
        advice=(
            say(
                "Look for locks on the resource group, and for a network that still uses the"
                " pool's network security group or load balancer."
            )
            if late
            else say("Wait: up to 20 minutes are usual, more where tasks or networks hold it."),
        ),
    )


def below_target(facts: PoolFacts) -> Iterator[Finding]:
    """A steady pool that lacks nodes and gives no reason."""
    pool = facts.pool
    short = shortage(pool)
    if same(pool.allocation_state, "steady") and short and not pool.resize_errors:
        lasts = since(pool.allocation_state_transition_time, facts.at)
        yield Finding(
            kind="pool-below-target",
            subject=Subject(pool_id=pool.id),
            message=f"Has {short}{lasts}, without an error.",
            evidence=waiting_evidence(facts),
            advice=(say("Resize the pool to its target again."),),
        )


def autoscale(facts: PoolFacts) -> Iterator[Finding]:
    """A formula that fails, or that nobody evaluates any more."""
    pool = facts.pool
    if not pool.enable_auto_scale:
        return
    interval = parse_duration(pool.auto_scale_evaluation_interval) or AUTOSCALE_INTERVAL
    run = pool.auto_scale_run
    last = run.timestamp if run else None
    # A pool that was never evaluated is judged by its age.
    reference = last or pool.creation_time
    frozen = reference is not None and facts.at - reference > FROZEN_AFTER * interval
    results = (f"It gave: {run.results}",) if run and run.results else ()
    if frozen:
        what = f"was last evaluated{ago(last, facts.at)}" if last else "was never evaluated"
        yield Finding(
            kind="autoscale-frozen",
            subject=Subject(pool_id=pool.id),
            message=f"Its formula {what}; every {span(interval)} is asked for.",
            evidence=(*results, *waiting_evidence(facts)),
            advice=(
                say("Disable autoscale and enable it again: that evaluates the formula at once."),
            ),
        )
    error = run.error if run else None
    if error and (error.code or error.message):
        yield _autoscale_error(facts, error.code or "", error.message, error.values)


def _autoscale_error(
    facts: PoolFacts,
    code: str,
    message: str | None,
    values: list[NameValue] | None,
) -> Finding:
    pool = facts.pool
    entry = load_catalog().lookup(code, Where.AUTOSCALE)
    details = [f"{value.name}: {value.value}" for value in values or () if value.value]
    last = pool.auto_scale_run.timestamp if pool.auto_scale_run else None
    return Finding(
        kind="autoscale-error",
        subject=Subject(pool_id=pool.id),
        message=f"Its formula failed{ago(last, facts.at)} of {code or 'an error without a code'}.",
        evidence=(entry.meaning, *([f"Batch says: {message}"] if message else []), *details),
        advice=filled(entry.actions, {"POOL": pool.id}),
    )


def no_usable_nodes(facts: PoolFacts) -> Iterator[Finding]:
    """Tasks wait, and no node can run them now or is about to."""
    pool = facts.pool
    if not facts.waiting or not facts.counts or same(pool.allocation_state, "resizing"):
        return
    if facts.with_trait(Trait.WORKS | Trait.COMES):
        return
    total = facts.in_states("total")
    have = f"none of its {plural(total, 'node')} can run tasks" if total else "it has no nodes"
    target = (pool.target_dedicated_nodes or 0) + (pool.target_low_priority_nodes or 0)
    grow = "Resize the pool." if not pool.enable_auto_scale else "Look at the autoscale formula."
    yield Finding(
        kind="no-usable-nodes",
        subject=Subject(pool_id=pool.id, job_ids=tuple(sorted(facts.waiting))),
        message=f"{_who_waits(facts)}, and {have}.",
        evidence=(states_evidence(facts),) if total else (f"Its target is {target}.",),
        advice=(
            run(command_line("pool", "diagnose", pool=pool.id)),
            *([] if target else [say(grow)]),
        ),
    )


def states_evidence(facts: PoolFacts) -> str:
    """Nodes by state, such as `3 idle, 1 unusable`."""
    kinds = (facts.counts.dedicated, facts.counts.low_priority) if facts.counts else ()
    names = [name for kind in kinds if kind for name in kind.__struct_fields__ if name != "total"]
    counts = {name: facts.in_states(name) for name in dict.fromkeys(names)}
    return ", ".join(
        f"{count:,} {name.replace('_', '').lower()}" for name, count in counts.items() if count
    )


# A pool that is being deleted is looked at by these only.
DELETION_CHECKS = (deletion,)
POOL_CHECKS = (
    resize_errors,
    stuck_resize,
    below_target,
    autoscale,
    no_usable_nodes,
)
