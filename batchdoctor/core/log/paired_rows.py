"""Attempts that were paired elsewhere, as what job attempts are told of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

from batchdoctor.core.log.attempt import (
    EVENTS,
    LOOSE,
    NODE_SHIFT,
    NODES,
    ONE_OUTCOME,
    START,
    Names,
)
from batchdoctor.core.log.attempt_key import Key, loose_key
from batchdoctor.core.log.job_attempts import LATEST
from batchdoctor.core.log.paired import Paired, PairedJob, ends_of


class _Endings(dict[int, int]):
    """What is known of attempts that ended alike, by how they did (see `ends_of`)."""

    def __init__(self, packed: Callable[[int, int, int], int]) -> None:
        super().__init__()
        self._packed = packed

    def __missing__(self, ending: int) -> int:
        packed = self[ending] = self._packed(*ends_of(ending))
        return packed


class PairedRows:
    """Rows of paired attempts, and when each node failed last in those that went by.

    `told_ends` are the packed bits of each way to end, without a node.
    """

    def __init__(self, names: Names, paired: Paired, told_ends: list[int]) -> None:
        places = [names.place(node) for node in paired.nodes]
        self.completed = [
            bits for place in places for bits in (place.completed, place.completed_named)
        ]
        self.endings = _Endings(lambda *ends: self._known(*ends)[0])
        # Microseconds since 1970, by index of the node.
        self.last_failures = {
            place.bits >> NODE_SHIFT: moment
            for place, moment in zip(places, paired.last_failures, strict=True)
            if moment is not None
        }
        self._names = names
        self._known_once = cache(self._known)
        self._nodes = [place.bits for place in places]
        # No end is the last of them, and tells nothing.
        self._told_ends = [*told_ends, 0]
        self._failed = [bits >= ONE_OUTCOME for bits in self._told_ends]

    def other(self, job: PairedJob) -> Iterator[tuple[Key, int, int]]:
        """Key, packed bits and time of each attempt that is no first one that completed well."""
        names, last_failures, known = self._names, self.last_failures, self._known_once
        for task, version, tag, place, begun, way, end, other_way, other_end in job.other_rows():
            packed, first_tells, other_tells, has_failed, is_alone = known(place, way, other_way)
            if not other_tells:
                first = last = end if first_tells else 0
            elif first_tells:
                first, last = (end, other_end) if end <= other_end else (other_end, end)
            else:
                first = last = other_end
            if has_failed:
                node = packed >> NODE_SHIFT & NODES
                last_failures[node] = max(last, last_failures.get(node, last))
            when = _seconds(begun) << 32
            if first_tells or other_tells:
                when |= _seconds(first)
            key = (task, version, tag)
            yield loose_key(key, names.node(packed)) if is_alone else key, packed, when

    def _known(self, place: int, way: int, other_way: int) -> tuple[int, bool, bool, bool, bool]:
        """Of two ways to end at a place: the packed bits, and which of the ends tell of the time.

        Failures do rather than a good end. Then whether it failed, and is a start alone that may
        belong to a later run.
        """
        node, told, failed = self._nodes[place // 2], self._told_ends, self._failed
        begun = node | (START if place % 2 else LOOSE)
        join = self._names.join
        packed = join(join(begun, node | told[way]), node | told[other_way])
        has_failed = failed[way] or failed[other_way]
        tells = [failed[each] if has_failed else each >= 0 for each in (way, other_way)]
        return packed, tells[0], tells[1], has_failed, packed & EVENTS == LOOSE


def _seconds(moment: int) -> int:
    seconds = moment // 1_000_000
    return seconds if 0 < seconds <= LATEST else min(max(seconds, 1), LATEST)
