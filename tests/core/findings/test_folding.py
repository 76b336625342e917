"""One trouble is told once: what repeats a cause is folded into it."""

from __future__ import annotations

from batchdoctor.core.findings.finding import Finding, Subject
from batchdoctor.core.findings.folding import folded


def found(kind: str, pool: str = "p", nodes: tuple[str, ...] = (), stops: int = 0) -> Finding:
    return Finding(
        kind=kind, subject=Subject(pool_id=pool, node_ids=nodes), message=f"{kind}.", stops=stops
    )


def kinds(*findings: Finding) -> list[str]:
    return [finding.kind for finding in folded(findings)]


def test_a_pool_without_usable_nodes_is_told_with_its_one_cause() -> None:
    (only,) = folded([found("no-usable-nodes", stops=4), found("pool-resize-failed")])
    assert (only.kind, only.message) == (
        "pool-resize-failed",
        "pool-resize-failed. no-usable-nodes.",
    )
    assert only.stops == 4


def test_of_several_causes_none_is_chosen_and_those_of_other_pools_are_none() -> None:
    several = found("node-error"), found("node-unreachable"), found("no-usable-nodes")
    assert sorted(kinds(*several)) == ["no-usable-nodes", "node-error", "node-unreachable"]
    elsewhere = found("node-error", pool="q"), found("no-usable-nodes")
    assert sorted(kinds(*elsewhere)) == ["no-usable-nodes", "node-error"]


def test_that_nodes_take_no_tasks_is_told_only_where_nothing_says_why() -> None:
    off = found("node-offline", nodes=("a",))
    assert kinds(found("node-suspect", nodes=("a",)), off) == ["node-suspect"]
    assert kinds(found("node-suspect", nodes=("b",)), off) == ["node-suspect", "node-offline"]
    assert kinds(off) == ["node-offline"]


def test_the_worst_is_what_stops_most() -> None:
    short, failing = found("pool-resize-failed"), found("job-failing", stops=45)
    assert kinds(short, failing) == ["job-failing", "pool-resize-failed"]
