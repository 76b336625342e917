"""Words in quotes for a POSIX shell or for fish."""

from __future__ import annotations


def quoted(text: str) -> str:
    """A text that a shell takes as one word."""
    escaped = text.replace("'", "'\\''")
    return f"'{escaped}'"
