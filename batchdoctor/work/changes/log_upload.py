"""Has nodes send the logs of their Batch agent to a blob container, and watches them arrive."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from batchdoctor.core.changes import Upload, UploadOutcome
from batchdoctor.core.names import NodeName
from batchdoctor.errors import BatchdoctorError, UncertainError, UsageError
from batchdoctor.prefetch import prefetched
from batchdoctor.service.access import upload_logs
from batchdoctor.service.client import Client
from batchdoctor.work.changes.blob_wait import wait_for_blobs
from batchdoctor.work.changes.journal import Journal
from batchdoctor.work.surroundings import Surroundings


class LogsWanted(msgspec.Struct, frozen=True, kw_only=True):
    """Where the logs go, and from when on; `since` None means since the node's last boot."""

    container: str
    identity: str | None
    since: datetime | None
    wait_seconds: float | None
    dry_run: bool


def uploaded_logs(
    outside: Surroundings,
    client: Client,
    journal: Journal,
    names: Sequence[NodeName],
    wanted: LogsWanted,
) -> Iterator[Upload]:
    """Ask nodes for their logs, several at a time, and say what became of each."""

    def ask_for(name: NodeName) -> Iterator[Upload]:
        if not wanted.dry_run:
            try:
                journal.begin(str(name), "logs")
            except BatchdoctorError as error:
                return iter([_refused(name, error)])

        def asking() -> Iterator[Upload]:
            upload = _ask_for(client, name, wanted)
            if not wanted.dry_run:
                journal.note(str(name), "logs", upload.outcome.value, code=upload.code)
            yield upload

        return asking()

    for _, uploads in prefetched(names, ask_for):
        for upload in uploads:
            yield _watched(outside, upload, wanted)


def _ask_for(client: Client, name: NodeName, wanted: LogsWanted) -> Upload:
    try:
        since = wanted.since
        if since is None or wanted.dry_run:
            node = client.node(name.pool_id, name.node_id)
            since = since or node.last_boot_time or node.allocation_time
        if since is None:
            raise UsageError(f"When {name} last booted is not known.", hint="give --since 1d")
        if wanted.dry_run:
            return Upload(name, UploadOutcome.PLANNED, "would be asked for its logs")
        told = upload_logs(
            client, name.pool_id, name.node_id, wanted.container, since, wanted.identity
        )
    except BatchdoctorError as error:
        return _refused(name, error)
    return Upload(
        name,
        UploadOutcome.ASKED,
        "the files arrive within some minutes; read agent-debug.log first",
        folder=told.virtual_directory_name,
        files=told.number_of_files_uploaded,
    )


def _refused(name: NodeName, error: BatchdoctorError) -> Upload:
    return Upload(
        name,
        UploadOutcome.UNKNOWN if isinstance(error, UncertainError) else UploadOutcome.FAILED,
        error.message,
        status=error.exit_code,
        code=error.code,
        error=error,
    )


def _watched(outside: Surroundings, upload: Upload, wanted: LogsWanted) -> Upload:
    if wanted.wait_seconds is None or upload.folder is None:
        return upload
    return wait_for_blobs(outside, upload, wanted.container, wanted.wait_seconds)
