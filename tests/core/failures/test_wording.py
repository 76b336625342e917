"""What a failure is called, and what the service itself says of it."""

from __future__ import annotations

import pytest

from batchdoctor.core.failures.wording import called, said
from batchdoctor.core.records import FailureInformation, NameValue


@pytest.mark.parametrize(
    ("code", "exit_code", "name"),
    [
        ("FailureExitCode", 7, "exit code 7"),
        (None, 7, "exit code 7"),
        ("", 7, "exit code 7"),
        (None, -9, "exit code -9 (SIGKILL: killed; the code does not say by whom)"),
        ("DiskFull", 7, "DiskFull"),
        ("DiskFull", None, "DiskFull"),
        ("FailureExitCode", None, "FailureExitCode"),
        (None, None, "no code"),
        ("", 0, "no code"),
    ],
)
def test_a_failure_is_called_by_what_says_most(
    code: str | None, exit_code: int | None, name: str
) -> None:
    assert called(code, exit_code) == name


def test_the_services_words_are_told_with_their_details() -> None:
    details = [NameValue("Path", "/mnt"), NameValue("Empty", ""), NameValue("Free", "0")]
    failure = FailureInformation(code="DiskFull", message="No room", details=details)
    assert said(failure) == ("Batch says: No room", "Path: /mnt", "Free: 0")
    assert said(FailureInformation(code="DiskFull")) == ()


@pytest.mark.parametrize("code", ["FailureExitCode", "failureexitcode"])
def test_that_a_program_failed_is_not_told_twice(code: str) -> None:
    assert said(FailureInformation(code=code, message="It returned 1")) == ()
    assert said(None) == ()
