"""Checks of a pool's size: resizes that failed or hang, and pools that lack nodes in silence.

https://learn.microsoft.com/azure/batch/batch-pool-node-error-checking
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from msgspec.structs import replace

from batchdoctor.core.findings.checks.autoscale import formula_error, is_frozen, next_evaluation
from batchdoctor.core.findings.checks.facts import PoolFacts
from batchdoctor.core.findings.checks.waiters import waiting_evidence
from batchdoctor.core.findings.finding import Finding, Subject
from batchdoctor.core.meaning.allocation_words import told_in
from batchdoctor.core.meaning.catalog import CatalogEntry, Where, load_catalog
from batchdoctor.core.meaning.provider_error import ProviderError, provider_errors
from batchdoctor.core.records import NameValue, Pool, ResizeError, same
from batchdoctor.core.records.durations import parse_duration
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.step import Step, filled, quoted, run, say
from batchdoctor.core.text.wording import ago, plural, since, span, verb

# What a pool has that does not say otherwise
# (https://learn.microsoft.com/rest/api/batchservice/pools/create-pool).
RESIZE_TIMEOUT = timedelta(minutes=15)
# Batch notices the end of a resize some minutes late, and nodes leave after their last task.
RESIZE_GRACE = timedelta(minutes=15)
# From here on 15 minutes are short.
_LARGE = 1000
_PROVIDER_JSON = "provider error json"
# Codes that asking again may mend; which step that is depends on the pool.
_ASK_AGAIN = (
    *("AllocationTimedOut", "ResizeStopped", "BatchOutOfCapacity", "Unknown"),
    "InternalExecutionError",
)
_NO_REASON = "Azure refused to allocate the nodes, and neither a reason nor its own error is told."
_WITHOUT_REASON = (
    say(
        "Without a reason it is often missing capacity, which passes: if it repeats, take another"
        " size or region, or ask support with the time of the resize."
    ),
)
# As many nodes as such a pool may have
# (https://learn.microsoft.com/azure/batch/batch-quota-limit#pool-size-limits).
_MOST_COUPLED = 100
# Codes of providers that name no cause.
_GENERIC = ("badrequest", "conflict", "invalidrequest", "allocationfailed", "internalservererror")


def resize_errors(facts: PoolFacts) -> Iterator[Finding]:
    """Resize errors: what matters while the target is not met, history once it is."""
    pool = facts.pool
    short = shortage(pool)
    when = ago(pool.allocation_state_transition_time, facts.at)
    for error in pool.resize_errors or ():
        code = error.code or "an error without a code"
        subject = Subject(pool_id=pool.id)
        if not short:
            yield Finding(
                kind="pool-resize-failed-before",
                subject=subject,
                message=f"A resize failed{when} of {code}; the target has been met since.",
                evidence=_told(error),
            )
            continue
        inner, entry = _cause(error, code)
        yield Finding(
            kind="pool-resize-failed",
            subject=subject,
            message=f"Has {short}: {code}{f' ({inner})' if inner else ''},"
            f"{when or ' at an unknown time'}.",
            evidence=(entry.meaning, *_told(error), *waiting_evidence(facts)),
            advice=tuple(
                dict.fromkeys(
                    (
                        *_advice(facts, entry),
                        run(command_line("pool", "diagnose", pool=pool.id)),
                    )
                )
            ),
            stops=facts.waits,
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


def cause_named(error: ResizeError) -> str:
    """The code of a resize's error, and behind it the innermost cause where one is told."""
    code = error.code or "an error without a code"
    inner, _ = _cause(error, code)
    return f"{code} ({inner})" if inner else code


def _cause(error: ResizeError, code: str) -> tuple[str, CatalogEntry]:
    """The innermost cause in words, empty if none is told, and what is known of it."""
    catalog, inner, reason = load_catalog(), _provider_errors(error), _reason(error)
    listed = catalog.lookup(code, Where.RESIZE)
    for each in reversed(inner):
        named = each.code and each.code.lower() not in _GENERIC
        entry = catalog.find(each.code, Where.RESIZE) if named else None
        if entry or (entry := told_in(": ".join(each))):
            return _headline(each.code if named else "", inner), entry
    if not same(code, "AllocationFailed"):
        return _headline("", inner) if inner else "", listed
    told = told_in(reason) if reason else None
    if inner or reason:
        return _headline("", inner) if inner else reason, told or listed
    return "", replace(listed, meaning=_NO_REASON, actions=_WITHOUT_REASON)


def _headline(code: str, errors: tuple[ProviderError, ...]) -> str:
    """The innermost message under the innermost code that names a cause."""
    last = errors[-1]
    named = [each.code for each in errors if each.code and each.code.lower() not in _GENERIC]
    code = code or (named[-1] if named else last.code)
    return ": ".join(filter(None, (code, last.message.rstrip("."))))


def _provider_errors(error: ResizeError) -> tuple[ProviderError, ...]:
    for value in error.values or ():
        if _is_json(value):
            return provider_errors(value.value or "")
    plain = ProviderError(_value(error, "error code"), _value(error, "error message"))
    return (plain,) if plain.line else ()


def _value(error: ResizeError, name: str) -> str:
    return next((each.value or "" for each in error.values or () if same(each.name, name)), "")


def _is_json(value: NameValue) -> bool:
    # The sibling `... Truncated` is no JSON, only a word on whether this one is whole.
    name, text = (value.name or "").strip().lower(), (value.value or "").strip()
    return name.startswith(_PROVIDER_JSON) and text.startswith(("{", "["))


def _reason(error: ResizeError) -> str:
    return _value(error, "reason").rstrip(".")


def _told(error: ResizeError) -> tuple[str, ...]:
    """What the service itself says, the provider's own JSON taken apart."""
    told = [f"Batch says: {error.message}"] if error.message else []
    for value in error.values or ():
        told += _of_value(value)
    return tuple(told)


def _of_value(value: NameValue) -> Iterator[str]:
    name, text = (value.name or "").strip(), (value.value or "").strip()
    if name.lower().startswith(_PROVIDER_JSON):
        if _is_json(value):
            yield from (f"Azure says: {each.line}" for each in provider_errors(text))
    elif text:
        yield f"{name}: {text}" if name else text


def _advice(facts: PoolFacts, entry: CatalogEntry) -> Iterator[Step]:
    """What helps this pool; what its own settings exclude is left out."""
    if entry.actions == _WITHOUT_REASON:
        yield from (*again(facts), *_coupled(facts.pool), *_WITHOUT_REASON)
        return
    if entry.code not in _ASK_AGAIN:
        yield from filled(entry.actions, {"POOL": facts.pool.id})
        return
    yield from again(facts)
    if entry.code != "ResizeStopped":
        yield from _elsewhere(facts.pool)


def again(facts: PoolFacts) -> Iterator[Step]:
    """How the pool comes to be asked for its nodes again: by its formula, or by somebody."""
    pool = facts.pool
    if pool.enable_auto_scale and (formula_error(facts) or is_frozen(facts)):
        what = "fails" if formula_error(facts) else "is not evaluated any more"
        yield say(f"Its formula {what}: until that is mended nothing asks for the nodes again.")
        return
    if pool.enable_auto_scale:
        yield say(
            f"{next_evaluation(facts)}, and asks for its nodes again by itself; a pool that scales"
            " by a formula takes no resize."
        )
        return
    targets = (
        f" --target-dedicated-nodes {pool.target_dedicated_nodes or 0}"
        f" --target-low-priority-nodes {pool.target_low_priority_nodes or 0}"
    )
    yield run(f"az batch pool resize --pool-id {quoted(pool.id)}{targets}", "Ask for it again")


def _elsewhere(pool: Pool) -> Iterator[Step]:
    dedicated, spot = pool.target_dedicated_nodes or 0, pool.target_low_priority_nodes or 0
    yield from _coupled(pool)
    if max(dedicated, spot) > _LARGE:
        yield say("Allow a resizeTimeout of 30 minutes or more for so many nodes.")
    ways = "another size or another region"
    spot_short = (pool.current_low_priority_nodes or 0) < spot
    yield say(f"If it repeats: {ways}{', or dedicated nodes instead of spot' * spot_short}.")


def _coupled(pool: Pool) -> Iterator[Step]:
    """What helps a pool whose nodes may talk to each other, and so have to lie together."""
    if not pool.enable_inter_node_communication:
        return
    yield say(
        "Make the pool without inter-node communication if none of its tasks has"
        " multiInstanceSettings: it narrows where the nodes may be placed."
    )
    wanted = (pool.target_dedicated_nodes or 0) + (pool.target_low_priority_nodes or 0)
    if wanted > _MOST_COUPLED:
        yield say(
            f"Such a pool may have {_MOST_COUPLED} nodes at most; it asks for {wanted:,}: lower the"
            " target, or split the work over pools."
        )


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
            stops=facts.waits,
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
            advice=tuple(again(facts)),
            stops=facts.waits,
        )
