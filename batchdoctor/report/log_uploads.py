"""Logs that nodes were asked to send, as a document."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from batchdoctor.core.changed import SentLogs, SentLogsCounts, sent_logs
from batchdoctor.core.changes import Upload, UploadOutcome
from batchdoctor.core.text.wording import plural
from batchdoctor.errors import ExitCode
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.head import Head
from batchdoctor.report.page import Column

_NOTHING_TO_DO = {UploadOutcome.ASKED, UploadOutcome.DONE, UploadOutcome.PLANNED}


def _trouble(item: SentLogs) -> str:
    """The message where there is something to do about it; the verdict says the rest."""
    return "" if item.outcome in _NOTHING_TO_DO else item.message


class LogUploads(msgspec.Struct):
    """The answer of `node logs`."""

    head: Head
    container: str
    uploads: Iterator[Upload]
    statuses: list[ExitCode] = msgspec.field(default_factory=list)
    planned: int = 0

    def document(self) -> Document[SentLogs]:
        """Every node as an item."""
        return Document(
            head=self.head,
            item_type=SentLogs,
            items=map(self._item, self.uploads),
            ending=self._ending,
            name_of=lambda item: item.name,
            columns=(
                Column("OUTCOME", lambda item: item.outcome.value),
                Column("POOL/NODE", lambda item: item.name),
                Column("FILES", lambda item: str(item.number_of_files_uploaded or ""), right=True),
                Column("FOLDER", lambda item: item.virtual_directory_name or "", lead=False),
                Column("MESSAGE", _trouble, lead=False),
            ),
        )

    def _item(self, upload: Upload) -> SentLogs:
        self.statuses.append(upload.status)
        self.planned += upload.outcome is UploadOutcome.PLANNED
        return sent_logs(upload, self.container)

    def _ending(self) -> Ending:
        failed = sum(1 for status in self.statuses if status is not ExitCode.OK)
        asked = len(self.statuses) - failed - self.planned
        more = f", {failed} failed" if failed else ""
        verdict = f"Logs of {plural(asked, 'node')} asked for{more}; begin with agent-debug.log."
        if self.planned:
            verdict = f"Logs of {plural(self.planned, 'node')} would be asked for{more}."
        return Ending(
            summary=SentLogsCounts(asked=asked, failed=failed),
            problems=(),
            page=(),
            verdict=verdict,
        )
