"""The runs of one pool as they are judged: by groups of a job and a kind of task."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from copy import copy

from batchdoctor.core.suspicion.command_kind import has_command, without_command
from batchdoctor.core.suspicion.ended import ended_from_outside
from batchdoctor.core.suspicion.history import History, Runs
from batchdoctor.core.suspicion.outage import service_in

# Bins of time: enough that a block of minutes in a week is a block, few enough to look through.
_BINS = 1 << 13
# More kinds of tasks than this in a job are no kinds, but names: only those stay apart that are
# this share of the job.
MOST_KINDS = 12
OWN_KIND_SHARE = 0.05
# Of a pool in which outages failed so much of the runs, the rest is looked at by itself.
_MUCH = 0.1

# What a node ran, by index, and when: see `Runs`.
Ran = tuple["array[int]", "array[int]"]


class PoolRuns:
    """The runs of a pool, without those that were ended from outside.

    `names` are the ids of nodes by their number, `present` the numbers of those that are looked at.
    `runs` are by index of what ran; of the group with a number, `groups` has the job and the kind
    and `of_group` the indices.
    """

    def __init__(self, history: History, pool_id: str) -> None:
        whats, pool = history.whats, history.pools[pool_id]
        self.names = pool.nodes
        self.present: Collection[int] = range(len(pool.nodes))
        self.runs = {
            what: each for what, each in ended_from_outside(pool.runs, whats).items() if each
        }
        self.size = sum(map(len, self.runs.values()))
        groups = _groups([(*whats[what][:2], len(each)) for what, each in self.runs.items()])
        self.groups = sorted(set(groups.values()))
        numbers = {group: number for number, group in enumerate(self.groups)}
        self.group_of = {what: numbers[groups[whats[what][:2]]] for what in self.runs}
        self.of_group: list[list[int]] = [[] for _ in self.groups]
        for what, number in self.group_of.items():
            self.of_group[number].append(what)
        # Of this pool's only: others may have run very many.
        here = {what: whats[what] for what in self.runs}
        self.failed = {what: told.failed for what, told in here.items()}
        self.caused = {what: told.failed and told.node_caused for what, told in here.items()}
        self._outside = {
            what: told.failed and service_in(told) is not None for what, told in here.items()
        }
        self.failures = self._failures_in(self.runs)
        self._not_started: set[int] = set()
        self.begin, self.last = self._span()
        self.width = max(1, -(-(self.last - self.begin + 1) // _BINS))

    def times(self, what: int, *, by_start: bool) -> array[int]:
        """When each run started, where that is not known ended, or else when each ended."""
        runs = self.runs[what]
        if not by_start:
            return runs.ends
        if what not in self._not_started:
            return runs.starts
        return array("I", [start or end for _, start, end in runs.rows()])

    def all_started(self, whats: Collection[int]) -> bool:
        """Whether it is known of all runs of these indices when they started."""
        return self._not_started.isdisjoint(whats)

    def second_of(self, place: int) -> int:
        """When a bin begins."""
        return self.begin + place * self.width

    def of_nodes(self, wanted: Collection[str]) -> dict[str, Ran]:
        """Of each of some nodes what ran, and when."""
        found = {name: (array("I"), array("Q")) for name in wanted}
        chosen = bytes(name in found for name in self.names)
        for what, runs in self.runs.items() if found else ():
            for node, when in runs.of_nodes(chosen).pairs():
                whats, times = found[self.names[node]]
                whats.append(what)
                times.append(when)
        return found

    def without_outages(self) -> PoolRuns | None:
        """The same without what storage, a registry or a network failed; None if that is little.

        Such a run was over before its node had its say: nothing is known of how it had ended.
        """
        struck = [what for what in self.runs if self._outside[what]]
        met = set[int]().union(*(self.runs[what].nodes for what in struck))
        if not struck or 2 * len(met) < len(self.present):
            return None
        found = self._with({what: runs for what, runs in self.runs.items() if what not in struck})
        found.present = sorted(set[int]().union(*(each.nodes for each in found.runs.values())))
        found.size = sum(map(len, found.runs.values()))
        found.failures = self._failures_in(found.runs)
        return found if self.failures - found.failures >= _MUCH * self.size else None

    def sample(self, size: int) -> PoolRuns:
        """The same with some of the nodes, spread over their names, for about so many runs."""
        each = max(1, self.size // size)
        present = sorted(self.present, key=self.names.__getitem__)[::each]
        wanted = bytearray(len(self.names))
        for node in present:
            wanted[node] = 1
        runs = {what: each.of_nodes(wanted) for what, each in self.runs.items()}
        found = self._with({what: each for what, each in runs.items() if each})
        found.present = present
        return found

    def _with(self, runs: dict[int, Runs]) -> PoolRuns:
        found = copy(self)
        found.runs = runs
        found.of_group = [[what for what in whats if what in runs] for whats in self.of_group]
        return found

    def _failures_in(self, runs: Mapping[int, Runs]) -> int:
        return sum(len(each) for what, each in runs.items() if self.failed[what])

    def _span(self) -> tuple[int, int]:
        """When the first run began, as far as that is known, and the last one ended."""
        firsts, lasts = [], [0]
        for what, runs in self.runs.items():
            first, first_end, last_end = runs.span[:3]
            if not first:
                self._not_started.add(what)
                first = min(self.times(what, by_start=True))
            firsts += [first, first_end]
            lasts.append(last_end)
        return min(firsts, default=0), max(lasts)


def _groups(counted: Iterable[tuple[str, int, int]]) -> dict[tuple[str, int], tuple[str, int]]:
    """To which group each job and kind belongs; names that are no kinds are one group of a job."""
    jobs: dict[str, dict[int, int]] = {}
    for job_id, kind, count in counted:
        kinds = jobs.setdefault(job_id, {})
        kinds[kind] = kinds.get(kind, 0) + count
    return {
        (job_id, kind): (job_id, own)
        for job_id, kinds in jobs.items()
        for kind, own in _own_kinds(kinds).items()
    }


def _own_kinds(kinds: Mapping[int, int]) -> Mapping[int, int]:
    """What stands for each kind of a job: itself, that of the id alone, or -1 for a name."""
    if len(kinds) == 1:
        (kind,) = kinds
        return {kind: kind if has_command(kind) else without_command(kind)}
    # Where some command lines are not known, or are many, they tell no kinds.
    if len(kinds) <= MOST_KINDS and all(map(has_command, kinds)):
        return {kind: kind for kind in kinds}
    of_ids: Counter[int] = Counter()
    for kind, count in kinds.items():
        of_ids[without_command(kind)] += count
    few, total = len(of_ids) <= MOST_KINDS, of_ids.total()
    own = {kind: few or count >= OWN_KIND_SHARE * total for kind, count in of_ids.items()}
    return {
        kind: of_id if own[of_id] else -1 for kind in kinds for of_id in [without_command(kind)]
    }
