"""What is known of the runs of one job, or of one log: how each ended, where, and how long it took.

A run is told in few words, so that a hundred thousand of them fit into memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import msgspec
from msgspec.structs import replace

from batchdoctor.core.comparison.steady import kind_name
from batchdoctor.core.meaning.exit_codes import explain_exit_code
from batchdoctor.core.names import folded

# The seconds of a run whose time nobody tells.
NO_TIME = -1.0
# Runs of more kinds than this are counted as one.
MOST_KINDS = 200
OTHERS = "(other tasks)"
MOST_EXAMPLES = 3
_LONGEST = 120
# So many kinds may be there however few tasks there are.
_FEW_KINDS = 10


class Cause(msgspec.Struct, frozen=True):
    """What failures have in common: code and exit code, and the message, but for what varies."""

    code: str | None = None
    exit_code: int | None = None
    message: str | None = None

    @property
    def end(self) -> Cause:
        """The same without the message."""
        return Cause(self.code, self.exit_code)

    @property
    def label(self) -> str:
        """What to call it: its message, else its exit code or the service's code."""
        if self.message:
            return self.message if len(self.message) <= _LONGEST else self.message[:_LONGEST] + "…"
        if self.exit_code is not None:
            meaning = explain_exit_code(self.exit_code).text
            return f"exit code {self.exit_code}" + (f" ({meaning})" if meaning else "")
        return self.code or "no reason told"


class Kind(msgspec.Struct):
    """Runs of one kind of task; retries, requeues and seconds are of those that succeeded."""

    ended: int = 0
    failed: int = 0
    retried: int = 0
    requeued: int = 0
    seconds: list[float] = msgspec.field(default_factory=list)
    examples: list[str] = msgspec.field(default_factory=list)
    """The ids of the first tasks of the kind."""

    @property
    def succeeded(self) -> int:
        """Runs that did not fail."""
        return self.ended - self.failed


class Failures(msgspec.Struct):
    """Failures of one cause: how many of each kind of task, on which nodes, and which."""

    by_kind: Counter[str] = msgspec.field(default_factory=Counter)
    nodes: Counter[str] = msgspec.field(default_factory=Counter)
    names: list[str] = msgspec.field(default_factory=list)


class Runs(msgspec.Struct):
    """The runs of one job, or of one log."""

    kinds: dict[str, Kind] = msgspec.field(default_factory=dict)
    ends: dict[Cause, Counter[str]] = msgspec.field(default_factory=dict)
    """All failures by their ends, each by kind of task."""
    failures: dict[Cause, Failures] = msgspec.field(default_factory=dict)
    """The failures that were asked for their words."""
    wordless: set[Cause] = msgspec.field(default_factory=set)
    """Ends of failures of which none could be asked: their messages cannot be compared."""
    tasks: dict[str, float] = msgspec.field(default_factory=dict)
    """Ids of tasks that succeeded, with their seconds."""
    failed: dict[str, None] = msgspec.field(default_factory=dict)
    """Ids of tasks that failed."""
    nodes: Counter[str] = msgspec.field(default_factory=Counter)
    """How many runs each node had, by folded id."""
    left_out: str | None = None
    """What was not read, and why, in a part of a sentence."""

    @property
    def ended(self) -> int:
        """All runs."""
        return sum(kind.ended for kind in self.kinds.values())

    @property
    def failed_count(self) -> int:
        """Those that failed."""
        return sum(kind.failed for kind in self.kinds.values())

    def read_share(self, end: Cause) -> float:
        """Which share of the failures with an end was asked for its words."""
        all_of_it = self.ends.get(end, Counter[str]()).total()
        read = sum(
            each.by_kind.total() for cause, each in self.failures.items() if cause.end == end
        )
        return read / all_of_it if all_of_it else 1.0

    def add(
        self,
        task_id: str,
        end: Cause | None,
        *,
        seconds: float | None,
        node: str | None,
        retries: int = 0,
        requeues: int = 0,
        of_kind: str = "",
    ) -> str:
        """Count a run, failed with an `end` or succeeded; returns the name of its kind."""
        name = f"{of_kind}{kind_name(folded(task_id))}"
        if name not in self.kinds and len(self.kinds) >= MOST_KINDS:
            name = OTHERS
        kind = self.kinds.setdefault(name, Kind())
        kind.ended += 1
        if len(kind.examples) < MOST_EXAMPLES:
            kind.examples.append(task_id)
        if node:
            self.nodes[folded(node)] += 1
        if end is not None:
            kind.failed += 1
            self.ends.setdefault(end, Counter())[name] += 1
            self.failed[task_id] = None
            return name
        kind.retried += retries > 0
        kind.requeued += requeues > 0
        self.tasks[task_id] = NO_TIME if seconds is None else seconds
        if seconds is not None:
            kind.seconds.append(seconds)
        return name

    def add_failure(self, cause: Cause, kind: str, name: str, node: str | None) -> None:
        """Count a failure whose words were asked for; `name` is `JOB/TASK`."""
        found = self.failures.setdefault(cause, Failures())
        found.by_kind[kind] += 1
        found.names.append(name)
        if node:
            found.nodes[node] += 1


def as_one_kind(runs: Runs) -> Runs:
    """The same with all tasks of one kind, of which nothing is said of how long they take."""
    kinds = runs.kinds.values()
    whole = Kind(
        ended=runs.ended,
        failed=runs.failed_count,
        retried=sum(kind.retried for kind in kinds),
        requeued=sum(kind.requeued for kind in kinds),
    )
    return replace(
        runs,
        kinds={OTHERS: whole},
        ends={end: Counter({OTHERS: each.total()}) for end, each in runs.ends.items()},
        failures={
            cause: replace(each, by_kind=Counter({OTHERS: each.by_kind.total()}))
            for cause, each in runs.failures.items()
        },
    )


def comparable(then: Runs, now: Runs) -> tuple[Runs, Runs]:
    """Both with the same kinds of tasks: as they are where their ids tell kinds that both have.

    Ids that are all of a kind of their own tell none.
    """
    shared = then.kinds.keys() & now.kinds.keys()
    telling = all(len(each.kinds) <= max(_FEW_KINDS, each.ended // 3) for each in (then, now))
    if shared and telling:
        return then, now
    return as_one_kind(then), as_one_kind(now)


Pairs = list[tuple[str, str]]


def paired(
    then: Runs, now: Runs, steady: tuple[Callable[[str], str], Callable[[str], str]]
) -> Pairs:
    """Ids of the same task then and now: by their ids, else by these but for what varies.

    `steady` takes out of an id of then, and of now, what is another one in each run.
    """
    before, after = [*then.tasks, *then.failed], [*now.tasks, *now.failed]
    return paired_ids(before, after, steady)


def paired_ids(
    before: list[str],
    after: list[str],
    steady: tuple[Callable[[str], str], Callable[[str], str]],
) -> Pairs:
    """The same for ids in lists."""
    known = {folded(each): each for each in before}
    pairs = [(known[folded(each)], each) for each in after if folded(each) in known]
    if len(pairs) * 10 >= min(len(before), len(after)):
        return pairs
    left, right = _unique(before, steady[0]), _unique(after, steady[1])
    return [(left[key], right[key]) for key in right if key in left]


def _unique(ids: list[str], steady: Callable[[str], str]) -> dict[str, str]:
    """Ids by what is steady of them, where only one has that."""
    keys = [folded(steady(each)) for each in ids]
    counts = Counter(keys)
    return {key: each for key, each in zip(keys, ids, strict=True) if counts[key] == 1}
