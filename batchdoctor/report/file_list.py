"""A listing of files as a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from batchdoctor.core.files import FilesSummary, ListedFile, listed_file
from batchdoctor.core.names import NodeName, TaskName
from batchdoctor.core.problem import Problem
from batchdoctor.core.records import NodeFile
from batchdoctor.core.text.times import age_text, size_text
from batchdoctor.core.text.wording import plural
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.head import Head
from batchdoctor.report.page import Column


class FileList(msgspec.Struct):
    """The answer of `files list` of a task or a node."""

    head: Head
    owner: TaskName | NodeName
    files: Iterator[tuple[NodeFile, str | None]]
    """Each with the URL of its blob, where it is a saved copy."""
    problems: Sequence[Problem]
    count: int = 0
    size: int = 0
    copies: int = 0

    def document(self) -> Document[ListedFile]:
        """Every file and folder as an item; the format ids gives their names."""
        now = self.head.generated_at
        return Document(
            head=self.head,
            item_type=ListedFile,
            items=map(self._item, self.files),
            ending=self._ending,
            name_of=lambda item: item.name,
            columns=(
                Column("SIZE", _size, right=True),
                Column("NAME", lambda item: item.name),
                Column("MODIFIED", lambda item: age_text(item.last_modified, now), lead=False),
            ),
        )

    def _item(self, listed: tuple[NodeFile, str | None]) -> ListedFile:
        file, saved_as = listed
        item = listed_file(file, self.owner, saved_as)
        self.copies += saved_as is not None
        self.count += not item.is_directory
        self.size += item.content_length or 0
        return item

    def _ending(self) -> Ending:
        copies = ", copies that were saved" if self.copies else ""
        so_far = " so far (not everything could be read)" if self.problems else ""
        return Ending(
            summary=FilesSummary(files=self.count, content_length=self.size),
            problems=self.problems,
            page=(),
            verdict=f"{plural(self.count, 'file')}, {size_text(self.size)}{copies}{so_far}.",
        )


def _size(item: ListedFile) -> str:
    if item.is_directory:
        return "folder"
    return "?" if item.content_length is None else size_text(item.content_length)
