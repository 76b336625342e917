"""Reads what the failed start task of one node wrote last, from the first place that has words."""

from __future__ import annotations

from batchdoctor.core.nodes.trouble import FAILED_START
from batchdoctor.core.records import Node, same
from batchdoctor.core.remedies.start_task import never_ran
from batchdoctor.core.words import Words
from batchdoctor.work.files.words import START_TASK_FOLDER, folder_words
from batchdoctor.work.reading.reading import Reading

_LINES = 10


def start_task_words(reading: Reading, node: Node) -> Words | None:
    """The last words of the start task, or why there are none; None where no program ran."""
    if not same(node.state, FAILED_START) or never_ran(node.start_task_info):
        return None
    return folder_words(reading.client, node.pool_id, node.id, START_TASK_FOLDER, _LINES)
