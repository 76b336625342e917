"""Checks of the nodes of one pool; what is wrong with several in the same way is one finding.

https://learn.microsoft.com/azure/batch/batch-pool-node-error-checking
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from batchdoctor.core.failures.tellings import quotable
from batchdoctor.core.findings.checks import groups
from batchdoctor.core.findings.checks.facts import PoolFacts
from batchdoctor.core.findings.checks.rise_told import before_it
from batchdoctor.core.findings.finding import Finding, Subject
from batchdoctor.core.nodes.advice import MAY_BE_REFUSED, NodeCommands, network_check
from batchdoctor.core.nodes.reason import SAID
from batchdoctor.core.nodes.trouble import broken_reasons, usual_for
from batchdoctor.core.records import Node, NodeError, same
from batchdoctor.core.remedies.node_error import causes_of, meaning_of, steps_for
from batchdoctor.core.suspicion.changed_before import just_before, pool_changes
from batchdoctor.core.suspicion.hidden import HIDDEN
from batchdoctor.core.suspicion.judge import Suspicion
from batchdoctor.core.suspicion.shared import LOOK_FOR_WHAT_CAME, shared_by
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.step import run, say
from batchdoctor.core.text.wording import sentence, verb

_NUMBERS = re.compile(r"\d+")


def unusable(facts: PoolFacts) -> Iterator[Finding]:
    """Nodes that cannot run tasks: with the errors they report, or out of reach."""
    nodes = facts.nodes or ()
    erring = [node for node in nodes if node.errors]
    for group in groups.grouped(erring, lambda node: causes_of(node.errors or ())).values():
        errors = group[0].errors or ()
        meaning = tuple(dict.fromkeys(filter(None, map(meaning_of, errors))))
        told = dict.fromkeys(_error_text(error) for node in group for error in node.errors or ())
        yield Finding(
            kind="node-error",
            subject=groups.subject(facts, group),
            message=f"{groups.named(group)} {verb(len(group), 'is', 'are')} {group[0].state}"
            f"{groups.longest(facts, group)}: {_named(errors)}.",
            evidence=(*meaning, *list(told)[:3], *_growing(facts)),
            advice=steps_for(errors, facts.pool.id, group[0].id),
            stops=facts.stopped,
        )
    silent = [node for node in nodes if same(node.state, "unusable") and not node.errors]
    if silent:
        yield Finding(
            kind="node-unreachable",
            subject=groups.subject(facts, silent),
            message=f"{groups.named(silent)} {verb(len(silent), 'is', 'are')} unusable"
            f"{groups.longest(facts, silent)} without an error: the service cannot reach"
            f" {verb(len(silent), 'its agent', 'their agents')}.",
            evidence=(groups.share(facts, silent),),
            advice=(
                say(sentence(network_check(facts.pool.current_node_communication_mode))),
                run(groups.act(facts, silent, "remove")),
                run(groups.act(facts, silent, "reboot"), MAY_BE_REFUSED),
            ),
            stops=facts.stopped,
        )


def _growing(facts: PoolFacts) -> tuple[str, ...]:
    """A pool that goes on making such nodes, where it does so by a formula."""
    if not facts.pool.enable_auto_scale:
        return ()
    return ("The pool scales by a formula, which goes on making such nodes meanwhile.",)


def _named(errors: Sequence[NodeError]) -> str:
    """The codes of a node's errors, each with the sentence that tells what it means here."""
    return " and ".join(
        f"{each.code or 'an error without a code'}{_quoted(each)}" for each in errors
    )


def _quoted(error: NodeError) -> str:
    for each in error.error_details or ():
        if same(each.name, "message") and each.value:
            return f' ("{quotable(each.value)}")'
    return ""


def _error_text(error: NodeError) -> str:
    details = [f"{each.name}: {each.value}" for each in error.error_details or () if each.value]
    said = [f"Batch says: {error.message}"] if error.message else []
    return "; ".join([*said, *details]) or "Batch says no more."


def lost_and_stuck(facts: PoolFacts) -> Iterator[Finding]:
    """Nodes that the service lost sight of, and nodes that stay on their way for long."""
    nodes = facts.nodes or ()
    lost = [node for node in nodes if same(node.state, "unknown")]
    if lost:
        yield Finding(
            kind="node-unknown",
            subject=groups.subject(facts, lost),
            message=f"The service lost sight of {groups.named(lost)}{groups.longest(facts, lost)};"
            " tasks there may still be running.",
            advice=(
                run(groups.first(facts, lost).act("show")),
                run(groups.act(facts, lost, "reboot"), MAY_BE_REFUSED),
            ),
        )
    stuck = [n for n in nodes if any(r.kind == "stuck" for r in broken_reasons(n, facts.at))]
    for (state,), group in groups.grouped(
        stuck, lambda node: ((node.state or "").lower(),)
    ).items():
        # A reason tells the minutes of its own node; the group has the longest of all.
        reason = usual_for(state)
        yield Finding(
            kind="node-stuck",
            subject=groups.subject(facts, group),
            message=f"{groups.named(group)} {verb(len(group), 'is', 'are')} {state}"
            f"{groups.longest(facts, group)}, {reason}.",
            advice=(
                run(groups.first(facts, group).act("show")),
                *(() if state == "leavingpool" else (run(groups.act(facts, group, "remove")),)),
            ),
        )


def taken_out(facts: PoolFacts) -> Iterator[Finding]:
    """Nodes that somebody keeps tasks off, and spot nodes that were taken back."""
    nodes = facts.nodes or ()
    disabled = [
        n for n in nodes if same(n.state, "offline") or same(n.scheduling_state, "disabled")
    ]
    if disabled:
        yield Finding(
            kind="node-offline",
            subject=groups.subject(facts, disabled),
            message=f"{groups.named(disabled)} {verb(len(disabled), 'takes', 'take')} no tasks"
            f"{_off_for(facts, disabled)}: scheduling is disabled.",
            evidence=(groups.share(facts, disabled),),
            advice=(
                run(groups.first(facts, disabled).act("show")),
                run(groups.act(facts, disabled, "enable"), "If the reason is gone"),
            ),
        )
    preempted = [node for node in nodes if same(node.state, "preempted")]
    if preempted:
        yield Finding(
            kind="node-preempted",
            subject=groups.subject(facts, preempted),
            message=f"{groups.named(preempted)} {verb(len(preempted), 'is', 'are')} gone"
            f"{groups.longest(facts, preempted)}: Azure took spot capacity back, and gives it again"
            " when there is some.",
            evidence=(groups.share(facts, preempted),),
            advice=(say("For work that must not wait, use dedicated nodes."),),
        )


def _off_for(facts: PoolFacts, disabled: Sequence[Node]) -> str:
    """Since when they take no tasks; of nodes that still run some that is not told."""
    return (
        groups.longest(facts, disabled) if all(same(n.state, "offline") for n in disabled) else ""
    )


def old_agents(facts: PoolFacts) -> Iterator[Finding]:
    """Nodes whose agent is older than that of others of the pool."""
    nodes = [n for n in facts.nodes or () if n.node_agent_info and n.node_agent_info.version]
    versions = {node.id: _version(node) for node in nodes}
    newest = max(versions.values(), default=())
    behind = [node for node in nodes if versions[node.id] < newest]
    accused = {each.node_id for each in facts.suspicions if each.verdict == "suspect"}
    if any(versions[node.id] == newest and node.id in accused for node in nodes):
        # Nobody should give sound nodes the agent that suspect ones have.
        return
    if behind:
        oldest = ".".join(map(str, min(versions.values())))
        yield Finding(
            kind="node-agent-behind",
            subject=groups.subject(facts, behind),
            message=f"{groups.named(behind)} {verb(len(behind), 'has', 'have')} an agent older"
            f" than the {'.'.join(map(str, newest))} of the others, down to {oldest}.",
            advice=(
                run(
                    groups.act(facts, behind, "reboot"), "A node gets a new agent when it restarts"
                ),
            ),
        )


def _version(node: Node) -> tuple[int, ...]:
    info = node.node_agent_info
    return tuple(int(part) for part in _NUMBERS.findall((info and info.version) or ""))


def suspects(facts: PoolFacts) -> Iterator[Finding]:
    """Nodes that fail more than their pool and their jobs explain."""
    by_id = {node.id: node for node in facts.nodes or ()}
    accused = [each for each in facts.suspicions if each.verdict == "suspect"]
    shared = shared_by({each.node_id for each in accused}, facts.nodes or ())
    if shared:
        yield _alike(facts, accused, shared)
        return
    for suspicion in accused:
        yield _suspect(facts, by_id.get(suspicion.node_id), suspicion)


def hidden(facts: PoolFacts) -> Iterator[Finding]:
    """Nodes whose counters tell of failures that no list of tasks has."""
    for suspicion in facts.suspicions:
        reason = next((each for each in suspicion.reasons if each.kind == HIDDEN), None)
        if reason is not None:
            yield Finding(
                kind="node-hides-failures",
                subject=Subject(pool_id=facts.pool.id, node_ids=(suspicion.node_id,)),
                message=f"{reason.message[:1].upper()}{reason.message[1:]}.",
                evidence=("The counters tell neither jobs nor times apart: this accuses nobody.",),
                advice=(
                    run(NodeCommands(facts.pool.id, suspicion.node_id).act("show")),
                    say("Read the diagnostic logs, if they are kept, with `events parse`."),
                ),
            )


def _alike(facts: PoolFacts, accused: Sequence[Suspicion], shared: Sequence[str]) -> Finding:
    """Suspects that have something in common are one trouble, and not that of each node."""
    ids = tuple(each.node_id for each in accused)
    others = len(facts.nodes or ()) - len(ids)
    failures, runs = (sum(getattr(each, of) for each in accused) for of in ("failures", "runs"))
    first = NodeCommands(facts.pool.id, ids[0])
    return Finding(
        kind="node-suspect",
        subject=Subject(pool_id=facts.pool.id, node_ids=ids),
        message=f"{len(ids)} nodes fail more than their jobs explain ({failures:,} of {runs:,}"
        f" runs), all {' and '.join(shared)}; none of the {others} others is so.",
        evidence=tuple(f"{each.node_id}: {each.reasons[0].message}." for each in accused),
        advice=(
            LOOK_FOR_WHAT_CAME,
            run(first.act("show")),
            run(command_line("node", "disable", *ids, "--requeue", pool=facts.pool.id)),
        ),
        stops=failures,
    )


def _suspect(facts: PoolFacts, node: Node | None, suspicion: Suspicion) -> Finding:
    commands = NodeCommands(facts.pool.id, suspicion.node_id)
    why = suspicion.reasons[0].message if suspicion.reasons else ""
    if node is None and facts.nodes is not None:
        # The failed tasks still name it; there is nothing left to stop.
        return Finding(
            kind="node-suspect",
            subject=Subject(pool_id=facts.pool.id, node_ids=(suspicion.node_id,)),
            message=f"Failed more than its jobs explain, and has left the pool since: {why}.",
            evidence=tuple(f"{reason.message}." for reason in suspicion.reasons[1:]),
            advice=(run(commands.failed_tasks()),),
            stops=suspicion.failures,
        )
    disabled = node is not None and same(node.scheduling_state, "disabled")
    stop = () if disabled else (run(commands.act("disable", "--requeue")),)
    said = "".join(f" {each.message}." for each in suspicion.reasons if each.kind == SAID)
    others = [each for each in suspicion.reasons[1:] if each.kind != SAID]
    changes = tuple(_changes(facts, node, suspicion))
    return Finding(
        kind="node-suspect",
        subject=Subject(pool_id=facts.pool.id, node_ids=(suspicion.node_id,)),
        message=f"Fails more than its jobs explain: {why}.{said}",
        evidence=(*(f"{reason.message}." for reason in others), *changes),
        advice=(*stop, run(commands.failed_tasks()), run(commands.act("reboot"))),
        stops=suspicion.failures,
        changes=changes,
    )


def _changes(facts: PoolFacts, node: Node | None, suspicion: Suspicion) -> Iterator[str]:
    """What changed just before a node turned bad, where it changed with it and few others."""
    onset, nodes = suspicion.onset, facts.nodes or ()
    if node is None or onset is None:
        return
    new = [
        each.id
        for each in nodes
        if just_before(onset, each.allocation_time) or just_before(onset, each.last_boot_time)
    ]
    # What came to most of the pool, as when it was made, does not tell this node from the others.
    if node.id in new and 2 * len(new) <= len(nodes):
        yield from map(before_it, pool_changes(onset, facts.pool, nodes))


NODE_CHECKS = (unusable, lost_and_stuck, taken_out, old_agents, suspects, hidden)
