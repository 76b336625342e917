"""How an error is told: two lines for people, one JSON object for scripts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol, TypeVar

from batchdoctor.core.text.gate import shown
from batchdoctor.errors import BatchdoctorError
from batchdoctor.report.error_document import error_document
from batchdoctor.report.formats import Format

if TYPE_CHECKING:
    from batchdoctor.cli.call import Call


class _Result(Protocol):
    """What became of one of several things that were asked for."""

    @property
    def error(self) -> BatchdoctorError | None:
        """Why it was refused, if it was."""


Result = TypeVar("Result", bound=_Result)


def error_text(error: BatchdoctorError, *, as_json: bool) -> str:
    """The lines for standard error: what did not happen, why, and what to type next."""
    return _as_json(error) if as_json else _as_lines(error)


def tell_refused(call: Call, error: BatchdoctorError) -> None:
    """Tell in one line that one of several things was refused, with the service's own words."""
    if call.shared.output in {Format.JSON, Format.JSONL}:
        call.world.note(_as_json(error))
    else:
        call.world.note(_first_line(error))


def with_refusals_told(call: Call, results: Iterator[Result]) -> Iterator[Result]:
    """Pass results on; those that were refused are errors on standard error too."""
    for result in results:
        if result.error is not None:
            tell_refused(call, result.error)
        yield result


def _as_lines(error: BatchdoctorError) -> str:
    lines = [_first_line(error)]
    if error.hint:
        lines.append(f"hint: {error.hint}")
    return "\n".join(shown(line) for line in lines)


def _first_line(error: BatchdoctorError) -> str:
    origin = ", ".join(
        part
        for part in (error.code, f"request id {error.request_id}" if error.request_id else None)
        if part
    )
    return f"error: {error.message}" + (f" ({origin})" if origin else "")


def _as_json(error: BatchdoctorError) -> str:
    import json

    return json.dumps(error_document(error))
