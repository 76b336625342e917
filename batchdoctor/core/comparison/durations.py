"""Tests whether tasks that succeeded took longer than others of their kind, or than themselves."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import msgspec
from msgspec.structs import replace

from batchdoctor.core.comparison.chance import pairs_differ, ranks_differ
from batchdoctor.core.comparison.difference import Evidence, Found, Way, What
from batchdoctor.core.comparison.runs import NO_TIME, Pairs, Runs
from batchdoctor.core.comparison.shares import StepsFor
from batchdoctor.core.comparison.steady import kind_name
from batchdoctor.core.comparison.trial import Trial
from batchdoctor.core.names import folded
from batchdoctor.core.suspicion.ranks import median
from batchdoctor.core.suspicion.sentences import probability
from batchdoctor.core.text.wording import listed

# Fewer runs of a kind tell nothing of how long they take.
_FEWEST = 8
# What lasts so many times as long, and so many seconds longer, matters.
_TIMES, _SECONDS = 1.25, 2.0
# Kinds that are tested, those with the most runs first.
_MOST_TESTED = 20
# A task that took no measurable time took this.
_SHORTEST = 0.01


class _Took(msgspec.Struct, frozen=True):
    """How long tasks of one kind took, in seconds at the median, and by how much that changed."""

    kind: str
    p_value: float
    before: float
    after: float
    times: float
    longer: float

    @property
    def matters(self) -> bool:
        """Whether it is another one by enough."""
        much = self.times >= _TIMES or self.times <= 1 / _TIMES
        return much and abs(self.longer) >= _SECONDS


def duration_trials(
    then: Runs, now: Runs, pairs: Pairs, steps: StepsFor, before: str = "then"
) -> Iterator[Trial]:
    """A test for each kind of task that both have enough of; `before` is a word for the first."""
    by_kind: dict[str, list[tuple[float, float]]] = {}
    for one, other in pairs:
        took = then.tasks.get(one, NO_TIME), now.tasks.get(other, NO_TIME)
        if NO_TIME not in took:
            by_kind.setdefault(kind_name(folded(other)), []).append(took)
    both = [name for name in now.kinds if name in then.kinds]
    both.sort(key=lambda name: (-len(now.kinds[name].seconds), name))
    for name in both[:_MOST_TESTED]:
        first, second = then.kinds[name].seconds, now.kinds[name].seconds
        if min(len(first), len(second)) >= _FEWEST:
            compared = _took(name, first, second, by_kind.get(name, []))
            yield _trial(compared, (len(first), len(second)), steps, before)


def _took(
    kind: str, before: Sequence[float], after: Sequence[float], pairs: Sequence[tuple[float, float]]
) -> _Took:
    """Compare tasks with themselves where most ran both times, else kind with kind."""
    if len(pairs) >= _FEWEST and 2 * len(pairs) >= min(len(before), len(after)):
        changes = [math.log(max(b, _SHORTEST) / max(a, _SHORTEST)) for a, b in pairs]
        first, second = median(a for a, _ in pairs), median(b for _, b in pairs)
        longer = median(b - a for a, b in pairs)
        return _Took(kind, pairs_differ(changes), first, second, math.exp(median(changes)), longer)
    first, second = median(before), median(after)
    times = max(second, _SHORTEST) / max(first, _SHORTEST)
    return _Took(kind, ranks_differ(before, after), first, second, times, second - first)


def _trial(took: _Took, runs: tuple[int, int], steps: StepsFor, before: str) -> Trial:
    way = Way.WORSE if took.times > 1 else Way.BETTER

    def tell(evidence: Evidence) -> Found:
        times = took.times if way is Way.WORSE else 1 / took.times
        more = "times as long" if way is Way.WORSE else "times as fast"
        return Found(
            what=What.DURATION,
            way=way,
            subject=took.kind,
            before=f"{took.before:,.1f} s",
            after=f"{took.after:,.1f} s",
            message=f"{took.kind} takes {times:.2g} {more}: {took.after:,.1f} s at the median of"
            f" {runs[1]:,}, {before} {took.before:,.1f} s of {runs[0]:,},"
            f" {probability(evidence.p_value or 0.0)}",
            evidence=evidence,
            steps=steps(What.DURATION, way, ()),
            weight=times,
        )

    return Trial(
        p_value=took.p_value,
        matters=took.matters,
        evidence=Evidence(
            before_seconds=round(took.before, 3),
            after_seconds=round(took.after, 3),
            before_of=runs[0],
            after_of=runs[1],
        ),
        tell=tell,
    )


def together(found: Sequence[Found]) -> list[Found]:
    """The same, with kinds of tasks that all became slower, or all faster, told as one."""
    told = [each for each in found if each.what is not What.DURATION]
    for way in (Way.WORSE, Way.BETTER):
        alike = [each for each in found if each.what is What.DURATION and each.way is way]
        alike.sort(key=lambda each: -each.weight)
        if len(alike) > 1:
            others = listed([str(each.subject) for each in alike[1:]])
            told.append(replace(alike[0], message=f"{alike[0].message}; so do {others}, less"))
        else:
            told += alike
    return told
