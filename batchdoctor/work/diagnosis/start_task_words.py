"""Reads what the failed start task of one node wrote last, from the file that has something."""

from __future__ import annotations

from collections.abc import Sequence

from batchdoctor.core.nodes.trouble import FAILED_START
from batchdoctor.core.records import Node, same
from batchdoctor.core.remedies.start_task import never_ran
from batchdoctor.service.source import NodeFile
from batchdoctor.work.files.last_lines import STDERR, STDOUT, file_tail
from batchdoctor.work.reading.reading import Reading

_LINES = 10


def start_task_words(reading: Reading, node: Node) -> tuple[str, Sequence[str]] | None:
    """The name of the file and its last lines; None where no program ran, or none wrote."""
    if not same(node.state, FAILED_START) or never_ran(node.start_task_info):
        return None
    for name, file in (("stderr", STDERR), ("stdout", STDOUT)):
        source = NodeFile(node.pool_id, node.id, f"startup/{file}")
        if lines := file_tail(reading.client, source, _LINES).lines:
            return name, lines
    return None
