"""What a failure is called in a sentence, and what the service itself says of it."""

from __future__ import annotations

from batchdoctor.core.failures.failure import Failure
from batchdoctor.core.meaning.exit_codes import explain_exit_code
from batchdoctor.core.records import FailureInformation, same


def called(code: str | None, exit_code: int | None) -> str:
    """A failure as people call it: its code, or the exit code where the code says no more."""
    if exit_code and code in {None, "", "FailureExitCode"}:
        meaning = explain_exit_code(exit_code).text
        return f"exit code {exit_code}{f' ({meaning})' if meaning else ''}"
    return code or "no code"


def out_of_memory(failure: Failure) -> bool:
    """Whether it is told that the task was killed for lack of memory; no code says that alone."""
    told = failure.exit_code_meaning
    if not told or failure.exit_code is None:
        return False
    return "lack of memory" in told and told != explain_exit_code(failure.exit_code).text


def said(failure: FailureInformation | None) -> tuple[str, ...]:
    """The service's own words on a failure, unless they only repeat that there was one."""
    if failure is None or same(failure.code, "FailureExitCode"):
        return ()
    words = [f"Batch says: {failure.message}"] if failure.message else []
    words += [f"{each.name}: {each.value}" for each in failure.details or () if each.value]
    return tuple(words)
