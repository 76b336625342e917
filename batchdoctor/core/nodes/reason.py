"""One named reason why something is held against a node."""

from __future__ import annotations

import msgspec

# More fails on a node than on the others of its pool.
FAILS_OFTEN = "fails-often"


SAID = "said"


class Reason(msgspec.Struct, frozen=True):
    """A stable kebab-case kind for scripts, and one sentence for people."""

    kind: str
    message: str
    code: str | None = None
    """The service's code that the reason rests on, where it rests on one."""
