"""Logs that nodes were asked to send, as a document."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from batchdoctor.core.changes import Upload, UploadOutcome
from batchdoctor.core.text.wording import plural
from batchdoctor.errors import ExitCode
from batchdoctor.report.document import Document, Ending, Item
from batchdoctor.report.head import Head
from batchdoctor.report.page import Column

KEYS = (
    "poolId",
    "nodeId",
    "outcome",
    "container",
    "virtualDirectoryName",
    "numberOfFilesUploaded",
    "message",
    "code",
)


def _trouble(item: Item) -> str:
    """The message where there is something to do about it; the verdict says the rest."""
    return str(item["message"]) if item["outcome"] not in {"asked", "done", "planned"} else ""


class LogUploads(msgspec.Struct):
    """The answer of `node logs`."""

    head: Head
    container: str
    uploads: Iterator[Upload]
    statuses: list[ExitCode] = msgspec.field(default_factory=list)
    planned: int = 0

    def document(self) -> Document:
        """Every node as an item."""
        return Document(
            head=self.head,
            keys=KEYS,
            items=map(self._item, self.uploads),
            ending=self._ending,
            name_of=lambda item: f"{item['poolId']}/{item['nodeId']}",
            columns=(
                Column("OUTCOME", lambda item: str(item["outcome"])),
                Column("POOL/NODE", lambda item: f"{item['poolId']}/{item['nodeId']}"),
                Column("FILES", lambda item: str(item["numberOfFilesUploaded"] or ""), right=True),
                Column("FOLDER", lambda item: str(item["virtualDirectoryName"] or ""), lead=False),
                Column("MESSAGE", _trouble, lead=False),
            ),
        )

    def _item(self, upload: Upload) -> Item:
        self.statuses.append(upload.status)
        self.planned += upload.outcome is UploadOutcome.PLANNED
        return {
            "poolId": upload.name.pool_id,
            "nodeId": upload.name.node_id,
            "outcome": upload.outcome.value,
            "container": self.container,
            "virtualDirectoryName": upload.folder,
            "numberOfFilesUploaded": upload.files,
            "message": upload.message,
            "code": upload.code,
        }

    def _ending(self) -> Ending:
        failed = sum(1 for status in self.statuses if status is not ExitCode.OK)
        asked = len(self.statuses) - failed - self.planned
        more = f", {failed} failed" if failed else ""
        verdict = f"Logs of {plural(asked, 'node')} asked for{more}; begin with agent-debug.log."
        if self.planned:
            verdict = f"Logs of {plural(self.planned, 'node')} would be asked for{more}."
        return Ending(
            summary={"asked": asked, "failed": failed},
            problems=(),
            page=(),
            verdict=verdict,
        )
