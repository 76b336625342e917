"""The first task of a new release: another command line, container or application package.

Most words of a command line differ from task to task; one that was the same for long and is another
from some task on was deployed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from difflib import SequenceMatcher

import msgspec

from batchdoctor.core.records import Task
from batchdoctor.core.suspicion.deployed_nodes import DeployedKind
from batchdoctor.core.suspicion.kind import kind_of

# So many tasks must have run before, nearly all of them with one word at its place.
_FEWEST_BEFORE = 5
_STEADY = 0.8
# Of so many that began next the most must have the new word.
_NEXT = 8
_LONGEST = 48
_MOST_WORDS = 3


class TaskDeployment(msgspec.Struct, frozen=True):
    """When the first task began that ran something new, and what that was, before and now."""

    at: datetime
    kind: DeployedKind
    job_id: str
    task_id: str
    say: str


class _Ran(msgspec.Struct, frozen=True):
    at: datetime
    task: Task
    words: tuple[str, ...]


def task_deployments(tasks: Iterable[Task]) -> list[TaskDeployment]:
    """What came new to tasks of one kind, of jobs of one kind, in the order of time."""
    groups: dict[tuple[int, int], list[_Ran]] = {}
    for task in tasks:
        begun = task.execution_info.start_time if task.execution_info else None
        if begun is not None:
            group = groups.setdefault((kind_of(task.job_id), kind_of(task.id)), [])
            group.append(_Ran(begun, task, _words(task)))
    found = [
        each
        for group in groups.values()
        for each in _of_group(sorted(group, key=lambda ran: (ran.at, ran.task.job_id, ran.task.id)))
    ]
    return sorted(found, key=lambda each: (each.at, each.job_id, each.task_id))


def _words(task: Task) -> tuple[str, ...]:
    """The words of a command line, without the ids that are the task's own."""
    text = task.command_line or ""
    for own in sorted({task.id, task.job_id}, key=len, reverse=True):
        text = text.replace(own, "\0")
    return tuple(text.split())


def _of_group(ran: Sequence[_Ran]) -> Iterator[TaskDeployment]:
    for index, places in sorted(_new_at([each.words for each in ran]).items()):
        before = _shared(ran[index - 1].words, ran[index - 2].words)
        now = _shared(ran[index].words, ran[min(index + 1, len(ran) - 1)].words)
        told = _difference(before, now, places)
        yield _told(DeployedKind.COMMAND, ran, index, told)
    for kind, name, values in (
        (DeployedKind.CONTAINER, "container", [(_container(each.task),) for each in ran]),
        (DeployedKind.PACKAGE, "packages", [(_packages(each.task),) for each in ran]),
    ):
        for index in sorted(_new_at(values)):
            (old,), (new,) = values[index - 1], values[index]
            say = f"{name} {_short(new or 'none')}, before it {_short(old or 'none')}"
            yield _told(kind, ran, index, say)


def _new_at(rows: Sequence[tuple[str, ...]]) -> dict[int, list[int]]:
    """The rows in which words are new that had long been others, and the places of those words."""
    if len(rows) <= _FEWEST_BEFORE or len(set(rows)) == 1:
        return {}
    found: dict[int, list[int]] = {}
    for place in range(max(map(len, rows))):
        for index in _new_in([row[place] if place < len(row) else "" for row in rows]):
            found.setdefault(index, []).append(place)
    return found


def _new_in(column: Sequence[str]) -> Iterator[int]:
    counts: Counter[str] = Counter()
    most = begin = 0
    for index, word in enumerate(column):
        before = index - begin
        if word not in counts and before >= _FEWEST_BEFORE and most >= _STEADY * before:
            following = column[index : index + _NEXT]
            if 2 * following.count(word) > len(following):
                yield index
                # What is usual now is what the next one is compared with.
                counts, most, begin = Counter(), 0, index
        counts[word] += 1
        most = max(most, counts[word])


def _told(kind: DeployedKind, ran: Sequence[_Ran], index: int, say: str) -> TaskDeployment:
    task = ran[index].task
    return TaskDeployment(ran[index].at, kind, task.job_id, task.id, say)


def _shared(words: Sequence[str], neighbour: Sequence[str]) -> list[str]:
    """The words of a task that are those of its neighbour, too; dots for its own."""
    return [word if word in neighbour else "…" for word in words]


def _difference(before: Sequence[str], now: Sequence[str], places: Sequence[int]) -> str:
    """The words that differ: `command line: render-5.1 becomes render-5.2`."""
    if len(before) == len(now):
        pairs = [(before[place], now[place]) for place in places]
    else:
        matcher = SequenceMatcher(None, before, now, autojunk=False)
        pairs = [
            (" ".join(before[first:last]), " ".join(now[begin:end]))
            for what, first, last, begin, end in matcher.get_opcodes()
            if what != "equal"
        ]
    changes = [_change(old.replace("\0", "…"), new.replace("\0", "…")) for old, new in pairs]
    more = len(changes) - _MOST_WORDS
    told = "; ".join(changes[:_MOST_WORDS])
    return f"command line: {told}{f' and {more:,} more' if more > 0 else ''}"


def _change(old: str, new: str) -> str:
    if not old:
        return f"{_short(new)} is new"
    return f"{_short(old)} becomes {_short(new)}" if new else f"{_short(old)} is gone"


def _short(words: str) -> str:
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"


def _container(task: Task) -> str:
    return (task.container_settings.image_name if task.container_settings else None) or ""


def _packages(task: Task) -> str:
    return ", ".join(
        sorted(
            f"{each.application_id} {each.version or 'default'}"
            for each in task.application_package_references or ()
        )
    )
