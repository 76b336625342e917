"""An error as JSON has it, for scripts and for agents alike."""

from __future__ import annotations

from batchdoctor.errors import BatchdoctorError


def error_document(error: BatchdoctorError) -> dict[str, object]:
    """What did not happen, what to type next, and the exit status that stands for it."""
    return {
        "error": {
            "code": error.code or type(error).__name__.removesuffix("Error"),
            "message": error.message,
            "hint": error.hint,
            "exitStatus": int(error.exit_code),
            "requestId": error.request_id,
        }
    }
