"""A node that a log tells not to be trusted, as a finding."""

from __future__ import annotations

from batchdoctor.core.findings.finding import Finding, Subject
from batchdoctor.core.suspicion.suspect_node import SuspectNode


def suspect_finding(node: SuspectNode) -> Finding:
    """What is held against the node, in the words of its reasons."""
    first, *others = node.reasons
    return Finding(
        kind="node-suspect",
        subject=Subject(pool_id=node.pool_id, node_ids=(node.node_id,)),
        message=f"Fails more than its jobs explain: {first.message}.",
        evidence=tuple(f"{reason.message}." for reason in others),
        advice=node.advice,
        stops=node.failures or 0,
    )
