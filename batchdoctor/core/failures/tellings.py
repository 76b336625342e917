"""What the service's details say of a failure, where they say more than the code, or another thing.

One code has many causes: an image is "invalid" when its registry did not answer, when the disk of
the node is full, and when it was built for another processor. The message tells them apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from batchdoctor.core.failures.sas import Wanted, sas_told
from batchdoctor.core.failures.telling_patterns import (
    DENIALS,
    FOREIGN_PATH,
    IMPOSSIBLE_PATH,
    patterns_for,
)
from batchdoctor.core.meaning.exit_codes import DOCKER_FAILED
from batchdoctor.core.records import FailureInformation, TaskExecution

_LONGEST_QUOTE = 160
_MESSAGES = ("message", "reason", "error")
_OF_FILES = ("resourcedirectorycreatefailed", "resourcefilecreatefailed", "resourcefilewritefailed")
# What a signature tells of an upload, where that is more than its code does.
_UPLOADS = {
    "sas-expired": "sas-upload-expired",
    "sas-key-expired": "sas-upload-expired",
    "sas-no-write": "sas-upload-no-write",
    "sas-valid": "sas-upload-valid",
}


class Telling(NamedTuple):
    """What the message tells: the name of a rule of classification, and the words it rests on."""

    name: str
    quote: str


def telling_of(execution: TaskExecution, information: FailureInformation | None) -> Telling | None:
    """What the details of a task's failure tell beyond its code, or None."""
    container = execution.container_info
    spoken = (container.error,) if container and container.error else ()
    if spoken and execution.exit_code == DOCKER_FAILED:
        # The program was never started: what the runtime says is all that tells why.
        return message_told("container", spoken[0])
    return told_by(information, execution.end_time or execution.start_time, spoken)


def told_by(
    information: FailureInformation | None, when: datetime | None, spoken: tuple[str, ...] = ()
) -> Telling | None:
    """The same for any failure; `when` it failed, `spoken` is what else was said of it."""
    code = ((information and information.code) or "").lower()
    if code in {"failureexitcode", "taskended"}:
        return None
    details = tuple(_details(information))
    said = (information.message,) if information and information.message else ()
    texts = (*(value for name, value in details if name in _MESSAGES), *spoken, *said)
    for text in texts:
        if found := message_told(code, text):
            return found
    for name, value in details:
        if code in DENIALS and (sas := sas_told(value, when, DENIALS[code])):
            return Telling(*sas) if Wanted.READ in DENIALS[code] else _of_upload(*sas)
        if name == "filepath" and (told := _of_path(code, value)):
            return told
    return None


def _of_path(code: str, value: str) -> Telling | None:
    """That no node can make a file where a task wants it."""
    if "createfailed" in code and _search(FOREIGN_PATH, value):
        return Telling("told-foreign-path", value)
    if code in _OF_FILES and _search(IMPOSSIBLE_PATH, value):
        return Telling("told-impossible-path", value)
    return None


def _of_upload(rule: str, quote: str) -> Telling | None:
    """The same of an upload, where its signature tells more than the code."""
    upload = _UPLOADS.get(rule)
    return Telling(upload, quote) if upload else None


# Failures of a listing say much the same.
@lru_cache(maxsize=1024)
def message_told(code: str, text: str) -> Telling | None:
    """What a message tells: of a disk whatever its code, of more where the code is of more."""
    for name, pattern in patterns_for(code.lower()):
        if _search(pattern, text):
            return Telling(name, quotable(text))
    return None


def detail_message(information: FailureInformation | None) -> str | None:
    """What a code with many causes means here: the sentence in the details, else the blob."""
    if information is None or (information.code or "").lower() == "failureexitcode":
        return None
    details = dict(_details(information))
    blob = details.get("blobsource", "")
    # What stands behind the question mark opens the blob and names nothing.
    name = blob.partition("?")[0] or None
    if (information.code or "").lower().endswith("notfound") and name:
        return name
    return details.get("message") or name


@lru_cache(maxsize=1024)
def quotable(text: str) -> str:
    """A message on one line, cut to a readable length."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_QUOTE else f"{line[: _LONGEST_QUOTE - 1]}…"


def _details(information: FailureInformation | None) -> Iterator[tuple[str, str]]:
    for detail in (information and information.details) or ():
        if detail.value:
            yield (detail.name or "").lower(), detail.value


def _search(pattern: str, text: str) -> bool:
    return _compiled(pattern).search(text) is not None


# Most runs meet no such message: the patterns are made ready when one comes.
@lru_cache(maxsize=32)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
