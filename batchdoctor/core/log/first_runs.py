"""The history of a log's nodes: of each task the first attempt on each node that it ran on."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping

from batchdoctor.core.log.attempt import ENDED, NODE_SHIFT, NODES, OUTCOME_SHIFT, Names, halves_of
from batchdoctor.core.log.attempt_key import Key
from batchdoctor.core.log.attempt_rows import Known
from batchdoctor.core.log.job_attempts import PACKED, WHEN, JobAttempts, kinds_of
from batchdoctor.core.suspicion.history import History, PoolHistory, Runs, What

# An attempt of a task: order among those of its task, kind, what is known of it, when it ran.
_Attempt = tuple[int, int, int, int]
_ALL = 2**64 - 1
# Index of a job, kind of a task as a number or as two bytes, and index of an outcome.
_Known = tuple[int, int | bytes, int]


class _Place:
    """A node of a pool, by its number there, and the columns of what ran in that pool."""

    def __init__(self, pool: PoolHistory, node: int, known: dict[_Known, Runs]) -> None:
        self.pool, self.node, self.known = pool, node, known


class FirstRuns:
    """Collects first runs from attempts, group by group; a group has all attempts of its tasks."""

    def __init__(self, names: Names) -> None:
        self.history = History()
        self._names = names
        self._places: dict[int, _Place | None] = {}
        self._known: dict[str, dict[_Known, Runs]] = {}

    def add_rows(self, rows: Mapping[bytes, tuple[int, int, int]]) -> None:
        """Add attempts by their key of 18 bytes."""
        from_bytes = int.from_bytes
        tasks = met_twice(rows)
        again: dict[bytes, list[tuple[int, _Attempt]]] = {}
        places = self._places
        for key, (packed, job, when) in rows.items():
            if not packed & ENDED:
                continue
            if tasks and key[:8] in tasks:
                attempt = (from_bytes(key[10:]), from_bytes(key[8:10]), packed, when)
                again.setdefault(key[:8], []).append((job, attempt))
                continue
            index = packed >> NODE_SHIFT & NODES
            place = places[index] if index in places else self._place(index)
            if place is None:
                continue
            runs = place.known.get((job, key[8:10], packed >> OUTCOME_SHIFT))
            if runs is None:
                runs = self._runs(place, job, key[8:10], packed >> OUTCOME_SHIFT)
            runs.nodes.append(place.node)
            runs.when.append(when)
        for attempts in again.values():
            self._add_task(attempts[0][0], [attempt for _, attempt in attempts])

    def add_columns(self, columns: Iterable[tuple[int, int, int, array[int], array[int]]]) -> None:
        """Add attempts of tasks that have one: job, kind, outcome, and each one's node and time.

        The nodes of one column are of one pool.
        """
        for job, kind, outcome, nodes, when in columns:
            if len(nodes) == 1:  # as of a job of one task
                self._add(job, kind, nodes[0] << NODE_SHIFT | outcome << OUTCOME_SHIFT, when[0])
                continue
            numbers = {}
            for index in set(nodes):
                place = self._place(index)
                if place is not None:
                    numbers[index], pool = place.node, place
            runs = pool.known.get((job, kind, outcome)) or self._runs(pool, job, kind, outcome)
            runs.nodes.extend(array("I", map(numbers.__getitem__, nodes)))
            runs.when.extend(when)

    def add_recent(
        self, job: int, attempts: JobAttempts, others: Mapping[Key, tuple[int, int]]
    ) -> None:
        """Add attempts of a job; no task of those in rows has others."""
        self._add_rows(job, attempts.closed)
        self._add_rows(job, attempts.ended)
        tasks: dict[int, list[_Attempt]] = {}
        several = {task for task, times in Counter([key[0] for key in others]).items() if times > 1}
        for (task, version, tag), (packed, when) in others.items():
            if packed & ENDED and task not in several:
                self._add(job, version >> 32, packed, when)
            elif packed & ENDED:
                order = (version & 0xFFFFFFFF) << 32 | tag
                tasks.setdefault(task, []).append((order, version >> 32, packed, when))
        for attempts_of_task in tasks.values():
            self._add_task(job, attempts_of_task)

    def _add_rows(self, job: int, rows: array[int]) -> None:
        """Add whole columns, for each kind, pool and outcome that there is."""
        packed, when, kinds = rows[PACKED], rows[WHEN], kinds_of(rows)
        places = {each: self._place(each >> NODE_SHIFT & NODES) for each in set(packed)}
        known = [place for place in places.values() if place is not None]
        outcomes = {each >> OUTCOME_SHIFT for each in places}
        is_one_pool = len(known) == len(places) and len({place.pool for place in known}) == 1
        if is_one_pool and len(outcomes) == 1 and kinds == kinds[:1] * len(kinds):
            numbers = {each: place.node for each, place in zip(places, known, strict=True)}
            runs = self._runs(known[0], job, kinds[0], *outcomes)
            runs.nodes.extend(array("I", list(map(numbers.__getitem__, packed))))
            runs.when.frombytes(when.tobytes())
            return
        for kind, each, moment in zip(kinds, packed, when, strict=True):
            place, outcome = places[each], each >> OUTCOME_SHIFT
            if place is not None:
                name = (job, kind, outcome)
                runs = place.known.get(name) or self._runs(place, *name)
                runs.nodes.append(place.node)
                runs.when.append(moment & _ALL)

    def _add_task(self, job: int, attempts: list[_Attempt]) -> None:
        """Add the first of a task's attempts on each node."""
        met = set()
        for _, kind, packed, when in sorted(attempts, key=_first_first):
            node = packed >> NODE_SHIFT & NODES
            if node not in met:
                met.add(node)
                self._add(job, kind, packed, when)

    def _add(self, job: int, kind: int, packed: int, when: int) -> None:
        place = self._place(packed >> NODE_SHIFT & NODES)
        if place is not None:
            outcome = packed >> OUTCOME_SHIFT
            runs = place.known.get((job, kind, outcome)) or self._runs(place, job, kind, outcome)
            runs.nodes.append(place.node)
            runs.when.append(when & _ALL)

    def _place(self, index: int) -> _Place | None:
        """Where the node with an index is; None if it has no name."""
        if index in self._places:
            return self._places[index]
        name = self._names.nodes[index]
        place = None
        if name.node_id:
            pool = self.history.pool(name.pool_id)
            known = self._known.setdefault(name.pool_id, {})
            place = _Place(pool, pool.number_of(name.node_id), known)
        self._places[index] = place
        return place

    def _runs(self, place: _Place, job: int, kind: int | bytes, outcome: int) -> Runs:
        """The runs of one kind that ended alike, in the pool of a place."""
        number = kind if isinstance(kind, int) else int.from_bytes(kind)
        what = self.history.index_of(self._told(job, number, outcome))
        found = place.known[job, kind, outcome] = place.pool.runs_of(what)
        return found

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
