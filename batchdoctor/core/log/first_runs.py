"""The history of a log's nodes: of each task the first attempt on each node that it ran on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from batchdoctor.core.log.attempt import ENDED, NODE_SHIFT, NODES, OUTCOME_SHIFT, Names, halves_of
from batchdoctor.core.log.attempt_key import Key
from batchdoctor.core.log.attempt_store import Known
from batchdoctor.core.suspicion.history import History, NodeHistory, What

# An attempt of a task: order among those of its task, kind, what is known of it, when it ran.
_Attempt = tuple[int, int, int, int]
_ALL = 2**64 - 1


class FirstRuns:
    """Collects first runs from attempts, group by group; a group has all attempts of its tasks."""

    def __init__(self, names: Names) -> None:
        self.history = History()
        self._names = names
        self._nodes: dict[int, NodeHistory | None] = {}
        self._whats: dict[tuple[int, bytes, int], int] = {}
        self._indices: dict[tuple[int, int, int], int] = {}

    def add_rows(self, rows: Mapping[bytes, tuple[int, int, int]]) -> None:
        """Add attempts by their key of 18 bytes."""
        from_bytes = int.from_bytes
        tasks = met_twice(rows)
        again: dict[bytes, list[tuple[int, _Attempt]]] = {}
        whats, nodes = self._whats, self._nodes
        for key, (packed, job, when) in rows.items():
            if not packed & ENDED:
                continue
            if tasks and key[:8] in tasks:
                attempt = (from_bytes(key[10:]), from_bytes(key[8:10]), packed, when)
                again.setdefault(key[:8], []).append((job, attempt))
                continue
            index = packed >> NODE_SHIFT & NODES
            node = nodes[index] if index in nodes else self._node(index)
            if node is None:
                continue
            known = (job, key[8:10], packed >> OUTCOME_SHIFT)
            what = whats.get(known)
            if what is None:
                what = whats[known] = self._what(job, from_bytes(key[8:10]), packed)
            node.what.append(what)
            node.when.append(when)
        for attempts in again.values():
            self._add_task(attempts[0][0], [attempt for _, attempt in attempts])

    def add_recent(
        self,
        job: int,
        closed: Iterable[tuple[int, int, int, int]],
        others: Mapping[Key, tuple[int, int]],
    ) -> None:
        """Add attempts of a job; no task of the `closed` ones has others."""
        for _, version, packed, when in closed:
            self._add(job, version >> 32, packed, when & _ALL)
        tasks: dict[int, list[_Attempt]] = {}
        for (task, version, tag), (packed, when) in others.items():
            if packed & ENDED:
                order = (version & 0xFFFFFFFF) << 32 | tag
                tasks.setdefault(task, []).append((order, version >> 32, packed, when))
        for attempts in tasks.values():
            self._add_task(job, attempts)

    def _add_task(self, job: int, attempts: list[_Attempt]) -> None:
        """Add the first of a task's attempts on each node."""
        met = set()
        for _, kind, packed, when in sorted(attempts, key=_first_first):
            node = packed >> NODE_SHIFT & NODES
            if node not in met:
                met.add(node)
                self._add(job, kind, packed, when)

    def _add(self, job: int, kind: int, packed: int, when: int) -> None:
        index = packed >> NODE_SHIFT & NODES
        node = self._nodes[index] if index in self._nodes else self._node(index)
        if node is not None:
            node.add(self._what(job, kind, packed), when)

    def _node(self, index: int) -> NodeHistory | None:
        name = self._names.nodes[index]
        node = self.history.node(*name) if name.node_id else None
        self._nodes[index] = node
        return node

    def _what(self, job: int, kind: int, packed: int) -> int:
        known = (job, kind, packed >> OUTCOME_SHIFT)
        index = self._indices.get(known)
        if index is None:
            index = self._indices[known] = self.history.index_of(self._told(*known))
        return index

    def _told(self, job: int, kind: int, outcome: int) -> What:
        told = self._names.outcomes[outcome]
        return What(
            job_id=self._names.jobs[job],
            kind=kind,
            failed=outcome > 0,
            node_caused=told.node_caused,
            ended=told.code == "TaskEnded",
            category=told.category or "",
            code=told.code,
        )


def _first_first(attempt: _Attempt) -> tuple[int, int]:
    order, _, _, when = attempt
    start, end = halves_of(when)
    return start or end, order


def met_twice(rows: Mapping[bytes, Known]) -> set[bytes]:
    """Tasks that several attempts are of; looked for only if there are any."""
    if len({key[:8] for key in rows}) == len(rows):
        return set()
    seen: set[bytes] = set()
    twice: set[bytes] = set()
    for key in rows:
        (twice if key[:8] in seen else seen).add(key[:8])
    return twice
