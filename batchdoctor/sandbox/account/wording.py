"""Texts with placeholders such as `{task}`: only the known ones are filled, all else stays."""

from __future__ import annotations

import re
from functools import lru_cache

_PLACEHOLDER = re.compile(r"(\{(?:job|task|n|pool|node)(?::0\d)?\})")


@lru_cache(maxsize=1024)
def _pieces(text: str) -> list[tuple[str, str, int]]:
    """Return the text as literals and placeholders: the piece, its name, its width."""
    pieces = []
    for piece in _PLACEHOLDER.split(text):
        name, _, width = piece[1:-1].partition(":")
        is_placeholder = _PLACEHOLDER.fullmatch(piece) is not None
        pieces.append(
            (piece, name if is_placeholder else "", int(width) if is_placeholder and width else 0)
        )
    return pieces


def fill(text: str, **words: str) -> str:
    """Return the text with its placeholders replaced; `{n:04}` is padded with zeros."""
    if "{" not in text:
        return text
    return "".join(
        [
            words[name].zfill(width) if name in words else piece
            for piece, name, width in _pieces(text)
        ]
    )
