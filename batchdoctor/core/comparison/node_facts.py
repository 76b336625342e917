"""Whether tasks ran on other nodes than before: by image, agent, size and kind of node.

Nodes are known as they are now, so one that was made or booted since tells nothing of a run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from batchdoctor.core.comparison.chance import Share, counts_differ, least_possible
from batchdoctor.core.comparison.difference import Evidence, Found, What
from batchdoctor.core.comparison.settings import NOUNS
from batchdoctor.core.comparison.trial import Trial
from batchdoctor.core.records import ImageReference, Node
from batchdoctor.core.suspicion.sentences import probability
from batchdoctor.core.text.wording import plural

SORTS = (What.IMAGE, What.AGENT, What.VM_SIZE, What.SPOT)
_FEWEST_RUNS = 3


def node_values(node: Node) -> dict[What, str]:
    """What is compared of a node, as text."""
    image = node.virtual_machine_info.image_reference if node.virtual_machine_info else None
    agent = node.node_agent_info
    spot = None if node.is_dedicated is None else ("dedicated" if node.is_dedicated else "spot")
    found = {
        What.IMAGE: _image(image) if image else None,
        What.AGENT: agent.version if agent else None,
        What.VM_SIZE: node.vm_size,
        What.SPOT: spot,
    }
    return {what: value for what, value in found.items() if value}


def _image(image: ImageReference) -> str:
    version = image.exact_version or image.version
    parts = (image.publisher, image.offer, image.sku, image.virtual_machine_image_id, version)
    return " ".join(part for part in parts if part)


class NodeRuns(msgspec.Struct):
    """How many runs were on nodes with each value of a fact, and how many nodes are not known.

    `unread` says that the nodes of the pool could not be read, or not all of them.
    """

    values: dict[What, Counter[str]] = msgspec.field(default_factory=dict)
    nodes: int = 0
    unknown: int = 0
    unread: bool = False

    def add(self, values: Mapping[What, str] | None, runs: int) -> None:
        """Count the runs of a node; None for one of which nothing is known."""
        self.nodes += 1
        if values is None:
            self.unknown += 1
            return
        for what, value in values.items():
            self.values.setdefault(what, Counter())[value] += runs


def node_differences(then: NodeRuns, now: NodeRuns) -> list[Found]:
    """What all nodes of one run have another one of than all nodes of the other."""
    found = []
    for what in SORTS:
        before, after = _values(then, now, what)
        if before and after and not before.keys() & after.keys():
            found.append(
                Found(
                    what=what,
                    before=_listed(before),
                    after=_listed(after),
                    message=f"{NOUNS[what]} of the nodes was {_listed(before)},"
                    f" is {_listed(after)}",
                    weight=1.0,
                )
            )
    return found


def node_trials(then: NodeRuns, now: NodeRuns) -> Iterator[Trial]:
    """Tests of whether more of the runs were on nodes with some value than then."""
    for what in SORTS:
        before, after = _values(then, now, what)
        if not before or not after or not before.keys() & after.keys():
            continue
        for value in {**before, **after}:
            if before.keys() | after.keys() == {value}:
                continue
            yield _trial(what, value, before, after)


def _trial(what: What, value: str, before: Counter[str], after: Counter[str]) -> Trial:
    then, now = (Share(each[value], each.total()) for each in (before, after))

    def tell(evidence: Evidence) -> Found:
        first, second = (f"{each.count:,} of {each.of:,} runs" for each in (then, now))
        return Found(
            what=what,
            subject=value,
            before=first,
            after=second,
            message=f"{second} were on nodes with {NOUNS[what]} {value}; then {first},"
            f" {probability(evidence.p_value or 0.0)}",
            evidence=evidence,
        )

    # Who gets more of the runs is chance; that a value is met in one of the two alone may not be.
    alone = not then.count or not now.count
    return Trial(
        p_value=counts_differ({"": then}, {"": now}),
        matters=alone and max(then.count, now.count) >= _FEWEST_RUNS,
        evidence=Evidence(
            before_count=then.count, before_of=then.of, after_count=now.count, after_of=now.of
        ),
        tell=tell,
        least=least_possible({"": then}, {"": now}),
    )


def _values(then: NodeRuns, now: NodeRuns, what: What) -> tuple[Counter[str], Counter[str]]:
    none = Counter[str]()
    return then.values.get(what, none), now.values.get(what, none)


def _listed(values: Counter[str]) -> str:
    return ", ".join(sorted(values))


def unknown_nodes(sides: Sequence[NodeRuns]) -> str | None:
    """Of how many nodes nothing is known, in a part of a sentence; None where all are."""
    unknown, nodes = (sum(getattr(each, name) for each in sides) for name in ("unknown", "nodes"))
    if not unknown:
        return None
    if any(each.unread for each in sides):
        return f"{unknown:,} of {plural(nodes, 'node')}, which could not be read"
    return f"{unknown:,} of {plural(nodes, 'node')} are gone, or were made or booted since"
