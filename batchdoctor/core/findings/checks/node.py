"""Checks of the nodes of one pool; what is wrong with several in the same way is one finding.

https://learn.microsoft.com/azure/batch/batch-pool-node-error-checking
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from batchdoctor.core.findings.checks import groups
from batchdoctor.core.findings.checks.facts import PoolFacts
from batchdoctor.core.findings.finding import Finding, Subject
from batchdoctor.core.meaning.catalog import Where, load_catalog
from batchdoctor.core.nodes.advice import MAY_BE_REFUSED, NodeCommands, network_check
from batchdoctor.core.nodes.trouble import broken_reasons, usual_for
from batchdoctor.core.records import Node, NodeError, same
from batchdoctor.core.suspicion.judge import Suspicion
from batchdoctor.core.text.step import filled, run, say
from batchdoctor.core.text.wording import sentence, verb

_NUMBERS = re.compile(r"\d+")


def unusable(facts: PoolFacts) -> Iterator[Finding]:
    """Nodes that cannot run tasks: with the errors they report, or out of reach."""
    nodes = facts.nodes or ()
    erring = [node for node in nodes if node.errors]
    for (code,), group in groups.grouped(erring, lambda node: (_first_code(node),)).items():
        entry = load_catalog().lookup(code, Where.NODE)
        told = dict.fromkeys(_error_text(error) for node in group for error in node.errors or ())
        yield Finding(
            kind="node-error",
            subject=groups.subject(facts, group),
            message=f"{groups.named(group)} {verb(len(group), 'is', 'are')} {group[0].state}"
            f"{groups.longest(facts, group)}: {code}.",
            evidence=(entry.meaning, *list(told)[:3]),
            advice=filled(entry.actions, {"POOL": facts.pool.id, "NODE": group[0].id}),
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
        )


def _first_code(node: Node) -> str:
    errors = node.errors or ()
    return next((error.code for error in errors if error.code), "an error without a code")


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
            f"{groups.longest(facts, disabled)}: somebody disabled scheduling.",
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


def old_agents(facts: PoolFacts) -> Iterator[Finding]:
    """Nodes whose agent is older than that of others of the pool."""
    nodes = [n for n in facts.nodes or () if n.node_agent_info and n.node_agent_info.version]
    versions = {node.id: _version(node) for node in nodes}
    newest = max(versions.values(), default=())
    behind = [node for node in nodes if versions[node.id] < newest]
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
    for suspicion in facts.suspicions:
        if suspicion.verdict == "suspect":
            yield _suspect(facts, by_id.get(suspicion.node_id), suspicion)


def _suspect(facts: PoolFacts, node: Node | None, suspicion: Suspicion) -> Finding:
    commands = NodeCommands(facts.pool.id, suspicion.node_id)
    disabled = node is not None and same(node.scheduling_state, "disabled")
    stop = () if disabled else (run(commands.act("disable", "--requeue")),)
    why = suspicion.reasons[0].message if suspicion.reasons else ""
    return Finding(
        kind="node-suspect",
        subject=Subject(pool_id=facts.pool.id, node_ids=(suspicion.node_id,)),
        message=f"Fails more than its jobs explain: {why}.",
        evidence=tuple(f"{reason.message}." for reason in suspicion.reasons[1:]),
        advice=(*stop, run(commands.failed_tasks()), run(commands.act("reboot"))),
    )


NODE_CHECKS = (unusable, lost_and_stuck, taken_out, old_agents, suspects)
