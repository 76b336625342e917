"""One named reason why something is held against a node."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """A stable kebab-case kind for scripts, and one sentence for people."""

    kind: str
    message: str
