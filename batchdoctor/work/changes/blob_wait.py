"""Waits until a node's log files are in their container, as far as the signed URL lets it look."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from batchdoctor.core.changes import Upload, UploadOutcome
from batchdoctor.errors import BatchdoctorError, ExitCode
from batchdoctor.service.container import count_blobs
from batchdoctor.work.surroundings import Surroundings

_POLL_SECONDS = 5.0


def wait_for_blobs(
    outside: Surroundings, upload: Upload, container: str, limit_seconds: float
) -> Upload:
    """Look until all announced files are there; says so if the container may not be listed."""
    until = outside.now() + timedelta(seconds=limit_seconds)
    try:
        while (there := count_blobs(container, upload.folder or "")) < (upload.files or 0):
            if outside.now() >= until:
                told = f"{there} of {upload.files} files after {limit_seconds:g} s"
                return replace(
                    upload,
                    outcome=UploadOutcome.UNFINISHED,
                    message=told,
                    status=ExitCode.WRONG_STATE,
                )
            outside.progress(f"waiting for {upload.folder}: {there} of {upload.files} files")
            outside.sleep(_POLL_SECONDS)
    except BatchdoctorError as error:
        return replace(upload, message=f"asked for, but not watched: {error.message}")
    return replace(
        upload,
        outcome=UploadOutcome.DONE,
        message="all files are there; begin with agent-debug.log",
    )
