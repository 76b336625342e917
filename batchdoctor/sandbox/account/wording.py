"""Texts with placeholders such as `{task}`: only the known ones are filled, all else stays."""

from __future__ import annotations

import re

_PLACEHOLDER = re.compile(r"\{(job|task|n|pool|node)(?::0(\d))?\}")


def fill(text: str, **words: str) -> str:
    """Return the text with its placeholders replaced; `{n:04}` is padded with zeros."""
    if "{" not in text:
        return text

    def word(match: re.Match[str]) -> str:
        value = words.get(match.group(1))
        if value is None:
            return match.group(0)
        return value.zfill(int(match.group(2))) if match.group(2) else value

    return _PLACEHOLDER.sub(word, text)
