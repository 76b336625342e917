"""Which line of a program's output names its error: seldom the last, never the boilerplate."""

from __future__ import annotations

import re
from collections.abc import Sequence

from batchdoctor.core.failures.tellings import message_told

_LONGEST = 200
_ERROR = re.compile(
    r"error|denied|unauthori[sz]ed|not found|cannot|can't|unable to|no such|exception|fatal|fail"
    r"|killed|refused|timed? ?out|busy|no space left|panic|abort",
    re.IGNORECASE,
)
_BOILERPLATE = re.compile(
    r"^see '|^try '|--help\b|^run '.*' for|^for more (?:details|information|help)|^usage:"
    r"|^traceback|^\s*at \S+\(|^\s*file \"|^-+$|^=+$|^note: ",
    re.IGNORECASE,
)
_OF_IMAGES = re.compile(r"docker|podman|manifest|registry|\bimages?\b|pull", re.IGNORECASE)
_PASSES = re.compile(
    r"\b50[0234]\b|\b429\b|too many requests|timed? ?out|temporar|server is busy"
    r"|service unavailable|connection (?:reset|refused)",
    re.IGNORECASE,
)


def telling_line(lines: Sequence[str]) -> str:
    """The last line that names an error, else the last that says anything; empty for none."""
    spoken = [line.strip() for line in lines if line.strip()]
    own = [line for line in spoken if not _BOILERPLATE.search(line)] or spoken
    naming = [line for line in own if _ERROR.search(line)]
    line = (naming or own or [""])[-1]
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def image_trouble(line: str) -> str | None:
    """What a line about a container image tells: the name of a rule, or None."""
    telling = message_told("container", line) if _OF_IMAGES.search(line) else None
    return telling.name if telling else None


def passes(line: str) -> bool:
    """Whether the line tells of trouble that passes: a server that is busy or does not answer."""
    return _PASSES.search(line) is not None
