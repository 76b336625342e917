"""How failed tasks look on a page: the columns, the counts below them, the verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from batchdoctor.core.changed import ReactivatedTask
from batchdoctor.core.checked import Checked
from batchdoctor.core.failures.counts import FailureCounts, largest_first
from batchdoctor.core.failures.examined import no_failed_tasks
from batchdoctor.core.failures.item import FailedTask
from batchdoctor.core.meaning.exit_codes import explain_exit_code
from batchdoctor.core.text.times import age_text
from batchdoctor.core.text.wording import plural
from batchdoctor.report.page import Block, Column, Commands, Count, Counts, Note, Tone, Verbatim

CATEGORY_NOTES = {
    "preprocessing": "could not start: files or command",
    "fileUpload": "ran; its output was not uploaded",
    "application": "the program ran and said no",
    "constraint": "ended by a limit or by request",
    "node": "the node or service failed it",
    "unknown": "no reason was given",
}
# A failing node is the only category that more runs of the same tasks make worse.
_CATEGORY_TONES = dict.fromkeys(CATEGORY_NOTES, Tone.WARN) | {"node": Tone.BAD}

# What the columns of failed tasks are told of.
Failed = FailedTask | ReactivatedTask

# The question whether it is the nodes, about all there is.
SUSPECT = "batchdoctor nodes suspect"
_ROWS_SHOWN = 5
_REPEATED = 2
_CODE_OF_ANY_EXIT = "FailureExitCode"


class OnNode(Protocol):
    """Whatever names the node that it ran on."""

    @property
    def pool_id(self) -> str | None:
        """The pool of the node."""

    @property
    def node_id(self) -> str | None:
        """The node."""


def category_tone(category: str) -> Tone:
    """How much a category should worry the reader."""
    return _CATEGORY_TONES.get(category, Tone.PLAIN)


def failure_columns(now: datetime) -> tuple[Column[Failed], ...]:
    """The columns of a table of failed tasks."""
    return (
        Column("CATEGORY", lambda item: item.category.value, tone_of=category_tone),
        Column("WHY", _why),
        Column("JOB/TASK", lambda item: item.name),
        Column("ENDED", lambda item: age_text(item.end_time, now), lead=False),
        Column("POOL/NODE", node_cell, lead=False),
    )


def _why(item: Failed) -> str:
    """The code, or the exit code where the code says no more than that there was one."""
    if item.exit_code and item.code in {None, _CODE_OF_ANY_EXIT}:
        memory = "lack of memory" in (item.exit_code_meaning or "")
        return f"{exit_code_label(item.exit_code)}{', no memory' if memory else ''}"
    return item.code or "no code"


def exit_code_label(exit_code: int) -> str:
    """An exit code as people look it up: small numbers as they are, values of Windows in hex."""
    meaning = explain_exit_code(exit_code)
    return f"exit {meaning.hex if meaning.windows else exit_code}"


def node_cell(item: OnNode) -> str:
    """The node of an item, with its pool."""
    if not item.node_id:
        return "no node"
    return f"{item.pool_id or '?'}/{item.node_id}"


def failure_blocks(counts: FailureCounts, suspects: str) -> Sequence[Block]:
    """What the failures have in common, and what to type next: `suspects` asks for the nodes."""
    if not counts.tasks:
        return ()
    blocks: list[Block] = [category_counts(counts)]
    if repeated := repeated_nodes(counts):
        blocks.append(repeated)
        blocks.append(Commands("Is it the code or a node?", [("", suspects)]))
    return blocks


def category_counts(counts: FailureCounts) -> Counts:
    """Failures by category, each with what it means."""
    rows = [
        Count(category, count, CATEGORY_NOTES.get(category, ""), category_tone(category))
        for category, count in largest_first(counts.by_category).items()
    ]
    return Counts("Failures by category", rows, counts.tasks)


def repeated_nodes(counts: FailureCounts) -> Counts | None:
    """The nodes with the most failures, if any has more than one."""
    repeated = {
        node: count for node, count in largest_first(counts.by_node).items() if count >= _REPEATED
    }
    if not repeated:
        return None
    rows = [Count(node, count, tone=Tone.WARN) for node, count in repeated.items()]
    more = f", the first {_ROWS_SHOWN} of {len(rows)}" if len(rows) > _ROWS_SHOWN else ""
    return Counts(f"Nodes with repeated failures{more}", rows[:_ROWS_SHOWN], counts.tasks)


def group_blocks(
    by: str, groups: Mapping[str, int], total: int, out_of_memory: Mapping[str, int] | None = None
) -> Sequence[Block]:
    """The groups of `--by` with their shares; some failures of an exit code were OOMKilled."""
    if not groups:
        return ()
    notes = CATEGORY_NOTES if by == "category" else {}
    if by == "exit-code":
        killed = out_of_memory or {}
        notes = {key: _exit_code_note(key, groups[key], killed.get(key, 0)) for key in groups}
    rows = [Count(key, count, notes.get(key, "")) for key, count in groups.items()]
    return (Counts(f"Failures by {by}", rows, total),)


def _exit_code_note(exit_code: str, failures: int, out_of_memory: int) -> str:
    """What an exit code means, and how many the container runtime says ran out of memory."""
    if out_of_memory == failures:
        return "OOMKilled: killed for lack of memory"
    meaning = explain_exit_code(int(exit_code)).text or ""
    return f"{meaning}; {out_of_memory:,} of them OOMKilled" if out_of_memory else meaning


def stderr_blocks(ends: Sequence[tuple[str, Sequence[str]]], tasks: int) -> Sequence[Block]:
    """The last words of the first tasks, below where each of them stood."""
    if not ends:
        return ()
    blocks: list[Block] = [Verbatim(title, list(lines) or ["(empty)"]) for title, lines in ends]
    if tasks > len(ends):
        blocks.append(Note(f"stderr of {len(ends)} tasks of {tasks:,}; -o jsonl has all of them."))
    return blocks


def failure_verdict(
    counts: FailureCounts,
    checked: tuple[Checked, ...],
    when: str,
    *,
    complete: bool,
    limit: int | None = None,
) -> str:
    """The last line: how many tasks failed, where, when, and mostly of what kind."""
    so_far = "" if complete else " so far (not everything could be read)"
    if not counts.tasks:
        return no_failed_tasks(checked, when)
    category, most = next(iter(largest_first(counts.by_category).items()))
    first = "The first " if limit is not None and counts.tasks >= limit else ""
    return (
        f"{first}{plural(counts.tasks, 'failed task')} in {plural(len(counts.by_job), 'job')} "
        f"on {plural(len(counts.by_node), 'node')}, {most:,} of them {category}{so_far} ({when})."
    )
