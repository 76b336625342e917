"""The nodes of one pool while they are judged: their p-values, and who is accused so far."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import msgspec
from msgspec.structs import replace

from batchdoctor.core.suspicion.blocks import Blocks, Key, untimed
from batchdoctor.core.suspicion.comparison import Comparison, PoolBaseline
from batchdoctor.core.suspicion.course import Course, course_of, rate_of
from batchdoctor.core.suspicion.explanation import explained
from batchdoctor.core.suspicion.odd_nodes import Tables, odd_nodes
from batchdoctor.core.suspicion.pool_runs import PoolRuns, Ran
from batchdoctor.core.suspicion.run_counts import GONE, JobRuns, NodeRuns
from batchdoctor.core.suspicion.stretches import Stretches
from batchdoctor.core.suspicion.tail_probability import (
    LOWER_BOUND,
    Stratum,
    deviation,
    lower_bound,
    upper_tail,
)

# A difference matters to an engineer if it is this many times what was expected, or this share of
# the runs. Over thousands of runs a node at 2.2 % beside 2.0 % is significant, but not sick. The
# node's share is taken at its lower bound: nodes differ a little from each other, sick or not.
MATERIAL_FACTOR = 2.0
MATERIAL_SHARE = 0.2
LEAST_EXCESS = 0.05
# Of failures that tell of the node by themselves, a smaller share is enough.
LEAST_NODE_CAUSED = 0.02

# Nearer to the mean than this many standard deviations, a tail is far above any probability that
# anybody is named for, so it need not be computed.
UNREMARKABLE = 1.5

# A node that is likelier to be sound than this, and whose failures do not stand close together, has
# no course worth telling.
WORTH_A_LOOK = 0.05

# Fewer sound nodes than this tell nothing of how nodes differ.
_FEWEST_FOR_SPREAD = 8


class Case(msgspec.Struct, frozen=True):
    """One node, what it is compared with, and how probable its failures are by chance."""

    node_id: str
    found: Comparison
    p_value: float
    course: Course | None = None
    recent: bool = False
    """Whether the latest stretch tells more than all runs together."""
    without_outages: bool = False
    """Whether the runs that outages failed are left out."""

    def fails_often(self, *, fewest: int, factor: float) -> bool:
        """Whether so many runs failed, or all; and so many times what was expected of them."""
        found, course = self.found, self.course
        told = [_told(found.judged + found.at_fault), _told(found.node_caused)]
        if self.recent and course:
            told = [(course.runs, course.failures, course.expected)]
        return any(
            (failures >= fewest or failures == runs) and failures >= factor * expected
            for runs, failures, expected in told
        )


class PoolTrial:
    """Judges the nodes of one pool that have enough failures to be named."""

    def __init__(
        self, nodes: Mapping[str, NodeRuns], min_failures: int, runs: PoolRuns | None = None
    ) -> None:
        self._min_failures = max(1, min_failures)
        self._blocks: Blocks | None = None
        self._rest = _rest_of(nodes, min_failures, runs)
        self._tables: Tables
        if runs is None or not runs.failures:
            self._tables = untimed(nodes) if runs is None else {}
            self._accused = odd_nodes(self._tables)
        else:
            explanation = explained(runs)
            self._blocks, self._tables = explanation.blocks, explanation.tables
            self._accused = set(explanation.odd)
        self._candidates = [
            node_id
            for node_id, table in self._tables.items()
            if node_id != GONE and sum(job.failures for job in table.values()) >= self._min_failures
        ]
        # Nodes without enough failures are tests too, with p = 1. A pool without any candidate is
        # none: nothing was looked at there, so it must not make the others harder to accuse.
        self.tests = len(self._tables) if self._candidates else 0
        self._stretches: Stretches | None = None
        self._ran: dict[str, Ran] = {}
        self.cases = self._compare()

    @property
    def tables(self) -> Tables:
        """Runs and failures of every node by what is comparable."""
        return self._tables

    def accuse(self, limit: float) -> bool:
        """Take nodes with a p-value up to the limit out of the baseline; whether any were new.

        At least a third of the pool stays in it: where most nodes are sick, there is nothing left
        that they could be compared with.
        """
        new_in_rest = self._rest is not None and self._rest.accuse(limit / 2)
        within = sorted(
            (case.p_value, case.node_id) for case in self.cases if case.p_value <= limit
        )
        room = max(0, 2 * len(self._tables) // 3 - len(self._accused))
        new = [node_id for _, node_id in within if node_id not in self._accused][:room]
        if new or new_in_rest:
            self._accused.update(new)
            self.cases = self._compare()
        return bool(new or new_in_rest)

    def _compare(self) -> list[Case]:
        if not self._candidates:
            return []
        baseline = PoolBaseline(self._tables, self._accused)
        compared = {node_id: baseline.compare(node_id) for node_id in self._tables}
        spread = self._spread(compared)
        p_values = {
            node_id: self._p_value(compared[node_id]) ** (1 / spread)
            for node_id in self._candidates
        }
        courses = self._courses(p_values, baseline)
        cases = [
            _case(node_id, compared[node_id], p_value, courses.get(node_id))
            for node_id, p_value in p_values.items()
        ]
        return self._with_rest(cases)

    def _courses(
        self, p_values: Mapping[str, float], baseline: PoolBaseline
    ) -> dict[str, Course | None]:
        """What those nodes went through that may be named for it."""
        if self._blocks is None:
            return {}
        if self._stretches is None:
            runs = {node_id: _runs_in(self._tables[node_id]) for node_id in self._candidates}
            self._stretches = Stretches(self._blocks, runs)
        looked_at = {}
        for node_id, p_value in p_values.items():
            if p_value < WORTH_A_LOOK or node_id in self._stretches.close:
                elsewhere = self._elsewhere(node_id, baseline)
                if p_value < WORTH_A_LOOK or self._may_have_a_stretch(node_id, elsewhere):
                    looked_at[node_id] = elsewhere
        self._ran |= self._blocks.runs.of_nodes(looked_at.keys() - self._ran.keys())
        return {
            node_id: course_of(self._ran[node_id], self._blocks, elsewhere)
            for node_id, elsewhere in looked_at.items()
        }

    def _elsewhere(self, node_id: str, baseline: PoolBaseline) -> dict[Key, JobRuns]:
        """How other nodes ran what a node ran, as far as they did."""
        return {
            key: other
            for key, job in self._tables[node_id].items()
            if (other := baseline.elsewhere(node_id, key, job)).runs
        }

    def _may_have_a_stretch(self, node_id: str, elsewhere: Mapping[Key, JobRuns]) -> bool:
        table = self._tables[node_id]
        if self._stretches is None or len(elsewhere) < len(table):
            return True
        rate = min(map(rate_of, elsewhere.values()))
        return self._stretches.may_have_one(node_id, _runs_in(table), rate)

    def _with_rest(self, cases: list[Case]) -> list[Case]:
        """The cases, looked at a second time without what outages failed."""
        if self._rest is None:
            return cases
        rest = {case.node_id: case for case in self._rest.cases}
        return [
            replace(
                stranger,
                p_value=min(1.0, 2 * stranger.p_value),
                without_outages=stranger is not case,
            )
            for case in cases
            for stranger in [min(case, rest.get(case.node_id, case), key=lambda each: each.p_value)]
        ]

    def _spread(self, compared: Mapping[str, Comparison]) -> float:
        """How much more the sound nodes differ than chance makes them, at the least; 1 for not."""
        squares = []
        for node_id, found in compared.items():
            variance = sum(stratum.variance for stratum in found.judged)
            if node_id not in self._accused and variance >= 1.0:
                squares.append(deviation(found.judged) ** 2)
        if len(squares) < _FEWEST_FOR_SPREAD:
            return 1.0
        # The largest may be of a node that is not accused yet.
        squares.remove(max(squares))
        mean = math.fsum(squares) / len(squares)
        return max(1.0, mean / (1 + LOWER_BOUND * math.sqrt(2 / len(squares))))

    def _p_value(self, found: Comparison) -> float:
        """Give the probability of the failures, or of a part of them, whichever is stranger.

        Looking several times multiplies it (Bonferroni). Node-caused failures have a look of their
        own, because among the many failures of a bad job they would not be noticed; and so has
        everything together where jobs are at fault.
        """
        looks = [self._tail(found.judged)]
        if found.at_fault:
            looks.append(self._tail(found.judged + found.at_fault))
        if any(stratum.failures for stratum in found.node_caused):
            looks.append(self._tail(found.node_caused, LEAST_NODE_CAUSED))
        return min(1.0, len(looks) * min(looks))

    def _tail(self, strata: Sequence[Stratum], least: float = LEAST_EXCESS) -> float:
        failures = sum(stratum.failures for stratum in strata)
        if failures < self._min_failures or not material(strata, least):
            return 1.0
        return upper_tail(strata) if deviation(strata) > UNREMARKABLE else 1.0


def _case(node_id: str, found: Comparison, p_value: float, course: Course | None) -> Case:
    if course is None:
        return Case(node_id, found, p_value)
    latest = min(1.0, 2 * course.p_value) if course.trend != "over" else 1.0
    p_value = min(1.0, 2 * p_value) if latest < 1.0 else p_value
    return Case(node_id, found, min(p_value, latest), course, recent=latest < p_value)


def _told(strata: Sequence[Stratum]) -> tuple[int, int, float]:
    """Runs, failures, and how many were expected."""
    runs, failures = sum(each.runs for each in strata), sum(each.failures for each in strata)
    return runs, failures, sum(each.expected for each in strata)


def _runs_in(table: Mapping[Key, JobRuns]) -> int:
    return sum(job.runs for job in table.values())


def _rest_of(
    nodes: Mapping[str, NodeRuns], min_failures: int, runs: PoolRuns | None
) -> PoolTrial | None:
    rest = runs.without_outages() if runs is not None else None
    return PoolTrial(nodes, min_failures, rest) if rest is not None and rest.failures else None


def material(strata: Sequence[Stratum], least: float = LEAST_EXCESS) -> bool:
    """Whether a difference is large enough to matter, even at its lower bound."""
    runs = sum(stratum.runs for stratum in strata)
    failures = sum(stratum.failures for stratum in strata)
    expected = sum(stratum.expected for stratum in strata)
    if failures < MATERIAL_FACTOR * expected and failures - expected < MATERIAL_SHARE * runs:
        return False
    return lower_bound(failures, runs) * runs - expected >= least * runs
