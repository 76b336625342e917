"""One named reason why something is held against a node."""

from __future__ import annotations

import msgspec


class Reason(msgspec.Struct, frozen=True):
    """A stable kebab-case kind for scripts, and one sentence for people."""

    kind: str
    message: str
