"""Tests whether more or fewer of the tasks of a run failed, or were repeated, than of another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from batchdoctor.core.comparison.chance import Share, counts_differ, least_possible
from batchdoctor.core.comparison.difference import Evidence, Found, Way, What
from batchdoctor.core.comparison.runs import Cause, Failures, Kind, Runs
from batchdoctor.core.comparison.trial import Trial
from batchdoctor.core.suspicion.sentences import probability
from batchdoctor.core.text.step import Step
from batchdoctor.core.text.wording import listed

# Shares that differ by so much, or by so many times, and by so many runs, matter.
_POINTS, _TIMES_AS_MANY, _FEWEST_MORE = 0.05, 2.0, 3
# Causes that are tested, the most frequent first: more tests make each of them less telling.
_MOST_TESTED = 30

StepsFor = Callable[[What, Way, Sequence[str]], Sequence[Step]]
Shares = Mapping[str, Share]


class Side(NamedTuple):
    """Shares of one run by kind of task, and their sums over the kinds that both runs have."""

    shares: Shares
    counted: int
    of: int
    read: float = 1.0
    """Which share of the failures was asked; the counts are of as large a part of the runs."""

    @property
    def told(self) -> str:
        """So many of so many, about, where only a part was asked."""
        if self.read >= 1.0:
            return f"{self.counted:,} of {self.of:,}"
        return f"about {self.counted / self.read:,.0f} of {self.of / self.read:,.0f}"


def share_trials(then: Runs, now: Runs, steps: StepsFor) -> Iterator[Trial]:
    """Tests of failures by message, by how they ended, of all; then of retries and requeues."""
    yield from _by_message(then, now, steps)
    yield from _by_end(then, now, steps)
    yield all_failures_trial(then, now, steps)
    yield from _repeated(then, now, steps)


def failing_newcomers(then: Runs, now: Runs, steps: StepsFor) -> Iterator[Found]:
    """Failures of kinds of tasks that were not there then: nothing can be tested of them."""
    new = [name for name in now.kinds if name not in then.kinds]
    of = sum(now.kinds[name].ended for name in new)
    count = sum(now.kinds[name].failed for name in new)
    if count < _FEWEST_MORE or count < _POINTS * of:
        return
    causes = {
        cause: sum(each.by_kind[name] for name in new) for cause, each in now.failures.items()
    }
    cause = max(causes, key=lambda each: causes[each], default=Cause())
    names = now.failures[cause].names if cause in now.failures else []
    yield Found(
        what=What.FAILURES,
        way=Way.WORSE,
        subject=cause.label,
        after=f"{count:,} of {of:,}",
        message=f"{count:,} of {of:,} tasks of kinds that were not there then"
        f" ({listed(sorted(new))}) failed, most of them: {cause.label}",
        evidence=Evidence(after_count=count, after_of=of),
        names=names,
        steps=steps(What.FAILURES, Way.WORSE, names),
        weight=count / of,
    )


def _by_message(then: Runs, now: Runs, steps: StepsFor) -> Iterator[Trial]:
    none = Failures()

    def count(cause: Cause) -> int:
        return sum(each.failures.get(cause, none).by_kind.total() for each in (then, now))

    wordless = then.wordless | now.wordless
    heard = (each for each in {**then.failures, **now.failures} if each.end not in wordless)
    causes = sorted(heard, key=lambda cause: (-count(cause), cause.label))
    for cause in causes[:_MOST_TESTED]:
        first, second = _sides(*(_of_cause(each, cause) for each in (then, now)))
        sides = (
            first._replace(read=then.read_share(cause.end)),
            second._replace(read=now.read_share(cause.end)),
        )
        found = now.failures.get(cause) or none
        yield _failure_trial(sides, cause.label, found, steps, frozenset({cause.end}))


def _of_cause(runs: Runs, cause: Cause) -> Shares:
    """Failures of a cause by kind; where few were asked for words, of as few runs."""
    found, read = runs.failures.get(cause, Failures()), runs.read_share(cause.end)

    def share(name: str, kind: Kind) -> Share:
        count = found.by_kind[name]
        return Share(count, max(count, round(kind.ended * read)))

    return {name: share(name, kind) for name, kind in runs.kinds.items()}


def _by_end(then: Runs, now: Runs, steps: StepsFor) -> Iterator[Trial]:
    """Tests of ends that several messages share, each perhaps too rare, or none that is known."""
    messages = Counter(cause.end for cause in {**then.failures, **now.failures})
    for end in {**then.ends, **now.ends}:
        if messages[end] == 1 and end not in then.wordless | now.wordless:
            continue  # which was tested as it is
        sides = _sides(*(_of_end(each, end) for each in (then, now)))
        yield _failure_trial(sides, end.label, _all_of(now, end), steps, frozenset({end}))


def _of_end(runs: Runs, end: Cause) -> Shares:
    counts = runs.ends.get(end, Counter[str]())
    return {name: Share(counts[name], kind.ended) for name, kind in runs.kinds.items()}


def all_failures_trial(then: Runs, now: Runs, steps: StepsFor, before: str = "then") -> Trial:
    """A test of all failures, for whatever reason; `before` is a word for the first of both."""
    shares = (
        {name: Share(kind.failed, kind.ended) for name, kind in each.kinds.items()}
        for each in (then, now)
    )
    ends = frozenset({**then.ends, **now.ends})
    return _failure_trial(_sides(*shares), "", _all_of(now), steps, ends, before)


def _all_of(runs: Runs, end: Cause | None = None) -> Failures:
    """Failures with an end, or all, as one."""
    whole = Failures()
    for cause, each in runs.failures.items():
        if end in {None, cause.end}:
            whole.by_kind += each.by_kind
            whole.nodes += each.nodes
            whole.names += each.names
    return whole


def _failure_trial(
    sides: tuple[Side, Side],
    label: str,
    failures: Failures,
    steps: StepsFor,
    ends: frozenset[Cause],
    before: str = "then",
) -> Trial:
    def tell(evidence: Evidence) -> Found:
        way = _way(sides)
        then, now = (side.told for side in sides)
        where = _where(failures) if way is Way.WORSE else ""
        return Found(
            what=What.FAILURES,
            way=way,
            subject=label or None,
            before=then,
            after=now,
            message=f"{now} failed{f': {label}' if label else ''}{where};"
            f" {before} {then}, {_chance(evidence)}",
            evidence=evidence,
            names=failures.names,
            steps=steps(What.FAILURES, way, failures.names),
            weight=abs(_rate(sides[1]) - _rate(sides[0])),
        )

    return _trial(sides, tell, ends)


def _where(failures: Failures) -> str:
    """Where they failed, if that is one node of all."""
    if len(failures.nodes) != 1 or failures.nodes.total() < _FEWEST_MORE:
        return ""
    return f", all on node {next(iter(failures.nodes))}"


def _repeated(then: Runs, now: Runs, steps: StepsFor) -> Iterator[Trial]:
    sorts = (
        (What.RETRIES, "were run again after they had failed", lambda kind: kind.retried),
        (What.REQUEUES, "were put back into the queue", lambda kind: kind.requeued),
    )
    for what, told, count in sorts:
        sides = _sides(*(_repeats(each, count) for each in (then, now)))
        if sides[0].counted or sides[1].counted:
            yield _trial(sides, _repeat_teller(sides, what, told, steps), frozenset())


def _repeats(runs: Runs, count: Callable[[Kind], int]) -> Shares:
    return {name: Share(count(kind), kind.succeeded) for name, kind in runs.kinds.items()}


def _repeat_teller(
    sides: tuple[Side, Side], what: What, told: str, steps: StepsFor
) -> Callable[[Evidence], Found]:
    def tell(evidence: Evidence) -> Found:
        way = _way(sides)
        then, now = (side.told for side in sides)
        return Found(
            what=what,
            way=way,
            before=then,
            after=now,
            message=f"{now} that succeeded {told}; then {then}, {_chance(evidence)}",
            evidence=evidence,
            steps=steps(what, way, ()),
        )

    return tell


def _trial(
    sides: tuple[Side, Side], tell: Callable[[Evidence], Found], ends: frozenset[Cause]
) -> Trial:
    then, now = sides
    return Trial(
        p_value=counts_differ(then.shares, now.shares),
        matters=_matters(then, now),
        evidence=Evidence(
            before_count=then.counted, before_of=then.of, after_count=now.counted, after_of=now.of
        ),
        tell=tell,
        ends=ends,
        least=least_possible(then.shares, now.shares),
    )


def _sides(then: Shares, now: Shares) -> tuple[Side, Side]:
    both = [name for name in now if name in then]
    sums = (
        Side(each, sum(each[name].count for name in both), sum(each[name].of for name in both))
        for each in (then, now)
    )
    first, second = sums
    return first, second


def _matters(then: Side, now: Side) -> bool:
    before, after = _rate(then), _rate(now)
    fewer, more = sorted((before, after))
    runs = (more - fewer) * max(now.of, 1)
    much = more - fewer >= _POINTS or more >= _TIMES_AS_MANY * fewer
    return runs >= _FEWEST_MORE and much


def _rate(side: Side) -> float:
    return side.counted / side.of if side.of else 0.0


def _way(sides: tuple[Side, Side]) -> Way:
    return Way.WORSE if _rate(sides[1]) > _rate(sides[0]) else Way.BETTER


def _chance(evidence: Evidence) -> str:
    return probability(evidence.p_value or 0.0)
