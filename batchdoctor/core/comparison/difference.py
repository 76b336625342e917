"""One difference as an item of an answer, and what was compared in numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

import msgspec

from batchdoctor.core.item import Item, Moment
from batchdoctor.core.text.step import Step, commands_of


class What(StrEnum):
    """What differs, the most telling first; the list may grow."""

    FINDING = "finding"
    OUTCOME = "outcome"
    FAILURES = "failures"
    JOB_END = "job-end"
    STATE = "state"
    POOL = "pool"
    COMMAND_LINE = "command-line"
    CONTAINER = "container"
    IMAGE = "image"
    AGENT = "agent"
    PACKAGE = "package"
    ENVIRONMENT = "environment"
    RESOURCE_FILE = "resource-file"
    VM_SIZE = "vm-size"
    CONSTRAINT = "constraint"
    OUTPUT_FILE = "output-file"
    SPOT = "spot"
    SETTING = "setting"
    NODE = "node"
    TASKS = "tasks"
    DURATION = "duration"
    RETRIES = "retries"
    REQUEUES = "requeues"


_ORDER = {what: place for place, what in enumerate(What)}


class Way(StrEnum):
    """Whether something got worse or better, or is only another one."""

    WORSE = "worse"
    CHANGED = "changed"
    BETTER = "better"


class Evidence(Item, frozen=True, kw_only=True):
    """What a difference rests on: so many of so many before and after.

    `p_value` is the chance of a difference like that between runs of one kind, null where nothing
    had to be tested; `tests` is how many tests of the page could have told something. Seconds are
    medians.
    """

    p_value: float | None = None
    tests: int | None = None
    before_count: int | None = None
    before_of: int | None = None
    after_count: int | None = None
    after_of: int | None = None
    before_seconds: float | None = None
    after_seconds: float | None = None


class Difference(Item, frozen=True, kw_only=True):
    """One thing that differs; `subject` is whose it is, or its name, where `what` is not all of it.

    `before` is how it was then, or on the first of two; `after` how it is now, or on the second.
    What was not there is null. Values of the environment are never told. `names` are tasks
    (`JOB/TASK`) or nodes (`POOL/NODE`) that show it, at most a thousand.
    """

    what: What
    way: Way
    subject: str | None
    before: str | None
    after: str | None
    message: str
    evidence: Evidence | None
    names: tuple[str, ...]
    advice: tuple[str, ...]
    next_commands: tuple[str, ...]


class CompareSummary(Item, frozen=True, kw_only=True):
    """What was compared, and what came of it.

    `chosen` says why the other was chosen, null where it was named. `same` are things that were
    compared and are the same. `failed_now` are tasks that failed now and succeeded then, at most a
    thousand of them; `failed_now_count` counts all, `succeeded_now_count` those the other way.
    """

    before: str
    after: str
    before_time: Moment | None
    after_time: Moment | None
    chosen: str | None
    differences: int
    tests: int
    same: tuple[str, ...]
    not_told: tuple[str, ...]
    failed_now_count: int | None = None
    succeeded_now_count: int | None = None
    failed_now: tuple[str, ...] = ()


MOST_NAMES = 1000


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A difference in the making: `steps` become its advice, `weight` orders those of one sort."""

    what: What
    message: str
    way: Way = Way.CHANGED
    subject: str | None = None
    before: str | None = None
    after: str | None = None
    evidence: Evidence | None = None
    names: Sequence[str] = ()
    steps: Sequence[Step] = ()
    weight: float = 0.0

    @property
    def item(self) -> Difference:
        """The difference as an item."""
        return Difference(
            what=self.what,
            way=self.way,
            subject=self.subject,
            before=self.before,
            after=self.after,
            message=self.message,
            evidence=self.evidence,
            names=tuple(self.names[:MOST_NAMES]),
            advice=tuple(map(str, self.steps)),
            next_commands=commands_of(self.steps),
        )


def most_telling_first(found: Iterable[Found]) -> list[Found]:
    """What fails more, then what is another one, then what only runs worse, then what got better.

    What has failed is why somebody asks, what was changed is likely why it has.
    """
    return sorted(found, key=_telling)


def _telling(found: Found) -> tuple[bool, bool, int, float, str]:
    symptom = found.what in {What.DURATION, What.RETRIES, What.REQUEUES, What.TASKS}
    return (
        found.way is Way.BETTER,
        symptom,
        _ORDER[found.what],
        -found.weight,
        found.subject or "",
    )
