"""Attempts that were paired elsewhere, as what job attempts are told of each."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from batchdoctor.core.log.attempt import (
    EVENTS,
    LOOSE,
    NODE_SHIFT,
    NODES,
    ONE_OUTCOME,
    START,
    Names,
    when_of,
)
from batchdoctor.core.log.attempt_key import Key, loose_key
from batchdoctor.core.log.job_attempts import LATEST
from batchdoctor.core.log.paired import Paired, PairedJob


class PairedRows:
    """Rows of paired attempts, and when each node failed last in those that went by.

    `told_ends` are the packed bits of each way to end, without a node.
    """

    def __init__(self, names: Names, paired: Paired, told_ends: list[int]) -> None:
        places = [names.place(node) for node in paired.nodes]
        self.completed = [
            bits for place in places for bits in (place.completed, place.completed_named)
        ]
        # Microseconds since 1970, by index of the node.
        self.last_failures: dict[int, int] = {}
        self._names = names
        self._nodes = [place.bits for place in places]
        # No end is the last of them, and tells nothing.
        self._told_ends = [*told_ends, 0]
        self._failed = [bits >= ONE_OUTCOME for bits in self._told_ends]

    def other(self, job: PairedJob) -> Iterator[tuple[Key, int, int]]:
        """Key, packed bits and time of each attempt that is no first one that completed well."""
        names, failed, last_failures = self._names, self._failed, self.last_failures
        known = cache(self._packed)
        for task, version, tag, place, begun, way, end, other_way, other_end in job.other_rows():
            packed, ended = known(place, way, other_way), ((way, end), (other_way, other_end))
            ends = [when for told, when in ended if told >= 0]
            if failures := [when for told, when in ended if failed[told]]:
                ends, node = failures, packed >> NODE_SHIFT & NODES
                last_failures[node] = max(*failures, last_failures.get(node, failures[0]))
            when = when_of(_seconds(begun), _seconds(min(ends)) if ends else None)
            key = (task, version, tag)
            if packed & EVENTS == LOOSE:
                key = loose_key(key, names.node(packed))
            yield key, packed, when

    def _packed(self, place: int, way: int, other_way: int) -> int:
        node, told = self._nodes[place // 2], self._told_ends
        begun = node | (START if place % 2 else LOOSE)
        return self._names.join(self._names.join(begun, node | told[way]), node | told[other_way])


def _seconds(moment: int) -> int:
    return min(max(moment // 1_000_000, 1), LATEST)
