"""`--watch` on a command line, whose number of seconds may be left out."""

from __future__ import annotations

from collections.abc import Sequence

USUAL_SECONDS = 30
_WATCH = "--watch"


def with_seconds(argv: Sequence[str]) -> list[str]:
    """The command line with a number behind every `--watch`: its own, or the usual one."""
    words: list[str] = []
    rest = iter(argv)
    for word in rest:
        if word == "--":
            return [*words, word, *rest]
        if words and words[-1] == _WATCH:
            words[-1] = _joined(word)
            if not _is_number(word):
                words.append(word)
        else:
            words.append(word)
    if words and words[-1] == _WATCH:
        words[-1] = _joined("")
    return words


def _joined(word: str) -> str:
    return f"{_WATCH}={word if _is_number(word) else USUAL_SECONDS}"


def _is_number(word: str) -> bool:
    return word.replace(".", "", 1).isdigit()
