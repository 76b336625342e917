"""Which line of a program's output names its error: seldom the last, never the boilerplate."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from batchdoctor.core.failures.tellings import message_told

_LONGEST = 200
_ERROR = re.compile(
    r"error|denied|unauthori[sz]ed|not found|cannot|can't|unable to|no such|exception|fatal|fail"
    r"|killed|refused|timed? ?out|busy|no space left|panic|abort|severe|fault|core dumped"
    r"|missing|invalid|not recogni[sz]ed|could not|permission|halted on"
    # What programs and systems say that speak German, French, Spanish, Italian, Portuguese,
    # Russian, Chinese or Japanese.
    r"|fehler|nicht gefunden|verweigert|ung[uü]ltig|erreur|introuvable|refusé|erro\b|errore"
    r"|no se (?:pudo|encuentra|encontró)|denegado|negado|non trovat|não encontrad|ошибк|не найден"
    r"|отказано|错误|失败|找不到|拒绝|エラー|失敗|見つかりません|拒否",
    re.IGNORECASE,
)
# Words of an error that tell of none, or only that another program told of one.
_WEAK = re.compile(
    r"\b(?:0|no|without|zero) (?:errors?|failures?|failed|warnings?)\b|\b(?:errors?|failed): 0\b"
    r"|^(?:mpirun|mpiexec|srun).{0,40} (?:noticed|detected)|^primary job|^command exited with"
    r"|exit(?:ed with)?(?: non-zero)? (?:status|code)|^execution halted",
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
    sure = [line for line in naming if not _WEAK.search(line)]
    line = (sure or naming or own or [""])[-1]
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def names_error(lines: Iterable[str]) -> bool:
    """Whether a line tells of an error, and not that there was none, or of one that passed."""
    found = [line for line in lines if _ERROR.search(line) and not _WEAK.search(line)]
    return any(_loudest(line) for line in found)


def is_quiet(lines: Iterable[str]) -> bool:
    """Whether nothing but warnings, notes and the like is said, as many programs do to stderr."""
    return not any(_loudest(line) for line in lines if line.strip())


def _loudest(line: str) -> bool:
    # Hundreds of patterns, of use only once there are words.
    from batchdoctor.core.meaning.chatter import Level, read_line

    return read_line(line).level is Level.LOUD and not _BOILERPLATE.search(line)


def image_trouble(line: str) -> str | None:
    """What a line about a container image tells: the name of a rule, or None."""
    telling = message_told("container", line) if _OF_IMAGES.search(line) else None
    return telling.name if telling else None


def passes(line: str) -> bool:
    """Whether the line tells of trouble that passes: a server that is busy or does not answer."""
    return _PASSES.search(line) is not None
