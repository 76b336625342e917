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

from batchdoctor.core.failures.sas import sas_told
from batchdoctor.core.records import FailureInformation, TaskExecution

_LONGEST_QUOTE = 160
_MESSAGES = ("message", "reason", "error")
_DENIALS = ("blobaccessdenied", "resourcecontaineraccessdenied")
# A path below the task's directory that begins anew: that of another computer.
_FOREIGN_PATH = r"(?<=.)[\\/][A-Za-z]:[\\/]|[\\/]wd(?://|\\\\)"


class Telling(NamedTuple):
    """What the message tells: the name of a rule of classification, and the words it rests on."""

    name: str
    quote: str


# Whatever the code.
_EVERYWHERE: tuple[tuple[str, str], ...] = (
    (
        "told-disk-full",
        (
            r"no space left on device|not enough space on the disk|disk quota exceeded"
            r"|insufficient (?:disk )?space"
        ),
    ),
)
# Of images and registries.
_OF_CONTAINERS = (
    (
        "told-pull-limit",
        r"toomanyrequests|too many requests|pull rate limit|\b429\b",
    ),
    (
        "told-wrong-processor",
        (
            r"no matching manifest|exec format error|does not match the (?:detected )?host platform"
            r"|image operating system .{0,20}cannot be used"
        ),
    ),
    (
        "told-unauthorized",
        (
            r"unauthori[sz]ed|authentication required|access denied|no basic auth credentials"
            r"|access to the resource is denied|\b40[13]\b"
        ),
    ),
    (
        "told-timed-out",
        (
            r"timed? ?out|deadline exceeded|i/o timeout|request canceled|connection reset"
            r"|\b50[0234]\b|service unavailable|bad gateway|server is busy"
        ),
    ),
)
# Of storage.
_OF_STORAGE = (
    (
        "told-sas-expired",
        r"signature has expired|not valid in the specified time frame",
    ),
    (
        "told-network-rules",
        r"not authorized to perform this operation\.?$",
    ),
)


def telling_of(execution: TaskExecution, information: FailureInformation | None) -> Telling | None:
    """What the details of a task's failure tell beyond its code, or None."""
    container = execution.container_info
    spoken = (container.error,) if container and container.error else ()
    return told_by(information, execution.end_time or execution.start_time, spoken)


def told_by(
    information: FailureInformation | None, when: datetime | None, spoken: tuple[str, ...] = ()
) -> Telling | None:
    """The same for any failure; `when` it failed, `spoken` is what else was said of it."""
    code = ((information and information.code) or "").lower()
    if code in {"failureexitcode", "taskended"}:
        return None
    details = tuple(_details(information))
    texts = (*(value for name, value in details if name in _MESSAGES), *spoken)
    for text in texts:
        if found := message_told(code, text):
            return found
    for name, value in details:
        if code in _DENIALS and (sas := sas_told(value, when)):
            return Telling(*sas)
        if "createfailed" in code and name == "filepath" and _search(_FOREIGN_PATH, value):
            return Telling("told-foreign-path", value)
    return None


def message_told(code: str, text: str) -> Telling | None:
    """What a message tells, whatever its code, or more where that is of containers."""
    tables = _EVERYWHERE
    if code.lower().startswith("container"):
        tables = (*tables, *_OF_CONTAINERS)
    elif code.lower() in _DENIALS:
        tables = (*tables, *_OF_STORAGE)
    for name, pattern in tables:
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
