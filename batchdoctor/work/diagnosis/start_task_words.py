"""Reads what the failed start task of one node wrote last, and what that says of the cause."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from batchdoctor.core.meaning.message_entry import Stands
from batchdoctor.core.nodes.trouble import FAILED_START
from batchdoctor.core.records import Node, same
from batchdoctor.core.remedies.start_task import never_ran
from batchdoctor.core.words import Words
from batchdoctor.work.files.said import LINES, cause_of
from batchdoctor.work.files.words import START_TASK_FOLDER, folder_words
from batchdoctor.work.reading.reading import Reading

if TYPE_CHECKING:
    from batchdoctor.core.meaning.messages import Cause

_SHOWN = 10


class StartTaskSaid(NamedTuple):
    """The last words of a start task, from the first place that has any, and their cause.

    Without `words` no program ran; where none were left they say why.
    """

    words: Words | None = None
    cause: Cause | None = None


def start_task_said(reading: Reading, node: Node) -> StartTaskSaid:
    """What the start task of a node wrote last, if it failed; raises nothing."""
    if not same(node.state, FAILED_START) or never_ran(node.start_task_info):
        return StartTaskSaid()
    # A few lines more than are shown tell the cause better.
    words = folder_words(reading.client, node.pool_id, node.id, START_TASK_FOLDER, LINES)
    shown = replace(words, lines=words.lines[-_SHOWN:])
    if words.place is None:
        return StartTaskSaid(shown)
    cause = reading.messages().cause_in(words.lines, Stands.START_TASK)
    return StartTaskSaid(shown, cause or cause_of(reading, words))
