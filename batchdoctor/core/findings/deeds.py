"""What the user did about a finding already: the finding says so, and offers the way back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from batchdoctor.core.findings.finding import Finding
from batchdoctor.core.names import folded
from batchdoctor.core.nodes.advice import NodeCommands
from batchdoctor.core.records import Node, same
from batchdoctor.core.text.step import Step, run
from batchdoctor.core.text.wording import ago, listed, plural, verb

# What was done longer ago is not what somebody waits for.
_LATELY = timedelta(hours=1)
_DONE = {"reboot": "rebooted", "reimage": "reimaged", "remove": "removed", "start": "started"}

Key = tuple[str, str]


class Deed(msgspec.Struct, frozen=True):
    """A change that this user made: to a node of a pool, or to a task of a job."""

    owner_id: str
    own_id: str
    action: str
    time: datetime

    @property
    def key(self) -> Key:
        """The same for all spellings of one thing."""
        return folded(self.owner_id), folded(self.own_id)


def acknowledged(
    findings: Iterable[Finding], deeds: Sequence[Deed], nodes: Mapping[Key, Node], at: datetime
) -> list[Finding]:
    """The same findings; those that were acted on say by whom, since when, and how to undo it.

    `deeds` come oldest first; of those about one thing the last counts. `nodes` are by folded ids.
    """
    last = {deed.key: deed for deed in deeds}
    return [_of_jobs(_of_nodes(each, last, nodes, at), deeds, at) for each in findings]


def _of_nodes(
    finding: Finding, last: Mapping[Key, Deed], nodes: Mapping[Key, Node], at: datetime
) -> Finding:
    subject = finding.subject
    if not subject.pool_id or not subject.node_ids:
        return finding
    pool = folded(subject.pool_id)
    keys = {node_id: (pool, folded(node_id)) for node_id in subject.node_ids}
    off = [each for each, key in keys.items() if key in nodes and _is_off(nodes[key])]
    mine = [each for each in off if _did(last.get(keys[each]), "disable")]
    others = [each for each in off if each not in mine]
    told = [*_disabled(mine, others, last, keys, at), *_waiting(off, nodes, keys)]
    told += _restarted(last, keys, at)
    if not told:
        return finding
    return replace(
        finding,
        message=" ".join((finding.message, *told)),
        advice=_advice(finding, off, mine),
    )


def _is_off(node: Node) -> bool:
    return same(node.scheduling_state, "disabled") or same(node.state, "offline")


def _did(deed: Deed | None, action: str) -> bool:
    return deed is not None and deed.action == action


def _disabled(
    mine: Sequence[str],
    others: Sequence[str],
    last: Mapping[Key, Deed],
    keys: Mapping[str, Key],
    at: datetime,
) -> Iterator[str]:
    whole = len(keys) == 1
    if mine:
        when = max(last[keys[each]].time for each in mine)
        yield f"You disabled {'it' if whole else listed(mine)}{ago(when, at)}."
    if others:
        yield f"Somebody else disabled {'it' if whole else listed(others)}, by your own journal."


def _waiting(
    off: Sequence[str], nodes: Mapping[Key, Node], keys: Mapping[str, Key]
) -> Iterator[str]:
    running = sum(nodes[keys[each]].running_tasks_count or 0 for each in off)
    if running:
        yield f"{plural(running, 'task')} {verb(running, 'is', 'are')} still to end there."


def _restarted(last: Mapping[Key, Deed], keys: Mapping[str, Key], at: datetime) -> Iterator[str]:
    for node_id, key in keys.items():
        deed = last.get(key)
        if deed and deed.action in _DONE and at - deed.time < _LATELY:
            name = "it" if len(keys) == 1 else node_id
            yield f"You {_DONE[deed.action]} {name}{ago(deed.time, at)}."


def _advice(finding: Finding, off: Sequence[str], mine: Sequence[str]) -> tuple[Step, ...]:
    """Without what was done already, and with the way back."""
    pool_id = finding.subject.pool_id or ""
    done = {
        NodeCommands(pool_id, each).act("disable", *options)
        for each in off
        for options in ((), ("--requeue",))
    }
    left = [step for step in finding.advice if step.run not in done]
    back = [
        run(NodeCommands(pool_id, each).act("enable"), "The way back, if it is to take tasks again")
        for each in mine[:1]
    ]
    known = {step.run for step in left if step.run}
    return (*(step for step in back if step.run not in known), *left)


def _of_jobs(finding: Finding, deeds: Sequence[Deed], at: datetime) -> Finding:
    jobs = {folded(job_id) for job_id in finding.subject.job_ids}
    if len(jobs) != 1 or finding.subject.node_ids:
        return finding
    again = [
        deed
        for deed in deeds
        if deed.action == "reactivate" and deed.key[0] in jobs and at - deed.time < _LATELY
    ]
    if not again:
        return finding
    told = f"You ran {plural(len(again), 'task')} of it again{ago(again[-1].time, at)}."
    return replace(finding, message=f"{finding.message} {told}")
