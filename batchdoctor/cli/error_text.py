"""How an error is told: two lines for people, one JSON object for scripts."""

from __future__ import annotations

import json

from batchdoctor.core.secrets import masked
from batchdoctor.errors import BatchdoctorError
from batchdoctor.report.untrusted import visible


def error_text(error: BatchdoctorError, *, as_json: bool) -> str:
    """The lines for standard error: what did not happen, why, and what to type next."""
    return _as_json(error) if as_json else _as_lines(error)


def _as_lines(error: BatchdoctorError) -> str:
    origin = ", ".join(
        part
        for part in (error.code, f"request id {error.request_id}" if error.request_id else None)
        if part
    )
    lines = [f"error: {error.message}" + (f" ({origin})" if origin else "")]
    if error.hint:
        lines.append(f"hint: {error.hint}")
    return "\n".join(visible(masked(line)) for line in lines)


def _as_json(error: BatchdoctorError) -> str:
    return json.dumps(
        {
            "error": {
                "code": error.code or type(error).__name__.removesuffix("Error"),
                "message": masked(error.message),
                "hint": masked(error.hint) if error.hint else None,
                "exitStatus": int(error.exit_code),
                "requestId": error.request_id,
            }
        }
    )
