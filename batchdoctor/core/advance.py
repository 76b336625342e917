"""How far something is that takes a while, for whoever watches."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

BYTES = "bytes"
Number = int | Callable[[], int | None] | None


class Advance(msgspec.Struct, frozen=True):
    """So much of something is done; `total` is None where nobody knows how much there is.

    Both are numbers, or give them when they are asked, which may be by another thread. `unit` is a
    noun in the plural, such as `tasks`.
    """

    what: str
    done: Number
    total: Number = None
    unit: str = ""

    def count(self) -> int:
        """How much is done now."""
        return _now(self.done) or 0

    def whole(self) -> int | None:
        """How much there is."""
        return _now(self.total)


def _now(number: Number) -> int | None:
    return number() if callable(number) else number
