"""A listing of files as a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from batchdoctor.core.problem import Problem
from batchdoctor.core.records import NodeFile
from batchdoctor.core.text.times import age_text, size_text, utc_text
from batchdoctor.core.text.wording import plural
from batchdoctor.report.document import Document, Ending, Item
from batchdoctor.report.head import Head
from batchdoctor.report.page import Column

KEYS = (
    "jobId",
    "taskId",
    "poolId",
    "nodeId",
    "name",
    "isDirectory",
    "contentLength",
    "creationTime",
    "lastModified",
)


class FileList(msgspec.Struct):
    """The answer of `files list`; `ids` are job and task, or pool and node, as `kind` says."""

    head: Head
    kind: str
    ids: tuple[str, str]
    files: Iterator[NodeFile]
    problems: Sequence[Problem]
    count: int = 0
    size: int = 0

    def document(self) -> Document:
        """Every file and folder as an item; the format ids gives their names."""
        return Document(
            head=self.head,
            keys=KEYS,
            items=map(self._item, self.files),
            ending=self._ending,
            name_of=lambda item: str(item["name"]),
            columns=(
                Column("SIZE", _size, right=True),
                Column("NAME", lambda item: str(item["name"])),
                Column("MODIFIED", self._age, lead=False),
            ),
        )

    def _item(self, file: NodeFile) -> Item:
        known = file.properties
        length = known.content_length if known else None
        self.count += not file.is_directory
        self.size += length or 0
        of_task = self.kind == "task"
        return {
            "jobId": self.ids[0] if of_task else None,
            "taskId": self.ids[1] if of_task else None,
            "poolId": None if of_task else self.ids[0],
            "nodeId": None if of_task else self.ids[1],
            "name": file.name,
            "isDirectory": file.is_directory,
            "contentLength": length,
            "creationTime": utc_text(known.creation_time) if known else None,
            "lastModified": utc_text(known.last_modified) if known else None,
        }

    def _age(self, item: Item) -> str:
        when = item["lastModified"]
        if not isinstance(when, str):
            return ""
        return age_text(datetime.fromisoformat(when), self.head.generated_at)

    def _ending(self) -> Ending:
        so_far = " so far (not everything could be read)" if self.problems else ""
        return Ending(
            summary={"files": self.count, "contentLength": self.size},
            problems=self.problems,
            page=(),
            verdict=f"{plural(self.count, 'file')}, {size_text(self.size)}{so_far}.",
        )


def _size(item: Item) -> str:
    if item["isDirectory"]:
        return "folder"
    length = item["contentLength"]
    return size_text(length) if isinstance(length, int) else "?"
