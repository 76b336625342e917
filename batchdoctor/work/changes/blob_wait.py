"""Waits until a node's log files are in their container, as far as the signed URL lets it look."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from batchdoctor.cli.call import Call
from batchdoctor.core.text.visible import visible
from batchdoctor.errors import BatchdoctorError, ExitCode
from batchdoctor.report.log_uploads import Upload
from batchdoctor.service.container import count_blobs

_POLL_SECONDS = 5.0


def wait_for_blobs(call: Call, upload: Upload, container: str, limit_seconds: float) -> Upload:
    """Look until all announced files are there; says so if the container may not be listed."""
    until = call.world.now() + timedelta(seconds=limit_seconds)
    try:
        while (there := count_blobs(container, upload.folder or "")) < (upload.files or 0):
            if call.world.now() >= until:
                told = f"{there} of {upload.files} files after {limit_seconds:g} s"
                return replace(
                    upload, outcome="unfinished", message=told, status=ExitCode.WRONG_STATE
                )
            call.world.progress.show(
                visible(f"waiting for {upload.folder}: {there} of {upload.files} files")
            )
            call.world.sleep(_POLL_SECONDS)
    except BatchdoctorError as error:
        return replace(upload, message=f"asked for, but not watched: {error.message}")
    return replace(
        upload, outcome="done", message="all files are there; begin with agent-debug.log"
    )
