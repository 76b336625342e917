"""Failures by what their programs said: a fold that grows with messages, not with tasks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from batchdoctor.core.failures.cause import cause_item, told_cause
from batchdoctor.core.failures.failure import Failure
from batchdoctor.core.failures.item import MessageGroup
from batchdoctor.core.failures.telling_line import telling_line
from batchdoctor.core.failures.template import template
from batchdoctor.core.meaning.messages import Cause

# So many different messages are told apart; who writes more has one of its own in each task.
MOST_GROUPS = 5000
OTHERS = "(other messages)"
NO_WORDS = "(no words)"


class Spoken(msgspec.Struct, frozen=True):
    """One message of one failure: the line that tells it, where it stands, what it means."""

    line: str | None
    place: str | None
    cause: Cause | None
    lines: tuple[str, ...] | None = None


class _Group(msgspec.Struct):
    first: Failure
    spoken: Spoken
    count: int = 0
    jobs: set[str] = msgspec.field(default_factory=set)
    nodes: set[tuple[str | None, str]] = msgspec.field(default_factory=set)
    first_time: datetime | None = None
    last_time: datetime | None = None


class MessageCounts(msgspec.Struct):
    """Failures by message."""

    tasks: int = 0
    _groups: dict[str, _Group] = msgspec.field(default_factory=dict)

    def add(self, failure: Failure, spoken: Spoken) -> str:
        """Count one failure; returns the key of its group."""
        key = template(spoken.line) if spoken.line else NO_WORDS
        if key not in self._groups and len(self._groups) >= MOST_GROUPS:
            key = OTHERS
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = _Group(failure, spoken)
        self.tasks += 1
        group.count += 1
        group.jobs.add(failure.job_id)
        if failure.node_id:
            group.nodes.add((failure.pool_id, failure.node_id))
        _note_time(group, failure.end_time)
        return key

    def groups(self, *, lines: int = 0) -> Iterator[MessageGroup]:
        """The groups, the largest first; with so many last lines of their examples."""
        ordered = sorted(self._groups.items(), key=lambda entry: (-entry[1].count, entry[0]))
        for key, group in ordered:
            spoken = group.spoken
            yield MessageGroup(
                by="message",
                key=key,
                failures=group.count,
                share=round(group.count / self.tasks, 4),
                jobs=len(group.jobs),
                nodes=len(group.nodes),
                first_time=group.first_time,
                last_time=group.last_time,
                example=spoken.line,
                job_id=group.first.job_id,
                task_id=group.first.task_id,
                place=spoken.place,
                cause=cause_item(spoken.cause, spoken.place),
                stderr=spoken.lines[-lines:] if lines and spoken.lines is not None else None,
            )


def _note_time(group: _Group, when: datetime | None) -> None:
    if when is None:
        return
    if group.first_time is None or when < group.first_time:
        group.first_time = when
    if group.last_time is None or when > group.last_time:
        group.last_time = when


def spoken_line(
    failure: Failure, lines: Sequence[str] | None, cause: Cause | None, place: str | None
) -> Spoken:
    """The message of a failure: the line with the cause, else that which names an error.

    Where the program said nothing, or nothing could be read, what the service tells in its details.
    """
    # What a program said that ended well is not why its output was not uploaded.
    if cause is not None and failure.exit_code != 0:
        return Spoken(cause.line, place, cause, None if lines is None else tuple(lines))
    if lines and failure.exit_code != 0 and (line := telling_line(lines)):
        return Spoken(line, place, None, tuple(lines))
    told = told_cause(failure)
    text = told.line if told else service_words(failure)
    return Spoken(text, "details" if text else None, told, None if lines is None else tuple(lines))


def service_words(failure: Failure) -> str | None:
    """What the service says of a failure beyond that there was one; None where it says no more."""
    if failure.exit_code is not None and failure.code in {None, "FailureExitCode"}:
        return failure.detail
    words = failure.detail or failure.message
    return f"{failure.code}: {words}" if words and failure.code else words or failure.code
