"""Checks of pools that scale by a formula: does it work, is it evaluated, does it give nodes?

https://learn.microsoft.com/azure/batch/batch-automatic-scaling
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from batchdoctor.core.findings.checks.facts import PoolFacts
from batchdoctor.core.findings.checks.waiters import waiting_evidence, who_waits
from batchdoctor.core.findings.finding import Finding, Subject
from batchdoctor.core.meaning.catalog import Where, load_catalog
from batchdoctor.core.records import AutoScaleError, same
from batchdoctor.core.records.durations import parse_duration
from batchdoctor.core.text.step import Step, filled, quoted, run, say
from batchdoctor.core.text.wording import ago, plural, since, span, verb

# What a pool has that does not say otherwise
# (https://learn.microsoft.com/rest/api/batchservice/pools/create-pool).
AUTOSCALE_INTERVAL = timedelta(minutes=15)
# One or two missed evaluations happen; five in a row do not.
FROZEN_AFTER = 5
# Samples come every half minute, and formulas like to average some of them.
_SAMPLES_TAKE = timedelta(minutes=5)
# So many lines are looked at in a terminal; a formula may have 8,192 characters.
_MOST_LINES = 30
_LINE = re.compile(r"\bline\s+(\d+)", re.IGNORECASE)


def autoscale(facts: PoolFacts) -> Iterator[Finding]:
    """A formula that fails, or that nobody evaluates any more."""
    pool = facts.pool
    if not pool.enable_auto_scale:
        return
    run_ = pool.auto_scale_run
    last = run_.timestamp if run_ else None
    error = formula_error(facts)
    # After an error these are what the formula had come to, and no result.
    results = (f"It gave: {run_.results}",) if run_ and run_.results and not error else ()
    if is_frozen(facts):
        what = f"was last evaluated{ago(last, facts.at)}" if last else "was never evaluated"
        yield Finding(
            kind="autoscale-frozen",
            subject=Subject(pool_id=pool.id),
            message=f"Its formula {what}; every {span(interval_of(facts))} is asked for.",
            evidence=(*results, *waiting_evidence(facts)),
            advice=(
                say("Disable autoscale and enable it again: that evaluates the formula at once."),
            ),
            stops=facts.waits,
        )
    if error:
        yield _autoscale_error(facts, error)


def formula_error(facts: PoolFacts) -> AutoScaleError | None:
    """The error of the last evaluation; the empty one of a successful evaluation is none."""
    return facts.pool.auto_scale_run.failure if facts.pool.auto_scale_run else None


def is_frozen(facts: PoolFacts) -> bool:
    """Whether nobody evaluates the formula any more; one never evaluated is judged by its age."""
    run_ = facts.pool.auto_scale_run
    reference = (run_.timestamp if run_ else None) or facts.pool.creation_time
    return reference is not None and facts.at - reference > FROZEN_AFTER * interval_of(facts)


def _autoscale_error(facts: PoolFacts, error: AutoScaleError) -> Finding:
    pool, code = facts.pool, error.code or ""
    entry = load_catalog().lookup(code, Where.AUTOSCALE)
    details = [f"{value.name}: {value.value}" for value in error.values or () if value.value]
    last = pool.auto_scale_run.timestamp if pool.auto_scale_run else None
    marked = _line_named([error.message or "", *details])
    known = entry.actions if entry.known else ()
    return Finding(
        kind="autoscale-error",
        subject=Subject(pool_id=pool.id),
        message=f"Its formula failed{ago(last, facts.at)} of {code or 'an error without a code'}"
        f"{f', in line {marked}' if marked else ''}; the pool keeps its size.",
        evidence=(
            entry.meaning,
            *([f"Batch says: {error.message}"] if error.message else []),
            *details,
            *formula_lines(facts, marked),
            *waiting_evidence(facts),
        ),
        advice=(*filled(known, {"POOL": pool.id}), *_general(facts)),
        stops=facts.waits,
    )


def _general(facts: PoolFacts) -> tuple[Step, ...]:
    """What helps with any error of a formula."""
    return (
        say(
            "Comments in a formula begin with //, and each statement ends with a semicolon."
            " GetSample needs samples: test GetSamplePercent before it."
        ),
        run(
            f"az batch pool autoscale evaluate --pool-id {quoted(facts.pool.id)}"
            ' --auto-scale-formula "$(cat formula.txt)"',
            "Try a corrected formula before it is set",
        ),
    )


def _line_named(texts: list[str]) -> int | None:
    found = next((match for text in texts if (match := _LINE.search(text))), None)
    return int(found[1]) if found else None


def formula_lines(facts: PoolFacts, marked: int | None = None) -> tuple[str, ...]:
    """The formula, its lines numbered, and the line of an error marked."""
    lines = (facts.pool.auto_scale_formula or "").splitlines()
    middle = marked if marked and marked <= len(lines) else 1
    begin = max(0, min(middle - _MOST_LINES // 2, len(lines) - _MOST_LINES))
    shown = lines[begin : begin + _MOST_LINES]
    more = (
        (f"{len(shown)} of the formula's {len(lines)} lines.",) if len(shown) < len(lines) else ()
    )
    return (
        *(
            f"{'>' if number == marked else '|'} {number:>2}  {line.rstrip()}"
            for number, line in enumerate(shown, begin + 1)
        ),
        *more,
    )


def interval_of(facts: PoolFacts) -> timedelta:
    """How often the formula is evaluated."""
    return parse_duration(facts.pool.auto_scale_evaluation_interval) or AUTOSCALE_INTERVAL


def next_evaluation(facts: PoolFacts) -> str:
    """When the formula is evaluated next, as the beginning of a sentence."""
    run_ = facts.pool.auto_scale_run
    left = run_.timestamp + interval_of(facts) - facts.at if run_ and run_.timestamp else None
    if left is None or left <= timedelta():
        return f"The formula is evaluated every {span(interval_of(facts))}"
    return f"The formula is evaluated next in about {span(left)}"


def scaled_to_nothing(facts: PoolFacts) -> Iterator[Finding]:
    """Tasks wait for a pool whose formula wants no node, for good or until it has seen them."""
    # What nobody evaluates is told as that, and no time will come.
    if not is_scaled_to_nothing(facts) or is_frozen(facts):
        return
    pool = facts.pool
    for_good = _has_seen_them(facts)
    waits = since(facts.waiting_since, facts.at)
    last = pool.auto_scale_run.timestamp if pool.auto_scale_run else None
    tasks = sum(facts.waiting.values())
    seen = f"the last time was{ago(last, facts.at)}, before it could see them"
    if for_good:
        message = (
            f"Its formula gives 0 nodes while {plural(tasks, 'task')}"
            f" {verb(tasks, 'waits', 'wait')}{waits}; it was evaluated{ago(last, facts.at)}."
        )
    else:
        message = (
            f"{who_waits(facts)}{waits}, and {next_evaluation(facts).lower()};"
            f" {seen if last else 'it has not been evaluated yet'}."
        )
    yield Finding(
        kind="autoscale-gives-nothing" if for_good else "autoscale-due",
        subject=Subject(pool_id=pool.id, job_ids=tuple(sorted(facts.waiting))),
        message=message,
        evidence=formula_lines(facts) if for_good else (),
        advice=_general(facts)[1:] if for_good else (say("Wait for the next evaluation."),),
        stops=tasks,
    )


def is_scaled_to_nothing(facts: PoolFacts) -> bool:
    """Whether tasks wait while a formula that works gives no node at all."""
    pool = facts.pool
    target = (pool.target_dedicated_nodes or 0) + (pool.target_low_priority_nodes or 0)
    works = _last_look(facts) is not None and not formula_error(facts)
    empty = not target and not facts.in_states("total")
    steady = not same(pool.allocation_state, "resizing")
    return bool(pool.enable_auto_scale and facts.waiting and works and empty and steady)


def _has_seen_them(facts: PoolFacts) -> bool:
    """Whether the last evaluation came long enough after the tasks; if unknown, it did."""
    last = _last_look(facts)
    if facts.waiting_since is None or last is None:
        return True
    return last - facts.waiting_since > max(_SAMPLES_TAKE, interval_of(facts))


def _last_look(facts: PoolFacts) -> datetime | None:
    """When the formula was evaluated last; of a new pool, when it was made."""
    run_, made = facts.pool.auto_scale_run, facts.pool.creation_time
    if run_ and run_.timestamp:
        return run_.timestamp
    return made if made and facts.at - made < FROZEN_AFTER * interval_of(facts) else None


AUTOSCALE_CHECKS = (autoscale, scaled_to_nothing)
